"""From GitHub's JSON to the model, pure: bytes are decoded straight into small structs, then converted.

A list of issues or comments that does not read as expected is an error, since the cursor must not pass an issue that
was not read. A single event may be passed over: GitHub adds kinds of events without notice.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, unquote

import msgspec

from tierkeeper.plugins.errors import UnexpectedAnswer
from tierkeeper.plugins.github.attached import files_in
from tierkeeper.plugins.github.fields import MILESTONE, NO_FIELDS, Fields, RawValue, shown_values
from tierkeeper.plugins.github.ties import RawWaits, relations_of
from tierkeeper.plugins.model.attachment import Attachment
from tierkeeper.plugins.model.event import Event, EventKind
from tierkeeper.plugins.model.issue import Account, AccountKind, Comment, Issue, Ref
from tierkeeper.plugins.transport.answer import UNREADABLE, Answer

T = TypeVar("T")

GHOST = "ghost"
"""Who GitHub shows in place of a deleted account."""

_MARKER = re.compile(r"^<!-- tierkeeper:([^\s>]+) -->[ \t]*\r?$", re.MULTILINE)
_SAFE_IN_MARKERS = ":#/@+,=()"

_Change = tuple[EventKind, str, str | None, str | None]
"""What an event changed, as the model has it: kind, name, before, after."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class RawUser(msgspec.Struct):
    """An account."""

    login: str
    type: str = "User"


class RawLabel(msgspec.Struct):
    """A label."""

    name: str | None = None


class RawApp(msgspec.Struct):
    """The App that something was done through."""

    slug: str | None = None


class RawMilestone(msgspec.Struct):
    """A milestone."""

    number: int
    title: str


class RawIssue(msgspec.Struct):
    """An issue; a pull request has `pull_request`."""

    number: int
    title: str
    state: str
    created_at: Moment
    updated_at: Moment
    body: str | None = None
    state_reason: str | None = None
    user: RawUser | None = None
    labels: list[str | RawLabel] = []
    assignees: list[RawUser] | None = None
    milestone: RawMilestone | None = None
    comments: int = 0
    locked: bool = False
    html_url: str = ""
    repository_url: str = ""
    pull_request: dict[str, Any] | None = None
    parent_issue_url: str | None = None
    issue_dependencies_summary: RawWaits | None = None
    issue_field_values: list[RawValue] | None = None


class RawComment(msgspec.Struct):
    """A comment on an issue or on a pull request."""

    id: int
    created_at: Moment
    updated_at: Moment
    issue_url: str
    body: str | None = None
    html_url: str = ""
    user: RawUser | None = None
    performed_via_github_app: RawApp | None = None


class RawReaction(msgspec.Struct):
    """A reaction to a comment."""

    content: str


class RawPlace(msgspec.Struct):
    """The issue that an event of a repository's feed belongs to."""

    number: int
    pull_request: dict[str, Any] | None = None


class RawRename(msgspec.Struct):
    """A title before and after."""

    before: str = msgspec.field(name="from")
    after: str = msgspec.field(name="to")


class RawEvent(msgspec.Struct):
    """Something that happened to an issue. A repository's feed says which; an issue's own list does not."""

    id: int
    event: str
    created_at: Moment
    actor: RawUser | None = None
    issue: RawPlace | None = None
    label: RawLabel | None = None
    assignee: RawUser | None = None
    assigner: RawUser | None = None
    rename: RawRename | None = None
    state_reason: str | None = None
    performed_via_github_app: RawApp | None = None


_ISSUES = msgspec.json.Decoder(list[RawIssue])
_COMMENTS = msgspec.json.Decoder(list[RawComment])
_EVENTS = msgspec.json.Decoder(list[RawEvent])
_USERS = msgspec.json.Decoder(list[RawUser])
_LABELS = msgspec.json.Decoder(list[RawLabel])
_ANYTHING = msgspec.json.Decoder(list[msgspec.Raw])


def decode_issues(answer: Answer) -> list[RawIssue]:
    """Give a page of issues."""
    return _decoded(_ISSUES, answer)


def decode_comments(answer: Answer) -> list[RawComment]:
    """Give a page of comments."""
    return _decoded(_COMMENTS, answer)


def decode_users(answer: Answer) -> list[RawUser]:
    """Give a page of accounts."""
    return _decoded(_USERS, answer)


def decode_label_names(answer: Answer) -> list[str]:
    """Give the names on a page of labels."""
    return [label.name for label in _decoded(_LABELS, answer) if label.name]


def decode_events(answer: Answer) -> list[RawEvent]:
    """Give a page of events, without those that do not read as events."""
    try:
        return _EVENTS.decode(answer.body)
    except UNREADABLE:
        return list(_readable(_decoded(_ANYTHING, answer)))


def _readable(rows: Iterable[msgspec.Raw]) -> Iterator[RawEvent]:
    for row in rows:
        try:
            yield msgspec.json.decode(row, type=RawEvent)
        except UNREADABLE:
            continue


def _decoded(decoder: "msgspec.json.Decoder[list[T]]", answer: Answer) -> list[T]:
    try:
        return decoder.decode(answer.body)
    except UNREADABLE as error:
        raise UnexpectedAnswer(
            f"{answer.place} answered {answer.status} with a list that does not read as expected ({error}); "
            "something between here and GitHub may have answered in its place",
            status=answer.status,
        ) from error


@lru_cache(maxsize=8192)
def _account(login: str, kind: str) -> Account:
    return Account(login, kind=_account_kind(login, kind))


def _account_kind(login: str, kind: str) -> AccountKind:
    if login == GHOST or kind == "Mannequin":  # a mannequin stands for an account that an import did not find
        return "deleted"
    return "bot" if kind == "Bot" or login.endswith("[bot]") else "human"


def to_account(user: RawUser | None) -> Account | None:
    """Give the account; None where GitHub shows none, which means that it was deleted."""
    return _account(user.login, user.type) if user is not None and user.login else None


def to_issue(raw: RawIssue, queue: str, fields: Fields = NO_FIELDS) -> Issue:
    """Give the issue; its number is both id and key. `fields` are the issue fields to read."""
    number = str(raw.number)
    native = shown_values(raw.issue_field_values, fields) if fields else {}
    if raw.milestone is not None:
        native[MILESTONE] = raw.milestone.title
    return Issue(
        ref=Ref(queue, number, number),
        title=raw.title,
        created=_utc(raw.created_at),
        updated=_utc(raw.updated_at),
        open=raw.state == "open",
        body=raw.body or "",
        reason=raw.state_reason or "",
        author=to_account(raw.user),
        labels=label_names(raw),
        assignees=tuple([_account(user.login, user.type) for user in raw.assignees or ()]),
        fields=native,
        comments=raw.comments,
        locked=raw.locked,
        url=raw.html_url,
        marker=read_marker(raw.body or ""),
        attachments=_files(raw),
        relations=relations_of(raw.repository_url, raw.parent_issue_url, raw.issue_dependencies_summary),
    )


def label_names(raw: RawIssue) -> tuple[str, ...]:
    """Give the names of an issue's labels, which GitHub may show as plain strings."""
    return tuple([name for label in raw.labels if (name := label if isinstance(label, str) else label.name)])


def to_comment(raw: RawComment) -> Comment | None:
    """Give the comment; None if it stands on a pull request."""
    if "/pull/" in raw.html_url or "/pulls/" in raw.issue_url:
        return None
    body = raw.body or ""
    return Comment(
        id=str(raw.id),
        issue=raw.issue_url.rpartition("/")[2],
        at=_utc(raw.created_at),
        updated=_utc(raw.updated_at),
        body=body,
        author=to_account(raw.user),
        app=_app(raw.performed_via_github_app),
        marker=read_marker(body),
        attachments=_files(raw),
    )


def _files(raw: RawIssue | RawComment) -> tuple[Attachment, ...]:
    by = raw.user.login if raw.user is not None else ""
    return files_in(raw.body or "", raw.html_url, at=raw.created_at, by=by)


def to_event(raw: RawEvent, number: int | None = None) -> Event | None:
    """Give the event; None if it says nothing of labels, people, state, title or place, or belongs to a pull request.

    `number` is the issue's, for an event that does not carry it.
    """
    if raw.issue is not None:
        if raw.issue.pull_request is not None:
            return None
        number = raw.issue.number
    read = _CHANGES.get(raw.event)
    change = read(raw) if read is not None else None
    if change is None or number is None:
        return None
    kind, name, before, after = change
    return Event(
        id=str(raw.id),
        issue=str(number),
        at=_utc(raw.created_at),
        kind=kind,
        name=name,
        before=before,
        after=after,
        # the actor of an assignment may be the assignee: only the assigner is known to have done it
        actor=to_account(raw.assigner if kind == "assignee" else raw.actor),
        app=_app(raw.performed_via_github_app),
    )


def _label_change(raw: RawEvent) -> _Change | None:
    name = raw.label.name if raw.label is not None else None
    if not name:
        return None
    return ("label", name, None, name) if raw.event == "labeled" else ("label", name, name, None)


def _assignment(raw: RawEvent) -> _Change:
    who = raw.assignee.login if raw.assignee is not None else GHOST
    return ("assignee", "", None, who) if raw.event == "assigned" else ("assignee", "", who, None)


def _closing(raw: RawEvent) -> _Change:
    return "state", raw.state_reason or "", "open", "closed"


def _reopening(raw: RawEvent) -> _Change:
    return "state", raw.state_reason or "", "closed", "open"


def _new_title(raw: RawEvent) -> _Change | None:
    return None if raw.rename is None else ("title", "", raw.rename.before, raw.rename.after)


_CHANGES: dict[str, Callable[[RawEvent], _Change | None]] = {
    "labeled": _label_change,
    "unlabeled": _label_change,
    "assigned": _assignment,
    "unassigned": _assignment,
    "closed": _closing,
    "reopened": _reopening,
    "renamed": _new_title,
    "transferred": lambda _: ("moved", "", None, None),
}
"""What each kind of event changed; None for halves of events. Other kinds are not ours."""


def _app(raw: RawApp | None) -> str:
    return (raw.slug or "(app)") if raw is not None else ""


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def marker_line(*parts: str) -> str:
    """Give the line that makes a comment or an issue recognisable; nobody sees it rendered."""
    return f"<!-- tierkeeper:{':'.join(quote(part, safe=_SAFE_IN_MARKERS) for part in parts)} -->"


def read_marker(body: str) -> str:
    """Give the key of the last marker that stands on a line of its own; empty if there is none."""
    if "<!-- tierkeeper:" not in body:
        return ""
    found = _MARKER.findall(body)
    return unquote(found[-1]) if found else ""
