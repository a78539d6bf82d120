"""Who reads the queues of mirrors: asked anew in each cycle, before anything is written, and only then."""

from collections.abc import Mapping, Sequence

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.sync.mirror.pairs import Pair
from tierkeeper.sync.mirror.works import Work


class Readers:
    """What was found out in one cycle. `requests` is what that took."""

    def __init__(self, trackers: Mapping[str, Tracker]) -> None:
        self._trackers = trackers
        self._known: dict[str, Audience | TrackerError] = {}
        self.requests = 0

    def _of(self, queue: Queue) -> Audience | TrackerError:
        if queue.name not in self._known:
            tracker = self._trackers[queue.tracker]
            before = sum(tracker.requests().values())
            try:
                self._known[queue.name] = tracker.audience(queue)
            except TrackerError as error:
                self._known[queue.name] = error
            self.requests += sum(tracker.requests().values()) - before
        return self._known[queue.name]

    def is_public(self, queue: Queue) -> bool:
        """Whether anybody reads the queue, or that cannot be ruled out."""
        return self._of(queue) != "private"

    def checked(self, works: Sequence[tuple[Pair, Work]]) -> tuple[list[tuple[Pair, Work]], list[str]]:
        """What may be written; and which mirrors may not, since anybody would read what a private one writes."""
        problems: dict[tuple[str, str], str] = {}
        allowed: list[tuple[Pair, Work]] = []
        for pair, work in works:
            queue, mirror = pair.target.queue, pair.mirror
            found = self._of(queue) if mirror.audience == "private" else "private"
            if found == "private":
                allowed.append((pair, work))
                continue
            why = "is public" if found == "public" else f"could not be asked who reads it ({found})"
            problems[mirror.name, queue.name] = (
                f"mirror {mirror.name}, {mirror.source} to {queue.name}: {queue.place} {why}, and the mirror is "
                "private: nothing was written; make it private, or give the mirror `audience: public`"
            )
        return allowed, list(problems.values())
