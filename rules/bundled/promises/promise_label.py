"""PR01: the label says how the promises stand, and the due time is where people look for it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

from tierkeeper.plugins import Case, Decision, Desk, Rule, RuleOptions, Wake, Want
from tierkeeper.plugins.model.promise import DUE, SLA, Clock, next_due, standing_of
from tierkeeper.rules.due_times import same_due, written_due


class PromiseLabel(Rule):
    """The promises are {standing}: {why}.

    **Why.** A promise that nobody sees is kept by chance. The label is what boards and searches can show, so it has to
    be true at every moment: it is written in flag mode too, and put right where somebody changes it.

    **Wants.** `sla:at-risk` in the first run after three quarters of the time for an answer are used up, and
    `sla:breached` in the first one after all of it is, whatever the runs in between missed; `sla:paused` while the
    issue waits for its reporter; the facet `due`, where the policy keeps one, at the moment at which the next promise
    falls due (a label, and a field that holds days, hold the day of it, in the desk's zone).

    **Lets pass.** An issue to which nothing is promised: it bears no label. A clock that its history does not explain:
    nobody is told off by what is not known.

    **Options.** `counts`: `all` promises, or those to the `reporter` only (default all). `closed`: whether a closed
    issue keeps the label of how its promises ended, `outcome`, or bears `none` (default outcome).

    **When not to use it.** Where nothing is promised.
    """

    code = "PR01"
    group = "promises"
    wants = frozenset({SLA, DUE})

    class Options(RuleOptions):
        """Whose promises count, and what a closed issue bears."""

        counts: Literal["all", "reporter"] = "all"
        closed: Literal["outcome", "none"] = "outcome"

    options: Options

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Say how it stands now, and ask to be woken when that will change."""
        if not case.clocks:
            return
        counted = [clock for clock in case.clocks if self.options.counts == "all" or clock.to_reporter]
        known = [clock for clock in counted if clock.target and not clock.incomplete]
        if case.open or self.options.closed == "outcome":
            yield from self._label(known, case, desk)
        elif case.kept(SLA) is not None:
            yield Want(SLA, None, text="It is closed.")
        yield from self._due(next_due(known), case, desk)
        moments = {
            at for clock in known if clock.stopped is None for at in (clock.risk_at, clock.due) if at is not None
        }
        yield from (Wake(at) for at in sorted(moments) if at > case.now)

    def _label(self, clocks: list[Clock], case: Case, desk: Desk) -> Iterator[Decision]:
        standing = standing_of(clocks, case.now)
        if standing is None:
            if case.kept(SLA) is not None:
                yield Want(SLA, None, text="Nothing is promised.")
            return
        if case.kept(SLA) == desk.promises.named(standing):
            return
        going = [clock for clock in clocks if clock.stopped is None] or clocks
        cause = next((clock for clock in going if clock.standing(case.now) == standing), going[0])
        facts = {"standing": standing.replace("-", " "), "why": _why(cause, case.now, desk)}
        yield Want(SLA, desk.promises.named(standing), facts=facts, evidence=(_moment_of(cause, case.now),))

    def _due(self, clock: Clock | None, case: Case, desk: Desk) -> Iterator[Decision]:
        place = desk.facets[DUE].maps.get(case.tracker) if DUE in desk.facets else None
        if place is None:
            return
        value = written_due(clock.due, place, desk) if clock is not None and clock.due is not None else None
        if not same_due(case.kept(DUE), value, desk):
            shown = f"{clock.shown} due {desk.shown_time(clock.due)}" if clock and clock.due else "nothing is due"
            yield Want(DUE, value, text="{shown}", facts={"shown": shown[0].upper() + shown[1:]})


def _why(clock: Clock, now: datetime, desk: Desk) -> str:
    if clock.paused_for:
        pause = clock.pauses[-1]
        return f"{clock.shown} waits for the {pause.reason} since {desk.shown_time(pause.start)}"
    due = desk.shown_time(clock.due) if clock.due is not None else ""
    if clock.at_risk(now) and clock.risk_at is not None:
        return f"{clock.shown} due {due}, at risk since {desk.shown_time(clock.risk_at)}"
    return f"{clock.shown} {'was ' if clock.state == 'missed' else ''}due {due}"


def _moment_of(clock: Clock, now: datetime) -> str:
    """The moment that shows it: when it fell due, when it became at risk, or when it stood still."""
    at = clock.risk_at if clock.at_risk(now) else clock.pauses[-1].start if clock.paused_for else clock.due
    return f"{clock.key}@{(at or clock.start).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
