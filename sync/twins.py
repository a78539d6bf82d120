"""What an issue hears from its twin and shows of it: a linked pair is one case, the source's."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from tierkeeper.plugins.markup.text import digest
from tierkeeper.plugins.model.desk import Desk, Queue
from tierkeeper.plugins.model.event import Heard, History
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import Link, Mirror, Twin
from tierkeeper.rules.mirroring.redact import Redaction
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.mirror.claims import siblings


def link_key(desk: str, mirror: str, ref: Ref) -> str:
    """What the one side of a pair names the other by."""
    return f"{digest(desk)}:{mirror}:{ref.queue}:{ref.id}"


def shown_ref(ref: Ref, queue: Queue) -> str:
    """An issue as people of another queue know it: ``HELP-7``, ``example/webapp#31``."""
    return f"{queue.place}#{ref.key}" if ref.key.isdigit() else ref.key


def twin_place(mirror: Mirror, desk: Desk) -> str:
    """What people call the place of the twins: the tier that has them, else the queue."""
    tiers = mirror.when.get("tier", ())
    return desk.shown_tier(tiers[0]) if len(tiers) == 1 else mirror.target


def twins_among(policy: Policy, ledger: Ledger, queue: str, ids: Sequence[str]) -> frozenset[str]:
    """Which of these issues of a queue are twins: they are never judged alone."""
    here = {queue, *siblings(queue, policy.queues)}  # a queue of the same place shows them, too
    made = here & {name for mirror in policy.mirrors for name in mirror.targets()}
    links = Links(ledger)
    return frozenset().union(*(links.targets(name, ids) for name in made))


class Twins:
    """The twins of one queue's issues. `accounts` are our own, by tracker."""

    def __init__(self, ledger: Ledger, queue: Queue, policy: Policy, accounts: Mapping[str, str]) -> None:
        self._ledger, self._links, self._queue, self._policy = ledger, Links(ledger), queue, policy
        self._accounts = accounts
        self._mirrors = {one.name: one for one in policy.mirrors if one.source == queue.name}

    @property
    def any(self) -> bool:
        """Whether issues of this queue have twins at all."""
        return bool(self._mirrors)

    @cached_property
    def _linked(self) -> frozenset[str]:
        return self._links.sources(self._queue.name)

    def told(self, history: History) -> History:
        """The history with what was said on the twin, and with what the issue shows of it."""
        ref = history.issue.ref
        links = self._links.of([ref]) if ref.id in self._linked else []
        link = next((one for one in links if one.source.id == ref.id and one.mirror in self._mirrors), None)
        if link is None or link.target is None:
            first = next(iter(self._mirrors.values()))
            return msgspec.structs.replace(history, twin=Twin(where=twin_place(first, self._policy.desk)))
        queue = self._policy.queues.get(link.target.queue)
        known = self._ledger.history(link.target.queue, link.target.id)
        if queue is None or known is None:
            return history
        there = known.history
        twin = Twin(
            where=twin_place(self._mirrors[link.mirror], self._policy.desk),
            shown=shown_ref(there.issue.ref, queue),
            url=there.issue.url,
            key="" if link.ended else link_key(self._policy.desk.name, link.mirror, link.target),
            ended=link.ended,
        )
        return msgspec.structs.replace(history, heard=tuple(self._heard(link, queue, history, there)), twin=twin)

    def _heard(self, link: Link, queue: Queue, history: History, there: History) -> Iterator[Heard]:
        """What people said on the twin; once the link has ended, only what was carried over before."""
        own = self._accounts.get(queue.tracker, "").casefold()
        shown = {one.id: one.internal for one in history.comments}
        carried = {one.original: one.twin for one in link.answers}
        mirror = self._mirrors[link.mirror]
        redaction = Redaction(mirror.redact, defaults=mirror.redact_defaults)
        for comment in there.comments if own and link.target is not None else ():
            ours = comment.author is not None and comment.author.id.casefold() == own
            if not ours and (not link.ended or comment.id in carried):
                name = f"{queue.name}:{comment.id}"
                internal = shown.get(carried.get(comment.id, ""), True)
                said = msgspec.structs.replace(comment, body=redaction(comment.body))  # notes of commands are shown
                yield Heard(link.heard_as.get(name, name), said, queue.tracker, internal)
