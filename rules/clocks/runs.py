"""When the clocks of an issue start and stop, and when they stand still: what its history says, before any target.

At one moment a stop comes before a pause, and a pause before a start.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import pairwise

import msgspec

from tierkeeper.plugins.errors import MembershipUnknown
from tierkeeper.plugins.model.case import Case, Reply
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.promise import ClockKind, Pause, Promises
from tierkeeper.plugins.model.spell import Spell

REPORTER = "reporter"
"""The reason for waiting that the reporter's own answer ends."""

Visit = tuple[datetime, datetime | None]
"""From when until when; None: still."""

_NOT_PAUSED: frozenset[ClockKind] = frozenset({"time to own"})


class Run(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One clock from its start to its stop (None: it goes on), with the pauses between."""

    kind: ClockKind
    start: datetime
    stopped: datetime | None
    pauses: tuple[Pause, ...] = ()
    tier: str = ""
    cycle: int = 1
    incomplete: bool = False


def as_asked(case: Case) -> Case:
    """The case with each change that a command asked for at the time it was asked for, not when we carried it out."""
    asked = {facet for facet, made in case.changes.items() if any(change.asked is not None for change in made)}
    if not asked:
        return case
    changes = dict(case.changes)
    for facet in asked:
        moved = [msgspec.structs.replace(one, at=one.asked or one.at) for one in changes[facet]]
        changes[facet] = tuple(sorted(moved, key=lambda one: one.at))
    return msgspec.structs.replace(case, changes=changes)


class Story:
    """What the clocks have to know of a case: answers, closings, waits, visits."""

    def __init__(self, case: Case, desk: Desk, promises: Promises) -> None:
        self.case, self.desk, self.promises = case, desk, promises
        self.doubtful = not case.complete
        self.answers = [reply for reply in case.replies if self._answers(reply)]
        self.words = [one for one in case.replies if one.by == case.reporter and not one.internal]

    def _answers(self, reply: Reply) -> bool:
        """Whether a reply is an answer to the reporter, as far as was last seen who is in the roles."""
        if reply.kind != "human" or reply.internal or reply.by == self.case.reporter:
            return False
        roles = self.promises.answer_by
        try:
            if not roles:
                return self.desk.is_staff(reply.by, reply.at)
            return any(self.desk.is_in_role(reply.by, role, reply.at) for role in roles)
        except MembershipUnknown:
            return self.seems(reply.by, roles or tuple(tier.role for tier in self.desk.tiers[1:] if tier.role))

    def seems(self, person: str, roles: Sequence[str]) -> bool:
        """Whether somebody is in one of these roles as last seen. Nobody is told off by one that was never read."""
        seen = [self.desk.seems_in_role(person, role) for role in roles]
        if not any(seen) and None in seen:
            self.doubtful = True
            return True
        return any(seen)

    @cached_property
    def spells(self) -> list[Spell]:
        """How long each tier had it."""
        return list(tier_spells(self.case))

    @cached_property
    def closures(self) -> list[Visit]:
        """When the issue was closed, and until when (None: it still is)."""
        found: list[Visit] = []
        for change in self.case.changes.get("state", ()):
            if change.after == "closed" and (not found or found[-1][1] is not None):
                found.append((change.at, None))
            elif change.after == "open" and found and found[-1][1] is None:
                found[-1] = (found[-1][0], change.at)
        if not self.case.open and (not found or found[-1][1] is not None):
            self.doubtful = True  # every issue was open once: when this one was closed nobody tells
            found.append((self.case.changes["state"][-1].at if self.case.changes.get("state") else self.case.now, None))
        return found

    @cached_property
    def waits(self) -> list[Pause]:
        """When it waited for something that pauses a clock, and who said so."""
        begun = {change.at: change.by for change in self.case.changes.get("waiting", ())}
        found = []
        for wait in self.case.waits:
            if wait.reason in self.promises.pause_on:
                end = self._until(wait.reason, wait.start, wait.end)
                found.append(Pause(wait.reason, wait.start, end, begun.get(wait.start, "")))
        return found

    def _until(self, reason: str, start: datetime, end: datetime | None) -> datetime | None:
        """The end of a wait; one for the reporter ends with their answer, whatever the label says."""
        if reason != REPORTER:
            return end
        word = next((one.at for one in self.words if one.at > start), None)
        return min((moment for moment in (word, end) if moment is not None), default=None)

    def closed_after(self, start: datetime) -> datetime | None:
        """The first closing at or after `start`."""
        return next((closed for closed, _ in self.closures if closed >= start), None)


def runs_of(story: Story, kinds: frozenset[ClockKind]) -> Iterator[Run]:
    """The clocks towards the reporter, of these kinds."""
    case = story.case
    if "first response" in kinds:
        first = _first([one.at for one in story.answers], case.created)
        yield _run(story, "first response", case.created, _earliest(first, story.closed_after(case.created)))
    if "next update" in kinds:
        yield from _exchanges(story)
    if "resolution" in kinds:
        yield from _resolutions(story)
    if "time to own" in kinds:
        taken = [change.at for change in case.changes.get("owner", ()) if change.after is not None]
        first = _earliest(_first(taken, case.created), story.closed_after(case.created))
        yield _run(story, "time to own", case.created, first)
    if "keep in the loop" in kinds:
        yield from _loops(story)


def tier_runs(story: Story, tier: str, kinds: frozenset[ClockKind]) -> Iterator[Run]:
    """The clocks of one tier: until it owns the issue, and how long it holds it."""
    visits = _visits(story, tier)
    if not visits:
        return
    if "hold" in kinds:
        yield from _merged(story, "hold", tier, visits)
    if "own" in kinds:
        owned = [(start, end, _owned(story, tier, start, end)) for start, end in visits]
        group: list[Visit] = []
        cycle = 0
        for start, end, taken in owned:
            group.append((start, taken if taken is not None else end))
            last = (start, end, taken) == owned[-1]
            if taken is not None or last or story.promises.revisit == "restart":
                cycle += 1
                yield _joined(story, "own", tier, group, cycle=cycle)
                group = []


def _run(story: Story, kind: ClockKind, start: datetime, stopped: datetime | None, *, cycle: int = 1) -> Run:
    return Run(
        kind=kind,
        start=start,
        stopped=stopped,
        pauses=_within(() if kind in _NOT_PAUSED else story.waits, start, stopped),
        cycle=cycle,
        incomplete=story.doubtful,
    )


def _exchanges(story: Story) -> Iterator[Run]:
    """From the first unanswered word of the reporter to the next answer, once there was a first response."""
    steps = [(one.at, 0) for one in story.answers] + [(one.at, 1) for one in story.words]
    steps += [(closed, 0) for closed, _ in story.closures]
    answered, begun, cycle = False, None, 0
    for at, starts in sorted(steps):
        if starts:
            begun = at if answered and begun is None else begun
        elif begun is not None:
            cycle += 1
            yield _run(story, "next update", begun, at, cycle=cycle)
            begun = None
        answered = answered or not starts
    if begun is not None:
        yield _run(story, "next update", begun, None, cycle=cycle + 1)


def _loops(story: Story) -> Iterator[Run]:
    """From each answer to the next one: nobody is left without a word for longer."""
    for cycle, reply in enumerate(story.answers, 1):
        later = _first([one.at for one in story.answers[cycle:]], reply.at)
        word = _first([one.at for one in story.words], reply.at)
        stopped = _earliest(later, word, story.closed_after(reply.at))
        yield _run(story, "keep in the loop", reply.at, stopped, cycle=cycle)


def _resolutions(story: Story) -> Iterator[Run]:
    case, closures = story.case, story.closures
    reopened = [until for _, until in closures if until is not None]
    if story.promises.reopening == "continue" or not reopened:
        last = closures[-1] if closures else None
        stopped = last[0] if last is not None and last[1] is None else None
        run = _run(story, "resolution", case.created, stopped)
        shut = [Pause("closed", closed, until) for closed, until in closures if until is not None]
        yield msgspec.structs.replace(run, pauses=_union([*run.pauses, *shut]))
        return
    starts = [case.created, *reopened]
    ends = [closed for closed, _ in closures]
    cycles = list(zip(starts, [*ends, None], strict=False))
    if story.promises.reopening == "restart":
        yield _run(story, "resolution", *cycles[-1], cycle=1)
        return
    for cycle, (start, end) in enumerate(cycles, 1):
        yield _run(story, "resolution", start, end, cycle=cycle)


def _visits(story: Story, tier: str) -> list[Visit]:
    """When the tier had the issue, open: from, until (None: it still has it)."""
    found: list[Visit] = []
    for spell in story.spells:
        if spell.value != tier:
            continue
        start: datetime | None = spell.start
        for closed, until in story.closures:
            if start is None or (spell.end is not None and closed >= spell.end):
                break
            if until is not None and until <= start:
                continue
            if closed > start or (closed == start and until is None):
                found.append((start, closed))
            start = until if until is not None and (spell.end is None or until < spell.end) else None
        if start is not None:
            found.append((start, spell.end))
    return found


def tier_spells(case: Case) -> Iterator[Spell]:
    """How long each tier had it; before the first change that is the lowest."""
    changes = case.changes.get("tier", ())
    value, start = (changes[0].before if changes else case.facets.get("tier")) or case.lowest_tier, case.created
    for change in changes:
        after = change.after or case.lowest_tier
        if after != value:
            yield Spell(value, start, change.at)
            value, start = after, change.at
    yield Spell(value, start, None)


def _owned(story: Story, tier: str, start: datetime, end: datetime | None) -> datetime | None:
    """When a member of the tier took the issue or answered in it, between two moments."""
    taken = [(one.at, one.after or "") for one in story.case.changes.get("owner", ()) if one.after is not None]
    named = [(at, story.desk.person_of(story.case.tracker, account)) for at, account in taken]
    said = [(one.at, one.by) for one in story.case.replies if one.kind == "human"]
    for at, person in sorted([*named, *said]):
        if at < start or (end is not None and at > end):
            continue
        try:
            taken_on = story.desk.is_member(person, tier, story.case, at)
        except MembershipUnknown:
            known = story.desk.tier(tier)
            taken_on = story.seems(person, (known.role,) if known is not None and known.role else ())
        if taken_on:
            return at
    return None


def _merged(story: Story, kind: ClockKind, tier: str, visits: Sequence[Visit]) -> Iterator[Run]:
    if story.promises.revisit == "continue":
        yield _joined(story, kind, tier, visits, cycle=1)
        return
    for cycle, visit in enumerate(visits, 1):
        yield _joined(story, kind, tier, [visit], cycle=cycle)


def _joined(story: Story, kind: ClockKind, tier: str, visits: Sequence[Visit], *, cycle: int) -> Run:
    """One clock over several visits; what lies between them does not count."""
    start, stopped = visits[0][0], visits[-1][1]
    away = [
        Pause("with another tier", left, back)
        for (_, left), (back, _) in pairwise(visits)
        if left is not None and left < back
    ]
    return Run(
        kind=kind,
        start=start,
        stopped=stopped,
        pauses=_union([*_within(story.waits, start, stopped), *away]),
        tier=tier,
        cycle=cycle,
        incomplete=story.doubtful,
    )


def _within(pauses: Sequence[Pause], start: datetime, stopped: datetime | None) -> tuple[Pause, ...]:
    """The parts of pauses that fall between a start and a stop."""
    found = []
    for pause in pauses:
        begin = max(pause.start, start)
        end = pause.end if stopped is None else min(pause.end or stopped, stopped)
        if end is None or begin < end:
            found.append(Pause(pause.reason, begin, end, pause.by))
    return tuple(found)


def _union(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """The pauses in order, none over another: the clock stands still while there is any reason."""
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: one.start):
        last = found[-1] if found else None
        if last is None or (last.end is not None and last.end <= pause.start):
            found.append(pause)
        elif last.end is not None and (pause.end is None or pause.end > last.end):
            found.append(Pause(pause.reason, last.end, pause.end, pause.by))
    return tuple(found)


def _first(moments: Sequence[datetime], start: datetime) -> datetime | None:
    return next((moment for moment in moments if moment >= start), None)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
