"""Reads one issue, and looks for one that may have been created."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote

from tierkeeper.plugins.errors import FeatureOff, Moved, NotFound, TrackerError
from tierkeeper.plugins.github.access import Access, issue_path, root
from tierkeeper.plugins.github.convert import (
    RawIssue,
    decode_comments,
    decode_issues,
    marker_line,
    to_comment,
    to_issue,
)
from tierkeeper.plugins.github.history import read_issue_events
from tierkeeper.plugins.github.relations import with_blockers
from tierkeeper.plugins.model.change import Created, Hint, Marker, NotThere, Unclear
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import Event, Gone, Snapshot
from tierkeeper.plugins.model.issue import Comment, Issue, Ref
from tierkeeper.plugins.transport.paths import path_within, utc_stamp

_ROUNDS = 3
_SAME_TIME = timedelta(seconds=1)  # an event may bear the second after its issue's
_DELETED = 410
_CLOCKS_APART = timedelta(minutes=5)


def read_issue(access: Access, queue: Queue, ref: Ref) -> Snapshot | Gone:
    """Read one issue with its history.

    The issue is read first, its events and comments after it. Should these say more than the issue shows, all is
    read again, so that labels are never older than the events that explain them.
    """
    try:
        return _read_until_it_agrees(access, queue, ref)
    except Moved as moved:
        access.repository(queue.place, fresh=True)  # a renamed repository is an error, not an issue that moved
        return Gone("moved", _address(access, queue, ref, moved))
    except NotFound as error:
        if not access.repository(queue.place, fresh=True).has_issues:
            raise FeatureOff(
                "issues are switched off in this repository: switch them on", status=error.status
            ) from error
        return Gone("deleted" if error.status == _DELETED else "not found")


def _address(access: Access, queue: Queue, ref: Ref, moved: Moved) -> str:
    """Where people find an issue that was transferred, as far as our account may see it there."""
    base = access.transport.base_url
    try:
        path = path_within(base, moved.location, seen_at=base + issue_path(queue.place, ref.id))
        return access.transport.get(path).decode(RawIssue).html_url or moved.location
    except TrackerError:
        return moved.location


def _read_until_it_agrees(access: Access, queue: Queue, ref: Ref) -> Snapshot | Gone:
    for _ in range(_ROUNDS - 1):
        snapshot = _read_once(access, queue, ref)
        if isinstance(snapshot, Gone) or _agree(snapshot.issue, snapshot.events, snapshot.comments):
            return snapshot
    last = _read_once(access, queue, ref)
    return last if isinstance(last, Gone) else _up_to_the_issue(last)


def _read_once(access: Access, queue: Queue, ref: Ref) -> Snapshot | Gone:
    raw = access.transport.get(issue_path(queue.place, ref.id)).decode(RawIssue)
    elsewhere = is_elsewhere(raw, queue.place, ref.id)
    if elsewhere:
        return Gone("moved", elsewhere)
    events = read_issue_events(access, queue.place, ref.id)
    return Snapshot(
        issue=with_blockers(access, queue, to_issue(raw, queue.name, access.fields(queue.place))),
        events=tuple(events),
        comments=tuple(_comments(access, queue, ref.id)),
    )


def is_elsewhere(raw: RawIssue, place: str, number: str) -> str:
    """Where an issue is that an answer shows in place of the one that was asked for; empty if it is the one."""
    home = raw.repository_url.casefold().endswith(f"/repos/{place.casefold()}") or not raw.repository_url
    return "" if home and str(raw.number) == number else raw.html_url or raw.repository_url


def _comments(access: Access, queue: Queue, number: str) -> list[Comment]:
    pages = access.transport.pages(f"{issue_path(queue.place, number)}/comments?per_page=100")
    found = [comment for answer in pages for raw in decode_comments(answer) if (comment := to_comment(raw))]
    return sorted(found, key=lambda comment: (comment.at, int(comment.id)))


def _agree(issue: Issue, events: Sequence[Event], comments: Sequence[Comment]) -> bool:
    """Whether an issue shows what its newest events and comments say."""
    newest = max((moment for part in (events, comments) for moment in (one.at for one in part)), default=issue.updated)
    if newest > issue.updated + _SAME_TIME:
        return False
    labels = {name.casefold() for name in issue.labels}
    people = {account.id.casefold() for account in issue.assignees}
    shown: dict[tuple[str, str], bool] = {}
    for event in events:
        if event.at < issue.updated:
            continue
        if event.kind == "label":
            shown["label", event.name.casefold()] = event.after is not None
        elif event.kind == "assignee":
            shown["assignee", (event.after or event.before or "").casefold()] = event.after is not None
        elif event.kind == "state":
            shown["state", ""] = event.after == "open"
    held = {"label": labels, "assignee": people, "state": {""} if issue.open else set()}
    return all((name in held[kind]) == wanted for (kind, name), wanted in shown.items())


def _up_to_the_issue(snapshot: Snapshot) -> Snapshot:
    """What was known when the issue was read, for one that changes faster than it can be read."""
    border = snapshot.issue.updated
    return Snapshot(
        issue=snapshot.issue,
        events=tuple(event for event in snapshot.events if event.at <= border),
        comments=tuple(comment for comment in snapshot.comments if comment.at <= border),
    )


def find_issue(access: Access, queue: Queue, marker: Marker, hint: Hint) -> Created | NotThere | Unclear:
    """Look for our marker in the issues that we created since then: the list is consistent, search is not."""
    since = utc_stamp(hint.since - _CLOCKS_APART)
    path = (
        f"{root(queue.place)}/issues?state=all&creator={quote(hint.account.id, safe='')}&since={since}"
        "&sort=created&direction=asc&per_page=100"
    )
    line = marker_line(marker.desk, marker.key)
    try:
        for answer in access.transport.pages(path):
            for raw in decode_issues(answer):
                if raw.pull_request is None and line in _lines(raw):
                    issue = to_issue(raw, queue.name, access.fields(queue.place))
                    return Created(with_blockers(access, queue, issue))
    except TrackerError as error:
        return Unclear(str(error))
    return NotThere()


def _lines(raw: RawIssue) -> list[str]:
    return [line.strip() for line in (raw.body or "").splitlines()]
