"""Components, and the team that built each: a role, people, or whom CODEOWNERS names for its paths."""

from collections.abc import Mapping, Sequence

from tierkeeper.plugins.model.component import Component
from tierkeeper.plugins.model.desk import Role
from tierkeeper.rules.policy.calendars import Beside
from tierkeeper.rules.policy.codeowners import OwnedPaths, owners_of, read_codeowners
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.people import Crew
from tierkeeper.rules.policy.yaml_text import Path


def read_components(page: Page, crew: Crew, roles: Mapping[str, Role], beside: Beside) -> dict[str, Component]:
    """The components, each with somebody who built it."""
    owned = _codeowners(page, beside)
    found: dict[str, Component] = {}
    for name, raw in page.raw.components.items():
        path: Path = ("components", name)
        given = [key for key in ("role", "people", "paths") if getattr(raw, key)]
        if len(given) != 1:
            said = " and ".join(given) or "none"
            page.findings.add(path, f"expected one of role, people and paths, got {said}", on_key=True)
            continue
        if raw.role is not None:
            page.refers((*path, "role"), raw.role, ("role", "roles"))
            found[name] = Component(name, roles=(raw.role,))
        elif raw.people:
            found[name] = Component(name, people=crew.names((*path, "people"), raw.people))
        elif owned is not None:
            found[name] = _by_paths(page, crew, roles, name=name, owned=owned)
        elif page.raw.codeowners is None:
            page.findings.add((*path, "paths"), "no file says who owns paths", "add codeowners: with its name")
    return found


def _codeowners(page: Page, beside: Beside) -> tuple[OwnedPaths, ...] | None:
    name = page.raw.codeowners
    if name is None:
        return None
    try:
        return read_codeowners(beside(name))
    except ValueError as error:
        page.findings.add(("codeowners",), str(error), "name a file that stands beside the policy")
        return None


def _by_paths(
    page: Page, crew: Crew, roles: Mapping[str, Role], *, name: str, owned: tuple[OwnedPaths, ...]
) -> Component:
    teams: dict[str, None] = {}
    people: dict[str, None] = {}
    for position, path in enumerate(page.raw.components[name].paths):
        place: Path = ("components", name, "paths", position)
        owners = owners_of(path, owned)
        if not owners:
            page.findings.add(place, f'{page.raw.codeowners} names no owner of "{path}"', "name one there")
        for owner in owners:
            if "/" not in owner:
                people[_person(crew, place, owner)] = None
                continue
            role = _role_of(owner.removeprefix("@"), list(roles.values()))
            if role:
                teams[role] = None
            else:
                hint = "add a role with this team, such as {github: {team: " + owner.removeprefix("@") + "}}"
                page.findings.add(place, f"it belongs to {owner}, and no role is that team", hint)
    return Component(name, tuple(teams), tuple(people))


def _role_of(team: str, roles: Sequence[Role]) -> str:
    """The role that is this team and nothing else, else one that the team is a part of."""
    fitting = [
        role
        for role in roles
        if any(source.kind == "team" and source.name.casefold() == team.casefold() for source in role.sources)
    ]
    fitting.sort(key=lambda role: len(role.sources) + len(role.people))
    return fitting[0].name if fitting else ""


def _person(crew: Crew, place: Path, owner: str) -> str:
    """The person behind ``@login`` or an address of mail."""
    if owner.startswith("@"):
        return crew.name(place, owner[1:])
    mails = {person.mail.casefold(): name for name, person in crew.people.items() if person.mail}
    return mails.get(owner.casefold()) or crew.name(place, owner)
