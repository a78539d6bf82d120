"""From ledger rows to plans: histories read back, cases, all bundled rules, plans; nothing is written."""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
from bench.figure import Figure, cpu_seconds
from bench.samples import APART, QUEUE, batches, desk
from desk_world import START

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.rules.policy.policy import ActiveRule, Policy
from tierkeeper.sync.judging import Court
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.work import CHUNK

TARGET = 5_000
SLOW_RULE = 50
CASES = 2_000
OWN = "tierkeeper"


def rows_to_plan(*, quick: bool) -> list[Figure]:
    """How many cases a CPU second judges, and what each rule takes of it: without promises, and with nine clocks."""
    count = CASES // 5 if quick else CASES
    return [
        *_measured("ledger rows to plan, the rules on tiers and priority", desk(), count),
        *_measured("ledger rows to plan, all bundled rules, 9 clocks each", desk(promises=True), count),
    ]


def _measured(name: str, policy: Policy, count: int) -> list[Figure]:
    now = START + timedelta(seconds=count) + 100 * APART
    court = Court(policy=policy, queue=policy.queues[QUEUE], own=OWN, now=now, since=START)
    refs = [Ref(QUEUE, str(number), str(number)) for number in range(1, count + 1)]
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "desk.sqlite", desk="bench") as ledger:
        for batch in batches(count, strangers=True):
            ledger.store(QUEUE, batch, now=now)
        histories = list(_histories(ledger, refs))
        texts = [msgspec.json.encode(history) for history in histories]
        ours, theirs = cpu_seconds(
            lambda: [court.consider(history).changes for history in _histories(ledger, refs)],
            lambda: [json.loads(text) for text in texts],
        )
    speed = count / ours
    put_back = sum(court.consider(history).guarded for history in histories)
    figure = f"{speed:,.0f} cases a CPU second ({count:,} cases, {put_back:,} of them put back)"
    ratio = f"{ours / theirs:.2f} × json.loads of the same histories"
    whole = Figure(name, figure, ratio, f"≥ {TARGET:,}", speed >= TARGET)
    cases = [court.case(history) for history in histories]
    promised = policy.desk.promises.made
    rules = [active for active in policy.rules if (active.rule.group == "promises") == promised]
    return [whole, *(_of_rule(active, cases, court, ours) for active in rules)]


def _of_rule(active: ActiveRule, cases: Sequence[Case], court: Court, whole: float) -> Figure:
    (spent,) = cpu_seconds(_judging(active, cases, court))
    each = spent / len(cases) * 1e6
    ratio = f"{spent / whole:.0%} of the whole way"
    return Figure(f"rule {active.code}", f"{each:.1f} µs a case", ratio, f"≤ {SLOW_RULE} µs", each <= SLOW_RULE)


def _judging(active: ActiveRule, cases: Sequence[Case], court: Court) -> Callable[[], object]:
    return lambda: [list(active.rule.judge(case, court.desk)) for case in cases]


def _histories(ledger: Ledger, refs: Sequence[Ref]) -> Iterator[History]:
    """As a cycle reads them: some hundreds at a time."""
    for start in range(0, len(refs), CHUNK):
        for known in ledger.histories(QUEUE, refs[start : start + CHUNK], own=OWN):
            yield known.history
