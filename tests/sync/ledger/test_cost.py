"""What a cycle pays does not grow with what the ledger holds."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

from ledger_samples import NOW, QUEUE, a_batch, a_comment, an_event, an_issue, ref

from tierkeeper.plugins.tracker import Batch
from tierkeeper.sync.ledger import Judged, Ledger, Stored


def work_of(ledger: Ledger, action: Callable[[], object]) -> int:
    """How many steps SQLite's own machine takes, whatever the computer."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    raw = ledger._connection.connection.driver_connection
    assert raw is not None
    raw.set_progress_handler(count, 1)
    action()
    raw.set_progress_handler(None, 1)
    return steps


def batch_of(start: int, end: int) -> Batch:
    numbers = range(start, end)
    events = [an_event(str(event), number) for number in numbers for event in range(3)]
    comments = [a_comment(str(comment), number) for number in numbers for comment in range(2)]
    return a_batch(*(an_issue(number) for number in numbers), *events, *comments)


def costs_as_it_fills(ledger: Ledger, action: Callable[[], object]) -> list[int]:
    costs = []
    for start, end in pairwise((100, 150, 1000)):
        ledger.store(QUEUE, batch_of(start, end), now=NOW)
        judgements = [
            Judged(ref=ref(number), fingerprint="f", wake_at=NOW + timedelta(days=1)) for number in range(start, end)
        ]
        ledger.judged_many(judgements, now=NOW)
        costs.append(work_of(ledger, action))
    return costs


def test_an_idle_look_for_due_issues_costs_the_same_for_few_and_for_many(ledger: Ledger) -> None:
    def look() -> None:
        assert ledger.due(QUEUE, now=NOW, fingerprint="f", limit=100) == []

    few, many = costs_as_it_fills(ledger, look)
    assert many <= few + 5


def test_what_comes_again_costs_the_same_for_few_and_for_many(ledger: Ledger) -> None:
    batch = batch_of(100, 120)

    def again() -> None:
        assert ledger.store(QUEUE, batch, now=NOW) == Stored()

    few, many = costs_as_it_fills(ledger, again)
    assert many <= few + 20


def test_histories_cost_the_same_among_few_and_among_many(ledger: Ledger) -> None:
    def read() -> None:
        assert len(ledger.histories(QUEUE, [ref(number) for number in range(100, 120)], own="")) == 20

    few, many = costs_as_it_fills(ledger, read)
    assert many <= few + 20
