"""Links: between issues, and to things elsewhere."""

from typing import Any

from tierkeeper.plugins.jira.sandbox.catalog import LINK_TYPES
from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request, Router
from tierkeeper.plugins.jira.sandbox.records import Issue, Json
from tierkeeper.plugins.jira.sandbox.values import BadValue, read_document
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_GLOBAL_ID = 255
_PARTS = ("globalId", "application", "relationship", "object")


def _shown(request: Request, issue: Issue, key: int) -> Json:
    kept = {name: value for name, value in issue.remote_links[key].items() if value is not None}
    return {"id": key, "self": request.render.api(f"issue/{issue.id}/remotelink/{key}"), "application": {}, **kept}


@ROUTES.on_issue("GET", "/remotelink")
def list_remote_links(request: Request) -> Answer:
    """List an issue's links to things elsewhere, or the one of a globalId."""
    issue, wanted = request.issue(), request.value("globalId")
    for key, link in issue.remote_links.items():
        if wanted and link.get("globalId") == wanted:
            return Answer(_shown(request, issue, key))
    if wanted:
        raise Refusal(404, f"The remote link with global id '{wanted}' does not exist.")
    return Answer([_shown(request, issue, key) for key in issue.remote_links])


@ROUTES.on_issue("POST", "/remotelink")
def set_remote_link(request: Request) -> Answer:
    """Add a link, or replace the one of its globalId: what is not sent is null from then on."""
    issue, body = request.issue(), request.fields()
    if not request.may("LINK_ISSUES", request.place(issue), issue):
        raise Refusal(403, "You do not have permission to link issues in this project.")
    errors, thing = {}, body.get("object")
    for name in ("title", "url"):
        if not isinstance(thing, dict) or not thing.get(name):
            errors[name] = f"'{name}' is required."
    if len(str(body.get("globalId") or "")) > MAX_GLOBAL_ID:
        errors["globalId"] = f"'globalId' must not exceed {MAX_GLOBAL_ID} characters."
    if errors:
        raise Refusal(400, errors=errors)
    key, is_new = request.store.set_remote_link(issue, request.me, {name: body.get(name) for name in _PARTS})
    address = request.render.api(f"issue/{issue.id}/remotelink/{key}")
    return Answer({"id": key, "self": address}, 201 if is_new else 200)


@ROUTES.on_issue("GET", "/remotelink/{id}")
def get_remote_link(request: Request) -> Answer:
    """Show a link to a thing elsewhere."""
    issue = request.issue()
    return Answer(_shown(request, issue, _link_id(request, issue)))


@ROUTES.on_issue("DELETE", "/remotelink/{id}")
def delete_remote_link(request: Request) -> Answer:
    """Delete a link to a thing elsewhere."""
    issue = request.issue()
    if not request.may("LINK_ISSUES", request.place(issue), issue):
        raise Refusal(403, "You do not have permission to link issues in this project.")
    del issue.remote_links[_link_id(request, issue)]
    return Answer(status=204)


@ROUTES.on_issue("DELETE", "/remotelink")
def delete_remote_link_by_global_id(request: Request) -> Answer:
    """Delete the link to a thing elsewhere that has this globalId."""
    issue, wanted = request.issue(), request.value("globalId")
    if not request.may("LINK_ISSUES", request.place(issue), issue):
        raise Refusal(403, "You do not have permission to link issues in this project.")
    found = [key for key, link in issue.remote_links.items() if wanted and link.get("globalId") == wanted]
    if not found:
        raise Refusal(404, f"The remote link with global id '{wanted}' does not exist.")
    del issue.remote_links[found[0]]
    return Answer(status=204)


def _link_id(request: Request, issue: Issue) -> int:
    key = request.args["id"]
    if not key.isdigit() or int(key) not in issue.remote_links:
        raise Refusal(404, f"The remote link with id '{key}' does not exist.")
    return int(key)


@ROUTES.add("POST", "/issueLink")
def link_issues(request: Request) -> Answer:
    """Link two issues, and comment if asked to; the answer is empty."""
    body = request.fields()
    inward, outward = (_end(request, body.get(end)) for end in ("inwardIssue", "outwardIssue"))
    kind: Any = body.get("type")
    names = {key: name for name, (key, _, _) in LINK_TYPES.items()}
    name = kind.get("name") or names.get(str(kind.get("id"))) if isinstance(kind, dict) else None
    if name not in LINK_TYPES:
        raise Refusal(404, f"No issue link type with name '{name}' found.")
    if not request.may("LINK_ISSUES", request.place(inward), inward):
        raise Refusal(401, "No Link Issue Permission for issue.")
    comment = body.get("comment")
    if isinstance(comment, dict):
        try:
            request.store.comment(str(inward.id), request.me, read_document(comment.get("body")))
        except BadValue as error:
            raise Refusal(400, errors={"comment": str(error)}) from None
    request.store.link(str(name), inward, outward, request.me)
    return Answer(status=201)


def _end(request: Request, given: Any) -> Issue:
    key = given.get("key") or given.get("id") if isinstance(given, dict) else None
    return request.issue(str(key))


@ROUTES.add("GET", "/issueLink/{id}")
def get_link(request: Request) -> Answer:
    """Show a link."""
    return Answer(request.render.link(_link(request)))


@ROUTES.add("DELETE", "/issueLink/{id}")
def delete_link(request: Request) -> Answer:
    """Delete a link."""
    key = _link(request)
    issue = request.store.data.issues[request.store.data.links[key].inward]
    if not request.may("LINK_ISSUES", request.place(issue), issue):
        raise Refusal(401, "No Link Issue Permission for issue.")
    request.store.remove_link(key, request.me)
    return Answer(status=204)


def _link(request: Request) -> int:
    request.me  # noqa: B018 - a stranger gets 401
    key = request.args["id"]
    link = request.store.data.links.get(int(key)) if key.isdigit() else None
    issues = request.store.data.issues
    if link is None or not all(request.sees(issues[end]) for end in (link.inward, link.outward)):
        raise Refusal(404, f"No issue link with id '{key}' exists.")
    return link.id


@ROUTES.add("GET", "/issueLinkType")
def list_link_types(request: Request) -> Answer:
    """List the types of links."""
    request.me  # noqa: B018 - a stranger gets 401
    return Answer({"issueLinkTypes": [request.render.link_type(name) for name in LINK_TYPES]})
