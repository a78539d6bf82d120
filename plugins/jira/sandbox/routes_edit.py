"""Edits of an issue: fields and updates at once, and the assignee."""

from tierkeeper.plugins.jira.sandbox.editing import Editor
from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request, Router
from tierkeeper.plugins.jira.sandbox.values import BadValue, Reader, account_of
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()


@ROUTES.on_issue("PUT")
def edit_issue(request: Request) -> Answer:
    """Change an issue: one history entry for everything, or nothing at all."""
    issue, body = request.issue(), request.fields()
    project = request.place(issue)
    if not request.may("EDIT_ISSUES", project, issue):
        raise Refusal(403, "You do not have permission to edit this issue.")
    if not request.flag("notifyUsers", default=True) and not request.may("ADMINISTER_PROJECTS", project, issue):
        message = "To discard the user notification either admin or project admin permissions are required."
        raise Refusal(403, message)
    editor = Editor(request, project, issue)
    values = editor.read(body.get("fields") or {}, body.get("update") or {})
    properties = editor.properties(body)
    editor.refuse()
    request.store.change(issue, request.me, {**values, **editor.estimates})
    issue.properties.update(properties)
    editor.link(issue)
    editor.say(issue)
    if request.flag("returnIssue", default=False):
        return Answer(request.render.issue(issue, request.render.chosen([], "*all")))
    return Answer(status=204)


@ROUTES.on_issue("PUT", "/assignee")
def assign(request: Request) -> Answer:
    """Give an issue to somebody; null is nobody."""
    issue, body = request.issue(), request.fields()
    project = request.place(issue)
    if not request.may("ASSIGN_ISSUES", project, issue):
        raise Refusal(403, "You do not have permission to assign this issue.")
    try:
        given = None if body.get("accountId", "") is None else account_of(body)
        field = request.store.field("assignee")
        value = Reader(request.store, project).read(field, None if given is None else {"accountId": given})
    except BadValue as error:
        raise Refusal(400, errors={"assignee": str(error)}) from None
    request.store.change(issue, request.me, {"assignee": value})
    return Answer(status=204)
