"""What there is to carry over: which issues are to have a twin, and which pairs are no longer in step."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from tierkeeper.plugins.markup.text import digest
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import Link, Mirror
from tierkeeper.rules.mirroring.text import mark
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.mirror.pairs import Carrying, Making, Pair
from tierkeeper.sync.mirror.side import Side
from tierkeeper.sync.planning.sheet import same

Work = Making | Carrying


class Found(msgspec.Struct, kw_only=True):
    """What there is to do; what is in step; and links that only have to be kept as they are now.

    `waiting` are looked at again in the next cycle; `left_out` is what those say that nobody wants carried over;
    `flagged` bear the label that says that they were put aside.
    """

    works: list[tuple[Pair, Work]] = []
    in_step: list[Ref] = []
    links: list[Link] = []
    waiting: list[Ref] = []
    left_out: dict[Ref, str] = {}
    flagged: list[Ref] = []

    def busy(self) -> Iterator[Ref]:
        """Those that are not done with, whatever another mirror says of them."""
        yield from (*self.waiting, *self.left_out)
        for _, work in self.works:
            yield work.link.source
            if work.link.target is not None:
                yield work.link.target

    @property
    def guarded(self) -> int:
        """How many issues would be created or closed."""
        return sum(work.plan.guarded for _, work in self.works)


class Scout:
    """Finds what is to be carried over, from the ledger alone. `side` makes a side of a mirror on one of its queues.

    `flag` is the label of issues that were put aside.
    """

    def __init__(self, ledger: Ledger, now: datetime, side: Callable[[Mirror, str], Side], flag: str) -> None:
        self.ledger, self.now, self.flag = ledger, now, flag
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
        busy = {(ref.queue, ref.id) for ref in found.busy()}
        found.in_step = [ref for ref in found.in_step if (ref.queue, ref.id) not in busy]
        return found

    def _look_at(self, mirror: Mirror, refs: Sequence[Ref], found: Found) -> None:
        links = [link for link in self.links.of(refs) if link.mirror == mirror.name]
        resting = self.links.resting(mirror.source, now=self.now)
        left_out = self.links.left_out(mirror.source)
        linked = {(link.source.queue, link.source.id) for link in links}
        twins = {(link.target.queue, link.target.id) for link in links if link.target is not None}
        fresh = [ref for ref in refs if ref.queue == mirror.source and (ref.queue, ref.id) not in linked]
        known = linked | twins
        found.in_step += [ref for ref in refs if ref.queue != mirror.source and (ref.queue, ref.id) not in known]
        for history in histories(self.ledger, self.pair(mirror, mirror.target).source, fresh):
            found.flagged += self._flagged(history)
            if not self._is_left_out(left_out, found, history):
                self._consider_new(mirror, history, found)
        for link in links:
            if link.source.id in resting:
                found.waiting += [link.source, *([link.target] if link.target is not None else [])]
            else:
                self._consider_link(mirror, link, found, left_out)

    def _flagged(self, source: History) -> list[Ref]:
        return [source.issue.ref] if any(same(label, self.flag) for label in source.issue.labels) else []

    def _is_left_out(self, left_out: Mapping[str, str], found: Found, *said: History) -> bool:
        """Whether nobody wants it carried over, and it says what it said then."""
        ref, known = said[0].issue.ref, left_out.get(said[0].issue.ref.id)
        if known is None or known != state_of(*said, flag=self.flag):
            return False
        found.left_out[ref] = known
        return True

    def _consider_new(self, mirror: Mirror, history: History, found: Found) -> None:
        pair = self.pair(mirror, self._target_of(mirror, history))
        if pair.qualifies(history):
            found.works.append((pair, pair.making(history)))
        elif pair.waits(history):
            found.waiting.append(history.issue.ref)
        else:
            found.in_step.append(history.issue.ref)

    def _consider_link(self, mirror: Mirror, link: Link, found: Found, left_out: Mapping[str, str]) -> None:
        pair = self.pair(mirror, link.place)
        source = next(histories(self.ledger, pair.source, [link.source]), None)
        found.flagged += self._flagged(source) if source is not None else []
        if source is None or link.target is None:
            if source is not None and not self._is_left_out(left_out, found, source):
                found.works.append((pair, msgspec.structs.replace(pair.making(source), link=link)))
            return
        target = next(histories(self.ledger, pair.target, [link.target]), None)
        if target is None or pair.waits(source):
            found.waiting += [link.source, link.target]
            return
        if self._is_left_out(left_out, found, source, target):
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


def state_of(*said: History, flag: str) -> str:
    """What tells whether people changed anything of an issue, or of two twins: not what we said or flagged there."""
    return digest("\n".join(part for history in said for part in _parts(history, flag)))


def _parts(history: History, flag: str) -> Iterator[str]:
    issue = history.issue
    labels = sorted(label for label in issue.labels if not same(label, flag))
    plain = msgspec.structs.replace(issue, updated=issue.created, comments=0, labels=tuple(labels))
    yield msgspec.json.encode(plain).decode()
    for comment in history.comments:
        if comment.author is None or comment.author.id.casefold() != history.own.casefold():
            yield f"{comment.id} {mark(comment.body)}"


def histories(ledger: Ledger, side: Side, refs: Sequence[Ref]) -> Iterator[History]:
    """The histories of these issues, without those that are gone."""
    for known in ledger.histories(side.queue.name, refs, own=side.account.id):
        if not known.gone:
            yield known.history
