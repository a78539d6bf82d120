"""Twins and sources that move, are locked, or whose place is renamed or archived: followed, or told. Over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror_world import GitHubEnd, JiraEnd, MirrorWorld, mirror_world

from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links

DAY = 86_400 + 61


@pytest.fixture(params=["jira-github", "github-github"])
def to_github(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world(request.param, tmp_path) as there:
        yield there


def handed_over(world: MirrorWorld, title: str = "Export fails") -> str:
    issue: str = world.desk.report("key-user-1", title, "It stops.", ("tier:development",))
    world.later()
    return issue


def move(end: GitHubEnd | JiraEnd, issue: str) -> None:
    """Somebody moves it where Tierkeeper does not look."""
    if isinstance(end, GitHubEnd):
        end.store.add_repository("example/elsewhere", permissions={"dev-1": "admin"})
        end.store.transfer_issue(end.place, int(issue), "example/elsewhere", "dev-1")
    else:
        end.store.add_project("ELSE", kind="software", roles={"Developers": ["dev-1"]})
        end.store.move_issue(issue, "ELSE", "acc-dev-1")


def ended(world: MirrorWorld) -> list[str]:
    with Ledger.open(world.ledger_path, desk="Web application", read_only=True) as ledger:
        return [link.ended for link in Links(ledger).all()]


def test_a_twin_that_was_moved_ends_the_link_and_nothing_is_closed_or_made(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    move(world.dev, twin.id)
    world.desk.comment("support-1", issue, "Any news?")
    world.later()
    world.cycle()
    world.later(DAY)
    world.cycle()
    world.later()
    world.run_quiet()
    (source,) = world.desk.issues()
    assert source.open
    assert [why[:40] for why in ended(world)] == ["the twin is not there any more (moved to"[:40]] or ended(world) == [
        "the twin is not there any more (not found)"
    ]
    assert [one for one in world.dev.issues() if one.open and one.id != twin.id] == []


def test_a_closed_twin_that_was_deleted_ends_the_link_once_there_is_something_to_write(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.dev.close("dev-1", twin.id)
    world.later()
    world.run_quiet()
    world.dev.delete("dev-1", twin.id)
    world.desk.comment("support-1", issue, "Any news?")
    world.later()
    world.run()
    before = len(world.writes())
    world.later(1)
    world.run()
    assert world.writes()[before:] == []
    assert [why[:32] for why in ended(world)] == ["the twin is not there any more ("]


def test_a_source_that_was_moved_leaves_its_twin_open(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    move(world.desk, issue)
    world.later(DAY)
    world.cycle()
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert twin.open
    assert all(why.startswith("the source is not there any more") for why in ended(world))
    assert len(ended(world)) == 1


def test_a_locked_twin_is_written_to_all_the_same(to_github: MirrorWorld) -> None:
    world = to_github
    issue = handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.dev.store.lock_issue(world.dev.place, int(twin.id), "dev-1")
    world.desk.rename("support-1", issue, "Export stops")
    world.desk.comment("support-1", issue, "Still so.")
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert twin.title == "Export stops"
    assert sum("Still so." in text for _, text in twin.comments) == 1


def test_a_renamed_repository_stops_its_mirror_until_the_policy_names_it(to_github: MirrorWorld) -> None:
    world = to_github
    issue = handed_over(world)
    world.run_quiet()
    world.github.store.rename_repository("example/webapp", "example/shop")
    world.desk.rename("support-1", issue, "Export stops")
    handed_over(world, "Another")
    report = world.cycle()
    assert report.exit_code == 1
    assert any("example/shop" in problem for problem in report.problems), report.problems
    world.dev.place = "example/shop"
    world.dev.queue = "{tracker: github, repository: example/shop}"
    world.later(120)
    world.run_quiet()
    assert sorted(one.title for one in world.dev.issues()) == ["Another", "Export stops"]


def test_an_archived_repository_puts_aside_what_it_does_not_take(to_github: MirrorWorld) -> None:
    world = to_github
    issue = handed_over(world)
    world.run_quiet()
    world.github.store.repository("example/webapp").archived = True
    world.desk.rename("support-1", issue, "Export stops")
    world.later()
    report = world.cycle()
    assert report.exit_code == 1
    assert any("archived" in problem for problem in report.problems), report.problems
    assert "flag:mirror" in world.desk.issues()[0].labels
    world.github.store.repository("example/webapp").archived = False
    world.later(600)
    world.run_quiet()
    assert [one.title for one in world.dev.issues()] == ["Export stops"]
    assert "flag:mirror" not in world.desk.issues()[0].labels


def test_a_short_listing_ends_and_closes_nothing(world: MirrorWorld) -> None:
    handed_over(world, "One")
    handed_over(world, "Two")
    world.run_quiet()
    for box in (world.github, world.jira):
        box.faults.add("server-error", status=500, match=r"(issues\?|search/jql|bulkfetch)", skip=1, times=3)
    world.later(DAY)
    world.cycle()
    for box in (world.github, world.jira):
        box.faults.clear()
    world.later(DAY)
    world.run_quiet()
    assert ended(world) == ["", ""]
    assert all(one.open for one in (*world.desk.issues(), *world.dev.issues()))


def test_nothing_is_said_on_a_twin_that_left_its_project(to_jira: MirrorWorld) -> None:
    issue = handed_over(to_jira)
    to_jira.run_quiet()
    (twin,) = to_jira.dev.issues()
    move(to_jira.dev, twin.id)
    to_jira.desk.comment("support-1", issue, "Only for development.")
    to_jira.later()
    to_jira.cycle()
    said = [str(one.body) for one in to_jira.jira.store.data.comments.values()]
    assert not [one for one in said if "Only for development" in one]
    to_jira.later()
    to_jira.run_quiet()
    assert ended(to_jira) == ["the twin is not there any more (moved to ELSE-1)"]
