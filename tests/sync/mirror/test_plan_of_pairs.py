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


def test_a_handover_that_the_run_will_allow_shows_its_twin(world: MirrorWorld) -> None:
    world.rules = "{TR02: {mode: enforce}}"
    issue, other = (world.desk.report("key-user-1", title, "It stops.", ("tier:support",)) for title in ("A", "B"))
    world.later()
    world.run_quiet()
    for who, one in (("support-1", issue), ("dev-1", other)):
        world.desk.label(who, one, "tier:development")
        world.desk.unlabel(who, one, "tier:support")
    world.later()
    before = len(world.writes())
    shown = {plan.title: [step.subject for step in plan.steps] for plan in world.cycle(write=False).plans}
    assert shown["A"][0] == "twin"
    assert shown["B"][0] == "tier"  # it is put back
    assert len(world.writes()) == before


@pytest.mark.parametrize("pairing", ["jira-github"])
def test_a_target_that_anybody_reads_is_told_of_before_the_run(pairing: str, tmp_path: Path) -> None:
    with mirror_world(pairing, tmp_path) as world:
        world.github.store.set_private("example/webapp", private=False)
        world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:development",))
        world.later()
        report = world.cycle(write=False)
        assert "example/webapp is public, and the mirror is private" in report.problems[0]
        assert report.plans == []


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
