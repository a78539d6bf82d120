"""Labels: of a repository, on an issue; milestones."""

from tierkeeper.plugins.github.sandbox.messages import (
    Refusal,
    Request,
    invalid,
    names_of,
    not_found,
    paged,
    text_of,
)
from tierkeeper.plugins.github.sandbox.records import Issue, Label
from tierkeeper.plugins.github.sandbox.repositories import is_color
from tierkeeper.plugins.github.sandbox.router import Router
from tierkeeper.plugins.github.sandbox.routes_issues import MAX_LABEL_NAME, check_labels
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_DESCRIPTION = 100


def _shown(request: Request, issue: Issue) -> list[object]:
    labels = request.repository.labels
    return [request.render.label(request.repository, labels[key]) for key in issue.labels]


@ROUTES.in_repository("GET", "/issues/{number}/labels")
def list_issue_labels(request: Request) -> Answer:
    """List an issue's labels."""
    labels = [request.repository.labels[key] for key in request.issue().labels]
    return paged(request, labels, lambda label: request.render.label(request.repository, label))


def _wanted(request: Request, issue: Issue, *, keeps: bool) -> list[str]:
    """Return the labels to write; who may only triage cannot make new ones."""
    request.need("triage")
    given = names_of(request.json(), "labels")
    held = {request.repository.labels[key].name.lower() for key in issue.labels} if keeps else set()
    names = check_labels(request, given, len(held - {name.lower() for name in given}))
    if not request.may("write") and any(request.store.label(request.repository, name) is None for name in names):
        error = {"resource": "Repository", "field": "label", "code": "unauthorized"}
        raise Refusal(403, "You do not have permission to create labels on this repository.", errors=[error])
    return names


@ROUTES.in_repository("POST", "/issues/{number}/labels")
def add_labels(request: Request) -> Answer:
    """Put labels on an issue, beside those that it bears."""
    issue = request.issue()
    names = _wanted(request, issue, keeps=True)
    request.store.add_labels(issue.repository, issue.number, names, request.login, **request.how)
    return Answer(_shown(request, issue))


@ROUTES.in_repository("PUT", "/issues/{number}/labels")
def set_labels(request: Request) -> Answer:
    """Replace an issue's labels."""
    issue = request.issue()
    names = _wanted(request, issue, keeps=False)
    if not request.drop_labels:
        request.store.set_labels(issue.repository, issue.number, names, request.login, **request.how)
    return Answer(_shown(request, issue))


@ROUTES.in_repository("DELETE", "/issues/{number}/labels")
def clear_labels(request: Request) -> Answer:
    """Take every label off an issue."""
    issue = request.issue()
    request.need("triage")
    if not request.drop_labels:
        request.store.set_labels(issue.repository, issue.number, [], request.login, **request.how)
    return Answer(status=204)


@ROUTES.in_repository("DELETE", "/issues/{number}/labels/{name}")
def remove_label(request: Request) -> Answer:
    """Take a label off an issue: 404 if it does not bear it."""
    issue = request.issue()
    request.need("triage")
    target = (issue.repository, issue.number, request.args["name"])
    if not request.store.remove_label(*target, request.login, **request.how):
        raise Refusal(404, "Label does not exist")
    return Answer(_shown(request, issue))


def _label(request: Request) -> Label:
    label = request.store.label(request.repository, request.args["name"])
    if label is None:
        raise not_found()
    return label


def _check(request: Request, name: str | None, color: str | None, description: str | None) -> None:
    if name is not None and not name.strip():
        raise invalid("Label", "name", "missing_field")
    if name is not None and len(name) > MAX_LABEL_NAME:
        raise invalid("Label", "name", "custom", f"name is too long (maximum is {MAX_LABEL_NAME} characters)")
    known = None if name is None else request.store.label(request.repository, name)
    if known is not None and known.name.lower() != request.args.get("name", "").lower():
        raise invalid("Label", "name", "already_exists")
    if color is not None and not is_color(color):
        raise invalid("Label", "color", "invalid")
    if description is not None and len(description) > MAX_DESCRIPTION:
        raise invalid("Label", "description", "custom", f"is too long (maximum is {MAX_DESCRIPTION} characters)")


@ROUTES.in_repository("GET", "/labels")
def list_labels(request: Request) -> Answer:
    """List a repository's labels by name."""
    labels = sorted(request.repository.labels.values(), key=lambda label: label.name.lower())
    return paged(request, labels, lambda label: request.render.label(request.repository, label))


@ROUTES.in_repository("GET", "/labels/{name}")
def get_label(request: Request) -> Answer:
    """Show a label."""
    return Answer(request.render.label(request.repository, _label(request)))


@ROUTES.in_repository("POST", "/labels")
def create_label(request: Request) -> Answer:
    """Make a label."""
    request.need("write")
    body = request.fields()
    name, color = text_of(body, "name", missing=""), text_of(body, "color", missing="ededed")
    description = text_of(body, "description")
    _check(request, name, color, description)
    label = request.store.add_label(request.repository.id, name or "", color or "ededed", description)
    shown = request.render.label(request.repository, label)
    return Answer(shown, 201, {"Location": str(shown["url"])})


@ROUTES.in_repository("PATCH", "/labels/{name}")
def edit_label(request: Request) -> Answer:
    """Rename a label, or change its colour or description."""
    request.need("write")
    label, body = _label(request), request.fields()
    name = text_of(body, "new_name")
    color, description = text_of(body, "color", missing=label.color), text_of(body, "description")
    _check(request, name, color, description)
    if name is not None:
        request.store.rename_label(request.repository.id, label.name, name)
    label.color = color or label.color
    label.description = description if "description" in body else label.description
    return Answer(request.render.label(request.repository, label))


@ROUTES.in_repository("DELETE", "/labels/{name}")
def delete_label(request: Request) -> Answer:
    """Delete a label, from every issue too."""
    request.need("write")
    request.store.delete_label(request.repository.id, _label(request).name)
    return Answer(status=204)


@ROUTES.in_repository("GET", "/milestones")
def list_milestones(request: Request) -> Answer:
    """List a repository's milestones."""
    state = request.query.get("state", "open")
    milestones = [one for one in request.repository.milestones.values() if state in (one.state, "all")]
    return paged(request, milestones, lambda one: request.render.milestone(request.repository, one))


@ROUTES.in_repository("POST", "/milestones")
def create_milestone(request: Request) -> Answer:
    """Make a milestone."""
    request.need("write")
    title = text_of(request.fields(), "title", missing="")
    if not title:
        raise invalid("Milestone", "title", "missing_field")
    milestone = request.store.add_milestone(request.repository.id, title, request.login)
    shown = request.render.milestone(request.repository, milestone)
    return Answer(shown, 201, {"Location": str(shown["url"])})


@ROUTES.in_repository("GET", "/milestones/{number}")
def get_milestone(request: Request) -> Answer:
    """Show a milestone."""
    milestone = request.repository.milestones.get(request.number("number"))
    if milestone is None:
        raise not_found()
    return Answer(request.render.milestone(request.repository, milestone))
