"""Moments before a clock's due time: walked back, they are those that the clock itself finds walking on."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.plugins.model.case import Case, FacetChange
from tierkeeper.plugins.model.desk import Desk, Tier
from tierkeeper.plugins.model.duration import Duration
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.promise import Clock, Goal, Promises
from tierkeeper.rules.calendars import BusinessCalendar, Office, Span
from tierkeeper.rules.clocks import clocks_of
from tierkeeper.rules.clocks.steps import too_late_by, with_left

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
DAY = (Span(8 * 3600, 12 * 3600), Span(13 * 3600, 18 * 3600))
OFFICE = BusinessCalendar(
    name="office", zone="Europe/Berlin", hours=Office(zone="Europe/Berlin", week=(DAY,) * 5 + ((),) * 2)
)

minutes = st.integers(min_value=1, max_value=600)
waits = st.lists(st.tuples(minutes, minutes), max_size=4)


def clock(target: str, pauses: list[tuple[int, int]]) -> Clock:
    """A clock that ran for so many minutes before each pause of so many."""
    changes, at = [], START
    for running, waiting in pauses:
        begun, at = at + timedelta(minutes=running), at + timedelta(minutes=running + waiting)
        changes += [_change(None, "vendor", begun), _change("vendor", None, at)]
    case = Case(
        ref=Ref("desk", "1", "1"),
        tracker="story",
        title="",
        body="",
        url="",
        created=START,
        now=at,
        open=True,
        reporter="",
        reporter_kind="human",
        lowest_tier="support",
        facets={},
        changes={"waiting": tuple(changes)} if changes else {},
    )
    (found,) = [one for one in clocks_of(case, desk(target)) if one.target]
    return found


def _change(before: str | None, after: str | None, at: datetime) -> FacetChange:
    return FacetChange(facet="waiting", before=before, after=after, at=at, event=str(at))


def desk(target: str) -> Desk:
    goal = Goal(name="", place="", targets={"resolution": Duration(target)})
    promises = Promises(goals=(goal,), pause_on=frozenset({"vendor"}), at_risk=0.75)
    made = Desk(name="steps", tiers=(Tier("support"),), calendars={"office": OFFICE}, own_calendar="office")
    return msgspec.structs.replace(made, promises=promises)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["4h", "30h", "2bh", "20bh"]), waits)
def test_what_is_walked_back_is_what_is_walked_on(target: str, pauses: list[tuple[int, int]]) -> None:
    found = clock(target, pauses)
    assert found.due is not None
    assert with_left(found, found.whole / 4, desk(target)) == found.risk_at


def test_what_is_left_is_counted_in_its_own_time() -> None:
    found = clock("4bh", [])  # 9:30 to 14:30 in Berlin, with an hour's lunch
    assert found.due == datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
    assert with_left(found, Duration("2bh"), desk("4bh")) == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    assert with_left(found, Duration("2h"), desk("4bh")) == datetime(2026, 11, 23, 11, 30, tzinfo=UTC)


def test_nothing_is_left_before_the_clock_began() -> None:
    assert with_left(clock("4h", []), Duration("9h"), desk("4h")) == START


def test_too_late_is_counted_in_business_time_where_it_is_said_so() -> None:
    found = clock("8bh", [])
    assert found.due == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    assert too_late_by(found, Duration("1bd"), desk("8bh")) == datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
    assert too_late_by(found, Duration("1h"), desk("8bh")) == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def test_a_clock_that_stands_still_has_no_such_moment() -> None:
    still = msgspec.structs.replace(clock("4h", []), due=None)
    assert with_left(still, Duration("1h"), desk("4h")) is None
    assert too_late_by(still, Duration("1h"), desk("4h")) is None
