"""A first reading over HTTP: 10,000 issues, 100,000 events, 20 ms an answer; then an edited policy."""

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from bench.figure import Figure
from bench.reader import Taken, Task
from bench.samples import APART, BODY, EVENTS, LABELS, REPLY, fill
from desk_world import REPO, START, World, world
from jira_desk import JiraDesk, jira_desk

LATENCY = 0.02
BUDGET = 5_000
BUDGETS = {"GitHub": 2, "Jira": 1}  # GitHub cuts its feed of events; open issues behind the cut are read one by one
HOUR = 3_600
MINUTES = 10
MEMORY = 200
SIZE, QUICK_SIZE = 10_000, 500
TABLES = ("issue", "event", "comment")
EDIT = ("  TR01:\n", "  TR01: {most: 9}\n")


def first_reading(*, quick: bool) -> list[Figure]:
    """What a first reading takes on each tracker, and an edited policy after it."""
    count = QUICK_SIZE if quick else SIZE
    return [*_on_github(count), *_on_jira(count)]


def ask(there: World, policy: str) -> Taken:
    """Run one cycle over this policy in a process of its own, a minute later."""
    there.later()
    task = Task(policy=policy, ledger=str(there.ledger_path), now=there.box.now, token=there.token)
    command = [sys.executable, "-m", "bench.reader"]
    done = subprocess.run(command, check=True, input=msgspec.json.encode(task), stdout=subprocess.PIPE)
    taken = msgspec.json.decode(done.stdout, type=Taken)
    assert (len(taken.problems), taken.written) == (taken.left, 0), taken
    return taken


@contextmanager
def _slow(there: World) -> Iterator[None]:
    fault = there.box.faults.add("latency", seconds=LATENCY)
    yield
    fault.times = 0


def _on_github(count: int) -> list[Figure]:
    with ExitStack() as stack:
        there = stack.enter_context(world(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        there.box.set_now(fill_github(there, count))
        return _measured("GitHub", there, count, idle=3)


def _on_jira(count: int) -> list[Figure]:
    with ExitStack() as stack:
        there = stack.enter_context(jira_desk(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        there.box.set_now(fill_jira(there, count))
        return _measured("Jira", there, count, idle=1)


def _measured(name: str, there: World, count: int, *, idle: int) -> list[Figure]:
    with _slow(there):
        first = [ask(there, there.policy_text())]
        while first[-1].left:
            there.later(HOUR)
            first.append(ask(there, there.policy_text()))
    assert sum(run.judged for run in first) == count, first
    while ask(there, there.policy_text()).changed:  # what is read twice, since it may have been shown late
        pass
    edited = ask(there, there.policy_text().replace(*EDIT))
    assert edited.judged == count, edited
    return [*_figures(name, _size(there), count, first), _edited(name, count, edited, idle)]


def _size(there: World) -> str:
    """What the ledger holds."""
    with closing(sqlite3.connect(there.ledger_path)) as ledger:
        issues, events, comments = (ledger.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES)
    return f"{issues:,} issues, {events:,} events, {comments:,} comments"


def _figures(name: str, size: str, count: int, runs: list[Taken]) -> list[Figure]:
    requests, cpu = sum(run.requests for run in runs), sum(run.cpu for run in runs)
    clock, peak = sum(run.wall for run in runs) / 60, max(run.peak for run in runs)
    minutes, hours = (requests * LATENCY + cpu) / 60, requests / BUDGET
    asked = f"{requests:,} requests, {hours:.0%} of {BUDGET:,} an hour; runs: {len(runs)}"
    took = f"{minutes:.1f} minutes at {LATENCY * 1000:.0f} ms an answer ({cpu:.0f} s of CPU)"
    here = f"{clock:.1f} minutes by the clock, the sandbox on the same machine"
    met = hours <= BUDGETS[name]
    return [
        Figure(
            f"first reading, {name}, {size}", asked, f"{requests / count:.2f} an issue", f"≤ {BUDGETS[name]:.0%}", met
        ),
        Figure(f"first reading, {name}, time", took, here, f"≤ {MINUTES} minutes", minutes <= MINUTES),
        Figure(f"first reading, {name}, memory", f"{peak:.0f} MB", "at the most", f"< {MEMORY} MB", peak < MEMORY),
    ]


def _edited(name: str, count: int, edited: Taken, idle: int) -> Figure:
    shown = f"{edited.requests} requests, {edited.cpu:.1f} s of CPU for {count:,} open cases"
    beside = f"{count / edited.cpu:,.0f} cases a CPU second"
    return Figure(f"edited policy, {name}", shown, beside, f"{idle} requests", edited.requests == idle)


def fill_github(there: World, count: int) -> datetime:
    """As in `fill`, with two more events an issue."""
    until = fill(there.box.store, count)
    for number in range(1, count + 1):
        at = START + (number * EVENTS + 6) * APART
        there.box.store.add_labels(REPO, number, ["urgent"], "support-1", at=at)
        there.box.store.remove_label(REPO, number, "urgent", "support-1", at=at + timedelta(seconds=30))
    return until


def fill_jira(there: JiraDesk, count: int) -> datetime:
    """The same on Jira: ten entries an issue in its changelog."""
    store, ids = there.box.store, there.ids
    for number in range(1, count + 1):
        at = START + number * APART * EVENTS
        key = store.create_issue(
            there.project,
            ids["key-user-1"],
            "Saving an order fails",
            description=BODY,
            labels=["tier:help-desk", *LABELS],
            at=at,
        )
        owners = ("help-desk-1", "help-desk-2", None, "support-1", "support-2", "support-1")
        for place, owner in enumerate(owners, 1):
            store.assign(key, ids["help-desk-1"], ids[owner] if owner else None, at=at + place * APART / 2)
        store.set_labels(key, ids["help-desk-1"], ["tier:support", *LABELS], at=at + 4 * APART)
        for place, labels in enumerate((["urgent"], [], ["later"]), 8):
            store.set_labels(
                key, ids["support-1"], ["tier:support", *LABELS, *labels], at=at + place * APART / 2 + APART
            )
        for place, who in enumerate(("help-desk-1", "key-user-1"), 6):
            store.comment(key, ids[who], REPLY, at=at + place * APART)
    return START + (count + 2) * APART * EVENTS
