"""Many small queues in one run: 200 repositories of five issues each."""

import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from bench.figure import Figure
from bench.first_reading import BUDGET, LATENCY, ask
from bench.reader import Taken
from bench.samples import REPLY
from desk_world import OWN, PEOPLE, START, World, world

QUEUES, QUICK_QUEUES = 200, 20
ISSUES = 5
ONE = "  webapp: {tracker: github, repository: example/webapp}\n"
FEEDS = 3


def many_queues(*, quick: bool) -> list[Figure]:
    """What the first run takes, and one in which nothing changed."""
    count = QUICK_QUEUES if quick else QUEUES
    with ExitStack() as stack:
        there = stack.enter_context(world(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        queues = "".join(_queue(there, number) for number in range(1, count + 1))
        there.later(3_600)
        policy = there.policy_text().replace(ONE, queues)
        first = ask(there, policy)
        assert first.judged == count * ISSUES, first
        for _ in range(2):  # what GitHub may have shown late
            ask(there, policy)
        idle = ask(there, policy)
    return [
        _figure(f"{count} queues, first run", count, first, 8),
        _figure(f"{count} queues, idle", count, idle, FEEDS),
    ]


def _queue(there: World, number: int) -> str:
    """One repository with its issues; its line in the policy."""
    name, store = f"example/part-{number}", there.box.store
    store.add_repository(name, permissions={OWN: "admin", **PEOPLE})
    store.add_label(name, "tier:help-desk")
    for place in range(ISSUES):
        at = START + timedelta(seconds=place)
        store.create_issue(name, "key-user-1", "Saving an order fails", REPLY, labels=["tier:help-desk"], at=at)
    return f"  part-{number}: {{tracker: github, repository: {name}}}\n"


def _figure(name: str, count: int, taken: Taken, most: int) -> Figure:
    seconds = taken.requests * LATENCY + taken.cpu
    asked = f"{taken.requests:,} requests ({taken.requests / BUDGET:.0%} of {BUDGET:,})"
    shown = f"{asked}, {seconds:.0f} s at {LATENCY * 1000:.0f} ms an answer ({taken.cpu:.1f} s of CPU)"
    each = taken.requests / count
    return Figure(name, shown, f"{each:.2f} requests a queue", f"≤ {most} a queue", each <= most)
