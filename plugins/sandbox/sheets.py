"""What a platform hands over to be shown: a board of issues, and one issue with its history."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from tierkeeper.plugins.sandbox.elements import Html


class Label(NamedTuple):
    """A label, and its colour as six hexadecimal digits if the platform gives it one."""

    name: str
    color: str = ""


class Person(NamedTuple):
    """Who did something: the names that it may be known by, the one to show first."""

    names: tuple[str, ...]

    @property
    def shown(self) -> str:
        """What people read."""
        return self.names[0]


class Card(NamedTuple):
    """An open issue on a board; `path` leads to its sheet."""

    key: str
    path: str
    title: str
    owners: tuple[str, ...]
    labels: tuple[Label, ...]
    updated: datetime


class Board(NamedTuple):
    """The open issues of a repository or project, the latest first; `tiers` in the order of their columns."""

    place: str
    tiers: Sequence[str]
    cards: Sequence[Card]
    closed: int


class Entry(NamedTuple):
    """A comment or an event: `said` is what follows the person's name, `body` what a comment says.

    `notes` say who may not read it.
    """

    at: datetime
    by: Person
    said: Html
    body: Html | None = None
    notes: tuple[str, ...] = ()
    edited: bool = False


class Sheet(NamedTuple):
    """One issue: `facts` are named values, `entries` its history and comments, the oldest first."""

    place: str
    key: str
    title: str
    state: str
    is_open: bool
    by: Person
    created: datetime
    body: Html
    facts: Sequence[tuple[str, Html]]
    entries: Sequence[Entry]


class Source(Protocol):
    """A platform's store, as its pages see it."""

    @property
    def platform(self) -> str:
        """The platform's name."""

    def places(self) -> Collection[str]:
        """Return the repositories or projects."""

    def board(self, place: str) -> Board:
        """Return the board of one of the places."""

    def sheet(self, path: Sequence[str]) -> Sheet | None:
        """Return the issue of a path, in segments, or None if there is none."""
