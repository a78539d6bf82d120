"""Reads changelogs and comments of issues: many at once, all pages, and what Jira leaves out of an issue."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tierkeeper.plugins.errors import UnexpectedAnswer
from tierkeeper.plugins.jira.access import Access, issue_path
from tierkeeper.plugins.jira.convert import Mark, RawComment, RawComments, mark_in
from tierkeeper.plugins.jira.history import RawChangelogs, RawHistory

MOST_ISSUES = 1000
MOST_COMMENTS = 1000
_PAGE = 100


class _RawList(msgspec.Struct):
    values: list[RawComment] = []


def read_changelogs(access: Access, issues: Sequence[str]) -> dict[str, list[RawHistory]]:
    """The whole changelog of each of these issues. Not the one that search gives: it is cut at 40 entries."""
    found: dict[str, list[RawHistory]] = {issue: [] for issue in issues}
    for start in range(0, len(issues), MOST_ISSUES):
        chunk = list(issues[start : start + MOST_ISSUES])
        for page in _pages(access, {"issueIdsOrKeys": chunk, "maxResults": MOST_ISSUES}):
            for one in page.issue_change_logs:
                found.setdefault(one.issue_id, []).extend(one.change_histories)
    return found


def _pages(access: Access, body: dict[str, object]) -> Iterator[RawChangelogs]:
    token = ""
    met: set[str] = set()
    while True:
        asked = body | ({"nextPageToken": token} if token else {})
        page = access.transport.ask("/changelog/bulkfetch", asked).decode(RawChangelogs)
        yield page
        token = page.next_page_token or ""
        if not token:
            return
        if token in met:
            raise UnexpectedAnswer("Jira names a page of the changelog as the next one that came before")
        met.add(token)


def read_comments(access: Access, issue: str) -> list[RawComment]:
    """All comments of an issue, oldest first, with their properties."""
    found: dict[str, RawComment] = {}
    start = 0
    while True:
        query = f"?startAt={start}&maxResults={_PAGE}&orderBy=created&expand=properties"
        page = access.transport.get(f"{issue_path(issue)}/comment{query}").decode(RawComments)
        before = len(found)
        found |= {one.id: one for one in page.comments}
        start += len(page.comments)
        if len(found) == before or (page.total is not None and start >= page.total):
            return list(found.values())


def read_marks(access: Access, comments: Iterable[RawComment]) -> dict[str, Mark]:
    """The marks of those comments that are ours, by id. They are properties, which no list of issues shows."""
    own = access.account().id
    ids = [int(one.id) for one in comments if one.author is not None and one.author.account_id == own]
    found: dict[str, Mark] = {}
    for start in range(0, len(ids), MOST_COMMENTS):
        body = {"ids": ids[start : start + MOST_COMMENTS]}
        listed = access.transport.ask("/comment/list?expand=properties", body).decode(_RawList)
        found |= {one.id: mark_in(one.properties) for one in listed.values}
    return found
