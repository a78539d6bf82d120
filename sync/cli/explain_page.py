"""How an explanation is shown."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tierkeeper.sync.cli.answers import StepAnswer
from tierkeeper.sync.cli.cycle_page import shown, step_row
from tierkeeper.sync.cli.explain_answer import ActAnswer, ExplainAnswer, FacetAnswer, VerdictAnswer
from tierkeeper.sync.cli.explain_clocks import clock_rows
from tierkeeper.sync.cli.explain_twins import twin_lines
from tierkeeper.sync.cli.screen import Screen

_BY = {"ours": "by us", "unknown": "by an account that the tracker does not name"}


def show(answer: ExplainAnswer, zone: ZoneInfo, screen: Screen) -> None:
    """Print an explanation."""
    screen.title(answer.issue, answer.title)
    screen.rows([(line,) for line in _standing(answer, zone)])
    sections: list[tuple[str, Sequence[Sequence[str]]]] = [
        ("facets", [_facet(facet, zone) for facet in answer.facets]),
        ("promises", [row for clock in answer.clocks for row in clock_rows(clock, zone)]),
        ("waiting to be judged", list(_pending(answer, zone))),
        ("verdicts", [row for verdict in answer.verdicts for row in _verdict(verdict, zone)]),
        ("acts", [_act(act, zone) for act in answer.acts]),
        (
            "who could act",
            [
                (shown(one.at, zone), f"{one.person} for {one.tier}: {one.answer}", one.because)
                for one in answer.memberships
            ],
        ),
        (_now_heading(answer, zone), [_step(step) for step in answer.now] or [("nothing to do",)]),
        ("overruled by a rule named earlier", [_step(step) for step in answer.lost]),
    ]
    for heading, rows in sections:
        if rows:
            screen.say()
            screen.say(heading, "bold")
            screen.rows(rows)
    for notice in answer.notices:
        screen.complain(f"notice: {notice}")


def _standing(answer: ExplainAnswer, zone: ZoneInfo) -> Iterator[str]:
    owners = f"owner {', '.join(answer.owners)}" if answer.owners else "no owner"
    state = "open" if answer.open else "closed"
    reported = f"reported {shown(answer.created, zone)} by {answer.reporter or 'somebody who is gone'}"
    yield f"{state} · with {answer.tier} · {owners} · {reported}"
    if answer.url:
        yield answer.url
    history = "history complete" if answer.history_complete else "history incomplete: nobody is judged by it"
    if answer.gone:
        yield f"not there any more: {answer.gone}"
    else:
        yield f"{history} · {'settled' if answer.settled else 'to be judged in the next run'}"
    yield from twin_lines(answer.twins, answer.put_aside, zone)
    if not answer.in_queue:
        yield f"outside of the filter of queue {answer.queue}: no rule looks at it"
    if answer.opted_out:
        yield "opted out by a tier's lead: no rule looks at it"
    if answer.wake_at is not None:
        yield f"looked at again {shown(answer.wake_at, zone)}"
    if answer.failure:
        when = f"; tried again {shown(answer.retry_at, zone)}" if answer.retry_at else ""
        yield f"failed when it was last looked at: {answer.failure}{when}"


def _now_heading(answer: ExplainAnswer, zone: ZoneInfo) -> str:
    return f"what a run would do, as of {shown(answer.explained_as_of, zone)}"


def _facet(facet: FacetAnswer, zone: ZoneInfo) -> Sequence[str]:
    how = f"{_by(facet.kind, facet.by)}, {_event(facet.event)}" if facet.event else facet.note or "with the report"
    note = f": {facet.note}" if facet.note and facet.event else ""
    return (facet.facet, facet.value or "none", f"since {shown(facet.since, zone)}", how + note)


def _by(kind: str, person: str) -> str:
    if kind in _BY:
        return _BY[kind]
    return f"by {person}, an automation" if kind == "automation" else f"by {person}"


def _event(event: str) -> str:
    return f"event {event}"


def _pending(answer: ExplainAnswer, zone: ZoneInfo) -> Iterator[Sequence[str]]:
    for change in answer.pending:
        until = (
            f"waits until {shown_to_second(change.until, zone)}: people click in several steps" if change.until else ""
        )
        yield (
            change.facet,
            f"{change.before or 'none'} → {change.after or 'none'}",
            f"by {change.by} at {shown(change.at, zone)}",
            ", ".join(part for part in (_event(change.event), until) if part),
        )


def shown_to_second(moment: datetime, zone: ZoneInfo) -> str:
    """A moment in the desk's zone, to the second."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def _verdict(verdict: VerdictAnswer, zone: ZoneInfo) -> Iterator[Sequence[str]]:
    change = f"{verdict.facet} {verdict.before or 'none'} → {verdict.after or 'none'}"
    if verdict.outcome == "set":
        change = f"{verdict.facet} → {verdict.after or 'none'}"
    by = f"by {verdict.by}, " if verdict.by else ""
    also = f", also {', '.join(verdict.others)}" if verdict.others else ""
    rule = f"{verdict.rule} {verdict.mode} ({verdict.line}{also})" if verdict.rule else ""
    evidence = f"{by}{_event(verdict.event)}" if verdict.event else ""
    yield (shown(verdict.at, zone), change, verdict.outcome, "; ".join(part for part in (evidence, rule) if part))
    for line in (verdict.said, verdict.remedy):
        if line:
            yield ("", "", "", line)


def _act(act: ActAnswer, zone: ZoneInfo) -> Sequence[str]:
    why = act.reason + (f" (for {act.person})" if act.person and act.person not in act.reason else "")
    evidence = ", ".join(act.evidence)
    why += f" [event {evidence}]" if evidence else ""
    rule = f"{act.rule} {act.mode}".strip()
    return (shown(act.at, zone), act.what, rule, why.strip())


def _step(step: StepAnswer) -> Sequence[str]:
    *head, reason = step_row(step)
    return (*head, f"{reason} ({step.line})".strip() if step.line else reason)
