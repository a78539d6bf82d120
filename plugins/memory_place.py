"""What people do in the in-memory tracker, at given times: whole history in two lists, every change numbered."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from tierkeeper.plugins.errors import NotFound
from tierkeeper.plugins.model.attachment import Attachment
from tierkeeper.plugins.model.change import Marker
from tierkeeper.plugins.model.event import Event, EventKind
from tierkeeper.plugins.model.issue import Account, Comment, Issue, Ref
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.model.relation import Relation

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class MemoryPlace:
    """The one queue of a tracker. `now` is its clock, `teams` are the members by team, `labels` those it knows.

    `releases` is what issues can be meant for; `acknowledged` are the ids of comments that we have taken note of,
    `linked` the links of each issue by their key; `readers` is who reads the queue; `files` is what is in each file, by
    its id, and `room` how many bytes one may have.
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
        self.files: dict[str, bytes] = {}
        self.room = 1_000_000
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
            ref=ref, title=title, body=body, created=at, updated=at, open=True, author=account_of(actor), url=url
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
            self._edit(issue, at, assignees=(*held, account_of(account)))

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
        author = account_of(actor)
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

    def add_file(self, actor: str, issue: str, name: str, content: bytes, *, at: datetime | None = None) -> Attachment:
        """Put a file on the issue."""
        self._serial += 1
        key, known = str(self._serial), self._issue(issue)
        url = f"{known.url}/{key}"
        made = Attachment(id=key, name=name, created=at or self.now, size=len(content), by=actor, url=url)
        self.files[key] = content
        self._edit(issue, at, attachments=(*known.attachments, made))
        return made

    def detach(self, issue: str, file: str) -> None:
        """Take a file off the issue; one that is gone is as good."""
        self.files.pop(file, None)
        self._edit(issue, None, attachments=tuple(one for one in self._issue(issue).attachments if one.id != file))

    def relate(self, issue: str, kind: str, other: str) -> None:
        """Let another issue be this to the issue."""
        self._edit(issue, None, relations=tuple(sorted({*self._issue(issue).relations, Relation(kind, other)})))

    def unrelate(self, issue: str, kind: str, other: str) -> None:
        """Let it be that no longer."""
        self._edit(issue, None, relations=tuple({*self._issue(issue).relations} - {Relation(kind, other)}))

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

    # -- what both use -------------------------------------------------------------------------------------------------

    def _issue(self, issue: str) -> Issue:
        if issue not in self.issues:
            raise NotFound(f"{self.queue}#{issue}: there is no such issue")
        return self.issues[issue]

    def _comment(self, comment: str) -> Comment:
        if comment not in self.comments:
            raise NotFound(f"{self.queue}: there is no comment {comment}")
        return self.comments[comment]

    def _event(self, actor: str, issue: str, kind: EventKind, *, at: datetime | None, **change: Any) -> None:
        self._serial += 1
        self.events.append(
            Event(id=str(self._serial), issue=issue, at=at or self.now, kind=kind, actor=account_of(actor), **change)
        )
        self._mark("event", str(self._serial))

    def _edit(self, issue: str, at: datetime | None, **values: Any) -> None:
        known = self._issue(issue)
        self.issues[issue] = replace(known, updated=max(known.updated, at or self.now), **values)
        self._mark("issue", issue)

    def _mark(self, kind: str, key: str) -> None:
        self._serial += 1
        self._changed[kind, key] = self._serial


def account_of(name: str) -> Account:
    """An account of that name; programs are known by theirs."""
    return Account(name, kind="bot" if name.endswith("[bot]") else "human")
