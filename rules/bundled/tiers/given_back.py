"""TR11: an issue was given back without a reason."""

from collections.abc import Iterator

from tierkeeper.plugins import Case, Decision, Desk, Refuse, Rule


class GivenBack(Rule):
    """{who} gave it back from {source} to {tier} without a reason.

    **Why.** Who gets an issue back has to know what is expected of them now. Without a reason it is handed up again
    tomorrow, unchanged.

    **Refuses.** A developer moves an issue from development to support, and writes nothing.

    **Lets pass.** The same with `/handover support the font is missing on that server`, or with a comment by the same
    person within ten minutes of it, before or after; a line that only holds a command is no reason. A handover to a
    higher tier needs none here (TR03 asks for what belongs to it).

    **Options.** None.

    **When not to use it.** Where tiers sit in one room and tell each other.
    """

    code = "TR11"
    group = "tiers"
    guards = frozenset({"tier"})

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover down that nobody gave a reason for."""
        handover = case.last_handover() if "tier" in case.pending else None
        if handover is None or handover.kind in {"ours", "unknown"}:
            return
        if desk.rank(handover.after) >= desk.rank(handover.before) or case.reason_for(handover):
            return
        yield Refuse(
            handover,
            facts={
                "who": case.name_of(handover.by),
                "source": desk.shown_tier(handover.before),
                "tier": desk.shown_tier(handover.after),
                "to": handover.after,
            },
            remedy="Write in a comment why it goes back, then give it back again, or use `/handover {to} reason`.",
        )
