"""Plays a story to its end and looks whether every law holds."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mirror_world import PAIRINGS
from soak.dice import Dice
from soak.mirror_dice import MirrorDice
from soak.mirror_stage import mirror_stage
from soak.stage import Stage, stage
from soak.trouble import Killed, Troubles

from tierkeeper.sync.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from soak.acts import Act

TRACKERS = ("github", "jira", *PAIRINGS)
"""Where stories can be played: one tracker, or two with a mirror between them."""

QUIET = (61, 600, 4 * 3600, 7 * 3600, 7 * 3600, 25 * 3600)
"""Between the runs of the quiet time: longer than the longest back-off, which is six hours."""


class Outcome:
    """What came of a story: the laws broken, the troubles met, the acts done (or not possible)."""

    def __init__(self) -> None:
        self.findings: list[str] = []
        self.met: Counter[str] = Counter()
        self.acts: Counter[str] = Counter()


def story_of(seed: int, tracker: str) -> tuple[Act, ...]:
    """The story of a seed; of a pairing it is one of twins."""
    return (MirrorDice if tracker in PAIRINGS else Dice)(seed, tracker).story()


def play(tracker: str, story: Sequence[Act]) -> Outcome:
    """Play it."""
    outcome = Outcome()
    made = mirror_stage if tracker in PAIRINGS else stage
    with tempfile.TemporaryDirectory() as folder, made(tracker, Path(folder)) as there:
        try:
            for act in story:
                _play_one(there, act, outcome)
            outcome.findings = list(_settle(there))
        except Exception as error:  # noqa: BLE001  # whatever a run dies of is the finding
            outcome.findings.append(f"a run failed: {type(error).__name__}: {error}")
    return outcome


def _play_one(there: Stage, act: Act, outcome: Outcome) -> None:
    if act.verb not in {"cycle", "plan"}:
        if there.numbers or act.verb in {"wait", "report", "team", "crowd"}:
            outcome.acts[act.verb if there.play(act) else "impossible"] += 1
        return
    outcome.acts[act.verb] += 1
    if act.amount:
        outcome.met["clock-off"] += 1
    troubles = Troubles(there, act.troubles, outcome.met)
    with troubles.on(), suppress(Killed):
        there.cycle(skew=act.amount, write=act.verb == "cycle")


def _settle(there: Stage) -> Iterator[str]:
    problems: list[str] = []
    for pause in QUIET:
        there.desk.later(pause)
        problems = there.cycle().problems
    before = len(there.desk.writes())
    problems = [*problems, *there.cycle().problems]
    yield from (f"a problem is left: {problem}" for problem in problems)
    yield from (f"the last run wrote {write}" for write in there.desk.writes()[before:])
    with Ledger.open(there.desk.ledger_path, desk=there.policy.desk.name) as ledger:
        yield from there.broken(ledger)
