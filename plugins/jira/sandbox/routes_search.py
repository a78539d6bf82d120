"""Search: JQL, pages by token, counts; and the old search, which is gone."""

import base64
from typing import Any

import msgspec

from tierkeeper.plugins.jira.sandbox import jql
from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request, Router
from tierkeeper.plugins.jira.sandbox.records import Issue, Json
from tierkeeper.plugins.jira.sandbox.routes_issues import Extras, expand_issue
from tierkeeper.plugins.jira.sandbox.search import Place, Search
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_PROPERTIES = 5
MAX_RECONCILED = 50
GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


class Wish(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What a search asks for."""

    jql: str | None = None
    next_page_token: str | None = None
    max_results: int = 50
    fields: list[str] | None = None
    expand: str | None = None
    properties: list[str] | None = None
    fields_by_keys: bool = False
    reconcile_issues: list[int] | None = None
    fail_fast: bool = False


@ROUTES.add("GET", "/search/jql")
def search(request: Request) -> Answer:
    """Find issues."""
    lists = {name: request.values(name) for name in ("fields", "properties", "reconcileIssues")}
    given: Json = {name: value for name, value in request.pairs if name not in lists}
    given |= {name: values for name, values in lists.items() if values}
    try:
        wish = msgspec.convert(given, Wish, strict=False)
    except msgspec.ValidationError as error:
        raise Refusal(400, f"Invalid request parameters: {error}") from None
    return _search(request, wish)


@ROUTES.add("POST", "/search/jql")
def search_by_post(request: Request) -> Answer:
    """Find issues."""
    try:
        wish = msgspec.convert({key: value for key, value in request.fields().items() if value is not None}, Wish)
    except msgspec.ValidationError as error:
        raise Refusal(400, f"Invalid request payload. {error}") from None
    return _search(request, wish)


def _prepare(request: Request, text: str) -> Search:
    request.me  # noqa: B018 - a stranger gets 401
    assert request.user is not None
    lag = request.faults.get("search-lag")
    seen_until = None if lag is None else request.store.clock.milliseconds - round(lag.seconds * 1000)
    custom = dict[str, str]()
    for field in request.store.data.fields.values():
        custom |= {field.name.lower(): field.id, f"cf[{field.id.partition('_')[2]}]": field.id, field.id: field.id}
    try:
        return Search(request.store, request.user, jql.parse(text, custom), seen_until=seen_until)
    except jql.JqlError as error:
        raise Refusal(400, str(error)) from None


def _search(request: Request, wish: Wish) -> Answer:
    """Answer with one page: no total, only ids unless fields are asked for, perhaps shorter than was asked."""
    if len(wish.properties or []) > MAX_PROPERTIES or len(wish.reconcile_issues or []) > MAX_RECONCILED:
        raise Refusal(400, f"At most {MAX_PROPERTIES} properties and {MAX_RECONCILED} issues to reconcile.")
    if wish.max_results < 1:
        raise Refusal(400, "maxResults must be greater than 0.")
    finder = _prepare(request, wish.jql or "")
    finder.reconcile(wish.reconcile_issues or [])
    bare = not set(wish.fields or []) - {"id"} and not wish.properties and not wish.expand
    settings = request.settings
    size = min(wish.max_results, settings.ids_cap if bare or wish.fields == ["key"] else settings.page_cap)
    if "short-page" in request.faults:
        size = min(size, request.faults["short-page"].size)
    found: list[tuple[Issue, Place]] = []
    is_last = True
    for entry in finder.after(_read_token(wish.next_page_token, wish.jql or "")):
        if len(found) == size:
            is_last = False
            break
        found.append(entry)
    body: Json = {"issues": [_shown(request, wish, issue, bare=bare) for issue, _ in found], "isLast": is_last}
    if not is_last:
        body["nextPageToken"] = _write_token(found[-1][1], wish.jql or "")
    if "repeat-token" in request.faults and found:
        body["nextPageToken"] = wish.next_page_token or _write_token(found[-1][1], wish.jql or "")
    _add_names(request, wish, body)
    return Answer(body)


def _shown(request: Request, wish: Wish, issue: Issue, *, bare: bool) -> Json:
    lag = request.faults.get("search-lag")
    if lag is not None and not lag.stale:
        issue = request.store.data.issues[issue.id]
    fields = request.render.chosen(wish.fields or ["id"], "id")
    shown = request.render.issue(issue, fields, bare=bare)
    expand = set((wish.expand or "").split(","))
    extras = Extras(expand, wish.properties or [], request.settings.changelog_cap)
    return expand_issue(request, issue, shown, extras)


def _add_names(request: Request, wish: Wish, body: Json) -> None:
    expand = set((wish.expand or "").split(","))
    fields = request.render.chosen(wish.fields or ["id"], "id")
    every = request.store.every_field()
    if "names" in expand:
        body["names"] = request.render.names(fields)
    if "schema" in expand:
        body["schema"] = {name: request.render.schema(every[name]) for name in fields}


def _write_token(place: Place, text: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([text, place])).decode()


def _read_token(token: str | None, text: str) -> Place | None:
    """Return where the last page ended; a token belongs to its query."""
    if not token:
        return None
    try:
        asked, place = msgspec.json.decode(base64.urlsafe_b64decode(token), type=tuple[str, list[int]])
    except (ValueError, msgspec.DecodeError):
        raise Refusal(400, "The provided next page token is invalid or expired.") from None
    if asked != text:
        raise Refusal(400, "The provided next page token does not match the query.")
    return place


@ROUTES.add("POST", "/search/approximate-count")
def count(request: Request) -> Answer:
    """Say how many issues a query finds."""
    text: Any = request.fields().get("jql", "")
    if not isinstance(text, str):
        raise Refusal(400, "Invalid request payload.")
    return Answer({"count": sum(1 for _ in _prepare(request, text).after(None))})


@ROUTES.add("GET", "/search")
@ROUTES.add("POST", "/search")
def old_search(request: Request) -> Answer:
    """Say that this is gone."""
    request.me  # noqa: B018 - a stranger gets 401
    raise Refusal(410, GONE)
