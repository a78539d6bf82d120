"""Changelogs: of one issue by pages, of many at once by token."""

import base64

import msgspec

from tierkeeper.plugins.jira.sandbox.messages import Refusal, Request, Router, page
from tierkeeper.plugins.jira.sandbox.records import History, Json
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
MAX_ISSUES = 1000
MAX_FIELDS = 10
MAX_ENTRIES = 10_000
_Place = tuple[int, int, int]


@ROUTES.on_issue("GET", "/changelog")
def list_changelog(request: Request) -> Answer:
    """List an issue's changelog, the oldest entry first."""
    issue = request.issue()
    entries = [request.store.data.histories[key] for key in issue.histories]
    return Answer(page(request, entries, request.render.history, most=100))


@ROUTES.add("POST", "/changelog/bulkfetch")
def fetch_changelogs(request: Request) -> Answer:
    """List the changelogs of many issues, the oldest entry first; what may not be seen is left out."""
    request.me  # noqa: B018 - a stranger gets 401
    body = request.fields()
    wanted, fields = body.get("issueIdsOrKeys") or [], set(body.get("fieldIds") or [])
    if not 0 < len(wanted) <= MAX_ISSUES:
        raise Refusal(400, f"Between 1 and {MAX_ISSUES} issue IDs or keys must be given.")
    if len(fields) > MAX_FIELDS:
        raise Refusal(400, f"At most {MAX_FIELDS} field IDs can be given.")
    size = body.get("maxResults") or MAX_ISSUES
    if not isinstance(size, int) or not 0 < size <= MAX_ENTRIES:
        raise Refusal(400, f"maxResults must be between 1 and {MAX_ENTRIES}.")
    entries = _entries(request, {str(key) for key in wanted}, fields)
    token = body.get("nextPageToken")
    start = _read_token(token) if token else (0, 0, 0)
    entries = [one for one in entries if (one.at, one.issue, one.id) > start]
    chosen = entries[:size]
    grouped: dict[int, list[Json]] = {}
    for one in chosen:
        items = [item for item in one.items if not fields or item.field_id in fields]
        grouped.setdefault(one.issue, []).append(request.render.history(one, items=items, as_number=True))
    answer: Json = {
        "issueChangeLogs": [{"issueId": str(key), "changeHistories": shown} for key, shown in grouped.items()]
    }
    if len(entries) > size:
        answer["nextPageToken"] = _write_token(chosen[-1])
    return Answer(answer)


def _entries(request: Request, wanted: set[str], fields: set[str]) -> list[History]:
    """Return the entries of these issues that touch one of these fields, the oldest first."""
    store = request.store
    found = {issue.id: issue for issue in map(store.find_issue, wanted) if issue is not None and request.sees(issue)}
    entries = [store.data.histories[key] for issue in found.values() for key in issue.histories]
    if fields:
        entries = [one for one in entries if any(item.field_id in fields for item in one.items)]
    entries.sort(key=lambda one: (one.at, one.issue, one.id))
    return entries


def _write_token(last: History) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((last.at, last.issue, last.id))).decode()


def _read_token(token: str) -> _Place:
    try:
        at, issue, key = msgspec.json.decode(base64.urlsafe_b64decode(token), type=tuple[int, int, int])
    except (ValueError, TypeError, msgspec.DecodeError):
        raise Refusal(400, "The provided next page token is invalid.") from None
    return at, issue, key
