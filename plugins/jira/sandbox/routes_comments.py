"""Comments: who says what, who sees it, and their properties."""

from typing import Any

from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request, Router
from tierkeeper.plugins.jira.sandbox.records import Comment, Issue, Json
from tierkeeper.plugins.jira.sandbox.values import BadValue, read_document, read_properties
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_PAGE = 5000
_ORDERS = {"created": False, "+created": False, "-created": True}


@ROUTES.on_issue("GET", "/comment")
def list_comments(request: Request) -> Answer:
    """List the comments that who asks may see."""
    comments = request.render.visible_comments(request.issue())
    order = request.value("orderBy", "created").strip()
    if order not in _ORDERS:
        raise Refusal(400, f"The value '{order}' is not valid for 'orderBy'.")
    if _ORDERS[order]:
        comments = comments[::-1]
    start, size = request.number("startAt", 0), request.number("maxResults", 100, MAX_PAGE)
    shown = [_shown(request, one) for one in comments[start : start + size]]
    return Answer({"comments": shown, "maxResults": size, "startAt": start, "total": len(comments)})


def _shown(request: Request, comment: Comment) -> Json:
    return request.render.comment(comment, properties="properties" in request.values("expand"))


def _read(request: Request, issue: Issue) -> Json:
    """Return what a body says of a comment: text, visibility, properties."""
    body = request.fields()
    try:
        said: Json = {"body": read_document(body.get("body"))}
    except BadValue as error:
        raise Refusal(400, errors={"comment": str(error)}) from None
    if body.get("visibility") is not None:
        said["visibility"] = _visibility(request, issue, body["visibility"])
    if body.get("properties") is not None:
        try:
            said["properties"] = read_properties(body["properties"])
        except BadValue as error:
            raise Refusal(400, str(error)) from None
    return said


def _visibility(request: Request, issue: Issue, given: Any) -> tuple[str, str]:
    """Return who alone shall see a comment; one cannot hide it from oneself."""
    if not isinstance(given, dict) or given.get("type") not in ("group", "role"):
        raise Refusal(400, errors={"visibility": "Visibility must be of type group or role."})
    kind, name = given["type"], str(given.get("identifier") or given.get("value") or "")
    store, me = request.store, request.me
    if kind == "group":
        name = next((one.name for one in store.data.groups.values() if name in (one.id, one.name)), name)
        allowed = store.in_group(me, name)
    else:
        name = next((one.name for one in store.data.roles.values() if name in (str(one.id), one.name)), name)
        known = any(one.name == name for one in store.data.roles.values())
        allowed = known and store.in_role(me, request.place(issue), name)
    if not allowed:
        raise Refusal(400, errors={"commentLevel": f"You are currently not a member of the {kind}: {name}."})
    return kind, name


@ROUTES.on_issue("POST", "/comment")
def add_comment(request: Request) -> Answer:
    """Comment on an issue; in a service project everybody sees it unless its property says otherwise."""
    issue = request.issue()
    if not request.may("ADD_COMMENTS", request.place(issue), issue):
        raise Refusal(400, "You do not have the permission to comment on this issue.")
    said = _read(request, issue)
    if request.user is not None and request.user.kind == "customer":
        said.pop("properties", None)
    key = request.store.comment(str(issue.id), request.me, said.pop("body"), **said)
    return Answer(_shown(request, request.store.data.comments[key]), 201)


@ROUTES.on_issue("GET", "/comment/{id}")
def get_comment(request: Request) -> Answer:
    """Show a comment."""
    return Answer(_shown(request, request.comment(request.args["id"], request.issue())))


def _need(request: Request, comment: Comment, what: str) -> None:
    """Refuse unless who asks may edit or delete a comment: their own, or all."""
    issue = request.store.data.issues[comment.issue]
    whose = "OWN" if comment.author == request.me else "ALL"
    if not request.may(f"{what}_{whose}_COMMENTS", request.place(issue), issue):
        word = what.lower()
        raise Refusal(400, f"You do not have the permission to {word} the comment with id '{comment.id}'.")


@ROUTES.on_issue("PUT", "/comment/{id}")
def edit_comment(request: Request) -> Answer:
    """Change a comment; properties that are not sent stay, and so does who sees it."""
    issue = request.issue()
    comment = request.comment(request.args["id"], issue)
    _need(request, comment, "EDIT")
    if not request.flag("notifyUsers", default=True) and not request.may("ADMINISTER_PROJECTS", request.place(issue)):
        raise Refusal(400, "To discard the user notification either admin or project admin permissions are required.")
    said = _read(request, issue)
    request.store.edit_comment(comment.id, request.me, said.pop("body"), **said)
    return Answer(_shown(request, comment))


@ROUTES.on_issue("DELETE", "/comment/{id}")
def delete_comment(request: Request) -> Answer:
    """Delete a comment."""
    comment = request.comment(request.args["id"], request.issue())
    _need(request, comment, "DELETE")
    request.store.delete_comment(comment.id, request.me)
    return Answer(status=204)


@ROUTES.add("POST", "/comment/list")
def list_by_ids(request: Request) -> Answer:
    """Show comments by id; what may not be seen is left out."""
    request.me  # noqa: B018 - a stranger gets 401
    found = []
    for key in request.fields().get("ids") or []:
        try:
            found.append(_shown(request, request.comment(str(key))))
        except Refusal:
            continue
    counts = {"maxResults": len(found), "startAt": 0, "total": len(found), "isLast": True}
    return Answer({"self": request.render.api("comment/list"), "values": found, **counts})
