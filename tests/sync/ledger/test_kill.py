"""A ledger that was killed at any moment opens, holds all of a step or nothing of it, and goes on."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ledger_samples import NOW, QUEUE, a_batch, a_comment, an_event, an_issue, ref
from sqlalchemy import event

from tierkeeper.plugins.model.desk import Reading, RoleSource
from tierkeeper.plugins.model.event import Gone, Snapshot, Verdict
from tierkeeper.plugins.tracker import Batch
from tierkeeper.sync.ledger import Act, Ledger

BATCH = Batch(
    cursor="2",
    issues=(an_issue(1, updated=3, title="new"), an_issue(2), an_issue(4)),
    events=(an_event("1"), an_event("2", 2)),
    comments=(a_comment("1"), a_comment("2", 2), a_comment("9", updated=9, body="edited")),
    incomplete=("2",),
    gone=(ref(3),),
)
READ = Snapshot(issue=an_issue(1, title="read"), events=(an_event("5"),), comments=(a_comment("5"),))
VERDICT = Verdict(facet="tier", event="1", outcome="allowed", at=NOW)
ACT = Act(at=NOW, queue=QUEUE, issue="1", key="1", what="tier")
STEPS: dict[str, Callable[[Ledger], object]] = {
    "store": lambda ledger: ledger.store(QUEUE, BATCH, now=NOW),
    "store_snapshot": lambda ledger: ledger.store_snapshot(QUEUE, READ, now=NOW),
    "judged": lambda ledger: ledger.judged(
        ref(1), now=NOW, fingerprint="f", wake_at=NOW, verdicts=[VERDICT], facets={"tier": "support"}
    ),
    "failed": lambda ledger: ledger.failed(ref(1), "no", now=NOW),
    "mark_gone": lambda ledger: ledger.mark_gone(ref(1), Gone("deleted")),
    "record": lambda ledger: ledger.record(ACT),
    "open_intent": lambda ledger: ledger.open_intent(ref(1), kind="issue", marker="m", detail="", now=NOW),
    "add_reading": lambda ledger: ledger.add_reading(RoleSource("jira", "group", "a"), Reading(NOW, frozenset("b"))),
    "begin": lambda ledger: ledger.begin(NOW),
}


class Killed(BaseException):
    """The process dies here."""


def killed_at(place: Path, number: int, step: Callable[[Ledger], object]) -> bool:
    """Open the ledger and take the step, but die before statement `number`. Whether it came to that."""
    ledger = Ledger.open(place, desk="web")
    count = 0

    def die(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise Killed

    event.listen(ledger._connection.engine, "before_cursor_execute", die)
    try:
        step(ledger)
    except Killed:
        return True
    finally:
        event.remove(ledger._connection.engine, "before_cursor_execute", die)
        ledger.close()
    return False


def dump(place: Path) -> list[object]:
    with Ledger.open(place, desk="web") as ledger:
        assert ledger.check() == []
        raw: Any = ledger._connection.connection.driver_connection
        return list(raw.iterdump())


def a_start(place: Path) -> None:
    with Ledger.open(place, desk="web") as ledger:
        ledger.store(QUEUE, a_batch(an_issue(1), an_issue(3), a_comment("9"), cursor="1"), now=NOW)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_is_killed_before_any_statement_leaves_nothing_of_itself_and_can_be_taken_again(
    tmp_path: Path, name: str
) -> None:
    whole = tmp_path / "whole.sqlite"
    a_start(whole)
    before = dump(whole)
    assert not killed_at(whole, 0, STEPS[name])
    after = dump(whole)
    assert after != before
    place = tmp_path / "killed.sqlite"
    a_start(place)
    number = 1
    while killed_at(place, number, STEPS[name]):
        assert dump(place) == before
        number += 1
    assert number > 1
    assert dump(place) == after


RUN = """
import sys
from pathlib import Path
from ledger_samples import *
from tierkeeper.sync.ledger import Ledger
with Ledger.open(Path(sys.argv[1]), desk="web") as ledger:
    for page in range(int(ledger.cursor(QUEUE) or 0) + 1, 100_000):
        items = [an_issue(number) for number in range(page * 10, page * 10 + 10)]
        comments = [a_comment("1", number) for number in range(page * 10, page * 10 + 10)]
        ledger.store(QUEUE, a_batch(*items, *comments, cursor=str(page)), now=NOW)
        print(page, flush=True)
"""


def test_a_process_that_is_killed_for_real_loses_nothing_that_it_had_stored(place: Path) -> None:
    helpers = str(Path(__file__).parents[2])
    for lines in (1, 7, 40):
        with subprocess.Popen(
            [sys.executable, "-c", RUN, str(place)], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": helpers}
        ) as process:
            assert process.stdout is not None
            said = [int(process.stdout.readline()) for _ in range(lines)]
            process.kill()
        with Ledger.open(place, desk="web") as ledger:
            cursor = int(ledger.cursor(QUEUE))
            assert cursor >= said[-1]
            assert ledger.issue_count(QUEUE) == cursor * 10
            found = ledger.histories(QUEUE, [ref(number) for number in range(cursor * 10, cursor * 10 + 10)], own="")
            assert [len(one.history.comments) for one in found] == [1] * 10
            assert ledger.check() == []


def test_a_ledger_goes_on_after_a_signal_in_the_middle_of_a_statement(place: Path) -> None:
    a_start(place)
    with Ledger.open(place, desk="web") as ledger:
        engine = ledger._connection.engine

        def interrupt(*_: Any) -> None:
            raise KeyboardInterrupt

        event.listen(engine, "before_cursor_execute", interrupt)
        with pytest.raises(KeyboardInterrupt):
            ledger.begin(NOW)
        event.remove(engine, "before_cursor_execute", interrupt)
        ledger.begin(NOW)
        assert ledger.began is not None
