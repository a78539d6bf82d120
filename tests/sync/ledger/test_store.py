import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_samples import NOW, QUEUE, a_batch, a_comment, an_event, an_issue, minutes, ref

from tierkeeper.plugins.errors import LedgerError
from tierkeeper.plugins.model.event import Gone, History, Snapshot, Verdict
from tierkeeper.plugins.model.issue import Comment, Issue, Ref
from tierkeeper.plugins.tracker import Batch
from tierkeeper.sync.ledger import Act, Ledger, Stored


def due(ledger: Ledger) -> list[str]:
    return [one.id for one in ledger.due(QUEUE, now=NOW, fingerprint="f", limit=100)]


def judge_all(ledger: Ledger) -> None:
    for one in ledger.due(QUEUE, now=NOW, fingerprint="f", limit=100):
        ledger.judged(one, now=NOW, fingerprint="f", wake_at=None)


def known(ledger: Ledger, number: int = 1) -> History:
    found = ledger.history(QUEUE, str(number))
    assert found is not None
    return found.history


def test_a_batch_is_stored_with_its_cursor_and_marks_its_issues(ledger: Ledger) -> None:
    stored = ledger.store(QUEUE, a_batch(an_issue(), an_event("7"), a_comment("3"), cursor="c"), now=NOW)
    assert stored == Stored(issues=1, events=1, comments=1, dirtied=1)
    assert ledger.cursor(QUEUE) == "c"
    assert due(ledger) == ["1"]


def test_a_queue_never_read_has_an_empty_cursor(ledger: Ledger) -> None:
    assert ledger.cursor("other") == ""


def test_a_batch_that_comes_again_changes_nothing(ledger: Ledger) -> None:
    batch = a_batch(an_issue(), an_event("7"), a_comment("3"))
    ledger.store(QUEUE, batch, now=NOW)
    judge_all(ledger)
    assert ledger.store(QUEUE, batch, now=NOW) == Stored()
    assert due(ledger) == []


def test_an_issue_of_which_only_the_time_of_the_last_touch_moved_is_not_judged_again(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    judge_all(ledger)
    assert ledger.store(QUEUE, a_batch(an_issue(updated=5)), now=NOW).dirtied == 0
    assert known(ledger).issue.updated == NOW + minutes(5)
    assert due(ledger) == []


def test_an_older_snapshot_from_a_lagging_index_does_not_overwrite_a_newer_one(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue(updated=5, title="new")), now=NOW)
    assert ledger.store(QUEUE, a_batch(an_issue(updated=1, title="old")), now=NOW).issues == 0
    assert known(ledger).issue.title == "new"


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        (a_batch(an_issue(updated=1, title="other")), True),
        (a_batch(an_event("8", at=3)), True),
        (a_batch(a_comment("4", at=3)), True),
        (a_batch(a_comment("3", updated=9, body="changed")), True),
        (a_batch(a_comment("3", updated=9)), False),
        (Batch(cursor="", incomplete=("1",)), True),
        (a_batch(), False),
    ],
)
def test_what_is_new_marks_the_issue_and_what_is_not_does_not(ledger: Ledger, news: Batch, expected: bool) -> None:
    ledger.store(QUEUE, a_batch(an_issue(), an_event("7"), a_comment("3")), now=NOW)
    judge_all(ledger)
    assert ledger.store(QUEUE, news, now=NOW).dirtied == int(expected)
    assert due(ledger) == (["1"] if expected else [])


def test_events_and_comments_that_come_before_their_issue_are_joined_to_it(ledger: Ledger) -> None:
    early = ledger.store(QUEUE, a_batch(an_event("7"), a_comment("3")), now=NOW)
    assert (early.events, early.comments, early.dirtied) == (1, 1, 0)
    assert ledger.history(QUEUE, "1") is None
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    assert [one.id for one in known(ledger).events] == ["7"]
    assert [one.id for one in known(ledger).comments] == ["3"]


def test_events_are_ordered_by_time_and_then_by_the_number_that_their_id_is(ledger: Ledger) -> None:
    events = [an_event("10"), an_event("9"), an_event("1", at=5), an_event("100", at=-1)]
    ledger.store(QUEUE, a_batch(an_issue(), *events, a_comment("2", at=2), a_comment("11", at=1)), now=NOW)
    assert [one.id for one in known(ledger).events] == ["100", "9", "10", "1"]
    assert [one.id for one in known(ledger).comments] == ["11", "2"]


def test_an_issue_whose_old_events_cannot_be_had_is_incomplete(ledger: Ledger) -> None:
    ledger.store(QUEUE, Batch(cursor="", incomplete=("1",)), now=NOW)
    ledger.store(QUEUE, a_batch(an_issue(), an_issue(2)), now=NOW)
    assert not known(ledger).complete
    assert known(ledger, 2).complete


def test_a_gone_issue_is_due_no_more_and_its_wake_up_dies(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue(), an_issue(2)), now=NOW)
    ledger.judged(ref(1), now=NOW, fingerprint="f", wake_at=NOW)
    ledger.store(QUEUE, Batch(cursor="2", gone=(ref(1),)), now=NOW)
    ledger.mark_gone(ref(2), Gone("moved", "other/place#3"))
    assert ledger.due(QUEUE, now=NOW + minutes(60), fingerprint="another", limit=10) == []
    ledger.judged(ref(1), now=NOW, fingerprint="f", wake_at=NOW)
    assert ledger.due(QUEUE, now=NOW + minutes(60), fingerprint="another", limit=10) == []
    found = ledger.history(QUEUE, "2")
    assert found is not None
    assert found.gone == "moved to other/place#3"
    assert ledger.issue_count(QUEUE) == 0


def test_an_issue_that_comes_back_is_judged_again(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    ledger.mark_gone(ref(1), Gone("not found"))
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    assert due(ledger) == ["1"]


def test_a_direct_read_replaces_the_issue_drops_lost_comments_and_marks_nothing(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue(updated=9), an_event("7"), a_comment("3"), a_comment("4")), now=NOW)
    judge_all(ledger)
    read = Snapshot(
        issue=an_issue(updated=8, title="now"), events=(an_event("8", at=1),), comments=(a_comment("4", body="edited"),)
    )
    ledger.store_snapshot(QUEUE, read, now=NOW)
    assert known(ledger).issue.title == "now"
    assert [one.id for one in known(ledger).events] == ["7", "8"]
    assert [one.body for one in known(ledger).comments] == ["edited"]
    assert due(ledger) == []
    assert ledger.cursor(QUEUE) == "1"


def test_what_was_read_directly_and_comes_again_by_the_feed_marks_nothing(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    ours = Snapshot(issue=an_issue(updated=1, title="ours"), events=(an_event("8", at=1),), comments=(a_comment("4"),))
    ledger.store_snapshot(QUEUE, ours, now=NOW)
    judge_all(ledger)
    again = a_batch(ours.issue, *ours.events, *ours.comments, cursor="2")
    assert ledger.store(QUEUE, again, now=NOW) == Stored()


def test_histories_come_in_the_order_asked_for_and_skip_what_is_not_known(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue(1), an_issue(2), an_issue(3)), now=NOW)
    found = ledger.histories(QUEUE, [ref(3), ref(9), ref(1)], own="keeper")
    assert [one.history.issue.ref.id for one in found] == ["3", "1"]
    assert {one.history.own for one in found} == {"keeper"}


def test_histories_hold_the_verdicts_and_what_we_wrote_for_rules_and_for_people(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    verdict = Verdict(facet="tier", event="7", outcome="put back", at=NOW)
    ledger.judged(ref(1), now=NOW, fingerprint="f", wake_at=None, verdicts=[verdict])
    act = Act(at=NOW, queue=QUEUE, issue="1", key="1", what="tier", facet="tier", after="support", event="3")
    ledger.record(act)
    ledger.record(msgspec.structs.replace(act, person="mara", asked=NOW - minutes(1), note="as asked"))
    ledger.record(msgspec.structs.replace(act, person="mara", mode="shadow"))
    history = known(ledger)
    assert history.verdicts == (verdict,)
    assert [(deed.person, deed.after, deed.asked, deed.note) for deed in history.deeds] == [
        ("", "support", NOW, ""),
        ("mara", "support", NOW - minutes(1), "as asked"),
    ]


def test_an_issue_is_found_by_its_id_or_by_the_key_that_people_use(ledger: Ledger) -> None:
    issue = msgspec.structs.replace(an_issue(), ref=Ref("desk", "10007", "HELP-7"))
    ledger.store("desk", Batch(cursor="", issues=(issue,)), now=NOW)
    moved = msgspec.structs.replace(issue, ref=Ref("desk", "10007", "OPS-1"), updated=NOW + minutes(1))
    assert ledger.history("desk", "10007") == ledger.history("desk", "HELP-7")
    ledger.store("desk", Batch(cursor="", issues=(moved,)), now=NOW)
    assert ledger.history("desk", "HELP-7") is None
    assert ledger.history("desk", "OPS-1") is not None


def test_a_row_that_cannot_be_read_is_an_error_with_a_remedy(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    ledger._connection.exec_driver_sql("UPDATE snapshot SET blob = x'00'")
    with pytest.raises(LedgerError, match=r"cannot read .*`tierkeeper ledger rebuild`"):
        ledger.history(QUEUE, "1")


ISSUES = st.builds(
    lambda number, updated: an_issue(number, updated=updated, title=f"at {updated}", is_open=updated % 2 == 0),
    st.integers(1, 4),
    st.integers(0, 5),
)
EVENTS = st.builds(
    lambda number, issue: an_event(f"{issue}{number}", issue, at=number), st.integers(0, 9), st.integers(1, 4)
)
COMMENTS = st.builds(
    lambda number, issue, updated: a_comment(
        f"{issue}{number}", issue, at=number, updated=number + updated, body=f"at {updated // 2}"
    ),
    st.integers(0, 5),
    st.integers(1, 4),
    st.integers(0, 5),
)
BATCHES = st.lists(st.lists(ISSUES | EVENTS | COMMENTS, max_size=8).map(lambda items: a_batch(*items)), max_size=5)


def outcome(batches: Sequence[Batch]) -> list[tuple[Issue, frozenset[object], frozenset[Comment]]]:
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger", desk="web") as ledger:
        for batch in batches:
            ledger.store(QUEUE, batch, now=NOW)
        assert ledger.check() == []
        found = ledger.histories(QUEUE, [ref(number) for number in range(1, 5)], own="")
        assert len(due(ledger)) == len(found)
    return [(one.history.issue, frozenset(one.history.events), frozenset(one.history.comments)) for one in found]


@settings(deadline=None, max_examples=40)
@given(batches=BATCHES, data=st.data())
def test_neither_the_order_of_batches_nor_their_repetition_matters(batches: list[Batch], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(batches + batches))
    assert outcome(shuffled) == outcome(batches)
