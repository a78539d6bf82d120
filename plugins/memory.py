"""The in-memory tracker: a fake you can read in a minute.

People act through the methods of its place, at given times; Tierkeeper acts through the port. Every change is numbered:
a cursor is the number of the last change that was read.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import BinaryIO

from msgspec.structs import replace

from tierkeeper.plugins.errors import WriteRefused
from tierkeeper.plugins.memory_place import MemoryPlace, account_of
from tierkeeper.plugins.model.attachment import Attachment, File, Withheld
from tierkeeper.plugins.model.change import (
    Acknowledge,
    AddLabel,
    Applied,
    Assign,
    Change,
    Created,
    DeleteComment,
    Detach,
    Draft,
    EditComment,
    Hint,
    LinkTo,
    Marker,
    NotThere,
    PostComment,
    Relate,
    RemoveLabel,
    SetField,
    SetState,
    SetText,
    Unassign,
    UnknownMembers,
    Unlink,
    Unrelate,
)
from tierkeeper.plugins.model.desk import Queue, RoleSource
from tierkeeper.plugins.model.event import Gone, Snapshot
from tierkeeper.plugins.model.issue import Account, Issue, Ref
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.model.problem import Problem
from tierkeeper.plugins.tracker import Batch, Cursor, FieldSpec, LabelSpec, Listed


class MemoryTracker(MemoryPlace):
    """The tracker: acts of our own account on the one queue."""

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
            case _:
                self._write_apart(issue, change)

    def _write_apart(self, issue: str, change: Change) -> None:
        """What is no part of the issue itself."""
        match change:
            case LinkTo(url, title, key):
                self.linked.setdefault(issue, {})[key] = (url, title)
            case Relate(kind, other):
                self.relate(issue, kind, other)
            case Unrelate(kind, other):
                self.unrelate(issue, kind, other)
            case Unlink(key):
                self.linked.get(issue, {}).pop(key, None)
            case Detach(file):
                self.detach(issue, file)
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

    def largest_file(self, queue: Queue) -> int:  # noqa: ARG002  # the port's signature
        """Whatever a test says."""
        return self.room

    def fetch(self, attachment: Attachment, into: BinaryIO, *, most: int) -> File | Withheld:
        """Read a file."""
        self._requests["read"] += 1
        content = self.files.get(attachment.id)
        if content is None or len(content) > most:
            return Withheld("nobody has it" if content is None else f"it has more than {most:,} bytes")
        into.write(content)
        digest = sha256(content).hexdigest()
        return File(name=attachment.name, mime=attachment.mime, size=len(content), digest=digest, content=into)

    def attach(self, ref: Ref, queue: Queue, file: File) -> Attachment | Withheld:  # noqa: ARG002  # the port's signature
        """Put a file on the issue as our own account."""
        self._requests["create"] += 1
        if file.size > self.room:
            return Withheld(f"it has more than {self.room:,} bytes")
        file.content.seek(0)
        return self.add_file(self.own.id, ref.id, file.name, file.content.read())

    def members(self, source: RoleSource) -> frozenset[Account] | UnknownMembers:
        """Who is in a team."""
        if source.name not in self.teams:
            return UnknownMembers(f"there is no team {source.name}")
        return frozenset(account_of(name) for name in self.teams[source.name])

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

    def link_kinds(self, queue: Queue) -> frozenset[str]:  # noqa: ARG002  # the port's signature
        """None."""
        return frozenset()

    def check(
        self,
        queue: Queue,
        labels: Sequence[LabelSpec],
        fields: Sequence[FieldSpec] = (),  # noqa: ARG002  # the port's signature
    ) -> Iterator[Problem]:
        """Which labels are missing."""
        missing = [spec.name for spec in labels if spec.name not in self.labels]
        if missing:
            yield Problem(key=queue.name, message=f"labels are missing: {', '.join(missing)}", fatal=False)

    def check_making(self, queue: Queue, fields: Sequence[str]) -> Iterator[Problem]:  # noqa: ARG002  # the port's signature
        """Nothing."""
        return iter(())

    def check_files(self, queue: Queue) -> Iterator[Problem]:  # noqa: ARG002  # the port's signature
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

    def _shown(self, issue: Issue, queue: Queue) -> Issue:
        return replace(issue, ref=replace(issue.ref, queue=queue.name))
