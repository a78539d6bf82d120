"""TR10: an issue goes back and forth between two tiers."""

from collections import Counter
from collections.abc import Iterator

from tierkeeper.plugins import Case, Command, Decision, Desk, FacetChange, Flag, Refuse, Rule, Tell

Pair = tuple[str, str]
"""Two tiers: the one that gave the issue back, and the one that it was given back to."""


class PingPong(Rule):
    """{source} gave it back to {tier} {times} times; {leader} decides who has it.

    **Why.** An issue that comes back a second time is not misdirected, it is disputed. Two tiers that pass it on do not
    work on it, and whoever reported it waits for both.

    **Flags.** Development gives an issue back to support, gets it again, and gives it back again. The lead of the tier
    that has it now is told once; where that tier has none, the desk's leader.

    **Refuses.** After `/decide support` somebody hands it to development once more. What the leader decided stands:
    nobody but the leaders of the two tiers passes it between them any more.

    **Lets pass.** A first return. Returns between different tiers. A handover that was put back, and what comes back
    because development closed its work. What came back before enforcing began. The leader's own decision, whatever
    other rules say of it.

    **Options.** None.

    **When not to use it.** Where tiers work on an issue in turns.
    """

    code = "TR10"
    group = "tiers"
    guards = frozenset({"tier"})

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Flag a second return until a leader decides, then refuse to pass it on."""
        if len(case.handovers) < 3 or not case.open:  # noqa: PLR2004 - down, up and down again
            return
        returned = [change for change in case.stood if desk.rank(change.after) < desk.rank(change.before)]
        times = Counter((str(change.before), str(change.after)) for change in returned)
        for pair, count in times.items():
            if count > 1:
                second = [change for change in returned if (change.before, change.after) == pair][1]
                if case.is_judged(second) and not _waits(case, second):
                    yield from self._dispute(case, desk, second, count)

    def _dispute(self, case: Case, desk: Desk, second: FacetChange, times: int) -> Iterator[Decision]:
        source, to = str(second.before), str(second.after)
        leaders = (*desk.ladder(to), *desk.ladder(source))
        decided = self._decided(case, desk, second, leaders)
        facts = {"source": desk.shown_tier(source), "tier": desk.shown_tier(to), "times": times}
        if decided is not None:
            yield from self._passed_on(case, desk, (source, to), decided)
            return
        leader = leaders[0] if leaders else "a leader"
        remedy = "Write `/decide {to} reason` or `/decide {from} reason`."
        yield Flag(facts={**facts, "leader": leader, "to": to, "from": source}, remedy=remedy)
        if leaders:
            text = f"{facts['source']} gave it back to {facts['tier']} twice: decide who has it"
            yield Tell((leader,), f"{text}, with /decide {to} or /decide {source}.", f"ping-pong:{source}:{to}")

    def _decided(self, case: Case, desk: Desk, second: FacetChange, leaders: tuple[str, ...]) -> Command | None:
        """The last decision on who has the issue, since it came back the second time."""
        answers = {"keep", *(name.casefold() for name in desk.tier_names)}
        known = [
            command
            for command in case.commands
            if command.name == "decide"
            and command.counts
            and command.first.casefold() in answers
            and command.reply.at >= (second.asked or second.at)
            and (command.outcome or _among(command.reply.by, leaders))
        ]
        return known[-1] if known else None

    def _passed_on(self, case: Case, desk: Desk, pair: Pair, decided: Command) -> Iterator[Decision]:
        change = case.last_handover() if "tier" in case.pending else None
        if change is None or {change.before, change.after} != set(pair) or change.kind in {"ours", "unknown"}:
            return
        leaders = tuple(name for tier in pair for name in desk.ladder(tier))
        if change.at <= decided.reply.at or (change.kind == "human" and _among(change.by, leaders)):
            return
        yield Refuse(
            change,
            facts={
                "who": case.name_of(decided.reply.by),
                "decision": decided.first,
                "source": desk.shown_tier(change.before),
                "tier": desk.shown_tier(change.after),
            },
            text="{who} decided on it (`/decide {decision}`) after it had come back twice; it is not passed on again.",
            remedy="Ask {who} to decide anew.",
        )


def _waits(case: Case, change: FacetChange) -> bool:
    """Whether a change waits for judgement: it may yet be put back."""
    pending = case.pending.get(change.facet)
    return pending is not None and pending.event == change.event


def _among(person: str, leaders: tuple[str, ...]) -> bool:
    return any(person.casefold() == leader.casefold() for leader in leaders)
