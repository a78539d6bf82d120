"""Histories as they are stored, read back in chunks: the hot path of every judgement, review and backtest."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, select

from tierkeeper.plugins.model.event import Event, History, Verdict
from tierkeeper.plugins.model.issue import Comment, Issue, Ref
from tierkeeper.sync.ledger.act import Act
from tierkeeper.sync.ledger.base import Store
from tierkeeper.sync.ledger.renames import current_event, current_issue, read_renames
from tierkeeper.sync.ledger.rows import Known, chunks, to_time_or_none
from tierkeeper.sync.ledger.schema import issue

T = TypeVar("T", Event, Comment)

_to_issue = msgspec.msgpack.Decoder(Issue).decode
_to_events = msgspec.msgpack.Decoder(list[Event]).decode
_to_comments = msgspec.msgpack.Decoder(list[Comment]).decode
_to_verdict = msgspec.msgpack.Decoder(Verdict).decode
_to_act = msgspec.msgpack.Decoder(Act).decode
_to_facets = msgspec.json.Decoder(dict[str, str | None]).decode

# text rather than expressions: to spell out 500 parameters anew would cost a tenth of the reading
_ISSUES = (
    "SELECT issue.id, snapshot.blob, dirty, attempts, wake_at, fingerprint, gone_why, facets, incomplete.id "
    "FROM issue JOIN snapshot ON snapshot.queue = issue.queue AND snapshot.id = issue.id "
    "LEFT JOIN incomplete ON incomplete.queue = issue.queue AND incomplete.id = issue.id "
    "WHERE issue.queue = ? AND issue.id IN ({})"
)
_EVENTS = "SELECT blob FROM event WHERE queue = ? AND issue IN ({})"
_COMMENTS = "SELECT blob FROM comment WHERE queue = ? AND issue IN ({})"
_VERDICTS = "SELECT issue, blob FROM verdict WHERE queue = ? AND issue IN ({}) ORDER BY at"
_DEEDS = "SELECT issue, blob FROM act WHERE queue = ? AND issue IN ({}) AND for_person = 1 ORDER BY number"


class Histories(Store):
    """The part of the ledger that gives back what is known of issues."""

    def histories(self, queue: str, refs: Sequence[Ref], *, own: str) -> list[Known]:
        """What is known of these issues, in their order; those never stored are left out. `own` is our account's id.

        Events are ordered by time, then by id; comments by time. Five queries for 500 issues, whatever they hold.
        """
        found: list[Known] = []
        with self._reading() as connection:
            for chunk in chunks([ref.id for ref in refs]):
                found += _read(connection, queue, chunk, own)
        return found

    def history(self, queue: str, ref_id_or_key: str, *, own: str = "") -> Known | None:
        """What is known of one issue, named by its id or, as people do, by its key."""
        with self._reading() as connection:
            found = _read(connection, queue, (ref_id_or_key,), own)
            if not found:
                by_key = select(issue.c.id).where(
                    issue.c.queue == queue, issue.c.key == ref_id_or_key, issue.c.key != issue.c.id
                )
                found = _read(connection, queue, tuple(connection.scalars(by_key)), own)
        return found[0] if found else None


def _read(connection: Connection, queue: str, ids: Sequence[str], own: str) -> list[Known]:
    if not ids:
        return []
    renames = read_renames(connection, queue)
    read = _to_events(_as_list(_rows(connection, _EVENTS, queue, ids)))
    events = _by_issue([current_event(one, renames) for one in read] if renames else read)
    comments = _by_issue(_to_comments(_as_list(_rows(connection, _COMMENTS, queue, ids))))
    verdicts: dict[str, list[Verdict]] = {}
    for id_, blob in _rows(connection, _VERDICTS, queue, ids):
        verdicts.setdefault(id_, []).append(_to_verdict(blob))
    acts: dict[str, list[Act]] = {}
    for id_, blob in _rows(connection, _DEEDS, queue, ids):
        acts.setdefault(id_, []).append(_to_act(blob))
    known: dict[str, Known] = {}
    for id_, blob, dirty, attempts, wake_at, fingerprint, gone, facets, missing in _rows(
        connection, _ISSUES, queue, ids
    ):
        history = History(
            issue=current_issue(_to_issue(blob), renames),
            events=events.get(id_, ()),
            comments=comments.get(id_, ()),
            verdicts=tuple(verdicts.get(id_, ())),
            deeds=tuple(deed for one in acts.get(id_, ()) for deed in one.deeds()),
            own=own,
            complete=missing is None,
        )
        known[id_] = Known(
            history=history,
            dirty=dirty == 1,
            attempts=attempts,
            wake_at=to_time_or_none(wake_at),
            fingerprint=fingerprint,
            gone=gone,
            facets=_to_facets(facets),
        )
    return [known[id_] for id_ in ids if id_ in known]


def _rows(connection: Connection, sql: str, queue: str, ids: Sequence[str]) -> Sequence[Any]:
    return connection.exec_driver_sql(sql.format(", ".join("?" * len(ids))), (queue, *ids)).all()


def _as_list(rows: Sequence[Any]) -> bytes:
    """Structs as one MessagePack list, so that one call decodes them all: its sign, its length, its items."""
    return b"\xdd" + len(rows).to_bytes(4, "big") + b"".join([row[0] for row in rows])


def _by_issue(items: Sequence[T]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = {}
    for one in items:
        group = groups.get(one.issue)
        if group is None:
            groups[one.issue] = [one]
        else:
            group.append(one)
    return {id_: tuple(sorted(group, key=_by_time_and_id)) for id_, group in groups.items()}


def _by_time_and_id(one: Event | Comment) -> tuple[object, bool, int, str]:
    """Ids are numbers written out: of the same time, the shorter one is the older, then the one that sorts first.

    One that is no number tells what an issue was created with: nothing of the same time was before it.
    """
    return (one.at, one.id[:1].isdigit(), len(one.id), one.id)
