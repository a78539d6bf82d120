"""A clock as a time line: what counted, what did not, when it was due, and with whom the time went. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from tierkeeper.plugins.model.business import Calendar
from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.duration import Duration
from tierkeeper.plugins.model.promise import Clock, Pause
from tierkeeper.rules.clocks.runs import as_asked, tier_spells

MOST_LINES = 9
"""More lines than these between two events are drawn together: a month of office hours is told in one."""

_NONE = timedelta()


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a clock's time, from `start` to `end` (UTC; None: it goes on).

    `kind`: it counted, the calendar was closed, the clock stood still, or it counted although all was used up. `due` is
    when the clock fell, or will fall, due, where that is at the end of it or moves with it. `reason`, `by` and `said`
    tell of a pause.
    """

    kind: Literal["open", "closed", "paused", "late"]
    start: datetime
    end: datetime | None
    counted: timedelta = _NONE
    due: datetime | None = None
    reason: str = ""
    by: str = ""
    said: str = ""


class _Measure:
    """The time of one target: its calendar's, or all that passes."""

    def __init__(self, clock: Clock, desk: Desk) -> None:
        business = bool(clock.target) and Duration(clock.target).business
        self.calendar: Calendar | None = desk.calendars.get(clock.calendar, desk.calendar) if business else None

    def spans(self, start: datetime, end: datetime) -> Sequence[tuple[datetime, datetime]]:
        if start >= end:
            return ()
        return self.calendar.open_spans(start, end) if self.calendar is not None else ((start, end),)

    def after(self, start: datetime, amount: timedelta) -> datetime:
        return self.calendar.add(start, amount) if self.calendar is not None else start + amount


def timeline(clock: Clock, case: Case, desk: Desk) -> list[Stretch]:
    """The parts of a clock's time from its start until it stopped; else until now, or until it will be due."""
    measure = _Measure(clock, desk)
    end = clock.stopped or max(case.now, clock.due or case.now)
    lines: list[Stretch] = []
    at, used = clock.start, _NONE
    for pause in clock.pauses:
        part = list(_counting(measure, (at, min(pause.start, end)), clock.whole - used))
        lines += _drawn_together(part)
        used += sum((one.counted for one in part), _NONE)
        lines.append(_paused(pause, measure, clock.whole - used, case))
        at = pause.end or end
    lines += _drawn_together(list(_counting(measure, (at, end), clock.whole - used)))
    return lines


def by_tier(clock: Clock, case: Case, desk: Desk) -> dict[str, timedelta]:
    """With which tiers the time went that counted, in the order of the desk."""
    measure, end = _Measure(clock, desk), clock.stopped or case.now
    edges = [clock.start, *(edge for pause in clock.pauses for edge in (pause.start, pause.end or end)), end]
    found: dict[str, timedelta] = {}
    for spell in tier_spells(as_asked(case)):
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            parts = measure.spans(max(start, spell.start), min(stop, spell.end or stop))
            spent = sum((last - first for first, last in parts), _NONE)
            found[spell.value] = found.get(spell.value, _NONE) + spent
    return {tier: found[tier] for tier in sorted(found, key=desk.rank) if found[tier]}


def _counting(measure: _Measure, part: tuple[datetime, datetime], left: timedelta) -> Iterator[Stretch]:
    """What lies between two moments without a pause: open, closed, and late once nothing is left."""
    at, end = part
    for start, stop in measure.spans(at, end):
        if start > at:
            yield Stretch(kind="closed", start=at, end=start)
        length = stop - start
        if left <= _NONE:
            yield Stretch(kind="late", start=start, end=stop, counted=length)
        elif length >= left:
            moment = start + left
            yield Stretch(kind="open", start=start, end=moment, counted=left, due=moment)
            if moment < stop:
                yield Stretch(kind="late", start=moment, end=stop, counted=stop - moment)
        else:
            yield Stretch(kind="open", start=start, end=stop, counted=length)
        left, at = left - length, stop
    if at < end:
        yield Stretch(kind="closed", start=at, end=end)


def _drawn_together(lines: list[Stretch]) -> list[Stretch]:
    if len(lines) <= MOST_LINES:
        return lines
    found = []
    for late in (False, True):
        group = [line for line in lines if (line.kind == "late") == late]
        counted = [line for line in group if line.counted]
        if counted:
            first, last = (counted if late else group)[0], counted[-1]
            spent = sum((line.counted for line in counted), _NONE)
            found.append(msgspec.structs.replace(last, start=first.start, counted=spent))
    return found


def _paused(pause: Pause, measure: _Measure, left: timedelta, case: Case) -> Stretch:
    moved = measure.after(pause.end, left) if pause.end is not None and left > _NONE else None
    begun = [one for one in case.changes.get("waiting", ()) if (one.asked or one.at) == pause.start]
    return Stretch(
        kind="paused",
        start=pause.start,
        end=pause.end,
        due=moved,
        reason=pause.reason,
        by=case.name_of(pause.by),
        said=case.reason_for(begun[0]) if begun else "",
    )
