"""Issues: one, many at once, new ones, no more."""

from collections.abc import Collection
from typing import Any, NamedTuple

from tierkeeper.plugins.jira.sandbox.editing import Editor
from tierkeeper.plugins.jira.sandbox.messages import NO_ISSUE, Refusal, Request, Router
from tierkeeper.plugins.jira.sandbox.records import Issue, Json
from tierkeeper.plugins.jira.sandbox.routes_transitions import show_transitions
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_FETCHED = 100
MAX_PROPERTIES = 5
MAX_CHANGELOG = 100


class Extras(NamedTuple):
    """What can be asked of an issue beside its fields, and how much of its changelog comes with it."""

    expand: Collection[str] = ()
    properties: Collection[str] = ()
    changelog_cap: int = MAX_CHANGELOG


def expand_issue(request: Request, issue: Issue, shown: Json, extras: Extras) -> Json:
    """Add to an issue what was asked for beside its fields."""
    expand = extras.expand
    if extras.properties:
        wanted = issue.properties if "*all" in extras.properties else extras.properties
        shown["properties"] = {key: issue.properties[key] for key in wanted if key in issue.properties}
    if "changelog" in expand:
        shown["changelog"] = request.render.changelog(issue, extras.changelog_cap)
    if "transitions" in expand:
        shown["transitions"] = show_transitions(request, issue, with_fields=False)
    if "editmeta" in expand:
        shown["editmeta"] = {"fields": fields_on_screen(request, issue)}
    return shown


def fields_on_screen(request: Request, issue: Issue) -> Json:
    """Return what may be edited on an issue."""
    project, every = request.place(issue), request.store.every_field()
    if not request.may("EDIT_ISSUES", project, issue):
        return {}
    required = {"summary", "issuetype", *project.required}
    return {
        name: request.render.field_on_screen(every[name], project, required=name in required)
        for name in request.store.screen(project, creating=False)
    }


@ROUTES.on_issue("GET")
def get_issue(request: Request) -> Answer:
    """Show an issue; the key that it had before it moved leads here too."""
    issue, render = request.issue(), request.render
    fields = render.chosen(request.values("fields"), "*all")
    shown = render.issue(issue, fields)
    expand, every = set(request.values("expand")), request.store.every_field()
    if "names" in expand:
        shown["names"] = render.names(fields)
    if "schema" in expand:
        shown["schema"] = {name: render.schema(every[name]) for name in fields}
    return Answer(expand_issue(request, issue, shown, Extras(expand, request.values("properties"))))


@ROUTES.on_issue("GET", "/editmeta")
def edit_meta(request: Request) -> Answer:
    """Say what may be edited."""
    return Answer({"fields": fields_on_screen(request, request.issue())})


@ROUTES.on_issue("DELETE")
def delete_issue(request: Request) -> Answer:
    """Delete an issue."""
    issue = request.issue()
    if not request.may("DELETE_ISSUES", request.place(issue), issue):
        raise Refusal(403, "You do not have permission to delete issues in this project.")
    if issue.children and not request.flag("deleteSubtasks", default=False):
        raise Refusal(400, f"The issue '{request.store.key(issue)}' has subtasks. You must specify deleteSubtasks.")
    for child in list(issue.children):
        request.store.delete_issue(str(child))
    request.store.delete_issue(str(issue.id), request.me)
    return Answer(status=204)


@ROUTES.add("POST", "/issue")
def create_issue(request: Request) -> Answer:
    """Create an issue with its properties, at once or not at all."""
    return Answer(_create(request, request.fields()), 201)


def _create(request: Request, body: Json) -> Json:
    me, fields = request.me, body.get("fields")
    if not isinstance(fields, dict):
        raise Refusal(400, errors={"project": "project is required"})
    project = _project_of(request, fields.get("project"))
    if not request.may("CREATE_ISSUES", project):
        raise Refusal(403, "You do not have permission to create issues in this project.")
    editor = Editor(request, project)
    values = editor.read(fields, body.get("update") or {})
    properties = editor.properties(body)
    editor.refuse()
    estimates = editor.estimates
    issue = request.store.add_issue(project, me, {"reporter": me, **values, **estimates})
    issue.properties.update(properties)
    editor.link(issue)
    return {"id": str(issue.id), "key": request.store.key(issue), "self": request.render.api(f"issue/{issue.id}")}


def _project_of(request: Request, given: Any) -> Any:
    key = str(given.get("key") or given.get("id") or "") if isinstance(given, dict) else ""
    try:
        project = request.project(key)
    except Refusal as refusal:
        if refusal.status == 401:  # noqa: PLR2004 - unauthorized
            raise
        raise Refusal(400, errors={"project": "valid project is required"}) from None
    return project


@ROUTES.add("POST", "/issue/bulk")
def create_issues(request: Request) -> Answer:
    """Create several issues; each stands or falls alone."""
    request.me  # noqa: B018 - a stranger gets 401
    drafts = request.fields().get("issueUpdates")
    if not isinstance(drafts, list) or not 0 < len(drafts) <= 50:  # noqa: PLR2004 - Jira's own number
        raise Refusal(400, "Between 1 and 50 issues can be created at once.")
    made, errors = [], []
    for number, draft in enumerate(drafts):
        try:
            made.append(_create(request, draft if isinstance(draft, dict) else {}))
        except Refusal as refusal:
            collection = {"errorMessages": refusal.messages, "errors": refusal.errors}
            errors.append({"status": refusal.status, "elementErrors": collection, "failedElementNumber": number})
    return Answer({"issues": made, "errors": errors}, 201 if made else 400)


@ROUTES.add("POST", "/issue/bulkfetch")
def fetch_issues(request: Request) -> Answer:
    """Show many issues by id or key; what moved is found, what is not there is listed."""
    request.me  # noqa: B018 - a stranger gets 401
    body = request.fields()
    wanted, properties = body.get("issueIdsOrKeys"), body.get("properties") or []
    if not isinstance(wanted, list) or not wanted:
        raise Refusal(400, "Either issue IDs or keys must be provided.")
    if len(wanted) > MAX_FETCHED or len(properties) > MAX_PROPERTIES:
        raise Refusal(400, f"At most {MAX_FETCHED} issues and {MAX_PROPERTIES} properties can be fetched at once.")
    found, errors = dict[int, Issue](), []
    for key in wanted:
        issue = request.store.find_issue(str(key))
        if issue is None or not request.sees(issue):
            errors.append({"id": str(key), "errorMessage": NO_ISSUE})
        else:
            found[issue.id] = issue
    fields, expand = request.render.chosen(body.get("fields") or [], "*navigable"), body.get("expand") or []
    shown = []
    for _, issue in sorted(found.items()):
        made = request.render.issue(issue, fields)
        shown.append(expand_issue(request, issue, made, Extras(expand, properties)))
    return Answer({"issues": shown, "issueErrors": errors})
