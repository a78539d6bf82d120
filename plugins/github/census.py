"""Lists the open issues and the labels of a repository, for the daily census."""

from collections.abc import Iterator

import msgspec

from tierkeeper.plugins.github.access import Access, root
from tierkeeper.plugins.github.convert import decode_issues, label_names
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.tracker import Listed


class _RawLabel(msgspec.Struct):
    id: int
    name: str


def list_open(access: Access, queue: Queue) -> Iterator[Listed]:
    """Every open issue. Oldest first: what is opened meanwhile comes last, and shifts no page."""
    path = f"{root(queue.place)}/issues?state=open&sort=created&direction=asc&per_page=100"
    for answer in access.transport.pages(path):
        for raw in decode_issues(answer):
            if raw.pull_request is None:
                yield Listed(str(raw.number), str(raw.number), label_names(raw), raw.comments)


def list_labels(access: Access, queue: Queue) -> dict[str, str]:
    """The labels of a repository by id."""
    found: dict[str, str] = {}
    for answer in access.transport.pages(f"{root(queue.place)}/labels?per_page=100"):
        found |= {str(label.id): label.name for label in answer.decode(list[_RawLabel])}
    return found
