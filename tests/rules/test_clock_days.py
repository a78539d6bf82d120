"""Clocks on days that are not like others, and on histories that do not explain what the tracker shows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from clock_stories import Story, a_desk, goal, moment
from rule_stories import EVER, desk, four_level

from tierkeeper.plugins import Desk
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.promise import Clock, standing_of
from tierkeeper.rules.calendars import BusinessCalendar, Written, read_office
from tierkeeper.rules.reading import Reader, read_case
from tierkeeper.rules.testing.story import OWN, StoryIssue

WEEK = {"mon-sun": ["00:00-24:00"]}
OFFICE = {"mon-fri": ["08:00-18:00"]}


def in_zone(zone: str, hours: dict[str, list[str]], **written: str) -> Desk:
    """A desk there, with these hours and a goal."""
    read, faults = read_office(Written(zone=zone, hours=hours))
    assert not faults
    calendar = BusinessCalendar(name="there", zone=zone, hours=read)
    court = a_desk(goals=(goal(**written),))
    return msgspec.structs.replace(court, calendars={**court.calendars, "there": calendar}, own_calendar="there")


def clock(court: Desk, start: datetime, now: datetime) -> Clock:
    story = StoryIssue(desk(), four_level().queue, complete=True)
    story.report("Export fails", story.hand("key-user-1", start.astimezone(UTC)))
    reader = Reader(desk=court, tracker="story", own=OWN.id, since=EVER)
    (found,) = read_case(story.history(), reader, now.astimezone(UTC)).clocks
    return found


def due(court: Desk, zone: str, start: str) -> str:
    """When it is due, on the clocks of the zone, for what is reported then."""
    begin = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone))
    found = clock(court, begin, begin)
    assert found.due is not None
    before = clock(court, begin, found.due - timedelta(seconds=1))
    after = clock(court, begin, found.due)
    assert (before.state, after.state) == ("running", "missed")
    return f"{found.due.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("Europe/Berlin", "2026-03-28 12:00", "2026-03-29 13:00"),  # an hour is missing
        ("Europe/Berlin", "2026-10-24 12:00", "2026-10-25 11:00"),  # an hour comes twice
        ("America/New_York", "2026-03-07 12:00", "2026-03-08 13:00"),
        ("America/New_York", "2026-10-31 12:00", "2026-11-01 11:00"),
        ("Australia/Sydney", "2026-10-03 12:00", "2026-10-04 13:00"),
        ("Australia/Sydney", "2026-04-04 12:00", "2026-04-05 11:00"),
        ("Australia/Lord_Howe", "2026-10-03 12:00", "2026-10-04 12:30"),  # half an hour
        ("Australia/Lord_Howe", "2026-04-04 12:00", "2026-04-05 11:30"),
        ("Asia/Kolkata", "2026-03-28 12:00", "2026-03-29 12:00"),  # none
    ],
)
@pytest.mark.parametrize("target", ["24h", "24bh"])
def test_hours_are_those_that_pass_where_the_clocks_change(zone: str, start: str, end: str, target: str) -> None:
    assert due(in_zone(zone, WEEK, resolution=target), zone, start) == end


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe"])
def test_office_hours_and_days_do_not_move_with_the_clocks(zone: str) -> None:
    friday = {"Europe/Berlin": "2026-03-27", "America/New_York": "2026-03-06"}.get(zone, "2026-10-02")
    monday = {"Europe/Berlin": "2026-03-30", "America/New_York": "2026-03-09"}.get(zone, "2026-10-05")
    assert due(in_zone(zone, OFFICE, resolution="4bh"), zone, f"{friday} 16:00") == f"{monday} 10:00"
    assert due(in_zone(zone, OFFICE, resolution="1bd"), zone, f"{friday} 16:00") == f"{monday} 16:00"


@pytest.mark.parametrize(
    ("start", "target", "end"),
    [
        ("2028-02-28 17:00", "2bh", "2028-02-29 09:00"),  # a leap day is a day like others
        ("2028-02-28 09:00", "2bd", "2028-03-01 09:00"),
        ("2027-02-26 17:00", "2bh", "2027-03-01 09:00"),
        ("2026-12-31 17:00", "2bh", "2027-01-01 09:00"),  # the calendar names no holiday
        ("2026-12-31 23:30", "1h", "2027-01-01 00:30"),
    ],
)
def test_leap_days_and_the_years_end(start: str, target: str, end: str) -> None:
    assert due(in_zone("Europe/Berlin", OFFICE, resolution=target), "Europe/Berlin", start) == end


def test_around_the_clock_business_time_is_the_time_that_passes() -> None:
    for start in ("2026-03-28 23:59", "2026-12-31 23:59", "2028-02-28 23:59"):
        hours = due(in_zone("UTC", WEEK, resolution="36bh"), "UTC", start)
        assert hours == due(in_zone("UTC", WEEK, resolution="36h"), "UTC", start)


@pytest.mark.parametrize("target", ["0m", "0bh", "0bd"])
def test_a_target_of_nothing_is_missed_at_once_and_met_by_nobody(target: str) -> None:
    court = in_zone("Europe/Berlin", OFFICE, resolution=target)
    for day in (23, 28):  # a Monday, and a Saturday
        begin = datetime(2026, 11, day, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
        found = clock(court, begin, begin)
        assert (found.state, found.due, found.share) == ("missed", begin.astimezone(UTC), 1.0)


def unexplained(story: Story, drop: str) -> History:
    """The history without the events of one kind: the tracker shows what they did, and does not tell of it."""
    history = story.history()
    return msgspec.structs.replace(history, events=tuple(one for one in history.events if one.kind != drop))


def test_a_state_that_the_history_does_not_explain_is_believed_and_nobody_told_off() -> None:
    court = a_desk(goals=(goal(resolution="1bh"),))
    story = Story("mon 9:00")
    story.set("state", "closed", story.hand("help-desk-1", moment("mon 9:30")))
    story.set("state", "open", story.hand("key-user-1", moment("mon 9:40")))
    story.set("state", "closed", story.hand("help-desk-1", moment("mon 15:00")))
    history = story.history()
    lost = msgspec.structs.replace(history, events=history.events[:-1])  # shown as closed, and it says it was opened
    reader = Reader(desk=court, tracker="story", own=OWN.id, since=EVER)
    case = read_case(lost, reader, moment("fri 9:00"))
    assert not case.open
    assert [(one.incomplete, one.stopped is not None) for one in case.clocks] == [(True, True)]
    assert standing_of(case.clocks, case.now) is None


def test_a_closed_issue_of_which_no_closing_is_known_is_marked_too() -> None:
    court = a_desk(goals=(goal(resolution="1bh"),))
    story = Story("mon 9:00")
    story.set("state", "closed", story.hand("help-desk-1", moment("mon 15:00")))
    reader = Reader(desk=court, tracker="story", own=OWN.id, since=EVER)
    case = read_case(unexplained(story, "state"), reader, moment("fri 9:00"))
    assert [(one.incomplete, one.stopped is not None) for one in case.clocks] == [(True, True)]


@pytest.mark.parametrize("facet", ["waiting", "priority"])
def test_a_label_that_came_without_an_event_makes_its_clock_doubtful(facet: str) -> None:
    urgent = goal("u", resolution="1bh")
    court = a_desk(goals=(msgspec.structs.replace(urgent, when={"priority": ("urgent",)}), goal(resolution="1bh")))
    story = Story("mon 9:00")
    for value in ("vendor", "reporter") if facet == "waiting" else ("low", "high"):
        story.puts("mon 9:30", facet, value)
    history = story.history()
    lost = msgspec.structs.replace(history, events=history.events[:1])  # the label of today has no event
    reader = Reader(desk=court, tracker="story", own=OWN.id, since=EVER)
    case = read_case(lost, reader, moment("fri 9:00"))
    assert [one.incomplete for one in case.clocks] == [True]
    assert standing_of(case.clocks, case.now) is None


def test_a_command_counts_from_when_it_was_written_not_from_when_a_run_carried_it_out() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    story = Story("mon 9:00")
    story.waits_by_command("mon 9:30", "vendor", carried_out="mon 17:00")
    found = story.clock("tue 9:00", court)
    assert (found.state, found.pauses[0].start) == ("paused", moment("mon 9:30"))


def test_events_of_one_moment_are_taken_as_a_stop_before_a_pause_before_a_start() -> None:
    court = a_desk(goals=(goal(first_response="1bh", resolution="1bh"),))
    story = Story("mon 9:00")
    story.puts("mon 10:00", "waiting", "vendor")
    story.says("mon 10:00", "help-desk-1")
    first, solution = story.clocks("mon 12:00", court)
    assert (first.state, first.stopped, first.pauses) == ("met", moment("mon 10:00"), ())
    assert solution.state == "paused"  # it stood still in the very moment in which it would have been missed
