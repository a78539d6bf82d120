import msgspec
import pytest
from ledger_samples import NOW, QUEUE, a_batch, an_issue, minutes, ref

from tierkeeper.plugins.model.event import Deed, Gone, Snapshot
from tierkeeper.sync.ledger import Act, Ledger


def an_act(number: int, issue: int = 1) -> Act:
    return Act(
        at=NOW + minutes(number),
        queue=QUEUE,
        issue=str(issue),
        key=str(issue),
        what=f"act {number}",
        rule="TR01",
        evidence=("7", "8"),
    )


def test_acts_come_back_oldest_first_by_issue_by_time_and_as_many_as_asked_for(ledger: Ledger) -> None:
    acts = [an_act(number, issue=1 + number % 2) for number in range(5)]
    assert [ledger.record(act) for act in acts] == [1, 2, 3, 4, 5]
    assert ledger.acts() == acts
    assert ledger.acts(ref(2)) == [acts[1], acts[3]]
    assert ledger.acts(since=NOW + minutes(3)) == acts[3:]
    assert ledger.acts(limit=2) == acts[3:]


def test_what_we_wrote_to_a_facet_is_a_deed_for_a_person_or_not_and_of_several_owners_one_each() -> None:
    done = msgspec.structs.replace(an_act(1), facet="tier", after="support")
    assert done.deeds() == (Deed(facet="tier", after="support", at=done.at, asked=done.at),)
    asked = msgspec.structs.replace(done, person="anna", event="c1", asked=NOW)
    assert asked.deeds() == (Deed(facet="tier", after="support", at=done.at, person="anna", event="c1", asked=NOW),)
    owners = msgspec.structs.replace(done, facet="owner", after="anna,bert")
    assert [deed.after for deed in owners.deeds()] == ["anna", "bert"]


@pytest.mark.parametrize("changed", [{}, {"facet": "sla", "after": "ok"}, {"facet": "tier", "mode": "shadow"}])
def test_a_comment_how_promises_stand_and_what_was_only_shown_are_no_deeds(changed: dict[str, str]) -> None:
    assert msgspec.structs.replace(an_act(1), **changed).deeds() == ()


def test_an_intent_is_open_until_its_outcome_is_known(ledger: Ledger) -> None:
    first = ledger.open_intent(ref(1), kind="comment", marker="m1", detail="status", now=NOW)
    second = ledger.open_intent(ref(2), kind="issue", marker="m2", detail="twin", now=NOW)
    assert [(one.id, one.ref, one.kind, one.marker, one.detail, one.opened) for one in ledger.open_intents()] == [
        (first, ref(1), "comment", "m1", "status", NOW),
        (second, ref(2), "issue", "m2", "twin", NOW),
    ]
    ledger.close_intent(first, "created 12", now=NOW + minutes(1))
    ledger.close_intent(first, "again", now=NOW + minutes(2))
    assert [one.id for one in ledger.open_intents()] == [second]
    assert ledger.open_intents(ref(1)) == []


def test_an_intent_is_no_open_question_while_its_issue_is_gone(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue(1), cursor="1"), now=NOW)
    opened = ledger.open_intent(ref(1), kind="comment", marker="m1", detail="status", now=NOW)
    ledger.mark_gone(ref(1), Gone("moved", "DEV-1"))
    assert ledger.open_intents() == []
    ledger.store_snapshot(QUEUE, Snapshot(issue=an_issue(1), events=(), comments=()), now=NOW)
    assert [one.id for one in ledger.open_intents()] == [opened]


def test_a_key_fires_once(ledger: Ledger) -> None:
    assert ledger.fire_once("1:leader:2026-11-22", now=NOW)
    assert not ledger.fire_once("1:leader:2026-11-22", now=NOW + minutes(5))
    assert ledger.fire_once("2:leader:2026-11-22", now=NOW)


def test_the_last_runs_say_what_they_did_and_which_was_cut_off(ledger: Ledger) -> None:
    killed = ledger.start_run("run", now=NOW, wall=NOW)
    done = ledger.start_run("plan", now=NOW, wall=NOW + minutes(5))
    ledger.end_run(done, {"judged": 3}, exit_code=1, wall=NOW + minutes(6))
    newest, older = ledger.last_runs(5)
    assert (newest.id, newest.command, newest.counts, newest.exit_code) == (done, "plan", {"judged": 3}, 1)
    assert newest.ended == NOW + minutes(6)
    assert (older.id, older.ended, older.exit_code) == (killed, None, None)
    assert [one.id for one in ledger.last_runs(1)] == [done]


def test_the_beginning_is_noted_once(ledger: Ledger) -> None:
    assert ledger.began is None
    ledger.begin(NOW)
    ledger.begin(NOW + minutes(60))
    assert ledger.began == NOW
