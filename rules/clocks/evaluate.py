"""All clocks of a case, by the service catalogue of its desk."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter

import msgspec

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.promise import Clock, ClockKind, Goal, Promises, TierGoal
from tierkeeper.rules.clocks.measure import Term, measure
from tierkeeper.rules.clocks.runs import Run, Story, as_asked, runs_of, tier_runs

_MOMENT: Callable[[tuple[datetime, Goal | None]], datetime] = itemgetter(0)
_EVER = datetime.min.replace(tzinfo=UTC)

CLOCK = "clock"
"""The facet of the verdicts that keep how clocks ended."""


def with_clocks(case: Case, desk: Desk, *, before: Case | None = None) -> Case:
    """The case with its clocks; the same, where the desk promises nothing.

    `before` is another look at it at the same time, with clocks: these stand where the same was written of all that
    clocks are made of.
    """
    if not desk.promises.made:
        return case
    same = before is not None and _ticks_as(before, case, desk)
    return msgspec.structs.replace(case, clocks=before.clocks if before and same else clocks_of(case, desk))


def _ticks_as(before: Case, case: Case, desk: Desk) -> bool:
    """Whether two looks at one issue differ at most in verdicts, and in what tells how its promises stand."""
    shown = desk.ours - desk.promises.explained_by
    changed = (before.changes.keys() | case.changes.keys()) - shown
    return all(before.changes.get(facet, ()) == case.changes.get(facet, ()) for facet in changed)


def clocks_of(case: Case, desk: Desk) -> tuple[Clock, ...]:
    """Every clock of the case at its `now`, those to the reporter first.

    What was kept when a clock stopped counts: an edited catalogue does not judge again what is done. Of the
    reporter's exchanges the one that runs and the worst are given. An issue that no goal fits has one clock, without a
    promise.
    """
    promises = desk.promises
    if not promises.made:
        return ()
    story = Story(as_asked(case), desk, promises)
    kept = {verdict.event: verdict.clock for verdict in case.verdicts if verdict.clock is not None}
    found = (*_to_reporter(story, promises, kept), *_between_tiers(story, promises, kept))
    if not story.doubtful and case.untrusted.isdisjoint(promises.explained_by):
        return found
    return tuple(one if one.kept else msgspec.structs.replace(one, incomplete=True) for one in found)


def _kept(run: Run, kept: Mapping[str, Clock], now: datetime) -> Clock | None:
    """How a clock ended, where that was kept when it stopped."""
    if not kept or run.stopped is None or run.stopped > now:
        return None
    bare = Clock(kind=run.kind, tier=run.tier, cycle=run.cycle, state="met", start=run.start, stopped=run.stopped)
    found = kept.get(bare.outcome_key)
    return msgspec.structs.replace(found, kept=True) if found is not None else None


def goal_of(case: Case, promises: Promises, at: datetime) -> Goal | None:
    """The goal that counted at `at`: the first that fits; None where none does."""
    return next((goal for goal in promises.goals if _fits(goal, case, at)), None)


def _fits(goal: Goal, case: Case, at: datetime) -> bool:
    return all(_value(case, facet, at) in values for facet, values in goal.when.items())


def _value(case: Case, facet: str, at: datetime) -> str | None:
    value = case.value_at(facet, at)
    return value or case.lowest_tier if facet == "tier" else value


def _to_reporter(story: Story, promises: Promises, kept: Mapping[str, Clock]) -> Iterator[Clock]:
    if not promises.goals:
        return
    case = story.case
    moments = sorted({change.at for facet in promises.asked for change in case.changes.get(facet, ())})
    known = [(at, goal_of(case, promises, at)) for at in (_EVER, *moments)]
    kinds = promises.kinds | {clock.kind for clock in kept.values() if clock.to_reporter}
    found: list[Clock] = []
    for run in runs_of(story, kinds):
        clock = _kept(run, kept, case.now) or measure(run, _terms(run, known, story.desk, case.now), promises, case.now)
        if clock is not None:
            found.append(clock)
    yield from _worth_showing(found)
    if goal_of(case, promises, case.now) is None or not found:
        yield Clock(kind="resolution", state="no promise", start=case.created)


def _terms(run: Run, goals: Sequence[tuple[datetime, Goal | None]], desk: Desk, now: datetime) -> list[Term]:
    """What counted while a clock ran: of the goals, each from its moment on."""
    end = min(run.stopped or now, now)
    first = bisect_right(goals, run.start, key=_MOMENT) - 1
    terms = [_term(desk, run.start, goals[first][1], run.kind)]
    for at, goal in goals[first + 1 :]:
        if at > end:
            break
        terms.append(_term(desk, at, goal, run.kind))
    return _shortened(terms) if len(terms) > 1 else terms


def _term(desk: Desk, since: datetime, goal: Goal | TierGoal | None, kind: ClockKind) -> Term:
    target = goal.targets.get(kind) if goal is not None else None
    name = goal.calendar if goal is not None else ""
    return Term(since, target, desk.calendars[name] if name else desk.calendar, goal.place if goal is not None else "")


def _shortened(terms: Sequence[Term]) -> list[Term]:
    """Without changes that change nothing."""
    found: list[Term] = []
    for term in terms:
        if not found or (term.place, term.target) != (found[-1].place, found[-1].target):
            found.append(term)
    return found


def _worth_showing(clocks: Iterable[Clock]) -> Iterator[Clock]:
    """Of what happens again and again, the one that runs, and the worst."""
    again: dict[str, list[Clock]] = {}
    for clock in clocks:
        if clock.kind in {"next update", "keep in the loop"}:
            again.setdefault(clock.kind, []).append(clock)
        else:
            yield clock
    for group in again.values():
        worst = max(group, key=lambda one: (one.state == "missed", one.share))
        yield worst
        if group[-1] is not worst:
            yield group[-1]


def _between_tiers(story: Story, promises: Promises, kept: Mapping[str, Clock]) -> Iterator[Clock]:
    goals = {goal.tier: goal for goal in promises.tiers}
    for tier in dict.fromkeys((*goals, *(clock.tier for clock in kept.values() if clock.tier))):
        goal = goals.get(tier)
        kinds = {clock.kind for clock in kept.values() if clock.tier == tier} | {*(goal.targets if goal else ())}
        for run in tier_runs(story, tier, frozenset(kinds)):
            term = _term(story.desk, run.start, goal, run.kind)
            clock = _kept(run, kept, story.case.now) or measure(run, [term], promises, story.case.now)
            if clock is not None:
                yield clock
