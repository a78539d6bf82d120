"""TR09: development holds it, and not the team that built the component."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from tierkeeper.plugins import (
    Case,
    Component,
    Decision,
    Desk,
    FacetChange,
    Flag,
    OptionFault,
    Refuse,
    Rule,
    RuleOptions,
    Want,
    components_of,
    is_in_team,
    team_of,
)

MOST_NAMED = 5
"""How many components a message lists."""


class ComponentTeam(Rule):
    """{component} was built by {team}; what goes to {tier} about it is theirs.

    **Why.** Who built a part finds its fault in minutes. Where development has several teams, an issue that belongs to
    none of them waits until somebody feels sorry for it.

    **Refuses.** Support hands an issue to development, several teams work there, and the issue names no component that
    the policy knows.

    **Wants.** The team that built the issue's component is assigned once the issue is with the last tier: the people of
    the role, those whom CODEOWNERS names for its paths, or its lead in Jira (a role `{jira: {component_lead:
    SHOP/Export}}`). Somebody outside of the team whom a person assigned there, or a team that was taken off, is
    flagged and left.

    **Lets pass.** One of the team is assigned. The issue names the component in the label `component:` or in Jira's
    field. Development is one team: then no component is needed.

    **Options.** `most`: how many of the team are assigned at the most (default 3). `without`: what becomes of a
    handover without a component: `refuse` (default) or `flag`.

    **When not to use it.** Where one team does it all, or teams pull their work from one queue.
    """

    code = "TR09"
    group = "tiers"
    guards = frozenset({"tier"})
    wants = frozenset({"owner"})

    class Options(RuleOptions):
        """Who is assigned, and what is asked of a handover."""

        most: int = 3
        without: Literal["refuse", "flag"] = "refuse"

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """There is nothing to go by without components, and nobody to assign without a number."""
        if not desk.components:
            yield OptionFault((), "the policy says of no component who built it", "add components:")
        if self.options.most < 1:
            yield OptionFault(("most",), f"expected 1 or more, got {self.options.most}", "such as 3")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Ask for the component; give the issue to those who built it."""
        if not case.open or (case.tier != desk.top_tier and "tier" not in case.pending):
            return
        handover = case.last_handover(to=desk.top_tier)
        if handover is None and case.tier != desk.top_tier:
            return
        named = components_of(case, desk)
        if named and case.tier == desk.top_tier:
            yield from self._give(named, handover, case, desk)
        elif not named and _teams(desk) > 1:
            yield from self._ask(handover, case, desk)

    def _ask(self, handover: FacetChange | None, case: Case, desk: Desk) -> Iterator[Decision]:
        names = sorted(desk.components)
        listed = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
        facts = {"tier": desk.shown_tier(desk.top_tier), "said": case.component or "", "names": listed}
        text = "Handed to {tier} without a component, so no team there knows that it is theirs"
        if case.component:
            text = "Handed to {tier} for the component {said}, which no team there is known to have built"
        remedy = "Name the component ({names}), then hand it on again."
        if self.options.without == "flag":
            if case.tier == desk.top_tier:
                yield Flag(facts=facts, text=f"{text}.", remedy="Name the component ({names}).")
        elif handover is not None and handover.kind not in {"ours", "unknown"}:
            yield Refuse(handover, facts=facts, text=f"{text}.", remedy=remedy)

    def _give(
        self, named: tuple[Component, ...], handover: FacetChange | None, case: Case, desk: Desk
    ) -> Iterator[Decision]:
        team = team_of(named, desk)
        made = case.changes.get("owner", ())
        if not team or any(is_in_team(owner, named, desk, _since(owner, case, desk)) for owner in case.owners):
            return
        if "tier" in case.pending:
            return  # who it goes to follows once it is known to stay
        since = handover.at if handover is not None else case.created
        facts: Mapping[str, object] = {
            "component": " and ".join(component.name for component in named),
            "team": ", ".join(case.name_of(person) for person in team[: self.options.most]),
            "tier": desk.shown_tier(desk.top_tier),
            "owner": ", ".join(sorted(case.name_of(owner) for owner in case.owners)) or "nobody",
        }
        if any(change.kind == "human" and change.at > since for change in made):
            text = "{component} was built by {team}, and the issue is assigned to {owner}."
            yield Flag(facts=facts, text=text, remedy="Assign one of them, or correct the component.")
            return
        yield Want("owner", team[: self.options.most], facts=facts)


def _teams(desk: Desk) -> int:
    """How many different teams built something."""
    return len({(component.roles, component.people) for component in desk.components.values()})


def _since(owner: str, case: Case, desk: Desk) -> datetime:
    """Since when somebody is assigned."""
    account = desk.account_of(owner, case.tracker).casefold()
    made = [one.at for one in case.changes.get("owner", ()) if (one.after or "").casefold() == account]
    return made[-1] if made else case.created
