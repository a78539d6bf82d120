"""The port that every tracker fills: read what is new or one issue, write, create, find, and say who is in a role."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO, NamedTuple, Protocol, runtime_checkable

import msgspec
from pydantic import BaseModel

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
from tierkeeper.plugins.model.event import Event, Gone, Snapshot
from tierkeeper.plugins.model.issue import Account, Comment, Issue, Ref
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.model.problem import Problem
from tierkeeper.plugins.transport.ports import Budget, Etags, Kept, Wall

Cursor = str
"""How far a queue was read: the tracker's own text, opaque to everybody else; empty before the first reading."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what is new, that can be stored together with the cursor behind it.

    `incomplete` are the ids of issues whose older events cannot be had. `gone` were looked at directly.
    """

    cursor: Cursor
    issues: tuple[Issue, ...] = ()
    events: tuple[Event, ...] = ()
    comments: tuple[Comment, ...] = ()
    gone: tuple[Ref, ...] = ()
    incomplete: tuple[str, ...] = ()


class Listed(NamedTuple):
    """An open issue in a census: its `Ref.id` and `Ref.key`, its labels, and how many comments it has."""

    id: str
    key: str
    labels: tuple[str, ...]
    comments: int


class LabelSpec(msgspec.Struct, frozen=True):
    """A label that the desk needs: name, what it means, colour (six hexadecimal digits)."""

    name: str
    description: str = ""
    color: str = "ededed"


class FieldSpec(msgspec.Struct, frozen=True):
    """A native field that the desk keeps a facet in: the values that it has to take; empty: any.

    `time`: it is given times, or their days, in ISO 8601.
    """

    name: str
    facet: str
    values: tuple[str, ...] = ()
    time: bool = False


@runtime_checkable
class Tracker(Protocol):
    """One tracker, reached with one account. Not shared between threads. Raises `TrackerError`."""

    def account(self) -> Account:
        """Our own account."""
        ...

    def pull(self, queue: Queue, cursor: Cursor) -> Iterator[Batch]:
        """What is new since `cursor`, oldest first. Each batch may be stored with its cursor as it comes."""
        ...

    def read(self, ref: Ref, queue: Queue) -> Snapshot | Gone:
        """One issue now, with its events and comments, read-after-write consistent."""
        ...

    def census(self, queue: Queue) -> Iterator[Listed]:
        """Every open issue of the place. Raises rather than come to an end too early."""
        ...

    def label_names(self, queue: Queue) -> Mapping[str, str]:
        """The labels of the place by what identifies them when they are renamed; empty where nothing does."""
        ...

    def apply(self, ref: Ref, queue: Queue, changes: Sequence[Change]) -> Applied | Unknown:
        """Write with the fewest requests. Raises WriteRefused where an answer differs from what was asked.

        A tracker without a sign for it writes nothing for an `Acknowledge`.
        """
        ...

    def create(self, queue: Queue, draft: Draft, marker: Marker) -> Created | Unknown:
        """Create an issue. Sent once, whatever happens."""
        ...

    def find(self, queue: Queue, marker: Marker, hint: Hint) -> Created | NotThere | Unclear:
        """Look for what a create without an answer may have made, in a place that is read-after-write consistent."""
        ...

    def largest_file(self, queue: Queue) -> int:
        """How many bytes a file on an issue may have; looked up once a day. 0: issues have no files here."""
        ...

    def fetch(self, attachment: Attachment, into: BinaryIO, *, most: int) -> File | Withheld:
        """Read a file, piece by piece; one of more than `most` bytes is withheld."""
        ...

    def attach(self, ref: Ref, queue: Queue, file: File) -> Attachment | Withheld | Unknown:
        """Put a file on the issue. Sent once, whatever happens."""
        ...

    def members(self, source: RoleSource) -> frozenset[Account] | UnknownMembers:
        """Who is in a role now, nested groups included."""
        ...

    def public_status(self, queue: Queue) -> bool:
        """Whether customers read the issues, and are to see a status comment of their own."""
        ...

    def audience(self, queue: Queue) -> Audience:
        """Who reads the place now, asked anew: the public where anybody can, and where that cannot be ruled out."""
        ...

    def milestones(self, queue: Queue) -> frozenset[str]:
        """The names of what issues of the place can be meant for: milestones, versions; looked up once a day."""
        ...

    def link_kinds(self, queue: Queue) -> frozenset[str]:
        """The kinds of links that there are between issues of the place, besides parents."""
        ...

    def check(self, queue: Queue, labels: Sequence[LabelSpec], fields: Sequence[FieldSpec] = ()) -> Iterator[Problem]:
        """What is wrong with the account, the queue, its labels and fields."""
        ...

    def check_making(self, queue: Queue, fields: Sequence[str]) -> Iterator[Problem]:
        """What keeps a mirror from making twins in the queue that are given these native fields."""
        ...

    def check_files(self, queue: Queue) -> Iterator[Problem]:
        """What keeps a mirror from copying files to issues of the queue, and from taking them back."""
        ...

    def create_labels(self, queue: Queue, labels: Sequence[LabelSpec]) -> tuple[str, ...]:
        """Make those that are missing; their names."""
        ...

    def requests(self) -> Mapping[str, int]:
        """How many requests were sent, by kind: ``read``, ``write``, ``create``."""
        ...


class Ports(msgspec.Struct, frozen=True):
    """What a tracker is given: the rate budget, validators, look-ups kept for a while, wall time, secrets."""

    budget: Budget
    etags: Etags
    kept: Kept
    wall: Wall
    secret: Callable[[str], str | None]


class TrackerPlugin(msgspec.Struct, frozen=True, kw_only=True):
    """What a tracker plugin hands in: its name in the policy, its options, and how to make one.

    `secrets` are the names it will ask `Ports.secret` for, with one line each on what they are. `place` is the key
    under ``queues:`` that says where issues live (``repository``, ``project``). `role_kinds` are the kinds of role
    source, `map_kinds` those of places for a facet, `silent_kinds` those of them whose changes no history tells;
    `assignees` is how many an issue can have, `longest_title` and `longest_text` how many characters its title and its
    texts. `milestone` is the native field that says for which releases an issue is meant, one a line; empty: there is
    none. `documents`: texts are kept as Atlassian's documents, not as Markdown. `label_spaces`: labels may hold spaces.
    `files`: issues have files of their own, besides those that texts lead to. `relations` are the
    kinds of relations between issues (`Relation.kind`), or `ANY_LINK` for all links.
    """

    name: str
    options: type[BaseModel]
    make: Callable[[str, BaseModel, Ports], Tracker]
    place: str
    role_kinds: tuple[str, ...]
    map_kinds: tuple[str, ...]
    silent_kinds: tuple[str, ...] = ()
    assignees: int = 10
    longest_title: int = 255
    milestone: str = ""
    longest_text: int = 65_536
    documents: bool = False
    label_spaces: bool = True
    relations: tuple[str, ...] = ()
    files: bool = False
    secrets: Mapping[str, str] = {}
