"""The platform's clock goes on during a run: what we write is later than the run, and the next one finds nothing."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_acts import acts, lay, play
from desk_world import OWN, World, minutes, world
from hypothesis import HealthCheck, given, settings
from jira_desk import JiraDesk, jira_desk
from mirror_world import PAIRINGS, mirror_world
from ticking import ticking

from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.overview import ANY, Overview

PROMISES = """\
calendar: office
calendars: {office: {hours: {mon-fri: ["08:00-12:00", "13:00-18:00"]}}}
promises:
  announce: always
  targets: [{first_response: 2bh, next_update: 3h, resolution: 1bd, time_to_own: 1h}]
  tiers: {help-desk: {own: 1h, hold: 1bd}, support: {own: 2h, hold: 2bd}}
"""


def run(desk: World, *, anew: bool = False) -> list[tuple[str, str]]:
    """What a run writes while time goes on; `anew`: it looks at every issue."""
    if anew:
        policy = desk.policy()
        with Ledger.open(desk.ledger_path, desk=policy.desk.name) as ledger:
            for ref in (ref for queue in policy.queues for ref in Overview(ledger).issues(queue, ANY)):
                ledger.mark_dirty(ref)
    before = len(desk.writes())
    with ticking(desk.box, own=OWN):
        assert desk.cycle().problems == []
    return desk.writes()[before:]


def run_twice(desk: World) -> list[tuple[str, str]]:
    """What a run writes; the one right after it, and the one after a minute, write nothing."""
    written = run(desk)
    for pause in (1, 60):
        desk.later(pause)
        assert run(desk, anew=True) == []
    return written


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        lay(made)
        made.rules += ["PR01:", "PR02:", "PR03:"]
        made.extra += PROMISES
        if isinstance(made, JiraDesk):
            made.box.store.add_field("Due time", type="datetime")
            made.extra = made.extra.replace("facets:\n", "facets:\n  due: {jira: {field: Due time}}\n")
        made.cycle()
        yield made


def test_a_due_time_that_hangs_on_our_own_act_does_not_move_by_seconds(desk: World) -> None:
    number = desk.reports("user-2", "Export fails", ("instance:berlin-01",), "Steps: export")
    desk.later(61 + 58)  # two seconds before the minute is full
    assert run_twice(desk)
    assert desk.tier(number) == {"key-users"}
    desk.labels_issue("key-user-1", number, "priority:high")
    desk.later()
    run_twice(desk)
    desk.says("key-user-1", number, "/handover help-desk\n\nTried: a restart")
    desk.later(58)
    assert run_twice(desk)
    assert desk.tier(number) == {"help-desk"}
    desk.hands("help-desk-1", number, "development")  # put back, and what the help desk promised goes on
    desk.later(58 + 61)
    assert run_twice(desk)
    assert desk.tier(number) == {"help-desk"}
    desk.later(minutes(46))
    run_twice(desk)
    desk.later(minutes(15))
    assert run_twice(desk)


def test_an_automation_flagged_in_the_run_that_moves_its_issue_on_keeps_no_flag(desk: World) -> None:
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",), "Steps: export")
    desk.labels_issue("support-1", number, "kind:feature", "component:export")
    desk.later()
    run_twice(desk)
    desk.hands("release-bot", number, "support")
    desk.later()
    assert run_twice(desk)
    assert desk.tier(number) == {"development"}
    assert "flag:TR01" not in desk.labels(number)


@pytest.mark.parametrize("made", [world, jira_desk], ids=["github", "jira"])
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts)
def test_whatever_people_do_a_run_soon_after_the_first_writes_nothing(
    made: Any, story: list[tuple[str, str, str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder, made(Path(folder)) as desk:
        lay(desk)
        desk.rules += ["PR01:", "PR02:", "PR03:"]
        desk.extra += PROMISES
        desk.cycle()
        number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",), "Steps: export")
        for act in story:
            play(desk, number, act)
            desk.later()
            run_twice(desk)


@pytest.mark.parametrize("pairing", PAIRINGS)
def test_pairs_stay_in_step_while_time_goes_on(pairing: str, tmp_path: Path) -> None:
    with mirror_world(pairing, tmp_path) as there:
        there.rules = "{PR01: }\n" + PROMISES.replace("help-desk: {own: 1h, hold: 1bd}, ", "")

        def written() -> list[tuple[str, str]]:
            before = len(there.writes())
            with ticking(there.github, there.jira, own=OWN):
                assert there.run().problems == []
            return there.writes()[before:]

        there.desk.report("key-user-1", "Export fails", labels=("tier:development",))
        there.later()
        assert written()
        (twin,) = there.dev.issues()
        for word in ("Which browser?", ""):
            if word:
                there.dev.comment("dev-1", twin.id, word)
            else:
                there.dev.close("dev-1", twin.id)
            there.later()
            assert written()
            there.later(1)
            written()  # reads back what was carried over
            for pause in (1, 61):
                there.later(pause)
                assert written() == []
