"""Reads changelogs and comments of issues: many at once, all pages, and what Jira leaves out of an issue.

Where a site does not have a look-up of many at once, the issues are read one by one: more requests, and nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from tierkeeper.plugins.errors import FeatureOff, NotFound, UnexpectedAnswer
from tierkeeper.plugins.jira.access import Access, issue_path
from tierkeeper.plugins.jira.convert import Mark, RawComment, RawComments, mark_in
from tierkeeper.plugins.jira.history import RawChangelogs, RawHistory

MOST_ISSUES = 1000
MOST_COMMENTS = 1000
_PAGE = 100


class _RawList(msgspec.Struct):
    values: list[RawComment] = []


class _RawEntries(msgspec.Struct, rename="camel"):
    values: list[RawHistory] = []
    is_last: bool = False


def read_changelogs(access: Access, issues: Sequence[str]) -> dict[str, list[RawHistory]]:
    """The whole changelog of each of these issues. Not the one that search gives: it is cut at 40 entries."""
    if access.reads_many:
        try:
            return _many_changelogs(access, issues)
        except FeatureOff:
            access.reads_many = False
    return {issue: _one_changelog(access, issue) for issue in issues}


def _one_changelog(access: Access, issue: str) -> list[RawHistory]:
    """The changelog of an issue by itself; an empty one where the issue is gone, which others will tell."""
    found: dict[str, RawHistory] = {}
    start = 0
    while True:
        path = f"{issue_path(issue)}/changelog?startAt={start}&maxResults={_PAGE}"
        try:
            page = access.transport.get(path).decode(_RawEntries)
        except NotFound:
            return []
        before = len(found)
        found |= {one.id: one for one in page.values}
        start += len(page.values)
        if page.is_last or len(found) == before:
            return list(found.values())


def _many_changelogs(access: Access, issues: Sequence[str]) -> dict[str, list[RawHistory]]:
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
        answer = access.transport.ask("/changelog/bulkfetch", asked, feature="changelogs of many issues at once")
        page = answer.decode(RawChangelogs)
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


def read_marks(access: Access, comments: Mapping[str, Sequence[RawComment]]) -> dict[str, Mark]:
    """The marks of those comments that are ours, by id; `comments` go by their issue.

    Marks are properties, which no list of issues shows.
    """
    own = access.account().id
    ours = {
        issue: ids
        for issue, listed in comments.items()
        if (ids := [one.id for one in listed if one.author is not None and one.author.account_id == own])
    }
    if access.reads_many:
        try:
            return _many_marks(access, [int(id_) for ids in ours.values() for id_ in ids])
        except FeatureOff:
            access.reads_many = False
    return {
        one.id: mark_in(one.properties)
        for issue, ids in ours.items()
        for one in read_comments(access, issue)
        if one.id in ids
    }


def _many_marks(access: Access, ids: Sequence[int]) -> dict[str, Mark]:
    found: dict[str, Mark] = {}
    for start in range(0, len(ids), MOST_COMMENTS):
        body = {"ids": ids[start : start + MOST_COMMENTS]}
        answer = access.transport.ask(
            "/comment/list?expand=properties", body, feature="comments of many issues at once"
        )
        found |= {one.id: mark_in(one.properties) for one in answer.decode(_RawList).values}
    return found
