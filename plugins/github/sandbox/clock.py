"""The sandbox's clock: it stands still where it was set, or follows the machine's until somebody sets it."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache


class Clock:
    """The time that the sandbox believes in; GitHub shows whole seconds, so do we."""

    def __init__(self, now: datetime | None = None) -> None:
        self._fixed: float | None = None
        if now is not None:
            self.set(now)

    @property
    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.fromtimestamp(self._fixed if self._fixed is not None else time.time(), UTC)

    @property
    def seconds(self) -> int:
        """The time in whole seconds since 1970."""
        return int(self.now.timestamp())

    @property
    def is_set(self) -> bool:
        """Whether the clock stands where it was set."""
        return self._fixed is not None

    def set(self, now: datetime) -> None:
        """Stand at this time until told otherwise."""
        self._fixed = float(to_seconds(now))

    def advance(self, seconds: float) -> None:
        """Go on by so many seconds, and stand there."""
        self._fixed = self.now.timestamp() + seconds


def to_seconds(moment: datetime) -> int:
    """Seconds since 1970; a time without a zone is a mistake, not UTC."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return int(moment.timestamp())


@lru_cache(maxsize=65536)
def iso(seconds: int) -> str:
    """A time as GitHub writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def maybe_iso(seconds: int | None) -> str | None:
    """A time as GitHub writes it, where there may be none."""
    return None if seconds is None else iso(seconds)


def from_iso(text: str) -> int:
    """Seconds since 1970 from an ISO 8601 time; raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def http_date(moment: datetime) -> str:
    """A time for a header."""
    return format_datetime(moment, usegmt=True)
