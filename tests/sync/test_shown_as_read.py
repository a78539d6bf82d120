"""What a run writes is what the next one would: everything looked at anew, at once, nothing is written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import World, world
from jira_desk import JiraDesk, jira_desk
from priority_desk import gives, priority, with_priorities

PROMISES = """\
calendar: office
calendars: {office: {hours: {mon-fri: ["08:00-18:00"]}}}
promises:
  announce: always
  targets:
    - {when: {priority: Highest}, first_response: 5m}
    - {first_response: 2bh}
  tiers:
    development: {own: 1bd}
"""


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        yield made


def test_a_claim_that_is_set_right_is_no_handover(desk: World) -> None:
    desk.cycle()
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01", "tier:support"))
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"key-users"}
    assert "|" not in desk.comments(number)[0]


def test_promises_are_told_as_they_stand_once_a_priority_is_put_back(desk: World) -> None:
    with_priorities(desk, "PR01:", "PO04:")
    desk.extra += PROMISES
    if not isinstance(desk, JiraDesk):
        desk.box.store.add_label("example/webapp", "sla:ok")
    desk.cycle()
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    desk.later(600)
    gives(desk, "user-2", number, "Highest")
    desk.later(600)
    desk.run_quiet()
    assert priority(desk, number) != "Highest"
    [status] = [body for body in desk.comments(number) if "tierkeeper:status" in body or "Promised" in body]
    assert "first answer within 2bh" in status
    assert "5m" not in status


def test_a_tier_that_a_put_back_leaves_promises_nothing_more(desk: World) -> None:
    with_priorities(desk)
    desk.extra += PROMISES
    desk.cycle()
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == set()
    assert "development taking it within 1bd, done" in desk.comments(number)[0]


def test_a_command_is_heard_in_the_run_that_judges_what_it_follows(desk: World) -> None:
    desk.cycle()
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    desk.hands("key-user-1", number, "help-desk")
    desk.later(5)
    desk.says("help-desk-1", number, "/handover support tried: a restart")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"support"}
