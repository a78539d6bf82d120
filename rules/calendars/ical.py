"""iCal text → the days that its whole-day entries cover. Entries with a time of day are left out."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import msgspec

_UNTIL = re.compile(r"UNTIL=(\d{8})[^;]*")
_COARSE = re.compile(r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)\b")


class Entry(msgspec.Struct, frozen=True):
    """One whole-day entry: its first day, how many it takes, and when it comes again."""

    first: date
    days: int = 1
    rule: str = ""
    more: tuple[date, ...] = ()
    without: frozenset[date] = frozenset()

    def starts(self, low: date, high: date) -> Iterator[date]:
        """The days from `low` to `high` on which it begins."""
        found = [self.first, *self.more]
        if self.rule:
            found += [start.date() for start in self.repetition().between(_at(low), _at(high), inc=True)]
        yield from (day for day in found if low <= day <= high and day not in self.without)

    def repetition(self) -> Any:
        """Its rule, ready to be asked. Raises ValueError for one that means nothing."""
        from dateutil.rrule import rrulestr  # noqa: PLC0415  # only calendars with a file need it

        if not _COARSE.search(self.rule):
            raise ValueError(f"the rule {self.rule} does not repeat by days, weeks, months or years")
        return rrulestr(_UNTIL.sub(r"UNTIL=\1", self.rule), dtstart=_at(self.first))


def closed_days(text: str, year: int) -> frozenset[date]:
    """The days of a year that the entries cover. Raises ValueError for text that is no iCal."""
    low, high = date(year, 1, 1), date(year, 12, 31)
    return frozenset(
        day
        for entry in entries(text)
        for start in entry.starts(low - timedelta(days=entry.days - 1), high)
        for day in (start + timedelta(days=count) for count in range(entry.days))
        if low <= day <= high
    )


@cache
def entries(text: str) -> tuple[Entry, ...]:
    """The whole-day entries of a text. Raises ValueError for text that is no iCal."""
    from icalendar import Calendar  # noqa: PLC0415  # only calendars with a file need it

    found: list[Entry] = []
    calendars = Calendar.from_ical(text, multiple=True)
    if not calendars:
        raise ValueError("there is no whole VCALENDAR in it")
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    moved = _moved(events)
    for event in events:
        entry = _entry(event, moved)
        if entry is None:
            continue
        if entry.rule:
            entry.repetition()
        found.append(entry)
    return tuple(found)


def _entry(event: Any, moved: dict[str, set[date]]) -> Entry | None:
    start = _day(event.get("DTSTART"))
    if start is None or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    end = _day(event.get("DTEND"))
    length = event.get("DURATION")
    days = (end - start).days if end is not None else length.dt.days if length is not None else 1
    rule = event.get("RRULE")
    single = event.get("RECURRENCE-ID") is not None
    return Entry(
        first=start,
        days=max(1, days),
        rule=rule.to_ical().decode() if rule is not None and not single else "",
        more=tuple(_days(event.get("RDATE"))),
        without=frozenset() if single else frozenset({*_days(event.get("EXDATE")), *moved.get(_uid(event), ())}),
    )


def _moved(events: Sequence[Any]) -> dict[str, set[date]]:
    """The days of repetitions that an entry of their own stands for, by the entry's UID."""
    found: dict[str, set[date]] = {}
    for event in events:
        day = _day(event.get("RECURRENCE-ID"))
        if day is not None:
            found.setdefault(_uid(event), set()).add(day)
    return found


def _uid(event: Any) -> str:
    return str(event.get("UID", ""))


def _day(value: Any) -> date | None:
    """A whole day; None for a time of day, and for nothing."""
    found = getattr(value, "dt", None)
    return found if isinstance(found, date) and not isinstance(found, datetime) else None


def _days(value: Any) -> list[date]:
    """The whole days of a list, or of several lists."""
    lists = value if isinstance(value, list) else [value] if value is not None else []
    return [day for one in lists for part in one.dts if (day := _day(part)) is not None]


def _at(day: date) -> datetime:
    return datetime.combine(day, time())
