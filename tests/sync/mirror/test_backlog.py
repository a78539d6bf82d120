"""A full backlog: no more than was allowed and the budget lets through, in turn, going on by itself. Over HTTP."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from mirror_world import MirrorWorld, mirror_world

from tierkeeper.sync.mirror.rota import _how_far

SECOND_MIRROR = ", labels: {}}\n  to-dev-high: {from: desk, to: dev, when: {tier: support}"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[MirrorWorld]:
    """With a budget of eight creates a minute and forty an hour."""
    with mirror_world("jira-github", tmp_path) as there:
        there.limits = {"creates_a_minute": 8, "creates_an_hour": 40}
        yield there


def backlog(world: MirrorWorld, count: int, tier: str = "development") -> None:
    for number in range(count):
        world.desk.report("key-user-1", f"{tier} {number}", "It stops.", (f"tier:{tier}",))
    world.later()


def test_more_than_max_changes_is_listed_and_nothing_is_written(world: MirrorWorld) -> None:
    backlog(world, 6)
    report = world.cycle(max_changes=5)
    assert (report.exit_code, report.over, report.guarded) == (1, 6, 6)
    assert len(report.plans) == 6
    assert world.dev.issues() == []
    assert world.writes() == []


def test_closing_counts_and_so_do_twins(world: MirrorWorld) -> None:
    backlog(world, 2)
    world.run_quiet()
    for issue in world.desk.issues():
        world.desk.close("support-1", issue.id)
    world.later()
    report = world.cycle(max_changes=1)
    assert (report.over, [one.open for one in world.dev.issues()]) == (2, [True, True])
    assert world.cycle(max_changes=2).exit_code == 0
    assert [one.open for one in world.dev.issues()] == [False, False]


def test_a_backlog_goes_on_where_it_stopped_and_names_the_hour(world: MirrorWorld) -> None:
    backlog(world, 30)
    report = world.cycle(max_changes=30)
    assert report.exit_code == 1
    assert len(world.dev.issues()) == 8
    (left,) = report.left
    assert (left.queue, left.issues) == ("mirror to-dev", 22)
    assert left.goes_on is not None
    assert left.done_by is not None
    assert left.goes_on - world.github.now <= timedelta(minutes=2)
    assert timedelta(minutes=50) < left.done_by - world.github.now < timedelta(minutes=75)
    assert "done by about" in report.problems[-1]
    made = []
    for _ in range(30):  # what was allowed once need not be allowed again
        world.later(300)
        report = world.cycle(max_changes=0)
        assert report.over == 0
        made.append(len(world.dev.issues()))
        if report.exit_code == 0:
            break
    assert made == sorted(made)
    assert made[-1] == 30
    assert abs(left.done_by - world.github.now) < timedelta(minutes=15)
    assert Counter(one.title for one in world.dev.issues()).most_common(1)[0][1] == 1
    world.limits = {}
    world.run_quiet()


def test_what_was_not_allowed_yet_is_counted_beside_what_was(world: MirrorWorld) -> None:
    backlog(world, 12)
    world.cycle(max_changes=12)
    backlog(world, 3)
    report = world.cycle(max_changes=2)
    assert (report.guarded, report.over) == (3, 3)
    assert len(world.dev.issues()) == 8


def test_pairs_share_a_budget_in_turn(world: MirrorWorld) -> None:
    world.extra = SECOND_MIRROR
    backlog(world, 10, "development")
    backlog(world, 10, "support")
    report = world.cycle(max_changes=20)
    made = Counter(one.title.split()[0] for one in world.dev.issues())
    assert made == {"development": 4, "support": 4}
    assert sorted((one.queue, one.issues) for one in report.left) == [("mirror to-dev", 6), ("mirror to-dev-high", 6)]


def test_it_is_told_how_far_it_is(world: MirrorWorld) -> None:
    backlog(world, 6)
    world.cycle()
    assert "mirrors: 6 of 6 pairs, about 0 s left" in world.progress
    assert _how_far(100, 400, timedelta(minutes=2)) == "mirrors: 100 of 400 pairs, about 6 min left"
