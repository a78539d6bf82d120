"""A mirrored issue's promises are kept on the source, and both twins show how they stand. In all four pairings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror_world import PAIRINGS, MirrorWorld, mirror_world

PROMISES = "calendars: {always: 24x7}\ncalendar: always\npromises: {targets: [{resolution: 2h}]}\n"


class Promising(MirrorWorld):
    """The desk promises a solution within two hours."""

    def policy_text(self) -> str:
        return super().policy_text().replace("rules: {}\n", "rules: {PR01: }\n" + PROMISES)


@pytest.fixture(params=PAIRINGS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world(request.param, tmp_path) as there:
        there.__class__ = Promising
        yield there


def sla(world: MirrorWorld) -> list[set[str]]:
    """The standings that source and twin show."""
    issues = (*world.desk.issues(), *world.dev.issues())
    return [{label for label in one.labels if label.startswith("sla:")} for one in issues]


def test_the_twin_shows_how_the_promises_of_its_source_stand(world: MirrorWorld) -> None:
    world.desk.report("key-user-1", "Export fails", labels=("tier:development",))
    world.later()
    world.run_quiet()
    assert sla(world) == [{"sla:ok"}, {"sla:ok"}]
    world.later(2 * 3600)
    world.run_quiet()
    assert sla(world) == [{"sla:breached"}, {"sla:breached"}]


def test_who_changes_it_on_the_twin_finds_it_put_right(world: MirrorWorld) -> None:
    world.desk.report("key-user-1", "Export fails", labels=("tier:development",))
    world.later(2 * 3600)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.dev.unlabel("dev-1", twin.id, "sla:breached")
    world.later()
    world.run_quiet()
    assert sla(world) == [{"sla:breached"}, {"sla:breached"}]


class Answering(MirrorWorld):
    """The desk promises a first answer, and says so at once."""

    def policy_text(self) -> str:
        promised = PROMISES.replace("resolution: 2h", "first_response: 2h, resolution: 8h")
        promised = promised.replace("promises: {", "promises: {announce: always, ")
        return super().policy_text().replace("rules: {}\n", "rules: {PR01: }\n" + promised)


def test_an_answer_from_the_twin_stops_the_clock_in_the_run_that_carries_it_over(world: MirrorWorld) -> None:
    world.__class__ = Answering
    world.desk.report("key-user-1", "Export fails", labels=("tier:development",))
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.dev.comment("dev-1", twin.id, "It is fixed in 7.2.")
    world.later()
    world.run()
    before = len(world.writes())
    world.later(1)
    world.run()
    assert world.writes()[before:] == []
