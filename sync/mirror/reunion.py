"""Finds pairs again that this ledger does not know, joins two issues by hand, and lets a pair go.

A pair counts only if both sides name each other, each where nobody but our account writes: the twin by what our create
left on it or by our status comment, the source by its status comment. Nothing is written to a tracker here.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.host import Host
from tierkeeper.plugins.markup.keys import keys_in
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import Gone, History
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import Link, Mirror
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.plugins.transport.ports import Wall
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.judging import Court
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.mirror.hooks import Hooks
from tierkeeper.sync.mirror.naming import addresses_in, claims, names, parted, status_comments
from tierkeeper.sync.mirror.pairs import Pair
from tierkeeper.sync.mirror.scout import Scout, histories, twins_made
from tierkeeper.sync.mirror.side import Side
from tierkeeper.sync.mirror.turn import MirrorTurn
from tierkeeper.sync.twins import link_key

_ROWS = 500


class Reunion(msgspec.Struct, kw_only=True):
    """What came of looking for pairs: how many there are, which differ in what, and which only one side knows of."""

    pairs: int = 0
    differing: list[str] = []
    half: list[str] = []


class Matchmaker:
    """Joins what belongs together, with the sides and courts of a cycle at `turn.now`."""

    def __init__(self, turn: MirrorTurn) -> None:
        self.turn, self.ledger, self.policy = turn, turn.ledger, turn.policy
        self.links = Links(turn.ledger)
        self.scout: Scout = turn.scout

    def find(self) -> Reunion:
        """Find every pair that names each other; each becomes a link with what both agree on."""
        found = Reunion()
        for mirror in self.policy.mirrors:
            pair = self.scout.pair(mirror, mirror.target)
            for source, twin in self._candidates(mirror, pair):
                self._take(mirror, source, twin, found)
        return found

    def _candidates(self, mirror: Mirror, pair: Pair) -> Iterator[tuple[History, Ref]]:
        """Sources, each with the issue that says or is said to be its twin."""
        made = twins_made(self.links, pair, mirror.targets())
        named = {ref.id: twin for key, twin in made.items() for ref in self._known(*key.rsplit(":", 1))}
        for source in self._all(pair.source):
            twin = named.get(source.issue.ref.id)
            if twin is None and (claims(source, self.policy.desk.name) or parted(source)):
                twin = self._named_by(source, mirror)
            if twin is not None:
                yield source, twin

    def _take(self, mirror: Mirror, source: History, twin: Ref, found: Reunion) -> None:
        pair, desk = self.scout.pair(mirror, twin.queue), self.policy.desk.name
        target = next(histories(self.ledger, pair.target, [twin]), None)
        ref = source.issue.ref
        if target is None or self.links.of([ref]):
            return
        if why := parted(source):  # it was let go: a pair that it is no more, and that gets no other twin
            link = Link(mirror=mirror.name, source=ref, place=twin.queue, sent=self.turn.now, target=twin)
            self.links.put(msgspec.structs.replace(link, named=True, ended=why))
            return
        marker = f"{desk}:{mirror.name}:{ref.queue}:{ref.id}"
        own = target.own.casefold()
        made = target.issue.author is not None and target.issue.author.id.casefold() == own
        there = (made and target.issue.marker == marker) or names(
            target, source.issue, link_key(desk, mirror.name, ref)
        )
        here = names(source, target.issue, link_key(desk, mirror.name, twin))
        if here and there:
            link = self._join(pair, source, target, named=True)
            found.pairs += 1
            if link.apart:
                found.differing.append(f"{ref} and {target.issue.ref}: {', '.join(link.apart)}")
        else:
            who, other = (ref, target.issue.ref) if here else (target.issue.ref, ref)
            found.half.append(f"{who} names {other}, which does not name it")

    def adopt(self, source: Ref, twin: Ref, name: str = "") -> Link:
        """Make two issues a pair that people made by hand. Raises UsageError."""
        mirror = self._mirror(source, twin, name)
        for one in self.links.of([source, twin]):
            if not one.ended:
                other = f"{one.source} and {one.target or 'a twin that may have been made'}"
                raise UsageError(f"{other} are a pair already; `tierkeeper mirror release {one.source}` lets it go")
            self.links.drop(one)
        pair = self.scout.pair(mirror, twin.queue)
        link = self._join(pair, self._look(pair.source, source), self._look(pair.target, twin), named=False)
        self.links.mark([source, twin])
        return link

    def release(self, *refs: Ref) -> list[Link]:
        """Let pairs go: all stay as they are, and nothing is carried over any more. Raises UsageError."""
        pairs = {(link.mirror, link.source): link for link in map(self._linked, refs)}
        why = f"let go on {self.turn.now:%d %b %Y}"
        ended = [msgspec.structs.replace(link, ended=why, named=False) for link in pairs.values()]
        self.links.put(*ended)
        self.links.mark([link.source for link in ended])
        return ended

    def _linked(self, ref: Ref) -> Link:
        known = [one for one in self.links.of([ref]) if not one.ended]
        if not known:
            raise UsageError(f"{ref} is no part of a pair")
        if known[0].target is None:
            raise UsageError(f"whether {ref} has a twin is not known yet; the next run finds out")
        return known[0]

    def _mirror(self, source: Ref, twin: Ref, name: str) -> Mirror:
        fits = [one for one in self.policy.mirrors if one.source == source.queue and twin.queue in one.targets()]
        fits = [one for one in fits if name in {"", one.name}]
        if not fits:
            what = f"mirror {name!r}" if name else "mirror"
            raise UsageError(f"no {what} leads from {source.queue} to {twin.queue}; name the source first")
        if len(fits) > 1:
            known = ", ".join(one.name for one in fits)
            raise UsageError(f"more than one mirror leads there; say which with --mirror: {known}")
        return fits[0]

    def _look(self, side: Side, ref: Ref) -> History:
        snapshot = side.tracker.read(ref, side.queue)
        if isinstance(snapshot, Gone):
            self.ledger.mark_gone(ref, snapshot)
            raise UsageError(f"{ref} is not there any more ({snapshot.reason})")
        self.ledger.store_snapshot(side.queue.name, snapshot, now=self.turn.now)
        return next(histories(self.ledger, side, [ref]))

    def _join(self, pair: Pair, source: History, target: History, *, named: bool) -> Link:
        place = pair.target.queue.name
        link = Link(mirror=pair.mirror.name, source=source.issue.ref, place=place, sent=self.turn.now, named=named)
        link = pair.met(link, source, target)
        self.links.put(link)
        return link

    def _all(self, side: Side) -> Iterator[History]:
        refs: Sequence[Ref] = self.links.known(side.queue.name)
        for start in range(0, len(refs), _ROWS):
            yield from histories(self.ledger, side, refs[start : start + _ROWS])

    def _known(self, queue: str, id_: str) -> list[Ref]:
        known = self.ledger.history(queue, id_)
        return [known.history.issue.ref] if known is not None else []

    def _named_by(self, source: History, mirror: Mirror) -> Ref | None:
        """The issue that a source's status comment names: by its key, or by its address."""
        said = status_comments(source)
        for key in (key for one in said for key in keys_in(one.body)):
            queue, _, id_ = key.rpartition(":")
            found = self._known(queue.rpartition(":")[2], id_)
            if found and found[0].queue in mirror.targets():
                return found[0]
        urls = {url for one in said for url in addresses_in(one.body)}
        places = [self.scout.pair(mirror, queue).target for queue in mirror.targets()]
        twins = (one.issue for side in places for one in self._all(side)) if urls else iter(())
        return next((issue.ref for issue in twins if issue.url in urls), None)


def matchmaker(
    policy: Policy, ledger: Ledger, trackers: Mapping[str, Tracker], *, now: datetime, wall: Wall, host: Host | None
) -> Matchmaker:
    """One that works at `now` with these trackers."""
    accounts = {name: tracker.account() for name, tracker in trackers.items()}
    own = {name: account.id for name, account in accounts.items()}
    rosters = ledger.rosters(now)

    def court(queue: Queue) -> Court:
        return Court(
            policy=policy,
            queue=queue,
            own=own[queue.tracker],
            now=now,
            since=ledger.began or now,
            rosters=rosters,
            ledger=ledger,
            accounts=own,
        )

    turn = MirrorTurn(
        policy=policy,
        ledger=ledger,
        trackers=trackers,
        accounts=accounts,
        court=court,
        now=now,
        wall=wall,
        progress=lambda _line: None,
        hooks=Hooks(host),
    )
    return Matchmaker(turn)
