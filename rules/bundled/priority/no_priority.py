"""PO01: it was handed over without a priority."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from tierkeeper.plugins import Case, Decision, Desk, Duration, FacetChange, OptionFault, Refuse, Rule, RuleOptions
from tierkeeper.plugins.model.handed import judged_handover
from tierkeeper.plugins.model.order import owners_of_priority


class NoPriority(Rule):
    """Handed from {source} to {tier} without a priority {whose}.

    **Why.** The tier that takes over works by the priority that it is given. Where none is given, it orders the work by
    who asks loudest.

    **Refuses.** The help desk hands an issue to support, and nobody gave it a priority. With `set_by: tier` also one
    whose priority came from its reporter, or from the tracker itself.

    **Lets pass.** A handover with a priority, or with one that follows at once (`grace`). A handover down: an issue
    that is given back keeps the one that it has.

    **Options.** `to`: the tiers that are handed nothing without a priority (default: every tier but the lowest).
    `set_by`: whose priority counts: `anyone` (the default), or `tier`: that of somebody whose tier had the issue, or
    who orders the work; where it is right already, they stand by it with `/priority`. `grace`: how long after the
    handover it may still be set (default 1m): people click in several steps.

    **When not to use it.** Where every tier orders its own work.
    """

    code = "PO01"
    group = "priority"
    guards = frozenset({"tier"})

    class Options(RuleOptions):
        """Which handovers need a priority, and whose counts."""

        to: tuple[str, ...] = ()
        set_by: Literal["anyone", "tier"] = "anyone"
        grace: Duration = Duration("1m")

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report tiers that the desk does not have or that nothing is handed up to, and a grace in business time."""
        for place, name in enumerate(self.options.to):
            if desk.tier(name) is None:
                yield OptionFault(("to", place), f'unknown tier "{name}"', f"tiers: {', '.join(desk.tier_names)}")
            elif name == desk.lowest_tier:
                yield OptionFault(("to", place), f'nothing is handed up to "{name}", the lowest tier', "leave it out")
        if self.options.grace.business:
            yield OptionFault(("grace",), f"expected elapsed time (m, h, d), got {self.options.grace}", "such as 1m")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover up without a priority."""
        handover = judged_handover(case)
        if handover is None or handover.after not in (self.options.to or desk.tier_names[1:]):
            return
        facet = desk.facets.get("priority")
        if facet is None or case.tracker not in facet.maps or desk.rank(handover.after) < desk.rank(handover.before):
            return
        until = (handover.asked or handover.at) + self.options.grace.elapsed
        given = case.value_at("priority", until) is not None
        if given and (self.options.set_by == "anyone" or self._is_own(case, desk, handover, until)):
            return
        source = desk.shown_tier(handover.before)
        yield Refuse(
            handover,
            facts={
                "source": source,
                "tier": desk.shown_tier(handover.after),
                "whose": f"of its own: nobody of {source} set it or stood by it" if given else "to work by",
            },
            remedy="Write `/priority VALUE` and hand it on again; one comment may hold both, in this order.",
            public=True,
        )

    def _is_own(self, case: Case, desk: Desk, handover: FacetChange, until: datetime) -> bool:
        """Whether somebody with a say in it set a priority, or stood by the one that was there."""
        made = [(change.by, change.at) for change in case.changes.get("priority", ()) if change.after is not None]
        said = [(one.reply.by, one.reply.at) for one in case.commands if one.name == "priority" and one.counts]
        for person, at in (*said, *made):
            held = handover.before if at >= handover.at else case.value_at("tier", at)
            tiers = (held or case.lowest_tier, str(handover.after))
            if at <= until and (
                any(person in owners_of_priority(tier, desk) for tier in tiers)
                or desk.is_member(person, tiers[0], case, at)
            ):
                return True
        return False
