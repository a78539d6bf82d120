"""Trouble with one pair stays with it: put aside, labelled, tried again; the rest goes on. Over HTTP."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror_world import MirrorWorld, mirror_world

from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Held, Links

FLAG = "flag:mirror"
CREATE = {"github": r"POST /repos/example/webapp/issues$", "jira": r"POST /rest/api/3/issue$"}


@pytest.fixture
def from_jira(tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world("jira-github", tmp_path) as there:
        yield there


@pytest.fixture
def from_github(tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world("github-jira", tmp_path) as there:
        yield there


def handed_over(world: MirrorWorld, title: str = "Export fails", body: str = "It stops at 80 %.") -> str:
    issue: str = world.desk.report("key-user-1", title, body, ("tier:development",))
    world.later()
    return issue


def refuse_creates(world: MirrorWorld, *, times: int = 1, skip: int = 0) -> None:
    """The target takes no issue."""
    target = world.pairing.split("-")[1]
    box = world.github if target == "github" else world.jira
    box.faults.add(
        "server-error", status=422 if target == "github" else 400, match=CREATE[target], times=times, skip=skip
    )


def held(world: MirrorWorld) -> list[Held]:
    with Ledger.open(world.ledger_path, desk="Web application", read_only=True) as ledger:
        return Links(ledger).held()


def labels_of(world: MirrorWorld, issue: str) -> set[str]:
    return next(one.labels for one in world.desk.issues() if one.id == issue)


def titles(world: MirrorWorld) -> list[str]:
    return sorted(one.title for one in world.dev.issues())


def test_an_issue_that_fails_is_put_aside_with_a_label_and_the_rest_goes_on(world: MirrorWorld) -> None:
    issues = [handed_over(world, f"Issue {number}") for number in (1, 2, 3)]
    refuse_creates(world)
    report = world.cycle()
    assert report.exit_code == 1
    assert titles(world) == ["Issue 2", "Issue 3"]
    (one,) = held(world)
    assert one.ref.id == issues[0]
    assert (one.attempts, one.reason != "") == (1, True)
    (problem,) = report.problems
    assert one.reason in problem
    assert problem.startswith(f"{one.ref}")  # whose twin it is
    assert FLAG in labels_of(world, issues[0])
    world.later(10)
    before = len(world.writes())
    assert world.cycle().exit_code == 0
    assert world.writes()[before:] == []  # it waits
    world.later(60)
    world.run_quiet()
    assert titles(world) == ["Issue 1", "Issue 2", "Issue 3"]
    assert held(world) == []
    assert FLAG not in labels_of(world, issues[0])


def test_it_is_tried_less_and_less_often(from_jira: MirrorWorld) -> None:
    world = from_jira
    handed_over(world)
    refuse_creates(world, times=100)
    waits = []
    for _ in range(4):
        world.cycle()
        (one,) = held(world)
        assert one.retry_at is not None
        waits.append(round((one.retry_at - world.github.now).total_seconds() / 60))
        world.later(waits[-1] * 60)
    assert waits == [1, 2, 4, 8]
    assert one.attempts == 4


def test_a_twins_news_does_not_wake_what_was_put_aside(from_jira: MirrorWorld) -> None:
    world = from_jira
    issue = handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.github.faults.add("server-error", status=422, match=r"PATCH /repos/example/webapp/issues/\d+$", times=100)
    world.desk.rename("support-1", issue, "Another")
    world.later()
    world.cycle()
    before = len(world.writes())
    world.dev.comment("dev-1", twin.id, "I look at it.")
    world.later(5)
    assert world.cycle().problems == []
    assert world.writes()[before:] == []
    world.github.faults.clear()
    world.later()
    world.run_quiet()
    (source,) = world.desk.issues()
    assert any("I look at it." in text for _, text in source.comments)
    assert titles(world) == ["Another"]


def test_a_label_that_cannot_be_written_is_told_and_holds_up_nothing(from_github: MirrorWorld) -> None:
    world = from_github
    handed_over(world, "Issue 1")
    refuse_creates(world)
    world.github.faults.add("server-error", status=422, match=r"POST /repos/example/help/issues/\d+/labels", times=1)
    handed_over(world, "Issue 2")
    report = world.cycle()
    assert [problem for problem in report.problems if "the label flag:mirror could not be written" in problem]
    assert titles(world) == ["Issue 2"]
    world.later(5)
    assert world.cycle().exit_code == 0
    assert FLAG in labels_of(world, held(world)[0].ref.id)


def test_a_tracker_in_trouble_is_left_alone_and_its_marks_stay(world: MirrorWorld) -> None:
    for number in range(3):
        handed_over(world, f"Issue {number}")
    _source, target = world.pairing.split("-")
    box = world.github if target == "github" else world.jira
    box.faults.add("rate-limit", status=429, retry_after=900, match=CREATE[target], skip=1, times=1)
    report = world.cycle()
    (left,) = [one for one in report.left if one.queue == "mirror to-dev"]
    assert left.issues == 2
    assert left.goes_on is not None
    assert held(world) == []
    assert re.search(r"mirror to-dev: 2 issues not written; goes on at \d\d:\d\d", " ".join(report.problems))
    world.later(1000)
    world.run_quiet()
    assert len(world.dev.issues()) == 3
