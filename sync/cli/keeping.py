"""What `tierkeeper ledger` does: show what is held, bring it up to date, make it anew."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.errors import LedgerError
from tierkeeper.plugins.transport.ports import SystemWall
from tierkeeper.sync.cli.answers import FailedAnswer, IntentAnswer
from tierkeeper.sync.cli.cycle_page import counted, shown
from tierkeeper.sync.cli.desks import Loaded, load, make_trackers, moment, remember_accounts, require_loopback
from tierkeeper.sync.cli.ledger_answers import HoldingAnswer, LedgerAnswer, MigratedAnswer, RebuiltAnswer
from tierkeeper.sync.cli.screen import Screen
from tierkeeper.sync.ledger import Lease, Ledger
from tierkeeper.sync.ledger.inventory import Holding, Inventory, peek
from tierkeeper.sync.ledger.schema import version
from tierkeeper.sync.mirror.reunion import Reunion, matchmaker
from tierkeeper.sync.rebuild import Refill, put_in_place, unfinished, what_is_lost

_KILOBYTE = 1024
_MINUTES = 60
_HOURS = 3600
_DAYS = 86400


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    policy: Path
    ledger: Path | None = None
    now: str = ""


def show(ask: Ask, *, json: bool) -> int:
    """Show what the ledger holds; the exit code."""
    desk, now = load(ask.policy), datetime.now(UTC)
    path = desk.ledger(ask.ledger)
    with Ledger.open(path, desk=desk.policy.desk.name, read_only=True) as ledger:
        answer = LedgerAnswer(
            file=str(path),
            desk=desk.policy.desk.name,
            version=version(),
            bytes=_size(path),
            began=ledger.began,
            queues=_holdings(ledger, desk, now),
            open_intents=[
                IntentAnswer(issue=str(one.ref), kind=one.kind, opened=one.opened) for one in ledger.open_intents()
            ],
            quarantine=[
                FailedAnswer(issue=str(one.ref), reason=one.reason, attempts=one.attempts, retry_at=one.retry_at)
                for one in ledger.quarantined()
            ],
        )
    screen = Screen()
    if json:
        screen.answer(answer)
    else:
        _show(answer, desk.zone, screen)
    return 0


def migrate(ask: Ask, *, rename: bool, json: bool) -> int:
    """Bring the ledger up to date, and to its desk's new name where that is asked for; the exit code."""
    desk = load(ask.policy)
    path, name = desk.ledger(ask.ledger), desk.policy.desk.name
    found = peek(path)
    with _lease(path, "migrate"), Ledger.open(path, desk=found.desk or name if rename else name) as ledger:
        if rename:
            ledger.rename_desk(name)
    answer = MigratedAnswer(
        file=str(path), version_before=found.version, version=version(), desk_before=found.desk or name, desk=name
    )
    screen = Screen()
    if json:
        screen.answer(answer)
        return 0
    older = found.version < answer.version
    screen.say(
        f"The ledger {path} was brought from version {found.version} to {answer.version}."
        if older
        else f"The ledger {path} is of version {answer.version}, as it should be."
    )
    if answer.desk_before != name:
        screen.say(f"It belonged to the desk {answer.desk_before!r}; it belongs to {name!r} now.")
    return 0


def rebuild(ask: Ask, *, json: bool, quiet: bool) -> int:
    """Make the ledger anew from the trackers; the exit code."""
    desk = load(ask.policy)
    if ask.now:
        require_loopback(desk.policy)
    path, screen, wall = desk.ledger(ask.ledger), Screen(quiet=quiet), SystemWall()
    now = moment(ask.now) if ask.now else wall.now()
    with _lease(path, "rebuild"):
        lost = what_is_lost(path, desk.policy.desk.name) if path.exists() else None
        answer = RebuiltAnswer(file=str(path), lost=None if lost is None else msgspec.structs.asdict(lost))
        with (
            Ledger.open(unfinished(path), desk=desk.policy.desk.name) as ledger,
            screen.progress() as progress,
        ):
            trackers = make_trackers(desk.policy, ledger)
            refill = Refill(
                ledger=ledger,
                queues=desk.policy.queues,
                trackers=trackers,
                now=now,
                wall=wall,
                progress=progress,
            )
            answer.problems = refill.run()
            if desk.policy.mirrors and not answer.problems:
                _reunite(answer, matchmaker(desk.policy, ledger, trackers, now=now, wall=wall, host=desk.host).find())
            remember_accounts(ledger, trackers, wall.now())
            answer.queues = _holdings(ledger, desk, now)
            answer.began = ledger.began
            for tracker in trackers.values():
                for kind, count in tracker.requests().items():
                    answer.requests[kind] = answer.requests.get(kind, 0) + count
        if not answer.problems:
            aside = put_in_place(path, wall.now())
            answer.old = str(aside) if aside is not None else ""
    answer.exit_code = int(bool(answer.problems))
    _tell_rebuilt(answer, desk.zone, screen, json=json)
    return answer.exit_code


def _reunite(answer: RebuiltAnswer, found: Reunion) -> None:
    answer.pairs, answer.differing, answer.half = found.pairs, found.differing, found.half


def _tell_rebuilt(answer: RebuiltAnswer, zone: ZoneInfo, screen: Screen, *, json: bool) -> None:
    if json:
        screen.answer(answer)
    elif not answer.problems and answer.began is not None:
        read = ", ".join(f"{one.queue} {counted(one.issues, 'issue')}" for one in answer.queues) or "nothing"
        screen.say(f"The ledger {answer.file} was made anew from the trackers: {read}.")
        screen.say(f"What lies before {shown(answer.began, zone)} is not put back, told or run as a command.")
        if answer.old:
            screen.say(f"The old one is {answer.old}. {_lost(answer.lost)}")
    if answer.pairs and not json:
        screen.say(f"{counted(answer.pairs, 'pair')} of twins found again. What differs is left as it is:")
        screen.rows([(line,) for line in answer.differing] or [("nothing",)])
    for line in answer.half if not json else ():
        screen.say(f"not a pair: {line}")
    for problem in answer.problems:
        screen.complain(f"problem: {problem}")
    if answer.problems:
        screen.complain("The ledger is as it was. Run it again: it goes on where it stopped.")


def _lost(lost: dict[str, int] | None) -> str:
    if lost is None:
        return "It cannot be read; the record of acts and verdicts that it held is lost."
    counts = [counted(lost["acts"], "act"), counted(lost["verdicts"], "verdict")]
    counts += [f"{counted(lost['open_intents'], 'write')} of unknown outcome"] if lost["open_intents"] else []
    return f"What it alone knew is in there: {', '.join(counts)}."


def _lease(path: Path, command: str) -> Lease:
    return Lease(path, holder=f"tierkeeper ledger {command}", start=datetime.now(UTC))


def _size(path: Path) -> int:
    log = path.with_name(path.name + "-wal")
    try:
        return path.stat().st_size + (log.stat().st_size if log.exists() else 0)
    except OSError as error:
        raise LedgerError(f"the size of {path} cannot be read ({error.strerror})") from error


def _holdings(ledger: Ledger, desk: Loaded, now: datetime) -> list[HoldingAnswer]:
    held = {one.queue: one for one in Inventory(ledger).holdings()}
    names = [*desk.policy.queues, *(name for name in held if name not in desk.policy.queues)]
    return [_holding(held.get(name, Holding(queue=name)), desk, now) for name in names]


def _holding(one: Holding, desk: Loaded, now: datetime) -> HoldingAnswer:
    age = None if one.read is None else max(0.0, (now - one.read).total_seconds())
    return HoldingAnswer(in_policy=one.queue in desk.policy.queues, age=age, **msgspec.structs.asdict(one))


def _show(answer: LedgerAnswer, zone: ZoneInfo, screen: Screen) -> None:
    screen.title(answer.file, f"desk {answer.desk} · version {answer.version} · {_bytes(answer.bytes)}")
    screen.say(f"judges since {shown(answer.began, zone)}" if answer.began else "no run yet: nobody is judged")
    for one in answer.queues:
        screen.say()
        screen.title(one.queue, " · ".join(_facts(one)))
        names = ("events", "comments", "verdicts", "acts")
        screen.rows([(name, f"{getattr(one, name):,}") for name in names])
    for heading, rows in (
        (
            "written, but the outcome is not known yet",
            [(one.issue, one.kind, f"since {shown(one.opened, zone)}") for one in answer.open_intents],
        ),
        (
            "in quarantine",
            [(one.issue, counted(one.attempts, "attempt"), one.reason) for one in answer.quarantine],
        ),
    ):
        if rows:
            screen.say()
            screen.say(heading, "bold")
            screen.rows(rows)


def _facts(one: HoldingAnswer) -> Iterator[str]:
    if not one.in_policy:
        yield "not in the policy"
    yield f"{counted(one.issues, 'issue')}, {one.open:,} open"
    if one.gone:
        yield f"{one.gone:,} gone"
    if one.incomplete:
        yield f"{one.incomplete:,} with an incomplete history"
    yield "never read" if one.age is None else f"last news {_span(one.age)} ago"


def _span(seconds: float) -> str:
    for unit, name in ((_DAYS, "d"), (_HOURS, "h"), (_MINUTES, "m")):
        if seconds >= unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{seconds:.0f} s"


def _bytes(count: int) -> str:
    if count < _KILOBYTE**2:
        return f"{count / _KILOBYTE:,.0f} kB"
    return f"{count / _KILOBYTE**2:,.1f} MB"
