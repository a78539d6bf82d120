"""PR02 over HTTP: who is told of a promise at risk or missed, once, by the moment itself; nothing twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import World, world
from jira_desk import jira_desk

HOUR = 3600.0
STEPS = "[{at: 50%, tell: owner}, {after: 0m, tell: lead}, {after: 4h, tell: leader}]"


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        made.mode = "flag"
        made.rules = [f"PR02: {{ladder: {STEPS}}}"]
        made.extra = "promises: {targets: [{resolution: 8h}]}\n"
        yield made


def settle(desk: World) -> None:
    desk.later()
    desk.run_quiet()


def with_support(desk: World) -> int:
    """Reported at 9:00; the first run came before."""
    desk.run_quiet()
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    settle(desk)
    for who, tier in (("key-user-1", "help-desk"), ("help-desk-1", "support")):
        desk.hands(who, number, tier)
        settle(desk)
    return number


def told(desk: World, number: int) -> list[str]:
    return [body for body in desk.comments(number) if "(promised: 8h)" in body and "@" in body]


def test_each_step_is_told_once_when_its_moment_has_come(desk: World) -> None:
    number = with_support(desk)
    desk.later(3.5 * HOUR)
    desk.run_quiet()
    assert told(desk, number) == []
    desk.later(HOUR)
    desk.run_quiet()
    assert len(told(desk, number)) == 1
    assert "Solution is due on 23 Nov 2026 17:00 CET" in told(desk, number)[0]
    desk.later(HOUR)
    desk.run_quiet()
    assert len(told(desk, number)) == 1
    desk.later(3 * HOUR)
    desk.run_quiet()
    assert len(told(desk, number)) == 2
    assert "was due on 23 Nov 2026 17:00 CET and is missed" in told(desk, number)[1]


def test_after_downtime_only_the_highest_step_is_told(desk: World) -> None:
    number = with_support(desk)
    desk.later(40 * HOUR)
    desk.run_quiet()
    assert len(told(desk, number)) == 1
    assert "was due on 23 Nov 2026 17:00 CET and is missed" in told(desk, number)[0]
    desk.later(40 * HOUR)
    desk.run_quiet()
    assert len(told(desk, number)) == 1


def test_the_first_run_tells_nobody_of_what_lay_before_it(desk: World) -> None:
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later(9 * HOUR)
    desk.run_quiet()
    assert told(desk, number) == []
    desk.later(4 * HOUR)
    desk.run_quiet()
    assert len(told(desk, number)) == 1


def test_a_lost_ledger_tells_nobody_again(desk: World) -> None:
    number = with_support(desk)
    desk.later(9 * HOUR)
    desk.run_quiet()
    assert len(told(desk, number)) == 1
    for name in ("desk.sqlite", "desk.sqlite-wal", "desk.sqlite-shm"):
        desk.ledger_path.with_name(name).unlink(missing_ok=True)
    settle(desk)
    assert len(told(desk, number)) == 1


def test_a_closed_issue_tells_nobody(desk: World) -> None:
    number = with_support(desk)
    desk.says("support-1", number, "It works again.")
    desk.closes("support-1", number)
    desk.later(40 * HOUR)
    desk.run_quiet()
    assert told(desk, number) == []
