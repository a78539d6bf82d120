"""The hours of a place as people write them → hours, and what is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

import msgspec

from tierkeeper.rules.calendars.closures import (
    IcalDates,
    PublicHolidays,
    holidays_version,
    known_regions,
)
from tierkeeper.rules.calendars.ical import entries
from tierkeeper.rules.calendars.office import DAY_SECONDS, Office, Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))? ?- ?(\d{1,2}):(\d\d)(?::(\d\d))?")
_DATE = re.compile(r"(\d{4}-)?\d\d-\d\d")
_LEAP_YEAR = "2000-"
_LAST_MINUTE = 59
_SUCH_AS = 'such as "08:00-12:00"'

Path = tuple[str | int, ...]
Hours = Mapping[str, Sequence[str]]
Spans = tuple[Span, ...]


class Written(msgspec.Struct, frozen=True):
    """The hours of a place as they stand in a policy. `ical`: the text of the file; nothing for a day: closed."""

    zone: str = "UTC"
    hours: Hours = {}
    dates: Hours = {}
    country: str = ""
    region: str = ""
    ical: str | None = None


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a calendar. `path`: the keys to it. `choices`: what there is (a word, and its names)."""

    path: Path
    message: str
    hint: str = ""
    on_key: bool = False
    choices: tuple[str, tuple[str, ...]] = ("", ())


def read_office(written: Written) -> tuple[Office, list[Fault]]:
    """The hours, and everything that is wrong with them; what is wrong is left out of them."""
    faults: list[Fault] = []
    dates: dict[str, Spans] = {}
    for name, texts in written.dates.items():
        if _is_date(name):
            dates[name] = _spans(("dates", name), texts, faults)
        else:
            message = f'"{name}" is no date'
            hint = "write a date (2026-12-24), or a day of every year (12-24)"
            faults.append(Fault(("dates", name), message, hint, on_key=True))
    office = Office(
        zone=written.zone,
        week=_week(written.hours, faults),
        dates=dates,
        holidays=_holidays(written, faults) if written.country else None,
        ical=_ical(written.ical, faults) if written.ical is not None else None,
    )
    if not office.opens and not faults:
        faults.append(Fault((), "no open hour", f"add hours: with the spans of each day, {_SUCH_AS}", on_key=True))
    return office, faults


def _week(hours: Hours, faults: list[Fault]) -> tuple[Spans, ...]:
    week: list[Spans] = [()] * 7
    owners: dict[int, str] = {}
    for name, texts in hours.items():
        path: Path = ("hours", name)
        days = _days(name)
        if not days:
            hint = "write mon, mon-fri or mon,wed,fri"
            faults.append(Fault(path, f'"{name}" names no days of the week', hint, on_key=True))
        spans = _spans(path, texts, faults)
        for day in days:
            owner = owners.setdefault(day, name)
            if owner != name:
                message = f'{DAYS[day]} stands under "{owner}" already'
                faults.append(Fault(path, message, "give each day of the week once", on_key=True))
            week[day] = spans
    for day, owner in sorted(owners.items()):
        late = max((span.end for span in week[day]), default=0) - DAY_SECONDS
        morrow = (day + 1) % 7
        if week[morrow] and late > week[morrow][0].start:
            message = f"what opens on {DAYS[day]} closes after {DAYS[morrow]} has opened"
            faults.append(Fault(("hours", owner), message, "spans must not overlap"))
    return tuple(week)


def _days(name: str) -> list[int]:
    """The days of the week that a key means; none where it means none."""
    found: list[int] = []
    for part in name.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            return []
        start = DAYS.index(first)
        found += [(start + step) % 7 for step in range((DAYS.index(last) - start) % 7 + 1 if dash else 1)]
    return list(dict.fromkeys(found))


def _spans(path: Path, texts: Sequence[str], faults: list[Fault]) -> Spans:
    """The spans of a day, in order."""
    read = [(place, text, _span(text)) for place, text in enumerate(texts)]
    for place, text, span in read:
        if span is None:
            message = f'"{text}" is no span of time'
            faults.append(Fault((*path, place), message, f"write opening and closing, {_SUCH_AS}"))
    known = sorted((span, place, text) for place, text, span in read if span is not None)
    for (early, _, first), (late, place, second) in pairwise(known):
        if late.start < early.end:
            faults.append(Fault((*path, place), f'"{second}" overlaps with "{first}"', "spans must not overlap"))
    return tuple(span for span, _, _ in known)


def _span(text: str) -> Span | None:
    """One that ends at its start or before it goes on over midnight."""
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (tuple(int(part or 0) for part in found.groups()[at::3]) for at in range(3))
    start, end = (hours[at] * 3600 + minutes[at] * 60 + seconds[at] for at in range(2))
    if max(*minutes, *seconds) > _LAST_MINUTE or start >= DAY_SECONDS or end > DAY_SECONDS:
        return None
    return Span(start, end if end > start else end + DAY_SECONDS)


def _is_date(name: str) -> bool:
    try:
        return bool(
            _DATE.fullmatch(name) and date.fromisoformat(name if len(name) > len("12-24") else _LEAP_YEAR + name)
        )
    except ValueError:
        return False


def _holidays(written: Written, faults: list[Fault]) -> PublicHolidays | None:
    regions = known_regions(written.country)
    path: Path = ("holidays", "country")
    if regions is None:
        message = f'no holidays are known of a country "{written.country}"'
        faults.append(Fault(path, message, "expected its ISO code, such as DE"))
        return None
    if written.region and written.region not in regions:
        message = f'{written.country} has no region "{written.region}" with holidays of its own'
        faults.append(Fault(("holidays", "region"), message, choices=("regions", regions)))
        return None
    return PublicHolidays(written.country, written.region, holidays_version())


def _ical(text: str, faults: list[Fault]) -> IcalDates | None:
    try:
        entries(text)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        message = f"the file cannot be read as iCal: {error}"
        faults.append(Fault(("ical",), message, "export the calendar again as an .ics file"))
        return None
    return IcalDates(text)
