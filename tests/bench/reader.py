"""One cycle in a process of its own: `python -m bench.reader` reads a task, and prints what the cycle took."""

import sys
import time
from datetime import datetime
from pathlib import Path

import msgspec
from bench.memory import high_water

from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.tracker import Ports
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget
from tierkeeper.rules.policy import load_policy
from tierkeeper.sync.cycle import Cycle
from tierkeeper.sync.ledger import Ledger


class Task(msgspec.Struct, frozen=True):
    """A cycle over the policy's text at `now`, with its ledger's file and its account's token."""

    policy: str
    ledger: str
    now: datetime
    token: str


class Taken(msgspec.Struct, frozen=True):
    """What a cycle did, how often it asked, and what it took: seconds of CPU and by the clock, MB at the most.

    `left`: how many queues it left to the next hour, for want of budget.
    """

    changed: int
    judged: int
    written: int
    problems: list[str]
    left: int
    requests: int
    cpu: float
    wall: float
    peak: float


def work(task: Task) -> Taken:
    """Run the cycle here."""
    policy = load_policy(task.policy, file="desk.yaml", host=load_plugins())
    wall = ManualWall(task.now)
    began, spent = time.perf_counter(), time.process_time()
    with Ledger.open(Path(task.ledger), desk=policy.desk.name) as ledger:
        ports = Ports(
            budget=MemoryBudget(), etags=ledger.etags, kept=ledger.kept, wall=wall, secret=lambda _name: task.token
        )
        trackers = {name: entry.plugin.make(name, entry.options, ports) for name, entry in policy.trackers.items()}
        cycle = Cycle(
            policy=policy,
            ledger=ledger,
            trackers=trackers,
            now=task.now,
            wall=wall,
            write=True,
            max_changes=policy.max_changes,
        )
        report = cycle.run()
    return Taken(
        changed=report.changed,
        judged=report.judged,
        written=report.written,
        problems=report.problems,
        left=len(report.left),
        requests=sum(report.requests.values()),
        cpu=time.process_time() - spent,
        wall=time.perf_counter() - began,
        peak=high_water(),
    )


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    sys.stdout.buffer.write(msgspec.json.encode(work(asked)))
