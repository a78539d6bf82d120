"""TR05: an estimate is missing, or two people do not agree on it."""

from collections.abc import Iterator

from tierkeeper.plugins import Case, Decision, Desk, Flag, OptionFault, Rule, RuleOptions
from tierkeeper.plugins.model.handed import estimate_for
from tierkeeper.plugins.model.work import estimates_of
from tierkeeper.rules.bundled.faults import tier_faults


class DisputedEstimate(Rule):
    """The estimates differ: {estimates}; with {tier}, {counts} counts.

    **Why.** What a tier plans with should be its own word. An estimate that somebody else changed unseen, or that
    nobody gave, is found out when the work is late.

    **Flags.** An issue is with development and nobody estimated it. support-1 said 4 h and dev-1 says 2 d: both are
    shown. The estimate of the tier that receives the issue counts, also for the border by effort (TR07): 2 d once
    development has it or is about to get it. Where that tier said nothing, the newest counts.

    **Lets pass.** One person changes their own estimate. Whoever said something else writes `/estimate 2d`: then they
    agree. Feature requests, whose estimate is made when they are planned.

    **Options.** `to`: the tier whose issues need an estimate (default: the last one).

    **When not to use it.** Where work is not estimated.
    """

    code = "TR05"
    group = "tiers"

    class Options(RuleOptions):
        """Who needs an estimate."""

        to: str = ""

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report a tier that the desk does not have."""
        yield from tier_faults(desk, {"to": self.options.to})

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Flag an issue without an estimate, and one with several."""
        if not case.open or not case.complete or case.kind == "feature":
            return
        tier = desk.shown_tier(case.tier)
        if case.tier == (self.options.to or desk.top_tier) and case.estimate is None:
            yield Flag(
                facts={"tier": tier},
                text="It is with {tier}, and nobody estimated the work.",
                remedy="Write `/estimate 4h`, or set the estimate.",
            )
        elif case.changes.get("estimate"):
            yield from self._dispute(case, desk, tier)

    def _dispute(self, case: Case, desk: Desk, tier: str) -> Iterator[Decision]:
        said = estimates_of(case, case.now)
        if len({work.effort for work in said}) > 1:
            shown = ", ".join(f"{case.name_of(work.by)} {work.effort}" for work in said)
            counts = estimate_for(case.tier, case, desk, case.now)
            yield Flag(
                facts={"estimates": shown, "tier": tier, "counts": counts, "command": "".join(str(counts).split())},
                remedy="Who agrees writes `/estimate {command}`.",
            )
