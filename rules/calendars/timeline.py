"""A calendar's open time, laid out year by year as it is asked for, and looked up from then on."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, timedelta
from typing import NamedTuple

from tierkeeper.rules.calendars.moments import FIRST_YEAR, LAST_YEAR, Since, moment, year_start

Interval = tuple[Since, Since]
"""Open time from one moment to another, which is not in it."""

BARREN_YEARS = 10
"""How many years in which nothing opens, or nothing closes, are taken for all time."""

_NONE = timedelta()
_DAY = timedelta(days=1)


class _Known(NamedTuple):
    """What is laid out, from year to year: open time, and how much of it lies before each start and each end."""

    first: int
    last: int
    low: Since = _NONE
    high: Since = _NONE
    starts: tuple[Since, ...] = ()
    ends: tuple[Since, ...] = ()
    before: tuple[timedelta, ...] = ()
    upto: tuple[timedelta, ...] = ()
    floor: timedelta = _NONE
    total: timedelta = _NONE


class Timeline:
    """Open time as one sorted list. `of_year` gives what is open in a year of UTC, sorted, with gaps in between.

    What is known is replaced whole and never changed, so that threads may share a timeline.
    """

    def __init__(self, of_year: Callable[[int], Sequence[Interval]]) -> None:
        self._of_year = of_year
        self._known = _Known(0, 0)

    def add(self, at: Since, amount: timedelta, *, reopen: bool) -> Since | None:
        """Where so much open time has passed since `at`; with `reopen`, as late as that is so. None: nowhere."""
        if not amount and not reopen:
            return at
        known = self._known
        _, _, low, high, starts, ends, before, upto, worked, _ = known
        if not low <= at < high:
            known = self._around(at)
            _, _, low, high, starts, ends, before, upto, worked, _ = known
        place = bisect_right(starts, at) - 1
        if place >= 0:
            worked = before[place] + at - starts[place] if at < ends[place] else upto[place]
        wanted = worked + amount
        place = bisect_right(upto, wanted) if reopen else bisect_left(upto, wanted)
        if 0 < place < len(upto):
            return starts[place] + wanted - before[place]
        return self._far(known, wanted, reopen=reopen)

    def _far(self, known: _Known, wanted: timedelta, *, reopen: bool) -> Since | None:
        """As `add`, where more may have to be laid out."""
        found: _Known | None = known
        while found is not None and (found.total < wanted or (reopen and found.total == wanted)):
            found = self._more(found, forward=True)
        while found is not None and (found.floor > wanted or (not reopen and found.floor == wanted)):
            found = self._more(found, forward=False)
        if found is None:
            return None
        place = bisect_right(found.upto, wanted) if reopen else bisect_left(found.upto, wanted)
        return found.starts[place] + wanted - found.before[place]

    def worked(self, start: Since, end: Since) -> timedelta:
        """The open time between two moments; negative where `end` is the earlier one."""
        known = self._known
        if not (known.low <= start < known.high and known.low <= end < known.high):
            known = self._around(start, end)
        return _worked(known, end) - _worked(known, start)

    def is_open(self, at: Since) -> bool:
        """Whether `at` is open."""
        known = self._known
        if not known.low <= at < known.high:
            known = self._around(at)
        place = bisect_right(known.starts, at) - 1
        return place >= 0 and at < known.ends[place]

    def next_start(self, at: Since) -> Since | None:
        """The first start at `at` or after it. None: there is none."""
        return self._next(at, bisect_left, lambda known: known.starts)

    def next_end(self, at: Since) -> Since | None:
        """The first end after `at`. None: there is none."""
        return self._next(at, bisect_right, lambda known: known.ends)

    def _next(
        self,
        at: Since,
        place_of: Callable[[Sequence[Since], Since], int],
        edges: Callable[[_Known], tuple[Since, ...]],
    ) -> Since | None:
        known = self._around(at - _DAY, at)  # what opens where the known begins may have been open before
        for _ in range(BARREN_YEARS + 1):
            there = edges(known)
            place = place_of(there, at)
            if place < len(there) and there[place] != known.high:
                return there[place]
            if known.last >= LAST_YEAR:
                return None
            known = self._grown(known, forward=True)
        return None

    def between(self, start: Since, end: Since) -> list[Interval]:
        """What is open between two moments."""
        known = self._around(start, end)
        first, last = bisect_right(known.ends, start), bisect_left(known.starts, end)
        found = zip(known.starts[first:last], known.ends[first:last], strict=True)
        return [(max(start, opens), min(end, closes)) for opens, closes in found]

    def _around(self, *moments: Since) -> _Known:
        """What is known, once it reaches from the first to the last of some moments."""
        known = self._known
        if known.low <= min(moments) and max(moments) < known.high:
            return known
        first, last = (moment(edge, UTC).year for edge in (min(moments), max(moments)))
        if not FIRST_YEAR < first <= last < LAST_YEAR - 1:
            raise ValueError(f"calendars count from {FIRST_YEAR + 1} to {LAST_YEAR - 2}, not in {first} or {last}")
        if known.first == known.last:
            known = _Known(first, first, year_start(first), year_start(first))
        while known.low > min(moments):
            known = self._grown(known, forward=False)
        while known.high <= max(moments):
            known = self._grown(known, forward=True)
        return known

    def _more(self, known: _Known, *, forward: bool) -> _Known | None:
        """With at least one year more that has open time in it. None: there is none."""
        for _ in range(BARREN_YEARS):
            if known.last >= LAST_YEAR if forward else known.first <= FIRST_YEAR:
                return None
            grown = self._grown(known, forward=forward)
            if (grown.floor, grown.total) != (known.floor, known.total):
                return grown
            known = grown
        return None

    def _grown(self, known: _Known, *, forward: bool) -> _Known:
        """With one year more."""
        year = known.last if forward else known.first - 1
        there = list(zip(known.starts, known.ends, strict=True))
        fresh = list(self._of_year(year))
        joined = _joined(there, fresh) if forward else _joined(fresh, there)
        size = sum((end - start for start, end in fresh), _NONE)
        counted = known.floor if forward else known.floor - size
        before, upto, floor = [], [], counted
        for start, end in joined:
            before.append(counted)
            counted += end - start
            upto.append(counted)
        first, last = min(year, known.first), max(year + 1, known.last)
        starts, ends = (tuple(edges) for edges in zip(*joined, strict=True)) if joined else ((), ())
        edges = (year_start(first), year_start(last))
        self._known = _Known(first, last, *edges, starts, ends, tuple(before), tuple(upto), floor, counted)
        return self._known


def _worked(known: _Known, at: Since) -> timedelta:
    """The open time before `at`, from a point that stays the same in what is known."""
    starts = known.starts
    place = bisect_right(starts, at) - 1
    if place < 0:
        return known.floor
    return known.before[place] + (at - starts[place]) if at < known.ends[place] else known.upto[place]


def _joined(early: list[Interval], late: list[Interval]) -> list[Interval]:
    """Two lists one after the other; what touches is one."""
    if early and late and early[-1][1] == late[0][0]:
        return [*early[:-1], (early[-1][0], late[0][1]), *late[1:]]
    return early + late


def merged(intervals: Sequence[Interval]) -> list[Interval]:
    """What is open in any of them: sorted, and what overlaps or touches is one."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found
