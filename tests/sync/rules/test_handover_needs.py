"""TR03 over HTTP: what a handover needs, listed once; it waits, or stands flagged, as the policy says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import World, world
from jira_desk import jira_desk


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        made.needs = "environment, steps, tried, workaround, impact"
        text = made.policy_text().replace("  TR03:\n", "  TR03: {environment: [instance, version]}\n")
        made.policy_text = lambda: text.replace("mode: enforce", f"mode: {made.mode}")
        yield made


def handed_on(desk: World) -> int:
    """An issue that a key user hands on with half of what it needs, and the run after that."""
    desk.cycle()
    desk.later(5)
    number = desk.reports("key-user-2", "Export fails", (), "### Instance\n\npune-01\n\n### Steps\n\nOpen, export.")
    desk.later()
    desk.run_quiet()
    desk.hands("key-user-2", number, "help-desk")
    desk.later()
    desk.run_quiet()
    return number


def test_what_is_missing_is_listed_once_and_the_handover_waits_until_it_is_there(desk: World) -> None:
    number = handed_on(desk)
    assert desk.tier(number) == set()
    (comment,) = desk.comments(number)
    assert comment.count("without version, what was tried, workaround and impact.") == 1
    assert "(a line `Version: …` is enough)" in comment.replace("(a line Version: … is", "(a line `Version: …` is")
    desk.later(3600)
    desk.run_quiet()
    assert desk.comments(number) == [comment]
    desk.says("key-user-2", number, "Version: 4.2\n\nTried: restart\n\nWorkaround: none\n\nImpact: one user")
    desk.hands("key-user-2", number, "help-desk")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert "without version" not in desk.comments(number)[0]


def test_in_flag_mode_it_stands_and_what_is_missing_is_listed_once_all_the_same(desk: World) -> None:
    desk.mode = "flag"
    number = handed_on(desk)
    assert desk.tier(number) == {"help-desk"}
    assert "flag:TR03" in desk.labels(number)
    (comment,) = desk.comments(number)
    assert comment.count("without version, what was tried, workaround and impact") == 1
