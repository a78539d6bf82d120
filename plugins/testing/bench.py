"""What a bench gives, and what was read at it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from tierkeeper.plugins.model.desk import Queue, RoleSource
from tierkeeper.plugins.model.event import Event, Snapshot
from tierkeeper.plugins.model.issue import Comment, Issue, Ref
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.tracker import Batch, Cursor, Tracker


class Bench(Protocol):
    """A tracker with people around it.

    There are the people `alice` and `bob`, who may label and be assigned; both are in the role source `team`.
    `missing_team` names one that is not there. `milestone` is the native field that `make_milestone` makes names for.
    Acts happen at the bench's `now`.
    """

    tracker: Tracker
    queue: Queue
    alice: str
    bob: str
    team: RoleSource
    missing_team: RoleSource
    milestone: str

    def now(self) -> datetime:
        """The tracker's time."""
        ...

    def advance(self, by: timedelta) -> None:
        """Let time pass in the tracker."""
        ...

    def create_issue(self, actor: str, title: str, body: str = "", labels: Iterable[str] = ()) -> str:
        """Report something; gives the issue's id."""
        ...

    def add_label(self, actor: str, issue: str, name: str) -> None:
        """Put a label on."""
        ...

    def remove_label(self, actor: str, issue: str, name: str) -> None:
        """Take a label off."""
        ...

    def assign(self, actor: str, issue: str, account: str) -> None:
        """Give the issue to somebody."""
        ...

    def close(self, actor: str, issue: str) -> None:
        """Close the issue."""
        ...

    def rename(self, actor: str, issue: str, title: str) -> None:
        """Give the issue another title."""
        ...

    def comment(self, actor: str, issue: str, body: str) -> str:
        """Say something; gives the comment's id."""
        ...

    def delete_issue(self, issue: str) -> None:
        """Delete the issue."""
        ...

    def make_milestone(self, name: str) -> None:
        """Make something that issues can be meant for."""
        ...

    def let_in(self, readers: Audience) -> None:
        """Let anybody read the place, or only those whom it names; our account sees which."""
        ...


class Read:
    """What was pulled, as a ledger would keep it: the latest of each issue and comment, each event once."""

    def __init__(self) -> None:
        self.cursor: Cursor = ""
        self.issues: dict[str, Issue] = {}
        self.events: dict[str, Event] = {}
        self.comments: dict[str, Comment] = {}
        self.incomplete: set[str] = set()
        self.batches = 0

    def take(self, batch: Batch) -> None:
        """Keep a batch with its cursor."""
        self.batches += 1
        self.cursor = batch.cursor
        self.issues |= {issue.ref.id: issue for issue in batch.issues}
        self.events |= {event.id: event for event in batch.events}
        self.comments |= {comment.id: comment for comment in batch.comments}
        self.incomplete |= set(batch.incomplete)

    def pull(self, tracker: Tracker, queue: Queue, *, at_most: int | None = None) -> int:
        """Take what is new; stop in the midst after so many batches. Gives how many came with something in them."""
        full = 0
        for count, batch in enumerate(tracker.pull(queue, self.cursor), start=1):
            self.take(batch)
            full += bool(batch.issues or batch.events or batch.comments)
            if count == at_most:
                break
        return full

    def content(self) -> tuple[dict[str, Issue], dict[str, Event], dict[str, Comment]]:
        """All that was read, to compare."""
        return self.issues, self.events, self.comments

    def history(self, issue: str) -> list[tuple[str, str, str | None, str | None, str]]:
        """An issue's events in order: kind, name, before, after, actor."""
        found = sorted((one for one in self.events.values() if one.issue == issue), key=lambda one: one.at)
        return [(one.kind, one.name, one.before, one.after, one.actor.id if one.actor else "") for one in found]


def ref_of(bench: Bench, issue: str) -> Ref:
    """The reference of an issue on a bench."""
    return Ref(bench.queue.name, issue, issue)


def snapshot_of(bench: Bench, issue: str) -> Snapshot:
    """Read an issue that must be there."""
    found = bench.tracker.read(ref_of(bench, issue), bench.queue)
    assert isinstance(found, Snapshot), found
    return found
