"""Judges commands in comments: each as its author's act at the comment's time, before anything is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from tierkeeper.plugins.command import Ask, CommandRefused, DeskCommand
from tierkeeper.plugins.errors import MembershipUnknown, RuleFailed
from tierkeeper.plugins.model.case import Case, Command, FacetChange, Reply
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.event import Outcome, Verdict
from tierkeeper.rules.engine import Bench, emptied, hear, refusals_of
from tierkeeper.rules.rulings import Carried, Judgement, Ruling, Telling

MOST_COMMANDS = 10
"""Commands in one comment; with more of them it is hardly meant so, and none is carried out."""

_REFUSED = Ruling(rule="", mode="flag", said="")
_TOO_LATE = msgspec.structs.replace(
    _REFUSED,
    said="Who was in which role when this was written is not known, and never will be",
    remedy="Write it again.",
)


def judge_commands(case: Case, bench: Bench, since: datetime | None, result: Judgement) -> None:
    """Add what commands in new comments come to.

    Nothing before `since` is carried out, and nothing where all rules are in shadow. Where a facet's change waits, was
    put back just now, or was carried out, a command on the same facet waits for the next look with all after it: it is
    judged by how things stand then.
    """
    if not bench.writing or since is None or result.waits_until is not None or result.failures or case.opted_out:
        return
    known = [command for command in case.commands if command.name in bench.commands and command.reply.at >= since]
    if not known:
        return
    hearing = _Hearing(_as_judged(case, result), bench, result)
    for _, group in groupby(known, key=lambda command: command.reply.comment):
        commands = list(group)
        if all(command.outcome for command in commands):
            continue
        if not hearing.hear_comment(commands):
            return


def _as_judged(case: Case, result: Judgement) -> Case:
    """The case with what was judged just now: a change that stands waits no more."""
    stand = {verdict.event for verdict in result.verdicts if verdict.outcome in {"allowed", "stands"}}
    judged = {name: one.after for name, one in case.pending.items() if one.event in stand}
    return msgspec.structs.replace(
        case,
        pending={name: one for name, one in case.pending.items() if name not in judged},
        allowed={**case.allowed, **judged},
        verdicts=(*case.verdicts, *result.verdicts),
        flags={rule: ruling.said for rule, ruling in result.flags.items()},
    )


def judge_act(case: Case, bench: Bench, change: FacetChange) -> Verdict | str:
    """How a person's change is judged that they made on the issue's twin, before it is written here for them.

    The verdict's outcome is ``allowed``, ``stands`` (a rule flags it) or ``refused``; a text says why that is unknown.
    """
    result = Judgement()
    hearing = _Hearing(case, bench, result)
    refusals = hearing.refusals(change) if case.judged_from is not None and change.at >= case.judged_from else []
    if refusals is None:
        return "; ".join([*result.unknown, *map(str, result.failures)])
    first = next(iter(refusals or emptied(change, bench)), None)
    refused = first is not None and hearing.bars(first, change)
    return Verdict(
        facet=change.facet,
        event=change.event,
        outcome="refused" if refused else "allowed" if first is None else "stands",
        at=case.now,
        rule=first.rule if first else "",
        mode=first.mode if first else "",
        said=first.said if first else "",
        remedy=first.remedy if first else "",
        before=change.before,
        after=change.after,
        by=change.by,
        others=tuple(ruling.rule for ruling in refusals[1:]),
    )


class _Hearing:
    """One look at an issue's new commands. `case` is as it will be after what was carried out so far."""

    def __init__(self, case: Case, bench: Bench, result: Judgement) -> None:
        self.case, self.bench, self.result = case, bench, result
        self.done: set[str] = set()

    def hear_comment(self, commands: Sequence[Command]) -> bool:
        """Judge the commands of one comment in their order; whether to go on with the next comment."""
        fault, guilty = _comment_fault(commands)
        told = False
        for command in commands:
            if command.outcome:
                continue
            if command in guilty:
                said, remedy = ("", "") if told else fault
                told = True
                self._refuse(command, said, remedy)
            elif not self._hear_one(command):
                return False
        return True

    def _hear_one(self, command: Command) -> bool:
        kind = self.bench.commands[command.name]
        try:
            self._permit(kind, command)
            ask = kind.read(command, self.case, self.bench.desk)
            self._check_place(ask)
        except CommandRefused as refusal:
            self._refuse(command, refusal.said, refusal.remedy, kind.facet)
            return True
        except MembershipUnknown as unknown:
            if unknown.final:
                why = f"{self.case.ref}: {unknown}, and never will be"
                self.result.given_up.append(f"{why}: their command is not carried out")
                self._refuse(command, _TOO_LATE.said, _TOO_LATE.remedy, kind.facet)
            else:
                self.result.unknown.append(f"{self.case.ref}: {unknown}, so /{command.name} waits")
            return unknown.final
        except Exception as failure:  # noqa: BLE001 - isolation: one command's failure is its own
            self._fail(kind, command, failure)
            return False
        if not ask.facet:
            self._verdict(command, "allowed", ask)
            self._tell(command, ask)
            self._note(command, ask)
            return True
        return self._set(command, ask)

    def _permit(self, kind: DeskCommand, command: Command) -> None:
        who = self.bench.desk.commands.get(kind.name) or kind.who
        unknown: MembershipUnknown | None = None
        for one in who:
            try:
                if _is_among(one, command.reply, self.case, self.bench.desk):
                    return
            except MembershipUnknown as failure:
                unknown = failure if unknown is None or unknown.final else unknown
        if unknown is not None:
            raise unknown
        allowed = " or ".join(shown_who(one, self.case, self.bench.desk) for one in who)
        raise CommandRefused(f"/{kind.name} is for {allowed}", f"Ask {allowed} to write it.")

    def _check_place(self, ask: Ask) -> None:
        kept = self.bench.desk.facets.get(ask.facet)
        if ask.facet and (kept is None or self.case.tracker not in kept.maps):
            raise CommandRefused(f"This desk keeps no {ask.facet.replace('_', ' ')} here", "Write it in words.")

    def _set(self, command: Command, ask: Ask) -> bool:
        case, facet = self.case, ask.facet
        if facet in self.done or (facet in case.pending and facet in self.bench.guarded and case.complete):
            given = (verdict.event for verdict in self.result.verdicts)
            if facet in self.done or case.pending[facet].event in given:  # else who judges it says when
                self.result.more = True
            return False
        said, remedy = _overtaken(case, command.reply, facet)
        if said:
            self._refuse(command, said, remedy, facet)
            return True
        if _is_so(case, ask, command):
            self._verdict(command, "allowed", ask)
            self._note(command, ask)
            return True
        change = self._change(command, ask)
        refusals = [] if ask.final else self.refusals(change)
        if refusals is None:
            return False
        first = refusals[0] if refusals else None
        if first is not None and self.bars(first, change):
            self._verdict(command, "refused", ask, first)
            return True
        self._verdict(command, "allowed" if first is None else "stands", ask, first)
        self.result.carried.append(Carried(change, facet, ask.value))
        self._tell(command, ask)
        self.done.add(facet)
        self.case = case_after(case, change)
        return True

    def _change(self, command: Command, ask: Ask) -> FacetChange:
        case, reply = self.case, command.reply
        before = case.allowed.get(ask.facet, case.facets.get(ask.facet))
        return FacetChange(
            facet=ask.facet,
            before=before if ask.facet != "owner" or ask.value is not None else reply.by,
            after=ask.value,
            at=reply.at,
            event=command.event,
            by=reply.by,
            command=True,
            note=ask.note,
            estimate=case.estimate if ask.facet == "tier" else None,
            priority=case.priority if ask.facet == "tier" else None,
        )

    def bars(self, refusal: Ruling, change: FacetChange) -> bool:
        """Whether a refusal counts: a rule's where it is enforced, and our own, which is no rule's, always."""
        enforced = self.bench.desk.enforce_from is not None and change.at >= self.bench.desk.enforce_from
        return not refusal.rule or (refusal.mode == "enforce" and enforced)

    def refusals(self, change: FacetChange) -> list[Ruling] | None:
        """Who refuses this change; None where that is not known now."""
        tried = msgspec.structs.replace(self.case, pending={**self.case.pending, change.facet: change})
        heard = Judgement()
        refusals = refusals_of(change, hear(tried, self.bench, heard))
        self.result.failures.extend(heard.failures)
        if heard.unknown and not refusals:
            self.result.unknown.extend(heard.unknown)
        if heard.failures or (heard.unknown and not refusals):
            return None
        unknowable = heard.unknowable.get(change.facet, []) if not refusals else []
        self.result.given_up += [f"{why}: their command is not carried out" for why in unknowable[:1]]
        return refusals or [_TOO_LATE for _ in unknowable[:1]]

    def _fail(self, kind: DeskCommand, command: Command, failure: Exception) -> None:
        where = f"{self.case.ref}: command /{command.name} failed"
        message = f"{where}: {type(failure).__name__}: {failure}; the issue is left as it is"
        error = RuleFailed(message, plugin=type(kind).__module__, rule=f"/{command.name}", issue=str(self.case.ref))
        error.__cause__ = failure
        self.result.failures.append(error)

    def _tell(self, command: Command, ask: Ask) -> None:
        for tell in ask.tells:
            key = f"{command.event}:{tell.key}"
            self.result.tellings.append(Telling(tell.to, tell.text, key, f"/{command.name}", "flag"))

    def _note(self, command: Command, ask: Ask) -> None:
        """Nothing is set, so that its author would see nothing, unless they are answered."""
        if not any(command.reply.by in tell.to for tell in ask.tells):
            self.result.noted.append(command.reply.comment)

    def _refuse(self, command: Command, said: str, remedy: str, facet: str = "") -> None:
        ask = Ask(facet=facet, value=command.first[:50] or None)
        self._verdict(command, "refused", ask, msgspec.structs.replace(_REFUSED, said=said, remedy=remedy))

    def _verdict(self, command: Command, outcome: Outcome, ask: Ask, ruling: Ruling | None = None) -> None:
        case = self.case
        self.result.verdicts.append(
            Verdict(
                facet=ask.facet or f"/{command.name}",
                event=command.event,
                outcome=outcome,
                at=case.now,
                rule=ruling.rule if ruling else "",
                mode=ruling.mode if ruling else "",
                said=ruling.said if ruling else "",
                remedy=ruling.remedy if ruling else "",
                before=case.allowed.get(ask.facet, case.facets.get(ask.facet)),
                after=ask.value,
                by=command.reply.by,
            )
        )


def _comment_fault(commands: Sequence[Command]) -> tuple[tuple[str, str], Sequence[Command]]:
    """What is wrong with a comment as a whole, what to do, and the commands that are not heard for it."""
    if commands[0].reply.edited:
        said = "An edited comment runs no command: trackers do not say who edited it"
        return (said, "Write a new comment."), commands
    if len(commands) > MOST_COMMANDS:
        said = f"One comment holds up to {MOST_COMMANDS} commands; this one has {len(commands)}, and none was run"
        return (said, "Write those that you mean."), commands
    repeated = {name: times for name, times in Counter(one.name for one in commands).items() if times > 1}
    if not repeated:
        return ("", ""), ()
    name, times = next(iter(repeated.items()))
    said = f"One comment gives a command once; this one has /{name} {times} times"
    return (said, "Write one of them."), [one for one in commands if one.name in repeated]


def _is_among(who: str, reply: Reply, case: Case, desk: Desk) -> bool:
    by = reply.by
    if who in desk.roles:
        return desk.is_in_role(by, who, reply.at)
    if who == "staff":
        return desk.is_staff(by, reply.at)
    if who == "holder":
        return desk.is_member(by, case.tier, case, reply.at)
    known: Mapping[str, Sequence[str]] = {
        "anyone": (by,),
        "reporter": (case.reporter,),
        "owner": case.owners,
        "lead": tuple(name for tier in desk.tier_names for name in desk.ladder(tier)),
        "priority owner": tuple(tier.priority_owner for tier in desk.tiers),
    }
    if who == "key users":
        return desk.is_key_user(by, case)
    return any(by.casefold() == name.casefold() for name in known.get(who, (who,)))


def shown_who(who: str, case: Case, desk: Desk) -> str:
    """Who may give a command, in words."""
    words: Mapping[str, str] = {
        "reporter": "the reporter",
        "key users": "key users",
        "staff": "the desk's staff",
        "holder": desk.shown_tier(case.tier),
        "owner": "the owner",
        "lead": "a tier's lead",
        "priority owner": "who orders a tier's work",
    }
    return words.get(who, who)


def _is_so(case: Case, ask: Ask, command: Command) -> bool:
    """Whether what a command asks for is so already."""
    if ask.facet == "owner":
        present = command.reply.by in case.owners if ask.value is None else ask.value in case.owners
        return present == (ask.value is not None)
    return ask.value == (case.tier if ask.facet == "tier" else case.kept(ask.facet))


def _overtaken(case: Case, reply: Reply, facet: str) -> tuple[str, str]:
    """Why a command is out of date: somebody set the facet after it was written, and that stands."""
    if facet == "owner":
        return ("", "")
    later = [change for change in case.changes.get(facet, ()) if (change.asked or change.at) > reply.at]
    stands = [change for change in later if change.kind != "ours" and change.after == case.allowed.get(facet)]
    if not stands:
        return ("", "")
    who = case.name_of(stands[-1].by) or "somebody"
    said = f"{who} set the {facet} to {stands[-1].after} after this was written"
    return (said, "Write it again if it still holds.")


def case_after(case: Case, change: FacetChange) -> Case:
    """The case once a change is made."""
    facet = change.facet
    owners = [name for name in case.owners if name != change.before] if change.after is None else [*case.owners]
    if facet == "owner" and change.after is not None:
        owners.append(change.after)
    return msgspec.structs.replace(
        case,
        open=change.after == "open" if facet == "state" else case.open,
        facets={**case.facets, facet: change.after},
        told={name: known for name, known in case.told.items() if name != facet},
        allowed={**case.allowed, facet: change.after},
        changes={**case.changes, facet: (*case.changes.get(facet, ()), change)},
        pending={name: one for name, one in case.pending.items() if name != facet},
        owners=tuple(owners),
    )
