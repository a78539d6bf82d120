"""The hours of one place: weekdays, dates, holidays. And those of several places together."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.rules.calendars.closures import IcalDates, PublicHolidays
from tierkeeper.rules.calendars.moments import Since, first_showing, year_start
from tierkeeper.rules.calendars.timeline import Interval, merged

DAY_SECONDS = 86_400

_YEAR = len("2026-")


class Span(msgspec.Struct, frozen=True, order=True):
    """Open from `start` to `end`, in seconds on the clock after midnight. One over midnight ends after 24:00."""

    start: int
    end: int


class Workday(NamedTuple):
    """A business day: its date, when it opens first, when it closes last."""

    date: date
    opening: Since
    closing: Since


class Hours(Protocol):
    """Where a calendar has its open time from."""

    def intervals(self, year: int) -> list[Interval]:
        """What is open in a year of UTC, sorted, with gaps in between."""

    def workdays(self, year: int) -> list[Workday]:
        """The business days with a date in that year."""


class Office(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The hours of one place. `week` from Monday on.

    `dates` are written ``2026-12-24``, or ``12-24`` for every year; the former beats the latter, and that a holiday.
    """

    zone: str
    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    dates: Mapping[str, tuple[Span, ...]] = {}
    holidays: PublicHolidays | None = None
    ical: IcalDates | None = None

    @cached_property
    def _tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def opens(self) -> bool:
        """Whether there is any open hour in it at all."""
        return any(self.week) or any(self.dates.values())

    def spans(self, day: date) -> tuple[Span, ...]:
        """The hours that begin on a date."""
        written = day.isoformat()
        found = self.dates.get(written, self.dates.get(written[_YEAR:]))
        if found is not None:
            return found
        closed = any(day in kind.in_year(day.year) for kind in (self.holidays, self.ical) if kind is not None)
        return () if closed else self.week[day.weekday()]

    def intervals(self, year: int) -> list[Interval]:
        """What is open in a year of UTC; hours that begin in the days around it may reach into it."""
        low, high = year_start(year), year_start(year + 1)
        days = _dates(date(year - 1, 12, 30), date(year + 1, 1, 2))
        found = [interval for day in days for interval in self._resolved(day)]
        return merged([(max(start, low), min(end, high)) for start, end in found if start < high and end > low])

    def workdays(self, year: int) -> list[Workday]:
        """The dates on which something opens."""
        days = ((day, self._resolved(day)) for day in _dates(date(year, 1, 1), date(year, 12, 31)))
        return [Workday(day, min(open_)[0], max(end for _, end in open_)) for day, open_ in days if open_]

    def _resolved(self, day: date) -> list[Interval]:
        midnight = datetime.combine(day, time())
        found = [
            tuple(first_showing(midnight + timedelta(seconds=edge), self._tz) for edge in (span.start, span.end))
            for span in self.spans(day)
        ]
        return [(start, end) for start, end in found if start < end]


class Union(msgspec.Struct, frozen=True):
    """The hours of several places together: open when one of them is."""

    members: tuple[Hours, ...]

    def intervals(self, year: int) -> list[Interval]:
        """What is open in any of them."""
        return merged([interval for member in self.members for interval in member.intervals(year)])

    def workdays(self, year: int) -> list[Workday]:
        """Each date that is a business day somewhere: from the first opening to the last closing."""
        found: dict[date, Workday] = {}
        for day in (day for member in self.members for day in member.workdays(year)):
            known = found.get(day.date, day)
            found[day.date] = Workday(day.date, min(known.opening, day.opening), max(known.closing, day.closing))
        return sorted(found.values())


def _dates(first: date, last: date) -> Sequence[date]:
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]
