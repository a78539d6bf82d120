"""Mirrors over HTTP, in all four pairings: what both sandboxes are asked, and how long that takes."""

import re
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import NamedTuple

from bench.figure import Figure
from mirror_world import OWN, PAIRINGS, End, MirrorWorld, mirror_world

from tierkeeper.plugins.model.issue import Account, Issue, Ref
from tierkeeper.plugins.model.mirror import Link
from tierkeeper.plugins.sandbox.wire import Call
from tierkeeper.plugins.tracker import Batch
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links

LATENCY = 0.02
ISSUES, QUICK_ISSUES = 100, 20
PAIRS, QUICK_PAIRS = 10_000, 1_000
CHANGED = 5
FIRST = {"github": 420, "jira": 520}
IDLE = {"github": 3, "jira": 1}
ECHO, STEP = 16, 20
_HOUR = {"creates_a_minute": 100_000, "creates_an_hour": 100_000}  # GitHub's own limits are another figure
_APART = re.compile(
    r"GET /(user|repos/[^/]+/[^/?]+|rest/api/3/(myself|field|serverInfo|issuetype|status|priority|resolution)\b.*"
    r"|rest/api/3/(project|issue/createmeta)/.*)$"
)
_STATUS = re.compile(r"(?:PATCH|PUT) .*/comments?/(\d+)$")


class Asked(NamedTuple):
    """What one cycle asked, by tracker; `apart`: look-ups, visibility and status comments; the seconds of CPU."""

    requests: Counter[str]
    apart: int
    seconds: float

    @property
    def wall(self) -> float:
        """How long it takes where each answer takes 20 ms."""
        return (self.requests.total() + self.apart) * LATENCY + self.seconds

    def __str__(self) -> str:
        told = ", ".join(f"{count} to {NAMES[tracker]}" for tracker, count in sorted(self.requests.items()))
        return f"{told or 'none'} ({self.apart} apart)"


NAMES = {"github": "GitHub", "jira": "Jira"}


def mirrors(*, quick: bool) -> list[Figure]:
    """First mirror, echo, five changed issues (titles, priorities) and idle, for each pairing; idle with many pairs."""
    found = []
    for pairing in PAIRINGS:
        with tempfile.TemporaryDirectory() as folder, mirror_world(pairing, Path(folder)) as world:
            found += _figures(world, QUICK_ISSUES if quick else ISSUES, QUICK_PAIRS if quick else PAIRS)
    return found


def _figures(world: MirrorWorld, issues: int, pairs: int) -> list[Figure]:
    names = fill(world, issues)
    first = asked(world)
    echo = asked(world)
    while asked(world).requests != idle_of(world.pairing):  # what a tracker may show late is read twice
        pass
    idle = asked(world)
    steps = {"title or priority": list[Asked](), "priority": list[Asked]()}
    twins = [one.id for one in world.dev.issues()]
    for end, what in product((world.desk, world.dev), steps):
        change(world, end, (names if end is world.desk else twins)[:CHANGED], what)
        steps[what].append(asked(world))
        while asked(world).requests != idle_of(world.pairing):
            pass
    link_many(world, pairs)
    many = asked(world)
    most = {what: max(found, key=lambda one: one.requests.total()) for what, found in steps.items()}
    return [
        _figure(
            world, f"first mirror of {issues} issues", first, _first_is_met(first, issues), "≤ 420 GitHub, 520 Jira"
        ),
        _figure(world, "the cycle after it", echo, echo.requests.total() <= ECHO, f"≤ {ECHO}"),
        *(
            _figure(world, f"{CHANGED} issues with a new {what}", step, step.requests.total() <= STEP, f"≤ {STEP}")
            for what, step in most.items()
        ),
        _figure(world, "idle", idle, idle.requests == idle_of(world.pairing), "3 a repository, 1 a project"),
        _figure(world, f"idle, {pairs:,} pairs more", many, many.requests == idle.requests, "the same"),
    ]


def _first_is_met(first: Asked, issues: int) -> bool:
    return all(count <= FIRST[tracker] * issues / ISSUES for tracker, count in first.requests.items())


def _figure(world: MirrorWorld, what: str, found: Asked, met: bool, target: str) -> Figure:  # noqa: PLR0917 - of this page alone
    took = f"{found.wall:.1f} s at 20 ms an answer ({found.seconds:.1f} s of CPU)"
    return Figure(f"mirror {world.pairing}, {what}", str(found), took, target, met)


def fill(world: MirrorWorld, issues: int) -> list[str]:
    """Let people report issues to development, with two comments each; the look-ups of a start are made before it."""
    world.limits = dict(_HOUR)
    native = ", jira: {field: priority}" if "jira" in world.pairing else ""
    world.priority = f"{{values: [Highest, High, Medium, Low, Lowest]{native}}}"
    labels = ("tier:development",) if world.pairing.startswith("jira") else ("tier:development", "priority:Medium")
    assert world.cycle().problems == []
    made = []
    for number in range(issues):
        world.later(1)
        issue = world.desk.report("key-user-1", f"Export {number} fails", "It stops at **80 %**.", labels)
        for text in ("Since Monday.", "Also with another browser."):
            world.desk.comment("key-user-1", issue, text)
        made.append(issue)
    return made


def change(world: MirrorWorld, end: End, issues: Sequence[str], what: str) -> None:
    """Let people give these a new title or another priority (Jira's own, GitHub's label) in turn, and say something."""
    who = "support-1" if end is world.desk else "dev-1"
    value = ("High" if "title" in what else "Highest") if end is world.desk else "Low" if "title" in what else "Lowest"
    for number, issue in enumerate(issues):
        world.later(1)
        if "title" in what and number % 2 == 0:
            end.rename(who, issue, f"Export {number} stops, says {who}")
        else:
            end.prioritise(who, issue, value)
        end.comment(who, issue, f"Seen again, number {number}.")


def asked(world: MirrorWorld) -> Asked:
    """Run a cycle, an hour's budget away from the last one, and count."""
    world.later()
    for box in (world.github, world.jira):
        box.requests.clear()
    before = status_comments(world)
    began = time.thread_time()
    report = world.cycle(max_changes=1_000_000)
    seconds = time.thread_time() - began
    assert not report.problems, report.problems[:3]
    there = status_comments(world)
    requests: Counter[str] = Counter()
    apart = len(there - before) + report.census
    for name, box in (("github", world.github), ("jira", world.jira)):
        counted = [call for call in box.requests if not _is_apart(call, {id_ for end, id_ in there if end == name})]
        requests[name] = len(counted) - sum(end == name for end, _ in there - before)
        apart += len(box.requests) - len(counted)
    return Asked(+requests, apart, seconds)


def _is_apart(call: Call, status: set[int]) -> bool:
    asked = f"{call.method} {call.path}"
    edited = _STATUS.match(asked.partition("?")[0])
    return bool(_APART.match(asked)) or (edited is not None and int(edited[1]) in status)


def status_comments(world: MirrorWorld) -> set[tuple[str, int]]:
    """Our status comments on both sides, by tracker and id."""
    github = [
        one.id
        for one in world.github.store.data.comments.values()
        if one.author == OWN and "tierkeeper:status" in one.body
    ]
    jira = [one.id for one in world.jira.store.data.comments.values() if "status" in str(one.properties)]
    return {*(("github", id_) for id_ in github), *(("jira", id_) for id_ in jira)}


def idle_of(pairing: str) -> Counter[str]:
    """What a cycle asks in which nothing changed."""
    return Counter({kind: IDLE[kind] * pairing.split("-").count(kind) for kind in set(pairing.split("-"))})


def link_many(world: MirrorWorld, pairs: int) -> None:
    """Let the ledger know so many pairs more, in step and judged, as if they had been there for long."""
    numbers = range(1_000_000, 1_000_000 + pairs)
    at = world.github.now
    with Ledger.open(world.ledger_path, desk=world.policy().desk.name) as ledger:
        for queue in ("desk", "dev"):
            made = tuple(
                Issue(
                    ref=Ref(queue, str(number), str(number)),
                    title="Old",
                    created=at,
                    updated=at,
                    open=True,
                    author=Account("key-user-1"),
                )
                for number in numbers
            )
            ledger.store(queue, Batch(cursor=ledger.cursor(queue), issues=made), now=at)
        Links(ledger).put(
            *(
                Link(
                    mirror="to-dev",
                    source=Ref("desk", str(number), str(number)),
                    target=Ref("dev", str(number), str(number)),
                    place="dev",
                    sent=at,
                )
                for number in numbers
            )
        )
    with closing(sqlite3.connect(world.ledger_path)) as known, known:
        judged = "select max(fingerprint) from issue as one where one.queue = issue.queue and one.dirty = 0"
        known.execute(f"update issue set dirty = 0, fingerprint = ({judged}) where dirty = 1")
