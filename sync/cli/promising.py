"""What `promises` finds out, from the ledger alone."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.promise import Clock
from tierkeeper.rules.reading import read_case
from tierkeeper.sync.cli.answers import FORMAT
from tierkeeper.sync.cli.cycle_page import counted, shown
from tierkeeper.sync.cli.cycling import court_of
from tierkeeper.sync.cli.desks import as_of, load, remembered_account
from tierkeeper.sync.cli.screen import Screen
from tierkeeper.sync.judging import Court
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.ledger.overview import ANY, OPEN, Overview
from tierkeeper.sync.ledger.rows import chunks


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    policy: Path
    ledger: Path | None = None
    at: str = ""
    most: int = 50


class PromiseAnswer(msgspec.Struct, kw_only=True):
    """A promise that goes on. `standing` is ok, at-risk, breached or paused; `waits_for` is set where it is paused."""

    issue: str
    queue: str
    title: str
    url: str = ""
    clock: str
    name: str
    standing: str
    target: str
    line: str = ""
    due: datetime | None = None
    at_risk: datetime | None = None
    waits_for: str = ""
    held_by: str = ""
    owners: list[str] = []


class PromisesAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper promises`: what is promised on open issues, what is due first at the top, paused ones last.

    `promised` counts all of them, be they listed or not; `without` the open issues to which nothing is promised, and
    `incomplete` those whose history does not explain how their promises stand.
    """

    format: int = FORMAT
    command: str = "promises"
    as_of: datetime
    promised: int = 0
    at_risk: int = 0
    breached: int = 0
    paused: int = 0
    without: int = 0
    incomplete: int = 0
    promises: list[PromiseAnswer] = []
    notices: list[str] = []


def promises(ask: Ask, *, json: bool) -> None:
    """List what is promised."""
    desk = load(ask.policy)
    policy = desk.policy
    with Ledger.open(desk.ledger(ask.ledger), desk=policy.desk.name, read_only=True) as ledger:
        answer = PromisesAnswer(as_of=as_of(ask.at, ledger))
        for queue in policy.queues.values():
            own = remembered_account(ledger, queue.tracker)
            if own is None:
                answer.notices.append(f"no run has found out yet which account is ours on {queue.tracker}")
            court = court_of(policy, queue, ledger, own=own or "", now=answer.as_of)
            for case in _open_cases(court, ledger, queue, ANY if ask.at else OPEN):
                _count(answer, case, court)
    answer.promised = len(answer.promises)
    latest = datetime.max.replace(tzinfo=answer.as_of.tzinfo)
    answer.promises.sort(key=lambda one: (one.due or latest, one.issue, one.clock))
    del answer.promises[ask.most :]
    screen = Screen()
    if json:
        screen.answer(answer)
    else:
        _show(answer, desk.zone, screen)


def _open_cases(court: Court, ledger: Ledger, queue: Queue, states: Iterable[int]) -> Iterator[Case]:
    """The issues of a queue that were open then, without twins: what is promised is promised on the source."""
    for refs in chunks(Overview(ledger).issues(queue.name, states)):
        twins = Links(ledger).targets(queue.name, [ref.id for ref in refs])
        for known in ledger.histories(queue.name, refs, own=court.own):
            history = known.history
            if history.issue.ref.id in twins or not court.holds(history) or history.issue.created > court.now:
                continue
            case = read_case(history, court.reader, court.now)
            if case.open:
                yield case


def _count(answer: PromisesAnswer, case: Case, court: Court) -> None:
    going = [clock for clock in case.clocks if clock.stopped is None]
    known = [clock for clock in going if clock.target and not clock.incomplete]
    answer.incomplete += any(clock.incomplete for clock in going)
    answer.without += not any(clock.target for clock in going)
    for clock in known:
        one = _promise(clock, case, court)
        answer.promises.append(one)
        answer.at_risk += one.standing == "at-risk"
        answer.breached += one.standing == "breached"
        answer.paused += one.standing == "paused"


def _promise(clock: Clock, case: Case, court: Court) -> PromiseAnswer:
    return PromiseAnswer(
        issue=str(case.ref),
        queue=case.ref.queue,
        title=case.title,
        url=case.url,
        clock=clock.key,
        name=clock.shown,
        standing=clock.standing(case.now),
        target=clock.target,
        line=court.policy.line_of(clock.goal),
        due=clock.due,
        at_risk=clock.risk_at,
        waits_for=clock.paused_for,
        held_by=case.tier,
        owners=list(case.owners),
    )


def _show(answer: PromisesAnswer, zone: ZoneInfo, screen: Screen) -> None:
    screen.title("promises", f"as of {shown(answer.as_of, zone)}")
    screen.rows([_row(one, zone) for one in answer.promises] or [("nothing is promised on an open issue",)])
    screen.say()
    more = answer.promised - len(answer.promises)
    parts = [counted(answer.promised, "promise"), f"{answer.breached} breached", f"{answer.at_risk} at risk"]
    parts += [f"{answer.paused} paused", f"{counted(answer.without, 'issue')} without a promise"]
    parts += [f"{more} more not shown: --most"] if more else []
    parts += [f"{counted(answer.incomplete, 'issue')} with an incomplete history"] if answer.incomplete else []
    screen.say(" · ".join(parts))
    for notice in answer.notices:
        screen.complain(f"notice: {notice}")


def _row(one: PromiseAnswer, zone: ZoneInfo) -> tuple[str, ...]:
    due = shown(one.due, zone) if one.due else f"waits for the {one.waits_for}"
    who = ", ".join(one.owners) or f"nobody of {one.held_by.replace('-', ' ')}"
    return (due, one.standing.replace("-", " "), one.issue, f"{one.name} within {one.target}", who, one.title)
