"""Requests, refusals and pages: what the routes speak."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from tierkeeper.plugins.jira.sandbox.faults import Fault
from tierkeeper.plugins.jira.sandbox.records import Comment, Issue, Json, Project, User
from tierkeeper.plugins.jira.sandbox.render import Renderer
from tierkeeper.plugins.jira.sandbox.settings import Settings
from tierkeeper.plugins.jira.sandbox.store import Store
from tierkeeper.plugins.sandbox import router
from tierkeeper.plugins.sandbox.wire import Answer

T = TypeVar("T")
NO_ISSUE = "Issue does not exist or you do not have permission to see it."


class Refusal(Exception):
    """An answer that is not what was asked for; `errors` are by field."""

    def __init__(
        self,
        status: int,
        *messages: str,
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(*messages)
        self.status = status
        self.messages = list(messages)
        self.errors = dict(errors or {})
        self.headers = dict(headers or {})

    def answer(self) -> Answer:
        """Return the refusal as Jira words it."""
        return Answer({"errorMessages": self.messages, "errors": self.errors}, self.status, self.headers)


class Unauthorized(Refusal):
    """The refusal of a credential: one way on the site, another at the gateway."""

    def __init__(self, *, at_gateway: bool, scope: str = "") -> None:
        super().__init__(401, "Unauthorized")
        self._at_gateway = at_gateway
        self._scope = scope

    def answer(self) -> Answer:
        """Return the refusal as the site, or the gateway, words it."""
        if self._at_gateway:
            message = "Unauthorized; scope does not match" if self._scope else "Unauthorized"
            return Answer({"code": 401, "message": message}, 401)
        message = "Client must be authenticated to access this resource."
        headers = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED", "WWW-Authenticate": 'OAuth realm="sandbox"'}
        return Answer({"message": message, "status-code": 401}, 401, headers)


def no_issue() -> Refusal:
    """Return the refusal that does not say whether there is an issue."""
    return Refusal(404, NO_ISSUE)


class Request:
    """One request: who asks, for what, and which faults are on."""

    def __init__(self, store: Store, settings: Settings, user: User | None, base: str) -> None:
        self.store = store
        self.settings = settings
        self.user = user
        self.render = Renderer(store, base, user, settings.comment_cap)
        self.method = "GET"
        self.pairs: list[tuple[str, str]] = []
        self.body = b""
        self.headers: Mapping[str, str] = {}
        self.args: dict[str, str] = {}
        self.faults: Mapping[str, Fault] = {}

    @property
    def me(self) -> str:
        """Who asks; a stranger is refused."""
        if self.user is None:
            raise Unauthorized(at_gateway=False)
        return self.user.account_id

    def value(self, name: str, default: str = "") -> str:
        """Return one value of the query."""
        return next((value for key, value in self.pairs if key == name), default)

    def values(self, name: str) -> list[str]:
        """Return all values of a query's name, which may be repeated, or hold several with commas."""
        return [one for key, value in self.pairs if key == name for one in value.split(",") if one]

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a yes or no of the query."""
        return self.value(name, str(default)).lower() == "true"

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """Return a number of the query, at most so much."""
        text = self.value(name, str(default))
        if not (text.isascii() and text.isdigit()):
            raise Refusal(400, f"The value '{text}' is not valid for '{name}'.")
        return int(text) if most is None else min(int(text), most)

    def json(self) -> Any:
        """Return the body, decoded."""
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            raise Refusal(400, "There was an error parsing JSON. Check that your request body is valid.") from None

    def fields(self) -> Json:
        """Return the body, which must be an object."""
        body = self.json()
        if not isinstance(body, dict):
            raise Refusal(400, "INVALID_INPUT")
        return body

    def may(self, permission: str, project: Project, issue: Issue | None = None) -> bool:
        """Whether who asks may do something."""
        return self.user is not None and self.store.may(self.user.account_id, permission, project, issue)

    def place(self, issue: Issue) -> Project:
        """Return an issue's project."""
        return self.store.data.projects[issue.project]

    def sees(self, issue: Issue) -> bool:
        """Whether who asks sees an issue."""
        return self.may("BROWSE_PROJECTS", self.place(issue), issue)

    def issue(self, key: str | None = None) -> Issue:
        """Return the issue that the path names; one that may not be seen is not there."""
        self.me  # noqa: B018 - a stranger gets 401
        issue = self.store.find_issue(self.args["key"] if key is None else key)
        if issue is None or not self.sees(issue):
            raise no_issue()
        return issue

    def project(self, key: str) -> Project:
        """Return a project; one that may not be seen is not there."""
        self.me  # noqa: B018 - a stranger gets 401
        try:
            project = self.store.project(key)
        except LookupError:
            project = None
        if project is None or not self.may("BROWSE_PROJECTS", project):
            raise Refusal(404, f"No project could be found with key '{key}'.")
        return project

    def comment(self, key: str, issue: Issue | None = None) -> Comment:
        """Return a comment that who asks may see."""
        comment = self.store.data.comments.get(int(key)) if key.isascii() and key.isdigit() else None
        if comment is None or (issue is not None and comment.issue != issue.id):
            raise Refusal(404, f"Can not find a comment for the id: {key}.")
        if not self.sees(self.store.data.issues[comment.issue]) or not self.store.sees_comment(self.me, comment):
            raise Refusal(404, f"Can not find a comment for the id: {key}.")
        return comment


Handler = router.Handler[Request]


class Router(router.Router[Request]):
    """Jira's routes, below /rest/api/3."""

    def on_issue(self, method: str, path: str = "") -> Callable[[Handler], Handler]:
        """Let a function answer a method and path below an issue."""
        return self.add(method, f"/issue/{{key}}{path}")


def page(request: Request, items: Sequence[T], show: Callable[[T], Any], most: int = 50) -> Json:
    """Return one page of a list the way most of Jira's lists come; only what is on the page is rendered."""
    start, size = request.number("startAt", 0), request.number("maxResults", min(50, most), most)
    chosen = items[start : start + size]
    return {
        "self": f"{request.render.base}/rest/api/3",
        "maxResults": size,
        "startAt": start,
        "total": len(items),
        "isLast": start + size >= len(items),
        "values": [show(item) for item in chosen],
    }
