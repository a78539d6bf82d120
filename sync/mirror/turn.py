"""The mirrors' turn in a cycle."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from tierkeeper.plugins.errors import TierkeeperError, TrackerError
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.issue import Account
from tierkeeper.plugins.model.mirror import Mirror
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.judging import Court
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.mirror.carrier import Carrier
from tierkeeper.sync.mirror.scout import Found, Scout
from tierkeeper.sync.mirror.side import Side
from tierkeeper.sync.plan import IssuePlan
from tierkeeper.sync.turns import STOPPING


class MirrorTurn(msgspec.Struct, kw_only=True):
    """What the mirrors work with: the trackers, our accounts there, and what each queue is judged by."""

    policy: Policy
    ledger: Ledger
    trackers: Mapping[str, Tracker]
    accounts: Mapping[str, Account]
    court: Callable[[Queue], Court]
    now: datetime

    def mark(self, queue: Queue) -> None:
        """What changed in this queue is to be carried over, if it is part of a mirror."""
        if any(queue.name in {mirror.source, *mirror.targets()} for mirror in self.policy.mirrors):
            Links(self.ledger).mark_changed(queue.name)

    def twins(self, queue: Queue, ids: list[str]) -> frozenset[str]:
        """Which of these issues are twins: they are never judged alone."""
        if not any(queue.name in mirror.targets() for mirror in self.policy.mirrors):
            return frozenset()
        return Links(self.ledger).targets(queue.name, ids)

    def look(self, readable: frozenset[str]) -> Found:
        """What there is to carry over between the queues that could be read."""
        mirrors = [one for one in self.policy.mirrors if {one.source, *one.targets()} <= readable]
        return Scout(self.ledger, self.now, self._side).look(mirrors)

    def write(
        self, found: Found, show: Callable[[IssuePlan], None]
    ) -> tuple[list[str], list[tuple[str, TrackerError]]]:
        """Carry it over. What failed alone, and what stopped a tracker, by the queue that it stopped."""
        carrier = Carrier(self.ledger, self.now, self.policy.desk.name)
        carrier.settle(found)
        problems: list[str] = []
        stopped: dict[str, TrackerError] = {}
        for pair, work in found.works:
            queues = (pair.source.queue, pair.target.queue)
            if any(queue.tracker in stopped for queue in queues):
                continue
            try:
                plan = carrier.write(pair, work)
            except STOPPING as stop:
                for queue in queues:
                    stopped.setdefault(queue.tracker, stop)
            except TierkeeperError as error:
                problems.append(str(error))
            else:
                show(plan)
        return problems, list(stopped.items())

    def _side(self, mirror: Mirror, name: str) -> Side:
        queue = self.policy.queues[name]
        longest = min(
            self.policy.trackers[self.policy.queues[one].tracker].plugin.longest_title
            for one in (mirror.source, *mirror.targets())
        )
        return Side(
            mirror=mirror,
            queue=queue,
            tracker=self.trackers[queue.tracker],
            account=self.accounts[queue.tracker],
            court=self.court(queue),
            is_source=name == mirror.source,
            longest=longest,
        )
