"""What people do while a run is on its way, or by a clock ahead of ours: nothing is lost, nothing is written over."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from desk_world import World, world
from jira_desk import jira_desk
from priority_desk import gives, priority, with_priorities
from soak.stage import Stage, stage

from tierkeeper.plugins.model.event import Event
from tierkeeper.sync.apply import Writer
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.history import _by_time_and_id
from tierkeeper.sync.ledger.overview import OPEN, Overview


@pytest.fixture(params=["github", "jira"])
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with stage(request.param, tmp_path) as made:
        yield made


def with_help_desk(there: Stage) -> int:
    desk = there.desk
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    there.cycle()
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    there.cycle()
    return number


def in_the_middle_of_a_write(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Somebody acts when the look again is over, once."""
    look = Writer._look_again
    done: list[int] = []

    def meddled(self: Writer, *given: Any) -> Any:
        looked = look(self, *given)
        if not done:
            done.append(1)
            act()
        return looked

    monkeypatch.setattr(Writer, "_look_again", meddled)


def test_of_two_commands_the_second_is_judged_once_the_first_is_carried_out(there: Stage) -> None:
    number = with_help_desk(there)
    there.desk.says("help-desk-1", number, "/handover support one")
    there.desk.says("support-1", number, "/handover development two")
    for _ in range(3):
        there.desk.later(5)
        there.cycle()
    assert there.desk.tier(number) == {"development"}


def test_what_bears_a_later_time_than_the_run_is_judged_by_a_later_run(there: Stage) -> None:
    number = with_help_desk(there)
    there.desk.hands("user-2", number, "development")
    there.desk.says("user-1", number, "/handover support please")
    there.cycle(skew=-300)
    assert there.desk.writes() == []
    there.desk.later()
    there.cycle()
    there.desk.later()
    there.cycle()
    assert there.desk.tier(number) == {"help-desk"}
    assert "Not carried out" in there.desk.comments(number)[0]


def test_a_later_word_that_a_run_is_too_early_to_judge_is_not_written_over(there: Stage) -> None:
    number = with_help_desk(there)
    there.desk.hands("user-2", number, "development")
    there.desk.later(90)
    there.desk.hands("help-desk-1", number, "support")
    there.cycle(skew=-20)
    assert there.desk.tier(number) == {"support"}
    there.desk.later()
    there.cycle()
    assert there.desk.tier(number) == {"support"}
    assert there.desk.writes() == []


def test_a_command_that_falls_between_our_look_and_our_write_is_judged(
    there: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = with_help_desk(there)
    there.desk.hands("user-2", number, "development")
    there.desk.later()
    in_the_middle_of_a_write(monkeypatch, lambda: there.desk.says("help-desk-1", number, "/handover support now"))
    for _ in range(3):
        there.cycle()
        there.desk.later()
    assert there.desk.tier(number) == {"support"}


@pytest.mark.parametrize("on", ["help-desk", "development"])
def test_a_command_without_an_answer_is_not_run_again_where_a_person_went_on_since(there: Stage, on: str) -> None:
    number = with_help_desk(there)
    there.desk.says("help-desk-1", number, "/handover support now")
    there.desk.later(5)
    there.desk.box.faults.add("cut-after-write", match="^(POST .*/labels|PUT .*/issue/)", times=1)
    there.cycle()
    faults: World = there.desk
    faults.box.faults.clear()
    if "tier:help-desk" in there.desk.labels(number):  # GitHub takes two requests, of which one was cut
        there.desk.unlabels("support-1", number, "tier:help-desk")
    assert there.desk.tier(number) == {"support"}
    there.desk.hands("support-1", number, on)
    for _ in range(3):
        there.desk.later(600)
        there.cycle()
    assert there.desk.tier(number) == {on}


def test_a_label_that_a_commands_broken_write_left_goes_where_no_rule_guards_it(tmp_path: Path) -> None:
    with world(tmp_path) as desk:
        with_priorities(desk)
        number = desk.reports("support-1", "Export fails")
        gives(desk, "support-1", number, "High")
        desk.later()
        desk.run_quiet()
        desk.says("support-1", number, "/priority Low it can wait")
        desk.later()
        desk.box.faults.add("server-error", match="^DELETE .*/labels/", times=1, status=502)
        assert desk.cycle().problems
        assert {"priority:High", "priority:Low"} <= desk.labels(number)
        desk.later(3600)
        desk.run_quiet()
        assert priority(desk, number) == "Low"


def test_what_an_issue_was_created_with_comes_before_all_else_of_the_same_time() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    ids = ("10005:0.1", "created:10002:label:tier:support", "9:0.0")
    made = [Event(id=id_, issue="1", at=at, kind="label") for id_ in ids]
    assert [one.id for one in sorted(made, key=_by_time_and_id)] == [ids[1], ids[2], ids[0]]


def test_a_native_value_that_somebody_sets_while_another_is_put_back_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with jira_desk(tmp_path) as desk:
        with_priorities(desk, "PO03: {mode: enforce, roles: {priority: [support]}}")
        number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
        desk.later()
        desk.run_quiet()
        gives(desk, "key-user-1", number, "Highest")
        desk.later()
        in_the_middle_of_a_write(monkeypatch, lambda: gives(desk, "support-2", number, "Low"))
        assert desk.cycle().problems == []
        desk.later()
        desk.run_quiet()
        assert priority(desk, number) == "Low"


def test_what_was_left_open_under_an_old_key_is_closed_under_the_new_one(tmp_path: Path) -> None:
    with jira_desk(tmp_path) as desk:
        desk.cycle()
        desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
        desk.later()
        desk.run_quiet()
        with Ledger.open(desk.ledger_path, desk="Web application") as ledger:
            ref = Overview(ledger).issues("webapp", OPEN)[0]
            ledger.open_intent(ref, kind="comment", marker="status", detail="", now=desk.box.now)
        desk.box.store.rename_project("HELP", "SHOP")
        desk.project = "SHOP"
        desk.later()
        desk.run_quiet()
        with Ledger.open(desk.ledger_path, desk="Web application") as ledger:
            assert Overview(ledger).issues("webapp", OPEN)[0].key != ref.key
            assert ledger.open_intents() == []
