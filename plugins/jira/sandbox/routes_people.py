"""Accounts, groups, and what one may do."""

from tierkeeper.plugins.jira.sandbox.catalog import GLOBAL_PERMISSIONS, GUARDED_PERMISSIONS, PROJECT_PERMISSIONS
from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request, Router, page
from tierkeeper.plugins.jira.sandbox.records import Group, Issue, Json, Project
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_PAGE = 1000


@ROUTES.add("GET", "/myself")
def myself(request: Request) -> Answer:
    """Show who asks, with the zone that JQL's dates are read in."""
    shown = {**(request.render.person(request.me) or {}), "locale": "en_US"}
    expand = request.values("expand")
    if "groups" in expand:
        groups = [one for one in request.store.data.groups.values() if request.me in one.members]
        shown["groups"] = {"size": len(groups), "items": [_named(request, one) for one in groups]}
    return Answer({**shown, "expand": "groups,applicationRoles"})


def _named(request: Request, group: Group) -> Json:
    return {"name": group.name, "groupId": group.id, "self": request.render.api(f"group?groupId={group.id}")}


def _need_to_browse(request: Request) -> None:
    """Refuse who may not browse people."""
    if not request.store.may_globally(request.me, "USER_PICKER"):
        raise Refusal(403, "You do not have permission to browse users and groups.")


@ROUTES.add("GET", "/user")
def get_user(request: Request) -> Answer:
    """Show an account."""
    _need_to_browse(request)
    if request.value("username") or request.value("key"):
        raise Refusal(400, "'accountId' must be the only user identifying query parameter in GDPR strict mode.")
    wanted = request.value("accountId")
    if wanted not in request.store.data.users:
        raise Refusal(404, "Specified user does not exist or you do not have required permissions")
    return Answer(request.render.person(wanted))


@ROUTES.add("GET", "/user/bulk")
def get_users(request: Request) -> Answer:
    """Show several accounts; those that are not there are left out."""
    request.me  # noqa: B018 - a stranger gets 401
    wanted = request.values("accountId")
    if not wanted:
        raise Refusal(400, "The accountId parameter is required.")
    known = [one for one in wanted if one in request.store.data.users]
    return Answer(page(request, known, request.render.person, most=200))


@ROUTES.add("GET", "/user/assignable/search")
def assignable(request: Request) -> Answer:
    """List who can be given issues of a project, or an issue."""
    _need_to_browse(request)
    project, _ = _context(request, request.value("project"), request.value("issueKey") or request.value("issueId"))
    if project is None:
        raise Refusal(400, "Either project or issueKey must be given.")
    text, exact = request.value("query").lower(), request.value("accountId")
    found = [
        user.account_id
        for user in request.store.data.users.values()
        if user.active
        and request.store.may(user.account_id, "ASSIGNABLE_USER", project)
        and (not exact or user.account_id == exact)
        and (text in user.name.lower() or text == user.account_id.lower())
    ]
    start, size = request.number("startAt", 0), request.number("maxResults", 50, MAX_PAGE)
    return Answer([request.render.person(one) for one in found[start : start + size]])


@ROUTES.add("GET", "/user/search")
def search_users(request: Request) -> Answer:
    """Find accounts by name, or by id."""
    _need_to_browse(request)
    text, exact = request.value("query").lower(), request.value("accountId")
    found = [
        user.account_id
        for user in request.store.data.users.values()
        if (user.account_id == exact if exact else text in user.name.lower() or text == user.email.lower())
    ]
    start, size = request.number("startAt", 0), request.number("maxResults", 50, MAX_PAGE)
    return Answer([request.render.person(one) for one in found[start : start + size]])


@ROUTES.add("GET", "/group/member")
def list_members(request: Request) -> Answer:
    """List a group's members, for those who may browse people."""
    _need_to_browse(request)
    wanted = request.value("groupId") or request.value("groupname")
    try:
        group = request.store.group(wanted)
    except LookupError:
        raise Refusal(404, f"The group named '{wanted}' does not exist.") from None
    inactive, users = request.flag("includeInactiveUsers", default=False), request.store.data.users
    members = [one for one in group.members if inactive or users[one].active]
    return Answer(page(request, members, request.render.person))


@ROUTES.add("GET", "/group/bulk")
def list_groups(request: Request) -> Answer:
    """List groups, or those of these names or ids."""
    _need_to_browse(request)
    names, keys = request.values("groupName"), request.values("groupId")
    chosen = [
        one
        for one in request.store.data.groups.values()
        if (not names and not keys) or one.name in names or one.id in keys
    ]
    return Answer(page(request, chosen, lambda one: {"name": one.name, "groupId": one.id}))


@ROUTES.add("GET", "/groups/picker")
def pick_groups(request: Request) -> Answer:
    """Find groups by a part of their name."""
    text = request.value("query").lower()
    allowed = request.store.may_globally(request.me, "USER_PICKER")
    found = [one for one in request.store.data.groups.values() if allowed and text in one.name.lower()]
    shown = [{"name": one.name, "html": one.name, "labels": [], "groupId": one.id} for one in found]
    return Answer(
        {"header": f"Showing {len(found)} of {len(found)} matching groups", "total": len(found), "groups": shown}
    )


def _context(request: Request, project: str, issue: str) -> tuple[Project | None, Issue | None]:
    if issue:
        found = request.issue(issue)
        return request.place(found), found
    return (request.project(project) if project else None), None


@ROUTES.add("GET", "/project/{project}/permissionscheme")
def permission_scheme(request: Request) -> Answer:
    """Show who may do what in a project; its administrators may look."""
    project = request.project(request.args["project"])
    if not request.may("ADMINISTER_PROJECTS", project):
        raise Refusal(403, "You do not have permission to view this project's permission scheme.")
    shown = {"id": project.id, "name": f"{project.key}: Permission Scheme"}
    shown["self"] = address = request.render.api(f"permissionscheme/{project.id}")
    if not request.values("expand"):
        return Answer(shown)
    pairs = [(name, one) for name in PROJECT_PERMISSIONS for one in project.permissions.get(name, ["*"])]
    grants = [
        {
            "id": number,
            "self": f"{address}/permission/{number}",
            "holder": _holder(holder),
            "permission": name,
        }
        for number, (name, holder) in enumerate(pairs, 10_000)
    ]
    return Answer({**shown, "permissions": grants})


def _holder(holder: str) -> Json:
    kind, _, name = holder.partition(":")
    if holder in {"*", "anyone"}:
        return {"type": "applicationRole" if holder == "*" else "anyone"}
    if kind in {"group", "role"} and name:
        return {"type": "projectRole" if kind == "role" else "group", "parameter": name, "value": name}
    return {"type": "user", "parameter": holder, "value": holder}


@ROUTES.add("GET", "/mypermissions")
def my_permissions(request: Request) -> Answer:
    """Say what one may do: on the site, in a project, on an issue."""
    me, wanted = request.me, request.values("permissions")
    if not wanted:
        raise Refusal(400, "The 'permissions' query parameter is required.")
    project, issue = _context(
        request,
        request.value("projectKey") or request.value("projectId"),
        request.value("issueKey") or request.value("issueId"),
    )
    shown = {}
    for number, name in enumerate(wanted):
        is_global = name in GLOBAL_PERMISSIONS
        if not is_global and name not in (*PROJECT_PERMISSIONS, *GUARDED_PERMISSIONS):
            raise Refusal(400, f"Unrecognized permission: {name}")
        places = [project] if project is not None else list(request.store.data.projects.values())
        may = (
            request.store.may_globally(me, name) if is_global else any(request.may(name, one, issue) for one in places)
        )
        shown[name] = {
            "id": str(number),
            "key": name,
            "name": name.replace("_", " ").capitalize(),
            "type": "GLOBAL" if is_global else "PROJECT",
            "description": "",
            "havePermission": may,
        }
    return Answer({"permissions": shown})
