"""Over HTTP: somebody who was seen in a role before an act and out after it, so that nobody can ever tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from census_world import known, with_help_desk
from desk_world import World, world
from jira_desk import JiraDesk, jira_desk

HOUR = 3600
DAY = 86_400


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        place = (
            "{jira: {group: developers}}"
            if isinstance(made, JiraDesk)
            else "{github: {team: example/webapp-developers}}"
        )
        made.developers = place
        yield made


def with_development(desk: World) -> int:
    """An issue with development, an hour after it was last read who that is."""
    number = with_help_desk(desk)
    for who, tier in (("help-desk-1", "support"), ("support-1", "development")):
        desk.hands(who, number, tier)
        desk.later()
        desk.run_quiet()
    desk.later(DAY)
    desk.cycle()
    desk.later(HOUR)  # longer than a reading of a role vouches for somebody
    return number


def leaves(desk: World, who: str) -> None:
    if isinstance(desk, JiraDesk):
        desk.box.store.remove_group_member("developers", who)
    else:
        desk.box.store.remove_team_member("example", "webapp-developers", who)


def outcomes(desk: World, number: int) -> list[tuple[str, str]]:
    return [(one.outcome, one.rule) for one in known(desk, number).history.verdicts if not one.event.startswith("set:")]


def test_a_handover_that_nobody_can_ever_judge_stands_and_the_operator_is_told_once(desk: World) -> None:
    number = with_development(desk)
    desk.hands("dev-1", number, "support")
    leaves(desk, "dev-1")
    desk.later()
    report = desk.cycle()
    (told,) = report.problems
    assert "and never will be: what they did to the tier stands, not judged" in told
    assert report.exit_code == 1
    assert desk.tier(number) == {"support"}
    assert outcomes(desk, number)[-1] == ("not judged", "")
    before = desk.writes()
    for pause in (0, 600, DAY):
        desk.later(pause)
        again = desk.cycle()
        assert (again.problems, again.notices, again.judged) == ([], [], 0)
    assert desk.writes() == before
    assert not [comment for comment in desk.comments(number) if "automation" in comment]


def test_what_comes_after_it_is_judged_against_it(desk: World) -> None:
    number = with_development(desk)
    desk.hands("dev-1", number, "support")
    leaves(desk, "dev-1")
    desk.later()
    desk.cycle()
    desk.hands("user-2", number, "key-users")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"support"}
    (said,) = desk.comments(number)
    assert "Put back from key users" in said
    assert "automation" not in said


def test_a_command_that_nobody_can_ever_judge_is_refused_and_may_be_written_again(desk: World) -> None:
    number = with_development(desk)
    desk.says("dev-1", number, "/handover support found nothing")
    leaves(desk, "dev-1")
    desk.later()
    report = desk.cycle()
    (told,) = report.problems
    assert "and never will be: their command is not carried out" in told
    assert desk.tier(number) == {"development"}
    (said,) = desk.comments(number)
    assert "Not carried out" in said
    assert "Write it again." in said
    desk.run_quiet()
    desk.says("dev-2", number, "/handover support found nothing")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"support"}
