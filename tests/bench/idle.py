"""A cycle in which nothing changed: how much it asks and how much it works, with few issues and with many."""

import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench.figure import Figure
from bench.samples import fill_quietly
from desk_world import World, world

REQUESTS = 3
NOT_MODIFIED = 304
ROUNDS = 5
GROWTH = 1.5


class Idle(NamedTuple):
    """One size: the requests of an idle cycle by status, and the least CPU seconds of several."""

    issues: int
    statuses: list[int]
    seconds: float

    @property
    def all_304(self) -> bool:
        """Whether it was one 304 a feed and nothing else."""
        return self.statuses == [NOT_MODIFIED] * REQUESTS


def idle_cycles(*, quick: bool) -> list[Figure]:
    """An idle cycle's requests, and its CPU seconds with many issues beside those with few."""
    few = _measured(100)
    many = _measured(1_000 if quick else 10_000)
    figures = [_requests(few), _requests(many)]
    growth = many.seconds / few.seconds
    shown = f"{many.seconds * 1000:.0f} ms with {many.issues:,} issues, {few.seconds * 1000:.0f} ms with {few.issues}"
    ratio = f"{growth:.2f} × as much with {many.issues // few.issues} × as many"
    return [*figures, Figure("idle cycle, CPU", shown, ratio, f"≤ {GROWTH} ×", growth <= GROWTH)]


def _requests(idle: Idle) -> Figure:
    name = f"idle cycle, requests, {idle.issues:,} issues"
    ratio = f"{len(idle.statuses) / idle.issues:.4f} an issue"
    shown = f"{len(idle.statuses)}, {'all' if idle.all_304 else 'not all'} 304"
    return Figure(name, shown, ratio, f"{REQUESTS}, all 304", idle.all_304)


def _measured(issues: int) -> Idle:
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as there:
        there.box.set_now(fill_quietly(there.box.store, issues))
        for _ in range(3):  # the first reads all, the second what GitHub may have shown late, the third nothing
            there.later()
            assert there.cycle().problems == []
        return min((_once(there, issues) for _ in range(ROUNDS)), key=lambda idle: idle.seconds)


def _once(there: World, issues: int) -> Idle:
    there.later()
    there.box.requests.clear()
    began = time.thread_time()
    report = there.cycle()
    seconds = time.thread_time() - began
    assert report.problems == []
    assert report.written == 0
    return Idle(issues, [call.status for call in there.box.requests], seconds)
