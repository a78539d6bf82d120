"""What the ledger gives and takes, frozen; and how times and structs are written in its columns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from tierkeeper.plugins.model.event import History, Verdict
from tierkeeper.plugins.model.issue import Ref

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

CHUNK = 500
"""How many issues one query asks for; SQLite takes at least 999 parameters."""

encode = msgspec.msgpack.Encoder().encode
"""A struct as the ledger keeps it."""


def to_column(moment: datetime) -> int:
    """A time as the ledger keeps it: microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def to_column_or_none(moment: datetime | None) -> int | None:
    """The same, for a time that may be missing."""
    return None if moment is None else to_column(moment)


def to_time(column: int) -> datetime:
    """A time (UTC) from its column."""
    return _EPOCH + timedelta(microseconds=column)


def to_time_or_none(column: int | None) -> datetime | None:
    """The same, for a column that may be empty."""
    return None if column is None else to_time(column)


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The items in pieces that one query can ask for."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Stored(msgspec.Struct, frozen=True):
    """How much of a batch was new or changed, and how many issues it marked to be judged."""

    issues: int = 0
    events: int = 0
    comments: int = 0
    dirtied: int = 0


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """An issue's history with the ledger's own notes on it. `gone` says why the tracker has it no more."""

    history: History
    dirty: bool = False
    attempts: int = 0
    wake_at: datetime | None = None
    fingerprint: str = ""
    gone: str = ""
    facets: Mapping[str, str | None] = {}


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What came of judging one issue. `facets` are its values for status and board; None leaves the old ones.

    `outside`: the queue's filter does not hold it, so that it counts as closed until it changes.
    """

    ref: Ref
    fingerprint: str
    wake_at: datetime | None = None
    verdicts: tuple[Verdict, ...] = ()
    facets: Mapping[str, str | None] | None = None
    outside: bool = False


class Failed(msgspec.Struct, frozen=True):
    """An issue that could not be judged or written `attempts` times in a row; not tried again before `retry_at`."""

    ref: Ref
    reason: str
    attempts: int
    retry_at: datetime


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """Something about to be created, or created without an answer, that `marker` would make recognisable."""

    id: int
    ref: Ref
    kind: str
    marker: str
    detail: str
    opened: datetime


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run: `now` is its judged time, `began` and `ended` are wall time. Not ended: it goes on, or was killed."""

    id: int
    command: str
    now: datetime
    began: datetime
    ended: datetime | None = None
    counts: Mapping[str, int] = {}
    exit_code: int | None = None
