"""Sub-issues and dependencies. What is shown with each issue costs nothing; who blocks one has to be asked."""

from collections.abc import Callable

import msgspec

from tierkeeper.plugins.errors import NotFound, WriteRefused
from tierkeeper.plugins.github.access import Access, issue_path
from tierkeeper.plugins.github.convert import RawIssue, decode_issues, to_issue
from tierkeeper.plugins.model.change import Relate, Unrelate
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.issue import Issue
from tierkeeper.plugins.model.relation import BLOCKS, PARENT, Relation
from tierkeeper.plugins.transport.answer import Answer

Send = Callable[[str, str, object], Answer]


class _Numbered(msgspec.Struct):
    """An issue by its id, which is another thing than its number."""

    id: int


def with_blockers(access: Access, queue: Queue, issue: Issue) -> Issue:
    """The issue with those that block it, where the queue's links are of use to anybody."""
    known = [one for one in issue.relations if one.other]
    if len(known) == len(issue.relations):
        return issue
    if queue.relations:
        known += _blockers(access, queue.place, issue.ref.id)
    return msgspec.structs.replace(issue, relations=tuple(sorted(known)))


def _blockers(access: Access, place: str, number: str) -> list[Relation]:
    pages = access.transport.pages(f"{_blocked_by(place, number)}?per_page=100")
    home = f"/repos/{place}".casefold()
    return [
        Relation(BLOCKS, str(raw.number))
        for answer in pages
        for raw in decode_issues(answer)
        if raw.repository_url.casefold().endswith(home)
    ]


def _blocked_by(place: str, number: str) -> str:
    return f"{issue_path(place, number)}/dependencies/blocked_by"


class Relator:
    """Relates one issue to others of its repository, by `send`."""

    def __init__(self, access: Access, place: str, number: str, send: Send) -> None:
        self._access, self._place, self._number, self._send = access, place, number, send

    def relate(self, change: Relate) -> str:
        """Make it so, and say what was written. What is so already is as good. Raises WriteRefused."""
        try:
            if change.kind == PARENT:
                below = {"sub_issue_id": self._id_of(self._number)}
                self._send("POST", f"{issue_path(self._place, change.other)}/sub_issues", below)
            else:
                self._demand_dependency(change.kind)
                before = {"issue_id": self._id_of(change.other)}
                self._send("POST", _blocked_by(self._place, self._number), before)
        except WriteRefused:
            if not self._is_there(change):
                raise
        else:
            if not self._is_there(change):
                raise WriteRefused(f"GitHub took the request but #{self._number} does not show {_said(change)}")
        return _said(change)

    def unrelate(self, change: Unrelate) -> str:
        """Take it back, and say so. What is not there is as good. Raises WriteRefused."""
        try:
            if change.kind == PARENT:
                below = {"sub_issue_id": self._id_of(self._number)}
                self._send("DELETE", f"{issue_path(self._place, change.other)}/sub_issue", below)
            else:
                self._demand_dependency(change.kind)
                path = f"{_blocked_by(self._place, self._number)}/{self._id_of(change.other)}"
                self._send("DELETE", path, None)
        except NotFound:
            if self._is_there(change):
                raise
        else:
            if self._is_there(change):
                raise WriteRefused(f"GitHub took the request but #{self._number} still shows {_said(change)}")
        return f"no longer {_said(change)}"

    def _demand_dependency(self, kind: str) -> None:
        if kind.casefold() != BLOCKS.casefold():
            raise WriteRefused(f"GitHub has no link of the kind {kind!r} between issues")

    def _id_of(self, number: str) -> int:
        return self._access.transport.get(issue_path(self._place, number)).decode(_Numbered).id

    def _is_there(self, change: Relate | Unrelate) -> bool:
        if change.kind != PARENT:
            return change.other in {one.other for one in _blockers(self._access, self._place, self._number)}
        shown = self._access.transport.get(issue_path(self._place, self._number))
        return Relation(PARENT, change.other) in to_issue(shown.decode(RawIssue), "").relations


def _said(change: Relate | Unrelate) -> str:
    return f"{change.kind} #{change.other}"
