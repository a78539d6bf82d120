"""What `status` shows: how the desk stands, from the ledger alone."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.rules.policy import Policy
from tierkeeper.sync.cli.answers import (
    FailedAnswer,
    IntentAnswer,
    QueueStatus,
    RunAnswer,
    StatusAnswer,
    WakingAnswer,
)
from tierkeeper.sync.cli.cycle_page import counted, shown
from tierkeeper.sync.cli.desks import as_of, load
from tierkeeper.sync.cli.mirroring import held_row, mirror_row, mirrors_of, put_aside
from tierkeeper.sync.cli.screen import Screen
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.overview import Overview

LAST_RUNS = 5
NEXT_WOKEN = 5
ONE_MINUTE = 60


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    policy: Path
    ledger: Path | None = None
    now: str = ""


def status(ask: Ask, *, json: bool) -> int:
    """Show how the desk stands; the exit code."""
    desk = load(ask.policy)
    with Ledger.open(desk.ledger(ask.ledger), desk=desk.policy.desk.name, read_only=True) as ledger:
        answer = _answer(desk.policy, ledger, as_of(ask.now, ledger))
    screen = Screen()
    if json:
        screen.answer(answer)
    else:
        _show(answer, desk.policy, desk.zone, screen)
    return 0


def _answer(policy: Policy, ledger: Ledger, now: datetime) -> StatusAnswer:
    overview, board = Overview(ledger), ledger.board()
    waiting, first = overview.waking(now, NEXT_WOKEN)
    return StatusAnswer(
        desk=policy.desk.name,
        as_of=now,
        queues=[
            QueueStatus(
                name=queue.name,
                tracker=queue.tracker,
                place=queue.place,
                issues=ledger.issue_count(queue.name),
                due=overview.due(queue.name),
                open_by_tier=in_order(board.get(queue.name, {}), policy),
                last_news=overview.last_news(queue.name),
            )
            for queue in policy.queues.values()
        ],
        quarantine=[
            FailedAnswer(issue=str(one.ref), reason=one.reason, attempts=one.attempts, retry_at=one.retry_at)
            for one in ledger.quarantined()
        ],
        mirrors=mirrors_of(policy, ledger),
        put_aside=put_aside(ledger),
        open_intents=[
            IntentAnswer(issue=str(one.ref), kind=one.kind, opened=one.opened) for one in ledger.open_intents()
        ],
        waiting=waiting,
        next_woken=[WakingAnswer(issue=str(one.ref), at=one.at) for one in first],
        runs=[
            RunAnswer(
                id=run.id,
                command=run.command,
                judged_as_of=run.now,
                began=run.began,
                ended=run.ended,
                exit_code=run.exit_code,
                counts=dict(run.counts),
            )
            for run in ledger.last_runs(LAST_RUNS)
        ],
    )


def in_order(counts: dict[str, int], policy: Policy) -> dict[str, int]:
    """By tier, lowest first. Issues that nobody handed on yet are with the lowest; others of the ledger come last."""
    names = dict.fromkeys((*policy.desk.tier_names, *(name for name in counts if name)))
    found = {name: counts.get(name, 0) for name in names}
    found[policy.desk.lowest_tier] += counts.get("", 0)
    return found


def _show(answer: StatusAnswer, policy: Policy, zone: ZoneInfo, screen: Screen) -> None:
    screen.title(f"desk {answer.desk}", f"as of {shown(answer.as_of, zone)}")
    for queue in answer.queues:
        news = f"last news {shown(queue.last_news, zone)}" if queue.last_news else "never read"
        screen.say()
        screen.title(
            queue.name,
            f"{queue.tracker} {queue.place} · {counted(queue.issues, 'issue')}, "
            f"{sum(queue.open_by_tier.values()):,} open · {queue.due:,} for the next run · {news}",
        )
        screen.rows([(policy.desk.shown_tier(tier), f"{count:,}") for tier, count in queue.open_by_tier.items()])
    rows: dict[str, Sequence[Sequence[str]]] = {
        "in quarantine": [
            (one.issue, counted(one.attempts, "attempt"), f"again {shown(one.retry_at, zone)}", one.reason)
            for one in answer.quarantine
        ],
        "mirrors": [mirror_row(one) for one in answer.mirrors],
        "put aside by the mirrors": [held_row(one, zone) for one in answer.put_aside],
        "written, but the outcome is not known yet": [
            (one.issue, one.kind, f"since {shown(one.opened, zone)}") for one in answer.open_intents
        ],
        f"{counted(answer.waiting, 'issue')} to be looked at later": [
            (one.issue, shown(one.at, zone)) for one in answer.next_woken
        ],
        "last runs": [_run(run, zone) for run in answer.runs],
    }
    for heading, lines in rows.items():
        if lines:
            screen.say()
            screen.say(heading, "bold")
            screen.rows(lines)


def _run(run: RunAnswer, zone: ZoneInfo) -> tuple[str, ...]:
    done = [f"{run.counts[name]:,} {name}" for name in ("changed", "judged", "written") if run.counts.get(name)]
    failed = run.counts.get("problems", 0)
    counts = ", ".join([*done, *([counted(failed, "problem")] if failed else [])])
    as_of_ = (
        ""
        if abs((run.judged_as_of - run.began).total_seconds()) < ONE_MINUTE
        else f"as of {shown(run.judged_as_of, zone)}"
    )
    if run.ended is None:
        return (run.command, shown(run.began, zone), "not ended", as_of_)
    took = f"{(run.ended - run.began).total_seconds():.1f} s"
    code = f"exit {run.exit_code}"
    return (run.command, shown(run.began, zone), code, took, ", ".join(part for part in (counts, as_of_) if part))
