"""PO04: somebody changed the priority who does not order the work."""

from collections.abc import Iterator
from datetime import datetime

from tierkeeper.plugins import Case, Decision, Desk, Duration, FacetChange, OptionFault, Refuse, Rule, RuleOptions, Wake
from tierkeeper.plugins.model.order import orders, owners_of_priority, shown_owner


class NotTheOwner(Rule):
    """{who} changed the priority from {before} to {after}; {owner} orders the work of {tier}.

    **Why.** A tier works by the priority of what it was handed. If everybody can change it, nobody can rely on it, and
    the loudest is served first.

    **Refuses.** Support has an issue of priority medium, and a member of support sets it to low, or its reporter to
    high. The owner of the priority changes it and says nothing of why.

    **Lets pass.** The tier that hands an issue over sets the priority for the next one, shortly before or after. The
    owner of the priority, as `priority_owner` names them, at any time: a person, every member of the tier (`{by:
    tier}`), and where a tier names nobody, its leaders. The first priority, from the tier that has the issue; any, from
    the lowest tier until somebody handed the issue on. What the issue was reported with. `/decide`.

    **Options.** `reason`: whether the owner has to give a reason (default true): with `/priority`, or in a comment
    within ten minutes before it or the minute after it. `before`, `after`: how long before or after its handover a tier
    may set the priority (default 10m and 1m). `receiving`: tiers that may change the priority of what they were handed
    (default: none).

    **When not to use it.** Where people who work side by side order their work by talking.
    """

    code = "PO04"
    group = "priority"
    guards = frozenset({"priority"})

    class Options(RuleOptions):
        """Who may change a priority besides its owner, and when."""

        reason: bool = True
        before: Duration = Duration("10m")
        after: Duration = Duration("1m")
        receiving: tuple[str, ...] = ()

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report unknown tiers, tiers whose work nobody orders, and times that depend on who is at work."""
        for place, name in enumerate(self.options.receiving):
            if desk.tier(name) is None:
                path = ("receiving", place)
                yield OptionFault(path, f'unknown tier "{name}"', f"tiers: {', '.join(desk.tier_names)}")
        for tier in desk.tiers[1:]:
            if not tier.orders_itself and not owners_of_priority(tier.name, desk):
                yield OptionFault((), f'nobody orders the work of "{tier.name}"', "name its priority_owner or its lead")
        for name, span in (("before", self.options.before), ("after", self.options.after)):
            if span.business:
                yield OptionFault((name,), f"expected elapsed time (m, h, d), got {span}", "such as 10m")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a change by who neither owns the priority nor hands the issue on."""
        change = case.pending.get("priority")
        if change is None or change.kind in {"ours", "unknown"}:
            return
        tier = case.value_at("tier", change.at) or case.lowest_tier
        is_owner = change.kind == "human" and orders(change.by, tier, case, desk, change.at)
        explained = not self.options.reason or change.before is None or bool(case.reason_for(change))
        if (is_owner and explained) or self._is_given(case, desk, change, tier):
            return
        until = change.at + self.options.before.elapsed
        if until > case.now and not is_owner and self._could_hand_on(case, desk, change, tier):
            yield Wake(until, change)
            return
        yield self._refusal(case, desk, change, tier, is_owner=is_owner)

    def _is_given(self, case: Case, desk: Desk, change: FacetChange, tier: str) -> bool:
        """Whether the priority comes from who may give it, the owner apart."""
        if change.kind != "human":
            return change.before is None
        first = change.before is None or not (tier != case.lowest_tier or case.handovers)
        if (first or tier in self.options.receiving) and desk.is_member(change.by, tier, case, change.at):
            return True
        return any(
            at - self.options.before.elapsed <= change.at <= at + self.options.after.elapsed
            and desk.is_member(change.by, source, case, change.at)
            for source, at in _handed_by(change.by, case, desk)
        )

    def _could_hand_on(self, case: Case, desk: Desk, change: FacetChange, tier: str) -> bool:
        """Whether a handover may still follow that the priority is meant for; a command is answered at once."""
        return not change.command and change.kind == "human" and desk.is_member(change.by, tier, case, change.at)

    def _refusal(self, case: Case, desk: Desk, change: FacetChange, tier: str, *, is_owner: bool) -> Refuse:
        facts = {
            "who": case.name_of(change.by),
            "before": change.before or "none",
            "after": change.after or "none",
            "owner": shown_owner(tier, desk),
            "tier": desk.shown_tier(tier),
        }
        if is_owner:
            text = "{who} changed the priority from {before} to {after} without a reason."
            return Refuse(change, facts, remedy="Write `/priority {after} reason`.", text=text)
        remedy = "Ask {owner}; who hands the issue on sets the priority with the handover, in one comment if they like."
        return Refuse(change, facts, remedy=remedy)


def _handed_by(person: str, case: Case, desk: Desk) -> Iterator[tuple[str, datetime]]:
    """When this person handed the issue on, or asked for it, and from which tier."""
    held = case.lowest_tier
    for change in case.changes.get("tier", ()):
        source, held = held, change.after or (case.lowest_tier if change.kind == "ours" else held)
        if change.by == person and change.after not in {None, source}:
            yield source, change.asked or change.at
    for command in case.commands:
        if command.name == "handover" and command.counts and command.reply.by == person:
            source = case.value_at("tier", command.reply.at) or case.lowest_tier
            if command.first.casefold() in {name.casefold() for name in desk.tier_names if name != source}:
                yield source, command.reply.at
