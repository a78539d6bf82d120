"""Jira Cloud as a tracker: the port, each method a call into the module that does it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from tierkeeper.plugins.jira.access import SERVICE, Access
from tierkeeper.plugins.jira.attachments import attach_file, fetch_file, largest_file
from tierkeeper.plugins.jira.census import list_open
from tierkeeper.plugins.jira.checks import check_files, check_making, check_queue
from tierkeeper.plugins.jira.creating import create_issue
from tierkeeper.plugins.jira.feeds import Pull
from tierkeeper.plugins.jira.people import read_audience, read_members
from tierkeeper.plugins.jira.reading import find_issue, read_issue
from tierkeeper.plugins.jira.relations import link_kinds
from tierkeeper.plugins.jira.writes import IssueWriter
from tierkeeper.plugins.model.attachment import Attachment, File, Withheld
from tierkeeper.plugins.model.change import (
    Applied,
    Change,
    Created,
    Draft,
    Hint,
    Marker,
    NotThere,
    Unclear,
    Unknown,
    UnknownMembers,
)
from tierkeeper.plugins.model.desk import Queue, RoleSource
from tierkeeper.plugins.model.event import Gone, Snapshot
from tierkeeper.plugins.model.issue import Account, Ref
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.model.problem import Problem
from tierkeeper.plugins.tracker import Batch, Cursor, FieldSpec, LabelSpec, Listed


class JiraTracker:
    """One Jira site, reached with one account, for the thread that made it."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def account(self) -> Account:
        """Our own account."""
        return self._access.account()

    def pull(self, queue: Queue, cursor: Cursor) -> Iterator[Batch]:
        """What is new since `cursor`: issues with their events and comments."""
        return Pull(self._access, queue).batches(cursor)

    def read(self, ref: Ref, queue: Queue) -> Snapshot | Gone:
        """One issue now, with its events and comments."""
        with self._access.telling(str(ref)):
            return read_issue(self._access, queue, ref)

    def census(self, queue: Queue) -> Iterator[Listed]:
        """Every open issue of the project."""
        with self._access.telling(queue.place):
            yield from list_open(self._access, queue)

    def label_names(self, queue: Queue) -> Mapping[str, str]:  # noqa: ARG002  # a label in Jira is its name
        """None: another name is another label, and leaves its events."""
        return {}

    def apply(self, ref: Ref, queue: Queue, changes: Sequence[Change]) -> Applied | Unknown:
        """Write with the fewest requests. Raises WriteRefused where the issue does not show what was asked."""
        with self._access.telling(str(ref)):
            return IssueWriter(self._access, queue, ref.id).apply(changes)

    def create(self, queue: Queue, draft: Draft, marker: Marker) -> Created | Unknown:
        """Create an issue. Sent once, whatever happens."""
        with self._access.telling(queue.place):
            return create_issue(self._access, queue, draft, marker)

    def find(self, queue: Queue, marker: Marker, hint: Hint) -> Created | NotThere | Unclear:
        """Look at the keys that came since for what a create without an answer may have made."""
        return find_issue(self._access, queue, marker, hint)

    def largest_file(self, queue: Queue) -> int:
        """How many bytes a file may have on this site."""
        with self._access.telling(queue.place):
            return largest_file(self._access)

    def fetch(self, attachment: Attachment, into: BinaryIO, *, most: int) -> File | Withheld:
        """Read a file, piece by piece."""
        with self._access.telling(attachment.name):
            return fetch_file(self._access, attachment, into, most)

    def attach(self, ref: Ref, queue: Queue, file: File) -> Attachment | Withheld | Unknown:
        """Put a file on the issue. Sent once, whatever happens."""
        with self._access.telling(str(ref)):
            return attach_file(self._access, queue, ref.id, file)

    def members(self, source: RoleSource) -> frozenset[Account] | UnknownMembers:
        """Who is in a group or has a project role now."""
        with self._access.telling(str(source)):
            return read_members(self._access, source)

    def public_status(self, queue: Queue) -> bool:
        """Whether the project is a service project, and the policy lets its customers see a status comment."""
        if not self._access.options.public_status:
            return False
        with self._access.telling(queue.place):
            return self._access.project(queue.place).kind == SERVICE

    def audience(self, queue: Queue) -> Audience:
        """Who reads the project: those whom it names, unless its permission scheme is seen to let anybody in."""
        with self._access.telling(queue.place):
            return read_audience(self._access, queue.place)

    def milestones(self, queue: Queue) -> frozenset[str]:
        """The project's versions."""
        with self._access.telling(queue.place):
            return self._access.milestones(queue.place)

    def link_kinds(self, queue: Queue) -> frozenset[str]:
        """The site's types of links."""
        with self._access.telling(queue.place):
            return link_kinds(self._access)

    def check(
        self,
        queue: Queue,
        labels: Sequence[LabelSpec],  # noqa: ARG002  # Jira's labels are there as soon as they are used
        fields: Sequence[FieldSpec] = (),
    ) -> Iterator[Problem]:
        """What is wrong with the account, the project and its fields."""
        return check_queue(self._access, queue, fields)

    def check_making(self, queue: Queue, fields: Sequence[str]) -> Iterator[Problem]:
        """Whether we may create issues, and which required fields nobody fills."""
        return check_making(self._access, queue, fields)

    def check_files(self, queue: Queue) -> Iterator[Problem]:
        """Whether files are switched on, and whether we may add them and delete our own."""
        return check_files(self._access, queue)

    def create_labels(self, queue: Queue, labels: Sequence[LabelSpec]) -> tuple[str, ...]:  # noqa: ARG002  # as above
        """Nothing: a label in Jira needs no making."""
        return ()

    def requests(self) -> Mapping[str, int]:
        """How many requests were sent, by kind."""
        return dict(self._access.transport.requests.items())
