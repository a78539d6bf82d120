"""Runs the rules on a case, one by one and isolated, and merges what they decide.

Refuse beats Want; of several Wants of one facet the first rule wins; of several Refuses of one change the first of the
strongest mode gives the reason. Who did it decides what may follow: only what a human did is ever put back, once.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

import msgspec

from tierkeeper.plugins.command import DeskCommand
from tierkeeper.plugins.errors import MembershipUnknown, RuleFailed
from tierkeeper.plugins.model.case import Case, FacetChange
from tierkeeper.plugins.model.decision import Decision, Flag, Refuse, Tell, Wake, Want
from tierkeeper.plugins.model.desk import Desk, Mode
from tierkeeper.plugins.model.event import Outcome, Verdict
from tierkeeper.plugins.rule import Rule
from tierkeeper.rules.last_word import has_last_word, is_theirs, written_often
from tierkeeper.rules.policy.policy import ActiveRule, NotifierEntry
from tierkeeper.rules.rulings import STRENGTH, Judgement, PutBack, Ruling, Telling, words


class Bench(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What cases are judged by: the rules in order of precedence, the desk, and how long a human's clicks may take.

    `commands` are those that people may write, by name. `public`: customers see a status comment of their own.
    `fingerprint` is the policy's. `notifiers` tell people elsewhere than on the tracker; the first that fits is taken.
    """

    rules: tuple[ActiveRule, ...]
    desk: Desk
    commands: Mapping[str, DeskCommand] = {}
    wait: timedelta = timedelta(seconds=60)
    public: bool = False
    fingerprint: str = ""
    notifiers: tuple[NotifierEntry, ...] = ()

    @cached_property
    def guarded(self) -> dict[str, Mode]:
        """The facets whose changes some rule may refuse, with the strongest mode of those rules."""
        found: dict[str, Mode] = {}
        for active in self.rules:
            for facet in active.rule.guards:
                if STRENGTH[active.mode] > STRENGTH[found.get(facet, "off")]:
                    found[facet] = active.mode
        return found

    @cached_property
    def writing(self) -> dict[str, ActiveRule]:
        """The rules that may write anything, by code: not those in shadow."""
        return {active.code: active for active in self.rules if STRENGTH[active.mode] >= STRENGTH["flag"]}

    @cached_property
    def tidied(self) -> tuple[str, ...]:
        """The facets that bear one label only: those that a rule enforces, and ours that a rule writes."""
        enforced = [facet for facet, mode in self.guarded.items() if mode == "enforce"]
        ours = [facet for active in self.writing.values() for facet in sorted(active.rule.wants & self.desk.ours)]
        return tuple(dict.fromkeys((*enforced, *ours)))


def judge(case: Case, bench: Bench) -> Judgement:
    """All that the rules want of this case now, commands apart."""
    result = Judgement()
    if case.opted_out:
        return result
    guarded = bench.guarded
    until = _still_moving(case, guarded, bench.wait)
    if until is not None:
        result.waits_until = until
        return result
    result.unexplained = _unexplained(case, guarded)
    if result.unexplained:
        result.waits_until = case.now + bench.wait
        return result
    heard = hear(case, bench, result)
    if result.failures:
        return result
    _judge_changes(case, bench, heard, result)
    take_heard(case, heard, bench.desk, result)
    return result


def take_heard(case: Case, heard: Sequence[tuple[ActiveRule, Decision]], desk: Desk, result: Judgement) -> None:
    """Merge what the rules said of the case as a whole: wants, flags, wake-ups, and who is told."""
    _merge_wants(case, heard, desk, result)
    for active, decision in heard:
        if isinstance(decision, Wake):
            result.wakes.append(decision.at)
        elif isinstance(decision, Flag):
            _add_flag(result, _ruling(active, decision))
        elif isinstance(decision, Tell) and STRENGTH[active.mode] >= STRENGTH["flag"]:
            telling = Telling(decision.to, decision.text, decision.key, active.code, active.mode, decision.public)
            result.tellings.append(telling)


def _still_moving(case: Case, guarded: Mapping[str, Mode], wait: timedelta) -> datetime | None:
    """Until when a human may still be clicking; None: nobody is."""
    newest = [
        changes[-1]
        for facet in guarded
        if (changes := case.changes.get(facet)) and changes[-1].kind == "human" and not changes[-1].command
    ]
    until = max((change.at + wait for change in newest), default=case.now)
    return until if until > case.now else None


def _unexplained(case: Case, guarded: Mapping[str, Mode]) -> list[str]:
    """The facets with a change to be judged that their history contradicts: what we hold is not all, or not of now."""
    return sorted(facet for facet in guarded if facet in case.pending and facet in case.untrusted)


def hear(case: Case, bench: Bench, result: Judgement) -> list[tuple[ActiveRule, Decision]]:
    """What each rule says. One that raises is named and not heard; nor is one that would judge by what is not known."""
    heard: list[tuple[ActiveRule, Decision]] = []
    for active in bench.rules:
        rule = active.rule
        try:
            said = list(rule.judge(case, bench.desk))
            for decision in said:
                _check(rule, decision)
        except MembershipUnknown as unknown:
            if unknown.final:
                for facet in rule.guards:
                    result.unknowable.setdefault(facet, []).append(f"{case.ref}: {unknown}, and never will be")
            else:
                result.unknown.append(f"{case.ref}: {unknown}, so {rule.code} judged nobody")
            continue
        except Exception as failure:  # noqa: BLE001 - isolation: one rule's failure is its own
            message = (
                f"{case.ref}: rule {rule.code} failed: {type(failure).__name__}: {failure}; the issue is left as it is"
            )
            error = RuleFailed(message, plugin=type(rule).__module__, rule=rule.code, issue=str(case.ref))
            error.__cause__ = failure
            result.failures.append(error)
            continue
        if said:
            heard += [(active, decision) for decision in said]
    return heard


def _check(rule: Rule, decision: Decision) -> None:
    """A decision outside of what the rule says of itself is an error of the rule."""
    if isinstance(decision, Refuse) and decision.change.facet not in rule.guards:
        raise TypeError(f"it refuses a change of {decision.change.facet!r}, which is not among its guards")
    if isinstance(decision, Want) and decision.facet not in rule.wants:
        raise TypeError(f"it wants {decision.facet!r}, which is not among its wants")
    if not isinstance(decision, Decision):
        raise TypeError(f"it yielded {decision!r}, which is no decision")


def _ruling(active: ActiveRule, decision: Refuse | Want | Flag) -> Ruling:
    facet: str = ""
    value: str | tuple[str, ...] | None = None
    events: tuple[str, ...] = ()
    if isinstance(decision, Refuse):
        facet, value, events = decision.change.facet, decision.change.before, (decision.change.event,)
    elif isinstance(decision, Want):
        facet, value, events = decision.facet, decision.value, decision.evidence
    return Ruling(
        rule=active.code,
        mode=active.mode,
        said=words(decision.text or active.rule.message(), decision.facts),
        facet=facet,
        value=value,
        remedy=words(decision.remedy, decision.facts),
        public=isinstance(decision, Refuse) and decision.public,
        events=events,
        facts={name: str(fact) for name, fact in decision.facts.items()},
    )


def refusals_of(change: FacetChange, heard: Sequence[tuple[ActiveRule, Decision]]) -> list[Ruling]:
    """Who refuses this change, the one that counts first."""
    found = [
        _ruling(active, decision)
        for active, decision in heard
        if isinstance(decision, Refuse)
        and (decision.change.facet, decision.change.event) == (change.facet, change.event)
    ]
    return sorted(found, key=lambda ruling: -STRENGTH[ruling.mode])


def _judge_changes(case: Case, bench: Bench, heard: Sequence[tuple[ActiveRule, Decision]], result: Judgement) -> None:
    later = _judged_later(case, heard)
    for facet in bench.guarded:
        change = case.pending.get(facet)
        if change is None or not case.complete or change.event in later:
            continue
        refusals = refusals_of(change, heard) or emptied(change, bench)
        if result.unknown and not refusals:
            continue  # a rule that could not be heard might have refused it
        _give_verdict(case, bench.desk, _Charge(change, refusals), result)


def _judged_later(case: Case, heard: Sequence[tuple[ActiveRule, Decision]]) -> set[str]:
    """The changes that some rule wants judged later: they may still become right."""
    return {
        decision.change.event
        for active, decision in heard
        if isinstance(decision, Wake) and decision.change is not None and decision.at > case.now
        if STRENGTH[active.mode] >= STRENGTH["flag"]
    }


def emptied(change: FacetChange, bench: Bench) -> list[Ruling]:
    """A guarded facet left without a value gets its last one back."""
    if change.after is not None:
        return []
    guards = sorted(
        (active for active in bench.rules if change.facet in active.rule.guards),
        key=lambda active: -STRENGTH[active.mode],
    )
    said = f"The {change.facet} was taken away and none was set; an issue keeps its last one"
    return [
        Ruling(
            rule=active.code,
            mode=active.mode,
            said=said,
            facet=change.facet,
            value=change.before,
            events=(change.event,),
        )
        for active in guards[:1]
    ]


class _Charge(msgspec.Struct):
    """A change, and who refuses it, the one that counts first."""

    change: FacetChange
    refusals: Sequence[Ruling]


def _give_verdict(case: Case, desk: Desk, charge: _Charge, result: Judgement) -> None:
    change, refusals = charge.change, charge.refusals
    first = refusals[0] if refusals else None
    outcome: Outcome = "allowed" if first is None else "stands"
    if change.kind != "human":
        outcome = "not judged"
        first = first if change.kind == "automation" else None
    elif first is None and (unknowable := result.unknowable.get(change.facet)):
        outcome = "not judged"
        result.given_up.append(f"{unknowable[0]}: what they did to the {change.facet} stands, not judged")
    elif first is not None and first.mode == "enforce" and _enforced(change, desk):
        if change.after in case.refused.get(change.facet, frozenset()):
            result.tellings.extend(_tell_leader(case, desk, change, first))
        else:
            result.put_backs.append(PutBack(change, first, change.before))
            outcome = "put back"
    if first is not None and first.mode == "shadow":
        result.shadows.append(first)
    result.verdicts.append(
        Verdict(
            facet=change.facet,
            event=change.event,
            outcome=outcome,
            at=case.now,
            rule=first.rule if first else "",
            mode=first.mode if first else "",
            said=first.said if first else "",
            remedy=first.remedy if first else "",
            public=first is not None and first.public,
            before=change.before,
            after=change.after,
            by=change.by,
            others=tuple(ruling.rule for ruling in refusals[1:]) if first else (),
        )
    )


def _enforced(change: FacetChange, desk: Desk) -> bool:
    return desk.enforce_from is not None and change.at >= desk.enforce_from


def _tell_leader(case: Case, desk: Desk, change: FacetChange, ruling: Ruling) -> Iterator[Telling]:
    tier = desk.tier(case.tier)
    to = desk.leader or (tier.lead if tier else "")
    if to:
        who = case.name_of(change.by)
        again = f"{who} set the {change.facet} to {change.after or 'nothing'} again after it was put back"
        text = f"{again}; it stands now. {ruling.said}"
        yield Telling((to,), text, f"stands:{change.facet}:{change.event}", ruling.rule, ruling.mode)


def _merge_wants(case: Case, heard: Sequence[tuple[ActiveRule, Decision]], desk: Desk, result: Judgement) -> None:
    held = {put_back.change.facet: index for index, put_back in enumerate(result.put_backs)}
    for active, decision in heard:
        if not isinstance(decision, Want):
            continue
        ruling = _ruling(active, decision)
        if active.mode == "shadow":
            result.shadows.append(ruling)
        elif decision.facet in held:
            _back_to_want(case, result, held[decision.facet], ruling)
        elif decision.facet in result.wants:
            result.lost.append(ruling)
        elif decision.facet not in desk.ours and (
            active.mode == "flag"
            or written_often(case, ruling)
            or has_last_word(case, result.verdicts, ruling.facet)
            or is_theirs(case, desk, ruling.facet)
        ):
            _add_flag(result, ruling)
        else:
            result.wants[decision.facet] = ruling


def _back_to_want(case: Case, result: Judgement, index: int, ruling: Ruling) -> None:
    """A put-back wins over a want; one that would end at no value, or at a mere claim, goes to the wanted one."""
    put_back = result.put_backs[index]
    unjudged = put_back.value in {None, case.claims.get(put_back.change.facet)}
    if unjudged and isinstance(ruling.value, str) and ruling.mode == "enforce":
        result.put_backs[index] = PutBack(put_back.change, put_back.ruling, ruling.value)
    else:
        result.lost.append(ruling)


def _add_flag(result: Judgement, ruling: Ruling) -> None:
    if ruling.mode == "shadow":
        result.shadows.append(ruling)
    else:
        result.flags.setdefault(ruling.rule, ruling)
