"""The base of the store: records, the indexes derived from them, identity numbers, the lock, the file."""

import threading
from bisect import bisect_left, insort
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypedDict, TypeVar, cast

import msgspec

from tierkeeper.plugins.github.sandbox.clock import Clock, to_seconds
from tierkeeper.plugins.github.sandbox.records import Comment, Data, Event, Issue


class When(TypedDict, total=False):
    """What every change may be given: its time, and the app it was made through."""

    at: datetime | None
    performed_via_app: str | None


class TimeIndex:
    """Ids in the order of a time; equal times in the order of ids."""

    def __init__(self) -> None:
        self._keys: list[tuple[int, int]] = []
        self._in_order = True

    def __len__(self) -> int:
        return len(self._keys)

    def append(self, at: int, key: int) -> None:
        """Add what is most likely the newest; a late one costs one sort at the next look."""
        if self._keys and (at, key) < self._keys[-1]:
            self._in_order = False
        self._keys.append((at, key))

    def move(self, before: int | None, after: int, key: int) -> None:
        """Give an id a new time."""
        if before is not None:
            self.discard(before, key)
        insort(self.keys(), (after, key))

    def discard(self, at: int, key: int) -> None:
        """Forget an id."""
        keys = self.keys()
        place = bisect_left(keys, (at, key))
        if place < len(keys) and keys[place] == (at, key):
            del keys[place]

    def keys(self) -> list[tuple[int, int]]:
        """All (time, id), the oldest first."""
        if not self._in_order:
            self._keys.sort()
            self._in_order = True
        return self._keys

    def ids(self, since: int | None = None) -> list[int]:
        """Ids, the oldest first; `since` includes its own second."""
        keys = self.keys()
        start = 0 if since is None else bisect_left(keys, (since, 0))
        return [key for _, key in (keys[start:] if start else keys)]


class Shelf:
    """The indexes of one repository, derived from the records."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.created = TimeIndex()
        self.updated = TimeIndex()
        self.events = TimeIndex()
        self.comments = TimeIndex()
        self.comments_updated = TimeIndex()


P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="State")


def locked(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Let one thread at a time into the store: tests change it while the server reads it."""

    @wraps(method)
    def inside(self: S, /, *args: P.args, **options: P.kwargs) -> R:
        with self.lock:
            return method(self, *args, **options)

    return cast("Callable[Concatenate[S, P], R]", inside)  # mypy: `wraps` forgets that self is positional


class State:
    """The records and what is derived from them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.data = Data()
        self.shelves: dict[int, Shelf] = {}
        self.people_version = 0

    def next_id(self) -> int:
        """Return a number that was never used: strictly rising, whatever it is for."""
        self.data.serial += 1
        return self.data.serial

    def moment(self, at: datetime | None) -> int:
        """Return the given time, or the clock's, in seconds."""
        return self.clock.seconds if at is None else to_seconds(at)

    def shelf(self, repository: int) -> Shelf:
        """Return the indexes of a repository."""
        return self.shelves.setdefault(repository, Shelf())

    @locked
    def save(self, path: Path) -> None:
        """Write everything to a file, at once or not at all."""
        self.data.now = self.clock.seconds if self.clock.is_set else None
        draft = path.with_suffix(path.suffix + ".new")
        draft.write_bytes(msgspec.json.encode(self.data))
        draft.replace(path)

    @locked
    def load(self, path: Path) -> None:
        """Read everything back from a file."""
        self.data = msgspec.json.decode(path.read_bytes(), type=Data)
        self.shelves = {}
        self.people_version += 1
        for issue in self.data.issues.values():
            self.index_issue(issue)
        for event in self.data.events.values():
            self.index_event(event)
        for comment in self.data.comments.values():
            self.index_comment(comment)

    def index_issue(self, issue: Issue) -> None:
        """Put an issue on its repository's shelf."""
        shelf = self.shelf(issue.repository)
        shelf.numbers[issue.number] = issue.id
        shelf.created.append(issue.created, issue.id)
        shelf.updated.move(None, issue.updated, issue.id)

    def index_event(self, event: Event) -> None:
        """Put an event on its repository's shelf."""
        self.shelf(event.repository).events.append(event.at, event.id)

    def index_comment(self, comment: Comment) -> None:
        """Put a comment on its repository's shelf."""
        shelf = self.shelf(comment.repository)
        shelf.comments.append(comment.created, comment.id)
        shelf.comments_updated.move(None, comment.updated, comment.id)
