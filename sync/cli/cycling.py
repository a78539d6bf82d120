"""What `plan` and `run` do: build the trackers, take the lease, open the ledger, run a cycle, say what came of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tierkeeper.plugins.errors import LedgerError
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.transport.ports import SystemWall
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.budget import LedgerBudget
from tierkeeper.sync.cli import logs, metrics
from tierkeeper.sync.cli.answers import CycleAnswer, IssueAnswer, LeftAnswer, StepAnswer
from tierkeeper.sync.cli.cycle_page import show
from tierkeeper.sync.cli.desks import (
    Loaded,
    as_of,
    load,
    make_post,
    make_trackers,
    moment,
    remember_accounts,
    remembered_account,
    require_loopback,
)
from tierkeeper.sync.cli.failure import exit_code
from tierkeeper.sync.cli.log_format import LogFormat
from tierkeeper.sync.cli.metrics import Figures
from tierkeeper.sync.cli.screen import Screen
from tierkeeper.sync.cli.standing import in_order
from tierkeeper.sync.cli.telling import told
from tierkeeper.sync.cycle import Cycle
from tierkeeper.sync.judging import Court
from tierkeeper.sync.ledger import Lease, Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.plan import IssuePlan, Step
from tierkeeper.sync.report import Report
from tierkeeper.sync.twins import twins_among
from tierkeeper.sync.work import CHUNK


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    policy: Path
    ledger: Path | None = None
    now: str = ""
    max_changes: int | None = None
    metrics: Path | None = None
    log_format: LogFormat | None = None


def plan(ask: Ask, *, json: bool, quiet: bool) -> int:
    """One cycle without writing to a tracker; the exit code."""
    return _cycle(ask, "plan", json=json, quiet=quiet)


def run(ask: Ask, *, json: bool, quiet: bool) -> int:
    """One cycle; the exit code."""
    return _cycle(ask, "run", json=json, quiet=quiet)


def offline(ask: Ask, *, json: bool, quiet: bool) -> int:
    """What a run would do with what the ledger holds; the exit code."""
    desk = load(ask.policy)
    policy = desk.policy
    report = Report(desk=policy.desk.name, command="plan", queues=len(policy.queues))
    with Ledger.open(desk.ledger(ask.ledger), desk=policy.desk.name, read_only=True) as ledger:
        now = as_of(ask.now, ledger)
        for queue in policy.queues.values():
            own = remembered_account(ledger, queue.tracker)
            if own is None:
                report.problems.append(
                    f"queue {queue.name}: no run or plan has found out yet which account is ours on {queue.tracker}; "
                    "the queue was not looked at"
                )
                continue
            _consider(report, ledger, court_of(policy, queue, ledger, own=own, now=now))
    answer = _answer(report, policy, now, policy.max_changes)
    answer.offline = True
    show(answer, desk.zone, Screen(quiet=quiet), json=json)
    return answer.exit_code


def court_of(policy: Policy, queue: Queue, ledger: Ledger, *, own: str, now: datetime) -> Court:
    """What the issues of a queue are judged by, from the ledger alone."""
    return Court(
        policy=policy,
        queue=queue,
        own=own,
        now=now,
        since=ledger.began or now,
        rosters=ledger.rosters(now),
        ledger=ledger,
        accounts={name: remembered_account(ledger, name) or "" for name in policy.trackers},
    )


def _consider(report: Report, ledger: Ledger, court: Court) -> None:
    after = ""
    name = court.queue.name
    while refs := ledger.due(name, now=court.now, fingerprint=court.fingerprint, limit=CHUNK, after=after):
        twins = twins_among(court.policy, ledger, name, [ref.id for ref in refs])
        for known in ledger.histories(name, [ref for ref in refs if ref.id not in twins], own=court.own):
            plan = court.consider(known.history)
            report.judged += 1
            report.waiting += plan.waiting
            report.guarded += plan.guarded
            report.problems += plan.failures
            report.notices += [*plan.notices, *plan.given_up]
            if plan.shown:
                report.plans.append(plan)
                report.shadowed += any(step.shadow for step in plan.steps)
        after = refs[-1].id


def _cycle(ask: Ask, command: str, *, json: bool, quiet: bool) -> int:
    logs.choose(ask.log_format)
    metrics.check_place(ask.metrics)
    desk = load(ask.policy)
    if ask.now:
        require_loopback(desk.policy)
    with told(desk.policy.desk.name, command, file=ask.metrics, quiet=quiet) as figures:
        screen = Screen(quiet=quiet)
        answer = _answered(ask, desk, figures, screen)
        show(answer, desk.zone, screen, json=json)
    return answer.exit_code


def _answered(ask: Ask, desk: Loaded, figures: Figures, screen: Screen) -> CycleAnswer:
    policy, wall, command = desk.policy, SystemWall(), figures.command
    now = moment(ask.now) if ask.now else wall.now()
    most = policy.max_changes if ask.max_changes is None else ask.max_changes
    with _opened(desk, ask.ledger, f"tierkeeper {command}") as ledger, screen.progress() as progress:
        budget = LedgerBudget(ledger.budgets)
        trackers = make_trackers(policy, ledger, budget)
        cycle = Cycle(
            policy=policy,
            ledger=ledger,
            trackers=trackers,
            now=now,
            wall=wall,
            write=command == "run",
            max_changes=most,
            budget=budget,
            host=desk.host,
            post=make_post(policy),
            progress=progress,
        )
        try:
            report = _recorded(cycle, command)
        finally:
            budget.keep(wall.now())
        remember_accounts(ledger, trackers, wall.now())
        figures.report, figures.exit_code = report, report.exit_code
        figures.quarantined = len(ledger.quarantined())
        pairs = Links(ledger).counts()
        figures.links = {one.name: pairs.get(one.name, (0, 0))[0] for one in policy.mirrors}
        figures.put_aside = len(Links(ledger).held())
        board = ledger.board()
        figures.open_issues = {name: in_order(board.get(name, {}), policy) for name in policy.queues}
    answer = _answer(report, policy, now, most)
    answer.notices += [str(failure) for failure in desk.host.failures]
    return answer


@contextmanager
def _opened(desk: Loaded, named: Path | None, holder: str) -> Iterator[Ledger]:
    path = desk.ledger(named)
    with (
        Lease(path, holder=holder, start=datetime.now(UTC)),
        Ledger.open(path, desk=desk.policy.desk.name) as ledger,
    ):
        yield ledger


def _recorded(cycle: Cycle, command: str) -> Report:
    """Run the cycle, and keep in the ledger how it went, whatever happens."""
    ledger, wall = cycle.ledger, cycle.wall
    number = ledger.start_run(command, now=cycle.now, wall=wall.now())
    try:
        report = cycle.run()
    except BaseException as error:
        with suppress(LedgerError):
            ledger.end_run(number, {}, exit_code=exit_code(error), wall=wall.now())
        raise
    ledger.end_run(number, report.counts(), exit_code=report.exit_code, wall=wall.now())
    return report


def _answer(report: Report, policy: Policy, now: datetime, most: int) -> CycleAnswer:
    writes = report.command == "run" and not report.over
    return CycleAnswer(
        command=report.command,
        desk=report.desk,
        judged_as_of=now,
        first=report.first,
        queues=report.queues,
        changed=report.changed,
        woken=report.woken,
        judged=report.judged,
        waiting=report.waiting,
        to_write=0 if writes else sum(bool(plan.changes) for plan in report.plans),
        to_carry=report.to_carry,
        written=report.written,
        carried=report.carried,
        in_shadow=report.shadowed,
        guarded=report.guarded,
        max_changes=most,
        over=max(0, report.guarded - most),
        requests=report.requests,
        issues=list(_issues(report.plans, policy.line_of)),
        left=[LeftAnswer(**msgspec.structs.asdict(one)) for one in report.left],
        problems=_distinct(report.problems),
        notices=_distinct(report.notices),
        exit_code=report.exit_code,
    )


def _distinct(lines: list[str]) -> list[str]:
    return list(dict.fromkeys(lines))


def _issues(plans: Sequence[IssuePlan], line_of: Callable[[str], str]) -> Iterable[IssueAnswer]:
    """Each issue once, also where rules and a mirror, or two turns of a run, had something to do with it."""
    found: dict[tuple[str, str], IssueAnswer] = {}
    for plan in plans:
        one = _issue(plan, line_of)
        known = found.setdefault((one.queue, one.id), one)
        if known is not one:
            known.title, known.writes = one.title, known.writes + one.writes
            known.steps += one.steps
    return found.values()


def _issue(plan: IssuePlan, line_of: Callable[[str], str]) -> IssueAnswer:
    return IssueAnswer(
        issue=str(plan.ref),
        queue=plan.ref.queue,
        id=plan.ref.id,
        key=plan.ref.key,
        title=plan.title,
        writes=len(plan.changes),
        steps=[step_answer(step, line_of) for step in plan.steps],
    )


def step_answer(step: Step, line_of: Callable[[str], str]) -> StepAnswer:
    """A plan's step, with the line of its rule."""
    return StepAnswer(
        subject="shadow" if step.shadow else step.subject,
        what=f"{step.subject} {step.what}" if step.shadow else step.what,
        rule=step.rule,
        mode=step.mode,
        reason=step.reason,
        line=line_of(f"rules.{step.rule}") if step.rule else "",
        facet=step.facet,
        before=step.before,
        after=step.after,
        evidence=list(step.evidence),
    )
