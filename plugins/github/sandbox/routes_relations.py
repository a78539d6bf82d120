"""Sub-issues and dependencies."""

from tierkeeper.plugins.github.sandbox.messages import Refusal, Request, not_found, paged
from tierkeeper.plugins.github.sandbox.records import Issue
from tierkeeper.plugins.github.sandbox.router import Router
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_CHILDREN = 100


def _other(request: Request, name: str) -> Issue:
    """Return the issue that a body names by id, not by number."""
    issue = request.store.data.issues.get(request.fields().get(name, 0))
    if issue is None:
        raise not_found()
    return issue


def _list(request: Request, keys: list[int]) -> Answer:
    issues = request.store.data.issues
    return paged(request, keys, lambda key: request.render.issue(issues[key], listed=True))


@ROUTES.in_repository("GET", "/issues/{number}/sub_issues")
def list_sub_issues(request: Request) -> Answer:
    """List the issues below an issue."""
    return _list(request, request.issue().children)


@ROUTES.in_repository("GET", "/issues/{number}/parent")
def get_parent(request: Request) -> Answer:
    """Show the issue above an issue."""
    above = request.issue().parent
    if above is None:
        raise not_found()
    return Answer(request.render.issue(request.store.data.issues[above]))


@ROUTES.in_repository("POST", "/issues/{number}/sub_issues")
def add_sub_issue(request: Request) -> Answer:
    """Put an issue below another."""
    request.need("triage")
    parent, child = request.issue(), _other(request, "sub_issue_id")
    taken = child.parent is not None and not request.fields().get("replace_parent")
    if taken or child is parent or len(parent.children) >= MAX_CHILDREN:
        raise Refusal(422, "An error occurred while adding the sub-issue to the parent issue.")
    request.store.add_sub_issue(parent, child, request.login, **request.how)
    return Answer(request.render.issue(child), 201)


@ROUTES.in_repository("DELETE", "/issues/{number}/sub_issue")
def remove_sub_issue(request: Request) -> Answer:
    """Take an issue from below another."""
    request.need("triage")
    parent, child = request.issue(), _other(request, "sub_issue_id")
    if child.parent != parent.id:
        raise not_found()
    request.store.remove_sub_issue(parent, child, request.login, **request.how)
    return Answer(request.render.issue(child))


@ROUTES.in_repository("GET", "/issues/{number}/dependencies/blocked_by")
def list_blockers(request: Request) -> Answer:
    """List the issues that an issue waits for."""
    return _list(request, request.issue().blocked_by)


@ROUTES.in_repository("GET", "/issues/{number}/dependencies/blocking")
def list_blocked(request: Request) -> Answer:
    """List the issues that wait for an issue."""
    return _list(request, request.issue().blocking)


@ROUTES.in_repository("POST", "/issues/{number}/dependencies/blocked_by")
def add_blocker(request: Request) -> Answer:
    """Note that an issue waits for another."""
    request.need("triage")
    blocked, blocker = request.issue(), _other(request, "issue_id")
    if blocker is blocked or blocker.id in blocked.blocked_by:
        raise Refusal(422, "Validation failed: the dependency is there already, or of an issue on itself.")
    request.store.add_blocker(blocked, blocker, request.login, **request.how)
    return Answer(request.render.issue(blocker), 201)


@ROUTES.in_repository("DELETE", "/issues/{number}/dependencies/blocked_by/{issue_id}")
def remove_blocker(request: Request) -> Answer:
    """Note that an issue no longer waits for another."""
    request.need("triage")
    blocked, key = request.issue(), request.number("issue_id")
    if key not in blocked.blocked_by:
        raise not_found()
    blocker = request.store.data.issues[key]
    request.store.remove_blocker(blocked, blocker, request.login, **request.how)
    return Answer(request.render.issue(blocker))
