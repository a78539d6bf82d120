"""Who is in a group, has a role in a project, or leads a component; and who may look at a project."""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote
from uuid import UUID

import msgspec

from tierkeeper.plugins.errors import AuthenticationFailed, NotFound, PermissionDenied, TrackerError
from tierkeeper.plugins.jira.access import Access, project_path
from tierkeeper.plugins.jira.convert import RawUser, to_account
from tierkeeper.plugins.model.change import UnknownMembers
from tierkeeper.plugins.model.desk import RoleSource
from tierkeeper.plugins.model.issue import Account
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.transport.paths import quote_segment

_PAGE = 50
_BROWSE = "BROWSE_PROJECTS"


class _RawMembers(msgspec.Struct, rename="camel"):
    values: list[RawUser] = []
    is_last: bool = False


class _RawGroup(msgspec.Struct, rename="camel"):
    name: str = ""
    group_id: str = ""


class _RawActorUser(msgspec.Struct, rename="camel"):
    account_id: str = ""


class _RawActor(msgspec.Struct, rename="camel"):
    display_name: str = ""
    actor_user: _RawActorUser | None = None
    actor_group: _RawGroup | None = None


class _RawRole(msgspec.Struct):
    actors: list[_RawActor] = []


class _RawComponent(msgspec.Struct):
    name: str
    lead: RawUser | None = None


class _RawHolder(msgspec.Struct, frozen=True):
    type: str = ""


class _RawGrant(msgspec.Struct):
    permission: str = ""
    holder: _RawHolder = _RawHolder()


class _RawScheme(msgspec.Struct):
    permissions: list[_RawGrant] = []


class _NoRole(Exception):  # becomes UnknownMembers
    """There is no such role; the text says which there are."""


def read_members(access: Access, source: RoleSource) -> frozenset[Account] | UnknownMembers:
    """The people of a group or a project role, or who leads a component; without those who were deactivated."""
    try:
        reader = _READERS.get(source.kind)
        if reader is not None:
            return frozenset(reader(access, source.name))
    except _NoRole as error:
        return UnknownMembers(str(error))
    except (PermissionDenied, NotFound) as error:
        return _unknown(source, error)
    except AuthenticationFailed as error:
        access.me(fresh=True)  # Jira refuses a role as it refuses a bad token; a bad one is refused here too
        return _unknown(source, error)
    return UnknownMembers(f"{source}: Jira has groups, and roles and components written `PROJECT/name`")


def read_audience(access: Access, place: str) -> Audience:
    """Whether anybody, logged in or not, may look at a project.

    Only a project's administrators see its permission scheme; who does not is told nothing, and takes the project for
    what Jira's are unless somebody opens them: private.
    """
    try:
        scheme = access.transport.get(f"{project_path(place)}/permissionscheme?expand=permissions").decode(_RawScheme)
    except (PermissionDenied, NotFound):
        return "private"
    except AuthenticationFailed:
        access.me(fresh=True)  # Jira refuses a scheme as it refuses a bad token; a bad one is refused here too
        return "private"
    opened = [one for one in scheme.permissions if one.permission == _BROWSE and one.holder.type == "anyone"]
    return "public" if opened else "private"


def _unknown(source: RoleSource, error: TrackerError) -> UnknownMembers:
    if source.kind == "group":
        remedy = "give our account the global permission `Browse users and groups`"
    elif source.kind == "component_lead":
        remedy = "let our account see the project"
    else:
        remedy = "make our account an administrator of the project, or name people or a group instead"
    return UnknownMembers(f"the members of {source} cannot be read: {error}; check its name, and {remedy}")


def _group(access: Access, name: str) -> Iterator[Account]:
    start = 0
    named = f"{'groupId' if _is_id(name) else 'groupname'}={quote(name, safe='')}"
    while True:
        query = f"{named}&includeInactiveUsers=false&startAt={start}&maxResults={_PAGE}"
        page = access.transport.get(f"/group/member?{query}").decode(_RawMembers)
        yield from (account for user in page.values if user.active and (account := to_account(user)) is not None)
        start += len(page.values)
        if page.is_last or not page.values:
            return


def _is_id(name: str) -> bool:
    try:
        return str(UUID(name)) == name.lower()
    except ValueError:
        return False


def _role(access: Access, name: str) -> Iterator[Account]:
    project, _, role = name.partition("/")
    if not project or not role:
        raise _NoRole(f"a role belongs to a project: write {name!r} as `PROJECT/{name or 'role'}` in desk.yaml")
    path = f"{project_path(project)}/role"
    roles = access.transport.get(path).decode(dict[str, str])
    link = next((link for known, link in roles.items() if known.casefold() == role.casefold()), "")
    if not link:
        raise _NoRole(f"{project} has no role {role!r}; it has {', '.join(sorted(roles)) or 'none'}")
    # of the link only the number at its end: behind the gateway the rest is wrong
    number = quote_segment(link.rstrip("/").rpartition("/")[2])
    for actor in access.transport.get(f"{path}/{number}?excludeInactiveUsers=true").decode(_RawRole).actors:
        if actor.actor_group is not None:
            yield from _group(access, actor.actor_group.group_id or actor.actor_group.name)
        elif actor.actor_user is not None and actor.actor_user.account_id:
            yield Account(actor.actor_user.account_id, actor.display_name)


def _lead(access: Access, name: str) -> Iterator[Account]:
    project, _, component = name.partition("/")
    if not project or not component:
        raise _NoRole(f"a component belongs to a project: write {name!r} as `PROJECT/component` in desk.yaml")
    there = access.transport.get(f"{project_path(project)}/components").decode(list[_RawComponent])
    found = next((one for one in there if one.name.casefold() == component.casefold()), None)
    if found is None:
        names = ", ".join(sorted(one.name for one in there))
        raise _NoRole(f"{project} has no component {component!r}; it has {names or 'none'}")
    if found.lead is not None and found.lead.active and (account := to_account(found.lead)) is not None:
        yield account


_READERS: Mapping[str, Callable[[Access, str], Iterator[Account]]] = {
    "group": _group,
    "project_role": _role,
    "component_lead": _lead,
}
