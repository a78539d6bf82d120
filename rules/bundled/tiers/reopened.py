"""TR17: an issue was opened again."""

from collections.abc import Iterator

from pydantic import Field

from tierkeeper.plugins import Case, Decision, Desk, FacetChange, OptionFault, Refuse, Rule, RuleOptions, Want


class Reopened(Rule):
    """{who} opened it again, which {allowed} may do.

    **Why.** Who solved it knows what was done, and sees first that it did not help. Without them it begins anew, at the
    bottom.

    **Wants.** An issue that somebody opens again goes to the tier that had it when it was closed, once, whoever moved
    it while it was closed.

    **Refuses.** Somebody opens it again who is not among those that the policy names; it is closed again, once.

    **Lets pass.** Where it goes from there is for people: who hands it on after it was opened again has the last word.

    **Options.** `to`: the tier that every reopened issue goes to (default: the one that had it when it was closed);
    `roles`: who may open an issue again (default: anybody); `reporter`: where roles are named, whether the reporter
    may too (default true).

    **When not to use it.** Where a reopened issue is triaged like a new one.
    """

    code = "TR17"
    group = "tiers"
    guards = frozenset({"state"})
    wants = frozenset({"tier"})

    class Options(RuleOptions):
        """Where a reopened issue goes, and who may reopen it."""

        to: str = ""
        roles: list[str] = Field(default_factory=list)
        reporter: bool = True

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report a tier and roles that the desk does not have."""
        if self.options.to and self.options.to not in desk.tier_names:
            message = f'unknown tier "{self.options.to}"'
            yield OptionFault(("to",), message, f"the tiers are {', '.join(desk.tier_names)}")
        for index, role in enumerate(self.options.roles):
            if role not in desk.roles:
                yield OptionFault(("roles", index), f'unknown role "{role}"', f"the roles are {', '.join(desk.roles)}")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a reopening by somebody who may not; send the issue to who solved it."""
        reopening = case.reopening
        if reopening is None or not case.complete or reopening.kind in {"ours", "unknown"}:
            return
        if not case.is_judged(reopening):
            return
        pending = case.pending.get("state")
        if pending is not None and self._forbidden(case, desk, reopening):
            allowed = [*self.options.roles, *(["the reporter"] if self.options.reporter else [])]
            facts = {"who": case.name_of(reopening.by), "allowed": " or ".join(allowed)}
            yield Refuse(pending, facts=facts, remedy="Ask {allowed} to open it again, or report what is new.")
            return
        to = self.options.to or self._solver(case, reopening)
        if case.tier != to and not _handed_on(case, reopening):
            text = "Opened again; it is with {tier}, who had it when it was closed."
            if self.options.to:
                text = "Opened again; it is with {tier}, where reopened issues go."
            yield Want("tier", to, facts={"tier": desk.shown_tier(to)}, text=text)

    def _forbidden(self, case: Case, desk: Desk, reopening: FacetChange) -> bool:
        if not self.options.roles or (self.options.reporter and reopening.by == case.reporter):
            return False
        if reopening.kind != "human":
            return True
        return not any(desk.is_in_role(reopening.by, role, reopening.at) for role in self.options.roles)

    def _solver(self, case: Case, reopening: FacetChange) -> str:
        """The tier that had it when it was closed before this reopening; where we put that right since, that one."""
        closed = [change for change in case.changes["state"] if change.after == "closed" and change.at <= reopening.at]
        if not closed:
            return case.tier
        since = closed[-1].at
        ours = [change.after for change in case.changes.get("tier", ()) if change.kind == "ours" and change.at > since]
        return (ours[-1] if ours else case.value_at("tier", since)) or case.lowest_tier


def _handed_on(case: Case, reopening: FacetChange) -> bool:
    """Whether it changed tiers since: what people do then is theirs, and what we did is done."""
    return any(change.at >= reopening.at for change in case.changes.get("tier", ()))
