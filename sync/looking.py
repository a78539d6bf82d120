"""Looks at an issue itself where what we hold of it is not whole, or contradicts itself."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import Gone
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.rows import Known


class Looker(msgspec.Struct, kw_only=True):
    """Reads issues directly. `unread` could not be looked at, as `notices` say.

    `since` (UTC): what was closed before and did not change since is an old matter.
    """

    ledger: Ledger
    trackers: Mapping[str, Tracker]
    now: datetime
    since: datetime
    unread: list[Ref] = []
    notices: list[str] = []

    def whole(self, queue: Queue, known: Known) -> Known:
        """The same; looked at where it changed and we do not hold its comments or its events as they are."""
        issue = known.history.issue
        if known.dirty and (self.was_cut(queue, known) or len(known.history.comments) != issue.comments):
            return self.looked_at(queue, known)
        return known

    def was_cut(self, queue: Queue, known: Known) -> bool:
        """Whether a first reading left its older events out, and it is no old matter any more: it can be read whole."""
        issue, border = known.history.issue, queue.history_since
        wanted = not known.history.complete and (border is None or issue.created >= border)
        return wanted and (issue.open or issue.updated > self.since)

    def looked_at(self, queue: Queue, known: Known) -> Known:
        """What we hold contradicts itself: a comment was deleted, or a feed lags. Look at the issue itself."""
        ref = known.history.issue.ref
        if not known.history.complete and not self.was_cut(queue, known):
            return known
        try:
            snapshot = self.trackers[queue.tracker].read(ref, queue)
        except TrackerError as error:
            self.notices.append(f"{ref}: it could not be looked at: {error}")
            self.unread.append(ref)
            return known
        if isinstance(snapshot, Gone):
            self.ledger.mark_gone(ref, snapshot)
            return known
        self.ledger.store_snapshot(queue.name, snapshot, now=self.now)
        if not known.history.complete:
            self.ledger.mark_whole(ref)
        return self.ledger.histories(queue.name, [ref], own=known.history.own)[0]
