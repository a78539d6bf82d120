"""What a status comment says of promises: what was promised, by when in the reporter's zone and the desk's, and waits.

In absolute times, and made of the clocks alone, so that the same state gives the same text.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tierkeeper.plugins.markup.text import markdown
from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.promise import Clock, next_due

_DONE = {"first answer": "given", "next answer": "given", "solution": "there", "owner": "found", "next news": "given"}


def next_promise(case: Case, desk: Desk) -> str:
    """What the reporter is promised next, as a part of the headline; empty where there is nothing to say."""
    clocks = _to_reporter(case)
    if not clocks or not case.open:
        return ""
    going = [clock for clock in clocks if clock.stopped is None]
    if any(clock.incomplete for clock in going):
        return "what was promised is not known: the history is incomplete"
    coming = next_due(going)
    if coming is not None and coming.due is not None:
        return f"{_coming(coming)} **{_moment(coming.due, ZoneInfo(desk.time_zone))}**{_theirs(coming.due, case, desk)}"
    waiting = next((clock for clock in going if clock.paused_for), None)
    if waiting is not None:
        return f"{waiting.shown} {_waits(waiting, desk)}"
    return "no promise" if all(not clock.target for clock in going) and going else ""


def promised(case: Case, desk: Desk, *, public: bool = False) -> str:
    """All that was promised and how it stands, in one sentence; `public`: to the reporter alone. Empty: nothing."""
    known = [clock for clock in case.clocks if clock.target and not clock.incomplete]
    shown = [clock for clock in known if clock.to_reporter or not public]
    if not shown:
        return ""
    return f"Promised: {'; '.join(_one(clock, case, desk) for clock in shown)}."


def _to_reporter(case: Case) -> Sequence[Clock]:
    return [clock for clock in case.clocks if clock.to_reporter]


def _one(clock: Clock, case: Case, desk: Desk) -> str:
    zone = ZoneInfo(desk.time_zone)
    within = f"{markdown(clock.shown)} within {clock.target}"
    if clock.stopped is not None:
        late = f", late: it was due {_moment(clock.due, zone)}" if clock.state == "missed" and clock.due else ""
        return f"{within}, {_DONE.get(clock.shown, 'done')} {_moment(clock.stopped, zone)}{late}"
    waits = f"it {_waits(clock, desk)}" if clock.paused_for else ""
    if clock.due is None:
        return f"{within}, {waits}"
    due = f"{'was ' if clock.state == 'missed' else ''}due {_moment(clock.due, zone)}{_theirs(clock.due, case, desk)}"
    return ", ".join(part for part in (within, due, waits) if part)


def _coming(clock: Clock) -> str:
    return f"{clock.shown} {'was ' if clock.state == 'missed' else ''}due"


def _waits(clock: Clock, desk: Desk) -> str:
    since = _moment(clock.pauses[-1].start, ZoneInfo(desk.time_zone))
    return f"waits for the {markdown(clock.paused_for)} since {since}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M %Z}"


def _theirs(at: datetime, case: Case, desk: Desk) -> str:
    """The same moment on the reporter's clock, where that shows another time."""
    server = desk.servers.get(case.server or "")
    if server is None:
        return ""
    here, there = at.astimezone(ZoneInfo(desk.time_zone)), at.astimezone(ZoneInfo(server.time_zone))
    if here.utcoffset() == there.utcoffset():
        return ""
    day = "" if here.date() == there.date() else f"{there:%a %d %b} "
    return f" ({day}{there:%H:%M %Z} at the reporter's)"
