"""Makes a ledger anew from the trackers, beside the old one, and puts it in its place once everything is read.

A rebuild that breaks off leaves the old ledger as it was; the next one goes on where it stopped.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from tierkeeper.plugins.errors import LedgerError, TrackerError
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.plugins.transport.ports import Wall
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.inventory import Inventory, Losses, peek
from tierkeeper.sync.pull import gathered

_PARTS = ("-wal", "-shm", "")
"""What SQLite adds to a file's name. The log goes first: a file must never lie beside another one's log."""


class Refill(msgspec.Struct, kw_only=True):
    """What an empty ledger is filled with. `now` (UTC) is the judged time that it begins at."""

    ledger: Ledger
    queues: Mapping[str, Queue]
    trackers: Mapping[str, Tracker]
    now: datetime
    wall: Wall
    progress: Callable[[str], None] = lambda _line: None

    def run(self) -> list[str]:
        """Read every queue, and let the ledger begin behind it; what could not be read."""
        problems = [problem for queue in self.queues.values() if (problem := self._read(queue))]
        if not problems:
            self.ledger.begin(self.now)
        return problems

    def _read(self, queue: Queue) -> str:
        tracker, count = self.trackers[queue.tracker], 0
        try:
            for batch in gathered(tracker.pull(queue, self.ledger.cursor(queue.name))):
                count += self.ledger.store(queue.name, batch, now=self.now).issues
                self.progress(f"{queue.name}: {count} issues read")
        except TrackerError as error:
            self.ledger.etags.forget()
            return f"queue {queue.name}: {error}; it was read in part"
        self.ledger.etags.settle(self.wall.now())
        return ""


def unfinished(path: Path) -> Path:
    """Where the new ledger is made."""
    return path.with_name(f"{path.name}.rebuilding")


def what_is_lost(path: Path, desk: str) -> Losses | None:
    """What goes with the old ledger; None where it does not say. Raises LedgerError if it is another desk's."""
    try:
        owner = peek(path).desk
    except LedgerError:
        return None
    if owner not in {"", desk}:
        raise LedgerError(f"the ledger {path} belongs to the desk {owner!r}, not to {desk!r}. Name another file.")
    try:
        with Ledger.open(path, desk=desk, read_only=True) as ledger:
            return Inventory(ledger).losses()
    except LedgerError:
        return None


def put_in_place(path: Path, at: datetime) -> Path | None:
    """Move the old ledger aside and the new one to its place; where the old one is now, if there was one."""
    aside = None
    if path.exists():
        aside = _free_name(path, at)
        _move(path, aside)
    _move(unfinished(path), path)
    return aside


def _free_name(path: Path, at: datetime) -> Path:
    name = f"{path.stem}-until-{at:%Y%m%dT%H%M%SZ}"
    found, count = path.with_name(f"{name}{path.suffix}"), 1
    while found.exists():
        count += 1
        found = path.with_name(f"{name}-{count}{path.suffix}")
    return found


def _move(source: Path, target: Path) -> None:
    try:
        for part in _PARTS:
            here = source.with_name(source.name + part)
            if here.exists():
                here.replace(target.with_name(target.name + part))
    except OSError as error:
        raise LedgerError(
            f"the ledger {source} cannot be renamed to {target.name} ({error.strerror}). "
            "Give this user the right to write its folder, then run it again."
        ) from error
