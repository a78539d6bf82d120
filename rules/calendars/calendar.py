"""A calendar: business time on the hours of one place, or of several."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import NoReturn
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.errors import NeverOpen
from tierkeeper.plugins.model.business import Boundary, DayTarget
from tierkeeper.rules.calendars.moments import FIRST_YEAR, LAST_YEAR, Since, first_showing, moment, since
from tierkeeper.rules.calendars.office import Office, Union, Workday
from tierkeeper.rules.calendars.timeline import BARREN_YEARS, Timeline

_OPENING: Callable[[Workday], Since] = attrgetter("opening")


class BusinessCalendar(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Keeps the contract of `tierkeeper.plugins.model.business.Calendar` on some hours."""

    name: str
    zone: str
    hours: Office | Union
    boundary: Boundary = "close_of_day"
    day_target: DayTarget = "same_time"

    @cached_property
    def _timeline(self) -> Timeline:
        return Timeline(self.hours.intervals)

    @cached_property
    def _workdays(self) -> dict[int, list[Workday]]:
        return {}

    @cached_property
    def _years(self) -> dict[int, list[Workday]]:
        return {}

    def add(self, start: datetime, amount: timedelta, *, boundary: Boundary | None = None) -> datetime:
        """The moment at which so much business time has passed since `start`."""
        reopen = (boundary or self.boundary) == "next_opening"
        end = self._timeline.add(since(start), amount, reopen=reopen)
        if end is None:
            self._refuse(start)
        return moment(end, start.tzinfo)

    def add_days(self, start: datetime, days: int, *, target: DayTarget | None = None) -> datetime:
        """The moment so many business days after `start`; what begins outside of the hours begins as they open."""
        at = self._open_at(start)
        day, then = self._days_on(at, days)
        if (target or self.day_target) == "end_of_day":
            return moment(then.closing, start.tzinfo)
        if not days:
            return self.add(start, timedelta())
        clock = moment(at, self._tz).replace(tzinfo=None)
        return moment(first_showing(clock + (then.date - day.date), self._tz), start.tzinfo)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The business time between two moments; negative where `end` is the earlier one."""
        return self._timeline.worked(since(start), since(end))

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in the hours."""
        return self._timeline.is_open(since(at))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first opening at `at` or after it; None where it is open and does not open again."""
        opening = self._timeline.next_start(since(at))
        if opening is None and not self.is_open(at):
            self._refuse(at)
        return None if opening is None else moment(opening, at.tzinfo)

    def next_closing(self, at: datetime) -> datetime | None:
        """The first closing after `at`; None where it never closes."""
        closing = self._timeline.next_end(since(at))
        if closing is None and not self.is_open(at):
            self._refuse(at)
        return None if closing is None else moment(closing, at.tzinfo)

    def open_spans(self, start: datetime, end: datetime) -> Sequence[tuple[datetime, datetime]]:
        """The parts of the time between two moments that are open, in order."""
        found = self._timeline.between(since(start), since(end))
        return [(moment(opens, start.tzinfo), moment(closes, start.tzinfo)) for opens, closes in found]

    def _open_at(self, start: datetime) -> Since:
        """`start`, or the opening after it where it is closed then."""
        at = since(start)
        if self._timeline.is_open(at):
            return at
        opening = self._timeline.next_start(at)
        return self._refuse(start) if opening is None else opening

    def _days_on(self, at: Since, days: int) -> tuple[Workday, Workday]:
        """The business day that an open moment belongs to, and the one so many business days on."""
        year = moment(at, UTC).year
        known = self._around(year)
        place = bisect_right(known, at, key=_OPENING) - 1
        day, wanted, step = known[place], place + days, 1 if days > 0 else -1
        edge, barren = year + step, 0
        while not 0 <= wanted < len(known):
            edge += step
            fresh = self._of_year(edge)
            barren = 0 if fresh else barren + 1
            if barren == BARREN_YEARS or not FIRST_YEAR < edge < LAST_YEAR:
                self._refuse(moment(at, UTC))
            known = known + fresh if days > 0 else fresh + known
            wanted += 0 if days > 0 else len(fresh)
        return day, known[wanted]

    def _around(self, year: int) -> list[Workday]:
        """The business days of a year and of those beside it."""
        if year not in self._years:
            self._years[year] = [day for one in (year - 1, year, year + 1) for day in self._of_year(one)]
        return self._years[year]

    def _of_year(self, year: int) -> list[Workday]:
        if year not in self._workdays:
            self._workdays[year] = self.hours.workdays(year)
        return self._workdays[year]

    @cached_property
    def _tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def _refuse(self, at: datetime) -> NoReturn:
        raise NeverOpen(f"the calendar {self.name} has no open hour left to count on from {at.isoformat()}")
