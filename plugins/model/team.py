"""Which components an issue names, and the team that built them."""

from collections.abc import Iterable
from datetime import datetime

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.component import Component
from tierkeeper.plugins.model.desk import Desk, Roster


def components_of(case: Case, desk: Desk) -> tuple[Component, ...]:
    """The components that the issue names and the desk knows: one, or several with commas between (Jira's field)."""
    said = case.component
    if not said:
        return ()
    known = {name.casefold(): component for name, component in desk.components.items()}
    names = [said] if said.casefold() in known else said.split(",")
    found = [known.get(name.strip().casefold()) for name in names]
    return tuple(dict.fromkeys(component for component in found if component is not None))


def team_of(components: Iterable[Component], desk: Desk) -> tuple[str, ...]:
    """The people who built these components, as last seen; empty where nobody has read yet who is in their roles."""
    people: dict[str, None] = {}
    for component in components:
        people |= dict.fromkeys(component.people)
        for name in component.roles:
            role = desk.roles[name]
            people |= dict.fromkeys(role.people)
            for source in role.sources:
                for reading in desk.rosters.get(source, Roster()).readings[-1:]:
                    seen = sorted(reading.members)
                    people |= dict.fromkeys(desk.person_of(source.tracker, account) for account in seen)
    return tuple(people)


def is_in_team(person: str, components: Iterable[Component], desk: Desk, at: datetime) -> bool:
    """Whether `person` was in the team that built these components at `at` (UTC). Raises MembershipUnknown."""
    key = person.casefold()
    for component in components:
        if any(key == other.casefold() for other in component.people):
            return True
        if any(desk.is_in_role(person, role, at) for role in component.roles):
            return True
    return False
