"""The promises of an explanation: each clock as a time line, with the arithmetic to its due time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.promise import Clock
from tierkeeper.rules.clocks.timeline import by_tier, timeline
from tierkeeper.rules.policy import Policy


class StretchAnswer(msgspec.Struct, kw_only=True):
    """A part of a clock's time: open, closed, paused or late. `counted` is in seconds; `due` as it is from here on."""

    kind: str
    start: datetime
    end: datetime | None
    counted: float = 0
    due: datetime | None = None
    reason: str = ""
    by: str = ""
    said: str = ""


class ClockAnswer(msgspec.Struct, kw_only=True):
    """A promise, how it stands, and how that came about. `used` and `whole` are in seconds of the target's time.

    `promise` says for which issues it was made, at `line` of the policy. `by_tier`: with whom how many seconds went.
    """

    clock: str
    name: str
    state: str
    promise: str = ""
    target: str = ""
    line: str = ""
    calendar: str = ""
    tier: str = ""
    cycle: int = 1
    start: datetime
    due: datetime | None = None
    at_risk: datetime | None = None
    stopped: datetime | None = None
    used: float = 0
    whole: float = 0
    history_complete: bool = True
    kept: bool = False
    stretches: list[StretchAnswer] = []
    by_tier: dict[str, float] = {}


def clock_answers(case: Case, desk: Desk, policy: Policy) -> list[ClockAnswer]:
    """Every clock of a case."""
    return [_clock(clock, case, desk, policy) for clock in case.clocks]


def _clock(clock: Clock, case: Case, desk: Desk, policy: Policy) -> ClockAnswer:
    promised = bool(clock.target)
    return ClockAnswer(
        clock=clock.key,
        name=clock.shown,
        state=clock.state,
        promise=_promise(clock, desk),
        target=clock.target,
        line=policy.line_of(clock.goal) if clock.goal else "",
        calendar=clock.calendar,
        tier=clock.tier,
        cycle=clock.cycle,
        start=clock.start,
        due=clock.due,
        at_risk=clock.risk_at,
        stopped=clock.stopped,
        used=clock.used.total_seconds(),
        whole=clock.whole.total_seconds(),
        history_complete=not clock.incomplete,
        kept=clock.kept,
        stretches=[
            StretchAnswer(
                kind=one.kind,
                start=one.start,
                end=one.end,
                counted=one.counted.total_seconds(),
                due=one.due,
                reason=one.reason,
                by=one.by,
                said=one.said,
            )
            for one in (timeline(clock, case, desk) if promised else ())
        ],
        by_tier={tier: spent.total_seconds() for tier, spent in by_tier(clock, case, desk).items()} if promised else {},
    )


def _promise(clock: Clock, desk: Desk) -> str:
    """For which issues it was made, in words."""
    if clock.tier:
        return f"tier {desk.shown_tier(clock.tier)}"
    goal = next((goal for goal in desk.promises.goals if goal.place == clock.goal), None)
    if goal is None:
        return ""
    when = ", ".join(f"{facet} {' or '.join(values)}" for facet, values in goal.when.items())
    return goal.name or when or "any issue"


def clock_rows(clock: ClockAnswer, zone: ZoneInfo) -> Iterator[Sequence[str]]:
    """A clock's time line, the first row being what was promised."""
    if not clock.target:
        yield (clock.name, "no promise: no goal fits")
        return
    made = f"{clock.promise} → {clock.target}" if clock.promise else clock.target
    yield (clock.name, _standing(clock, zone), f"promise: {made}" + (f" ({clock.line})" if clock.line else ""))
    calendar = f", in the calendar {clock.calendar}" if "b" in clock.target else ""
    yield ("", _at(clock.start, zone), f"begins{calendar}")
    for one in clock.stretches:
        yield ("", _span(one, zone), *_told(one, zone))
    yield ("", f"{_amount(clock.used)} of {_amount(clock.whole)} used", _doubt(clock))
    if clock.state == "missed" and clock.by_tier:
        parts = ", ".join(f"{tier.replace('-', ' ')} {_amount(spent)}" for tier, spent in clock.by_tier.items())
        yield ("", "missed; the time went", parts)


def _standing(clock: ClockAnswer, zone: ZoneInfo) -> str:
    due = f"due {_at(clock.due, zone)} {clock.due.astimezone(zone):%Z}" if clock.due else ""
    if clock.state == "paused":
        return "paused"
    return f"{clock.state}, was {due}" if clock.state in {"met", "missed"} else due


def _doubt(clock: ClockAnswer) -> str:
    if not clock.history_complete:
        return "history incomplete: nobody is told off by it"
    if clock.kept:
        return "as it was kept when it stopped"
    counted = sum(one.counted for one in clock.stretches)
    future = clock.stopped is None
    return "" if future or abs(counted - clock.used) < 1 else "its goal changed on the way"


def _told(one: StretchAnswer, zone: ZoneInfo) -> Sequence[str]:
    due = f"due {_clock_time(one.due, one.start, zone)}" if one.due else ""
    if one.kind == "paused":
        asked = f": asked by {one.by}" if one.by else ""
        said = f' ("{one.said}")' if one.said else ""
        moved = f"due moves to {_at(one.due, zone)}" if one.due else ""
        reason = f"waiting for the {one.reason}" if _waits(one.reason) else one.reason
        return (f"{reason}{asked}{said}", moved)
    if one.kind == "closed":
        return ("closed", "")
    return (f"{_amount(one.counted)}   {one.kind}", due)


def _waits(reason: str) -> bool:
    """Whether a pause is a wait for somebody; the others are times in which there was nothing to wait for."""
    return reason not in {"closed", "with another tier"}


def _span(one: StretchAnswer, zone: ZoneInfo) -> str:
    start = one.start.astimezone(zone)
    if one.end is None:
        return f"{start:%a %H:%M} → now"
    end = one.end.astimezone(zone)
    if start.date() == end.date():
        return f"{start:%a %d %b %H:%M}-{end:%H:%M}"
    return f"{start:%a %d %b %H:%M} → {end:%a %d %b %H:%M}"


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b %H:%M}"


def _clock_time(moment: datetime, beside: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == beside.astimezone(zone).date() else _at(moment, zone)


def _amount(seconds: float) -> str:
    """``1 h 30 min``; seconds are shown where there are some."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" + (f" {rest} s" if rest else "")
