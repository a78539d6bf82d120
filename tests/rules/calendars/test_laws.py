"""Business time against a walk from minute to minute, and against itself, mostly near days on which clocks change."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from calendar_walk import Plan, walked_add, walked_between, walked_edge
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tierkeeper.rules.calendars import BusinessCalendar, Union, Written, read_office

DAY = 24 * 60
LIMIT = timedelta(days=3)
DAYS = {
    "Europe/Berlin": [date(2026, 3, 29), date(2026, 10, 25)],
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "Australia/Sydney": [date(2026, 4, 5), date(2026, 10, 4)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],
    "Asia/Kolkata": [date(2026, 3, 29), date(2028, 2, 29)],
    "America/Havana": [date(2026, 3, 8), date(2026, 11, 1)],  # the clocks go forward at midnight
    "Pacific/Apia": [date(2011, 12, 30), date(2011, 9, 24)],  # a day that never was
    "UTC": [date(2026, 12, 31), date(2028, 2, 28)],
}


@st.composite
def day_spans(draw: st.DrawFn, latest: int = DAY) -> list[tuple[int, int]]:
    """Up to three spans of a day, in order, on any minute."""
    edges = draw(st.lists(st.integers(0, latest), unique=True, max_size=6).map(sorted))
    return [(first, last) for first, last in zip(edges[::2], edges[1::2], strict=False) if first < DAY]


@st.composite
def plans(draw: st.DrawFn, zone: str, around: date) -> Plan:
    week = [draw(day_spans()) for _ in range(7)]
    for day, spans in enumerate(week):
        morrow = week[(day + 1) % 7]
        late: bool = draw(st.booleans())
        if spans and late:  # over midnight, to where the next day opens or before
            first = morrow[0][0] if morrow else DAY - 1
            spans[-1] = (spans[-1][0], DAY + min(first, spans[-1][0]))
    dates = {around + timedelta(days=day): draw(day_spans()) for day in draw(st.sets(st.integers(-1, 3), max_size=2))}
    return Plan(zone, week, dates)


@st.composite
def situations(draw: st.DrawFn, members: int = 1) -> tuple[list[Plan], datetime]:
    """Some plans, and a moment near a day that is worth a look, to the microsecond."""
    zone = draw(st.sampled_from(sorted(DAYS)))
    day = draw(st.sampled_from(DAYS[zone]))
    made = [draw(plans(zone if place == 0 else draw(st.sampled_from(sorted(DAYS))), day)) for place in range(members)]
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    seconds = draw(st.one_of(st.integers(0, 2 * DAY).map(lambda minute: minute * 60), st.integers(0, 2 * DAY * 60)))
    return made, start + timedelta(seconds=seconds, microseconds=draw(st.sampled_from([0, 0, 1, 999_999])))


def calendar(plan: Plan) -> BusinessCalendar:
    hours, dates = plan.texts()
    office, faults = read_office(Written(zone=plan.zone, hours=hours, dates=dates))
    assert [
        fault.message for fault in faults if "overlap" not in fault.message and "no open hour" not in fault.message
    ] == []
    return BusinessCalendar(name="office", zone=plan.zone, hours=office)


def joined(made: Sequence[Plan]) -> BusinessCalendar:
    if len(made) == 1:
        return calendar(made[0])
    members = tuple(calendar(plan).hours for plan in made)
    return BusinessCalendar(name="sun", zone=made[0].zone, hours=Union(members))


amounts = st.one_of(
    st.integers(1, 3 * DAY).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(1, 10 * 3600).map(lambda seconds: timedelta(seconds=seconds)),
    st.just(timedelta(microseconds=1)),
)
lengths = st.integers(0, 2 * DAY * 60).map(lambda seconds: timedelta(seconds=seconds))


@given(situation=situations(), length=lengths)
@settings(max_examples=40, deadline=None)
def test_the_time_between_two_moments_is_what_the_walk_counts(
    situation: tuple[list[Plan], datetime], length: timedelta
) -> None:
    made, start = situation
    known = joined(made)
    counted = known.between(start, start + length)
    assert counted == walked_between(made, start, start + length)
    assert known.between(start + length, start) == -counted
    assert counted == sum((end - begin for begin, end in known.open_spans(start, start + length)), timedelta())


@given(situation=situations(), amount=amounts)
@settings(max_examples=40, deadline=None)
def test_time_added_ends_where_the_walk_has_counted_it(
    situation: tuple[list[Plan], datetime], amount: timedelta
) -> None:
    made, start = situation
    expected = walked_add(made, start, amount, LIMIT)
    assume(expected is not None)
    assert joined(made).add(start, amount) == expected


@given(situation=situations(members=2), amount=amounts, length=lengths)
@settings(max_examples=25, deadline=None)
def test_a_union_counts_each_second_once_that_is_open_somewhere(
    situation: tuple[list[Plan], datetime], amount: timedelta, length: timedelta
) -> None:
    made, start = situation
    known = joined(made)
    assert known.between(start, start + length) == walked_between(made, start, start + length)
    expected = walked_add(made, start, amount, LIMIT)
    assert expected is None or known.add(start, amount) == expected


@given(situation=situations(members=2))
@settings(max_examples=25, deadline=None)
def test_openings_and_closings_are_where_the_walk_sees_them(situation: tuple[list[Plan], datetime]) -> None:
    made, start = situation
    known = joined(made)
    opening, closing = (walked_edge(made, start, LIMIT, opening=kind) for kind in (True, False))
    if opening is not None:
        assert known.next_opening(start) == opening
        assert known.is_open(opening)
        assert not known.is_open(opening - timedelta(microseconds=1))
    if closing is not None:
        assert known.next_closing(start) == closing
        assert not known.is_open(closing)
        assert known.is_open(closing - timedelta(microseconds=1))
    if opening is not None and closing is not None:
        assert known.is_open(start) == (closing < opening or opening == start)


@given(situation=situations(), amount=amounts, more=amounts)
@settings(max_examples=60, deadline=None)
def test_what_was_added_lies_between_and_the_later_boundary_is_never_the_earlier_moment(
    situation: tuple[list[Plan], datetime], amount: timedelta, more: timedelta
) -> None:
    made, start = situation
    assume(any(made[0].week))
    known = calendar(made[0])
    end, late = known.add(start, amount), known.add(start, amount, boundary="next_opening")
    assert known.between(start, end) == known.between(start, late) == amount
    assert known.is_open(end - timedelta(microseconds=1))
    assert known.is_open(late)
    assert end == late or (not known.is_open(end) and known.next_opening(end) == late)
    assert known.add(end, more) == known.add(late, more) == known.add(start, amount + more)
    assert known.add(start + timedelta(minutes=7), amount) >= end


@given(situation=situations(), amount=amounts)
@settings(max_examples=40, deadline=None)
def test_time_taken_back_is_the_first_and_the_last_moment_from_which_it_leads_here(
    situation: tuple[list[Plan], datetime], amount: timedelta
) -> None:
    made, start = situation
    assume(any(made[0].week))
    known = calendar(made[0])
    first, last = known.add(start, -amount), known.add(start, -amount, boundary="next_opening")
    assert first <= last <= start
    assert known.between(first, start) == known.between(last, start) == amount
    assert known.is_open(last)
    assert known.is_open(first - timedelta(microseconds=1))


@given(situation=situations(), amount=amounts, years=st.lists(st.integers(-2, 2), max_size=3))
@settings(max_examples=25, deadline=None)
def test_what_was_asked_before_changes_no_answer(
    situation: tuple[list[Plan], datetime], amount: timedelta, years: list[int]
) -> None:
    made, start = situation
    assume(any(made[0].week))
    fresh, used = calendar(made[0]), calendar(made[0])
    for year in years:
        used.is_open(start.replace(day=1, year=start.year + year))
    back = used.add(start, -amount)
    assert (fresh.add(start, amount), fresh.add(start, -amount)) == (used.add(start, amount), back)


@given(situation=situations(), amount=amounts, zone=st.sampled_from(sorted(DAYS)))
@settings(max_examples=30, deadline=None)
def test_an_answer_is_the_same_moment_in_the_zone_of_the_question(
    situation: tuple[list[Plan], datetime], amount: timedelta, zone: str
) -> None:
    made, start = situation
    assume(any(made[0].week))
    known, there = calendar(made[0]), start.astimezone(ZoneInfo(zone))
    for asked, other in (
        (known.add(there, amount), known.add(start, amount)),
        (known.add_days(there, 2), known.add_days(start, 2)),
    ):
        assert asked.astimezone(UTC) == other.astimezone(UTC)
        assert asked.tzinfo is there.tzinfo


@given(situation=situations(), days=st.integers(1, 12))
@settings(max_examples=50, deadline=None)
def test_business_days_are_dates_that_open_and_each_is_counted(
    situation: tuple[list[Plan], datetime], days: int
) -> None:
    made, start = situation
    plan = made[0]
    assume(any(plan.week))
    known = calendar(plan)
    begun = start if known.is_open(start) else known.next_opening(start)
    assert begun is not None
    closing = known.add_days(start, days, target="end_of_day")
    assert known.is_open(closing - timedelta(microseconds=1))
    assert closing > begun
    assert (
        known.add_days(start, days + 1, target="end_of_day") >= closing
    )  # a night's hours may end with the next day's
    same = known.add_days(start, days)
    assert known.add_days(begun, days) == same
    assert known.add_days(start + timedelta(minutes=7), days) >= same - timedelta(hours=1)  # a clock that is set back
