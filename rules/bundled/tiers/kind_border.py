"""TR08: an issue lies on the wrong side of the border by its kind."""

from collections.abc import Iterator, Mapping

from pydantic import Field

from tierkeeper.plugins import Case, Decision, Desk, OptionFault, Refuse, Rule, RuleOptions, Want
from tierkeeper.plugins.model.handed import judged_handover, value_with
from tierkeeper.rules.bundled.faults import value_faults

FEATURE = "feature"


class KindBorder(Rule):
    """{kind} is with {tier}, who take {kinds}; anything else is {source}'s.

    **Why.** A question or a fault in the configuration is solved without a change of code. Whoever can change the code
    should not be the one who finds that out.

    **Refuses.** support hands a question to development, or an issue whose kind nobody set.

    **Wants.** A developer finds that a bug is a fault in the configuration and sets the kind: it goes down to support.
    A tier that somebody chooses after that stands.

    **Lets pass.** A feature request; a bug. A kind that is set in the minute after the handover counts. Development
    gives anything back.

    **Options.** `kinds`: those that development takes (default: `feature` and `bug`). `feature` has to be among them
    where TR18 is on, which sends each of them there.

    **When not to use it.** Where development looks after the configuration as well.
    """

    code = "TR08"
    group = "tiers"
    guards = frozenset({"tier"})
    wants = frozenset({"tier"})

    class Options(RuleOptions):
        """What development takes."""

        kinds: tuple[str, ...] = Field(default=(FEATURE, "bug"), min_length=1)

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report a kind that the desk does not have."""
        yield from value_faults(desk, "kind", "kinds", self.options.kinds)

    def check_beside(self, others: Mapping[str, Rule], desk: Desk) -> Iterator[OptionFault]:
        """Report that a feature request may not come, where TR18 sends each of them."""
        if "TR18" in others and FEATURE not in self.options.kinds:
            message = f"TR18 sends feature requests to {desk.top_tier}, and these kinds keep them out"
            yield OptionFault(("kinds",), message, f"add {FEATURE}, or leave TR18 out")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover up with the wrong kind; want an issue down whose kind turns out to be another."""
        if case.tier != desk.top_tier and "tier" not in case.pending:
            return
        handover = judged_handover(case, to=desk.top_tier)
        kind = value_with(handover, "kind", case) if handover is not None else case.kind
        if kind in self.options.kinds:
            return
        below = desk.tier_names[-2:][0]
        facts = {
            "kind": kind.capitalize() if kind else "An issue of no kind",
            "tier": desk.shown_tier(desk.top_tier),
            "kinds": " or ".join(self.options.kinds),
            "source": desk.shown_tier(below),
            "one": self.options.kinds[-1],
        }
        if handover is not None:
            yield Refuse(handover, facts=facts, remedy="Keep it, or correct the kind with `/kind {one}`.")
        elif self._turned_out(case, desk):
            yield Want("tier", below, facts=facts)

    def _turned_out(self, case: Case, desk: Desk) -> bool:
        """Whether a human set the kind after the issue came here, and nobody chose its tier since."""
        kinds, tiers = case.changes.get("kind", ()), case.changes.get("tier", ())
        if case.tier != desk.top_tier or "tier" in case.pending or not (case.open and case.complete and kinds):
            return False
        last = kinds[-1]
        chosen = last.kind == "human" and last.after is not None
        return chosen and not any(one.at >= (last.asked or last.at) for one in tiers)
