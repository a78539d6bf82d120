"""Additions of business time on a warm calendar, beside three other libraries that do the same sums."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from importlib import import_module
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bench.figure import Figure, cpu_seconds

from tierkeeper.rules.calendars import BusinessCalendar, Written, read_office

TARGET = 500_000
COUNT = 100_000
FEWER = 50
"""Other libraries get one in so many of the sums, for most of them are slow."""

ZONE = "Europe/Berlin"
HOURS = (time(8), time(18))
Sums = Sequence[tuple[datetime, timedelta]]
Work = Callable[[], list[Any]]


def business_time(*, quick: bool) -> list[Figure]:
    """How many additions a CPU second makes: moments of one year in UTC, amounts of 1 to 40 hours."""
    random, first = Random(7), datetime(2026, 1, 1, tzinfo=UTC)
    sums = [
        (first + timedelta(seconds=random.randrange(365 * 86_400)), timedelta(hours=random.randint(1, 40)))
        for _ in range(COUNT // 5 if quick else COUNT)
    ]
    ours = _ours(sums)
    (spent,) = cpu_seconds(ours)
    speed = len(sums) / spent
    fewer, known = sums[::FEWER], ours()[::FEWER]
    beside = "; ".join(_beside(name, other, fewer, known, speed=speed) for name, other in OTHERS.items())
    shown = f"{speed:,.0f} additions a CPU second"
    return [Figure("business time, warm calendar", shown, beside, f"≥ {TARGET:,}", speed >= TARGET)]


def _beside(name: str, other: Callable[[Sums], Work], sums: Sums, known: list[datetime], *, speed: float) -> str:
    """Our speed in a library's speed, and how many of its sums come to the same as ours."""
    try:
        work = other(sums)
    except ImportError:
        return f"{name} is not installed"
    (spent,) = cpu_seconds(work)
    same = sum(theirs == ours for theirs, ours in zip(work(), known, strict=True))
    return f"{speed * spent / len(sums):,.1f} × {name} ({same} of {len(sums)} sums the same)"


def _ours(sums: Sums) -> Work:
    hours = {"mon-fri": ["-".join(f"{edge:%H:%M}" for edge in HOURS)]}
    office, _ = read_office(Written(zone=ZONE, hours=hours))
    add = BusinessCalendar(name="office", zone=ZONE, hours=office).add
    return lambda: [add(start, amount) for start, amount in sums]


def _workclock(sums: Sums) -> Work:
    library = import_module("workclock")
    add = library.Schedule([library.WorkDay(*HOURS)], time_zone=ZONE).add
    return lambda: [add(start, amount) for start, amount in sums]


def _businesstimedelta(sums: Sums) -> Work:
    library, zone = import_module("businesstimedelta"), import_module("pytz").timezone(ZONE)
    start_time, end_time = HOURS
    rule = library.WorkDayRule(start_time=start_time, end_time=end_time, working_days=[0, 1, 2, 3, 4], tz=zone)
    rules = library.Rules([rule])
    made = [(start, library.BusinessTimeDelta(rules, hours=amount // timedelta(hours=1))) for start, amount in sums]
    return lambda: [start + amount for start, amount in made]


def _pandas(sums: Sums) -> Work:
    """Its moments are in the zone whose hours it counts, its amounts in whole hours."""
    pandas, zone = import_module("pandas"), ZoneInfo(ZONE)
    start_time, end_time = HOURS
    made = [
        (
            pandas.Timestamp(start).tz_convert(zone),
            pandas.offsets.CustomBusinessHour(amount // timedelta(hours=1), start=start_time, end=end_time),
        )
        for start, amount in sums
    ]
    return lambda: [start + amount for start, amount in made]


OTHERS: Mapping[str, Callable[[Sums], Work]] = {
    "workclock": _workclock,
    "businesstimedelta": _businesstimedelta,
    "pandas": _pandas,
}
