"""What a ledger holds, counted; and the looks into a file that need no ledger to be open."""

from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Table, func, select

from tierkeeper.sync.ledger.base import Store, connect
from tierkeeper.sync.ledger.files import check_file, explained
from tierkeeper.sync.ledger.rows import to_time_or_none
from tierkeeper.sync.ledger.schema import (
    act,
    comment,
    event,
    feed,
    found_version,
    incomplete,
    intent,
    issue,
    read_note,
    snapshot,
    verdict,
)


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored of one queue. `read` is when something new was last read of it (UTC); None: never."""

    queue: str
    issues: int = 0
    open: int = 0
    gone: int = 0
    incomplete: int = 0
    events: int = 0
    comments: int = 0
    verdicts: int = 0
    acts: int = 0
    read: datetime | None = None


class Peeked(msgspec.Struct, frozen=True):
    """A ledger's version, and the desk that it belongs to; version 0 is an empty file."""

    version: int
    desk: str


class Losses(msgspec.Struct, frozen=True):
    """What a ledger holds that no tracker tells."""

    acts: int = 0
    verdicts: int = 0
    open_intents: int = 0


class Inventory:
    """Counts of what the ledger holds. It changes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def holdings(self) -> list[Holding]:
        """What is stored, queue by queue, by name."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            read = {name: to_time_or_none(at) for name, at in connection.execute(select(feed.c.queue, feed.c.at))}
            counted = {
                "issues": _counts(connection, issue, "gone = 0"),
                "open": _counts(connection, issue, "gone = 0 AND open = 1"),
                "gone": _counts(connection, issue, "gone = 1"),
                "incomplete": _counts(connection, incomplete),
                "events": _counts(connection, event),
                "comments": _counts(connection, comment),
                "verdicts": _counts(connection, verdict),
                "acts": _counts(connection, act),
            }
        names = sorted({*read, *(queue for counts in counted.values() for queue in counts)})
        return [
            Holding(queue=name, read=read.get(name), **{what: counts.get(name, 0) for what, counts in counted.items()})
            for name in names
        ]

    def losses(self) -> Losses:
        """What would be lost with the file."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            return Losses(
                acts=_count(connection, act),
                verdicts=_count(connection, verdict),
                open_intents=_count(connection, intent, "closed IS NULL"),
            )

    def newest(self) -> datetime | None:
        """The latest time that any stored issue was touched at, by the trackers' clocks (UTC)."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            return to_time_or_none(connection.scalar(select(func.max(snapshot.c.updated))))


def peek(path: Path) -> Peeked:
    """Whose ledger a file is, and of what version. Raises LedgerError where it cannot be read, or is none."""
    check_file(path, read_only=True)
    with explained(path):
        engine = connect(path, read_only=True)
        try:
            with engine.connect() as connection:
                version = found_version(connection)
                return Peeked(-1 if version is None else version, read_note(connection, "desk") if version else "")
        finally:
            engine.dispose()


def _counts(connection: Connection, table: Table, condition: str = "") -> dict[str, int]:
    where = f" WHERE {condition}" if condition else ""
    asked = f"SELECT queue, count(*) FROM {table.name}{where} GROUP BY queue"  # noqa: S608  # constants of this file
    return {row[0]: row[1] for row in connection.exec_driver_sql(asked)}


def _count(connection: Connection, table: Table, condition: str = "") -> int:
    return sum(_counts(connection, table, condition).values())
