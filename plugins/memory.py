"""The in-memory tracker: a fake you can read in a minute.

People act through its methods at given times; Tierkeeper acts through the port. It keeps whole history in two lists
and numbers every change: a cursor is the number of the last change that was read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from tierkeeper.plugins.errors import NotFound, WriteRefused
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
    Hint,
    LinkTo,
    Marker,
    NotThere,
    PostComment,
    RemoveLabel,
    SetField,
    SetState,
    SetText,
    Unassign,
    UnknownMembers,
    Unlink,
)
from tierkeeper.plugins.model.desk import Queue, RoleSource
from tierkeeper.plugins.model.event import Event, EventKind, Gone, Snapshot
from tierkeeper.plugins.model.issue import Account, Comment, Issue, Ref
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.model.problem import Problem
from tierkeeper.plugins.tracker import Batch, Cursor, LabelSpec, Listed

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class MemoryTracker:
    """A tracker with one queue. `now` is its clock, `teams` are the members by team, `labels` those it knows.

    `releases` is what issues can be meant for; `acknowledged` are the ids of comments that we have taken note of,
    `linked` the links of each issue by their key; `readers` is who reads the queue.
    """

    def __init__(self, queue: str = "memory", *, own: str = "tierkeeper", now: datetime = START) -> None:
        self.queue = queue
        self.own = Account(own)
        self.now = now
        self.teams: dict[str, set[str]] = {}
        self.labels: list[str] = []
        self.releases: set[str] = set()
        self.issues: dict[str, Issue] = {}
        self.events: list[Event] = []
        self.comments: dict[str, Comment] = {}
        self.acknowledged: set[str] = set()
        self.readers: Audience = "private"
        self.linked: dict[str, dict[str, tuple[str, str]]] = {}
        self._serial = 0
        self._changed: dict[tuple[str, str], int] = {}
        self._markers: dict[Marker, str] = {}
        self._requests = dict.fromkeys(("read", "write", "create"), 0)

    # -- what people do ------------------------------------------------------------------------------------------------

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by

    def create_issue(
        self, actor: str, title: str, body: str = "", *, labels: Iterable[str] = (), at: datetime | None = None
    ) -> str:
        """Somebody reports; gives the issue's id."""
        at = at or self.now
        key = str(len(self.issues) + 1)
        ref = Ref(self.queue, key, key)
        url = f"memory://{self.queue}/{key}"
        self.issues[key] = Issue(
            ref=ref, title=title, body=body, created=at, updated=at, open=True, author=_account(actor), url=url
        )
        self._mark("issue", key)
        for name in labels:
            self.add_label(actor, key, name, at=at)
        return key

    def add_label(self, actor: str, issue: str, name: str, *, at: datetime | None = None) -> None:
        """Put a label on, if it is not there."""
        held = self._issue(issue).labels
        if name.casefold() not in {label.casefold() for label in held}:
            self._event(actor, issue, "label", name=name, after=name, at=at)
            self._edit(issue, at, labels=(*held, name))
            self.labels += [name] if name not in self.labels else []

    def remove_label(self, actor: str, issue: str, name: str, *, at: datetime | None = None) -> None:
        """Take a label off, if it is there."""
        held = self._issue(issue).labels
        left = tuple(label for label in held if label.casefold() != name.casefold())
        if left != held:
            self._event(actor, issue, "label", name=name, before=name, at=at)
            self._edit(issue, at, labels=left)

    def assign(self, actor: str, issue: str, account: str, *, at: datetime | None = None) -> None:
        """Give the issue to somebody."""
        held = self._issue(issue).assignees
        if account not in {one.id for one in held}:
            self._event(actor, issue, "assignee", after=account, at=at)
            self._edit(issue, at, assignees=(*held, _account(account)))

    def unassign(self, actor: str, issue: str, account: str, *, at: datetime | None = None) -> None:
        """Take the issue from somebody."""
        held = self._issue(issue).assignees
        if account in {one.id for one in held}:
            self._event(actor, issue, "assignee", before=account, at=at)
            self._edit(issue, at, assignees=tuple(one for one in held if one.id != account))

    def close(self, actor: str, issue: str, reason: str = "completed", *, at: datetime | None = None) -> None:
        """Close the issue."""
        if self._issue(issue).open:
            self._event(actor, issue, "state", name=reason, before="open", after="closed", at=at)
            self._edit(issue, at, open=False, reason=reason)

    def reopen(self, actor: str, issue: str, *, at: datetime | None = None) -> None:
        """Open the issue again."""
        if not self._issue(issue).open:
            self._event(actor, issue, "state", before="closed", after="open", at=at)
            self._edit(issue, at, open=True, reason="")

    def set_field(self, actor: str, issue: str, name: str, value: str | None, *, at: datetime | None = None) -> None:
        """Give a native field a value, or none."""
        fields = dict(self._issue(issue).fields)
        before = fields.pop(name, None)
        if before != value:
            self._event(actor, issue, "field", name=name, before=before, after=value, at=at)
            self._edit(issue, at, fields=fields | ({name: value} if value is not None else {}))

    def rename(self, actor: str, issue: str, title: str, *, at: datetime | None = None) -> None:
        """Give the issue another title."""
        self._event(actor, issue, "title", before=self._issue(issue).title, after=title, at=at)
        self._edit(issue, at, title=title)

    def comment(self, actor: str, issue: str, body: str, *, marker: str = "", at: datetime | None = None) -> str:
        """Say something; gives the comment's id."""
        self._serial += 1
        at, key = at or self.now, str(self._serial)
        author = _account(actor)
        self._edit(issue, at, comments=self._issue(issue).comments + 1)
        self.comments[key] = Comment(id=key, issue=issue, at=at, updated=at, body=body, author=author, marker=marker)
        self._mark("comment", key)
        return key

    def edit_comment(self, comment: str, body: str, *, at: datetime | None = None) -> None:
        """Change what was said; like other trackers this one does not keep who did it."""
        at, known = at or self.now, self._comment(comment)
        self.comments[comment] = replace(known, body=body, updated=max(at, known.updated))
        self._mark("comment", comment)
        self._edit(known.issue, at)

    def delete_comment(self, comment: str) -> None:
        """Take back what was said."""
        gone = self._comment(comment)
        del self.comments[comment]
        self._edit(gone.issue, gone.updated, comments=self._issue(gone.issue).comments - 1)

    def delete_issue(self, issue: str) -> None:
        """Delete the issue with all that belongs to it."""
        del self.issues[issue]
        self.events = [event for event in self.events if event.issue != issue]
        self.comments = {key: comment for key, comment in self.comments.items() if comment.issue != issue}

    def rename_label(self, old: str, new: str) -> None:
        """Give a label another name: as on other trackers no issue is touched by it, and no event tells."""
        self.labels[self.labels.index(old)] = new
        for key, one in self.issues.items():
            self.issues[key] = replace(one, labels=tuple(new if name == old else name for name in one.labels))

    # -- the port ------------------------------------------------------------------------------------------------------

    def account(self) -> Account:
        """Our own account."""
        return self.own

    def pull(self, queue: Queue, cursor: Cursor) -> Iterator[Batch]:
        """All that changed since `cursor`, in one batch."""
        self._requests["read"] += 1
        known = int(cursor or 0)
        fresh = {key for key, serial in self._changed.items() if serial > known}
        if fresh:
            yield Batch(
                cursor=str(self._serial),
                issues=tuple(self._shown(one, queue) for key, one in self.issues.items() if ("issue", key) in fresh),
                events=tuple(one for one in self.events if ("event", one.id) in fresh),
                comments=tuple(one for key, one in self.comments.items() if ("comment", key) in fresh),
            )

    def read(self, ref: Ref, queue: Queue) -> Snapshot | Gone:
        """One issue now."""
        self._requests["read"] += 1
        if ref.id not in self.issues:
            return Gone("deleted")
        return Snapshot(
            issue=self._shown(self.issues[ref.id], queue),
            events=tuple(sorted((one for one in self.events if one.issue == ref.id), key=lambda one: one.at)),
            comments=tuple(one for one in self.comments.values() if one.issue == ref.id),
        )

    def census(self, queue: Queue) -> Iterator[Listed]:  # noqa: ARG002  # the port's signature
        """Every open issue."""
        self._requests["read"] += 1
        return iter(
            [Listed(key, one.ref.key, one.labels, one.comments) for key, one in self.issues.items() if one.open]
        )

    def label_names(self, queue: Queue) -> Mapping[str, str]:  # noqa: ARG002  # the port's signature
        """The labels, by their place in the list."""
        self._requests["read"] += 1
        return {str(place): name for place, name in enumerate(self.labels)}

    def apply(self, ref: Ref, queue: Queue, changes: Sequence[Change]) -> Applied:
        """Write as our own account."""
        made = {}
        for change in changes:
            self._requests["write"] += 1
            if isinstance(change, PostComment):
                made[change.marker] = self.comment(self.own.id, ref.id, change.body, marker=change.marker)
            else:
                self._write(ref.id, change)
        issue = self._shown(self._issue(ref.id), queue)
        return Applied(updated=issue.updated, labels=issue.labels, comments=made, requests=len(changes))

    def _write(self, issue: str, change: Change) -> None:
        own = self.own.id
        match change:
            case AddLabel(name):
                self.add_label(own, issue, name)
            case RemoveLabel(name):
                self.remove_label(own, issue, name)
            case SetField("title", value):
                self.rename(own, issue, value or "")
            case SetField(name, value):
                self.set_field(own, issue, name, value)
            case SetText(body):
                self._edit(issue, None, body=body)
            case SetState(True):
                self.reopen(own, issue)
            case SetState(False, reason):
                self.close(own, issue, reason or "completed")
            case Assign(account):
                self.assign(own, issue, account)
            case Unassign(account):
                self.unassign(own, issue, account)
            case LinkTo(url, title, key):
                self.linked.setdefault(issue, {})[key] = (url, title)
            case Unlink(key):
                self.linked.get(issue, {}).pop(key, None)
            case _:
                self._write_comment(issue, change)

    def _write_comment(self, issue: str, change: Change) -> None:
        match change:
            case EditComment(comment, body):
                self.edit_comment(comment, body)
            case DeleteComment(comment):
                self.delete_comment(comment)
            case Acknowledge(comment):
                self.acknowledged.add(self._comment(comment).id)
            case _:
                raise WriteRefused(f"{self.queue}#{issue}: nobody knows how to write {change!r}")

    def create(self, queue: Queue, draft: Draft, marker: Marker) -> Created:
        """Create an issue as our own account."""
        self._requests["create"] += 1
        key = self.create_issue(self.own.id, draft.title, draft.body, labels=draft.labels)
        for account in draft.assignees:
            self.assign(self.own.id, key, account)
        for name, value in draft.fields.items():
            self.set_field(self.own.id, key, name, value)
        self._markers[marker] = key
        self._edit(key, None, marker=marker.text)
        return Created(self._shown(self.issues[key], queue))

    def find(self, queue: Queue, marker: Marker, hint: Hint) -> Created | NotThere:  # noqa: ARG002  # the port's signature
        """Look for what was created with this marker."""
        issue = self.issues.get(self._markers.get(marker, ""))
        return Created(self._shown(issue, queue)) if issue else NotThere()

    def members(self, source: RoleSource) -> frozenset[Account] | UnknownMembers:
        """Who is in a team."""
        if source.name not in self.teams:
            return UnknownMembers(f"there is no team {source.name}")
        return frozenset(_account(name) for name in self.teams[source.name])

    def public_status(self, queue: Queue) -> bool:  # noqa: ARG002  # the port's signature
        """Nobody reads here but the desk."""
        return False

    def audience(self, queue: Queue) -> Audience:  # noqa: ARG002  # the port's signature
        """Whoever a test says."""
        self._requests["read"] += 1
        return self.readers

    def milestones(self, queue: Queue) -> frozenset[str]:  # noqa: ARG002  # the port's signature
        """What issues can be meant for."""
        return frozenset(self.releases)

    def check(self, queue: Queue, labels: Sequence[LabelSpec]) -> Iterator[Problem]:
        """Which labels are missing."""
        missing = [spec.name for spec in labels if spec.name not in self.labels]
        if missing:
            yield Problem(key=queue.name, message=f"labels are missing: {', '.join(missing)}", fatal=False)

    def check_making(self, queue: Queue, fields: Sequence[str]) -> Iterator[Problem]:  # noqa: ARG002  # the port's signature
        """Nothing."""
        return iter(())

    def create_labels(self, queue: Queue, labels: Sequence[LabelSpec]) -> tuple[str, ...]:  # noqa: ARG002  # the port's signature
        """Make those that are missing."""
        missing = tuple(spec.name for spec in labels if spec.name not in self.labels)
        self.labels += missing
        return missing

    def requests(self) -> Mapping[str, int]:
        """How many calls came through the port, by kind."""
        return dict(self._requests)

    # -- what both use -------------------------------------------------------------------------------------------------

    def _issue(self, issue: str) -> Issue:
        if issue not in self.issues:
            raise NotFound(f"{self.queue}#{issue}: there is no such issue")
        return self.issues[issue]

    def _comment(self, comment: str) -> Comment:
        if comment not in self.comments:
            raise NotFound(f"{self.queue}: there is no comment {comment}")
        return self.comments[comment]

    def _shown(self, issue: Issue, queue: Queue) -> Issue:
        return replace(issue, ref=replace(issue.ref, queue=queue.name))

    def _event(self, actor: str, issue: str, kind: EventKind, *, at: datetime | None, **change: Any) -> None:
        self._serial += 1
        self.events.append(
            Event(id=str(self._serial), issue=issue, at=at or self.now, kind=kind, actor=_account(actor), **change)
        )
        self._mark("event", str(self._serial))

    def _edit(self, issue: str, at: datetime | None, **values: Any) -> None:
        known = self._issue(issue)
        self.issues[issue] = replace(known, updated=max(known.updated, at or self.now), **values)
        self._mark("issue", issue)

    def _mark(self, kind: str, key: str) -> None:
        self._serial += 1
        self._changed[kind, key] = self._serial


def _account(name: str) -> Account:
    return Account(name, kind="bot" if name.endswith("[bot]") else "human")
