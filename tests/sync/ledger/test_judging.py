from datetime import timedelta

import pytest
from ledger_samples import NOW, QUEUE, a_batch, an_issue, minutes, ref

from tierkeeper.plugins.model.event import Gone, Verdict
from tierkeeper.sync.ledger import Judged, Ledger


def due(ledger: Ledger, *, after_minutes: float = 0, fingerprint: str = "f") -> list[str]:
    page = ledger.due(QUEUE, now=NOW + minutes(after_minutes), fingerprint=fingerprint, limit=100)
    return [one.id for one in page]


def rest(ledger: Ledger, *numbers: int, fingerprint: str = "f", facets: dict[str, str | None] | None = None) -> None:
    judgements = [Judged(ref=ref(number), fingerprint=fingerprint, facets=facets) for number in numbers]
    ledger.judged_many(judgements, now=NOW)


def test_an_issue_is_due_when_its_wake_up_comes(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    ledger.judged(ref(1), now=NOW, fingerprint="f", wake_at=NOW + minutes(10))
    assert due(ledger, after_minutes=9) == []
    assert due(ledger, after_minutes=10) == ["1"]
    rest(ledger, 1)
    assert due(ledger, after_minutes=10) == []


def test_a_closed_issue_wakes_but_a_changed_policy_does_not_make_it_due(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue(1), an_issue(2, is_open=False)), now=NOW)
    ledger.judged(ref(1), now=NOW, fingerprint="f", wake_at=None)
    ledger.judged(ref(2), now=NOW, fingerprint="f", wake_at=NOW + minutes(5))
    assert due(ledger, fingerprint="new") == ["1"]
    assert due(ledger, after_minutes=5) == ["2"]


def test_an_edited_policy_makes_every_issue_due_that_was_judged_by_any_older_one(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(*(an_issue(number) for number in range(1, 6))), now=NOW)
    rest(ledger, 1, 2, fingerprint="b")
    rest(ledger, 3, fingerprint="a")
    rest(ledger, 4, 5, fingerprint="c")
    assert due(ledger, fingerprint="b") == ["3", "4", "5"]


def test_pages_of_due_issues_meet_each_issue_once(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(*(an_issue(number) for number in range(1, 40))), now=NOW)
    rest(ledger, *range(1, 20), fingerprint="old")
    for number in range(5, 25):
        ledger.judged(ref(number), now=NOW, fingerprint="old", wake_at=NOW)
    met: list[str] = []
    while page := ledger.due(QUEUE, now=NOW, fingerprint="f", limit=7, after=met[-1] if met else ""):
        assert len(page) <= 7
        met += [one.id for one in page]
    assert met == sorted(str(number) for number in range(1, 40))


def test_a_failed_issue_stays_due_and_waits_twice_as_long_each_time(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue(), an_issue(2)), now=NOW)
    rest(ledger, 2)
    waits = [ledger.failed(ref(1), "TR01 raised", now=NOW) for _ in range(12)]
    assert waits[:4] == [minutes(1), minutes(2), minutes(4), minutes(8)]
    assert waits[-1] == timedelta(hours=6)
    assert due(ledger, after_minutes=359, fingerprint="f") == []
    assert due(ledger, after_minutes=360, fingerprint="f") == ["1"]
    (kept,) = ledger.quarantined()
    assert (kept.ref, kept.reason, kept.attempts) == (ref(1), "TR01 raised", 12)


def test_a_change_of_a_failed_issue_ends_its_wait(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    ledger.failed(ref(1), "no", now=NOW)
    ledger.store(QUEUE, a_batch(an_issue(updated=1, title="changed")), now=NOW)
    assert due(ledger) == ["1"]
    assert [one.attempts for one in ledger.quarantined()] == [1]


def test_asking_again_ends_the_wait_of_a_failed_issue(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    ledger.failed(ref(1), "no", now=NOW)
    assert ledger.mark_dirty(ref(1))
    assert not ledger.mark_dirty(ref(1))
    assert not ledger.mark_dirty(ref(2))
    assert due(ledger) == ["1"]


def test_a_success_ends_the_quarantine(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    ledger.failed(ref(1), "no", now=NOW)
    rest(ledger, 1)
    assert ledger.quarantined() == []


def test_a_failed_issue_that_is_gone_leaves_the_quarantine(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    ledger.failed(ref(1), "no", now=NOW)
    ledger.mark_gone(ref(1), Gone("deleted"))
    ledger.failed(ref(1), "no", now=NOW)
    assert ledger.quarantined() == []


def test_the_first_verdict_on_a_change_of_a_facet_is_kept(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    first = Verdict(facet="tier", event="7", outcome="put back", at=NOW)
    later = Verdict(facet="tier", event="7", outcome="allowed", at=NOW + minutes(1))
    other = Verdict(facet="priority", event="7", outcome="stands", at=NOW + minutes(2))
    ledger.judged(ref(1), now=NOW, fingerprint="f", wake_at=None, verdicts=[first])
    ledger.judged(ref(1), now=NOW, fingerprint="f", wake_at=None, verdicts=[later, other])
    found = ledger.history(QUEUE, "1")
    assert found is not None
    assert found.history.verdicts == (first, other)


def test_verdicts_that_rest_on_no_event_are_all_kept(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue()), now=NOW)
    both = [Verdict(facet="tier", event="", outcome="set", at=NOW + minutes(number)) for number in range(2)]
    ledger.judged(ref(1), now=NOW, fingerprint="f", wake_at=None, verdicts=both)
    found = ledger.history(QUEUE, "1")
    assert found is not None
    assert list(found.history.verdicts) == both


def test_the_board_counts_open_issues_by_queue_and_tier(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(*(an_issue(number, is_open=number != 3) for number in range(1, 6))), now=NOW)
    rest(ledger, 1, 2, 3, facets={"tier": "support", "priority": None})
    rest(ledger, 4, facets={"priority": "high"})
    rest(ledger, 1)
    assert ledger.board() == {QUEUE: {"": 2, "support": 2}}
    assert ledger.issue_count(QUEUE) == 5
    found = ledger.history(QUEUE, "1")
    assert found is not None
    assert found.facets == {"tier": "support", "priority": None}


def test_judging_many_is_all_or_nothing(ledger: Ledger) -> None:
    ledger.store(QUEUE, a_batch(an_issue(1), an_issue(2)), now=NOW)

    def breaking() -> object:
        yield Judged(ref=ref(1), fingerprint="f")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ledger.judged_many(breaking(), now=NOW)  # type: ignore[arg-type]  # a generator that breaks
    assert due(ledger) == ["1", "2"]
