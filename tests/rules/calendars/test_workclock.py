"""Business time against the workclock library. Hours in which clocks change are left to the walk."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.rules.calendars import DAYS, BusinessCalendar, Written, read_office

workclock = pytest.importorskip("workclock", reason="workclock is not there: it has no wheel for this machine")

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[BusinessCalendar, Any]:
    """The same hours for both: one or two spans on some days between 04:00 and 23:00, and a night shift or none."""
    zone = draw(st.sampled_from(ZONES))
    rules, hours = [], {}
    for day, name in enumerate(DAYS):
        edges = draw(st.lists(st.integers(4 * 60, 23 * 60), unique=True, max_size=4).map(sorted))
        spans = [(first, last) for first, last in zip(edges[::2], edges[1::2], strict=False)]
        if draw(st.booleans()) or (day == 0 and not spans):
            spans.append((23 * 60 + 30, 3 * 60 + 59))
        hours[name] = [f"{_clock(first):%H:%M}-{_clock(last):%H:%M}" for first, last in spans]
        rules += [workclock.WorkDay(_clock(first), _clock(last), days=[day]) for first, last in spans]
    office, faults = read_office(Written(zone=zone, hours=hours))
    assert faults == []
    return BusinessCalendar(name="office", zone=zone, hours=office), workclock.Schedule(rules, time_zone=zone)


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


@given(
    pair=pairs(),
    seconds=st.integers(0, 3 * 366 * 86_400),
    amount=st.integers(1, 60 * 3600),
    zone=st.sampled_from(ZONES),
)
@settings(max_examples=150, deadline=None)
def test_both_libraries_say_the_same(pair: tuple[BusinessCalendar, Any], seconds: int, amount: int, zone: str) -> None:
    ours, theirs = pair
    start = (FIRST + timedelta(seconds=seconds)).astimezone(ZoneInfo(zone))
    end = ours.add(start, timedelta(seconds=amount))
    assert end == theirs.add(start, timedelta(seconds=amount))
    assert ours.between(start, end + timedelta(days=3)) == theirs.between(start, end + timedelta(days=3))
    if not ours.is_open(start):
        assert ours.next_opening(start) == theirs.next_period(start)[0]
    assert ours.next_closing(start) == theirs.next_period(start)[1]
