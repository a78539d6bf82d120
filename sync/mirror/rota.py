"""Whose turn it is among the mirrors: one pair of each in turn, so that they share a budget; and what was left."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from tierkeeper.plugins.errors import OutOfBudget, TierkeeperError, TrackerError
from tierkeeper.sync.mirror.pairs import Pair
from tierkeeper.sync.mirror.works import Work
from tierkeeper.sync.turns import STOPPING

_TELL_FROM = 5
"""Of fewer pairs nobody has to be told how far it is."""


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """A mirror that could not go on: by which error, how many issues were left, and how many creates they need."""

    mirror: str
    error: TrackerError
    issues: int
    creates: int


class Rota(msgspec.Struct, kw_only=True):
    """Carries pairs over, one of each mirror and target in turn.

    `asked` tells which tracker was asked last, which is the one that an error came from. `problems` are those of one
    pair alone, `left` what was not written.
    """

    works: Sequence[tuple[Pair, Work]]
    asked: Callable[[], str]
    clock: Callable[[], datetime]
    progress: Callable[[str], None]
    problems: list[str] = []
    left: list[Work] = []

    def go(self, write: Callable[[Pair, Work], None]) -> list[Stopped]:
        """Write what there is. Trouble with a tracker stops the pairs that need it, and no other."""
        stopped: dict[str, TrackerError] = {}
        left: dict[tuple[str, str], list[Work]] = {}
        self.left = []
        began, total = self.clock(), len(self.works)
        for number, (pair, work) in enumerate(self._in_turn(), start=1):
            needed = (pair.target.queue.tracker, pair.source.queue.tracker)
            if not any(name in stopped for name in needed):
                self._try(pair, work, write, stopped)
            if name := next((name for name in needed if name in stopped), ""):
                left.setdefault((pair.mirror.name, name), []).append(work)
                self.left.append(work)
            elif total >= _TELL_FROM:
                self.progress(_how_far(number, total, self.clock() - began))
        return [
            Stopped(mirror=name, error=stopped[by], issues=len(works), creates=sum(work.creates for work in works))
            for (name, by), works in left.items()
        ]

    def _try(
        self, pair: Pair, work: Work, write: Callable[[Pair, Work], None], stopped: dict[str, TrackerError]
    ) -> None:
        try:
            write(pair, work)
        except STOPPING as stop:
            if isinstance(stop, OutOfBudget) and stop.one_issue:
                self.problems.append(_about(work, stop))
            else:
                stopped[self.asked()] = stop
        except TierkeeperError as error:
            self.problems.append(_about(work, error))

    def _in_turn(self) -> Iterator[tuple[Pair, Work]]:
        lines: dict[tuple[str, str], deque[tuple[Pair, Work]]] = {}
        for pair, work in self.works:
            lines.setdefault((pair.mirror.name, pair.target.queue.name), deque()).append((pair, work))
        waiting = deque(lines.values())
        while waiting:
            line = waiting.popleft()
            yield line.popleft()
            if line:
                waiting.append(line)


def _about(work: Work, error: TierkeeperError) -> str:
    """What failed, with the issue whose twin it was about."""
    source = str(work.link.source)
    return str(error) if source in str(error) else f"{source} and its twin: {error}"


def _how_far(number: int, total: int, took: timedelta) -> str:
    """How many pairs are done, and how long the rest will take at this pace."""
    rest = took / number * (total - number)
    minutes, seconds = divmod(round(rest.total_seconds()), 60)
    left = f"about {minutes} min left" if minutes else f"about {seconds} s left"
    return f"mirrors: {number:,} of {total:,} pairs, {left}"
