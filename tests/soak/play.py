"""Plays a story to its end and looks whether every law holds."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mirror_world import PAIRINGS
from soak.acts import RUNS
from soak.dice import Dice
from soak.memory import folder
from soak.mirror_dice import MirrorDice
from soak.mirror_stage import mirror_stage
from soak.stage import DESK_WIDE, Stage, stage
from soak.trouble import Killed, Troubles

from tierkeeper.sync.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from soak.acts import Act

TRACKERS = ("github", "jira", *PAIRINGS)
"""Where stories can be played: one tracker, or two with a mirror between them."""

QUIET = (61, 600, 25 * 3600)
"""Between the runs of the quiet time: the next one, one that is told late, one that holds a census."""

PATIENCE = (7 * 3600,) * 4
"""Between the runs after these, as long as one writes or complains: longer than the longest back-off, six hours."""


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
    with folder() as place, made(tracker, place) as there:
        try:
            for act in story:
                play_one(there, act, outcome)
            outcome.findings += _settle(there)
        except Exception as error:  # noqa: BLE001  # whatever a run dies of is the finding
            outcome.findings.append(f"a run failed: {type(error).__name__}: {error}")
    return outcome


def play_one(there: Stage, act: Act, outcome: Outcome) -> None:
    """Play one act of a story."""
    if act.verb not in RUNS:
        if there.numbers or act.verb in {"wait", "report", "rules", *DESK_WIDE}:
            outcome.acts[act.verb if there.play(act) else "impossible"] += 1
        return
    outcome.acts[act.verb] += 1
    if act.amount:
        outcome.met["clock-off"] += 1
    if act.verb == "rebuild":
        there.remember()
    troubles = Troubles(there, act.troubles, outcome.met)
    with troubles.on(), suppress(Killed):
        if act.verb == "rebuild":
            outcome.acts["rebuilt"] += there.rebuild(act.amount)
        else:
            report = there.cycle(skew=act.amount, write=act.verb == "cycle")
            if act.verb == "cycle" and not (act.amount or act.troubles or report.problems or report.waiting):
                _, writes = _run_after(there, 0)
                outcome.findings += [f"a second run wrote {write}" for write in writes]


def _settle(there: Stage) -> Iterator[str]:
    there.put_right()
    for pause in QUIET:
        problems, writes = _run_after(there, pause)
    for pause in PATIENCE:
        if problems or writes:
            problems, writes = _run_after(there, pause)
    last, writes = _run_after(there, 0)
    problems = [*problems, *last]
    yield from (f"a problem is left: {problem}" for problem in problems)
    yield from (f"the last run wrote {write}" for write in writes)
    with Ledger.open(there.desk.ledger_path, desk=there.policy.desk.name) as ledger:
        yield from there.broken(ledger)


def _run_after(there: Stage, pause: float) -> tuple[list[str], list[Any]]:
    """Run once; what it complained of, and what it wrote."""
    there.desk.later(pause)
    before = Counter(there.desk.writes())
    problems = there.cycle().problems
    return problems, sorted((Counter(there.desk.writes()) - before).elements())
