"""Which mirror an issue belongs to: one only, whichever queues of its place show it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.sync.ledger.links import Links


class Spot(NamedTuple):
    """An issue, whatever queue it is read by."""

    tracker: str
    place: str
    id: str


class Claim(NamedTuple):
    """The mirror that an issue of another queue of its place belongs to; `as_twin`: as a twin, or as a source."""

    mirror: str
    queue: str
    as_twin: bool

    def said_of(self, ref: Ref) -> str:
        """Why the issue has no twin by another mirror, and what helps."""
        why = f"{ref} is in the queue {self.queue} too, and its twin is made by the mirror {self.mirror}"
        hint = "let filters of the two queues, or `when` of the two mirrors, tell their issues apart"
        return f"{why}: one issue has one twin; {hint}"


def spot_of(ref: Ref, queues: Mapping[str, Queue]) -> Spot:
    """Where an issue is; a queue that the policy does not have is a place of its own."""
    queue = queues.get(ref.queue)
    return Spot(queue.tracker, queue.place.casefold(), ref.id) if queue is not None else Spot("", ref.queue, ref.id)


def siblings(name: str, queues: Mapping[str, Queue]) -> Iterator[str]:
    """The other queues that read the same place, each with a filter of its own."""
    here = queues[name]
    for other in queues.values():
        same = (other.tracker, other.place.casefold()) == (here.tracker, here.place.casefold())
        if same and other.name != name:
            yield other.name


class Claims:
    """What other queues of a place have made of its issues: in earlier cycles, as links tell, and in this one."""

    def __init__(self, links: Links, queues: Mapping[str, Queue]) -> None:
        self._links, self._queues = links, queues
        self._proposed: dict[Spot, Claim] = {}

    def on(self, ref: Ref, mirror: str) -> Claim | None:
        """The claim of another mirror on an issue: from another queue of its place, or in this cycle."""
        others = [Ref(name, ref.id, ref.key) for name in siblings(ref.queue, self._queues)]
        for link in self._links.of(others) if others else ():
            for end in (link.source, link.target):
                if (
                    not link.ended
                    and end is not None
                    and (end.queue, end.id) in {(one.queue, one.id) for one in others}
                ):
                    return Claim(link.mirror, end.queue, as_twin=end is link.target)
        proposed = self._proposed.get(spot_of(ref, self._queues))
        return proposed if proposed is not None and proposed.mirror != mirror else None

    def note(self, ref: Ref, mirror: str) -> None:
        """This issue is to have a twin by this mirror."""
        self._proposed.setdefault(spot_of(ref, self._queues), Claim(mirror, ref.queue, as_twin=False))
