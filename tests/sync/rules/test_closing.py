"""TR10, TR11, TR12, TR15, TR16 and TR17 over HTTP: given back, skipped, closed and opened again; nothing twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_world import World, world
from jira_desk import JiraDesk, jira_desk

from tierkeeper.sync.apply import Writer

DONE = "It works again from 2.4.1 on.\n\nVerified: on berlin-01\n\nLearnt: nothing new"


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        yield made


def said(desk: World, number: int) -> str:
    """All that we wrote on it."""
    return "\n".join(desk.comments(number))


def settle(desk: World) -> None:
    desk.later()
    desk.run_quiet()


def brought_to(desk: World, *tiers: str) -> int:
    """An issue that came the right way to the last of these tiers, step by step."""
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    settle(desk)
    for who, tier in zip(("key-user-1", "help-desk-1", "support-1"), tiers, strict=False):
        desk.hands(who, number, tier)
        settle(desk)
    assert desk.tier(number) == {tiers[-1]}
    return number


def back_and_forth(desk: World, number: int) -> None:
    """Development gives it back, gets it again and gives it back again."""
    for who, tier in (("dev-1", "support"), ("support-1", "development"), ("dev-1", "support")):
        desk.hands(who, number, tier)
        settle(desk)


def test_ping_pong_is_flagged_told_once_and_ended_by_the_leaders_decision(desk: World) -> None:
    desk.rules = ["TR10:"]
    number = brought_to(desk, "help-desk", "support", "development")
    back_and_forth(desk, number)
    assert "flag:TR10" in desk.labels(number)
    told = [body for body in desk.comments(number) if "gave it back to support twice" in body]
    assert len(told) == 1
    assert told[0].startswith("@")
    assert "/decide support reason" in said(desk, number)
    desk.says("support-lead", number, "/decide development it is in their code")
    settle(desk)
    assert desk.tier(number) == {"development"}
    assert "flag:TR10" not in desk.labels(number)
    desk.hands("dev-2", number, "support")
    settle(desk)
    assert desk.tier(number) == {"development"}
    assert "support-lead decided on it" in said(desk, number)
    assert len(desk.comments(number)) == 2


def test_a_return_without_a_reason_is_put_back_and_goes_with_one(desk: World) -> None:
    desk.rules = ["TR11:"]
    number = brought_to(desk, "help-desk", "support", "development")
    desk.hands("dev-1", number, "support")
    settle(desk)
    assert desk.tier(number) == {"development"}
    assert "without a reason" in said(desk, number)
    desk.says("dev-1", number, "/handover support the font is missing on that server")
    settle(desk)
    assert desk.tier(number) == {"support"}


def test_what_development_closes_comes_back_and_is_closed_once_it_is_verified(desk: World) -> None:
    desk.rules = ["TR12:"]
    number = brought_to(desk, "help-desk", "support", "development")
    if isinstance(desk, JiraDesk):
        desk.moves("dev-1", number, "In Progress")
    desk.closes("dev-1", number)
    settle(desk)
    assert desk.is_open(number)
    assert desk.tier(number) == {"support"}
    assert "Done in development: support verifies it" in said(desk, number)
    if isinstance(desk, JiraDesk):
        assert desk.status(number) == "In Progress"
    desk.closes("support-1", number)
    settle(desk)
    assert desk.is_open(number)
    assert "closed without verifying, what was learnt and a word to the reporter" in said(desk, number)
    desk.says("support-1", number, DONE)
    desk.closes("support-1", number)
    settle(desk)
    assert not desk.is_open(number)
    assert "nothing, it is closed" in said(desk, number)


def test_a_person_who_closes_it_again_has_the_last_word(desk: World) -> None:
    desk.rules = ["TR12:"]
    number = brought_to(desk, "help-desk", "support", "development")
    desk.closes("dev-1", number)
    settle(desk)
    for _ in range(2):
        desk.closes("support-1", number)
        settle(desk)
    assert not desk.is_open(number)
    assert "flag:TR12" in desk.labels(number)
    assert "The state was set to closed" in said(desk, number)


def test_flag_mode_opens_nothing_again(desk: World) -> None:
    desk.mode, desk.rules = "flag", ["TR12:"]
    number = brought_to(desk, "help-desk", "support", "development")
    desk.closes("dev-1", number)
    settle(desk)
    assert not desk.is_open(number)
    assert desk.tier(number) == {"development"}
    assert "flag:TR12" in desk.labels(number)


def test_a_handover_that_skips_a_tier_is_put_back(desk: World) -> None:
    desk.rules = ["TR15:"]
    number = brought_to(desk, "help-desk")
    desk.hands("help-desk-1", number, "development")
    settle(desk)
    assert desk.tier(number) == {"help-desk"}
    assert "straight to development; from there it goes to support" in said(desk, number)
    desk.says("help-desk-1", number, "/handover development it is urgent")
    settle(desk)
    assert desk.tier(number) == {"help-desk"}


def test_an_issue_closed_without_an_answer_is_opened_again_once(desk: World) -> None:
    desk.rules = ["TR16:"]
    number = brought_to(desk, "help-desk", "support")
    desk.closes("support-1", number)
    settle(desk)
    assert desk.is_open(number)
    assert "support-1 closed it without an answer to the reporter" in said(desk, number)
    desk.says("support-1", number, "It works again from 2.4.1 on.")
    desk.closes("support-1", number)
    settle(desk)
    assert not desk.is_open(number)
    assert "without an answer" not in said(desk, number)


def test_the_reporter_closes_without_a_word(desk: World) -> None:
    desk.rules = ["TR16:", "TR12:"]
    number = brought_to(desk, "help-desk", "support")
    before = len(desk.writes())
    desk.closes("key-user-1", number)
    settle(desk)
    assert not desk.is_open(number)
    assert desk.writes()[before:] == []


def test_a_reopened_issue_returns_to_the_tier_that_closed_it(desk: World) -> None:
    desk.rules = ["TR17:"]
    number = brought_to(desk, "help-desk", "support")
    desk.closes("support-1", number)
    settle(desk)
    desk.hands("support-1", number, "help-desk")
    settle(desk)
    desk.reopens("key-user-1", number)
    settle(desk)
    assert desk.is_open(number)
    assert desk.tier(number) == {"support"}
    assert "it is with support, who had it when it was closed" in said(desk, number)
    desk.hands("support-1", number, "help-desk")
    settle(desk)
    assert desk.tier(number) == {"help-desk"}


def test_an_issue_opened_again_by_somebody_who_may_not_is_closed_as_it_was(desk: World) -> None:
    desk.rules = ["TR17: {roles: [support]}"]
    number = brought_to(desk, "help-desk", "support")
    reason = "" if isinstance(desk, JiraDesk) else "not_planned"
    desk.closes("support-1", number, reason)
    settle(desk)
    desk.reopens("user-2", number)
    settle(desk)
    assert not desk.is_open(number)
    assert "user-2 opened it again, which support or the reporter may do" in said(desk, number)
    if not isinstance(desk, JiraDesk):
        assert desk.issue(number)["state_reason"] == "not_planned"


def test_a_closing_that_falls_between_our_look_and_our_write_stands(
    desk: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.rules = ["TR16:"]
    number = brought_to(desk, "help-desk", "support")
    desk.closes("support-1", number)
    desk.later()
    look = Writer._look_again
    done: list[int] = []

    def meddled(self: Writer, *given: Any) -> Any:
        looked = look(self, *given)
        if not done:
            done.append(1)
            desk.reopens("support-2", number)
            desk.later(1)
            desk.closes("support-2", number)
        return looked

    monkeypatch.setattr(Writer, "_look_again", meddled)
    desk.cycle()
    assert done
    assert not desk.is_open(number)
    settle(desk)
    assert not desk.is_open(number)
