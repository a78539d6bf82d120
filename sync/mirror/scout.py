"""What there is to carry over: which issues are to have a twin, and which pairs are no longer in step."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from tierkeeper.plugins.errors import PluginError
from tierkeeper.plugins.model.change import Marker
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import Link, Mirror
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.mirror.claims import Claims
from tierkeeper.sync.mirror.found import Found
from tierkeeper.sync.mirror.hooks import Hooks
from tierkeeper.sync.mirror.moves import Routes, Traces
from tierkeeper.sync.mirror.naming import claims, parted
from tierkeeper.sync.mirror.pairs import Pair
from tierkeeper.sync.mirror.side import Side
from tierkeeper.sync.mirror.unchanged import state_of
from tierkeeper.sync.planning.sheet import same

_CLOCKS_APART = timedelta(hours=1)
"""How far our clock, by which a ledger begins, may be from that of a tracker, by which issues are reported."""


class Scout:
    """Finds what is to be carried over, from the ledger alone. `side` makes a side of a mirror on one of its queues.

    `flag` is the label of issues that were put aside; `hooks` is what plugins say.
    """

    def __init__(
        self,
        ledger: Ledger,
        now: datetime,
        side: Callable[[Mirror, str], Side],
        flag: str,
        *,
        hooks: Hooks,
        routes: Routes,
    ) -> None:
        self.ledger, self.now, self.flag, self.hooks, self.routes = ledger, now, flag, hooks, routes
        self._mirrors: dict[str, Mirror] = {}
        self.links = Links(ledger)
        self._side = side
        self._claims = Claims(self.links, routes.queues)
        self._pairs: dict[tuple[str, str], Pair] = {}
        self._twins: dict[str, Mapping[str, Ref]] = {}

    def look(self, mirrors: Sequence[Mirror]) -> Found:
        """All that there is to do for these mirrors."""
        found, parted = Found(), self.links.parted() if mirrors else []
        self._mirrors = {mirror.name: mirror for mirror in mirrors}
        for mirror in mirrors:
            queues = {mirror.source, *mirror.targets()}
            refs = [ref for queue in sorted(queues) for ref in self.links.due(queue, now=self.now)]
            refs += [link.source for link in parted if link.mirror == mirror.name]
            self._look_at(mirror, refs, found)
        busy = {(ref.queue, ref.id) for ref in found.busy()}
        found.in_step = [ref for ref in found.in_step if (ref.queue, ref.id) not in busy]
        return found

    def look_at(self, links: Sequence[Link]) -> Found:
        """What there is to do for these pairs, once something came that they waited for."""
        found = Found()
        for link in links:
            if mirror := self._mirrors.get(link.mirror):
                self._consider_link(mirror, link, found, self.links.left_out(mirror.source))
        return found

    def concerns(self, ref: Ref) -> bool:
        """Whether an issue has a twin, or fits a mirror."""
        mirrors = [mirror for mirror in self._mirrors.values() if mirror.source == ref.queue]
        pairs = [self.pair(mirror, mirror.target) for mirror in mirrors]
        known = next(histories(self.ledger, pairs[0].source, [ref]), None) if pairs else None
        return known is not None and (bool(self.links.of([ref])) or any(pair.fits(known) for pair in pairs))

    def is_late(self, link: Link) -> bool:
        """Whether a twin no longer says how its source stands."""
        mirror = self._mirrors.get(link.mirror)
        if mirror is None or link.target is None or link.place not in mirror.targets() or link.ended or link.hidden:
            return False
        pair = self.pair(mirror, link.place)
        source = next(histories(self.ledger, pair.source, [link.source]), None)
        target = next(histories(self.ledger, pair.target, [link.target]), None)
        return source is not None and target is not None and pair.is_late(link, source, target)

    def _look_at(self, mirror: Mirror, refs: Sequence[Ref], found: Found) -> None:
        every = self.links.of(refs)
        links = [link for link in every if link.mirror == mirror.name]
        taken = {(link.source.queue, link.source.id) for link in every if not link.ended} - {
            (link.source.queue, link.source.id) for link in links
        }
        resting = self.links.resting(mirror.source, now=self.now)
        left_out = self.links.left_out(mirror.source)
        linked = {(link.source.queue, link.source.id) for link in links}
        twins = {(link.target.queue, link.target.id) for link in links if link.target is not None}
        fresh = [ref for ref in refs if ref.queue == mirror.source and (ref.queue, ref.id) not in linked]
        known = linked | twins
        others = [ref for ref in refs if ref.queue != mirror.source and (ref.queue, ref.id) not in known]
        found.in_step += others
        self._look_for_moved(mirror, others, found)
        for history in histories(self.ledger, self.pair(mirror, mirror.target).source, fresh):
            ref = history.issue.ref
            found.flagged += self._flagged(history)
            if (ref.queue, ref.id) in taken:  # it has its twin, from when it fitted another mirror
                found.in_step.append(ref)
            elif not self._is_left_out(left_out, found, history):
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
            if self._was_moved_here(history, found):
                found.in_step.append(history.issue.ref)
            elif not self._is_claimed(mirror, history, found) and not self._is_known(mirror, pair, history, found):
                self._propose(pair, history, found)
        elif pair.waits(history):
            found.waiting.append(history.issue.ref)
        else:
            found.in_step.append(history.issue.ref)

    def _is_claimed(self, mirror: Mirror, history: History, found: Found) -> bool:
        """Whether it is carried over from another queue of its place; a filter that it left claims it no more."""
        ref = history.issue.ref
        claim = self._claims.on(ref, mirror.name)
        if claim is None:
            return False
        if claim.queue == ref.queue:
            found.notices.append(f"{ref} fits the mirror {mirror.name}, too; its twin is made by {claim.mirror}")
        elif not claim.as_twin and self._side(mirror, claim.queue).court.holds(history):
            found.doubts.append((ref, claim.said_of(ref)))
            return True
        found.in_step.append(ref)
        return True

    def _was_moved_here(self, history: History, found: Found) -> bool:
        """Whether this is no new issue, but one of a pair that people moved; a twin stays one, and gets none."""
        traces, ref = self._traces, history.issue.ref
        was = traces.before(history)
        if was is not None:
            found.unseen.append((ref, was))
            found.waiting.append(ref)
        return was is not None or traces.is_twin(history)

    def _look_for_moved(self, mirror: Mirror, refs: Sequence[Ref], found: Found) -> None:
        """Twins that came from another queue, which nobody has looked at yet."""
        start = Marker(self.routes.desk, "").text
        for queue in mirror.targets():
            marked = self.links.marked(queue, start, [ref.id for ref in refs if ref.queue == queue])
            side = self.pair(mirror, queue).target
            for history in histories(self.ledger, side, [issue.ref for issue in marked]):
                was = self._traces.before(history) if self._traces.is_twin(history) else None
                if was is not None:
                    found.unseen.append((history.issue.ref, was))
                    found.waiting.append(history.issue.ref)

    @property
    def _traces(self) -> Traces:
        return Traces(links=self.links, queues=self.routes.queues, desk=self.routes.desk)

    def _is_known(self, mirror: Mirror, pair: Pair, history: History, found: Found) -> bool:
        """Whether an issue older than this ledger has a twin from before: a lost ledger must not make another."""
        issue = history.issue
        if self.ledger.began is not None and issue.created >= self.ledger.began + _CLOCKS_APART:
            return False
        twin, why = self._marked(mirror).get(f"{issue.ref.queue}:{issue.ref.id}"), parted(history)
        if twin is None:
            if claims(history, pair.source.court.desk.name):
                said = f"{issue.ref} names a twin that this ledger does not know"
                hint = f"`tierkeeper mirror adopt {issue.ref} TWIN` tells which one it is"
                found.doubts.append((issue.ref, f"{said}; {hint}"))
                return True
            found.in_step += [issue.ref] if why else []
            return bool(why)
        pair = self.pair(mirror, twin.queue)
        target = next(histories(self.ledger, pair.target, [twin]), None)
        if target is None:
            return False
        link = pair.met(pair.making(history).link, history, target)
        link = msgspec.structs.replace(link, named=bool(why), ended=why)
        self._claims.note(issue.ref, mirror.name)
        found.links.append(link)
        found.in_step += [issue.ref] if why else []
        found.works += [] if why else [(pair, pair.carrying(link, history, target))]
        return True

    def _marked(self, mirror: Mirror) -> Mapping[str, Ref]:
        """The twins that our account made for this mirror, by the source that they name; read once."""
        if mirror.name not in self._twins:
            self._twins[mirror.name] = twins_made(self.links, self.pair(mirror, mirror.target), mirror.targets())
        return self._twins[mirror.name]

    def _consider_link(self, mirror: Mirror, link: Link, found: Found, left_out: Mapping[str, str]) -> None:
        if link.place not in mirror.targets():
            found.in_step.append(link.source)
            return
        pair = self.pair(mirror, link.place)
        source = next(histories(self.ledger, pair.source, [link.source]), None)
        found.flagged += self._flagged(source) if source is not None else []
        if link.target is None:
            if source is not None and not self._is_left_out(left_out, found, source):
                self._propose(pair, source, found, link)
            return
        target = next(histories(self.ledger, pair.target, [link.target]), None)
        if link.ended or source is None or target is None:
            self._consider_end(pair, link, (source, target), found)
        elif pair.hides(source):
            self._compare(pair, link, (source, target), found)
        elif pair.waits(source) or pair.moves(target):
            found.waiting += [link.source, link.target]
        elif not self._is_left_out(left_out, found, source, target):
            try:
                if not self._is_held_back(pair, source, found, link.source, link.target):
                    self._compare(pair, link, (source, target), found)
            except PluginError as error:
                found.doubts.append((link.source, f"{link.source}: {error}"))

    def _propose(self, pair: Pair, history: History, found: Found, link: Link | None = None) -> None:
        """A twin that is to be made, if no plugin is against it; with a `link`, it may have been made already."""
        ref, case, mirror = history.issue.ref, pair.source.case(history), pair.mirror
        try:
            if link is None and not self.hooks.chooses(mirror, case):
                found.in_step.append(ref)
                return
            self._claims.note(ref, mirror.name)
            if not self._is_held_back(pair, history, found, ref):
                making = pair.making(history)
                found.notices += making.notices if link is None else ()
                draft = self.hooks.enriched(mirror, case, making.draft)
                work = msgspec.structs.replace(making, draft=draft, link=link or making.link)
                found.works.append((pair, work))
        except PluginError as error:
            found.doubts.append((ref, f"{ref}: {error}"))

    def _is_held_back(self, pair: Pair, source: History, found: Found, *refs: Ref) -> bool:
        """Whether a plugin has a reason to carry nothing over now. Raises PluginError."""
        why = self.hooks.holds(pair.mirror, pair.source.case(source))
        if why:
            found.notices.append(f"{source.issue.ref} is held back from the mirror {pair.mirror.name}: {why}")
            found.waiting += refs
        return bool(why)

    def _compare(self, pair: Pair, link: Link, said: tuple[History, History], found: Found) -> None:
        """See what two twins need."""
        source, target = said
        carrying = pair.carrying(link, source, target)
        refs = [source.issue.ref, target.issue.ref]
        found.notices += carrying.notices
        if carrying.changes or link.intends:
            found.works.append((pair, carrying))
        elif carrying.held:
            found.waiting += refs
        else:
            found.links += [carrying.link] if carrying.link != link else []
            found.in_step += refs

    def _consider_end(self, pair: Pair, link: Link, there: tuple[History | None, History | None], found: Found) -> None:
        """The two go their own ways, or have to: one of them is gone, as a direct look showed."""
        assert link.target is not None
        moved = self.routes.of(link) if not link.ended else None
        if moved is not None and (moved.source, moved.target) != (link.source, link.target):
            self._follow(link, moved, found)
            return
        why = link.ended or self._gone(link.source, "the source") or self._gone(link.target, "the twin")
        if (link.ended and link.named) or not why:
            found.in_step += [link.source, link.target]
            return
        ended = msgspec.structs.replace(link, ended=why, named=False)
        found.works.append((pair, pair.ending(ended, *there)))
        found.notices.append(f"{link.source} and {link.target} are no longer linked: {why}")

    def _follow(self, link: Link, moved: Link, found: Found) -> None:
        """A mirror leads between the places where the two are now; it may be one that cannot be read in this cycle."""
        if moved.mirror not in self._mirrors:
            found.waiting += [ref for ref in (link.source, link.target) if ref is not None]
            return
        known = self.ledger.history(link.source.queue, link.source.id)
        title = known.history.issue.title if known is not None else ""
        pair = self.pair(self._mirrors[moved.mirror], moved.place)
        found.works.append((pair, pair.following(moved, link, title)))

    def _gone(self, ref: Ref, what: str) -> str:
        known = self.ledger.history(ref.queue, ref.id)
        return f"{what} is not there any more ({known.gone})" if known is not None and known.gone else ""

    def pair(self, mirror: Mirror, target: str) -> Pair:
        """The two sides of a mirror, with the twins in this queue."""
        key = (mirror.name, target)
        if key not in self._pairs:
            source, other = self._side(mirror, mirror.source), self._side(mirror, target)
            self._pairs[key] = Pair(
                mirror=mirror,
                source=msgspec.structs.replace(source, other=other.queue.tracker),
                target=msgspec.structs.replace(other, other=source.queue.tracker),
                twins=partial(self.links.twins, mirror.source, target, public=mirror.audience == "public"),
            )
        return self._pairs[key]

    def _target_of(self, mirror: Mirror, history: History) -> str:
        components = self.pair(mirror, mirror.target).source.said(history, "component") if mirror.by_component else ()
        return next((queue for name, queue in mirror.by_component.items() if name in components), mirror.target)


def twins_made(links: Links, pair: Pair, queues: Sequence[str]) -> dict[str, Ref]:
    """The twins that our account made for a pair's mirror, by the queue and id of the source that they name."""
    start = Marker(pair.source.court.desk.name, f"{pair.mirror.name}:").text
    found: dict[str, Ref] = {}
    for queue in queues:
        for issue in links.marked(queue, start):
            if issue.author is not None and issue.author.id.casefold() == pair.target.account.id.casefold():
                found.setdefault(issue.marker.removeprefix(start), issue.ref)
    return found


def histories(ledger: Ledger, side: Side, refs: Sequence[Ref]) -> Iterator[History]:
    """The histories of these issues, without those that are gone."""
    for known in ledger.histories(side.queue.name, refs, own=side.account.id):
        if not known.gone:
            yield known.history
