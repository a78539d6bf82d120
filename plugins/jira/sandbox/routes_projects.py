"""The site, its projects, fields and schemes."""

from tierkeeper.plugins.jira.sandbox.clock import iso
from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request, Router, page
from tierkeeper.plugins.jira.sandbox.records import Json, Project, Role
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()


@ROUTES.add("GET", "/serverInfo")
def server_info(request: Request) -> Answer:
    """Say what this is; strangers may ask."""
    now = request.store.clock.milliseconds
    return Answer(
        {
            "baseUrl": request.render.base,
            "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud",
            "buildNumber": 100_291,
            "buildDate": iso(now),
            "serverTime": iso(now),
            "scmInfo": "sandbox",
            "serverTitle": "Jira",
        }
    )


@ROUTES.add("GET", "/field")
def list_fields(request: Request) -> Answer:
    """List all fields."""
    request.me  # noqa: B018 - a stranger gets 401
    return Answer([request.render.field(one) for one in request.store.every_field().values()])


@ROUTES.add("GET", "/issuetype")
def list_issue_types(request: Request) -> Answer:
    """List the types of issues."""
    request.me  # noqa: B018 - a stranger gets 401
    return Answer([request.render.issue_type(key) for key in request.store.data.issue_types])


@ROUTES.add("GET", "/status")
def list_statuses(request: Request) -> Answer:
    """List the statuses."""
    request.me  # noqa: B018 - a stranger gets 401
    return Answer([request.render.status(key) for key in request.store.data.statuses])


@ROUTES.add("GET", "/resolution")
def list_resolutions(request: Request) -> Answer:
    """List the resolutions."""
    request.me  # noqa: B018 - a stranger gets 401
    return Answer([request.render.resolution(key) for key in request.store.data.resolutions])


@ROUTES.add("GET", "/priority")
def list_priorities(request: Request) -> Answer:
    """List the site's priorities."""
    request.me  # noqa: B018 - a stranger gets 401
    return Answer([request.render.priority(key, full=True) for key in request.store.data.priorities])


@ROUTES.add("GET", "/priority/search")
def search_priorities(request: Request) -> Answer:
    """List priorities: the site's, or those of projects' schemes."""
    request.me  # noqa: B018 - a stranger gets 401
    projects, name, keys = request.values("projectId"), request.value("priorityName").lower(), request.values("id")
    found = list(request.store.data.priorities)
    if projects:
        allowed = {one for key in projects for one in request.project(key).priorities}
        found = [one for one in found if one in allowed]
    found = [one for one in found if name in request.store.data.priorities[one].name.lower()]
    found = [one for one in found if not keys or one in keys]
    return Answer(page(request, found, lambda key: request.render.priority(key, full=True)))


@ROUTES.add("GET", "/label")
def list_labels(request: Request) -> Answer:
    """List the labels that are in use."""
    request.me  # noqa: B018 - a stranger gets 401
    labels = {label for issue in request.store.data.issues.values() for label in issue.values["labels"]}
    return Answer(page(request, sorted(labels), str, most=1000))


@ROUTES.add("GET", "/project/search")
def search_projects(request: Request) -> Answer:
    """List the projects that one may see."""
    request.me  # noqa: B018 - a stranger gets 401
    keys, ids, text = request.values("keys"), request.values("id"), request.value("query").lower()
    found = [
        one
        for one in sorted(request.store.data.projects.values(), key=lambda project: project.key)
        if request.may("BROWSE_PROJECTS", one)
        and (not keys or one.key in keys)
        and (not ids or str(one.id) in ids)
        and (text in one.name.lower() or text in one.key.lower())
    ]
    return Answer(page(request, found, request.render.project, most=100))


@ROUTES.add("GET", "/project")
def list_projects(request: Request) -> Answer:
    """List the projects that one may see, all at once."""
    request.me  # noqa: B018 - a stranger gets 401
    found = [one for one in request.store.data.projects.values() if request.may("BROWSE_PROJECTS", one)]
    return Answer([request.render.project(one) for one in found])


def _place(request: Request) -> Project:
    return request.project(request.args["project"])


@ROUTES.add("GET", "/project/{project}")
def get_project(request: Request) -> Answer:
    """Show a project; a key that it had answers with the one that it has."""
    return Answer(request.render.project_in_full(_place(request)))


@ROUTES.add("GET", "/project/{project}/statuses")
def project_statuses(request: Request) -> Answer:
    """List the statuses of each type of issues in a project."""
    project, render = _place(request), request.render
    statuses = [render.status(key) for key in request.store.workflow(project).statuses]
    shown = []
    for key in project.issue_types:
        kind = render.issue_type(key)
        shown.append({name: kind[name] for name in ("self", "id", "name", "subtask")} | {"statuses": statuses})
    return Answer(shown)


@ROUTES.add("GET", "/project/{project}/components")
def list_components(request: Request) -> Answer:
    """List a project's components with their leads."""
    return Answer(request.render.components(_place(request)))


@ROUTES.add("GET", "/project/{project}/versions")
def list_versions(request: Request) -> Answer:
    """List a project's versions."""
    return Answer([request.render.version(one) for one in _place(request).versions])


@ROUTES.add("GET", "/project/{project}/role")
def list_roles(request: Request) -> Answer:
    """List where a project's roles are."""
    return Answer(request.render.roles(_place(request)))


@ROUTES.add("GET", "/project/{project}/role/{id}")
def get_role(request: Request) -> Answer:
    """Show who has a role in a project; its administrators may look."""
    project, key = _place(request), request.args["id"]
    role = request.store.data.roles.get(int(key)) if key.isdigit() else None
    if role is None:
        raise Refusal(404, f"Can not find a role with id '{key}'.")
    if not request.may("ADMINISTER_PROJECTS", project):
        raise Refusal(401, "You do not have permission to access this project's roles.")
    excluded = request.flag("excludeInactiveUsers", default=False)
    actors = [_actor(request, number, one) for number, one in enumerate(project.roles.get(role.id, []), role.id * 100)]
    users = request.store.data.users
    if excluded:
        actors = [one for one in actors if "actorUser" not in one or users[one["actorUser"]["accountId"]].active]
    return Answer(_role(request, project, role) | {"actors": actors})


def _role(request: Request, project: Project, role: Role) -> Json:
    address = request.render.api(f"project/{project.id}/role/{role.id}")
    return {"self": address, "name": role.name, "id": role.id, "description": ""}


def _actor(request: Request, number: int, holder: str) -> Json:
    if holder.startswith("group:"):
        group = request.store.group(holder.removeprefix("group:"))
        named = {"displayName": group.name, "name": group.name, "groupId": group.id}
        return {"id": number, "displayName": group.name, "type": "atlassian-group-role-actor", "actorGroup": named}
    user = request.store.user(holder)
    account = {"accountId": user.account_id}
    return {"id": number, "displayName": user.name, "type": "atlassian-user-role-actor", "actorUser": account}


@ROUTES.add("GET", "/issue/createmeta/{project}/issuetypes")
def create_types(request: Request) -> Answer:
    """List the types of issues that can be created in a project."""
    types = _place(request).issue_types
    start, size = request.number("startAt", 0), request.number("maxResults", 50, 200)
    shown = [request.render.issue_type(key) for key in types[start : start + size]]
    return Answer({"maxResults": size, "startAt": start, "total": len(types), "issueTypes": shown})


@ROUTES.add("GET", "/issue/createmeta/{project}/issuetypes/{type}")
def create_fields(request: Request) -> Answer:
    """List the fields of the screen on which an issue is created."""
    project, every = _place(request), request.store.every_field()
    if request.args["type"] not in project.issue_types:
        raise Refusal(400, "The issue type is not in this project.")
    names = dict.fromkeys(("project", "issuetype", "summary", *request.store.screen(project, creating=True)))
    required = {"project", "issuetype", "summary", *project.required}
    fields = [
        {**request.render.field_on_screen(every[name], project, required=name in required), "fieldId": name}
        for name in names
    ]
    start, size = request.number("startAt", 0), request.number("maxResults", 50, 200)
    shown = fields[start : start + size]
    return Answer({"maxResults": size, "startAt": start, "total": len(fields), "fields": shown})


@ROUTES.add("GET", "/priorityscheme")
def list_priority_schemes(request: Request) -> Answer:
    """List priority schemes: here every project has its own."""
    projects = list(request.store.data.projects.values())
    if not request.store.may_globally(request.me, "ADMINISTER"):
        raise Refusal(403, "Only Jira administrators can perform this operation.")
    return Answer(
        page(
            request,
            projects,
            lambda one: {"id": str(one.id), "name": f"{one.key}: Priority Scheme", "isDefault": False},
        )
    )


@ROUTES.add("GET", "/priorityscheme/{id}/priorities")
def list_scheme_priorities(request: Request) -> Answer:
    """List the priorities of a scheme."""
    project, render = request.project(request.args["id"]), request.render
    pairs = list(enumerate(project.priorities))
    return Answer(page(request, pairs, lambda pair: {**render.priority(pair[1], full=True), "sequence": str(pair[0])}))
