"""The real incident log, all of it: over HTTP, a cycle for each week. Takes minutes."""

import tempfile
import time
from pathlib import Path

from bench.figure import Figure
from bench.real_log import PUBLISHED, count_rows, log_file, replay

QUICK_INCIDENTS = 1_000


def whole_log(*, quick: bool) -> list[Figure]:
    """The whole log, or its first thousand incidents; nothing where it is not there."""
    path = log_file()
    if path is None:
        return []
    incidents = QUICK_INCIDENTS if quick else None
    began = time.perf_counter()
    expected = count_rows(path, incidents)
    counting = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        outcome = replay(path, Path(folder), incidents=incidents)
    cycles = f"{len(outcome.reports)} cycles in {outcome.cycles:.0f} s by the clock"
    requests = f"{outcome.requests:,} requests, {outcome.requests / outcome.issues:.2f} an issue"
    beside = f"{outcome.cycles / counting:.0f} × counting the file's rows"
    equal = outcome.counts == expected and (quick or expected == PUBLISHED) and not outcome.problems
    shown = f"{outcome.issues:,} incidents, {cycles}, {requests}"
    return [Figure("real log", shown, beside, "the ledger holds what the file says", equal)]
