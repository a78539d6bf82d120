"""PO03: somebody set a facet who is not among those who may."""

from collections.abc import Iterator

from pydantic import Field

from tierkeeper.plugins import Case, Decision, Desk, FacetChange, OptionFault, Refuse, Rule, RuleOptions
from tierkeeper.plugins.errors import MembershipUnknown


class GuardedFacet(Rule):
    """{who} set the {facet} to {value}; that is for {allowed}.

    **Why.** Some facets decide what is promised, to whom, and who works on it. They are worth something as long as
    everybody can rely on who set them.

    **Refuses.** The policy says `roles: {severity: [support]}`, and a key user sets the severity of an issue.

    **Lets pass.** A member of the role, or somebody who was one then. What an issue was reported with: a form asks, and
    people answer. Facets that are not named.

    **Options.** `roles`: for each facet, the roles or tiers that may set it, such as `{severity: [support], service:
    [help-desk, support]}`. A tier without a role is its key users. Facets that are named are guarded: a change by
    anybody else is put back once.

    **When not to use it.** For the tier, which TR02 guards better, and for the priority, which PO04 does.
    """

    code = "PO03"
    group = "priority"

    class Options(RuleOptions):
        """Who may set what."""

        roles: dict[str, list[str]] = Field(default_factory=dict)

    options: Options

    def __init__(self, options: RuleOptions | None = None) -> None:
        super().__init__(options)
        self.guards = frozenset(self.options.roles)

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report roles that the desk does not have, facets for nobody, and those that cannot be guarded."""
        names = (*desk.roles, *desk.tier_names)
        for facet, roles in self.options.roles.items():
            path = ("roles", facet)
            if facet == "owner":
                yield OptionFault(
                    path, "who is assigned cannot be guarded", "leave it out; `commands` says who may /take"
                )
            if not roles:
                yield OptionFault(path, f"nobody may set the {facet}", "name roles or tiers, or leave the facet out")
            for place, name in enumerate(roles):
                if name not in names:
                    known = ", ".join(dict.fromkeys(names))
                    yield OptionFault((*path, place), f'no role and no tier is called "{name}"', f"there are {known}")

        yield from self._shut_out(desk)

    def _shut_out(self, desk: Desk) -> Iterator[OptionFault]:
        """Report owners of priority who may not set it; who is in a group or a team cannot be seen here."""
        names = self.options.roles.get("priority", [])
        known = [desk.roles[name] for name in (_role_of(name, desk) for name in names) if name in desk.roles]
        if not names or len(known) < len(names) or any(role.sources for role in known):
            return
        people = {person.casefold() for role in known for person in role.people}
        for tier in desk.tiers:
            owner = tier.priority_owner
            if owner and owner.casefold() not in people:
                said = f"{owner} orders the work of {desk.shown_tier(tier.name)} and may not set the priority"
                yield OptionFault(("roles", "priority"), said, f"add a role that {owner} is in")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a change by somebody who is in none of the roles."""
        for facet, roles in self.options.roles.items():
            change = case.pending.get(facet)
            if change is None or change.kind in {"ours", "unknown"}:
                continue
            if change.kind == "human" and _is_among(change, roles, case, desk):
                continue
            allowed = " or ".join(desk.shown_tier(name) for name in roles)
            yield Refuse(
                change,
                facts={
                    "who": case.name_of(change.by),
                    "facet": facet.replace("_", " "),
                    "value": change.after or "nothing",
                    "allowed": allowed,
                },
                remedy="Ask {allowed} to set it.",
            )


def _role_of(name: str, desk: Desk) -> str:
    """The role that a name stands for: its own, or that of the tier."""
    tier = desk.tier(name)
    return name if name in desk.roles or tier is None else tier.role


def _is_among(change: FacetChange, roles: list[str], case: Case, desk: Desk) -> bool:
    """Whether who made a change was in one of these roles or tiers then. Raises MembershipUnknown."""
    unknown: MembershipUnknown | None = None
    for name in roles:
        try:
            if name in desk.roles and desk.is_in_role(change.by, name, change.at):
                return True
            if desk.is_member(change.by, name, case, change.at):
                return True
        except MembershipUnknown as failure:
            unknown = failure if unknown is None or unknown.final else unknown
    if unknown is not None:
        raise unknown
    return False
