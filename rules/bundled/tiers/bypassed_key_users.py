"""TR01: the key users were bypassed."""

from collections.abc import Iterator

from tierkeeper.plugins import Case, Decision, Desk, FacetChange, Flag, Refuse, Rule, RuleOptions, Want

_PLACES = ("instance", "entry_point")
_KNOWN = {"report": ", which the report names", "group": ", by the reporter's group"}


class BypassedKeyUsers(Rule):
    """{who} handed it to {tier}; for {place} that is the key users' decision.

    **Why.** Key users know their place and its users: they answer half of what is asked, and what they hand on is
    complete. An issue that goes past them costs every tier after them.

    **Refuses.** A user who is no key user of the issue's instance hands it to the help desk. The key users of the
    instance may; where it names none, those of its entry point; where that is not known either, any key user.

    **Wants.** An issue that anybody else reports goes to the lowest tier, with those key users assigned, once. Its
    place is known from a field or a label; else from the report, where a heading `Instance` or `Entry point` (an
    issue form's question) or a line `Instance: berlin-01` is answered by a name of the policy; else from the role that
    the policy names as the place's `reporters:`. A tier that the report itself claims (an issue form sets labels in the
    author's name) counts only for a key user, and only where the policy lets the lowest tier hand on to it.

    **Flags.** An issue whose key users nobody knows is given to the policy's `fallback: {key_users: […]}`, where there
    is none to every key user, and stays flagged until its instance or entry point is set or somebody hands it on.

    **Lets pass.** A key user of the issue's instance hands it to the help desk. A key user reports, and says
    `tier:help-desk` at once. Issues reported before enforcing began.

    **Options.** `assign`: whether the key users are assigned (default true); `most`: how many at the most (default 10,
    which is as many as GitHub takes); `set_place`: whether an instance or entry point that is known from the report or
    the reporter's group is set as a field or label, too (default false).

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
        set_place: bool = False

    options: Options

    def __init__(self, options: RuleOptions | None = None) -> None:
        super().__init__(options)
        if self.options.set_place:
            self.wants = self.wants.union(_PLACES)

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover past the key users; send a new issue to them."""
        handover = case.last_handover(source=desk.lowest_tier)
        known = handover is not None and handover.kind not in {"ours", "unknown"}
        if handover is not None and known and not desk.is_key_user(handover.by, case):
            yield self._refusal(handover, case, desk)
        if not self._concerns(case, desk):
            return
        if self._is_new(case) and not self._is_taken_on(case, desk):
            yield from self._way_in(case, desk)
            yield from self._places(case, desk) if self.options.set_place else ()
        if case.tier == desk.lowest_tier and not desk.key_users(case) and not desk.is_key_user(case.reporter, case):
            yield self._lost(case, desk)

    def _refusal(self, handover: FacetChange, case: Case, desk: Desk) -> Refuse:
        users = desk.key_users(case) or desk.fallback
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

    def _concerns(self, case: Case, desk: Desk) -> bool:
        began = desk.enforce_from is None or case.created >= desk.enforce_from
        return began and case.open and case.complete and case.reporter_kind == "human"

    def _is_new(self, case: Case) -> bool:
        """Whether no tier counted yet but the claim; one that an automation took off again did count."""
        given = {None, case.claims.get("tier")}
        if case.allowed.get("tier") not in given:
            return False
        counted = {verdict.event for verdict in case.verdicts if verdict.outcome in {"allowed", "stands"}}
        return not any(
            change.kind == "ours"
            or (
                change.kind == "human"
                and change.after not in given
                and (change.command or change.event in counted or not case.is_judged(change))
            )
            for change in case.changes.get("tier", ())
        )

    def _is_taken_on(self, case: Case, desk: Desk) -> bool:
        """Whether a key user handed it on already, or something did that is never put back."""
        moved = case.pending.get("tier")
        return moved is not None and (moved.kind != "human" or desk.is_key_user(moved.by, case))

    def _way_in(self, case: Case, desk: Desk) -> Iterator[Decision]:
        claim = case.claims.get("tier")
        known = desk.is_key_user(case.reporter, case)
        if known and (claim is None or claim == desk.lowest_tier or desk.terms(desk.lowest_tier, claim)):
            return
        users = desk.key_users(case)
        facts = {
            "tier": desk.shown_tier(desk.lowest_tier),
            "place": case.instance or case.entry_point or "this desk",
            "known": next((_KNOWN[case.told[facet]] for facet in _PLACES if facet in case.told), ""),
            "claim": desk.shown_tier(claim),
        }
        text = "Reported past the {tier}; it is with the {tier} of {place} now{known}, who answer or hand it on."
        if known:
            text = "Reported with the tier {claim}, to which {tier} hand nothing; it is with the {tier} of {place} now."
        elif not users and desk.fallback:
            text = "Reported past the {tier}; it is with {fallback} now, who answer it or find out whose it is."
            facts["fallback"] = _listed(desk.fallback)
        if case.facets.get("tier") != desk.lowest_tier:
            yield Want("tier", desk.lowest_tier, facts=facts, text=text)
        users = users or desk.fallback or desk.all_key_users
        if self.options.assign and users and not known and not case.changes.get("owner"):
            yield Want("owner", users[: self.options.most], facts=facts, text=text)

    def _places(self, case: Case, desk: Desk) -> Iterator[Want]:
        for facet in _PLACES:
            if facet in case.told and case.tracker in desk.facets[facet].maps and not case.changes.get(facet):
                facts = {
                    "facet": facet.replace("_", " "),
                    "value": case.facets[facet],
                    "known": _KNOWN[case.told[facet]],
                }
                yield Want(facet, case.facets[facet], facts=facts, text="The {facet} is {value}{known}.")

    def _lost(self, case: Case, desk: Desk) -> Flag:
        place = case.instance or case.entry_point
        facts = {"place": place or "", "who": _listed(desk.fallback) if desk.fallback else "every key user"}
        text = "No key user is known for {place}; {who} may answer or hand it on."
        if not place:
            text = "Nobody knows which instance it comes from; {who} may answer or hand it on."
        return Flag(facts=facts, remedy="Set its instance or its entry point.", text=text)


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
