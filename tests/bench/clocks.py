"""All clocks of a busy desk's open issues: from cases to how each promise stands."""

import json
from datetime import timedelta

import msgspec
from bench.figure import Figure, cpu_seconds
from bench.samples import APART, PROMISES, QUEUE, batches
from desk_world import POLICY, START

from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.model.event import Event, History
from tierkeeper.rules.clocks import clocks_of
from tierkeeper.rules.policy import load_policy
from tierkeeper.sync.judging import Court

TARGET = 20
COUNT = 100_000
CASES = 10_000
OWN = "tierkeeper"
RULE = "  PR01:\n"


def clocks(*, quick: bool) -> list[Figure]:
    """The CPU seconds for every clock of 100,000 open issues: 10,000 cases at ten moments, each a sum of its own."""
    cases = CASES // 10 if quick else CASES
    text = POLICY.format(mode="flag", url="http://127.0.0.1", developers="{people: [dev-1]}", needs="", rules=RULE)
    policy = load_policy(text + PROMISES, file="desk.yaml", host=load_plugins())
    end = START + timedelta(seconds=cases) + 100 * APART
    histories = list(_histories(cases))
    court = Court(policy=policy, queue=policy.queues[QUEUE], own=OWN, now=end, since=START)
    known = [court.case(history) for history in histories]
    moments = [end + timedelta(hours=7 * step) for step in range(COUNT // CASES)]
    looked = [msgspec.structs.replace(case, now=now) for now in moments for case in known]
    texts = [msgspec.json.encode(history) for history in histories]
    ours, theirs = cpu_seconds(
        lambda: sum(len(clocks_of(case, court.desk)) for case in looked),
        lambda: [json.loads(text) for text in texts],
        rounds=3,
    )
    found = sum(len(clocks_of(case, court.desk)) for case in known)
    spent, ratio = ours / len(looked) * COUNT, ours / len(moments) / theirs
    figure = f"{spent:.1f} CPU seconds ({found / cases:.1f} clocks an issue, {len(looked):,} looks)"
    beside = f"{ratio:.2f} × json.loads of the same histories"
    return [Figure("all clocks of 100,000 open issues", figure, beside, f"< {TARGET} s", spent < TARGET)]


def _histories(count: int) -> list[History]:
    found: list[History] = []
    for batch in batches(count):
        events: dict[str, list[Event]] = {}
        for event in batch.events:
            events.setdefault(event.issue, []).append(event)
        for issue in batch.issues:
            said = tuple(one for one in batch.comments if one.issue == issue.ref.id)
            made = tuple(events.get(issue.ref.id, ()))
            found.append(History(issue=issue, events=made, comments=said, own=OWN))
    return found
