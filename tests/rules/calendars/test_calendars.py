"""What the cases do not say: moments without a zone, hours that never come, edges of years, what is imported."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from tierkeeper.plugins.errors import NeverOpen
from tierkeeper.plugins.model.business import Calendar, due
from tierkeeper.plugins.model.duration import Duration
from tierkeeper.rules.calendars import BusinessCalendar, Office, Written, always, read_office
from tierkeeper.rules.calendars.closures import holidays_version

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def office(**written: object) -> BusinessCalendar:
    hours, faults = read_office(Written(**{"hours": {"mon-fri": ["08:00-18:00"]}, **written}))  # type: ignore[arg-type]  # by name
    assert faults == []
    return BusinessCalendar(name="office", zone=hours.zone, hours=hours)


QUESTIONS: dict[str, Callable[[Calendar, datetime], object]] = {
    "add": lambda calendar, at: calendar.add(at, HOUR),
    "add nothing": lambda calendar, at: calendar.add(at, timedelta()),
    "add days": lambda calendar, at: calendar.add_days(at, 1),
    "between, from": lambda calendar, at: calendar.between(at, MONDAY),
    "between, to": lambda calendar, at: calendar.between(MONDAY, at),
    "open": lambda calendar, at: calendar.is_open(at),
    "opening": lambda calendar, at: calendar.next_opening(at),
    "closing": lambda calendar, at: calendar.next_closing(at),
    "spans": lambda calendar, at: calendar.open_spans(at, MONDAY),
    "due, elapsed": lambda calendar, at: due(at, Duration("1h"), calendar),
    "due, business": lambda calendar, at: due(at, Duration("1bh"), calendar),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_moment_without_a_zone_is_refused(question: str) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        QUESTIONS[question](office(), datetime(2026, 11, 23, 10))  # noqa: DTZ001  # that is the point


@pytest.mark.parametrize("question", ["add", "add days", "opening", "closing", "due, business"])
def test_a_calendar_without_an_open_hour_says_so_when_it_is_asked(question: str) -> None:
    never = BusinessCalendar(name="never", zone="UTC", hours=Office(zone="UTC"))
    with pytest.raises(NeverOpen, match="the calendar never has no open hour left to count on from 2026-11-23T10:00"):
        QUESTIONS[question](never, MONDAY)
    assert not never.is_open(MONDAY)
    assert never.between(MONDAY, MONDAY + 9999 * HOUR) == timedelta()


def test_hours_that_lie_in_the_past_are_counted_back_and_not_forth() -> None:
    past = office(hours={}, dates={"2026-11-20": ["08:00-12:00"]})
    assert past.add(MONDAY, -HOUR) == datetime(2026, 11, 20, 11, tzinfo=UTC)
    assert past.add_days(datetime(2026, 11, 20, 9, tzinfo=UTC), 0, target="end_of_day").hour == 12
    for amount in (HOUR, -5 * HOUR):
        with pytest.raises(NeverOpen):
            past.add(MONDAY, amount)
    with pytest.raises(NeverOpen):
        past.add_days(MONDAY, 1)


def test_an_hour_a_year_is_enough_to_count_on() -> None:
    rare = office(hours={}, dates={"02-29": ["08:00-09:00"]})
    assert rare.add(MONDAY, 3 * HOUR) == datetime(2036, 2, 29, 9, tzinfo=UTC)
    assert rare.add_days(MONDAY, 2, target="end_of_day") == datetime(2036, 2, 29, 9, tzinfo=UTC)
    assert rare.add_days(datetime(2028, 2, 29, 8, tzinfo=UTC), -2) == datetime(2020, 2, 29, 8, tzinfo=UTC)


def test_business_days_are_counted_back_too() -> None:
    assert office().add_days(MONDAY, -1) == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert office().add_days(MONDAY, -262) == datetime(2025, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize("year", [1, 1900, 2299, 9999])
def test_years_that_no_desk_lives_in_are_refused(year: int) -> None:
    with pytest.raises(ValueError, match="calendars count from 1901 to 2298"):
        office().is_open(datetime(year, 6, 1, tzinfo=UTC))


def test_a_target_beyond_the_years_never_ends() -> None:
    with pytest.raises(NeverOpen):
        always("24x7", "UTC").add(MONDAY, timedelta(days=365 * 400))


def test_a_calendar_that_seldom_closes_closes_in_the_end() -> None:
    known = office(hours={"mon-sun": ["00:00-24:00"]}, dates={"2030-01-01": []})
    assert known.next_closing(MONDAY) == datetime(2030, 1, 1, tzinfo=UTC)
    assert known.next_opening(MONDAY) == datetime(2030, 1, 2, tzinfo=UTC)
    assert known.next_closing(datetime(2030, 1, 2, tzinfo=UTC)) is None


@pytest.mark.parametrize("start", [datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, 1, tzinfo=UTC)])
def test_no_opening_is_seen_where_one_year_is_laid_after_the_other(start: datetime) -> None:
    known = office(hours={"mon-sun": ["12:00-12:00"]}, dates={"2027-01-04": []})
    assert known.next_opening(start) == datetime(2027, 1, 5, 12, tzinfo=UTC)
    assert known.next_closing(start - 48 * HOUR) == datetime(2027, 1, 4, 12, tzinfo=UTC)


def test_threads_that_share_a_calendar_get_what_one_alone_gets() -> None:
    shared, alone = office(zone="Europe/Berlin"), office(zone="Europe/Berlin")
    starts = [datetime(2020 + (7 * step) % 9, 1 + step % 12, 15, 3, tzinfo=UTC) for step in range(120)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda start: shared.between(start, start + 9000 * HOUR), starts))
    assert found == [alone.between(start, start + 9000 * HOUR) for start in starts]


def test_the_holidays_librarys_version_is_kept_with_the_calendar() -> None:
    hours, _ = read_office(Written(hours={"mon": ["08:00-09:00"]}, country="DE", region="BE"))
    assert hours.holidays is not None
    assert hours.holidays.version == holidays_version() != ""
    assert date(2027, 3, 8) in hours.holidays.in_year(2027)


def test_libraries_are_imported_by_the_calendars_that_need_them_alone() -> None:
    code = """
import sys
from datetime import UTC, datetime
from tierkeeper.rules.calendars import BusinessCalendar, Written, read_office
def asked(**more):
    office, faults = read_office(Written(hours={"mon": ["08:00-09:00"]}, **more))
    calendar = BusinessCalendar(name="office", zone="UTC", hours=office)
    calendar.next_opening(datetime(2026, 11, 20, tzinfo=UTC))
    return [name for name in ("holidays", "icalendar", "dateutil") if name in sys.modules]
print(asked(), asked(country="DE"), asked(ical="BEGIN:VCALENDAR\\nEND:VCALENDAR\\n"))
"""
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.startswith("[] ['holidays'")
    assert "'icalendar'" in said.partition("] [")[2].partition("] [")[2]


def test_counting_goes_on_over_the_edge_of_what_was_laid_out_before() -> None:
    first, last = datetime(2026, 1, 1, 8, tzinfo=UTC), datetime(2025, 12, 31, 18, tzinfo=UTC)
    assert office().add(first + HOUR, -3 * HOUR) == last - 2 * HOUR
    assert office().add(first + HOUR, -HOUR) == last
    assert office().add(first + HOUR, -HOUR, boundary="next_opening") == first
    assert office().add(last - HOUR, HOUR, boundary="next_opening") == first
    assert office().add(last - HOUR, HOUR) == last


def test_a_date_beats_a_day_of_every_year() -> None:
    known = office(dates={"11-23": [], "2026-11-23": ["09:00-11:00"]})
    assert known.is_open(MONDAY)
    assert not known.is_open(MONDAY.replace(year=2027, hour=10))


def test_spans_may_touch_and_are_one_then() -> None:
    assert office(hours={"mon": ["08:00-12:00", "12:00-13:00"]}).next_closing(MONDAY) == MONDAY + 3 * HOUR


@pytest.mark.parametrize("span", ["24:00-06:00", "25:00-26:00", "08:00 12:00", "08:00-12:00:60"])
def test_a_clock_time_that_does_not_exist_is_no_span(span: str) -> None:
    _, faults = read_office(Written(hours={"mon": [span]}))
    assert [fault.message for fault in faults] == [f'"{span}" is no span of time']
