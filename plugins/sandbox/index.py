"""What stores share: an index by time, and the lock around every change."""

import threading
from bisect import bisect_left, insort
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast


class Locked(Protocol):
    """A store with its lock."""

    @property
    def lock(self) -> "threading.RLock":
        """Lets one thread at a time in."""


P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=Locked)


def locked(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Let one thread at a time into the store: tests change it while the server reads it."""

    @wraps(method)
    def inside(self: S, /, *args: P.args, **options: P.kwargs) -> R:
        with self.lock:
            return method(self, *args, **options)

    return cast("Callable[Concatenate[S, P], R]", inside)  # mypy: `wraps` forgets that self is positional


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
