"""The whole path over HTTP: a person's click, pulled, judged, put back or left, seen in the tracker, nothing twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import World, world
from jira_desk import JiraDesk, jira_desk


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        yield made


def with_help_desk(desk: World) -> int:
    """An issue that came the right way, and a first run behind it."""
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    return number


def test_a_right_handover_causes_no_write_at_all(desk: World) -> None:
    with_help_desk(desk)
    assert desk.writes() == []


def test_a_strangers_handover_is_put_back_once_with_the_reason(desk: World) -> None:
    number = with_help_desk(desk)
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    comments = desk.comments(number)
    assert len(comments) == 1
    assert "Put back from development" in comments[0]
    assert "only help desk may hand on" in comments[0]


def test_nothing_is_decided_while_a_person_may_still_be_clicking(desk: World) -> None:
    number = with_help_desk(desk)
    desk.hands("user-2", number, "development")
    desk.later(30)
    desk.run_quiet()
    assert desk.tier(number) == {"development"}
    desk.later(31)
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}


def test_a_person_who_sets_it_again_has_the_last_word_and_the_leader_is_told(desk: World) -> None:
    number = with_help_desk(desk)
    for _ in range(3):
        desk.hands("user-2", number, "development")
        desk.later()
        desk.run_quiet()
    assert desk.tier(number) == {"development"}
    assert "flag:TR02" in desk.labels(number)
    told = [body for body in desk.comments(number) if "again after it was put back" in body]
    assert len(told) == 1
    assert desk.tier(number) == {"development"}


def test_a_new_issue_from_anybody_else_goes_to_the_key_users_once(desk: World) -> None:
    desk.cycle()
    number = desk.reports("user-1", "Login loops")
    desk.labels_issue("support-1", number, "instance:pune-01")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"key-users"}
    assert desk.assignees(number) == {"key-user-2"}
    assert "Reported past the key users" in desk.comments(number)[0]
    desk.assigns_nobody("key-user-2", number)
    desk.later()
    desk.run_quiet()
    assert desk.assignees(number) == set()


def test_a_command_is_carried_out_for_who_may_and_refused_in_one_line_for_who_may_not(desk: World) -> None:
    number = with_help_desk(desk)
    desk.says("user-1", number, "/handover support please")
    desk.later(5)
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert "Not carried out" in desk.comments(number)[0]
    desk.says("help-desk-1", number, "Looked at it.\n\n/handover support cache was cleared")
    desk.later(5)
    desk.run_quiet()
    assert desk.tier(number) == {"support"}
    assert "| help desk | support | help-desk-1 | cache was cleared |" in desk.comments(number)[0]
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"support"}


def test_a_bot_is_flagged_and_never_put_back(desk: World) -> None:
    number = with_help_desk(desk)
    for bot in ("release-bot", "ci-bot"):
        desk.hands(bot, number, "development" if bot == "ci-bot" else "support")
        desk.later()
        desk.run_quiet()
    assert desk.tier(number) == {"development"}
    assert "flag:TR02" in desk.labels(number)


def test_of_two_tier_labels_the_last_one_counts_and_the_other_is_tidied(desk: World) -> None:
    number = with_help_desk(desk)
    desk.labels_issue("help-desk-1", number, "tier:support")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"support"}


def test_an_issue_left_without_a_tier_gets_its_last_one_back(desk: World) -> None:
    number = with_help_desk(desk)
    desk.unlabels("help-desk-1", number, "tier:help-desk")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}


def test_what_happened_before_the_first_run_is_never_put_back(desk: World) -> None:
    number = desk.reports("key-user-1", "Old one", ("instance:berlin-01",))
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"development"}
    assert desk.comments(number) == []


def test_flag_mode_flags_and_touches_nothing_that_people_set(desk: World) -> None:
    desk.mode = "flag"
    number = with_help_desk(desk)
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"development"}
    assert "flag:TR02" in desk.labels(number)


def test_shadow_mode_writes_nothing_and_shows_what_it_would_do(desk: World) -> None:
    desk.mode = "shadow"
    number = with_help_desk(desk)
    desk.hands("user-2", number, "development")
    desk.later()
    report = desk.cycle()
    assert desk.writes() == []
    assert [step.mode for plan in report.plans for step in plan.steps] == ["shadow"]


def test_over_max_changes_nothing_is_written_and_all_is_listed(desk: World) -> None:
    number = with_help_desk(desk)
    desk.hands("user-2", number, "development")
    desk.later()
    report = desk.cycle(max_changes=0)
    assert (report.over, report.exit_code, desk.writes()) == (1, 1, [])
    assert [plan.ref.key.split("-")[-1] for plan in report.plans] == [str(number)]
    assert desk.cycle(max_changes=1).written == 1


def test_a_team_is_read_at_the_first_cycle_and_again_when_an_act_is_newer(desk: World) -> None:
    jira = isinstance(desk, JiraDesk)
    desk.developers = "{jira: {group: developers}}" if jira else "{github: {team: example/webapp-developers}}"
    number = with_help_desk(desk)
    desk.hands("help-desk-1", number, "support")
    desk.later()
    desk.run_quiet()
    desk.hands("support-1", number, "development")
    desk.later()
    desk.run_quiet()
    desk.hands("dev-1", number, "support")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"support"}
    assert desk.writes() == []


def test_an_idle_cycle_costs_three_requests_to_github_and_one_to_jira(desk: World) -> None:
    with_help_desk(desk)
    desk.cycle()
    desk.later(600)
    desk.cycle()
    desk.box.requests.clear()
    desk.cycle()
    calls = [call[2] for call in desk.box.requests]
    assert calls == ([200] if isinstance(desk, JiraDesk) else [304] * 3)


def test_a_handover_without_what_the_next_tier_needs_is_put_back_and_goes_once_it_is_there(desk: World) -> None:
    desk.needs = "steps, environment"
    number = desk.reports("key-user-1", "Export fails")
    desk.later()
    desk.run_quiet()
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == set()
    assert "Handed to help desk without steps and environment." in desk.comments(number)[0]
    desk.labels_issue("key-user-1", number, "instance:berlin-01")
    desk.says("key-user-1", number, "Steps: open, export.")
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}


def test_a_command_that_a_later_handover_overtook_is_not_carried_out(desk: World) -> None:
    number = with_help_desk(desk)
    desk.says("help-desk-1", number, "/handover support")
    desk.later(5)
    desk.hands("help-desk-2", number, "key-users")
    desk.later()
    desk.run_quiet()
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"key-users"}
    assert "help-desk-2 set the tier to key-users after this was written" in desk.comments(number)[0]
