"""A figure of the benchmark: what was measured, beside something measured in the same run, and the target."""

import gc
import time
from collections.abc import Callable
from typing import NamedTuple

ROUNDS = 7


class Figure(NamedTuple):
    """One line of the benchmark. `ratio` sets the figure beside something known, measured in the same run."""

    name: str
    figure: str
    ratio: str
    target: str
    met: bool

    def __str__(self) -> str:
        """A line for people."""
        verdict = "met" if self.met else "MISSED"
        return f"{self.name}: {self.figure}; {self.ratio}; target {self.target}: {verdict}"


def cpu_seconds(*works: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """The CPU seconds of this thread for each work, in the round that was disturbed least; they take turns."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            gc.collect()
            began = time.thread_time()
            work()
            best[place] = min(best[place], time.thread_time() - began)
    return best
