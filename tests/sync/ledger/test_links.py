"""Links between twins, and what is to be carried over."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tierkeeper.plugins.model.issue import Issue, Ref
from tierkeeper.plugins.model.mirror import Carried, Link
from tierkeeper.plugins.tracker import Batch
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.links import Links

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Any:
    with Ledger.open(tmp_path / "ledger.sqlite", desk="web") as opened:
        yield opened


def ref(queue: str, number: int) -> Ref:
    return Ref(queue, str(number), f"{queue.upper()}-{number}")


def linked(number: int, target: Ref | None = None) -> Link:
    return Link(mirror="dev", source=ref("desk", number), place="webapp", sent=NOW, target=target)


def store(ledger: Ledger, queue: str, *numbers: int) -> None:
    issues = tuple(Issue(ref=ref(queue, number), title="x", created=NOW, updated=NOW, open=True) for number in numbers)
    ledger.store(queue, Batch(cursor="1", issues=issues), now=NOW)


def test_a_link_is_found_from_either_side_and_kept_as_it_was_put(ledger: Ledger) -> None:
    links = Links(ledger)
    links.put(linked(1))
    assert [one.source.id for one in links.open()] == ["1"]
    whole = Link(
        mirror="dev",
        source=ref("desk", 1),
        place="webapp",
        sent=NOW,
        target=ref("webapp", 7),
        base={"title": "x", "priority": None},
        comments=(Carried("c1", "d1", "abc"),),
    )
    links.put(whole)
    assert links.open() == []
    assert links.of([ref("desk", 1)]) == links.of([ref("webapp", 7)]) == links.all() == [whole]
    assert links.targets("webapp", ["7", "8"]) == {"7"}
    assert links.of([ref("webapp", 1)]) == []
    links.drop(whole)
    assert links.all() == []


def test_one_issue_is_the_twin_of_one_other(ledger: Ledger) -> None:
    links = Links(ledger)
    links.put(linked(1, ref("webapp", 7)))
    with pytest.raises(Exception, match="UNIQUE"):
        links.put(linked(2, ref("webapp", 7)))


def test_what_changed_is_due_until_it_is_done_and_what_fails_waits_longer_each_time(ledger: Ledger) -> None:
    links = Links(ledger)
    store(ledger, "desk", 1, 2)
    links.mark_changed("desk")
    links.mark_changed("webapp")
    assert [one.id for one in links.due("desk", now=NOW)] == ["1", "2"]
    links.done([ref("desk", 1)])
    waits = []
    moment = NOW
    for _ in range(4):
        links.hold(ref("desk", 2), "no right to label", now=moment)
        (held,) = links.held()
        assert held.retry_at is not None
        waits.append((held.retry_at - moment) / timedelta(minutes=1))
        moment = held.retry_at
        assert links.due("desk", now=moment - timedelta(seconds=1)) == []
        assert links.due("desk", now=moment) == [ref("desk", 2)]
    assert (waits, held.attempts, held.since, held.reason) == ([1, 2, 4, 8], 4, NOW, "no right to label")
    links.hold(ref("desk", 2), "again", now=moment)
    links.mark([ref("desk", 2)])
    assert links.due("desk", now=moment) == [ref("desk", 2)]
