"""Lists the open issues of a project, for the daily census."""

from collections.abc import Iterator

import msgspec

from tierkeeper.plugins.errors import UnexpectedAnswer
from tierkeeper.plugins.jira.access import Access
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.tracker import Listed

_PAGE = 100


class _RawComments(msgspec.Struct, frozen=True):
    """Jira gives the first comments, too, and no field that is the number alone: they are passed over unread.

    A day's listing is longer for it and takes no request more; to count them any other way takes one an issue.
    """

    total: int = 0


class _RawFields(msgspec.Struct, frozen=True):
    labels: list[str] | None = None
    comment: _RawComments | None = None


class _RawListed(msgspec.Struct):
    id: str
    key: str
    fields: _RawFields = _RawFields()


class _RawPage(msgspec.Struct, rename="camel"):
    issues: list[_RawListed] = []
    next_page_token: str | None = None
    is_last: bool = False


def list_open(access: Access, queue: Queue) -> Iterator[Listed]:
    """Every open issue, as Jira's search knows them. A short page need not be the last; the missing token says so."""
    project = access.project(queue.place)
    body = {
        "jql": f'project = "{project.key}" AND statusCategory != Done ORDER BY key ASC',
        "maxResults": _PAGE,
        "fields": ["labels", "comment"],
    }
    met: set[str] = set()
    token = ""
    while True:
        page = access.transport.ask("/search/jql", body | ({"nextPageToken": token} if token else {})).decode(_RawPage)
        for raw in page.issues:
            comments = raw.fields.comment.total if raw.fields.comment is not None else 0
            yield Listed(raw.id, raw.key, tuple(raw.fields.labels or ()), comments)
        token = "" if page.is_last else page.next_page_token or ""
        if not token:
            return
        if token in met:
            raise UnexpectedAnswer("Jira's search names a page as the next one that came before")
        met.add(token)
