"""Moments on a clock's way besides its due time: a share of the target used up, so much left, so much too late."""

from datetime import datetime, timedelta
from functools import lru_cache

from tierkeeper.plugins.model.business import Calendar, due
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.duration import Duration
from tierkeeper.plugins.model.promise import Clock


def with_left(clock: Clock, left: timedelta | Duration, desk: Desk) -> datetime | None:
    """When so much of the clock's time was, or will be, left; None while it stands still.

    A `timedelta` is in the time of the target (business or elapsed), a `Duration` in its own. Time that does not count
    lies between it and the due time as it lies anywhere else.
    """
    if clock.due is None:
        return None
    calendar = calendar_of(clock, desk) if _in_business(clock, left) else None
    amount = left if isinstance(left, timedelta) else left.elapsed + timedelta(minutes=left.business_minutes)
    moment = _add(clock.due, -amount, calendar)
    for pause in reversed(clock.pauses):
        if pause.end is None or pause.start >= clock.due:
            continue
        end = min(pause.end, clock.due)
        if end <= moment:
            break
        lost = calendar.between(pause.start, end) if calendar is not None else end - pause.start
        moment = _add(moment, -lost, calendar)
    return max(moment, clock.start)


def too_late_by(clock: Clock, amount: Duration, desk: Desk) -> datetime | None:
    """When the clock will have been missed by so much; None while it stands still."""
    return due(clock.due, amount, calendar_of(clock, desk)) if clock.due is not None else None


def calendar_of(clock: Clock, desk: Desk) -> Calendar:
    """The calendar that the clock's business time is in."""
    return desk.calendars.get(clock.calendar) or desk.calendar


def _in_business(clock: Clock, left: timedelta | Duration) -> bool:
    return _is_business(clock.target) if isinstance(left, timedelta) else left.business


@lru_cache(maxsize=1000)
def _is_business(target: str) -> bool:
    return Duration(target).business


def _add(moment: datetime, amount: timedelta, calendar: Calendar | None) -> datetime:
    return calendar.add(moment, amount) if calendar is not None else moment + amount
