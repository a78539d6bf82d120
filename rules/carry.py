"""Judges commands in comments: each as its author's act at the comment's time, before anything is written."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from difflib import get_close_matches

import msgspec

from tierkeeper.plugins.model.case import Case, FacetChange, Reply
from tierkeeper.plugins.model.event import Outcome, Verdict
from tierkeeper.rules.commands import Command, read_commands
from tierkeeper.rules.engine import Bench, hear, refusals_of
from tierkeeper.rules.rulings import STRENGTH, Carried, Judgement, Ruling

HANDOVER = "handover"


def judge_commands(case: Case, bench: Bench, since: datetime | None, judged: Iterable[str], result: Judgement) -> None:  # noqa: PLR0917 - what a command is judged by
    """Add what commands in new comments come to. `judged` are the events that were judged before.

    Nothing before `since` is carried out. While a change of tier waits, or was judged just now, or a command is carried
    out, those after it wait for the next cycle: they are judged by how things stand then.
    """
    if not carries(bench) or since is None or result.waits_until is not None or result.failures or case.opted_out:
        return
    known = set(judged)
    carried = False
    for reply in case.replies:
        if reply.kind != "human" or reply.at < since or comment_event(reply.comment) in known or "/" not in reply.body:
            continue
        commands = [command for command in read_commands(reply.body) if command.name == HANDOVER]
        if not commands:
            continue
        if carried or ("tier" in case.pending and "tier" in bench.guarded and case.complete):
            result.wakes.append(case.now + timedelta(seconds=1))
            return
        carried = _carry_out(case, bench, _Asked(reply, commands), result)


def comment_event(comment: str) -> str:
    """How a comment is named where events are: their ids could be equal."""
    return f"comment:{comment}"


def carries(bench: Bench) -> bool:
    """Whether commands are carried out at all: not where every rule is off or in shadow."""
    return any(STRENGTH[active.mode] >= STRENGTH["flag"] for active in bench.rules)


class _Asked(msgspec.Struct):
    """The handovers that one comment asks for."""

    reply: Reply
    commands: list[Command]


def _carry_out(case: Case, bench: Bench, asked: _Asked, result: Judgement) -> bool:
    """Judge the commands of one comment; whether one is carried out."""
    reply = asked.reply
    fault, remedy = _fault(asked, bench)
    if not fault:
        fault, remedy = _overtaken(case, reply)
    first = asked.commands[0].first
    target = next((name for name in bench.desk.tier_names if name.casefold() == first.casefold()), first)
    change = FacetChange(
        facet="tier",
        before=case.allowed.get("tier", case.facets.get("tier")),
        after=target,
        at=reply.at,
        event=comment_event(reply.comment),
        by=reply.by,
        command=True,
        note=asked.commands[0].reason,
        estimate=case.estimate,
        priority=case.priority,
    )
    if fault:
        result.verdicts.append(
            _verdict(case, change, "refused", Ruling(rule="", mode="flag", said=fault, remedy=remedy))
        )
        return False
    if target == case.tier:
        result.verdicts.append(_verdict(case, change, "allowed", None))
        return False
    return _judge_handover(case, bench, change, result)


def _judge_handover(case: Case, bench: Bench, change: FacetChange, result: Judgement) -> bool:
    tried = msgspec.structs.replace(case, pending={**case.pending, "tier": change})
    heard = Judgement()
    refusals = refusals_of(change, hear(tried, bench, heard))
    result.failures.extend(heard.failures)
    if heard.unknown and not refusals:
        result.unknown.extend(heard.unknown)
    if heard.failures or (heard.unknown and not refusals):
        return True  # not judged, so nothing after it is either
    first = refusals[0] if refusals else None
    enforced = bench.desk.enforce_from is not None and change.at >= bench.desk.enforce_from
    if first is not None and first.mode == "enforce" and enforced:
        result.verdicts.append(_verdict(case, change, "refused", first))
        return False
    result.verdicts.append(_verdict(case, change, "allowed" if first is None else "stands", first))
    result.carried.append(Carried(change, "tier", str(change.after)))
    return True


def _fault(asked: _Asked, bench: Bench) -> tuple[str, str]:
    tiers = ", ".join(bench.desk.tier_names)
    if asked.reply.edited:
        return ("An edited comment runs no command: trackers do not say who edited it", "Write a new comment.")
    if len(asked.commands) > 1:
        return (f"One comment hands over once; this one asks for {len(asked.commands)} handovers", "Write one of them.")
    target = asked.commands[0].first
    if not target:
        return ("`/handover` needs a tier", f"Write `/handover TIER reason`; the tiers are {tiers}.")
    if target.casefold() not in {name.casefold() for name in bench.desk.tier_names}:
        near = get_close_matches(target.casefold(), bench.desk.tier_names, n=1)
        meant = f' Did you mean "{near[0]}"?' if near else ""
        return (f'There is no tier "{target[:50]}"', f"The tiers are {tiers}.{meant}")
    return ("", "")


def _overtaken(case: Case, reply: Reply) -> tuple[str, str]:
    """Why a command is out of date: somebody handed the issue on after it was written, and that stands."""
    later = [change for change in case.changes.get("tier", ()) if (change.asked or change.at) > reply.at]
    stands = [change for change in later if change.kind != "ours" and change.after == case.allowed.get("tier")]
    if not stands:
        return ("", "")
    who = case.name_of(stands[-1].by) or "somebody"
    return (f"{who} set the tier to {stands[-1].after} after this was written", "Write it again if it still holds.")


def _verdict(case: Case, change: FacetChange, outcome: Outcome, ruling: Ruling | None) -> Verdict:
    return Verdict(
        facet=change.facet,
        event=change.event,
        outcome=outcome,
        at=case.now,
        rule=ruling.rule if ruling else "",
        mode=ruling.mode if ruling else "",
        said=ruling.said if ruling else "",
        remedy=ruling.remedy if ruling else "",
        before=change.before,
        after=change.after,
        by=change.by,
    )
