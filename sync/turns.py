"""Whose turn it is: which queue is looked at and written first, and what is left for the next run, and until when."""

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.errors import AuthenticationFailed, OutOfBudget, TierkeeperError, TrackerError, Unreachable
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.sync.budget import Forecast
from tierkeeper.sync.ledger.ledger import Ledger

STOPPING = (AuthenticationFailed, OutOfBudget, Unreachable)
"""Errors that concern a whole tracker: the rest of its issues is not looked at in this cycle."""

_KEY = "queues that were left over"
_KEPT = timedelta(days=7)
_LAST_RUNS = 20
_OFTEN = timedelta(minutes=1)
_SELDOM = timedelta(days=1)


class Due(msgspec.Struct, kw_only=True):
    """What a queue has to write: the issues, and how many comments they need at most."""

    queue: Queue
    refs: list[Ref]
    creates: int = 0


def why(error: TrackerError) -> str:
    """Why a tracker stopped, in short."""
    return error.reason if isinstance(error, OutOfBudget) else str(error)


class Left(msgspec.Struct, kw_only=True):
    """What one queue was left with. `issues` is None where it was not read. Times are wall times, if they are known."""

    queue: str
    issues: int | None = None
    why: str = ""
    goes_on: datetime | None = None
    done_by: datetime | None = None

    def said(self, zone: ZoneInfo, now: datetime) -> str:
        """In one line, with times as the desk's people read them."""
        count = f"{self.issues:,} issue{'' if self.issues == 1 else 's'} not written" if self.issues else ""
        if self.issues is None:
            count = "not read to its end, and not judged; what was read is kept"
        when = f"; goes on at {_clock(self.goes_on, zone, now)}" if self.goes_on else "; goes on with the next run"
        done = f", done by about {_clock(self.done_by, zone, now)}" if self.done_by else ""
        return f"{self.queue}: {count}{when}{done} ({self.why})"


def in_turn(queues: Iterable[Queue], ledger: Ledger, wall_now: datetime) -> list[Queue]:
    """The queues, those first that were left over last time."""
    kept = ledger.kept.get(_KEY, wall_now)
    first = msgspec.json.decode(kept, type=list[str]) if kept else []
    return sorted(queues, key=lambda queue: first.index(queue.name) if queue.name in first else len(first))


def remember(left: Sequence[Left], ledger: Ledger, wall_now: datetime) -> None:
    """Keep who was left over, for the next run."""
    names = msgspec.json.encode([one.queue for one in left]).decode()
    if names != (ledger.kept.get(_KEY, wall_now) or "[]"):
        ledger.kept.put(_KEY, names, wall_now + _KEPT)


def written_in_turn(
    due: Sequence[Due],
    write: Callable[[Queue, Ref], None],
    failed: Callable[[Ref, TierkeeperError], None],
) -> list[tuple[Due, TrackerError]]:
    """Write one issue of each queue in turn, so that queues share a budget; what could not be written, and why.

    Trouble with one issue holds up none of the others; trouble with a tracker, none of the other trackers.
    """
    waiting = deque((one, deque(one.refs)) for one in due)
    stopped: dict[str, TrackerError] = {}
    left = []
    while waiting:
        one, refs = waiting.popleft()
        tracker = one.queue.tracker
        if tracker not in stopped:
            _write_next(one.queue, refs, stopped, write=write, failed=failed)
        if tracker in stopped:
            creates = math.ceil(one.creates * len(refs) / len(one.refs))
            left.append((Due(queue=one.queue, refs=list(refs), creates=creates), stopped[tracker]))
        elif refs:
            waiting.append((one, refs))
    return left


def _write_next(
    queue: Queue,
    refs: deque[Ref],
    stopped: dict[str, TrackerError],
    *,
    write: Callable[[Queue, Ref], None],
    failed: Callable[[Ref, TierkeeperError], None],
) -> None:
    """Write to the first of these issues, and take it off; or note what stops its tracker."""
    try:
        write(queue, refs[0])
    except STOPPING as stop:
        if not (isinstance(stop, OutOfBudget) and stop.one_issue):
            stopped[queue.tracker] = stop
            return
        failed(refs[0], stop)
    except TierkeeperError as trouble:
        failed(refs[0], trouble)
    refs.popleft()


def forecast(budget: Forecast | None, out: TrackerError, creates: int, ledger: Ledger) -> datetime | None:
    """About when what is left will be written: what the budget lets through, at the pace that runs came so far."""
    if budget is None or not isinstance(out, OutOfBudget) or out.until is None or not out.credential:
        return None
    return budget.caught_up(out.credential, creates, out.until, pace(ledger))


def pace(ledger: Ledger) -> timedelta:
    """How often runs come, as far as the last ones tell."""
    began = sorted(run.began for run in ledger.last_runs(_LAST_RUNS) if run.command == "run")
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(began)]
    return min(max(timedelta(seconds=median(gaps)), _OFTEN), _SELDOM) if gaps else _OFTEN


def _clock(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A moment in the desk's zone: rounded up to the minute, with its day where that is another one."""
    local = (moment + timedelta(minutes=1, microseconds=-1)).astimezone(zone)
    day = "" if local.date() == now.astimezone(zone).date() else f"{local:%Y-%m-%d} "
    return f"{day}{local:%H:%M %Z}"
