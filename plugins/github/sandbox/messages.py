"""Requests, answers, refusals and pages: what the routes speak."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from tierkeeper.plugins.github.sandbox.records import LEVELS, Issue, Person, Repository
from tierkeeper.plugins.github.sandbox.render import Renderer
from tierkeeper.plugins.github.sandbox.state import When
from tierkeeper.plugins.github.sandbox.store import Store
from tierkeeper.plugins.sandbox.wire import Answer

DOCUMENTATION = "https://docs.github.com/rest"
MAX_PER_PAGE = 100
MAX_TEXT = 65_536
T = TypeVar("T")


class Refusal(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, message: str, *, errors: Sequence[Any] = (), **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = list(errors)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(self) -> Answer:
        """Return the refusal as GitHub words it."""
        body: dict[str, Any] = {"message": self.message, "documentation_url": DOCUMENTATION, "status": str(self.status)}
        if self.errors:
            body["errors"] = self.errors
        if "Location" in self.headers:
            body["url"] = self.headers["Location"]
        return Answer(body, self.status, self.headers)


def not_found() -> Refusal:
    """Return the refusal that says nothing, not even that something is there."""
    return Refusal(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str | None = None) -> Refusal:
    """Return the refusal of a value."""
    error = {"resource": resource, "field": field, "code": code}
    return Refusal(422, "Validation Failed", errors=[error if message is None else {**error, "message": message}])


class Request:
    """One request: who asks, for what, in which repository, and which faults are on."""

    def __init__(self, store: Store, render: Renderer, method: str, query: list[tuple[str, str]]) -> None:
        self.store = store
        self.render = render
        self.method = method
        self.pairs = query
        self.query = dict(query)
        self.body = b""
        self.args: dict[str, str] = {}
        self.link_path = ""
        self.person: Person | None = None
        self.token = ""
        self.app: str | None = None
        self.version: str | None = None
        self.place: Repository | None = None
        self.drop_labels = False
        self.search_lag = 0.0
        self.max_page: int | None = None
        self.event_pages: int | None = None

    @property
    def repository(self) -> Repository:
        """The repository that the path names."""
        if self.place is None:
            raise not_found()
        return self.place

    @property
    def login(self) -> str:
        """Who asks; a stranger is asked to authenticate."""
        if self.person is None:
            raise Refusal(401, "Requires authentication")
        return self.person.login

    @property
    def how(self) -> When:
        """How a change is recorded: now, through the token's app."""
        return {"performed_via_app": self.app}

    def may(self, level: str) -> bool:
        """Whether who asks may do that much in the repository."""
        login = None if self.person is None else self.person.login
        return self.store.level(self.repository, login) >= LEVELS.index(level)

    def need(self, level: str) -> None:
        """Refuse unless who asks may do that much in the repository."""
        self.login  # noqa: B018 - a stranger gets 401, not 403
        if not self.may(level):
            raise Refusal(403, f"Must have {level} access to Repository.")

    def number(self, name: str) -> int:
        """Return a number from the path."""
        if not self.args[name].isascii() or not self.args[name].isdigit():
            raise not_found()
        return int(self.args[name])

    def issue(self) -> Issue:
        """Return the issue that the path names: 301 if it was moved, 410 if it was deleted."""
        repository, number = self.repository, self.number("number")
        if not repository.has_issues:
            raise Refusal(410, "Issues are disabled for this repo")
        issue = self.store.find_issue(repository.id, number)
        if issue is not None:
            return issue
        moved = self.store.where_is(repository.id, number)
        if moved is not None:
            there = self.store.repository(moved.repository)
            if not self.store.level(there, self.person.login if self.person else None):
                raise not_found()
            url = f"{self.render.base}/repositories/{there.id}/issues/{moved.number}"
            raise Refusal(301, "Moved Permanently", Location=url)
        if self.store.is_deleted(repository.id, number):
            raise Refusal(410, "This issue was deleted")
        raise not_found()

    def json(self) -> Any:
        """Return the body, decoded; no body is an empty object."""
        if not self.body.strip():
            return {}
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            raise Refusal(400, "Problems parsing JSON") from None

    def fields(self) -> dict[str, Any]:
        """Return the body, which must be an object."""
        body = self.json()
        if not isinstance(body, dict):
            raise Refusal(400, "Body should be a JSON object")
        return body

    def _number(self, name: str, default: int) -> int:
        text = self.query.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else default

    @property
    def per_page(self) -> int:
        """How many things a page holds."""
        return min(self._number("per_page", 30), MAX_PER_PAGE)

    @property
    def page(self) -> int:
        """Which page is asked for, from 1."""
        return self._number("page", 1)


def text_of(body: dict[str, Any], name: str, *, missing: str | None = None) -> str | None:
    """Return a string from a body; null and absent are `missing`."""
    value = body.get(name, missing)
    if value is not None and not isinstance(value, str):
        raise Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', {value!r} is not a string.")
    return missing if value is None else value


def names_of(body: Any, name: str, key: str = "name") -> list[str]:
    """Return names from a body: a list of strings or objects, bare or under a name."""
    items = body.get(name, []) if isinstance(body, dict) else body
    if isinstance(items, str):
        items = [items]
    found = [item.get(key) if isinstance(item, dict) else item for item in items or []]
    if not all(isinstance(item, str) for item in found):
        raise Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', {items!r} is not a list of strings.")
    return [str(item) for item in found]


def paged(request: Request, items: Sequence[T], show: Callable[[T], Any], *, newest_first: bool = False) -> Answer:
    """Answer with one page of a list, and Links to the others; only what is on the page is rendered."""
    rendered, headers = page_of(request, items, show, newest_first=newest_first)
    return Answer(rendered, headers=headers)


def page_of(
    request: Request, items: Sequence[T], show: Callable[[T], Any], *, newest_first: bool = False
) -> tuple[list[Any], dict[str, str]]:
    """Render one page of a list; also return its Link header."""
    page, per_page = request.page, request.per_page
    if request.max_page is not None and page > request.max_page:
        message = "In order to keep the API fast for everyone, pagination is limited for this resource."
        raise Refusal(422, message)
    start, total = (page - 1) * per_page, len(items)
    if newest_first:
        chosen: Sequence[T] = list(items[max(0, total - start - per_page) : max(0, total - start)])[::-1]
    else:
        chosen = items[start : start + per_page]
    return [show(item) for item in chosen], _link(request, page, max(1, -(-total // per_page)))


def _link(request: Request, page: int, last: int) -> dict[str, str]:
    """Return the Link header, if there is more than one page."""
    targets: dict[str, int] = {}
    if page > 1:
        targets |= {"prev": min(page - 1, last), "first": 1}
    if page < last:
        targets |= {"next": page + 1, "last": last}
    others = [(name, value) for name, value in request.pairs if name != "page"]
    links = [
        f'<{request.render.base}{request.link_path}?{urlencode([*others, ("page", str(number))])}>; rel="{relation}"'
        for relation, number in targets.items()
    ]
    return {"Link": ", ".join(links)} if links else {}
