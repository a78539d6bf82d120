"""GitHub Issues as a tracker: the port, each method a call into the module that does it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from tierkeeper.plugins.github.access import Access
from tierkeeper.plugins.github.attachments import fetch_file
from tierkeeper.plugins.github.census import list_labels, list_open
from tierkeeper.plugins.github.checks import check_queue, create_missing
from tierkeeper.plugins.github.feeds import Pull
from tierkeeper.plugins.github.people import read_members
from tierkeeper.plugins.github.reading import find_issue, read_issue
from tierkeeper.plugins.github.writes import IssueWriter, create_issue
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
from tierkeeper.plugins.model.relation import BLOCKS
from tierkeeper.plugins.tracker import Batch, Cursor, FieldSpec, LabelSpec, Listed


class GitHubTracker:
    """One GitHub, reached with one account, for the thread that made it."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def account(self) -> Account:
        """Our own account."""
        return self._access.account()

    def pull(self, queue: Queue, cursor: Cursor) -> Iterator[Batch]:
        """What is new since `cursor`: issues, then events, then comments."""
        return Pull(self._access, queue).batches(cursor)

    def read(self, ref: Ref, queue: Queue) -> Snapshot | Gone:
        """One issue now, with its events and comments."""
        with self._access.telling(f"{queue.place}#{ref.id}"):
            return read_issue(self._access, queue, ref)

    def census(self, queue: Queue) -> Iterator[Listed]:
        """Every open issue of the repository."""
        with self._access.telling(queue.place):
            yield from list_open(self._access, queue)

    def label_names(self, queue: Queue) -> Mapping[str, str]:
        """The labels of the repository by their ids, which outlive a new name."""
        with self._access.telling(queue.place):
            return list_labels(self._access, queue)

    def apply(self, ref: Ref, queue: Queue, changes: Sequence[Change]) -> Applied | Unknown:
        """Write with the fewest requests. Raises WriteRefused where an answer differs from what was asked."""
        with self._access.telling(f"{queue.place}#{ref.id}"):
            return IssueWriter(self._access, queue, ref.id).apply(changes)

    def create(self, queue: Queue, draft: Draft, marker: Marker) -> Created | Unknown:
        """Create an issue. Sent once, whatever happens."""
        with self._access.telling(queue.place):
            return create_issue(self._access, queue, draft, marker)

    def find(self, queue: Queue, marker: Marker, hint: Hint) -> Created | NotThere | Unclear:
        """Look in the issue list for what a create without an answer may have made."""
        return find_issue(self._access, queue, marker, hint)

    def largest_file(self, queue: Queue) -> int:  # noqa: ARG002  # GitHub has no API for files
        """None: files are part of texts, and only browsers add them."""
        return 0

    def fetch(self, attachment: Attachment, into: BinaryIO, *, most: int) -> File | Withheld:
        """Read a file that a text leads to."""
        with self._access.telling(attachment.name):
            return fetch_file(self._access, attachment, into, most)

    def attach(self, ref: Ref, queue: Queue, file: File) -> Withheld:  # noqa: ARG002  # as above
        """Nothing can be added."""
        return Withheld("GitHub takes files from browsers only")

    def members(self, source: RoleSource) -> frozenset[Account] | UnknownMembers:
        """Who is in a team now, the teams below it included."""
        with self._access.telling(str(source)):
            return read_members(self._access, source)

    def public_status(self, queue: Queue) -> bool:  # noqa: ARG002  # GitHub has no internal comments: all read the one
        """No second status comment: everybody reads the same."""
        return False

    def audience(self, queue: Queue) -> Audience:
        """Who reads the repository: all the world, or those whom it names (an organisation's own are among these)."""
        with self._access.telling(queue.place):
            return "private" if self._access.repository(queue.place, fresh=True).private else "public"

    def milestones(self, queue: Queue) -> frozenset[str]:
        """The repository's milestones."""
        with self._access.telling(queue.place):
            return frozenset(self._access.milestones(queue.place))

    def link_kinds(self, queue: Queue) -> frozenset[str]:  # noqa: ARG002  # the same everywhere
        """That one blocks another."""
        return frozenset({BLOCKS})

    def check(self, queue: Queue, labels: Sequence[LabelSpec], fields: Sequence[FieldSpec] = ()) -> Iterator[Problem]:
        """What is wrong with the account, the repository, its labels and its organisation's issue fields."""
        return check_queue(self._access, queue, labels, fields)

    def check_making(self, queue: Queue, fields: Sequence[str]) -> Iterator[Problem]:  # noqa: ARG002  # `check` looks at fields
        """Nothing besides: a new issue takes all fields that there are."""
        return iter(())

    def check_files(self, queue: Queue) -> Iterator[Problem]:  # noqa: ARG002  # `largest_file` says that there are none
        """Nothing: none is copied here."""
        return iter(())

    def create_labels(self, queue: Queue, labels: Sequence[LabelSpec]) -> tuple[str, ...]:
        """Make the labels that are missing; their names."""
        with self._access.telling(queue.place):
            return create_missing(self._access, queue, labels)

    def requests(self) -> Mapping[str, int]:
        """How many requests were sent, by kind."""
        return dict(self._access.transport.requests.items())
