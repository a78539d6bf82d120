"""What was promised, and how it stands: goals of the policy, and the clocks that measure them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

import msgspec

from tierkeeper.plugins.model.duration import Duration

ClockKind = Literal["first response", "next update", "resolution", "time to own", "keep in the loop", "own", "hold"]
"""What a clock measures. ``own`` and ``hold`` are promises between tiers (OLA): until a member takes or answers, and
until the tier lets go. The others are made to the reporter (SLA)."""

ClockState = Literal["running", "paused", "met", "missed", "no promise"]
"""How a clock stands. One whose due time lies behind is `missed`, be it stopped or not."""

Standing = Literal["ok", "at-risk", "breached", "paused"]
"""How the promises on an issue stand together, as its label says it."""

SLA = "sla"
"""The facet that holds the standing."""

DUE = "due"
"""The facet that holds when the next promise falls due."""

OnChange = Literal["carry_elapsed", "recompute_from_start", "restart"]
Reopening = Literal["continue", "new_cycle", "restart"]
Revisit = Literal["continue", "restart"]
Announce = Literal["in_passing", "always"]
"""Whether a status comment is made for a promise alone, or tells of it where there is one anyway."""


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the service catalogue: for issues with these facets, these targets.

    `when` holds the values that each facet may have; empty: any issue. No `targets`: no promise. `calendar` is a name
    under `calendars`; empty: the desk's. `place` is where it stands in the policy, such as ``promises.targets[2]``.
    """

    name: str
    place: str
    when: Mapping[str, tuple[str, ...]] = {}
    targets: Mapping[ClockKind, Duration] = {}
    calendar: str = ""


class TierGoal(msgspec.Struct, frozen=True, kw_only=True):
    """What a tier promises the others: `own` until somebody of it takes or answers, `hold` until it lets go."""

    tier: str
    place: str
    targets: Mapping[ClockKind, Duration] = {}
    calendar: str = ""


class Promises(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The service catalogue, and how its clocks run.

    `goals`: the first that fits counts. `pause_on` are the values of the facet `waiting` that pause a clock.
    `at_risk` is the share of a target, or the time that is left of it, from which on it is at risk. `answer_by` are the
    roles whose words are answers; empty: the desk's staff. `names` are what the standings are called in the label.
    """

    goals: tuple[Goal, ...] = ()
    tiers: tuple[TierGoal, ...] = ()
    pause_on: frozenset[str] = frozenset()
    at_risk: float | Duration = 0.75
    on_change: OnChange = "carry_elapsed"
    reopening: Reopening = "continue"
    revisit: Revisit = "continue"
    answer_by: tuple[str, ...] = ()
    names: Mapping[Standing, str] = {}
    announce: Announce = "in_passing"

    @property
    def made(self) -> bool:
        """Whether anything is promised at all."""
        return bool(self.goals or self.tiers)

    @cached_property
    def kinds(self) -> frozenset[ClockKind]:
        """What the reporter is promised, in any of the goals."""
        return frozenset(kind for goal in self.goals for kind in goal.targets)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The facets by which one goal or another fits."""
        return frozenset(facet for goal in self.goals for facet in goal.when)

    @cached_property
    def explained_by(self) -> frozenset[str]:
        """The facets whose history clocks are made of."""
        return self.asked | {"state", "tier", "waiting", "owner"}

    def named(self, standing: Standing) -> str:
        """What the label calls a standing."""
        return self.names.get(standing, standing)


_SHOWN: Mapping[ClockKind, str] = {
    "first response": "first answer",
    "next update": "next answer",
    "resolution": "solution",
    "time to own": "owner",
    "keep in the loop": "next news",
    "own": "{tier} taking it",
    "hold": "{tier} handing it on",
}


class Pause(msgspec.Struct, frozen=True, gc=False):
    """The clock stood still from `start` until `end` (UTC; None: it still does), for `reason`; `by` began it."""

    reason: str
    start: datetime
    end: datetime | None
    by: str = ""


class Clock(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One promise on one issue, as it stood at the case's `now`. All times are UTC.

    `tier` is set for promises between tiers. `cycle` counts from 1. `due` is None while it is paused or where nothing
    is promised. `target` is as the policy writes it; empty: nothing is promised. `used` is the time that counted, of
    the `whole` that the target is, both in the calendar's time where the target is in business time. `risk_at` is when
    it becomes at risk, where it goes on. `goal` is the place of its goal in the policy.
    `incomplete`: the history does not explain it, so nobody is told off. `kept`: the outcome is that of the moment when
    it stopped, kept since.
    """

    kind: ClockKind
    state: ClockState
    tier: str = ""
    cycle: int = 1
    goal: str = ""
    target: str = ""
    calendar: str = ""
    start: datetime
    due: datetime | None = None
    stopped: datetime | None = None
    used: timedelta = timedelta()
    whole: timedelta = timedelta()
    risk_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    incomplete: bool = False
    kept: bool = False

    @property
    def key(self) -> str:
        """What names this clock on its issue: ``resolution:1``, ``hold:support:1``."""
        return f"{self.kind}:{self.tier}:{self.cycle}" if self.tier else f"{self.kind}:{self.cycle}"

    @property
    def outcome_key(self) -> str:
        """What names this very stop of the clock, under which its outcome is kept; empty while it has not stopped."""
        if self.stopped is None:
            return ""
        moment = self.stopped.isoformat(timespec="microseconds")[: len("2026-11-24T09:30:00.000000")]
        return f"{self.key}@{moment.replace('-', '').replace(':', '')}"

    @property
    def shown(self) -> str:
        """What is promised, for people: ``first answer``, ``support handing it on``."""
        return _SHOWN[self.kind].format(tier=self.tier.replace("-", " "))

    @property
    def to_reporter(self) -> bool:
        """Whether it was promised to the reporter, and not to another tier."""
        return not self.tier

    @property
    def share(self) -> float:
        """How much of the target is used, 1.0 for all of it."""
        return self.used / self.whole if self.whole else float(self.state == "missed")

    @property
    def running(self) -> bool:
        """Whether time counts now."""
        return self.stopped is None and self.state in {"running", "missed"} and not self.paused_for

    @property
    def paused_for(self) -> str:
        """What it waits for; empty while it does not."""
        return self.pauses[-1].reason if self.pauses and self.pauses[-1].end is None and not self.stopped else ""

    def standing(self, now: datetime) -> Standing:
        """How this one stands at `now`."""
        if self.state == "missed":
            return "breached"
        if self.state == "paused":
            return "paused"
        return "at-risk" if self.at_risk(now) else "ok"

    def at_risk(self, now: datetime) -> bool:
        """Whether it is about to be missed at `now`."""
        return self.state == "running" and self.risk_at is not None and now >= self.risk_at


def standing_of(clocks: Iterable[Clock], now: datetime) -> Standing | None:
    """How promises stand at `now`, by the worst clock that goes on; None where nothing is promised, or not known.

    Once all have stopped it is how they ended. A clock that its history does not explain says nothing.
    """
    known = [clock for clock in clocks if clock.target and not clock.incomplete]
    going = [clock for clock in known if clock.stopped is None] or known
    if not going:
        return None
    standings = {clock.standing(now) for clock in going}
    worst = [standing for standing in ("breached", "at-risk") if standing in standings]
    return worst[0] if worst else "paused" if standings == {"paused"} else "ok"


def next_due(clocks: Iterable[Clock]) -> Clock | None:
    """Of the clocks that go on, the one that falls due first, be that over or not; None where none does."""
    going = [clock for clock in clocks if clock.stopped is None and clock.due is not None]
    return min(going, key=lambda clock: (clock.due, clock.key), default=None)
