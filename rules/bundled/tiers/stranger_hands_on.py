"""TR02: somebody outside of the tier handed the issue on."""

from collections.abc import Iterator

from tierkeeper.plugins import Case, Decision, Desk, Refuse, Rule


class StrangerHandsOn(Rule):
    """{who} handed it from {source} to {tier}; only {source} may hand on what they hold.

    **Why.** Who holds an issue knows what was tried and what is missing. Handed on over their heads, the work is done
    twice, and nobody has promised anything.

    **Refuses.** A developer takes an issue that is with the help desk. A user moves one from support to development.

    **Lets pass.** A member of the help desk hands an issue of the help desk to support, or back. So does somebody who
    was a member then, and is none today. The lowest tier is TR01's business.

    **Options.** None.

    **When not to use it.** Where any tier may take work from another (swarming, touch and hold).
    """

    code = "TR02"
    group = "tiers"
    guards = frozenset({"tier"})

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover by somebody who was not in the tier that held the issue."""
        handover = case.last_handover()
        if handover is None or handover.kind in {"ours", "unknown"}:
            return
        holder = desk.tier(handover.before or "")
        if holder is None or holder.name == desk.lowest_tier:
            return
        if handover.kind == "human" and desk.is_member(handover.by, holder.name, case, handover.at):
            return
        yield Refuse(
            handover,
            facts={
                "who": case.name_of(handover.by),
                "source": desk.shown_tier(holder.name),
                "tier": desk.shown_tier(handover.after),
                "lead": holder.lead,
            },
            remedy="Ask {source} to hand it on" + (" ({lead} leads them)." if holder.lead else "."),
        )
