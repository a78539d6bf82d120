"""The rules on priority over HTTP: the human act, the run, what stands on the tracker, and nothing twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import World, world
from jira_desk import JiraDesk, jira_desk
from priority_desk import gives, priority, reactions, with_priorities, with_tier

TO_SUPPORT = (("key-user-1", "help-desk"), ("help-desk-1", "support"))


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        yield made


def test_po01_a_handover_without_a_priority_of_the_tiers_own_is_put_back_until_it_has_one(desk: World) -> None:
    with_priorities(desk, "PO01: {set_by: tier}")
    desk.cycle()
    number = desk.reports("user-2", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"key-users"}
    assert "Handed from key users to help desk without a priority" in desk.comments(number)[0]
    gives(desk, "key-user-1", number, "High")
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    desk.says("help-desk-1", number, "/priority High it is their branch\n/handover support")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"support"}


def test_po02_an_appeal_tells_the_leader_at_once_and_the_next_one_when_nobody_answers(desk: World) -> None:
    with_priorities(desk, "PO02: {answer_within: 4h}")
    number = with_tier(desk, *TO_SUPPORT)
    said = desk.says("key-user-1", number, "/appeal the whole branch office cannot work")
    desk.later(5)
    desk.run_quiet()
    assert [body for body in desk.comments(number) if "key-user-1 appeals: the whole branch" in body]
    assert "flag:PO02" in desk.labels(number)
    assert reactions(desk, said) == ([] if isinstance(desk, JiraDesk) else [("tierkeeper", "+1")])
    desk.later(4 * 3600 - 6)
    desk.run_quiet()
    assert not [body for body in desk.comments(number) if "has not answered the appeal" in body]
    desk.later(1)
    desk.run_quiet()
    told = [body for body in desk.comments(number) if "support-lead has not answered the appeal of key-user-1" in body]
    assert len(told) == 1
    desk.says("desk-leader", number, "/decide Highest they are right")
    desk.later(5)
    desk.run_quiet()
    assert priority(desk, number) == "Highest"
    assert "flag:PO02" not in desk.labels(number)
    desk.later(24 * 3600)
    desk.run_quiet()
    assert len([body for body in desk.comments(number) if "appeal" in body]) == 2


def test_po02_in_shadow_mode_writes_no_flag_and_tells_nobody_else(desk: World) -> None:
    with_priorities(desk, "PO02: {mode: shadow, answer_within: 4h}")
    number = with_tier(desk, *TO_SUPPORT)
    desk.says("key-user-1", number, "/appeal the whole branch office cannot work")
    desk.later(5)
    desk.run_quiet()
    desk.later(4 * 3600)
    desk.run_quiet()
    assert "flag:PO02" not in desk.labels(number)
    assert not [body for body in desk.comments(number) if "has not answered the appeal" in body]


def test_po03_a_guarded_facet_goes_back_to_what_who_may_said(desk: World) -> None:
    with_priorities(desk, "PO03: {roles: {severity: [support]}}")
    if not isinstance(desk, JiraDesk):
        for value in ("blocker", "minor"):
            desk.box.store.add_label("example/webapp", f"severity:{value}")
    number = with_tier(desk, *TO_SUPPORT)
    desk.labels_issue("support-1", number, "severity:minor")
    desk.later()
    desk.run_quiet()
    desk.labels_issue("user-2", number, "severity:blocker")
    desk.unlabels("user-2", number, "severity:minor")
    desk.later()
    desk.run_quiet()
    assert {label for label in desk.labels(number) if label.startswith("severity:")} == {"severity:minor"}
    assert "user-2 set the severity to blocker; that is for support." in desk.comments(number)[0]


def test_po04_a_strangers_priority_is_put_back_once_and_theirs_stands_the_second_time(desk: World) -> None:
    with_priorities(desk, "PO04:")
    number = with_tier(desk, *TO_SUPPORT)
    gives(desk, "user-2", number, "Highest")
    desk.later()
    desk.run_quiet()
    assert priority(desk, number) == "Medium"
    assert (
        "user-2 changed the priority from Medium to Highest; support-lead orders the work" in desk.comments(number)[0]
    )
    gives(desk, "user-2", number, "Highest")
    desk.later()
    desk.run_quiet()
    assert priority(desk, number) == "Highest"
    assert "flag:PO04" in desk.labels(number)


def test_po04_the_receiving_tier_may_change_it_only_with_a_handover_that_follows(desk: World) -> None:
    with_priorities(desk, "PO04:")
    number = with_tier(desk, *TO_SUPPORT)
    gives(desk, "support-1", number, "Low")
    desk.later(120)
    desk.run_quiet()
    assert priority(desk, number) == "Low"
    desk.later(480)
    desk.run_quiet()
    assert priority(desk, number) == "Medium"
    gives(desk, "support-1", number, "High")
    desk.later(300)
    desk.hands("support-1", number, "development")
    desk.later()
    desk.run_quiet()
    assert priority(desk, number) == "High"
    assert desk.tier(number) == {"development"}


def test_po04_the_owner_changes_it_at_any_time_with_a_reason(desk: World) -> None:
    with_priorities(desk, "PO04:")
    number = with_tier(desk, *TO_SUPPORT)
    gives(desk, "support-lead", number, "High")
    desk.later()
    desk.run_quiet()
    assert priority(desk, number) == "Medium"
    desk.says("support-lead", number, "/priority High their shop is closed")
    desk.later()
    desk.run_quiet()
    assert priority(desk, number) == "High"
