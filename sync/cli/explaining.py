"""What `explain` finds out about one issue, from the ledger alone."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from tierkeeper.plugins.model.case import Case, FacetChange
from tierkeeper.plugins.model.desk import Role, RoleSource
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.rules.clocks import CLOCK
from tierkeeper.rules.engine import judge
from tierkeeper.rules.policy import Policy
from tierkeeper.rules.rulings import Ruling
from tierkeeper.sync.cli.answers import StepAnswer
from tierkeeper.sync.cli.cycle_page import shown
from tierkeeper.sync.cli.cycling import court_of, step_answer
from tierkeeper.sync.cli.desks import Loaded, as_of, load, remembered_account
from tierkeeper.sync.cli.explain_answer import (
    ActAnswer,
    ChangeAnswer,
    ExplainAnswer,
    FacetAnswer,
    MembershipAnswer,
    VerdictAnswer,
)
from tierkeeper.sync.cli.explain_clocks import clock_answers
from tierkeeper.sync.cli.explain_page import show
from tierkeeper.sync.cli.explain_twins import held_answer, twin_answers
from tierkeeper.sync.cli.issues import find_issue
from tierkeeper.sync.cli.screen import Screen
from tierkeeper.sync.judging import Court
from tierkeeper.sync.ledger import Act, Known, Ledger
from tierkeeper.sync.ledger.overview import Overview
from tierkeeper.sync.plan import IssuePlan
from tierkeeper.sync.twins import twins_among

LAST_HANDOVERS = 3

_OF_INSTANCE = frozenset({"server", "entry_point"})


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    issue: str
    policy: Path
    ledger: Path | None = None
    now: str = ""


def explain(ask: Ask, *, json: bool) -> None:
    """Explain one issue."""
    desk = load(ask.policy)
    policy = desk.policy
    with Ledger.open(desk.ledger(ask.ledger), desk=policy.desk.name, read_only=True) as ledger:
        queue, known = find_issue(ask.issue, policy, ledger)
        own = remembered_account(ledger, queue.tracker)
        court = court_of(policy, queue, ledger, own=own or "", now=as_of(ask.now, ledger))
        answer = _answer(known, court, ledger, desk)
    if own is None:
        answer.notices.append(f"no run has found out yet which account is ours on {queue.tracker}")
    screen = Screen()
    if json:
        screen.answer(answer)
    else:
        show(answer, desk.zone, screen)


def _answer(known: Known, court: Court, ledger: Ledger, desk: Loaded) -> ExplainAnswer:
    history, policy = known.history, desk.policy
    issue, case = history.issue, court.case(history)
    twins = twin_answers(issue.ref, ledger)
    judged = not twins_among(policy, ledger, issue.ref.queue, [issue.ref.id])
    plan = court.consider(history) if judged else IssuePlan(ref=issue.ref, title=issue.title)
    reason, retry_at = Overview(ledger).failure(issue.ref)
    overruled = judge(case, court.bench).lost if judged else []
    return ExplainAnswer(
        issue=str(issue.ref),
        queue=issue.ref.queue,
        id=issue.ref.id,
        key=issue.ref.key,
        title=issue.title,
        url=issue.url,
        open=case.open,
        tier=case.tier,
        owners=list(case.owners),
        reporter=case.reporter,
        created=case.created,
        explained_as_of=court.now,
        history_complete=history.complete,
        in_queue=court.holds(history),
        opted_out=case.opted_out,
        gone=known.gone,
        settled=not known.dirty and known.fingerprint == court.fingerprint,
        wake_at=known.wake_at,
        failure=reason,
        retry_at=retry_at,
        twins=twins,
        put_aside=held_answer(issue.ref, twins, ledger),
        facets=list(_facets(case)),
        pending=[
            _pending(change, plan.wake_at if plan.waiting else None)
            for facet, change in (case.pending.items() if judged else ())
            if facet in court.bench.guarded  # what no rule guards, nobody judges
        ],
        clocks=clock_answers(case, court.desk, policy),
        verdicts=[_verdict(verdict, policy) for verdict in history.verdicts if verdict.facet not in {"", CLOCK}],
        acts=[_act(act, policy) for act in ledger.acts(issue.ref)],
        memberships=list(_memberships(case, court, desk)),
        now=[step_answer(step, policy.line_of) for step in plan.steps],
        lost=[_lost(ruling, policy) for ruling in overruled],
        notices=[*plan.failures, *plan.notices, *plan.given_up],
    )


def _facets(case: Case) -> Iterator[FacetAnswer]:
    for facet, value in case.facets.items():
        changes = case.changes.get(facet, ())
        if changes:
            last = changes[-1]
            yield FacetAnswer(
                facet=facet,
                value=", ".join(case.owners) or None if facet == "owner" else value,
                since=last.asked or last.at,
                by=last.by,
                kind=last.kind,
                event=last.event,
                note=last.note,
            )
        elif value is not None and facet != "state":
            note = f"of the instance {case.instance}" if facet in _OF_INSTANCE and case.instance else ""
            yield FacetAnswer(
                facet=facet, value=value, since=case.created, by=case.reporter, kind=case.reporter_kind, note=note
            )


def _pending(change: FacetChange, until: datetime | None) -> ChangeAnswer:
    return ChangeAnswer(
        facet=change.facet,
        before=change.before,
        after=change.after,
        by=change.by,
        at=change.at,
        event=change.event,
        until=until,
    )


def _verdict(verdict: Verdict, policy: Policy) -> VerdictAnswer:
    return VerdictAnswer(
        facet=verdict.facet,
        before=verdict.before,
        after=verdict.after,
        by=verdict.by,
        at=verdict.at,
        outcome=verdict.outcome,
        event="" if verdict.event.startswith("set:") else verdict.event,
        rule=verdict.rule,
        mode=verdict.mode,
        line=_line(policy, verdict.rule),
        said=verdict.said,
        remedy=verdict.remedy,
        others=list(verdict.others),
    )


def _act(act: Act, policy: Policy) -> ActAnswer:
    return ActAnswer(
        at=act.at,
        what=act.what,
        rule=act.rule,
        mode=act.mode if act.rule else "",
        line=_line(policy, act.rule),
        reason=act.reason,
        person=act.person,
        evidence=list(act.evidence),
    )


def _lost(ruling: Ruling, policy: Policy) -> StepAnswer:
    value = ", ".join(ruling.value) if isinstance(ruling.value, tuple) else ruling.value
    return StepAnswer(
        subject=ruling.facet,
        what=f"→ {value or 'none'}",
        rule=ruling.rule,
        mode=ruling.mode,
        reason=ruling.said,
        line=_line(policy, ruling.rule),
        facet=ruling.facet,
        after=value,
        evidence=list(ruling.events),
    )


def _line(policy: Policy, rule: str) -> str:
    return policy.line_of(f"rules.{rule}") if rule else ""


# Who could act, and how that is known


def _memberships(case: Case, court: Court, desk: Loaded) -> Iterator[MembershipAnswer]:
    """For the last handovers by people: whether they were in the tier that held the issue."""
    made = {change.event: change for change in case.handovers[-LAST_HANDOVERS:]}
    made |= {change.event: change for facet, change in case.pending.items() if facet == "tier"}
    for change in made.values():
        holder = change.before or case.lowest_tier
        tier = court.desk.tier(holder)
        if change.kind != "human" or not change.by or tier is None:
            continue
        at = change.asked or change.at
        role = court.desk.roles.get(tier.role)
        if role is not None:
            answer, because = _in_role(change.by, role, at, court, desk)
        else:
            users = court.desk.key_users(case) or court.desk.all_key_users
            answer = "yes" if court.desk.is_key_user(change.by, case) else "no"
            because = f"key users: {', '.join(users)}"
        yield MembershipAnswer(person=change.by, tier=holder, at=at, answer=answer, because=because)


def _in_role(person: str, role: Role, at: datetime, court: Court, desk: Loaded) -> tuple[str, str]:  # noqa: PLR0917  # who, in what, when, and what is known
    if person.casefold() in {name.casefold() for name in role.people}:
        return "yes", f"named in {desk.policy.line_of(f'roles.{role.name}')}"
    found = [_in_source(person, source, at, court, desk) for source in role.sources]
    because = [why for _, why in found] or [f"only {', '.join(role.people) or 'nobody'}"]
    answers = [answer for answer, _ in found]
    answer = "yes" if True in answers else "not known" if None in answers else "no"
    return answer, "; ".join(because)


def _in_source(person: str, source: RoleSource, at: datetime, court: Court, desk: Loaded) -> tuple[bool | None, str]:  # noqa: PLR0917  # as above
    roster = court.rosters.get(source)
    account = court.desk.account_of(person, source.tracker)
    if roster is None or not roster.readings:
        return None, f"{source} was never read"
    if not account:
        return False, f"{person} has no account on {source.tracker}"
    before = [reading for reading in roster.readings if reading.at < at][-1:]
    after = [reading for reading in roster.readings if reading.at >= at][:1]
    said = [
        f"read {shown(reading.at, desk.zone)} {'with' if account.casefold() in reading.members else 'without'} them"
        for reading in (*before, *after)
    ]
    return roster.was_member(account, at), f"{source}: {', '.join(said)}"
