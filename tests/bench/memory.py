"""Memory: `python -m bench.memory N` pulls and judges issues that a tracker makes up as it goes; prints its peak."""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bench.figure import Figure
from bench.samples import APART, batches, desk
from desk_world import START

from tierkeeper.plugins.memory import MemoryTracker
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.tracker import Batch, Cursor
from tierkeeper.plugins.transport.ports import ManualWall
from tierkeeper.sync.cycle import Cycle
from tierkeeper.sync.ledger import Ledger

TARGET = 200
GROWTH = 1.25
SIZES = (10_000, 100_000)
QUICK_SIZES = (3_000, 10_000)


class EndlessTracker(MemoryTracker):
    """A tracker with so many issues, none of which it keeps."""

    def __init__(self, issues: int) -> None:
        super().__init__()
        self._count = issues

    def pull(self, queue: Queue, cursor: Cursor) -> Iterator[Batch]:  # noqa: ARG002  # as in the port
        return batches(0 if cursor else self._count)


def peak(issues: int) -> float:
    """Pull and judge so many issues in this process; its peak in MB."""
    policy = desk(mode="flag")
    now = START + timedelta(seconds=issues) + 100 * APART
    tracker = EndlessTracker(issues)
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "desk.sqlite", desk="bench") as ledger:
        ledger.begin(START)
        cycle = Cycle(
            policy=policy,
            ledger=ledger,
            trackers={"github": tracker},
            now=now,
            wall=ManualWall(now),
            write=True,
            max_changes=policy.max_changes,
        )
        report = cycle.run()
    assert (report.judged, report.written, report.problems) == (issues, 0, []), report
    return high_water()


def high_water() -> float:
    """The most memory that this process ever held, in MB; what it was forked from may have held more."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # bytes on macOS


def memory(*, quick: bool) -> list[Figure]:
    """The peak with few and with many issues, each in a process of its own."""
    few, many = QUICK_SIZES if quick else SIZES
    small, large = (_of_process(issues) for issues in (few, many))
    growth = large / small
    shown = f"{small:.0f} MB with {few:,} issues, {large:.0f} MB with {many:,}"
    met = large < TARGET and growth <= GROWTH
    ratio = f"{growth:.2f} × as much with {many // few} × as many"
    return [Figure("memory, pull and judge", shown, ratio, f"< {TARGET} MB and ≤ {GROWTH} ×", met)]


def _of_process(issues: int) -> float:
    command = [sys.executable, "-m", "bench.memory", str(issues)]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


if __name__ == "__main__":
    sys.stdout.write(f"{peak(int(sys.argv[1])):.1f}\n")
