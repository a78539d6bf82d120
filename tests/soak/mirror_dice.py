"""Stories of a desk whose issues have twins, by seed: people on both sides, runs with their troubles."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from soak.acts import Act, Trouble
from soak.dice import FAULTS, KILLS, SKEWS, WAITS, Dice
from soak.mirror_files import CONTENTS
from soak.mirror_ties import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

SIDES = {"desk": ("support-1", "key-user-1"), "dev": ("dev-1", "dev-2")}
ACTS: Mapping[str, float] = {
    "report": 3,
    "to-tier": 4,
    "rename": 6,
    "rewrite": 3,
    "say": 5,
    "reword": 3,
    "unsay": 2,
    "shut": 3,
    "rank": 8,
    "order": 2,
    "tag": 4,
    "wait": 9,
    "cycle": 15,
    "plan": 1,
}
THEMES: Mapping[str, Mapping[str, float]] = {
    "ties": {"tie": 24, "report": 4},
    "files": {"attach": 14, "detach": 10},
    "losses": {"settle": 4, "rebuild": 8},
}
"""What some stories are about besides."""

APART = ("report", "settle", "rebuild")
"""What does not happen in the middle of a run."""

MEDDLING = ("rename", "say", "reword", "unsay", "shut", "rank", "rank", "order", "tag", "rewrite")
RANKS = ("Highest", "Medium", "Lowest")
POLICIES = ("plain", "native", "guarded", "guarded native")
"""Whether priorities are Jira's own, and whether rules guard them and the tier."""


class MirrorDice(Dice):
    """Makes the story of one seed for one pairing."""

    def __init__(self, seed: int, pairing: str) -> None:
        super().__init__(seed, pairing)
        self.kinds = tuple(dict.fromkeys(pairing.split("-")))
        self.count = 0
        chosen = Random(f"themes {pairing} {seed}")  # a story without a theme is what it was before there were any
        self.themes = chosen.sample(sorted(THEMES), chosen.choice((0, 1, 1, 2)))

    @property
    def meddling(self) -> tuple[str, ...]:
        """What people do in the middle of a run."""
        return (*MEDDLING, *(verb for theme in self.themes for verb in THEMES[theme] if verb not in APART))

    def story(self) -> tuple[Act, ...]:
        """A policy, an issue that goes to development and a run, then whatever comes."""
        acts = [Act(verb="rules", what=self.random.choice(POLICIES))]
        first = 3 if "ties" in self.themes else 1
        acts += [self._act("report", what="development") for _ in range(first)]
        acts += [Act(verb="wait", amount=61), Act(verb="cycle")]
        weighed = dict(ACTS)
        for theme in self.themes:
            weighed |= {verb: weighed.get(verb, 0) + weight for verb, weight in THEMES[theme].items()}
        verbs, weights = list(weighed), list(weighed.values())
        acts += [self._act(self.random.choices(verbs, weights)[0]) for _ in range(self.random.randint(10, 32))]
        return tuple(acts)

    def _act(self, verb: str, what: str = "") -> Act:
        pick = self.random.choice
        if verb == "wait":
            return Act(verb=verb, amount=pick(WAITS))
        if verb == "settle":
            return Act(verb=verb)
        if verb == "rebuild":
            return Act(verb=verb, troubles=tuple(one for one in self._troubles() if one.kind != "meddle"))
        if verb in {"cycle", "plan"}:
            return Act(verb=verb, amount=pick(SKEWS), troubles=self._troubles())
        self.count += 1
        side = "desk" if verb == "report" else pick(("desk", "dev"))
        if verb in {"report", "to-tier"}:
            what = what or pick(("support", "development", "development"))
        elif verb == "tie":
            what = f"{pick(KINDS)} {pick((0, 1, 1, 2, 3))}"
        elif verb == "attach":
            what = f"note-{self.count}. {pick(CONTENTS)}"
        else:
            what = pick(RANKS) if verb in {"rank", "order"} else f"note-{self.count}."
        return Act(verb=verb, who=pick(SIDES[side]), issue=pick((0, 0, 0, 1, 2)), what=what)

    def _trouble(self) -> Trouble:
        dice = self.random.random()
        if dice < 0.22:
            kind = self.random.choice(KILLS)
            return Trouble(kind, at=self.random.randrange(150 if kind == "kill-statement" else 16))
        if dice < 0.36:
            return Trouble("meddle", at=self.random.randrange(14), act=self._act(self.random.choice(self.meddling)))
        if dice < 0.40:
            return Trouble("overlap", at=self.random.randrange(8))
        self.tracker = self.random.choice(self.kinds)
        kind = self.random.choice(FAULTS[self.tracker])
        options: dict[str, Any] = {**self._options(kind), "on": self.tracker}
        if kind == "latency":
            options["seconds"] = 20  # longer than a client waits
        return Trouble(kind, at=self.random.choice((0, 0, 0, 0, 1, 1, 2, 4)), options=options)
