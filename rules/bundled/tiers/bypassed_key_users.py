"""TR01: the key users were bypassed."""

from collections.abc import Iterator

from tierkeeper.plugins import Case, Decision, Desk, FacetChange, Refuse, Rule, RuleOptions, Want


class BypassedKeyUsers(Rule):
    """{who} handed it to {tier}; for {place} that is the key users' decision.

    **Why.** Key users know their place and its users: they answer half of what is asked, and what they hand on is
    complete. An issue that goes past them costs every tier after them.

    **Refuses.** A user who is no key user of the issue's instance hands it to the help desk. The key users of the
    instance may; where it names none, those of its entry point; where that is not known either, any key user.

    **Wants.** An issue that anybody else reports goes to the lowest tier, with those key users assigned, once. A tier
    that the report itself claims (an issue form sets labels in the author's name) counts only for a key user, and only
    where the policy lets the lowest tier hand on to it.

    **Lets pass.** A key user of the issue's instance hands it to the help desk. A key user reports, and says
    `tier:help-desk` at once. Issues reported before enforcing began.

    **Options.** `assign`: whether the key users are assigned (default true); `most`: how many at the most (default 10,
    which is as many as GitHub takes).

    **When not to use it.** Where everybody may turn to the help desk directly.
    """

    code = "TR01"
    group = "tiers"
    guards = frozenset({"tier"})
    wants = frozenset({"tier", "owner"})

    class Options(RuleOptions):
        """How the key users get to know of an issue."""

        assign: bool = True
        most: int = 10

    options: Options

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover past the key users; send a new issue to them."""
        handover = case.last_handover(source=desk.lowest_tier)
        known = handover is not None and handover.kind not in {"ours", "unknown"}
        if handover is not None and known and not desk.is_key_user(handover.by, case):
            yield self._refusal(handover, case, desk)
        if self._is_new(case, desk) and not self._is_taken_on(case, desk):
            yield from self._way_in(case, desk)

    def _refusal(self, handover: FacetChange, case: Case, desk: Desk) -> Refuse:
        users = desk.key_users(case)
        who = " or ".join(users[:3]) if users else "a key user"
        return Refuse(
            handover,
            facts={
                "who": case.name_of(handover.by),
                "tier": desk.shown_tier(handover.after),
                "place": case.instance or case.entry_point or "this issue",
                "asked": who,
                "to": handover.after,
            },
            remedy="Ask {asked} to hand it on, with the label or with `/handover {to}`.",
        )

    def _is_new(self, case: Case, desk: Desk) -> bool:
        began = desk.enforce_from is None or case.created >= desk.enforce_from
        changes = case.changes.get("tier", ())
        untouched = case.allowed.get("tier") in {None, case.claims.get("tier")}
        untouched = untouched and not any(change.kind == "ours" for change in changes)
        return began and untouched and case.open and case.complete and case.reporter_kind == "human"

    def _is_taken_on(self, case: Case, desk: Desk) -> bool:
        """Whether a key user handed it on already, or something did that is never put back."""
        moved = case.pending.get("tier")
        return moved is not None and (moved.kind != "human" or desk.is_key_user(moved.by, case))

    def _way_in(self, case: Case, desk: Desk) -> Iterator[Decision]:
        claim = case.claims.get("tier")
        known = desk.is_key_user(case.reporter, case)
        if known and (claim is None or claim == desk.lowest_tier or desk.terms(desk.lowest_tier, claim)):
            return
        users = desk.key_users(case) or desk.all_key_users
        facts = {"tier": desk.shown_tier(desk.lowest_tier), "place": case.instance or case.entry_point or "this desk"}
        facts["claim"] = desk.shown_tier(claim)
        text = "Reported past the {tier}; it is with the {tier} of {place} now, who answer or hand it on."
        if known:
            text = "Reported with the tier {claim}, to which {tier} hand nothing; it is with the {tier} of {place} now."
        if case.facets.get("tier") != desk.lowest_tier:
            yield Want("tier", desk.lowest_tier, facts=facts, text=text)
        if self.options.assign and users and not known and not case.changes.get("owner"):
            yield Want("owner", users[: self.options.most], facts=facts, text=text)
