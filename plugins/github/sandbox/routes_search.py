"""Search: qualifiers and words, over what the index has seen by now."""

import shlex
from collections.abc import Callable

from tierkeeper.plugins.github.sandbox.messages import Refusal, Request, invalid, page_of
from tierkeeper.plugins.github.sandbox.records import Issue, Repository
from tierkeeper.plugins.github.sandbox.render_people import Json
from tierkeeper.plugins.github.sandbox.router import Router
from tierkeeper.plugins.sandbox.wire import Answer

ROUTES = Router()
Test = Callable[[Repository, Issue], bool]


def _label_test(value: str) -> Test:
    return lambda repository, issue: repository.label_ids.get(value, -1) in issue.labels


def _state_test(value: str) -> Test:
    if value in ("issue", "pr"):
        return lambda _, issue: issue.pull_request == (value == "pr")
    return lambda _, issue: issue.state == value


_QUALIFIERS: dict[str, Callable[[str], Test]] = {
    "repo": lambda value: lambda repository, _: repository.full_name.lower() == value,
    "org": lambda value: lambda repository, _: repository.owner.lower() == value,
    "is": _state_test,
    "type": _state_test,
    "state": _state_test,
    "author": lambda value: lambda _, issue: issue.author.lower() == value,
    "assignee": lambda value: lambda _, issue: value in [login.lower() for login in issue.assignees],
    "label": _label_test,
}


def _tests(query: str) -> list[Test]:
    """Return what an issue must be to be found."""
    try:
        terms = shlex.split(query)
    except ValueError:
        raise invalid("Search", "q", "invalid") from None
    fields, words, tests = set[str](), list[str](), list[Test]()
    for term in terms:
        name, colon, value = term.partition(":")
        if colon and name.lower() == "in":
            fields.update(value.lower().split(","))
        elif colon and name.lower() in _QUALIFIERS:
            tests.append(_QUALIFIERS[name.lower()](value.lower()))
        else:
            words.append(term.lower())
    tests.extend(_word_test(word, fields or {"title", "body"}) for word in words)
    return tests


def _word_test(word: str, fields: set[str]) -> Test:
    def test(_: Repository, issue: Issue) -> bool:
        return ("title" in fields and word in issue.title.lower()) or (
            "body" in fields and word in (issue.body or "").lower()
        )

    return test


@ROUTES.add("GET", "/search/issues")
def search_issues(request: Request) -> Answer:
    """Find issues; what is younger than the index's lag is not found."""
    query = request.query.get("q", "")
    if not query.strip():
        raise invalid("Search", "q", "missing")
    store, tests = request.store, _tests(query)
    login = request.person.login if request.person else None
    seen_until = store.clock.seconds - request.search_lag
    visible = {one.id for one in store.data.repositories.values() if store.level(one, login)}
    found = [
        issue
        for issue in store.data.issues.values()
        if issue.repository in visible
        and (not request.search_lag or issue.created <= seen_until)
        and all(test(store.data.repositories[issue.repository], issue) for test in tests)
    ]
    by_update = request.query.get("sort") == "updated"
    found.sort(key=lambda issue: (issue.updated if by_update else issue.created, issue.id))
    if request.page * request.per_page > 1000:  # noqa: PLR2004 - GitHub's own number
        raise Refusal(422, "Only the first 1000 search results are available")
    newest_first = request.query.get("order", "desc") == "desc"
    items, headers = page_of(request, found, lambda issue: _shown(request, issue), newest_first=newest_first)
    body = {"total_count": len(found), "incomplete_results": False, "items": items, "search_type": "lexical"}
    return Answer(body, headers=headers)


def _shown(request: Request, issue: Issue) -> Json:
    shown = request.render.issue(issue, listed=True) | {"score": 1.0}
    return {name: value for name, value in shown.items() if name != "body" or value is not None}
