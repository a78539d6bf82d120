"""TR01 over HTTP: from where the reporter's place is known, who gets the issue, and what people are told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import World, world
from jira_desk import JiraDesk, jira_desk

FORM = "### Instance\n\npune-01\n\n### What happened\n\nThe export stops."


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        yield made


def change(desk: World, *changes: tuple[str, str]) -> None:
    """Change the policy's text."""
    text = desk.policy_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    desk.policy_text = lambda: text  # type: ignore[method-assign]  # the scenario's own policy


def by_group(desk: World) -> None:
    """The reporters of pune-01 are a team or group of the tracker."""
    if isinstance(desk, JiraDesk):
        desk.box.store.add_group("pune", members=["user-1"])
        role = "{jira: {group: pune}}"
    else:
        desk.box.store.add_team("example", "pune", members=["user-1"])
        role = "{github: {team: example/pune}}"
    change(
        desk,
        ("roles:\n", f"roles:\n  pune: {role}\n"),
        ("key_users: [key-user-2]}", "key_users: [key-user-2], reporters: pune}"),
    )


def reported(desk: World, by: str = "user-1", body: str = "", labels: tuple[str, ...] = ()) -> int:
    """An issue that somebody reports after the first run, and the run after that."""
    desk.cycle()
    desk.later(5)
    number = desk.reports(by, "Export fails", labels, body)
    desk.later()
    desk.run_quiet()
    return number


def test_the_answer_of_an_issue_form_decides_who_gets_it_and_the_comment_says_what_happens_now(desk: World) -> None:
    number = reported(desk, body=FORM)
    assert (desk.tier(number), desk.assignees(number)) == ({"key-users"}, {"key-user-2"})
    said = "it is with the key users of pune-01 now, which the report names, who answer or hand it on."
    assert said in desk.comments(number)[0]
    assert "instance:pune-01" not in desk.labels(number)


def test_a_label_counts_more_than_the_form(desk: World) -> None:
    desk.cycle()
    number = desk.reports("user-1", "Export fails", (), FORM)
    desk.labels_issue("support-1", number, "instance:berlin-01")
    desk.later()
    desk.run_quiet()
    assert desk.assignees(number) == {"key-user-1"}


def test_the_reporters_group_tells_where_nothing_else_does(desk: World) -> None:
    by_group(desk)
    number = reported(desk)
    assert (desk.tier(number), desk.assignees(number)) == ({"key-users"}, {"key-user-2"})
    assert "of pune-01 now, by the reporter's group, who answer" in desk.comments(number)[0]


def test_the_place_is_set_as_a_label_where_the_policy_says_so(desk: World) -> None:
    change(desk, ("  TR01:\n", "  TR01: {set_place: true}\n"))
    number = reported(desk, body=FORM)
    assert "instance:pune-01" in desk.labels(number)
    desk.unlabels("key-user-2", number, "instance:pune-01")
    desk.later()
    desk.run_quiet()
    assert "instance:pune-01" not in desk.labels(number)


def test_what_no_key_user_is_known_for_goes_to_the_fallback_flagged_until_somebody_says_whose_it_is(
    desk: World,
) -> None:
    change(desk, ("leader: desk-leader\n", "leader: desk-leader\nfallback: {key_users: [help-desk-2]}\n"))
    number = reported(desk, body="It stops.")
    assert (desk.tier(number), desk.assignees(number)) == ({"key-users"}, {"help-desk-2"})
    assert "flag:TR01" in desk.labels(number)
    assert (
        "Nobody knows which instance it comes from; help-desk-2 may answer or hand it on." in desk.comments(number)[0]
    )
    desk.labels_issue("help-desk-2", number, "instance:berlin-01")
    desk.later()
    desk.run_quiet()
    assert "flag:TR01" not in desk.labels(number)
    assert "Nobody knows" not in desk.comments(number)[0]


def test_a_key_user_whose_form_names_their_instance_reports_without_a_word(desk: World) -> None:
    number = reported(desk, by="key-user-2", body=FORM)
    assert (desk.tier(number), desk.comments(number)) == (set(), [])
    desk.hands("key-user-2", number, "help-desk")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert desk.writes() == []
