"""TR04: it was handed on before the tier had a look itself."""

from collections.abc import Iterator

from pydantic import Field

from tierkeeper.plugins import Case, Decision, Desk, Effort, FacetChange, OptionFault, Refuse, Rule, RuleOptions, headed
from tierkeeper.plugins.model.handed import handed_until, judged_handover
from tierkeeper.rules.bundled.faults import tier_faults


class TimeSpentFirst(Rule):
    """Handed to {tier} after {spent} of recorded work; {source} spends {minimum} on it first.

    **Why.** Half of what looks like a fault in the code is none. A tier that looks first solves that half, and hands
    the other half on with something to go by.

    **Refuses.** support hands an issue to development a minute after it came, with no work recorded and no finding.

    **Lets pass.** The same after an hour in the worklog, or `/spent 1h` in a comment, if support held the issue then;
    or with a line `Finding: the font is missing` that somebody of support wrote. What is written in the minute after
    the handover counts too. Feature requests: support spends no time on them.

    **Options.** `minimum`: the recorded work that is enough (default 30m; a day is the team's `effort_day`).
    `findings`: the headings that make a written finding, which is enough as well; with `[]` only recorded work counts.
    `from`: the tier that looks first (default: the last but one). `to`: the tier that it hands to (default: the last).

    **When not to use it.** Where nobody records work and findings are told, not written.
    """

    code = "TR04"
    group = "tiers"
    guards = frozenset({"tier"})

    class Options(RuleOptions):
        """What is enough of a look, and between which tiers."""

        minimum: Effort = Effort("30m")
        findings: tuple[str, ...] = ("finding", "findings", "cause")
        source: str = Field(default="", alias="from")
        to: str = ""

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report a tier that the desk does not have, one that would hand to itself, a gate that nothing passes."""
        source, to = self.options.source, self.options.to
        yield from tier_faults(desk, {"from": source, "to": to})
        if source and source == (to or desk.top_tier):
            yield OptionFault(("from",), f'"{source}" hands nothing to itself', "name two tiers")
        if not self.options.findings and "spent" not in desk.facets and desk.commands.get("spent") == ("nobody",):
            hint = "say under facets where spent is kept, let somebody write /spent, or let a finding count"
            yield OptionFault(("findings",), "nothing could ever be handed on: no work can be recorded", hint)

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover after too little work and without a finding."""
        source = self.options.source or desk.tier_names[-2:][0]
        handover = judged_handover(case, source=source, to=self.options.to or desk.top_tier)
        if handover is None or case.kind == "feature":
            return
        spent = self._spent(handover, case)
        if spent >= self.options.minimum or self._is_found(handover, case, desk):
            return
        written = ", or write a line `{finding}: …`" if self.options.findings else ""
        yield Refuse(
            handover,
            facts={
                "tier": desk.shown_tier(handover.after),
                "source": desk.shown_tier(source),
                "spent": spent,
                "minimum": self.options.minimum,
                "command": "".join(str(self.options.minimum).split()),
                "finding": "".join(self.options.findings[:1]).capitalize(),
            },
            remedy=f"Record the work, for instance with `/spent {{command}}`{written}, then hand it on again.",
        )

    def _spent(self, handover: FacetChange, case: Case) -> Effort:
        """What was recorded while the tier held the issue."""
        until, minutes = handed_until(handover), 0.0
        for spell in case.held:
            if spell.value == handover.before and spell.start <= handover.at:
                last = spell.end is None or spell.end >= handover.at
                end = until if last or spell.end is None else spell.end
                minutes += case.spent_until(end).minutes - case.spent_until(spell.start).minutes
        return Effort.of_minutes(max(minutes, 0), day_minutes=case.effort_day)

    def _is_found(self, handover: FacetChange, case: Case, desk: Desk) -> bool:
        """Whether somebody of the tier wrote a finding, with the handover or before it."""
        wanted = {heading.casefold() for heading in self.options.findings}
        if any(name in wanted for name, _ in headed(handover.note)):
            return True
        until = handed_until(handover)
        return any(
            reply.kind == "human"
            and reply.at <= until
            and any(name in wanted for name, _ in headed(reply.body))
            and desk.is_member(reply.by, handover.before or "", case, reply.at)
            for reply in case.replies
        )
