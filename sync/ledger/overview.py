"""What the ledger tells people at a glance: how far queues are read, and which issues will be looked at when."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import func, select

from tierkeeper.plugins.model.issue import Ref
from tierkeeper.sync.ledger.base import Store
from tierkeeper.sync.ledger.rows import to_column, to_time, to_time_or_none
from tierkeeper.sync.ledger.schema import feed, issue, snapshot

OPEN, ANY = (1,), (0, 1)
"""The states of issues, as the ledger keeps them."""


class Waking(msgspec.Struct, frozen=True):
    """An issue that is looked at again at `at` (UTC) even if nothing changes."""

    ref: Ref
    at: datetime


class Overview:
    """Questions that only `status` and `explain` ask. It changes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def last_news(self, queue: str) -> datetime | None:
        """When something new was last read of a queue (UTC); None: never."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            return to_time_or_none(connection.scalar(select(feed.c.at).where(feed.c.queue == queue)))

    def due(self, queue: str) -> int:
        """How many issues of a queue wait for the next run: changed, and not settled yet."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            marked = (issue.c.queue == queue, issue.c.dirty == 1, issue.c.gone == 0)
            return int(connection.scalar(select(func.count()).select_from(issue).where(*marked)) or 0)

    def issues(self, queue: str, states: Iterable[int]) -> list[Ref]:
        """Every issue of a queue that is there in one of these states, by id."""
        here = (issue.c.queue == queue, issue.c.gone == 0, issue.c.open.in_(list(states)))
        asked = select(issue.c.id, issue.c.key).where(*here).order_by(issue.c.id)
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            return [Ref(queue, id_, key) for id_, key in connection.execute(asked)]

    def changed_since(self, queue: str, since: datetime) -> list[Ref]:
        """Every issue of a queue, open or not, that changed at `since` (UTC) or after it, by id."""
        asked = (
            select(issue.c.id, issue.c.key)
            .join(snapshot, (snapshot.c.queue == issue.c.queue) & (snapshot.c.id == issue.c.id))
            .where(issue.c.queue == queue, issue.c.gone == 0, snapshot.c.updated >= to_column(since))
            .order_by(issue.c.id)
        )
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            return [Ref(queue, id_, key) for id_, key in connection.execute(asked)]

    def waking(self, now: datetime, limit: int) -> tuple[int, list[Waking]]:
        """How many issues are to be woken after `now`, and the first of them."""
        later = (issue.c.wake_at.is_not(None), issue.c.wake_at > to_column(now), issue.c.gone == 0)
        asked = select(issue.c.queue, issue.c.id, issue.c.key, issue.c.wake_at).where(*later)
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            count = int(connection.scalar(select(func.count()).select_from(issue).where(*later)) or 0)
            rows = connection.execute(asked.order_by(issue.c.wake_at, issue.c.queue, issue.c.id).limit(limit)).all()
        return count, [Waking(Ref(queue, id_, key), to_time(at)) for queue, id_, key, at in rows]

    def failure(self, ref: Ref) -> tuple[str, datetime | None]:
        """Why an issue failed when it was last looked at, and when it is tried again; empty if it did not."""
        asked = select(issue.c.failure, issue.c.retry_at).where(issue.c.queue == ref.queue, issue.c.id == ref.id)
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            row = connection.execute(asked).one_or_none()
        return (row.failure, to_time_or_none(row.retry_at)) if row is not None else ("", None)
