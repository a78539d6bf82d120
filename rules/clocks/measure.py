"""What a clock measures against its target: time used, when it is due, when it is at risk.

Time that did not count moves the due time on by as much of the target's own time (business or elapsed).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from tierkeeper.plugins.model.business import Calendar, due
from tierkeeper.plugins.model.duration import Duration
from tierkeeper.plugins.model.promise import Clock, ClockState, OnChange, Pause, Promises
from tierkeeper.rules.clocks.runs import Run

_NONE = timedelta()


class Term(msgspec.Struct, frozen=True, gc=False):
    """From `since` on this target counted. None: nothing was promised."""

    since: datetime
    target: Duration | None
    calendar: Calendar
    place: str


def measure(run: Run, terms: Sequence[Term], promises: Promises, now: datetime) -> Clock | None:
    """How a clock stands at `now` under the terms that counted while it ran, the last of them in force.

    None where nothing is promised in the end.
    """
    term = terms[-1]
    if term.target is None:
        return None
    gauge = _Gauge(term.target, term.calendar)
    end = run.stopped if run.stopped is not None and run.stopped <= now else now
    stopped = end if end is run.stopped else None
    pauses = tuple([_clipped(pause, end, stopped) for pause in run.pauses if pause.start <= end])
    how = promises.on_change if not run.tier else "recompute_from_start"
    origin, head = _origin(run, terms, how, pauses)
    whole = gauge.whole(origin)
    left = max(whole - head, _NONE)
    start = origin if not head else term.since
    counted = [pause for pause in pauses if pause.end is None or pause.end > start]
    due_at, paused = gauge.reach(start, left if head else None, counted)
    if how == "carry_elapsed":
        due_at = max(due_at, term.since)
    used = head + gauge.used(start, end, counted)
    halted = stopped is None and paused
    risk_at = None
    if stopped is None and not halted:
        at_risk = promises.at_risk
        risk = whole * at_risk if isinstance(at_risk, float) else max(whole - gauge.length(at_risk), _NONE)
        risk_at, _ = gauge.reach(start, max(risk - head, _NONE), counted)
    missed = stopped > due_at if stopped is not None else not halted and now >= due_at
    state: ClockState = "met" if stopped is not None else "paused" if halted else "running"
    return Clock(
        kind=run.kind,
        tier=run.tier,
        cycle=run.cycle,
        state="missed" if missed else state,
        goal=term.place,
        target=str(term.target),
        calendar=term.calendar.name,
        start=run.start,
        due=None if halted else due_at,
        stopped=stopped,
        used=used,
        whole=whole,
        risk_at=risk_at,
        pauses=pauses,
        incomplete=run.incomplete,
    )


class _Gauge:
    """Measures in the time of one target: its calendar's where it is business time, else as it passes."""

    def __init__(self, target: Duration, calendar: Calendar) -> None:
        self.target, self.calendar = target, calendar
        self._due: dict[datetime, datetime] = {}

    def due(self, start: datetime) -> datetime:
        """When the target falls due, nothing having stood still."""
        if start not in self._due:
            self._due[start] = due(start, self.target, self.calendar)
        return self._due[start]

    def between(self, start: datetime, end: datetime) -> timedelta:
        if end <= start:
            return _NONE
        return self.calendar.between(start, end) if self.target.business else end - start

    def add(self, start: datetime, amount: timedelta) -> datetime:
        return self.calendar.add(start, amount) if self.target.business else start + amount

    def length(self, amount: Duration) -> timedelta:
        return timedelta(minutes=amount.business_minutes) if amount.business else amount.elapsed

    def whole(self, origin: datetime) -> timedelta:
        """The whole target; one in days is as long as these days are, counted from `origin`."""
        if not self.target.business:
            return self.target.elapsed
        if not self.target.in_days:
            return timedelta(minutes=self.target.business_minutes)
        return self.calendar.between(origin, self.due(origin))

    def reach(self, start: datetime, amount: timedelta | None, pauses: Sequence[Pause]) -> tuple[datetime, bool]:
        """When so much (None: the target) has been used since `start`; and whether it stands still before that."""
        moment = self.due(start) if amount is None else self.add(start, amount)
        for pause in pauses:
            begin = max(pause.start, start)
            if begin > moment:
                break
            if pause.end is None:
                return moment, True
            lost = self.between(begin, pause.end)
            moment = self.add(moment, lost) if lost else moment
        return moment, False

    def used(self, start: datetime, end: datetime, pauses: Sequence[Pause]) -> timedelta:
        if not pauses:
            return self.between(start, end)
        lost = sum((self.between(max(one.start, start), min(one.end or end, end)) for one in pauses), _NONE)
        return self.between(start, end) - lost


def _origin(run: Run, terms: Sequence[Term], how: OnChange, pauses: Sequence[Pause]) -> tuple[datetime, timedelta]:
    """From when the target in force counts, and what was used up before by another measure."""
    term = terms[-1]
    if len(terms) == 1:
        return run.start, _NONE
    earlier = [one for one in terms[:-1] if one.target is not None]
    if how == "restart" and earlier:
        return max(term.since, run.start), _NONE
    same = all(_measure(one) == _measure(term) for one in earlier)
    if how == "recompute_from_start" or same:
        return run.start, _NONE
    head = _NONE
    for one, following in pairwise(terms):
        if one.target is not None:
            begin, end = max(one.since, run.start), following.since
            head += _Gauge(one.target, one.calendar).used(begin, end, _before(pauses, begin, end))
    return (run.start, head) if head else (term.since, _NONE)


def _measure(term: Term) -> tuple[bool, str]:
    business = term.target is not None and term.target.business
    return (business, term.calendar.name if business else "")


def _before(pauses: Sequence[Pause], start: datetime, end: datetime) -> list[Pause]:
    return [one for one in pauses if one.start < end and (one.end is None or one.end > start)]


def _clipped(pause: Pause, end: datetime, stopped: datetime | None) -> Pause:
    """A pause as far as it is known at the end; one that a stop ends, ends there."""
    if pause.end is not None and pause.end <= end:
        return pause
    return Pause(pause.reason, pause.start, stopped, pause.by)
