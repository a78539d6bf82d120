"""What there is to carry over: which issues are to have a twin, and which pairs are no longer in step."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec

from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import Link, Mirror
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.mirror.pairs import Carrying, Making, Pair
from tierkeeper.sync.mirror.side import Side

Work = Making | Carrying


class Found(msgspec.Struct, kw_only=True):
    """What there is to do; what is in step; and links that only have to be kept as they are now."""

    works: list[tuple[Pair, Work]] = []
    in_step: list[Ref] = []
    links: list[Link] = []

    @property
    def guarded(self) -> int:
        """How many issues would be created or closed."""
        return sum(work.plan.guarded for _, work in self.works)


class Scout:
    """Finds what is to be carried over, from the ledger alone. `side` makes a side of a mirror on one of its queues."""

    def __init__(self, ledger: Ledger, now: datetime, side: Callable[[Mirror, str], Side]) -> None:
        self.ledger, self.now = ledger, now
        self.links = Links(ledger)
        self._side = side
        self._pairs: dict[tuple[str, str], Pair] = {}

    def look(self, mirrors: Sequence[Mirror]) -> Found:
        """All that there is to do for these mirrors."""
        found = Found()
        for mirror in mirrors:
            queues = {mirror.source, *mirror.targets()}
            refs = [ref for queue in sorted(queues) for ref in self.links.due(queue, now=self.now)]
            self._look_at(mirror, refs, found)
        return found

    def _look_at(self, mirror: Mirror, refs: Sequence[Ref], found: Found) -> None:
        links = [link for link in self.links.of(refs) if link.mirror == mirror.name]
        linked = {(link.source.queue, link.source.id) for link in links}
        twins = {(link.target.queue, link.target.id) for link in links if link.target is not None}
        fresh = [ref for ref in refs if ref.queue == mirror.source and (ref.queue, ref.id) not in linked]
        others = [ref for ref in refs if (ref.queue, ref.id) not in linked | twins and ref not in fresh]
        found.in_step += others
        for history in histories(self.ledger, self.pair(mirror, mirror.target).source, fresh):
            self._consider_new(mirror, history, found)
        for link in links:
            self._consider_link(mirror, link, found)

    def _consider_new(self, mirror: Mirror, history: History, found: Found) -> None:
        pair = self.pair(mirror, self._target_of(mirror, history))
        if pair.qualifies(history):
            found.works.append((pair, pair.making(history)))
        elif not pair.waits(history):
            found.in_step.append(history.issue.ref)

    def _consider_link(self, mirror: Mirror, link: Link, found: Found) -> None:
        pair = self.pair(mirror, link.place)
        source = next(histories(self.ledger, pair.source, [link.source]), None)
        if source is None or link.target is None:
            if source is not None:
                found.works.append((pair, msgspec.structs.replace(pair.making(source), link=link)))
            return
        target = next(histories(self.ledger, pair.target, [link.target]), None)
        if target is None or pair.waits(source):
            return
        carrying = pair.carrying(link, source, target)
        if carrying.changes:
            found.works.append((pair, carrying))
            return
        if carrying.link != link:
            found.links.append(carrying.link)
        found.in_step += [link.source, link.target]

    def pair(self, mirror: Mirror, target: str) -> Pair:
        """The two sides of a mirror, with the twins in this queue."""
        key = (mirror.name, target)
        if key not in self._pairs:
            source, other = self._side(mirror, mirror.source), self._side(mirror, target)
            self._pairs[key] = Pair(mirror=mirror, source=source, target=other)
        return self._pairs[key]

    def _target_of(self, mirror: Mirror, history: History) -> str:
        component = self.pair(mirror, mirror.target).source.case(history).component
        return mirror.by_component.get(component or "", mirror.target)


def histories(ledger: Ledger, side: Side, refs: Sequence[Ref]) -> Iterator[History]:
    """The histories of these issues, without those that are gone."""
    for known in ledger.histories(side.queue.name, refs, own=side.account.id):
        if not known.gone:
            yield known.history
