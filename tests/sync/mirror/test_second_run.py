"""The run after one that did something finds nothing to do, whatever follows from what: rules, twins, rules again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mirror_world import PAIRINGS, MirrorWorld, handed_over, mirror_world, twin_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tierkeeper.sync.report import Report

GUARDED = "{TR02: {mode: enforce}, PO03: {mode: enforce, roles: {priority: [support, leads]}}}"


@pytest.fixture(params=PAIRINGS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world(request.param, tmp_path) as made:
        made.rules = GUARDED
        yield made


def once(world: MirrorWorld) -> Report:
    """A run; the next one, at once and a minute later, writes nothing."""
    report = world.run()
    for pause in (0, 61):
        world.later(pause)
        before = world.writes()
        world.run()
        assert world.writes() == before, "the run after it wrote"
    return report


def priority_of(world: MirrorWorld) -> tuple[str | None, str | None]:
    """The priority on both sides."""
    ((source,), (twin,)) = world.desk.issues(), world.dev.issues()
    ours, theirs = ([one for one in issue.labels if one.startswith("priority:")] for issue in (source, twin))
    return (ours or [None])[0], (theirs or [None])[0]


def test_a_handover_by_command_has_its_twin_in_the_run_that_carries_it_out(world: MirrorWorld) -> None:
    issue = world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:support",))
    world.later()
    once(world)
    assert world.dev.issues() == []
    world.desk.comment("support-1", issue, "/handover development it needs a change of the export")
    world.later()
    once(world)
    assert "tier:development" in next(one.labels for one in world.dev.issues())


def test_what_is_put_back_is_carried_over_in_the_same_run(world: MirrorWorld) -> None:
    issue = handed_over(world)
    once(world)
    world.desk.rename("support-1", issue, "Export stops")
    world.desk.prioritise("key-user-1", issue, "urgent")  # not theirs to set
    world.desk.comment("support-1", issue, "/priority high many wait for it")
    world.later()
    once(world)
    assert [one.title for one in world.dev.issues()] == ["Export stops"]
    assert priority_of(world) == ("priority:high", "priority:high")


def test_both_sides_say_that_development_closed_it_in_the_run_that_carries_it_over(world: MirrorWorld) -> None:
    handed_over(world)
    once(world)
    before = [one.status for one in (*world.desk.issues(), *world.dev.issues())]
    world.dev.close("dev-1", twin_of(world))
    world.later()
    once(world)
    assert not any(one.open for one in world.desk.issues())
    after = [one.status for one in (*world.desk.issues(), *world.dev.issues())]
    assert all(old != new for old, new in zip(before, after, strict=True)), after


def test_what_development_may_set_on_the_twin_is_judged_on_the_source_at_once(world: MirrorWorld) -> None:
    issue = handed_over(world)
    once(world)
    world.dev.prioritise("dev-1", twin_of(world), "low")
    world.desk.comment("support-1", issue, "/priority urgent a customer waits")
    world.later()
    once(world)
    assert len(set(priority_of(world))) == 1


def test_more_creates_than_the_limit_has_room_for_wait_for_the_next_run(world: MirrorWorld) -> None:
    issue = world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:support",))
    world.later()
    once(world)
    world.desk.comment("support-1", issue, "/handover development it needs a change of the export")
    world.later()
    assert world.cycle(max_changes=1).problems == []
    assert world.dev.issues() == []
    world.later()
    assert world.cycle(max_changes=1).problems == []
    assert len(world.dev.issues()) == 1


def test_a_source_that_turns_out_to_be_gone_as_rules_write_ends_its_pair_in_that_run(world: MirrorWorld) -> None:
    issue = handed_over(world)
    once(world)
    world.dev.comment("dev-1", twin_of(world), "/priority high many wait for it")
    world.desk.move_away("support-1", issue)
    world.later()
    once(world)
    assert "Was a twin" in world.dev.issues()[0].status
