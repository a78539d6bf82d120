"""How a clock is explained: hours, pauses, the arithmetic to the due time, and how a miss splits by tier."""

from clock_stories import BERLIN, Story, a_desk, goal, moment, targets

from tierkeeper.plugins import Desk
from tierkeeper.plugins.model.promise import Goal, TierGoal
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.cli.explain_clocks import ClockAnswer, clock_answers, clock_rows


def explained(story: Story, now: str, court: Desk) -> list[ClockAnswer]:
    case = story.case(now, court)
    return clock_answers(case, court, Policy(file="desk.yaml", desk=court))


def page(story: Story, now: str, court: Desk) -> list[str]:
    rows = [row for clock in explained(story, now, court) for row in clock_rows(clock, BERLIN)]
    return [" | ".join(part for part in row if part) for row in rows]


def sample() -> Story:
    """The one of the manual: asked on Tuesday at 8:10, answered at 11:10."""
    story = Story("mon 16:30")
    story.says("tue 8:10", "help-desk-2")
    story.puts("tue 8:10", "waiting", "reporter")
    story.says("tue 11:10")
    return story


def test_a_time_line_tells_hours_pauses_and_the_arithmetic_to_the_due_time() -> None:
    court = a_desk(goals=(goal("promises.targets[0]", resolution="2bh"),))
    asked = 'waiting for the reporter: asked by help-desk-2 ("Which browser?")'
    assert page(sample(), "tue 11:15", court) == [
        "solution | due Tue 24 Nov 11:30 CET | promise: promises.targets[0] → 2bh (desk.yaml)",
        "Mon 23 Nov 16:30 | begins, in the calendar office",
        "Mon 23 Nov 16:30-18:00 | 1 h 30 min   open",
        "Mon 23 Nov 18:00 → Tue 24 Nov 08:00 | closed",
        "Tue 24 Nov 08:00-08:10 | 0 h 10 min   open",
        f"Tue 24 Nov 08:10-11:10 | {asked} | due moves to Tue 24 Nov 11:30",
        "Tue 24 Nov 11:10-11:30 | 0 h 20 min   open | due 11:30",
        "1 h 45 min of 2 h 00 min used",
    ]


def test_a_pause_that_goes_on_has_no_end_and_no_due_time() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    story = Story("mon 16:30")
    story.puts("tue 8:10", "waiting", "vendor")
    (clock,) = explained(story, "fri 9:00", court)
    assert (clock.state, clock.due, clock.stretches[-1].kind, clock.stretches[-1].end) == (
        "paused",
        None,
        "paused",
        None,
    )
    assert "Tue 08:10 → now | waiting for the vendor: asked by help-desk-2" in page(story, "fri 9:00", court)


def test_a_miss_is_split_by_tier() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    story = Story("mon 9:00")
    story.puts("mon 9:30", "tier", "help-desk")
    story.puts("mon 10:00", "waiting", "vendor")
    story.puts("mon 10:30", "waiting", None)
    story.puts("mon 11:00", "tier", "support")
    story.set("state", "closed", story.hand("support-1", moment("mon 14:00")))
    (clock,) = explained(story, "tue 9:00", court)
    assert clock.by_tier == {"key-users": 1800, "help-desk": 3600, "support": 7200}
    assert sum(clock.by_tier.values()) == clock.used
    lines = page(story, "tue 9:00", court)
    assert lines[0].startswith("solution | missed, was due Mon 23 Nov 11:30 CET")
    assert "Mon 23 Nov 11:30-12:00 | 0 h 30 min   late" in lines
    assert lines[-1] == "missed; the time went | key users 0 h 30 min, help desk 1 h 00 min, support 2 h 00 min"


def test_a_long_time_is_told_in_one_line() -> None:
    court = a_desk(goals=(goal(resolution="40bh"),))
    (clock,) = explained(Story("mon 9:00"), "mon 9:10", court)
    (line,) = clock.stretches
    assert (line.kind, line.counted, line.due) == ("open", 40 * 3600, clock.due)


def test_elapsed_time_needs_no_calendar() -> None:
    court = a_desk(goals=(goal(resolution="2h"),))
    lines = page(Story("mon 17:30"), "mon 18:00", court)
    assert lines[1:] == [
        "Mon 23 Nov 17:30 | begins",
        "Mon 23 Nov 17:30-19:30 | 2 h 00 min   open | due 19:30",
        "0 h 30 min of 2 h 00 min used",
    ]


def test_an_incomplete_history_and_a_missing_promise_are_named() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    assert page(Story("mon 9:00", complete=False), "fri 9:00", court)[-2].endswith(
        "history incomplete: nobody is told off by it"
    )
    none = a_desk(goals=(Goal(name="", place="p", when={"kind": ("bug",)}, targets=targets({"resolution": "2bh"})),))
    assert page(Story("mon 9:00"), "fri 9:00", none) == ["solution | no promise: no goal fits"]


def test_time_with_another_tier_does_not_count_for_this_one() -> None:
    court = a_desk(tiers=(TierGoal(tier="support", place="t", targets=targets({"hold": "4bh"})),))
    story = Story("mon 8:00")
    for at, tier in (("mon 9:00", "support"), ("mon 10:00", "help-desk"), ("mon 11:00", "support")):
        story.puts(at, "tier", tier)
    lines = page(story, "mon 11:30", court)
    assert lines[0] == "support handing it on | due Mon 23 Nov 15:00 CET | promise: tier support → 4bh (desk.yaml)"
    assert "Mon 23 Nov 10:00-11:00 | with another tier | due moves to Mon 23 Nov 15:00" in lines
