"""A first reading goes on where it stopped: after any batch, the one on its way asked for again and no other."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from bench.first_reading import fill_github, fill_jira
from desk_world import World, world
from jira_desk import jira_desk
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tierkeeper.plugins.tracker import Batch, Ports
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget
from tierkeeper.sync.ledger import Ledger

QUEUE = "webapp"
START_UP = 3  # our own account, the repository or project, its fields: each at most once a process


def pull(there: World, ledger: Path, stop: int | None = None) -> int:
    """Pull in a process of its own, so to say; after `stop` batches it dies with the next one in its hands."""
    policy, wall = there.policy(), ManualWall(there.box.now)
    before = len(there.box.requests)
    with Ledger.open(ledger, desk=policy.desk.name) as opened:
        ports = Ports(budget=MemoryBudget(), etags=opened.etags, kept=opened.kept, wall=wall, secret=there.secret)
        ((name, entry),) = policy.trackers.items()
        tracker = entry.plugin.make(name, entry.options, ports)
        batches: Iterator[Batch] = iter(tracker.pull(policy.queues[QUEUE], opened.cursor(QUEUE)))
        for batch in islice(batches, stop):
            opened.store(QUEUE, batch, now=there.box.now)
        if stop is None:
            opened.etags.settle(wall.now())
        else:
            next(batches, None)
    return len(there.box.requests) - before


def content(ledger: Path) -> dict[str, list[Any]]:
    """All that was read, in order."""
    engine = create_engine(f"sqlite:///{ledger}", poolclass=NullPool)
    with engine.connect() as connection:
        return {
            table: sorted(map(tuple, connection.execute(text(f"select queue, id, blob from {table}"))), key=repr)
            for table in ("snapshot", "event", "comment")
        }


class Place(NamedTuple):
    """One tracker, how it is filled, what a batch is made of; dies each `step` batches; events `cut` at that page."""

    make: Callable[[Path], AbstractContextManager[Any]]
    fill: Callable[[Any, int], datetime]
    issues: int
    again: int
    step: int = 1
    cut: int = 0


PLACES = {
    "github": Place(world, fill_github, issues=60, again=1),  # a page
    "github, events cut off": Place(world, fill_github, issues=60, again=2, step=5, cut=2),  # a page, and the 422
    "jira": Place(jira_desk, fill_jira, issues=420, again=4),  # a search, what it had shown before, its changelogs
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_first_reading_that_dies_anywhere_is_taken_up_where_it_was(place: Place, tmp_path: Path) -> None:
    count = place.issues
    with place.make(tmp_path) as there:
        there.box.set_now(place.fill(there, count))
        if place.cut:
            there.box.faults.add("deep-page-422", pages=place.cut)
        whole = pull(there, tmp_path / "whole.sqlite")
        expected = content(tmp_path / "whole.sqlite")
        assert (len(expected["snapshot"]), len(expected["comment"])) == (count, 2 * count)
        assert len(expected["event"]) >= 10 * count
        stops = 0
        for stop in range(0, 100, place.step):
            ledger = tmp_path / f"{stop}.sqlite"
            spent = pull(there, ledger, stop)
            if spent >= whole:
                break
            stops += 1
            spent += pull(there, ledger)
            assert spent <= whole + START_UP + place.again, f"stopped after {stop} batches"
            assert content(ledger) == expected, f"stopped after {stop} batches"
        assert stops >= 4
