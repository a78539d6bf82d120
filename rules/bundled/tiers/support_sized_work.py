"""TR07: work that fits support's day was handed to development."""

from collections.abc import Iterator

from tierkeeper.plugins import Case, Decision, Desk, Effort, Refuse, Rule, RuleOptions
from tierkeeper.plugins.model.handed import estimate_for, handed_until, judged_handover


class SupportSizedWork(Rule):
    """{estimate} of work was handed to development; up to {border} stays with support.

    **Why.** Development is the last resort and has other projects. Small fixes come back
    sooner when support makes them.

    **Refuses.** support hands an issue estimated at 4 h to development.

    **Lets pass.** support hands over an issue estimated at 2 d; a feature request of any size;
    an issue without an estimate (that is TR05's business). Where people disagree, the estimate
    of the tier that receives the issue counts. One that is given in the minute after the
    handover counts too.

    **Options.** `border`: the largest effort that stays (default 1d); a day is the team's `effort_day`.

    **When not to use it.** Where support cannot change code at all.
    """

    code = "TR07"
    group = "tiers"
    guards = frozenset({"tier"})

    class Options(RuleOptions):
        """What stays."""

        border: Effort = Effort("1d")

    options: Options

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover of little work to the last tier."""
        handover = judged_handover(case, to=desk.top_tier)
        if handover is None or case.kind == "feature":
            return
        estimate = estimate_for(desk.top_tier, case, desk, handed_until(handover))
        if estimate is not None and estimate <= self.options.border:
            yield Refuse(
                handover,
                facts={"estimate": estimate, "border": self.options.border},
                remedy="Keep it, or correct the estimate with `/estimate`.",
            )
