"""Commands over HTTP: written by a person, carried out or refused once, acknowledged where nothing else shows it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import World, world
from jira_desk import JiraDesk, jira_desk
from priority_desk import priority, reactions, with_priorities, with_tier

TO_SUPPORT = (("key-user-1", "help-desk"), ("help-desk-1", "support"))
ONE = [("tierkeeper", "+1")]


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        with_priorities(made)
        yield made


@pytest.fixture
def number(desk: World) -> int:
    return with_tier(desk, *TO_SUPPORT)


def writes(desk: World, number: int, who: str, body: str) -> int:
    """Somebody writes a comment, and it is heard."""
    said = desk.says(who, number, body)
    desk.later(5)
    desk.run_quiet()
    return said


def test_who_takes_an_issue_owns_it_and_who_releases_it_does_not(desk: World, number: int) -> None:
    said = writes(desk, number, "support-1", "/take")
    assert desk.assignees(number) == {"support-1"}
    assert reactions(desk, said) == []
    writes(desk, number, "support-1", "/release")
    assert desk.assignees(number) == set()


def test_where_there_is_one_owner_who_takes_it_replaces_who_was(desk: World, number: int) -> None:
    writes(desk, number, "support-1", "/take")
    writes(desk, number, "support-2", "/take")
    both = {"support-2"} if isinstance(desk, JiraDesk) else {"support-1", "support-2"}
    assert desk.assignees(number) == both


def test_nobody_takes_what_another_tier_has_or_releases_what_is_not_theirs(desk: World, number: int) -> None:
    writes(desk, number, "dev-1", "/take")
    assert desk.assignees(number) == set()
    assert "/take is for support" in desk.comments(number)[0]
    writes(desk, number, "support-1", "/release")
    assert "/release is for the owner" in desk.comments(number)[0]


def test_a_priority_is_set_by_command_and_one_that_is_there_is_acknowledged(desk: World, number: int) -> None:
    said = writes(desk, number, "support-1", "/priority high their shop is closed")
    assert priority(desk, number) == "High"
    assert reactions(desk, said) == []
    again = writes(desk, number, "support-2", "/priority High")
    assert reactions(desk, again) == ([] if isinstance(desk, JiraDesk) else ONE)


def test_a_priority_that_does_not_exist_is_refused_in_one_line_and_nothing_is_touched(desk: World, number: int) -> None:
    writes(desk, number, "support-1", "/priority banana")
    assert priority(desk, number) == "Medium"
    assert 'There is no priority "banana"' in desk.comments(number)[0]


def test_a_decision_to_keep_is_acknowledged_once_with_one_request(desk: World, number: int) -> None:
    before = len(desk.writes())
    said = writes(desk, number, "support-lead", "/decide keep it is one printer")
    made = desk.writes()[before:]
    if isinstance(desk, JiraDesk):
        assert made == []
    else:
        assert [path.rpartition("/")[2] for _, path in made] == ["reactions"]
        assert reactions(desk, said) == ONE


def test_a_leader_has_the_last_word_on_the_tier(desk: World, number: int) -> None:
    writes(desk, number, "support-1", "/decide development it is theirs")
    assert desk.tier(number) == {"support"}
    assert "is for a tier's lead" in desk.comments(number)[0]
    writes(desk, number, "desk-leader", "/decide development it is theirs")
    assert desk.tier(number) == {"development"}


def test_why_answers_who_asks_in_one_comment_each_time_they_ask(desk: World, number: int) -> None:
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    for times in (1, 2):
        said = writes(desk, number, "user-1", "/why")
        told = [body for body in desk.comments(number) if "It is with support, without an owner." in body]
        assert len(told) == times
        assert reactions(desk, said) == []
    assert "tier development was put back on 23 Nov 2026" in told[0]
    assert "by TR02: user-2 handed it from support to development" in told[0]
    assert "Next: somebody of support answers or hands it on." in told[0]


def test_why_tells_the_last_handover_with_its_reason_where_nothing_was_refused(desk: World, number: int) -> None:
    writes(desk, number, "support-1", "/handover development it is the export job")
    writes(desk, number, "key-user-1", "/why")
    told = desk.comments(number)[-1]
    assert "Last: support-1 handed it from support to development on 23 Nov 2026" in told
    assert "it is the export job" in told


def test_a_command_whose_acknowledgement_got_lost_is_acknowledged_once(desk: World, number: int) -> None:
    if not isinstance(desk, JiraDesk):
        desk.box.faults.add("cut-after-write", match="^POST .*/reactions", times=1)
    said = desk.says("support-lead", number, "/decide keep it is one printer")
    desk.later(5)
    desk.cycle()
    desk.later(3600)
    desk.run_quiet()
    assert reactions(desk, said) == ([] if isinstance(desk, JiraDesk) else ONE)
