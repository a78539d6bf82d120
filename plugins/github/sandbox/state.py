"""The base of the store: records, the indexes derived from them, identity numbers, the lock, the file."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

import msgspec

from tierkeeper.plugins.github.sandbox.records import Comment, Data, Event, Issue
from tierkeeper.plugins.sandbox.clock import Clock, to_seconds
from tierkeeper.plugins.sandbox.index import TimeIndex, locked


class When(TypedDict, total=False):
    """What every change may be given: its time, and the app it was made through."""

    at: datetime | None
    performed_via_app: str | None


class Shelf:
    """The indexes of one repository, derived from the records."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.created = TimeIndex()
        self.updated = TimeIndex()
        self.events = TimeIndex()
        self.comments = TimeIndex()
        self.comments_updated = TimeIndex()


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
    def load(self, path: Path) -> datetime | None:
        """Read everything back from a file; return where the clock stood, if it stood."""
        self.data = msgspec.json.decode(path.read_bytes(), type=Data)
        self.shelves = {}
        self.people_version += 1
        for issue in self.data.issues.values():
            self.index_issue(issue)
        for event in self.data.events.values():
            self.index_event(event)
        for comment in self.data.comments.values():
            self.index_comment(comment)
        return None if self.data.now is None else datetime.fromtimestamp(self.data.now, UTC)

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
