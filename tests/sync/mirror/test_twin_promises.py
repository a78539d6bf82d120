"""A mirrored issue's promises are kept on the source, and both twins show how they stand. In all four pairings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mirror_world import PAIRINGS, GitHubEnd, MirrorWorld, mirror_world

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


PLACES = {
    ("github", "day"): "field: Target date",
    ("github", "label"): 'label: "due:"',
    ("jira", "day"): "field: Target date",
    ("jira", "moment"): "field: Due time",
}
"""Where a tracker keeps when an issue is due."""


class Dated(MirrorWorld):
    """The desk promises a solution by half past midnight, and keeps when that is."""

    kept: tuple[str, str] = ("", "")

    def policy_text(self) -> str:
        kinds = self.pairing.split("-")
        maps = {kind: PLACES[kind, kept] for kind, kept in zip(kinds, self.kept, strict=True)}
        due = ", ".join(f"{kind}: {{{place}}}" for kind, place in maps.items())
        promised = PROMISES.replace("resolution: 2h", "resolution: 15h 30m")
        self.facets = f"  due: {{{due}}}\n"
        return super().policy_text().replace("rules: {}\n", "rules: {PR01: }\n" + promised)

    def shown(self) -> list[str | None]:
        """When source and twin say that it is due."""
        return [self._shown(end, kept) for end, kept in zip((self.desk, self.dev), self.kept, strict=True)]

    def _shown(self, end: Any, kept: str) -> str | None:
        (issue,) = end.issues()
        if kept == "label":
            return next((label[4:] for label in issue.labels if label.startswith("due:")), None)
        if isinstance(end, GitHubEnd):
            return next((one["value"] for one in end.get(f"/issues/{issue.id}")["issue_field_values"]), None)
        field = end.store.field("Target date" if kept == "day" else "Due time").id
        value: str | None = end.get(f"/issue/{issue.id}?fields={field}")["fields"][field]
        return value if value is None or kept == "day" else value[:16]


@pytest.mark.parametrize(
    ("pairing", "kept", "expected"),
    [
        ("jira-github", ("moment", "day"), ("2026-11-23T23:30", "2026-11-24")),
        ("jira-github", ("moment", "label"), ("2026-11-23T23:30", "2026-11-24")),
        ("jira-github", ("day", "day"), ("2026-11-24", "2026-11-24")),
        ("jira-jira", ("moment", "moment"), ("2026-11-23T23:30", "2026-11-23T23:30")),
        ("github-jira", ("day", "moment"), ("2026-11-24", "2026-11-23T23:30")),
        ("github-jira", ("label", "day"), ("2026-11-24", "2026-11-24")),
        ("github-github", ("day", "day"), ("2026-11-24", "2026-11-24")),
    ],
)
def test_a_day_and_a_moment_do_not_ping_pong(
    pairing: str, kept: tuple[str, str], expected: tuple[str, str], tmp_path: Path
) -> None:
    with mirror_world(pairing, tmp_path) as there:
        there.__class__ = Dated
        assert isinstance(there, Dated)
        there.kept = kept
        there.github.store.add_issue_field("example", "Target date", "date")
        there.jira.store.add_field("Target date", type="date")
        there.jira.store.add_field("Due time", type="datetime")
        there.desk.report("key-user-1", "Export fails", labels=("tier:development",))
        there.later()
        there.run_quiet()
        assert there.shown() == list(expected)
        before = len(there.writes())
        for _ in range(2):
            there.later()
            there.run_quiet()
        assert there.writes()[before:] == []
        (source,) = there.desk.issues()
        there.desk.close("key-user-1", source.id)
        there.later()
        there.run_quiet()
        assert there.shown() == [None, None]
