"""A ledger that is lost in stories of twins: it is made anew from both trackers, as the command does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from soak.stage import Stage

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.transport.ports import ManualWall
from tierkeeper.sync.ledger import Lease, Ledger
from tierkeeper.sync.mirror.reunion import matchmaker
from tierkeeper.sync.rebuild import Refill, put_in_place, unfinished

if TYPE_CHECKING:
    from datetime import datetime

PAUSES = (61, 600, 7 * 3600, 7 * 3600)


class Losses(Stage):
    """The part of a stage that knows of them.

    `rebuilt` is when the ledger was made anew last. `loose`: the two sides were not in step then (`strays`), so that
    what differs may differ still; only what is there twice is wrong. `half`: how many twins name a source that does not
    name them yet, which is told, and joined as soon as the source is to have a twin.
    """

    desk: Any
    tied: set[tuple[str, str, str]]

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.rebuilt: datetime | None = None
        self.strays = self.loose = False
        self.half = 0
        self.ties: set[tuple[str, str, str]] = set()

    def remember(self) -> None:
        """Whether both sides are in step before the ledger is lost, and who belongs to whom."""
        self.ties = {*self.desk.dev.ties()}
        with Ledger.open(self.desk.ledger_path, desk=self.policy.desk.name) as ledger:
            self.strays = any(self.broken(ledger))

    def settle(self) -> bool:
        """Run until both sides are in step."""
        for pause in PAUSES:
            self.desk.later(pause)
            before = len(self.desk.writes())
            if not self.cycle().problems and len(self.desk.writes()) == before:
                break
        return True

    def rebuild(self, skew: float) -> bool:
        """Make the ledger anew; whether everything was read."""
        now, path = self.now + timedelta(seconds=skew), self.desk.ledger_path
        wall, desk = ManualWall(now), self.policy.desk.name
        with Lease(path, holder="rebuild", start=now):
            with Ledger.open(unfinished(path), desk=desk) as ledger:
                trackers = self.ports(ledger, wall)
                refill = Refill(ledger=ledger, queues=self.policy.queues, trackers=trackers, now=now, wall=wall)
                try:
                    if refill.run():
                        return False
                    seen = matchmaker(self.policy, ledger, trackers, now=now, wall=wall, host=self.desk.host).find()
                except TrackerError:  # the command says so; the ledger stays as it was
                    return False
            put_in_place(path, now)
            self.half = len(seen.half)
            self.rebuilt, self.loose = now, self.loose or self.strays
            self.tied |= self.ties  # who made them nobody knows any more: they are the twins'
        return True
