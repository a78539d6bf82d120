"""Business time: what rules and clocks ask a calendar, and when a target falls due."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from tierkeeper.plugins.model.duration import Duration

Boundary = Literal["close_of_day", "next_opening"]
"""Where business time ends that is used up at the very moment of closing."""

DayTarget = Literal["same_time", "end_of_day"]
"""Where a target in business days ends: at the same clock time some business days on, or as that day closes."""


class Calendar(Protocol):
    """The hours that somebody is at work. Moments are aware datetimes; an answer is in the zone of what was asked.

    Seconds are those that pass, whatever the clocks on the wall do. Raises ValueError for a moment without a zone, and
    NeverOpen where business time is asked for and none comes any more.
    """

    @property
    def name(self) -> str:
        """The name under `calendars` in the policy."""

    @property
    def zone(self) -> str:
        """Its IANA time zone: that of its dates and clock times."""

    def add(self, start: datetime, amount: timedelta, *, boundary: Boundary | None = None) -> datetime:
        """The moment at which so much business time has passed since `start`; before it, where `amount` is negative.

        `boundary`: the calendar's own if it is not given.
        """

    def add_days(self, start: datetime, days: int, *, target: DayTarget | None = None) -> datetime:
        """The moment so many business days after `start`; what begins outside of the hours begins as they open.

        `target`: the calendar's own if it is not given.
        """

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The business time between two moments; negative where `end` is the earlier one."""

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in the hours. They begin with the moment of opening, and end before that of closing."""

    def next_opening(self, at: datetime) -> datetime | None:
        """The first opening at `at` or after it; None where it is open and never closes."""

    def next_closing(self, at: datetime) -> datetime | None:
        """The first closing after `at`; None where it never closes."""

    def open_spans(self, start: datetime, end: datetime) -> Sequence[tuple[datetime, datetime]]:
        """The parts of the time between two moments that are open, in order."""


def due(
    start: datetime,
    amount: Duration,
    calendar: Calendar,
    *,
    boundary: Boundary | None = None,
    target: DayTarget | None = None,
) -> datetime:
    """When a target falls due that began at `start`: elapsed time as it passes, `bd` and then `bh` by the calendar."""
    if start.utcoffset() is None:
        raise ValueError(f"{start} has no time zone; a target begins at an aware datetime")
    if not amount.business:
        return (start.astimezone(UTC) + amount.elapsed).astimezone(start.tzinfo)
    moved = calendar.add_days(start, amount.business_days, target=target) if amount.in_days else start
    if amount.in_days and not amount.business_minutes:
        return moved
    return calendar.add(moved, timedelta(minutes=amount.business_minutes), boundary=boundary)
