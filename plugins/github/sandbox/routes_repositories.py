"""Repositories: themselves, and who may do what in them."""

from tierkeeper.plugins.github.sandbox.messages import Refusal, Request, invalid, not_found, paged, text_of
from tierkeeper.plugins.github.sandbox.records import LEVELS
from tierkeeper.plugins.github.sandbox.router import Router
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
_SHOWN = {"none": "none", "read": "read", "triage": "read", "write": "write", "maintain": "write", "admin": "admin"}


@ROUTES.in_repository("GET")
def get_repository(request: Request) -> Answer:
    """Show a repository."""
    return Answer(request.render.repository(request.repository, request.person.login if request.person else None))


@ROUTES.in_repository("PATCH")
def edit_repository(request: Request) -> Answer:
    """Rename a repository, or change who sees it."""
    request.need("admin")
    repository, body = request.repository, request.fields()
    name = text_of(body, "name")
    if name is not None and name != repository.name:
        full_name = f"{repository.owner}/{name}"
        if full_name.lower() in request.store.data.names:
            raise invalid("Repository", "name", "custom", "name already exists on this account")
        request.store.rename_repository(repository.full_name, full_name)
    if "private" in body:
        repository.private = bool(body["private"])
    if "visibility" in body:
        repository.private = body["visibility"] == "private"
    if "has_issues" in body:
        repository.has_issues = bool(body["has_issues"])
    repository.description = text_of(body, "description", missing=repository.description)
    return get_repository(request)


def _known(request: Request, level: str) -> list[str]:
    """Return everybody who may do that much in a repository."""
    people = request.store.data.people.values()
    return [one.login for one in people if request.store.level(request.repository, one.login) >= LEVELS.index(level)]


@ROUTES.in_repository("GET", "/collaborators")
def list_collaborators(request: Request) -> Answer:
    """List who may do more than read."""
    request.need("write")
    render, repository = request.render, request.repository
    return paged(request, _known(request, "triage"), lambda login: render.collaborator(repository, login))


@ROUTES.in_repository("GET", "/collaborators/{login}")
def check_collaborator(request: Request) -> Answer:
    """Say whether somebody may do more than read."""
    request.need("write")
    if request.store.level(request.repository, request.args["login"]) < LEVELS.index("triage"):
        raise not_found()
    return Answer(status=204)


@ROUTES.in_repository("GET", "/collaborators/{login}/permission")
def get_permission(request: Request) -> Answer:
    """Show what somebody may do: `permission` in the four old words, `role_name` in the new ones."""
    if not request.may("read"):
        raise Refusal(403, "Must have push access to view collaborator permission.")
    login = request.args["login"]
    if login.lower() not in request.store.data.people:
        raise not_found()
    role = LEVELS[request.store.level(request.repository, login)]
    user = request.render.collaborator(request.repository, login)
    return Answer({"permission": _SHOWN[role], "role_name": role, "user": user})


@ROUTES.in_repository("GET", "/assignees")
def list_assignees(request: Request) -> Answer:
    """List to whom issues can be given."""
    store, repository = request.store, request.repository
    people = [one.login for one in store.data.people.values() if store.assignable(repository, one.login)]
    return paged(request, people, request.render.user)


@ROUTES.in_repository("GET", "/assignees/{login}")
def check_assignee(request: Request) -> Answer:
    """Say whether issues can be given to somebody."""
    if not request.store.assignable(request.repository, request.args["login"]):
        raise not_found()
    return Answer(status=204)


@ROUTES.add("GET", "/user/repos")
@ROUTES.add("GET", "/orgs/{org}/repos")
def list_repositories(request: Request) -> Answer:
    """List the repositories that who asks can see: of an organization, or all that they have a part in."""
    login, owner = request.login, request.args.get("org", "").lower()
    least = LEVELS.index("read" if owner else "triage")
    found = [
        one
        for one in request.store.data.repositories.values()
        if one.owner.lower() == (owner or one.owner.lower()) and request.store.level(one, login) >= least
    ]
    return paged(request, found, lambda one: request.render.repository(one, login))
