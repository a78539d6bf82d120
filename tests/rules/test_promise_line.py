"""What the status comment says of promises: by when, in whose time, and what is waited for."""

import msgspec
from clock_stories import Story, a_desk, goal, moment, targets

from tierkeeper.plugins import Desk
from tierkeeper.plugins.model.promise import Goal, TierGoal
from tierkeeper.rules.status_comment import public_status, status_comment


def told(story: Story, now: str, court: Desk) -> list[str]:
    return status_comment(story.case(now, court), (), court).split("\n\n")


def from_pune() -> Story:
    story = Story("mon 16:30")
    story.label("instance:pune-01", story.hand("key-user-1", moment("mon 16:30")))
    return story


def test_the_headline_says_by_when_in_the_desks_zone_and_the_reporters() -> None:
    head, promised = told(from_pune(), "mon 17:00", a_desk(goals=(goal(resolution="2bh"),)))
    assert head.endswith("hands it on* · solution due **Tue 24 Nov 2026 08:30 CET** (13:00 IST at the reporter's)")
    assert promised == ("Promised: solution within 2bh, due Tue 24 Nov 2026 08:30 CET (13:00 IST at the reporter's).")


def test_the_day_is_named_where_the_reporter_has_another_one() -> None:
    court = a_desk(goals=(goal(calendar="24x7", resolution="4h"),))
    story = Story("mon 16:30")
    story.label("instance:pune-01", story.hand("key-user-1", moment("mon 16:30")))
    assert (
        "**Mon 23 Nov 2026 20:30 CET** (Tue 24 Nov 01:00 IST at the reporter's)" in told(story, "mon 17:00", court)[0]
    )


def test_one_time_is_enough_where_the_clocks_show_the_same() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    story = Story("mon 16:30")
    story.label("instance:berlin-01", story.hand("key-user-1", moment("mon 16:30")))
    assert told(story, "mon 17:00", court)[0].endswith("solution due **Tue 24 Nov 2026 08:30 CET**")


def test_it_says_what_the_clock_waits_for_and_since_when() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    story = Story("mon 16:30")
    story.puts("mon 17:00", "waiting", "vendor")
    head, promised = told(story, "tue 9:00", court)
    assert head.endswith("· solution waits for the vendor since Mon 23 Nov 2026 17:00 CET")
    assert promised == "Promised: solution within 2bh, it waits for the vendor since Mon 23 Nov 2026 17:00 CET."


def test_what_was_kept_and_what_was_late_is_said_with_its_time() -> None:
    court = a_desk(goals=(goal(first_response="1bh", resolution="2bh"),))
    story = Story("mon 9:00")
    story.says("mon 10:30", "help-desk-1")
    head, promised = told(story, "mon 11:30", court)
    assert head.endswith("· solution was due **Mon 23 Nov 2026 11:00 CET**")
    assert promised == (
        "Promised: first answer within 1bh, given Mon 23 Nov 2026 10:30 CET, late: "
        "it was due Mon 23 Nov 2026 10:00 CET; solution within 2bh, was due Mon 23 Nov 2026 11:00 CET."
    )


def test_no_promise_is_said_too() -> None:
    court = a_desk(goals=(Goal(name="", place="p", when={"kind": ("bug",)}, targets=targets({"resolution": "2bh"})),))
    parts = told(Story("mon 9:00"), "mon 11:30", court)
    assert [part.endswith("· no promise") for part in parts] == [True]


def test_a_history_with_gaps_is_named_and_nobody_told_off() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    (head,) = told(Story("mon 9:00", complete=False), "fri 9:00", court)
    assert head.endswith("· what was promised is not known: the history is incomplete")


def test_a_closed_issue_keeps_what_was_promised_and_has_nothing_due() -> None:
    court = a_desk(goals=(goal(resolution="2bh"),))
    story = Story("mon 9:00")
    story.set("state", "closed", story.hand("help-desk-1", moment("mon 10:00")))
    head, promised = told(story, "fri 9:00", court)
    assert head.endswith("next: *nothing, it is closed*")
    assert promised == "Promised: solution within 2bh, there Mon 23 Nov 2026 10:00 CET."


def test_customers_see_what_was_promised_to_them_and_nothing_between_tiers() -> None:
    mine = TierGoal(tier="key-users", place="t", targets=targets({"hold": "1bh"}))
    court = a_desk(goals=(goal(resolution="2bh"),), tiers=(mine,))
    case = Story("mon 9:00").case("mon 9:30", court)
    assert public_status(case, (), court).split("\n\n") == [
        "**With key users** · next: *key users answers or hands it on* · solution due **Mon 23 Nov 2026 11:00 CET**",
        "Promised: solution within 2bh, due Mon 23 Nov 2026 11:00 CET.",
    ]
    assert "key users handing it on within 1bh" in status_comment(case, (), court)


def test_a_desk_without_promises_says_nothing_of_them() -> None:
    court = msgspec.structs.replace(a_desk())
    assert told(Story("mon 9:00"), "fri 9:00", court) == [
        "**With key users** · next: *somebody of key users answers or hands it on*"
    ]
