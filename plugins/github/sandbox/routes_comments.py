"""Comments and reactions."""

from typing import Any

from tierkeeper.plugins.github.sandbox.messages import (
    MAX_TEXT,
    Refusal,
    Request,
    invalid,
    not_found,
    paged,
    text_of,
)
from tierkeeper.plugins.github.sandbox.records import Comment, Issue
from tierkeeper.plugins.github.sandbox.render import REACTIONS
from tierkeeper.plugins.github.sandbox.router import Router
from tierkeeper.plugins.github.sandbox.routes_issues import choice_of, since_of
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()


def _comment(request: Request) -> Comment:
    comment = request.store.data.comments.get(request.number("id"))
    if comment is None or comment.repository != request.repository.id:
        raise not_found()
    return comment


def _body(request: Request) -> str:
    body = text_of(request.fields(), "body", missing="") or ""
    if not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    if len(body) > MAX_TEXT:
        raise invalid("IssueComment", "body", "unprocessable", f"body is too long (maximum is {MAX_TEXT} characters)")
    return body


def _may_change(request: Request, comment: Comment) -> None:
    if comment.author != request.login and not request.may("write"):
        raise Refusal(403, "Must have admin rights to Repository.")


@ROUTES.in_repository("GET", "/issues/{number}/comments")
def list_comments(request: Request) -> Answer:
    """List an issue's comments, the oldest first."""
    since, comments = since_of(request), request.store.data.comments
    held = [comments[key] for key in request.issue().comments]
    held = sorted((one for one in held if since is None or one.updated >= since), key=lambda one: (one.created, one.id))
    return paged(request, held, request.render.comment)


@ROUTES.in_repository("GET", "/issues/comments")
def list_all_comments(request: Request) -> Answer:
    """List the comments of a repository; the oldest first unless told otherwise."""
    shelf, comments, since = request.store.shelf(request.repository.id), request.store.data.comments, since_of(request)
    by_update = choice_of(request, "sort", ("created", "updated")) == "updated"
    newest_first = "sort" in request.query and choice_of(request, "direction", ("desc", "asc")) == "desc"
    keys = shelf.comments_updated.ids(since) if by_update else shelf.comments.ids()
    if not by_update and since is not None:
        keys = [key for key in keys if comments[key].updated >= since]
    return paged(request, keys, lambda key: request.render.comment(comments[key]), newest_first=newest_first)


@ROUTES.in_repository("POST", "/issues/{number}/comments")
def create_comment(request: Request) -> Answer:
    """Comment on an issue."""
    issue, login = request.issue(), request.login
    if issue.locked and not request.may("write"):
        raise Refusal(403, "Unable to create comment because issue is locked.")
    key = request.store.comment(issue.repository, issue.number, login, _body(request), **request.how)
    shown = request.render.comment(request.store.data.comments[key])
    return Answer(shown, 201, {"Location": str(shown["url"])})


@ROUTES.in_repository("GET", "/issues/comments/{id}")
def get_comment(request: Request) -> Answer:
    """Show a comment."""
    return Answer(request.render.comment(_comment(request)))


@ROUTES.in_repository("PATCH", "/issues/comments/{id}")
def edit_comment(request: Request) -> Answer:
    """Change a comment."""
    comment = _comment(request)
    _may_change(request, comment)
    request.store.edit_comment(comment.id, _body(request), request.login, **request.how)
    return Answer(request.render.comment(comment))


@ROUTES.in_repository("DELETE", "/issues/comments/{id}")
def delete_comment(request: Request) -> Answer:
    """Delete a comment."""
    comment = _comment(request)
    _may_change(request, comment)
    request.store.delete_comment(comment.id, request.login)
    return Answer(status=204)


def _list_reactions(request: Request, thing: Issue | Comment) -> Answer:
    held = [request.store.data.reactions[key] for key in thing.reactions]
    wanted = request.query.get("content")
    return paged(request, [one for one in held if wanted in (None, one.content)], request.render.reaction)


def _react(request: Request, thing: Issue | Comment) -> Answer:
    content: Any = request.fields().get("content")
    if content not in REACTIONS:
        raise invalid("Reaction", "content", "invalid")
    reaction, is_new = request.store.react(thing, request.login, content)
    return Answer(request.render.reaction(reaction), 201 if is_new else 200)


def _unreact(request: Request, thing: Issue | Comment) -> Answer:
    key = request.number("reaction")
    if key not in thing.reactions:
        raise not_found()
    if request.store.data.reactions[key].author != request.login:
        raise Refusal(403, "Must have admin rights to Repository.")
    request.store.remove_reaction(thing, key)
    return Answer(status=204)


@ROUTES.in_repository("GET", "/issues/comments/{id}/reactions")
def list_comment_reactions(request: Request) -> Answer:
    """List the reactions to a comment."""
    return _list_reactions(request, _comment(request))


@ROUTES.in_repository("POST", "/issues/comments/{id}/reactions")
def react_to_comment(request: Request) -> Answer:
    """React to a comment."""
    return _react(request, _comment(request))


@ROUTES.in_repository("DELETE", "/issues/comments/{id}/reactions/{reaction}")
def unreact_to_comment(request: Request) -> Answer:
    """Take a reaction to a comment back."""
    return _unreact(request, _comment(request))


@ROUTES.in_repository("GET", "/issues/{number}/reactions")
def list_issue_reactions(request: Request) -> Answer:
    """List the reactions to an issue."""
    return _list_reactions(request, request.issue())


@ROUTES.in_repository("POST", "/issues/{number}/reactions")
def react_to_issue(request: Request) -> Answer:
    """React to an issue."""
    return _react(request, request.issue())


@ROUTES.in_repository("DELETE", "/issues/{number}/reactions/{reaction}")
def unreact_to_issue(request: Request) -> Answer:
    """Take a reaction to an issue back."""
    return _unreact(request, request.issue())
