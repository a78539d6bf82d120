"""Writes to one issue with the fewest requests, and believes only what the answers show.

The order: labels that come, labels that go, state and title, issue fields, people, comments. Labels and people are
never part of a PATCH, which would replace what others set meanwhile.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from tierkeeper.plugins.errors import NotFound, TrackerError, UnexpectedAnswer, UsageError, WriteRefused
from tierkeeper.plugins.github.access import Access, issue_path, root
from tierkeeper.plugins.github.convert import (
    RawComment,
    RawIssue,
    RawReaction,
    decode_label_names,
    label_names,
    marker_line,
    to_issue,
)
from tierkeeper.plugins.github.field_writes import FieldEdit, edit_of
from tierkeeper.plugins.github.fields import MILESTONE, NATIVE
from tierkeeper.plugins.github.reading import is_elsewhere
from tierkeeper.plugins.github.relations import Relator
from tierkeeper.plugins.model.change import (
    Acknowledge,
    AddLabel,
    Applied,
    Assign,
    Change,
    Created,
    DeleteComment,
    Draft,
    EditComment,
    Marker,
    PostComment,
    Relate,
    RemoveLabel,
    SetField,
    SetState,
    SetText,
    Unassign,
    Unknown,
    Unrelate,
)
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.answer import Unknown as NoAnswer
from tierkeeper.plugins.transport.paths import quote_segment

C = TypeVar("C")

LONGEST_TEXT = 65_536
LONGEST_TITLE = 1024
ACKNOWLEDGED = "+1"
"""The reaction that says: taken note of."""

_CUT = "\n\n*(cut here: GitHub takes no more than 65,536 characters)*"


class _Unsure(Exception):  # ends the writes of one issue; the caller gets it as Unknown
    """Whether the last write was done is not known."""


class IssueWriter:
    """All that is written to one issue in one go."""

    def __init__(self, access: Access, queue: Queue, number: str) -> None:
        self._access = access
        self._queue = queue
        self._number = number
        self._path = issue_path(queue.place, number)
        self._labels: tuple[str, ...] | None = None
        self._updated: datetime | None = None
        self._comments: dict[str, str] = {}
        self._written: list[str] = []

    def apply(self, changes: Sequence[Change]) -> Applied | Unknown:
        """Write the changes. An error names what was written before it."""
        before = sum(self._access.transport.requests.values())
        try:
            self._write(changes)
        except _Unsure as unsure:
            return Unknown(f"{self._queue.place}#{self._number}: {unsure}{self._so_far()}")
        except TrackerError as error:
            error.args = (f"{error}{self._so_far()}", *error.args[1:])
            raise
        return Applied(
            updated=self._updated,
            labels=self._labels,
            comments=self._comments,
            requests=sum(self._access.transport.requests.values()) - before,
        )

    def _so_far(self) -> str:
        return f" (written before that: {', '.join(self._written)})" if self._written else ""

    def _write(self, changes: Sequence[Change]) -> None:
        native = [change for change in _of(SetField, changes) if change.name in NATIVE]
        fields = edit_of(self._access, self._queue.place, [one for one in _of(SetField, changes) if one not in native])
        self._add_labels([change.name for change in _of(AddLabel, changes)])
        for label in _of(RemoveLabel, changes):
            self._remove_label(label.name)
        self._patch(_of(SetState, changes), native, _of(SetText, changes))
        if fields is not None:
            self._written += fields.write(self._access, self._path, self._send)
        self._unassign([change.account for change in _of(Unassign, changes)])
        self._assign([change.account for change in _of(Assign, changes)])
        for post in _of(PostComment, changes):
            self._post(post)
        for edit in _of(EditComment, changes):
            self._edit(edit)
        for gone in _of(DeleteComment, changes):
            self._delete(gone.id)
        for seen in _of(Acknowledge, changes):
            self._acknowledge(seen.id)
        relator = Relator(self._access, self._queue.place, self._number, self._send)
        for parted in _of(Unrelate, changes):
            self._written.append(relator.unrelate(parted))
        for related in _of(Relate, changes):
            self._written.append(relator.relate(related))

    def _add_labels(self, names: list[str]) -> None:
        if not names:
            return
        self._labels = self._labels_in(self._send("POST", f"{self._path}/labels", {"labels": names}))
        self._demand_labels(names, self._labels)
        self._written.append(f"labels {', '.join(names)}")

    @staticmethod
    def _demand_labels(names: Iterable[str], borne: Iterable[str]) -> None:
        there = {name.casefold() for name in borne}
        missing = [name for name in names if name.casefold() not in there]
        if missing:
            raise WriteRefused(
                f"GitHub took the request but did not set {', '.join(map(repr, missing))}: no right to label? "
                "Give our account at least the triage role"
            )

    def _labels_in(self, answer: Answer | None) -> tuple[str, ...]:
        """The labels in an answer; asked for where it has none."""
        if answer is None or not answer.body:
            answer = self._access.transport.get(f"{self._path}/labels?per_page=100")
        return tuple(decode_label_names(answer))

    def _remove_label(self, name: str) -> None:
        try:
            self._labels = self._labels_in(self._send("DELETE", f"{self._path}/labels/{quote_segment(name)}"))
        except NotFound:
            self._labels = self._labels_in(None)  # somebody was faster, or the issue is gone: its labels tell which
        if name.casefold() in {label.casefold() for label in self._labels}:
            raise WriteRefused(f"GitHub took the request but {name!r} is still there: no right to label?")
        self._written.append(f"label {name} taken off")

    def _patch(self, states: list[SetState], fields: list[SetField], texts: list[SetText]) -> None:
        body: dict[str, Any] = {}
        for state in states:
            body["state"] = "open" if state.open else "closed"
            if state.reason:
                body["state_reason"] = state.reason.casefold().replace(" ", "_")
        for field in fields:
            if field.name == MILESTONE:
                body[MILESTONE] = _milestone(self._access, self._queue.place, field.value)
            else:
                body[field.name] = text_for_github(field.value or "").replace("\n", " ")[:LONGEST_TITLE]
        for text in texts:
            body["body"] = text_for_github(text.body)
        if not body:
            return
        issue = self._issue_in(self._send("PATCH", self._path, body))
        shown = {"state": issue.state, "state_reason": issue.state_reason, "title": issue.title, "body": issue.body}
        wrong = [name for name, value in body.items() if name in shown and not same_text(shown[name] or "", value)]
        if MILESTONE in body and body[MILESTONE] != (issue.milestone.number if issue.milestone is not None else None):
            wrong.append(MILESTONE)
        if wrong:
            raise WriteRefused(f"GitHub took the request but {' and '.join(wrong)} are not as asked: no right to it?")
        self._written.append(" and ".join(name for name in body if name != "state_reason"))

    def _assign(self, accounts: list[str]) -> None:
        if not accounts:
            return
        issue = self._issue_in(self._send("POST", f"{self._path}/assignees", {"assignees": accounts}))
        missing = [name for name in accounts if name.casefold() not in _people(issue)]
        if missing:
            raise WriteRefused(
                f"{', '.join(missing)} cannot be assigned: not a collaborator, or we have no right to assign"
            )
        self._written.append(f"assigned {', '.join(accounts)}")

    def _unassign(self, accounts: list[str]) -> None:
        if not accounts:
            return
        issue = self._issue_in(self._send("DELETE", f"{self._path}/assignees", {"assignees": accounts}))
        left = [name for name in accounts if name.casefold() in _people(issue)]
        if left:
            raise WriteRefused(f"{', '.join(left)} could not be taken off the issue: no right to assign?")
        self._written.append(f"took off {', '.join(accounts)}")

    def _post(self, change: PostComment) -> None:
        body = with_marker(change.body, change.marker)
        answer = self._access.transport.create(f"{self._path}/comments", {"body": body})
        comment = self._comment_in(self._sure(answer), body)
        self._comments[change.marker] = str(comment.id)
        self._written.append("a comment")

    def _edit(self, change: EditComment) -> None:
        body = with_marker(change.body, change.marker)
        path = f"{root(self._queue.place)}/issues/comments/{quote_segment(change.id)}"
        comment = self._comment_in(self._send("PATCH", path, {"body": body}), body)
        if str(comment.id) != change.id:
            raise WriteRefused(f"GitHub changed comment {comment.id}, not {change.id}")
        self._written.append(f"comment {change.id}")

    def _delete(self, comment: str) -> None:
        try:
            self._send("DELETE", f"{root(self._queue.place)}/issues/comments/{quote_segment(comment)}")
        except NotFound:
            # gone already, which is what was wanted; unless it is the issue or the repository that is gone
            self._access.transport.get(self._path)
        self._written.append(f"comment {comment} deleted")

    def _acknowledge(self, comment: str) -> None:
        path = f"{root(self._queue.place)}/issues/comments/{quote_segment(comment)}/reactions"
        try:
            # the same reaction twice is one, so that this may be sent again: 201 the first time, 200 after it
            reaction = self._send("POST", path, {"content": ACKNOWLEDGED}).decode(RawReaction)
        except NotFound:
            # the comment is gone, and there is nobody to tell; unless it is the issue or the repository that is gone
            self._access.transport.get(self._path)
            return
        if reaction.content != ACKNOWLEDGED:
            raise WriteRefused(f"comment {comment} bears {reaction.content!r}, not {ACKNOWLEDGED!r}")
        self._written.append(f"a reaction to comment {comment}")

    def _send(self, method: str, path: str, body: object | None = None) -> Answer:
        return self._sure(self._access.transport.write(method, path, body))

    @staticmethod
    def _sure(answer: Answer | NoAnswer) -> Answer:
        if isinstance(answer, NoAnswer):
            raise _Unsure(answer.reason)
        return answer

    def _issue_in(self, answer: Answer) -> RawIssue:
        issue = answer.decode(RawIssue)
        elsewhere = is_elsewhere(issue, self._queue.place, self._number)
        if elsewhere:
            raise WriteRefused(f"GitHub answered with another issue, {elsewhere}; what was asked may stand there")
        self._labels = label_names(issue)
        self._see(issue.updated_at)
        return issue

    def _comment_in(self, answer: Answer, body: str) -> RawComment:
        comment = answer.decode(RawComment)
        if not same_text(comment.body or "", body):
            raise WriteRefused(f"comment {comment.id} does not hold what was written")
        if comment.issue_url.rpartition("/")[2] != self._number:
            raise WriteRefused(f"comment {comment.id} stands on {comment.issue_url}, not on this issue")
        self._see(comment.updated_at)
        return comment

    def _see(self, moment: datetime) -> None:
        moment = moment.astimezone(UTC)
        self._updated = max(moment, self._updated or moment)


def create_issue(access: Access, queue: Queue, draft: Draft, marker: Marker) -> Created | Unknown:
    """Create an issue with our marker in its body; sent once."""
    body: dict[str, Any] = {
        "title": text_for_github(draft.title).replace("\n", " ")[:LONGEST_TITLE],
        "body": with_marker(draft.body, marker.desk, marker.key),
    }
    edit = FieldEdit(access.fields(queue.place), {k: v for k, v in draft.fields.items() if k != MILESTONE})
    if MILESTONE in draft.fields:
        body[MILESTONE] = _milestone(access, queue.place, draft.fields[MILESTONE])
    lists = {"labels": list(draft.labels), "assignees": list(draft.assignees), "issue_field_values": edit.values}
    answer = access.transport.create(f"{root(queue.place)}/issues", body | {k: v for k, v in lists.items() if v})
    if isinstance(answer, NoAnswer):
        return Unknown(f"{queue.place}: {answer.reason}")
    raw = answer.decode(RawIssue)
    made = f"#{raw.number} was created"
    if elsewhere := is_elsewhere(raw, queue.place, str(raw.number)):
        raise UnexpectedAnswer(f"{made}, but at {elsewhere}", status=answer.status)
    issue = to_issue(raw, queue.name, access.fields(queue.place))
    missing = _missing(draft.labels, issue.labels)
    if missing:
        raise WriteRefused(f"{made} without {', '.join(map(repr, missing))}: no right to label?")
    unassigned = _missing(draft.assignees, [account.id for account in issue.assignees])
    if unassigned:
        raise WriteRefused(f"{made}, but {', '.join(unassigned)} cannot be assigned: not a collaborator")
    if draft.fields.get(MILESTONE) != issue.fields.get(MILESTONE):
        raise WriteRefused(f"{made} without its milestone: no right to set it?")
    edit.demand(raw.issue_field_values)
    if not same_text(issue.body, body["body"]):
        raise WriteRefused(f"{made}, but its text is not what was written")
    return Created(issue)


def _milestone(access: Access, place: str, title: str | None) -> int | None:
    if title is None:
        return None
    known = access.milestones(place)
    if title not in known:
        raise WriteRefused(f"{place} has no milestone {title!r}: make it there")
    return known[title]


def _missing(asked: Iterable[str], shown: Iterable[str]) -> list[str]:
    there = {name.casefold() for name in shown}
    return [name for name in asked if name.casefold() not in there]


def _of(kind: type[C], changes: Sequence[Change]) -> list[C]:
    return [change for change in changes if isinstance(change, kind)]


def _people(issue: RawIssue) -> set[str]:
    return {user.login.casefold() for user in issue.assignees or ()}


def with_marker(text: str, *marker: str) -> str:
    """The text with its marker line below; cut, visibly, where GitHub would not take it."""
    if not all(marker):
        raise UsageError("what we write needs a marker, or it could not be found again")
    tail = f"\n\n{marker_line(*marker)}"
    text = text_for_github(text).rstrip()
    if len(text) + len(tail) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - len(tail) - len(_CUT)] + _CUT
    return text + tail


def text_for_github(text: str) -> str:
    """The text without control characters and halves of characters, which no issue should hold."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(mark for mark in plain if mark in "\n\t" or not _is_control(mark))


def _is_control(mark: str) -> bool:
    point = ord(mark)
    return point < 0x20 or 0x7F <= point <= 0x9F or 0xD800 <= point <= 0xDFFF  # noqa: PLR2004  # Unicode's own borders


def same_text(one: str, other: str) -> bool:
    """Whether two texts are equal but for line ends and blanks at the end."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
