"""A plan shows what would be made and changed on each side, facet by facet, and writes nothing. Over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror_world import MirrorWorld, mirror_world

from tierkeeper.sync.mirror.steps import text_change


@pytest.fixture(params=["jira-github", "github-jira"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world(request.param, tmp_path) as there:
        yield there


def planned(world: MirrorWorld) -> dict[str, str]:
    before = len(world.writes())
    report = world.cycle(write=False)
    assert len(world.writes()) == before
    return {step.subject: step.what for plan in report.plans for step in plan.steps}


def test_a_twin_is_shown_with_what_it_begins_with(world: MirrorWorld) -> None:
    issue = world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:development", "priority:high"))
    world.desk.comment("key-user-1", issue, "Since Monday.")
    world.later()
    shown = planned(world)
    assert (shown["twin"], shown["twin tier"], shown["comment"]) == ("+ dev", "none → development", "+ 1 on the twin")
    assert shown["twin text"].endswith(" lines")


def test_changes_are_shown_from_old_to_new_for_each_side(world: MirrorWorld) -> None:
    issue = world.desk.report("key-user-1", "Export fails", "It stops at 80 %.", ("tier:development",))
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.desk.rewrite("key-user-1", issue, "It stops at 70 %.")
    world.desk.rename("support-1", issue, "Export stops")
    world.dev.close("dev-1", twin.id)
    world.later()
    shown = planned(world)
    assert shown["twin title"] == "Export fails → Export stops"
    assert shown["twin text"] == "-It stops at 80 %.; +It stops at 70 %."
    assert shown["source state"].startswith("open → closed")
    world.run_quiet()
    assert planned(world) == {}


def test_a_long_difference_is_short() -> None:
    before = "\n".join(f"line {number}" for number in range(9))
    shown = text_change(before, f"{'x' * 100}\n{before}\nlast")
    assert shown == f"+{'x' * 70}…; +last"
    assert text_change(before, "").endswith("and 5 more lines")
    assert text_change(before, before) == ""
