"""Business time counted the slow way, a minute at a time, for tests to compare with.

It goes from minute to minute in UTC and looks at the clock on the wall. A clock that is set back does not undo what it
has shown: hours are over once it has shown their end.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

MINUTE = timedelta(minutes=1)
HOLD = timedelta(days=2)


class Plan(msgspec.Struct, frozen=True):
    """A calendar as its test writes it: a zone, spans in minutes by weekday, and dates with spans of their own."""

    zone: str
    week: Sequence[Sequence[tuple[int, int]]]
    dates: Mapping[date, Sequence[tuple[int, int]]] = {}

    def spans(self, day: date) -> Sequence[tuple[int, int]]:
        return self.dates.get(day, self.week[day.weekday()])

    def texts(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """The hours and the dates as a policy has them."""
        names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        hours = {name: [_text(span) for span in spans] for name, spans in zip(names, self.week, strict=True)}
        return hours, {day.isoformat(): [_text(span) for span in spans] for day, spans in self.dates.items()}


def _text(span: tuple[int, int]) -> str:
    start, end = span
    shown = end if end <= 24 * 60 else end - 24 * 60
    return f"{start // 60:02}:{start % 60:02}-{shown // 60:02}:{shown % 60:02}"


def minutes(plans: Sequence[Plan], start: datetime, end: datetime) -> Iterator[tuple[datetime, bool]]:
    """Each minute from the one of `start` to `end`, in UTC, and whether one of the plans is open in it."""
    at = start.astimezone(UTC).replace(second=0, microsecond=0)
    shown = [_wall(plan, at - HOLD) for plan in plans]
    ahead = at - HOLD
    while ahead < end:
        shown = [max(before, _wall(plan, ahead)) for before, plan in zip(shown, plans, strict=True)]
        if ahead >= at:
            yield ahead, any(_open(plan, wall) for plan, wall in zip(plans, shown, strict=True))
        ahead += MINUTE


def _wall(plan: Plan, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(plan.zone)).replace(tzinfo=None)


def _open(plan: Plan, wall: datetime) -> bool:
    day = wall.date()
    minute = wall.hour * 60 + wall.minute
    return any(
        first <= minute + back * 24 * 60 < last
        for back in range(3)
        for first, last in plan.spans(day - timedelta(days=back))
    )


def walked_between(plans: Sequence[Plan], start: datetime, end: datetime) -> timedelta:
    """The business time between two moments, the first of them the earlier one."""
    return sum(
        (min(end, at + MINUTE) - max(start, at) for at, is_open in minutes(plans, start, end) if is_open),
        timedelta(),
    )


def walked_add(plans: Sequence[Plan], start: datetime, amount: timedelta, limit: timedelta) -> datetime | None:
    """The first moment at which so much has passed; None: not before the limit."""
    for at, is_open in minutes(plans, start, start + limit):
        if is_open:
            left = at + MINUTE - max(start, at)
            if amount <= left:
                return max(start, at) + amount
            amount -= left
    return None


def walked_edge(plans: Sequence[Plan], start: datetime, limit: timedelta, *, opening: bool) -> datetime | None:
    """The first opening at `start` or after it, or the first closing after it; None: not before the limit."""
    before: bool | None = None
    for at, is_open in minutes(plans, start - MINUTE, start + limit):
        turned = before is not None and is_open != before and is_open == opening
        if turned and (at >= start if opening else at > start):
            return at
        before = is_open
    return None
