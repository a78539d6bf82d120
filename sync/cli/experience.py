"""What `promises --experience` finds out: what reporters really got beside what is promised, from the ledger alone."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Desk, Queue
from tierkeeper.plugins.model.duration import Duration
from tierkeeper.plugins.model.promise import Clock, Goal
from tierkeeper.rules.clocks import clocks_of
from tierkeeper.rules.reading import read_case
from tierkeeper.sync.cli.answers import FORMAT
from tierkeeper.sync.cli.cycle_page import counted, shown
from tierkeeper.sync.cli.cycling import court_of
from tierkeeper.sync.cli.desks import as_of, load, remembered_account
from tierkeeper.sync.cli.screen import Screen
from tierkeeper.sync.judging import Court
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.ledger.overview import Overview
from tierkeeper.sync.ledger.rows import chunks

NEVER = Duration("36500d")
"""What stands for a target where there is none, so that what reporters got is measured all the same."""

_UNPROMISED = Goal(name="", place="", targets={"first response": NEVER, "resolution": NEVER})


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    policy: Path
    ledger: Path | None = None
    at: str = ""
    weeks: int = 8


class ExperienceLine(msgspec.Struct, kw_only=True):
    """One sort of promise to the reporters of a service, at a priority: what they got, in seconds.

    `promised` are the targets, as the policy writes them; none: nothing was promised. `business`: the times are in
    business time, as the targets are. Time that did not count (waits) is in neither.
    """

    service: str
    priority: str
    name: str
    promised: list[str]
    business: bool
    count: int
    missed: int
    median: float
    ninetieth: float


class ExperienceAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper promises --experience`: what was kept or missed from `since` to `as_of`.

    `incomplete` counts what a history does not explain; it is in no line.
    """

    format: int = FORMAT
    command: str = "experience"
    since: datetime
    as_of: datetime
    incomplete: int = 0
    lines: list[ExperienceLine] = []
    notices: list[str] = []


class _Group(msgspec.Struct):
    """The stopped clocks of one line."""

    used: list[timedelta] = []
    promised: dict[str, None] = {}
    missed: int = 0


_Key = tuple[str, str, str, bool]


def experience(ask: Ask, *, json: bool) -> None:
    """Show what reporters got beside what they were promised."""
    desk = load(ask.policy)
    policy = desk.policy
    with Ledger.open(desk.ledger(ask.ledger), desk=policy.desk.name, read_only=True) as ledger:
        now = as_of(ask.at, ledger)
        answer = ExperienceAnswer(since=now - timedelta(weeks=ask.weeks), as_of=now)
        groups: dict[_Key, _Group] = {}
        for queue in policy.queues.values():
            own = remembered_account(ledger, queue.tracker)
            if own is None:
                answer.notices.append(f"no run has found out yet which account is ours on {queue.tracker}")
            court = court_of(policy, queue, ledger, own=own or "", now=now)
            for case in _cases(court, ledger, queue, answer.since):
                _count(case, court.desk, answer, groups)
    answer.lines = [_line(key, group) for key, group in sorted(groups.items(), key=lambda one: one[0])]
    answer.lines.sort(key=lambda line: _order(line, policy.desk))
    screen = Screen()
    if json:
        screen.answer(answer)
    else:
        _show(answer, desk.zone, screen)


def _cases(court: Court, ledger: Ledger, queue: Queue, since: datetime) -> Iterator[Case]:
    """The issues that may have had something stop since then, without twins."""
    for refs in chunks(Overview(ledger).changed_since(queue.name, since)):
        twins = Links(ledger).targets(queue.name, [ref.id for ref in refs])
        for known in ledger.histories(queue.name, refs, own=court.own):
            history = known.history
            if history.issue.ref.id not in twins and court.holds(history) and history.issue.created <= court.now:
                yield read_case(history, court.reader, court.now)


def _count(case: Case, desk: Desk, answer: ExperienceAnswer, groups: dict[_Key, _Group]) -> None:
    promises = msgspec.structs.replace(desk.promises, goals=(*desk.promises.goals, _UNPROMISED))
    for clock in clocks_of(case, msgspec.structs.replace(desk, promises=promises)):
        if clock.stopped is None or clock.stopped <= answer.since or not clock.to_reporter or not clock.target:
            continue
        if clock.incomplete:
            answer.incomplete += 1
            continue
        at = clock.stopped
        business = bool(clock.goal) and Duration(clock.target).business
        service, priority = (case.value_at(facet, at) or "" for facet in ("service", "priority"))
        group = groups.setdefault((service, priority, clock.kind, business), _Group())
        group.used.append(clock.used)
        group.promised |= _promised(clock)
        group.missed += clock.state == "missed"


def _promised(clock: Clock) -> dict[str, None]:
    return {clock.target: None} if clock.goal else {}


def _line(key: _Key, group: _Group) -> ExperienceLine:
    service, priority, kind, business = key
    times = sorted(used.total_seconds() for used in group.used)
    return ExperienceLine(
        service=service,
        priority=priority,
        name=kind,
        promised=list(group.promised),
        business=business,
        count=len(times),
        missed=group.missed,
        median=part_below(times, 0.5),
        ninetieth=part_below(times, 0.9),
    )


def part_below(times: Sequence[float], share: float) -> float:
    """The least of the times, in order, that at least this share of them does not exceed: one that somebody had."""
    return times[max(ceil(share * len(times)) - 1, 0)]


def _order(line: ExperienceLine, desk: Desk) -> tuple[str, int, str, str]:
    """By service, then as the policy orders priorities, then by what is promised."""
    facet = desk.facets.get("priority")
    values = facet.values if facet is not None else ()
    rank = values.index(line.priority) if line.priority in values else len(values)
    return (line.service, rank, line.priority, line.name)


def _show(answer: ExperienceAnswer, zone: ZoneInfo, screen: Screen) -> None:
    screen.title("what reporters got", f"{shown(answer.since, zone)} to {shown(answer.as_of, zone)}")
    head = ("service", "priority", "what", "promised", "median", "90 of 100 within", "missed", "of")
    rows = [_row(line) for line in answer.lines]
    screen.rows([head, *rows] if rows else [("nothing was answered or closed in that time",)])
    if answer.incomplete:
        screen.say()
        screen.say(f"{counted(answer.incomplete, 'clock')} with an incomplete history left out")
    for notice in answer.notices:
        screen.complain(f"notice: {notice}")


def _row(line: ExperienceLine) -> tuple[str, ...]:
    unit = "bh" if line.business else "h"
    return (
        line.service or "any",
        line.priority or "none",
        line.name,
        " or ".join(_listed(line.promised)) or "nothing",
        spoken(line.median, unit),
        spoken(line.ninetieth, unit),
        f"{line.missed:,} ({line.missed / line.count:.0%})" if line.promised else "",
        f"{line.count:,}",
    )


def _listed(targets: Iterable[str]) -> list[str]:
    return sorted(targets, key=lambda target: (len(target), target))


def spoken(seconds: float, unit: str) -> str:
    """Hours and minutes, or days where there are many: business hours are never made days."""
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if unit == "h" and hours >= 72:  # noqa: PLR2004 - three days
        return f"{hours / 24:.1f} d"
    return f"{hours} {unit} {rest:02} min" if hours else f"{rest} min"
