"""What is due, what came of judging it, and what keeps failing."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Connection, func, literal_column, select, update

from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.sync.ledger.base import Store
from tierkeeper.sync.ledger.kin import take_joins
from tierkeeper.sync.ledger.rows import Failed, Judged, encode, to_column, to_column_or_none, to_time
from tierkeeper.sync.ledger.schema import issue

_LONGEST_WAIT = timedelta(hours=6)
_ROWS_AT_ONCE = 1000

# conditions are written out, not bound: SQLite takes a partial index only for one that it can read
_LIVE: ColumnElement[bool] = literal_column("open = 1 AND gone = 0")
_FAILED: ColumnElement[bool] = literal_column("attempts > 0")

# the index is named: left to itself SQLite walks all issues, since these lie in the order that is asked for
_DUE = (
    "SELECT id, key FROM issue INDEXED BY {} WHERE queue = ? AND id > ? AND (retry_at IS NULL OR retry_at <= ?) "
    "AND gone = 0 AND {} ORDER BY id LIMIT ?"
)
_LIVE_AND_BY = "open = 1 AND fingerprint = ?"

_AT_REST = "dirty = 0, attempts = 0, retry_at = NULL, failure = '', fingerprint = ?, judged_at = ?"
_WAKE = "wake_at = CASE WHEN gone = 0 THEN ? END"
_SETTLE = f"UPDATE issue SET {_AT_REST}, {_WAKE} WHERE queue = ? AND id = ?"  # noqa: S608  # constants of this file
_SETTLE_WITH_FACETS = f"UPDATE issue SET {_AT_REST}, {_WAKE}, tier = ?, facets = ? WHERE queue = ? AND id = ?"  # noqa: S608  # constants of this file
_PUT_OUTSIDE = "UPDATE issue SET open = 2 WHERE queue = ? AND id = ? AND open = 1"
_ADD_VERDICT = (
    "INSERT INTO verdict (queue, issue, facet, event, at, blob) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)


class Judging(Store):
    """The part of the ledger that says what is to be judged and keeps what came of it.

    `joined`: reports were joined or parted since it was opened, so that others have to be judged again.
    """

    joined = False

    def due(self, queue: str, *, now: datetime, fingerprint: str, limit: int, after: str = "") -> list[Ref]:
        """A page, by id, of the issues to be judged: changed, woken, or open and last judged by something else.

        Not those that are gone, nor those that failed and still have to wait. Go on with the last id as `after`.
        """
        moment = to_column(now)
        page = (queue, after, moment)
        with self._reading() as connection:
            others = [other for other in _fingerprints(connection, queue) if other != fingerprint]
            branches = [
                (_DUE.format("issue_dirty", "dirty = 1"), (*page, limit)),
                (_DUE.format("issue_wake", "wake_at IS NOT NULL AND wake_at <= ?"), (*page, moment, limit)),
                *((_DUE.format("issue_judged_by", _LIVE_AND_BY), (*page, other, limit)) for other in others),
            ]
            found = {row[0]: row[1] for sql, values in branches for row in connection.exec_driver_sql(sql, values)}
        return [Ref(queue, id_, found[id_]) for id_ in sorted(found)[:limit]]

    def judged(
        self,
        ref: Ref,
        *,
        now: datetime,
        fingerprint: str,
        wake_at: datetime | None,
        verdicts: Sequence[Verdict] = (),
        facets: Mapping[str, str | None] | None = None,
    ) -> None:
        """Settle one issue: it is due again when it changes, at `wake_at`, or when `fingerprint` is no longer today's.

        The first verdict on a change of a facet is kept for good. `facets` None: as they were.
        """
        one = Judged(ref=ref, fingerprint=fingerprint, wake_at=wake_at, verdicts=tuple(verdicts), facets=facets)
        self.judged_many((one,), now=now)

    def judged_many(self, judgements: Iterable[Judged], *, now: datetime) -> None:
        """Settle many issues at once, all or none."""
        moment = to_column(now)
        rest = iter(judgements)
        with self._writing() as connection:
            while chunk := list(islice(rest, _ROWS_AT_ONCE)):
                _settle(connection, chunk, moment)
                for one in chunk:
                    self.joined |= bool(one.verdicts) and take_joins(connection, one.ref, one.verdicts)

    def failed(self, ref: Ref, reason: str, *, now: datetime) -> timedelta:
        """Note that an issue could not be judged or written. It stays due and waits: 1, 2, 4, … minutes, up to 6 hours.

        A change of the issue ends the wait. Returns how long it is.
        """
        here = (issue.c.queue == ref.queue) & (issue.c.id == ref.id)
        with self._writing() as connection:
            attempts = int(connection.scalar(select(issue.c.attempts).where(here)) or 0)
            wait = min(timedelta(minutes=2 ** min(attempts, 10)), _LONGEST_WAIT)
            connection.execute(
                update(issue)
                .where(here, issue.c.gone == 0)
                .values(dirty=1, attempts=attempts + 1, retry_at=to_column(now + wait), failure=reason)
            )
        return wait

    def quarantined(self) -> list[Failed]:
        """Every issue that failed when it was last looked at, by queue and id."""
        asked = (
            select(issue.c.queue, issue.c.id, issue.c.key, issue.c.failure, issue.c.attempts, issue.c.retry_at)
            .where(_FAILED)
            .order_by(issue.c.queue, issue.c.id)
        )
        with self._reading() as connection:
            rows = connection.execute(asked).all()
        return [Failed(Ref(queue, id_, key), why, tries, to_time(at or 0)) for queue, id_, key, why, tries, at in rows]

    def board(self) -> dict[str, dict[str, int]]:
        """How many open issues each tier holds, by queue; under the empty name those that were never judged."""
        asked = (
            select(issue.c.queue, issue.c.tier, func.count())
            .where(_LIVE)
            .group_by(issue.c.queue, issue.c.tier)
            .order_by(issue.c.queue, issue.c.tier)
        )
        counts: dict[str, dict[str, int]] = {}
        with self._reading() as connection:
            for queue, tier, count in connection.execute(asked):
                counts.setdefault(queue, {})[tier] = count
        return counts

    def issue_count(self, queue: str) -> int:
        """How many issues are known, open or not; those that are gone do not count."""
        with self._reading() as connection:
            asked = select(func.count()).select_from(issue).where(issue.c.queue == queue, issue.c.gone == 0)
            return int(connection.scalar(asked) or 0)


def _fingerprints(connection: Connection, queue: str) -> Iterator[str]:
    """What the queue's open issues were judged by: a few values, found by leaps over an index, not by reading it."""
    found = ""
    smallest = select(func.min(issue.c.fingerprint)).where(_LIVE, issue.c.queue == queue)
    value = connection.scalar(smallest)
    while value is not None:
        found = str(value)
        yield found
        value = connection.scalar(smallest.where(issue.c.fingerprint > found))


def _settle(connection: Connection, judgements: Sequence[Judged], moment: int) -> None:
    plain: list[tuple[object, ...]] = []
    shown: list[tuple[object, ...]] = []
    verdicts: list[tuple[object, ...]] = []
    for one in judgements:
        ref = one.ref
        rest = (one.fingerprint, moment, to_column_or_none(one.wake_at))
        if one.facets is None:
            plain.append((*rest, ref.queue, ref.id))
        else:
            shown.append((*rest, one.facets.get("tier") or "", json.dumps(dict(one.facets)), ref.queue, ref.id))
        verdicts += [(ref.queue, ref.id, it.facet, _event_of(it), to_column(it.at), encode(it)) for it in one.verdicts]
    outside: list[tuple[object, ...]] = [(one.ref.queue, one.ref.id) for one in judgements if one.outside]
    sorted_out = ((_SETTLE, plain), (_SETTLE_WITH_FACETS, shown), (_PUT_OUTSIDE, outside), (_ADD_VERDICT, verdicts))
    for sql, rows in sorted_out:
        if rows:
            connection.exec_driver_sql(sql, rows)


def _event_of(verdict: Verdict) -> str:
    """What a verdict is on. One that rests on no event is on its own moment, so that a later one is kept too."""
    return verdict.event or f"@{to_column(verdict.at)}"
