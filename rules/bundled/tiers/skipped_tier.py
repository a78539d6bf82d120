"""TR15: a handover skipped a tier."""

from collections.abc import Iterator

from pydantic import Field

from tierkeeper.plugins import Case, Decision, Desk, FacetChange, OptionFault, Refuse, Rule, RuleOptions


class SkippedTier(Rule):
    """{who} handed it from {source} straight to {tier}; from there it goes to {allowed}.

    **Why.** Each tier solves part of what reaches it. What goes past one costs the dearer tier behind it, and the one
    that was skipped never learns of it.

    **Refuses.** The help desk hands an issue to development. The policy's `handovers:` say which tier hands to which;
    where they list none from a tier upwards, the next tier up is the only one, and likewise downwards.

    **Lets pass.** A handover that the policy lists, be it over several tiers. A tier's neighbour where it lists none
    that way. Issues of the kinds that may skip, and people in the roles that may.

    **Options.** `roles`: whose members may skip tiers (default: none); `kinds`: the kinds of issue that may be handed
    past a tier (default: `feature`).

    **When not to use it.** Where everybody knows whom to turn to.
    """

    code = "TR15"
    group = "tiers"
    guards = frozenset({"tier"})

    class Options(RuleOptions):
        """Who may skip a tier, and with what."""

        roles: list[str] = Field(default_factory=list)
        kinds: list[str] = Field(default_factory=lambda: ["feature"])

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report a role that the desk does not have, and a kind."""
        for index, role in enumerate(self.options.roles):
            if role not in desk.roles:
                yield OptionFault(("roles", index), f'unknown role "{role}"', f"the roles are {', '.join(desk.roles)}")
        kinds = desk.facets["kind"].values if "kind" in desk.facets else ()
        for index, kind in enumerate(self.options.kinds if kinds and "kinds" in self.options.model_fields_set else ()):
            if kind not in kinds:
                yield OptionFault(("kinds", index), f'unknown kind "{kind}"', f"the kinds are {', '.join(kinds)}")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover to a tier that does not follow."""
        handover = case.last_handover() if "tier" in case.pending else None
        if handover is None or handover.kind in {"ours", "unknown"} or handover.after not in desk.tier_names:
            return
        allowed = _allowed(desk, handover)
        if handover.after in allowed or case.kind in self.options.kinds:
            return
        if handover.kind == "human" and self._may_skip(handover, desk):
            return
        yield Refuse(
            handover,
            facts={
                "who": case.name_of(handover.by),
                "source": desk.shown_tier(handover.before),
                "tier": desk.shown_tier(handover.after),
                "allowed": " or ".join(desk.shown_tier(name) for name in allowed) or "nobody that way",
            },
            remedy="Hand it to {allowed}." if allowed else "Leave it where it is.",
        )

    def _may_skip(self, handover: FacetChange, desk: Desk) -> bool:
        return any(desk.is_in_role(handover.by, role, handover.at) for role in self.options.roles)


def _allowed(desk: Desk, handover: FacetChange) -> list[str]:
    """Where the tier hands to in the direction of this handover: where the policy says, else its neighbour."""
    here = desk.rank(handover.before)
    step = 1 if desk.rank(handover.after) > here else -1
    listed = [
        terms.to
        for terms in desk.handovers
        if terms.source == handover.before and (desk.rank(terms.to) - here) * step > 0
    ]
    return listed or list(desk.tier_names[here + step : here + step + 1])
