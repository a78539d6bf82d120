"""Clocks: what starts, stops and pauses them, and when they fall due. All days are of the week of 23 November 2026."""

from datetime import timedelta

import msgspec
import pytest
from clock_stories import Story, a_desk, goal, hours, moment, targets

from tierkeeper.plugins import Duration, FacetChange
from tierkeeper.plugins.model.desk import Facet, FacetMap, Reading, Role, RoleSource, Roster
from tierkeeper.plugins.model.promise import Goal, TierGoal
from tierkeeper.rules.carry import case_after
from tierkeeper.rules.clocks import clocks_of, with_clocks


def test_a_wait_for_the_reporter_moves_the_due_time_by_the_business_time_in_it() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    story = Story("mon 16:30")
    assert story.clock("mon 17:00", court).due == moment("tue 8:30")
    story.puts("tue 8:10", "waiting", "reporter")
    waiting = story.clock("tue 10:00", court)
    assert (waiting.state, waiting.due, waiting.paused_for) == ("paused", None, "reporter")
    story.says("tue 11:10")
    after = story.clock("tue 11:15", court)
    assert (after.state, after.due, after.pauses[0].end) == ("running", moment("tue 11:30"), moment("tue 11:10"))
    assert story.clock("tue 11:30", court).state == "missed"


def test_what_is_judged_is_when_it_happened_not_when_the_run_came() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    for closed, state in (("tue 8:30", "met"), ("tue 8:31", "missed")):
        story = Story("mon 16:30")
        story.set("state", "closed", story.hand("help-desk-2", moment(closed)))
        clock = story.clock("fri 12:00", court)
        assert (clock.state, clock.stopped, clock.due) == (state, moment(closed), moment("tue 8:30"))


def test_a_paused_clock_is_not_missed_and_one_that_was_missed_stays_so() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    story = Story("mon 16:30")
    story.puts("tue 8:29", "waiting", "vendor")
    assert story.clock("fri 12:00", court).state == "paused"
    late = Story("mon 16:30")
    late.puts("tue 8:31", "waiting", "vendor")
    assert late.clock("fri 12:00", court).state == "missed"


def test_what_is_no_reason_to_pause_does_not_pause() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    story = Story("mon 16:30")
    story.puts("mon 16:40", "waiting", "coffee")
    assert story.clock("tue 9:00", court).state == "missed"


def test_the_first_response_is_a_public_word_of_the_staff() -> None:
    court = a_desk(goals=(goal(first_response="1bh"),))
    story = Story("mon 9:00")
    story.says("mon 9:10")
    story.says("mon 9:20", "help-desk-1", internal=True)
    story.says("mon 9:30", "somebody")
    assert story.clock("mon 9:59", court).state == "running"
    story.says("mon 9:50", "help-desk-1")
    clock = story.clock("mon 20:00", court)
    assert (clock.state, clock.stopped) == ("met", moment("mon 9:50"))
    assert hours(clock) == pytest.approx(5 / 6)


def test_whose_word_is_an_answer_can_be_said() -> None:
    court = a_desk(goals=(goal(first_response="1bh"),), answer_by=("support",))
    story = Story("mon 9:00")
    story.says("mon 9:10", "help-desk-1")
    story.says("mon 9:40", "support-1")
    assert story.clock("mon 20:00", court).stopped == moment("mon 9:40")


def test_the_next_update_counts_from_the_first_unanswered_word_and_the_worst_is_kept() -> None:
    court = a_desk(goals=(goal(next_update="2bh"),))
    story = Story("mon 8:00")
    story.says("mon 8:30")  # before the first answer: the first response's business
    story.says("mon 9:00", "help-desk-1")
    assert not [one for one in story.clocks("mon 9:30", court) if one.kind == "next update"]
    story.says("mon 10:00")
    story.says("mon 11:30")  # later words do not move it
    assert story.clock("mon 11:45", court, "next update").due == moment("mon 12:00")
    story.says("mon 14:00", "help-desk-1")
    story.says("tue 9:00")
    worst, now = [one for one in story.clocks("tue 9:30", court) if one.kind == "next update"]
    assert (worst.state, worst.cycle, hours(worst)) == ("missed", 1, 3.0)
    assert (now.state, now.cycle, now.due) == ("running", 2, moment("tue 11:00"))


def test_the_time_to_own_is_never_paused() -> None:
    court = a_desk(goals=(goal(time_to_own="1bh"),))
    story = Story("mon 9:00")
    story.puts("mon 9:05", "waiting", "reporter")
    assert story.clock("mon 9:30", court).due == moment("mon 10:00")
    story.assign("support-1", story.hand("support-1", moment("mon 9:45")))
    assert story.clock("mon 11:00", court).state == "met"


@pytest.mark.parametrize(
    ("how", "cycles", "due"),
    [("continue", [1], "tue 9:00"), ("new_cycle", [1, 2], "tue 11:00"), ("restart", [1], "tue 11:00")],
)
def test_a_reopened_issue_goes_on_or_begins_again(how: str, cycles: list[int], due: str) -> None:
    court = a_desk(goals=(goal(resolution="3bh"),), reopening=how)
    story = Story("mon 9:00")
    story.set("state", "closed", story.hand("help-desk-1", moment("mon 11:00")))
    story.set("state", "open", story.hand("key-user-1", moment("tue 8:00")))
    found = story.clocks("tue 8:30", court)
    assert [one.cycle for one in found] == cycles
    assert found[-1].due == moment(due)
    assert found[0].state == ("met" if how == "new_cycle" else "running")


@pytest.mark.parametrize(
    ("how", "due"),
    [
        ("carry_elapsed", "mon 15:00"),  # two hours are used up already: due with the change
        ("recompute_from_start", "mon 10:00"),
        ("restart", "mon 16:00"),
    ],
)
def test_a_priority_that_changes_midway(how: str, due: str) -> None:
    urgent = Goal(name="urgent", place="u", when={"priority": ("urgent",)}, targets={"resolution": Duration("1bh")})
    court = a_desk(goals=(urgent, goal(resolution="8bh")), on_change=how)
    story = Story("mon 9:00")
    story.puts("mon 15:00", "priority", "urgent")
    clock = story.clock("mon 15:30", court)
    assert (clock.due, clock.goal) == (moment(due), "u")
    assert clock.state == ("running" if how == "restart" else "missed")


def test_a_change_to_a_longer_target_keeps_what_was_used() -> None:
    urgent = Goal(name="urgent", place="u", when={"priority": ("urgent",)}, targets={"resolution": Duration("1bh")})
    court = a_desk(goals=(urgent, goal(resolution="4bh")))
    story = Story("mon 9:00")
    story.puts("mon 9:00", "priority", "urgent")
    story.puts("mon 9:30", "priority", "low")
    assert story.clock("mon 9:45", court).due == moment("mon 14:00")


def test_a_change_of_calendar_carries_what_was_used_in_the_old_one() -> None:
    urgent = Goal(
        name="urgent",
        place="u",
        when={"priority": ("urgent",)},
        targets={"resolution": Duration("6bh")},
        calendar="24x7",
    )
    court = a_desk(goals=(urgent, goal(resolution="8bh")))
    story = Story("mon 9:00")
    story.puts("mon 14:00", "priority", "urgent")  # four hours of the office are used
    clock = story.clock("mon 15:00", court)
    assert (clock.due, hours(clock), clock.whole) == (moment("mon 16:00"), 5.0, timedelta(hours=6))


def test_a_tier_promises_to_take_it_and_to_let_it_go() -> None:
    mine = TierGoal(tier="support", place="t", targets=targets({"own": "1bh", "hold": "4bh"}))
    court = a_desk(tiers=(mine,))
    story = Story("mon 8:00")
    assert story.clocks("mon 9:00", court) == []
    story.puts("mon 9:00", "tier", "support")
    story.says("mon 9:30", "help-desk-1")
    story.says("mon 9:40", "support-1", internal=True)
    own, hold = story.clock("mon 10:00", court, "own"), story.clock("mon 10:00", court, "hold")
    assert (own.state, own.stopped, hold.due) == ("met", moment("mon 9:40"), moment("mon 14:00"))
    story.puts("mon 11:00", "tier", "help-desk", by="support-1")
    story.puts("tue 8:00", "tier", "support")
    again = story.clock("tue 9:00", court, "hold")
    assert (again.due, hours(again), again.pauses[0].reason) == (moment("tue 10:00"), 3.0, "with another tier")


def test_a_second_visit_can_begin_again() -> None:
    mine = TierGoal(tier="support", place="t", targets=targets({"hold": "4bh"}))
    court = a_desk(tiers=(mine,), revisit="restart")
    story = Story("mon 8:00")
    for at, tier in (("mon 9:00", "support"), ("mon 11:00", "help-desk"), ("tue 8:00", "support")):
        story.puts(at, "tier", tier)
    first, second = story.clocks("tue 9:00", court)
    assert (first.state, first.cycle, second.due, second.cycle) == ("met", 1, moment("tue 12:00"), 2)


def test_an_issue_that_no_goal_fits_has_visibly_no_promise() -> None:
    court = a_desk(
        goals=(Goal(name="", place="u", when={"priority": ("urgent",)}, targets={"resolution": Duration("1h")}),)
    )
    story = Story("mon 9:00")
    assert [one.state for one in story.clocks("mon 9:30", court)] == ["no promise"]
    story.puts("mon 10:00", "priority", "urgent")
    assert [one.state for one in story.clocks("mon 10:00", court)] == ["missed"]


def test_a_zero_target_is_due_at_once() -> None:
    court = a_desk(goals=(goal(first_response="0m"),))
    clock = Story("mon 9:00").clock("mon 9:00", court)
    assert (clock.state, clock.due, clock.share) == ("missed", moment("mon 9:00"), 1.0)


def test_it_is_at_risk_after_a_share_of_the_target_or_with_so_much_left() -> None:
    for at_risk, begins in ((0.75, "mon 12:00"), (Duration("30m"), "mon 12:30")):
        court = a_desk(goals=(goal(calendar="24x7", resolution="4bh"),), at_risk=at_risk)
        clock = Story("mon 9:00").clock("mon 12:00", court)
        assert (clock.risk_at, clock.at_risk(moment("mon 12:00"))) == (moment(begins), begins == "mon 12:00")


def test_days_end_at_the_same_time_of_day() -> None:
    court = a_desk(goals=(goal(resolution="2bd"),))
    assert Story("thu 10:00").clock("fri 9:00", court).due == moment("mon 10:00") + timedelta(days=7)


def test_a_history_with_gaps_tells_nobody_off() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    assert Story("mon 9:00", complete=False).clock("fri 9:00", court).incomplete


def test_what_was_kept_when_it_stopped_is_not_judged_again_by_an_edited_catalogue() -> None:
    strict, mild = a_desk(goals=(goal(resolution="1bh"),)), a_desk(goals=(goal(resolution="8bh"),))
    story = Story("mon 9:00")
    story.set("state", "closed", story.hand("help-desk-1", moment("mon 11:00")))
    kept = story.clock("mon 12:00", strict)
    assert not kept.kept
    story.keeps(kept)
    again = story.clock("tue 9:00", mild)
    assert (again.state, again.due, again.kept) == ("missed", moment("mon 10:00"), True)
    story.set("state", "open", story.hand("key-user-1", moment("tue 10:00")))
    assert story.clock("tue 10:30", mild).state == "running"
    story.set("state", "closed", story.hand("help-desk-1", moment("tue 11:00")))
    assert (story.clock("tue 12:00", mild).state, story.clock("tue 12:00", mild).kept) == ("met", False)


def test_what_was_kept_stays_when_its_goal_is_promised_no_more() -> None:
    before = a_desk(
        goals=(goal(resolution="1bh", first_response="1bh"),),
        tiers=(TierGoal(tier="key-users", place="t", targets=targets({"hold": "4bh"})),),
    )
    story = Story("mon 9:00")
    story.says("mon 9:30", "help-desk-1")
    story.set("state", "closed", story.hand("help-desk-1", moment("mon 11:00")))
    for clock in story.clocks("mon 12:00", before):
        story.keeps(clock)
    after = a_desk(goals=(goal(resolution="8bh"),))
    assert [(one.key, one.state) for one in story.clocks("tue 9:00", after)] == [
        ("first response:1", "met"),
        ("resolution:1", "missed"),
        ("hold:key-users:1", "met"),
    ]


def test_who_is_staff_goes_by_who_was_last_seen_and_nobody_is_told_off_by_what_was_never_read() -> None:
    court = a_desk(goals=(goal(first_response="2bh"),))
    team = RoleSource("story", "team", "devs")
    unread = msgspec.structs.replace(court, roles={**court.roles, "developers": Role("developers", (), (team,))})
    story = Story("mon 9:00")
    story.says("mon 9:30", "neighbour")
    assert story.clock("mon 10:00", unread).incomplete
    seen = Roster((Reading(moment("mon 8:00"), frozenset({"dev-9"})),))
    read = msgspec.structs.replace(unread, rosters={team: seen})
    clock = story.clock("mon 10:00", read)
    assert (clock.state, clock.incomplete) == ("running", False)
    story.says("mon 10:30", "dev-9")
    assert story.clock("mon 11:00", read).stopped == moment("mon 10:30")


def test_clocks_stand_where_only_what_shows_them_was_written_and_are_worked_out_anew_where_more_was() -> None:
    urgent = Goal(name="urgent", place="u", when={"priority": ("urgent",)}, targets={"resolution": Duration("1bh")})
    court = a_desk(goals=(urgent, goal(resolution="8bh")))
    sla = Facet("sla", (), {"story": FacetMap("label", "sla:")}, writer="ours")
    court = msgspec.structs.replace(court, facets={**court.facets, "sla": sla})
    case = Story("mon 9:00").case("mon 9:30", court)
    shown, hurried = (
        case_after(case, FacetChange(facet=facet, before=None, after=value, at=case.now, event="", kind="ours"))
        for facet, value in (("sla", "ok"), ("priority", "urgent"))
    )
    assert with_clocks(shown, court, before=case).clocks == case.clocks == clocks_of(shown, court)
    settled = with_clocks(hurried, court, before=case)
    assert settled.clocks == clocks_of(hurried, court) != case.clocks
    assert with_clocks(hurried, court, before=settled).clocks is settled.clocks, "the same was written"
    assert with_clocks(case, court, before=settled).clocks == case.clocks, "not written after all"
