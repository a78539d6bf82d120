"""A sandbox's clock: it stands still where it was set, or follows the machine's until somebody sets it."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime


class Clock:
    """The time that a sandbox believes in."""

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
    def milliseconds(self) -> int:
        """The time in whole milliseconds since 1970."""
        return round(self.now.timestamp() * 1000)

    @property
    def is_set(self) -> bool:
        """Whether the clock stands where it was set."""
        return self._fixed is not None

    def set(self, now: datetime) -> None:
        """Stand at this time until told otherwise."""
        self._fixed = to_milliseconds(now) / 1000

    def advance(self, seconds: float) -> None:
        """Go on by so many seconds, and stand there."""
        self._fixed = self.now.timestamp() + seconds


def to_seconds(moment: datetime) -> int:
    """Seconds since 1970; a time without a zone is a mistake, not UTC."""
    return to_milliseconds(moment) // 1000


def to_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970; a time without a zone is a mistake, not UTC."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return round(moment.timestamp() * 1000)


def http_date(moment: datetime) -> str:
    """A time for a header."""
    return format_datetime(moment, usegmt=True)
