"""The daily census: finds what leaves no trace in the feeds. Each finding is confirmed by a direct look.

Issues that were deleted, moved or indexed late, labels that were renamed or came and went without an event, comments
that did. A listing that breaks off is dropped as a whole: nothing follows from a short one.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice

import msgspec

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import Gone
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.tracker import Listed, Tracker
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.renames import Renames, find_renames
from tierkeeper.sync.ledger.rolls import Held, LastCensus, Rolls
from tierkeeper.sync.ledger.rows import CHUNK

EVERY = timedelta(days=1)

MOST_LOOKS = 200
"""How many issues are looked at directly in one run; with more findings the census is held again in the next."""


class Counted(msgspec.Struct):
    """What came of a census: issues looked at, gone, found or changed; `notices` are for the operator."""

    requests: int = 0
    looked: int = 0
    gone: int = 0
    changed: int = 0
    notices: list[str] = []


class Census:
    """The census of one queue at `now` (UTC, judged time)."""

    def __init__(self, tracker: Tracker, ledger: Ledger, queue: Queue, now: datetime) -> None:
        self.tracker, self.ledger, self.queue, self.now = tracker, ledger, queue, now
        self.rolls = Rolls(ledger)
        self.result = Counted()
        self.miscounted: dict[str, int] = {}

    def hold(self) -> Counted:
        """Hold it if it is time. The first time, only the labels are noted: all else was just read."""
        last = self.rolls.last(self.queue.name)
        if last is not None and timedelta() <= self.now - last.at < EVERY:
            return self.result
        before = sum(self.tracker.requests().values())
        try:
            if last is None:
                labels = dict(self.tracker.label_names(self.queue))
                self.rolls.keep(self.queue.name, LastCensus(self.now, labels))
            else:
                self._hold(last)
        except TrackerError as error:
            self.result.notices.append(
                f"the census of queue {self.queue.name} broke off: {error}; it is held again in the next run"
            )
        self.result.requests = sum(self.tracker.requests().values()) - before
        return self.result

    def _hold(self, last: LastCensus) -> None:
        labels = dict(self.tracker.label_names(self.queue))
        newest = self.rolls.newest(self.queue.name) if labels != last.labels else None
        renames = find_renames(last.labels, labels, last=last.at, at=min(self.now, newest or self.now))
        listing = _Listing(self.rolls, self.queue.name, renames, last.miscounted)
        for chunk in _chunks(self.tracker.census(self.queue)):
            listing.compare(chunk)
        findings = [*listing.missing(), *listing.others]
        # the listing is whole: from here on things follow from it
        self.miscounted = listing.miscounted
        self.rolls.keep(self.queue.name, LastCensus(last.at, labels, self.miscounted), renames)
        for old, new in (pair for part in renames for pair in part.names.items()):
            self.result.notices.append(f"queue {self.queue.name}: the label {old} was renamed to {new}")
        if renames:
            for ref in listing.bearers:
                self.result.changed += self.ledger.mark_dirty(ref)
        for ref in findings[:MOST_LOOKS]:
            self._look(ref)
        whole = len(findings) <= MOST_LOOKS
        if not whole:
            self.result.notices.append(
                f"the census of queue {self.queue.name} found {len(findings)} issues to look at; "
                f"{MOST_LOOKS} were, the others are in the next runs"
            )
        self.rolls.keep(self.queue.name, LastCensus(self.now if whole else last.at, labels, self.miscounted))

    def _look(self, ref: Ref) -> None:
        """Look at an issue directly: only what is seen there counts."""
        self.result.looked += 1
        found = self.tracker.read(ref, self.queue)
        known = self.ledger.history(self.queue.name, ref.id)
        if isinstance(found, Gone):
            if known is not None and not known.gone:
                self.ledger.mark_gone(ref, found)
                self.result.gone += 1
                why = f"{found.reason} {found.location}".strip()
                self.result.notices.append(f"{ref} is not there any more ({why}); it is left alone")
            return
        self.ledger.store_snapshot(self.queue.name, found, now=self.now)
        if hidden := found.issue.comments - len(found.comments):
            self.miscounted[ref.id] = hidden
        now_known = self.ledger.history(self.queue.name, ref.id)
        if known is None or known.gone or self.queue.labels or now_known is None or known.history != now_known.history:
            self.result.changed += self.ledger.mark_dirty(ref)


class _Listing:
    """What a census lists, against what the ledger holds.

    `others` are unknown, or bear other labels or another number of comments than we know; `bearers` differ by a
    label's new name alone. `miscounted` is what is left of those known: a tracker may count comments that it shows to
    nobody, and to look at such an issue each day would help nothing.
    """

    def __init__(self, rolls: Rolls, queue: str, renames: tuple[Renames, ...], known: Mapping[str, int]) -> None:
        self._rolls, self._queue, self._renames, self._known = rolls, queue, renames, known
        self.miscounted: dict[str, int] = {}
        self._seen: set[str] = set()
        self._renamed = {new.casefold() for part in renames for new in part.names.values()}
        self.bearers: list[Ref] = []
        self.others: list[Ref] = []

    def compare(self, chunk: list[Listed]) -> None:
        """Note who is unknown, and whose labels or comments differ."""
        known = self._rolls.held(self._queue, [one.id for one in chunk], self._renames)
        for one in chunk:
            self._seen.add(one.id)
            ref = Ref(self._queue, one.id, one.key)
            shown = _spelt(one.labels)
            held = known.get(one.id)
            if held is None or _spelt(held.labels) != shown or not self._all_there(one, held):
                self.others.append(ref)
            elif not self._renamed.isdisjoint(shown):
                self.bearers.append(ref)

    def _all_there(self, one: Listed, held: Held) -> bool:
        """Whether we hold the comments that the tracker counts."""
        hidden = self._known.get(one.id, 0)
        if one.comments != held.comments + hidden:
            return False
        if hidden:
            self.miscounted[one.id] = hidden
        return True

    def missing(self) -> Iterator[Ref]:
        """Who is on the rolls and was not listed."""
        after = ""
        while refs := self._rolls.open_after(self._queue, after):
            yield from (ref for ref in refs if ref.id not in self._seen)
            after = refs[-1].id


def _spelt(labels: tuple[str, ...]) -> set[str]:
    return {label.casefold() for label in labels}


def _chunks(listed: Iterator[Listed]) -> Iterator[list[Listed]]:
    while chunk := list(islice(listed, CHUNK)):
        yield chunk
