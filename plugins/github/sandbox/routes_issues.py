"""Issues: list, create, read, change, assign, lock."""

from collections.abc import Callable
from typing import Any

from tierkeeper.plugins.github.sandbox.clock import from_iso
from tierkeeper.plugins.github.sandbox.messages import (
    MAX_TEXT,
    Refusal,
    Request,
    invalid,
    names_of,
    not_found,
    paged,
    text_of,
)
from tierkeeper.plugins.github.sandbox.records import Issue
from tierkeeper.plugins.github.sandbox.router import Router
from tierkeeper.plugins.github.sandbox.routes_fields import check_extras, write_extras
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_TITLE = 1024
MAX_ASSIGNEES = 10
MAX_LABELS = 100
MAX_LABEL_NAME = 50
_REASONS = ("completed", "not_planned", "duplicate", "reopened")


def since_of(request: Request) -> int | None:
    """Return the `since` of a query in seconds."""
    text = request.query.get("since")
    if not text:
        return None
    try:
        return from_iso(text)
    except ValueError:
        raise invalid("Issue", "since", "invalid") from None


def choice_of(request: Request, name: str, choices: tuple[str, ...]) -> str:
    """Return a word of a query; the first choice is the default."""
    value = request.query.get(name, choices[0])
    if value not in choices:
        raise invalid("Issue", name, "invalid")
    return value


def _conditions(request: Request) -> list[Callable[[Issue], bool]]:
    """Return what an issue must be to be listed."""
    found: list[Callable[[Issue], bool]] = []
    repository, query = request.repository, request.query
    state = choice_of(request, "state", ("open", "closed", "all"))
    if state != "all":
        found.append(lambda issue: issue.state == state)
    labels = [name.strip().lower() for name in query.get("labels", "").split(",") if name.strip()]
    if labels:
        wanted = {repository.label_ids.get(name, 0) for name in labels}
        found.append(lambda issue: wanted.issubset(issue.labels))
    creator = query.get("creator", "").lower()
    if creator:
        found.append(lambda issue: issue.author.lower() == creator)
    assignee = query.get("assignee", "").lower()
    if assignee:
        found.append(lambda issue: _held(assignee, [login.lower() for login in issue.assignees]))
    milestone = query.get("milestone", "")
    if milestone:
        found.append(lambda issue: _held(milestone, [str(issue.milestone)] if issue.milestone else []))
    mentioned = query.get("mentioned", "").lower()
    if mentioned:
        found.append(lambda issue: f"@{mentioned}" in (issue.body or "").lower())
    return found


def _held(wanted: str, held: list[str]) -> bool:
    """Whether a filter that knows `none` and `*` lets these through."""
    if wanted == "none":
        return not held
    return bool(held) if wanted == "*" else wanted in held


@ROUTES.in_repository("GET", "/issues")
def list_issues(request: Request) -> Answer:
    """List issues and pull requests."""
    if not request.repository.has_issues:
        raise not_found()
    store, since = request.store, since_of(request)
    shelf, issues = store.shelf(request.repository.id), store.data.issues
    sort = choice_of(request, "sort", ("created", "updated", "comments"))
    direction = choice_of(request, "direction", ("desc", "asc"))
    conditions = _conditions(request)
    keys = shelf.updated.ids(since) if sort == "updated" else shelf.created.ids()
    if sort != "updated" and since is not None:
        keys = [key for key in keys if issues[key].updated >= since]
    if conditions:
        keys = [key for key in keys if all(condition(issues[key]) for condition in conditions)]
    if sort == "comments":
        keys.sort(key=lambda key: len(issues[key].comments))
    return paged(
        request, keys, lambda key: request.render.issue(issues[key], listed=True), newest_first=direction == "desc"
    )


def check_text(title: str | None, body: str | None) -> None:
    """Refuse a title or body that GitHub would not take."""
    if title is not None and not title.strip():
        raise invalid("Issue", "title", "missing_field")
    if title is not None and len(title) > MAX_TITLE:
        raise invalid("Issue", "title", "custom", f"title is too long (maximum is {MAX_TITLE} characters)")
    if body is not None and len(body) > MAX_TEXT:
        raise invalid("Issue", "body", "custom", f"body is too long (maximum is {MAX_TEXT} characters)")


def check_labels(request: Request, names: list[str], held: int = 0) -> list[str]:
    """Return the labels that may be written; refuse names that GitHub would not take."""
    for name in names:
        if not name.strip():
            raise invalid("Label", "name", "missing_field")
        if len(name) > MAX_LABEL_NAME:
            raise invalid("Label", "name", "custom", f"name is too long (maximum is {MAX_LABEL_NAME} characters)")
    if held + len({name.lower() for name in names}) > MAX_LABELS:
        raise invalid("Issue", "labels", "custom", f"issue cannot have more than {MAX_LABELS} labels")
    return [] if request.drop_labels else names


def _droppable_labels(request: Request, names: list[str]) -> list[str]:
    """Return the labels that who asks may set beside other things: the rest is dropped without a word."""
    allowed = check_labels(request, names) if request.may("triage") else []
    if request.may("write"):
        return allowed
    return [name for name in allowed if request.store.label(request.repository, name)]


def _droppable_assignees(request: Request, logins: list[str], issue: Issue | None = None) -> list[str]:
    if not request.may("triage"):
        return []
    for login in logins:
        if not request.store.assignable(request.repository, login, issue):
            raise invalid("Issue", "assignees", "invalid")
    if len(logins) > MAX_ASSIGNEES:
        raise invalid("Issue", "assignees", "custom", f"more than {MAX_ASSIGNEES} assignees")
    return logins


def _assignees(body: dict[str, Any]) -> list[str]:
    names = names_of(body, "assignees", "login")
    return names or ([text_of(body, "assignee") or ""] if body.get("assignee") else [])


@ROUTES.in_repository("POST", "/issues")
def create_issue(request: Request) -> Answer:
    """Create an issue; labels and assignees are dropped without a word unless who asks may triage."""
    login, repository, body = request.login, request.repository, request.fields()
    if not repository.has_issues:
        raise Refusal(410, "Issues are disabled for this repo")
    title = text_of(body, "title", missing="")
    if isinstance(body.get("title"), int | float):
        title = str(body["title"])
    text = text_of(body, "body")
    check_text(title, text)
    check_extras(request, body)
    milestone = _milestone(request, body)
    number = request.store.create_issue(
        repository.id,
        login,
        title or "",
        text,
        labels=_droppable_labels(request, names_of(body, "labels")),
        assignees=_droppable_assignees(request, _assignees(body)),
        performed_via_app=request.app,
    )
    if milestone is not None and request.may("triage"):
        request.store.set_milestone(repository.id, number, milestone, login, **request.how)
    issue = request.store.issue(repository.id, number)
    write_extras(request, issue, body)
    shown = request.render.issue(issue)
    return Answer(shown, 201, {"Location": shown["url"]})


@ROUTES.in_repository("GET", "/issues/{number}")
def get_issue(request: Request) -> Answer:
    """Show an issue."""
    return Answer(request.render.issue(request.issue()))


@ROUTES.in_repository("PATCH", "/issues/{number}")
def edit_issue(request: Request) -> Answer:
    """Change an issue; labels and assignees replace what is there."""
    login, issue, body = request.login, request.issue(), request.fields()
    if not request.may("triage") and issue.author != login:
        raise Refusal(403, "Must have admin rights to Repository.")
    title = text_of(body, "title", missing="") if "title" in body else None
    check_text(title, text_of(body, "body"))
    check_extras(request, body)
    milestone = _milestone(request, body)
    labels = _droppable_labels(request, names_of(body, "labels"))
    assignees = _droppable_assignees(request, _assignees(body), issue)
    target = (issue.repository, issue.number)
    store, how = request.store, request.how
    _change_state(request, issue, body)
    if title is not None:
        store.edit_title(*target, title, login, **how)
    if "body" in body:
        store.edit_body(*target, text_of(body, "body"), login, **how)
    if "labels" in body and request.may("triage") and not request.drop_labels:
        store.set_labels(*target, labels, login, **how)
    if ("assignees" in body or "assignee" in body) and request.may("triage"):
        gone = [name for name in issue.assignees if name.lower() not in {login.lower() for login in assignees}]
        store.remove_assignees(*target, gone, login, **how)
        store.add_assignees(*target, assignees, login, **how)
    if "milestone" in body and request.may("triage"):
        store.set_milestone(*target, milestone, login, **how)
    write_extras(request, issue, body)
    return Answer(request.render.issue(issue))


def _change_state(request: Request, issue: Issue, body: dict[str, Any]) -> None:
    state, reason = body.get("state"), body.get("state_reason")
    if state is None and reason is None:
        return
    if state not in (None, "open", "closed"):
        raise invalid("Issue", "state", "invalid")
    if reason is not None and reason not in _REASONS:
        raise invalid("Issue", "state_reason", "invalid")
    if state == "closed" or (state is None and issue.state == "closed" and reason != "reopened"):
        kept = issue.state_reason if issue.state == "closed" else "completed"
        wanted = reason if reason not in (None, "reopened") else kept
        request.store.close(issue.repository, issue.number, request.login, wanted, **request.how)
    elif state == "open":
        request.store.reopen(issue.repository, issue.number, request.login, **request.how)


def _milestone(request: Request, body: dict[str, Any]) -> int | None:
    """Return the milestone that a body names; refuse one that is not there."""
    wanted = body.get("milestone")
    if wanted is None:
        return None
    if not str(wanted).isdigit() or int(wanted) not in request.repository.milestones:
        raise invalid("Issue", "milestone", "invalid")
    return int(wanted)


@ROUTES.in_repository("POST", "/issues/{number}/assignees")
def add_assignees(request: Request) -> Answer:
    """Give an issue to people; those who cannot have it are left out without a word."""
    issue, login = request.issue(), request.login
    names = names_of(request.fields(), "assignees", "login")
    if len({*issue.assignees, *names}) > MAX_ASSIGNEES:
        raise invalid("Issue", "assignees", "custom", f"more than {MAX_ASSIGNEES} assignees")
    if request.may("triage"):
        fit = [name for name in names if request.store.assignable(request.repository, name, issue)]
        request.store.add_assignees(issue.repository, issue.number, fit, login, **request.how)
    return Answer(request.render.issue(issue), 201)


@ROUTES.in_repository("DELETE", "/issues/{number}/assignees")
def remove_assignees(request: Request) -> Answer:
    """Take an issue from people."""
    issue, login = request.issue(), request.login
    if request.may("triage"):
        known = request.store.data.people
        names = [name for name in names_of(request.fields(), "assignees", "login") if name.lower() in known]
        request.store.remove_assignees(issue.repository, issue.number, names, login, **request.how)
    return Answer(request.render.issue(issue))


@ROUTES.in_repository("GET", "/issues/{number}/assignees/{login}")
def check_issue_assignee(request: Request) -> Answer:
    """Say whether an issue can be given to somebody."""
    if not request.store.assignable(request.repository, request.args["login"], request.issue()):
        raise not_found()
    return Answer(status=204)


@ROUTES.in_repository("PUT", "/issues/{number}/lock")
def lock_issue(request: Request) -> Answer:
    """Let only people with write access comment."""
    issue = request.issue()
    request.need("triage")
    reason = text_of(request.fields(), "lock_reason")
    if reason not in (None, "off-topic", "too heated", "resolved", "spam"):
        raise invalid("Issue", "lock_reason", "invalid")
    request.store.lock_issue(issue.repository, issue.number, request.login, reason, **request.how)
    return Answer(status=204)


@ROUTES.in_repository("DELETE", "/issues/{number}/lock")
def unlock_issue(request: Request) -> Answer:
    """Let everybody comment again."""
    issue = request.issue()
    request.need("triage")
    request.store.unlock_issue(issue.repository, issue.number, request.login, **request.how)
    return Answer(status=204)
