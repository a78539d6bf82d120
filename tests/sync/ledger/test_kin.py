"""Reports that were joined, in the ledger: two generations, relatives judged again, and free where nobody asks."""

from datetime import timedelta

import msgspec
from ledger_samples import NOW, QUEUE, a_batch, a_comment, a_verdict_of, an_issue, ref
from sqlalchemy import event

from tierkeeper.plugins.model.event import Gone, Snapshot, Verdict
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.kin import Kin


def settle(ledger: Ledger, number: int, *verdicts: Verdict) -> None:
    ledger.judged(ref(number), now=NOW, fingerprint="f", wake_at=None, verdicts=verdicts)


def with_issues(ledger: Ledger, count: int) -> Kin:
    ledger.store(QUEUE, a_batch(*(an_issue(number) for number in range(1, count + 1))), now=NOW)
    rest(ledger, count)
    return Kin(ledger)


def rest(ledger: Ledger, count: int = 9) -> None:
    """Let all that is due be judged, and come to nothing."""
    for number in range(1, count + 1):
        settle(ledger, number)


def due(ledger: Ledger) -> list[str]:
    return [one.id for one in ledger.due(QUEUE, now=NOW, fingerprint="f", limit=100)]


def children(kin: Kin, number: int) -> list[str]:
    return [issue.ref.id for issue in kin.children(ref(number))]


def test_a_joined_report_has_a_parent_and_both_are_judged_again(ledger: Ledger) -> None:
    kin = with_issues(ledger, 3)
    before = ledger.joined
    settle(ledger, 2, a_verdict_of("1"))
    assert (before, ledger.joined) == (False, True)
    assert (kin.parent(ref(2)), children(kin, 1)) == (ref(1), ["2"])
    assert due(ledger) == ["1", "2"]


def test_a_report_moves_to_another_parent_and_goes_with_none(ledger: Ledger) -> None:
    kin = with_issues(ledger, 3)
    settle(ledger, 3, a_verdict_of("1", "a"))
    rest(ledger, 3)
    settle(ledger, 3, a_verdict_of("2", "b"))
    assert (kin.parent(ref(3)), children(kin, 1), children(kin, 2)) == (ref(2), [], ["3"])
    assert due(ledger) == ["1", "2", "3"]
    settle(ledger, 3, a_verdict_of("none", "c"))
    assert (kin.parent(ref(3)), children(kin, 2)) == (None, [])


def test_there_are_never_three_generations(ledger: Ledger) -> None:
    kin = with_issues(ledger, 4)
    settle(ledger, 2, a_verdict_of("1"))
    for number, parent in ((1, "3"), (3, "2"), (1, "2"), (4, "4"), (4, "77")):
        settle(ledger, number, a_verdict_of(parent, f"{number}-{parent}"))
    assert [kin.parent(ref(number)) for number in (1, 2, 3, 4)] == [None, ref(1), None, None]


def test_a_refused_command_joins_nothing(ledger: Ledger) -> None:
    kin = with_issues(ledger, 2)
    settle(ledger, 2, msgspec.structs.replace(a_verdict_of("1"), outcome="refused"))
    assert kin.parent(ref(2)) is None
    assert not ledger.joined


def test_what_happens_to_one_concerns_its_relatives_and_nobody_else(ledger: Ledger) -> None:
    with_issues(ledger, 4)
    for number in (2, 3):
        settle(ledger, number, a_verdict_of("1"))
    rest(ledger, 4)
    ledger.store(QUEUE, a_batch(a_comment("c", 1)), now=NOW)
    assert due(ledger) == ["1", "2", "3"]
    rest(ledger, 4)
    ledger.store(QUEUE, a_batch(an_issue(2, updated=1, title="Other")), now=NOW)
    assert due(ledger) == ["1", "2"]
    rest(ledger, 4)
    ledger.store_snapshot(QUEUE, Snapshot(issue=an_issue(1, updated=2), events=(), comments=()), now=NOW)
    assert due(ledger) == ["2", "3"]
    rest(ledger, 4)
    ledger.mark_gone(ref(1), Gone("deleted"))
    assert due(ledger) == ["2", "3"]
    assert Kin(ledger).parent(ref(2)) is None


def test_an_issue_is_found_by_its_key_where_that_is_not_its_id(ledger: Ledger) -> None:
    one = msgspec.structs.replace(an_issue(10012), ref=msgspec.structs.replace(ref(10012), key="HELP-7"))
    ledger.store(QUEUE, a_batch(one, an_issue(7)), now=NOW)
    kin = Kin(ledger)
    assert [kin.known(QUEUE, key) for key in ("HELP-7", "10012", "7", "8")] == [one.ref, one.ref, ref(7), None]


def test_recent_are_the_open_ones_that_nobody_joined(ledger: Ledger) -> None:
    kin = with_issues(ledger, 3)
    more = (an_issue(4, is_open=False), an_issue(5, updated=-60), an_issue(6, updated=1))
    ledger.store(QUEUE, a_batch(*more), now=NOW)
    settle(ledger, 3, a_verdict_of("1"))
    kin.prepare()
    found = [issue.ref.id for issue in kin.recent(QUEUE, NOW - timedelta(minutes=1))]
    assert sorted(found) == ["1", "2", "6"]
    assert found[0] == "6"


def test_a_desk_that_joins_nothing_pays_one_look_a_batch(ledger: Ledger) -> None:
    with_issues(ledger, 3)
    asked: list[str] = []
    event.listen(ledger._connection.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    ledger.store(QUEUE, a_batch(*(an_issue(number, updated=1, title="Other") for number in range(1, 4))), now=NOW)
    settle(ledger, 1)
    assert [sql for sql in asked if "kin" in sql] == ["SELECT 1 FROM kin LIMIT 1"]
