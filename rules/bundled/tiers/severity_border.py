"""TR06: a fault that blocks nobody was handed to development."""

from collections.abc import Iterator

from pydantic import Field

from tierkeeper.plugins import Case, Decision, Desk, OptionFault, Refuse, Rule, RuleOptions
from tierkeeper.plugins.model.handed import judged_handover, value_with
from tierkeeper.rules.bundled.faults import value_faults


class SeverityBorder(Rule):
    """Handed to {tier} with {severity}; it is theirs only if it is {severities}.

    **Why.** Development is the last resort and has other projects. What neither crashes the system nor keeps its users
    from working is support's, or waits.

    **Refuses.** support hands an issue of the severity minor to development, or one whose severity nobody set.

    **Lets pass.** An issue of the severity blocker; a feature request of any severity. A severity that is set in the
    minute after the handover counts.

    **Options.** `severities`: those that development takes (default: `blocker`).

    **When not to use it.** Where development takes every fault in the code.
    """

    code = "TR06"
    group = "tiers"
    guards = frozenset({"tier"})

    class Options(RuleOptions):
        """What development takes."""

        severities: tuple[str, ...] = Field(default=("blocker",), min_length=1)

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report a severity that the desk does not have."""
        yield from value_faults(desk, "severity", "severities", self.options.severities)

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover to the last tier with a severity that is not among those named."""
        handover = judged_handover(case, to=desk.top_tier)
        if handover is None or case.kind == "feature":
            return
        severity = value_with(handover, "severity", case)
        if severity not in self.options.severities:
            yield Refuse(
                handover,
                facts={
                    "tier": desk.shown_tier(handover.after),
                    "severity": f"the severity {severity}" if severity else "no severity",
                    "severities": " or ".join(self.options.severities),
                    "one": self.options.severities[0],
                },
                remedy="Keep it, or correct the severity with `/severity {one}`.",
            )
