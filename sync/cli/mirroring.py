"""What `tierkeeper mirror` does: show what the mirrors hold, and say what is to become of what they put aside."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import PUT_ASIDE
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.cli.answers import HeldAnswer, MirrorStatus
from tierkeeper.sync.cli.cycle_page import counted, shown
from tierkeeper.sync.cli.desks import as_of, load, remembered_account
from tierkeeper.sync.cli.issues import find_issue
from tierkeeper.sync.cli.mirror_answers import MirrorDoneAnswer, MirrorListAnswer, PairAnswer
from tierkeeper.sync.cli.screen import Screen
from tierkeeper.sync.ledger import Lease, Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.mirror.copying import tried_again
from tierkeeper.sync.mirror.unchanged import state_of


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    policy: Path
    ledger: Path | None = None
    now: str = ""


def listed(ask: Ask, *, pairs: bool, json: bool) -> int:
    """Show the mirrors and what they put aside, and each of their `pairs` if asked; the exit code."""
    desk = load(ask.policy)
    with Ledger.open(desk.ledger(ask.ledger), desk=desk.policy.desk.name, read_only=True) as ledger:
        answer = MirrorListAnswer(
            desk=desk.policy.desk.name,
            as_of=as_of(ask.now, ledger),
            mirrors=mirrors_of(desk.policy, ledger),
            pairs=_pairs(ledger) if pairs else [],
            put_aside=put_aside(ledger),
            dropped=_dropped(desk.policy, ledger),
        )
    screen = Screen()
    if json:
        screen.answer(answer)
    else:
        _show(answer, desk.zone, screen)
    return 0


def retry(ask: Ask, issues: Sequence[str], *, json: bool) -> int:
    """Have issues tried again by the next run, and files not copied: these, or all put aside; the exit code."""
    desk = load(ask.policy)
    path = desk.ledger(ask.ledger)
    with _lease(path, "retry"), Ledger.open(path, desk=desk.policy.desk.name) as ledger:
        refs = [_source(desk.policy, ledger, issue)[0] for issue in issues]
        refs = refs or [one.ref for one in Links(ledger).held()]
        links = Links(ledger)
        links.mark(refs)
        links.put(*(tried_again(one) for one in links.of(refs) if one.files))
    _tell(MirrorDoneAnswer(command="mirror retry", issues=[str(ref) for ref in refs]), "tried with the next run", json)
    return 0


def drop(ask: Ask, issue: str, *, json: bool) -> int:
    """Carry nothing of an issue over until it changes; the exit code."""
    desk = load(ask.policy)
    path = desk.ledger(ask.ledger)
    with _lease(path, "drop"), Ledger.open(path, desk=desk.policy.desk.name) as ledger:
        ref, said = _source(desk.policy, ledger, issue)
        if not any(one.ref.id == ref.id and one.ref.queue == ref.queue for one in Links(ledger).held()):
            raise UsageError(f"{ref} was not put aside; `tierkeeper mirror list` shows what was")
        Links(ledger).leave_out(ref, state_of(*said, flag=desk.policy.flag_prefix + PUT_ASIDE))
    _tell(MirrorDoneAnswer(command="mirror drop", issues=[str(ref)]), "left alone until it changes", json)
    return 0


def _source(policy: Policy, ledger: Ledger, text: str) -> tuple[Ref, list[History]]:
    """The issue whose twin is meant, named by itself or by its twin; and what both say now."""
    queue, known = find_issue(text, policy, ledger)
    ref = known.history.issue.ref
    link = next(iter(Links(ledger).of([ref])), None)
    if link is None:
        return ref, _histories(policy, ledger, queue, ref)
    ends = [link.source, *([link.target] if link.target is not None else [])]
    queues = {name: queue for name, queue in policy.queues.items() if name in {end.queue for end in ends}}
    said = [one for end in ends if end.queue in queues for one in _histories(policy, ledger, queues[end.queue], end)]
    return link.source, said


def _histories(policy: Policy, ledger: Ledger, queue: Queue, ref: Ref) -> list[History]:
    own = remembered_account(ledger, policy.queues[queue.name].tracker) or ""
    return [known.history for known in ledger.histories(queue.name, [ref], own=own)]


def mirrors_of(policy: Policy, ledger: Ledger) -> list[MirrorStatus]:
    """Each mirror with the number of its pairs."""
    counts = Links(ledger).counts()
    return [
        MirrorStatus(
            mirror=one.name,
            source=one.source,
            targets=list(one.targets()),
            pairs=counts.get(one.name, (0, 0))[0],
            unknown=counts.get(one.name, (0, 0))[1],
        )
        for one in policy.mirrors
    ]


def put_aside(ledger: Ledger) -> list[HeldAnswer]:
    """What could not be carried over, the oldest first."""
    links = Links(ledger)
    held = sorted(links.held(), key=lambda one: one.since)
    twins = {link.source: link.target for link in links.of([one.ref for one in held])}
    return [
        HeldAnswer(
            issue=str(one.ref),
            queue=one.ref.queue,
            id=one.ref.id,
            twin=str(twin) if (twin := twins.get(one.ref)) is not None else "",
            reason=one.reason,
            attempts=one.attempts,
            since=one.since,
            retry_at=one.retry_at,
        )
        for one in held
    ]


def held_row(one: HeldAnswer, zone: ZoneInfo) -> tuple[str, ...]:
    """What was put aside, as a row."""
    again = f"again {shown(one.retry_at, zone)}" if one.retry_at is not None else "again with the next run"
    return (one.issue, counted(one.attempts, "attempt"), f"since {shown(one.since, zone)}", again, one.reason)


def mirror_row(one: MirrorStatus) -> tuple[str, ...]:
    """A mirror, as a row."""
    unknown = f", {one.unknown:,} not known to be made" if one.unknown else ""
    return (one.mirror, f"{one.source} → {', '.join(one.targets)}", counted(one.pairs, "pair") + unknown)


def _pairs(ledger: Ledger) -> list[PairAnswer]:
    linked = sorted((one for one in Links(ledger).all() if not one.ended), key=lambda one: (one.mirror, one.sent))
    return [PairAnswer(mirror=one.mirror, source=str(one.source), twin=str(one.target or "")) for one in linked]


def _dropped(policy: Policy, ledger: Ledger) -> list[str]:
    links = Links(ledger)
    sources = dict.fromkeys(one.source for one in policy.mirrors)
    return [str(ref) for name in sources for ref in links.left_out_refs(name)]


def _show(answer: MirrorListAnswer, zone: ZoneInfo, screen: Screen) -> None:
    screen.title(f"desk {answer.desk}", f"as of {shown(answer.as_of, zone)}")
    screen.rows([mirror_row(one) for one in answer.mirrors] or [("no mirrors",)])
    parts: dict[str, Sequence[Sequence[str]]] = {}
    parts["pairs"] = [(one.mirror, one.source, one.twin or "not known to be made") for one in answer.pairs]
    parts["put aside"] = [held_row(one, zone) for one in answer.put_aside]
    parts["dropped, until they change"] = [(issue,) for issue in answer.dropped]
    for heading, rows in parts.items():
        if rows:
            screen.say()
            screen.say(heading, "bold")
            screen.rows(rows)


def _tell(answer: MirrorDoneAnswer, what: str, json: bool) -> None:
    screen = Screen()
    if json:
        screen.answer(answer)
    elif answer.issues:
        screen.say(f"{', '.join(answer.issues)}: {what}.")
    else:
        screen.say("Nothing was put aside.")


def _lease(path: Path, command: str) -> Lease:
    return Lease(path, holder=f"tierkeeper mirror {command}", start=datetime.now(UTC))
