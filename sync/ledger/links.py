"""Links between twins, and which issues have something to be carried over."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import case, delete, func, or_, select
from sqlalchemy.dialects import sqlite

from tierkeeper.plugins.model.issue import Issue, Ref
from tierkeeper.plugins.model.mirror import Link
from tierkeeper.sync.ledger.base import Store
from tierkeeper.sync.ledger.rows import chunks, encode, to_column, to_time, to_time_or_none
from tierkeeper.sync.ledger.schema import issue, link, snapshot, twin

_to_issue = msgspec.msgpack.Decoder(Issue).decode
_to_link = msgspec.msgpack.Decoder(Link).decode
_LONGEST_WAIT = timedelta(hours=6)
_MARK = (
    "INSERT INTO twin (queue, id) SELECT queue, id FROM issue WHERE queue = ? AND dirty = 1 "
    "ON CONFLICT DO UPDATE SET retry_at = NULL WHERE attempts = 0"
)
# text rather than an expression: each issue that is judged asks for its own
_OF = (
    "SELECT blob FROM link WHERE (source_queue = ? AND source IN ({0})) "
    "OR (target_queue = ? AND target IN ({0}) AND target <> '')"
)
_PARTED = (
    "SELECT link.blob FROM link JOIN issue ON issue.queue = link.source_queue AND issue.id = link.source "
    "WHERE issue.gone = 1 AND link.target <> '' UNION SELECT link.blob FROM link "
    "JOIN issue ON issue.queue = link.target_queue AND issue.id = link.target WHERE issue.gone = 1"
)
_MARKED = "SELECT blob FROM snapshot WHERE queue = ? AND instr(blob, ?) > 0"
_MARKED_AMONG = "SELECT blob FROM snapshot WHERE queue = ? AND id IN ({}) AND instr(blob, ?) > 0"
_AWAITING = "SELECT blob FROM link WHERE source_queue = ? AND target <> '' AND instr(blob, ?) > 0"
_WAKE_ONE = "UPDATE issue SET wake_at = ? WHERE queue = ? AND id = ? AND gone = 0"
_WAKE_SOURCES = (
    "UPDATE issue SET wake_at = ? WHERE gone = 0 AND (queue, id) IN (SELECT link.source_queue, link.source FROM link "
    "JOIN issue AS there ON there.queue = link.target_queue AND there.id = link.target "
    "WHERE link.target_queue = ? AND link.target <> '' AND there.dirty = 1)"
)
_LINKED = msgspec.msgpack.encode("ended") + msgspec.msgpack.encode("")
"""How a link is kept that has not ended."""
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Held(msgspec.Struct, frozen=True):
    """An issue that could not be carried over: why, how often it was tried, since when, and when it is tried again.

    Without `retry_at` that is with the next run.
    """

    ref: Ref
    reason: str
    attempts: int
    since: datetime
    retry_at: datetime | None


class Links:
    """The part of the ledger that knows twins."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, *links: Link) -> None:
        """Keep these links, each in place of the one that its source had. One that intends outlives a power cut."""
        intends = any(one.intends for one in links)
        with self._store._writing(durable=intends) as connection:  # noqa: SLF001 - a part of the ledger
            for one in links:
                values = {
                    "mirror": one.mirror,
                    "source_queue": one.source.queue,
                    "source": one.source.id,
                    "target_queue": one.target.queue if one.target is not None else "",
                    "target": one.target.id if one.target is not None else "",
                    "blob": encode(one),
                }
                row = sqlite.insert(link).values(values)
                connection.execute(row.on_conflict_do_update(index_elements=list(link.primary_key), set_=values))

    def drop(self, one: Link) -> None:
        """Forget a link; the twins stay as they are."""
        with self._store._writing() as connection:  # noqa: SLF001 - a part of the ledger
            connection.execute(
                delete(link).where(
                    link.c.mirror == one.mirror,
                    link.c.source_queue == one.source.queue,
                    link.c.source == one.source.id,
                )
            )

    def of(self, refs: Sequence[Ref]) -> list[Link]:
        """The links in which one of these issues is the source or the twin; each once."""
        found: dict[tuple[str, str, str], Link] = {}
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            for queue in dict.fromkeys(ref.queue for ref in refs):
                for ids in chunks([ref.id for ref in refs if ref.queue == queue]):
                    places = ", ".join("?" * len(ids))
                    for (blob,) in connection.exec_driver_sql(_OF.format(places), (queue, *ids, queue, *ids)):
                        one = _to_link(blob)
                        found[one.mirror, one.source.queue, one.source.id] = one
        return list(found.values())

    def targets(self, queue: str, ids: Sequence[str]) -> frozenset[str]:
        """Which of these issues are twins of another one."""
        found: set[str] = set()
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            for some in chunks(list(ids)):
                asked = select(link.c.target).where(
                    link.c.target_queue == queue, link.c.target.in_(some), link.c.target != ""
                )
                found.update(connection.scalars(asked))
        return frozenset(found)

    def twins(self, queue: str, place: str, ids: Sequence[str], *, public: bool = False) -> dict[str, str]:
        """The twins in the queue `place` of these issues of a queue, by id: those that are still linked, and speak.

        `public`: where all the world reads, those of restricted issues speak no more, whether or not they know yet.
        """
        silent = self._restricted(queue, ids) if public else frozenset[str]()
        return {
            one.source.id: one.target.id
            for one in self.of([Ref(queue, id_, id_) for id_ in ids])
            if one.target is not None
            and not (one.ended or one.hidden or one.source.id in silent)
            and (one.source.queue, one.target.queue) == (queue, place)
        }

    def _restricted(self, queue: str, ids: Sequence[str]) -> frozenset[str]:
        found: set[str] = set()
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            for some in chunks(list(ids)):
                asked = select(snapshot.c.blob).where(snapshot.c.queue == queue, snapshot.c.id.in_(some))
                issues = (_to_issue(blob) for blob in connection.scalars(asked))
                found.update(one.ref.id for one in issues if one.restricted)
        return frozenset(found)

    def awaiting(self, queue: str, ids: frozenset[str]) -> list[Link]:
        """The links from this queue with a tie that waits for one of these issues to have a twin."""
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            found = [_to_link(row[0]) for row in connection.exec_driver_sql(_AWAITING, (queue, b"awaits"))]
        return [one for one in found if any(tie.how == "awaits" and tie.other in ids for tie in one.ties)]

    def sources(self, queue: str) -> frozenset[str]:
        """Which issues of this queue have a link, by id."""
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            return frozenset(connection.scalars(select(link.c.source).where(link.c.source_queue == queue)))

    def known(self, queue: str) -> list[Ref]:
        """Every issue of this queue that is not gone, by id."""
        asked = select(issue.c.id, issue.c.key).where(issue.c.queue == queue, issue.c.gone == 0).order_by(issue.c.id)
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            return [Ref(queue, id_, key) for id_, key in connection.execute(asked)]

    def parted(self) -> list[Link]:
        """The links of which one side is gone, and that have not ended yet."""
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            found = [_to_link(row[0]) for row in connection.exec_driver_sql(_PARTED)]
        return [one for one in found if not one.ended]

    def marked(self, queue: str, marker: str, among: Sequence[str] | None = None) -> list[Issue]:
        """The issues of this queue, or those `among` it, that our create left this marker on, or one that begins so."""
        rows: list[Any] = []
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            if among is None:
                rows += connection.exec_driver_sql(_MARKED, (queue, marker.encode())).all()
            for some in chunks(list(among or ())):
                asked = _MARKED_AMONG.format(", ".join("?" * len(some)))
                rows += connection.exec_driver_sql(asked, (queue, *some, marker.encode())).all()
        return [one for one in (_to_issue(row[0]) for row in rows) if one.marker.startswith(marker)]

    def wake_sources(self, queue: str, *, now: datetime) -> None:
        """Have the sources judged whose twins in this queue changed: what people said there counts on the source."""
        with self._store._writing() as connection:  # noqa: SLF001 - a part of the ledger
            connection.exec_driver_sql(_WAKE_SOURCES, (to_column(now), queue))

    def wake(self, ref: Ref, *, now: datetime) -> None:
        """Have an issue judged: what it shows of its twin is no longer so."""
        with self._store._writing() as connection:  # noqa: SLF001 - a part of the ledger
            connection.exec_driver_sql(_WAKE_ONE, (to_column(now), ref.queue, ref.id))

    def counts(self) -> dict[str, tuple[int, int]]:
        """For each mirror: how many pairs it has, and of how many nobody knows whether the twin was made."""
        open_ = func.sum(case((link.c.target == "", 1), else_=0))
        asked = select(link.c.mirror, func.count(), open_).where(func.instr(link.c.blob, _LINKED) > 0)
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            rows = connection.execute(asked.group_by(link.c.mirror)).all()
        return {row[0]: (int(row[1]), int(row[2])) for row in rows}

    def led(self) -> dict[tuple[str, str], int]:
        """How many links each mirror has from each source queue."""
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            rows = connection.execute(
                select(link.c.mirror, link.c.source_queue, func.count()).group_by(link.c.mirror, link.c.source_queue)
            ).all()
        return {(row[0], row[1]): int(row[2]) for row in rows}

    def made_by(self, mirror: str, queue: str) -> list[Link]:
        """The links of a mirror from this source queue."""
        asked = select(link.c.blob).where(link.c.mirror == mirror, link.c.source_queue == queue)
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            return [_to_link(blob) for blob in connection.scalars(asked)]

    def open(self) -> list[Link]:
        """The links whose twin may have been made, and of which nobody knows."""
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            return [_to_link(blob) for blob in connection.scalars(select(link.c.blob).where(link.c.target == ""))]

    def all(self) -> list[Link]:
        """Every link."""
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            return [_to_link(blob) for blob in connection.scalars(select(link.c.blob))]

    # What is to be carried over

    def mark_changed(self, queue: str) -> None:
        """What changed in this queue is to be carried over."""
        with self._store._writing() as connection:  # noqa: SLF001 - a part of the ledger
            connection.exec_driver_sql(_MARK, (queue,))

    def mark_written(self, refs: Iterable[Ref]) -> None:
        """These are about to be written by a rule: what comes of it is to be carried over once it was read back."""
        with self._store._writing() as connection:  # noqa: SLF001 - a part of the ledger
            for ref in refs:
                row = sqlite.insert(twin).values(queue=ref.queue, id=ref.id)
                connection.execute(row.on_conflict_do_nothing())

    def mark(self, refs: Iterable[Ref]) -> None:
        """These are to be carried over, now: also those that were put aside or left out."""
        now = {"retry_at": None, "failure": case((twin.c.attempts > 0, twin.c.failure), else_="")}
        with self._store._writing() as connection:  # noqa: SLF001 - a part of the ledger
            for ref in refs:
                row = sqlite.insert(twin).values(queue=ref.queue, id=ref.id)
                connection.execute(row.on_conflict_do_update(index_elements=["queue", "id"], set_=now))

    def due(self, queue: str, *, now: datetime) -> list[Ref]:
        """What is to be carried over from this queue now, by id."""
        asked = (
            select(twin.c.id, issue.c.key)
            .join(issue, (issue.c.queue == twin.c.queue) & (issue.c.id == twin.c.id))
            .where(twin.c.queue == queue, or_(twin.c.retry_at.is_(None), twin.c.retry_at <= to_column(now)))
            .order_by(twin.c.id)
        )
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            return [Ref(queue, id_, key) for id_, key in connection.execute(asked)]

    def done(self, refs: Iterable[Ref]) -> None:
        """These are in step."""
        with self._store._writing() as connection:  # noqa: SLF001 - a part of the ledger
            for ref in refs:
                connection.execute(delete(twin).where(twin.c.queue == ref.queue, twin.c.id == ref.id))

    def hold(self, ref: Ref, reason: str, *, now: datetime) -> None:
        """Put an issue aside: 1, 2, 4, … minutes, up to 6 hours. It holds up no other."""
        here = (twin.c.queue == ref.queue) & (twin.c.id == ref.id)
        with self._store._writing() as connection:  # noqa: SLF001 - a part of the ledger
            known = connection.execute(select(twin.c.attempts, twin.c.since).where(here)).one_or_none()
            attempts, since = (known.attempts, known.since) if known is not None else (0, None)
            wait = min(timedelta(minutes=2 ** min(attempts, 10)), _LONGEST_WAIT)
            values = {
                "queue": ref.queue,
                "id": ref.id,
                "attempts": attempts + 1,
                "retry_at": to_column(now + wait),
                "since": since if since is not None else to_column(now),
                "failure": reason,
            }
            row = sqlite.insert(twin).values(values)
            connection.execute(row.on_conflict_do_update(index_elements=["queue", "id"], set_=values))

    def leave_out(self, ref: Ref, seen: str, *, resting: bool = False) -> None:
        """Carry nothing of an issue over until it says something else than `seen`. `resting`: it was looked at."""
        values = {
            "queue": ref.queue,
            "id": ref.id,
            "attempts": 0,
            "retry_at": to_column(_NEVER) if resting else None,
            "since": None,
            "failure": seen,
        }
        with self._store._writing() as connection:  # noqa: SLF001 - a part of the ledger
            row = sqlite.insert(twin).values(values)
            connection.execute(row.on_conflict_do_update(index_elements=["queue", "id"], set_=values))

    def left_out(self, queue: str) -> dict[str, str]:
        """What each issue said when it was left out, by id."""
        asked = select(twin.c.id, twin.c.failure).where(
            twin.c.queue == queue, twin.c.attempts == 0, twin.c.failure != ""
        )
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            return {row.id: row.failure for row in connection.execute(asked)}

    def left_out_refs(self, queue: str) -> list[Ref]:
        """The issues that were left out, by id."""
        asked = (
            select(twin.c.id, issue.c.key)
            .join(issue, (issue.c.queue == twin.c.queue) & (issue.c.id == twin.c.id))
            .where(twin.c.queue == queue, twin.c.attempts == 0, twin.c.failure != "")
            .order_by(twin.c.id)
        )
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            return [Ref(queue, id_, key) for id_, key in connection.execute(asked)]

    def resting(self, queue: str, *, now: datetime) -> frozenset[str]:
        """Which issues were put aside, and are not to be tried again yet, by id."""
        asked = select(twin.c.id).where(twin.c.queue == queue, twin.c.attempts > 0, twin.c.retry_at > to_column(now))
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            return frozenset(connection.scalars(asked))

    def held(self) -> list[Held]:
        """What is put aside, by queue and id."""
        asked = (
            select(twin, issue.c.key)
            .join(issue, (issue.c.queue == twin.c.queue) & (issue.c.id == twin.c.id))
            .where(twin.c.attempts > 0)
            .order_by(twin.c.queue, twin.c.id)
        )
        with self._store._reading() as connection:  # noqa: SLF001 - a part of the ledger
            rows = connection.execute(asked).all()
        return [
            Held(
                Ref(one.queue, one.id, one.key),
                one.failure,
                one.attempts,
                to_time(one.since),
                to_time_or_none(one.retry_at),
            )
            for one in rows
        ]
