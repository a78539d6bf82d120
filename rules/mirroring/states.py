"""How an issue stands on one side of a mirror, and what that means on the other: by the table in the policy. Pure.

A state is told in the source's words; without a row that fits it is open or closed, and no more.
"""

from collections.abc import Iterator, Sequence

from tierkeeper.plugins.model.issue import Issue
from tierkeeper.plugins.model.mirror import Side, StateRow, Stood

_STATUS = "status"


def stood_of(issue: Issue) -> Stood:
    """How an issue stands, in its own tracker's words."""
    return Stood(open=issue.open, reason="" if issue.open else issue.reason, status=issue.fields.get(_STATUS, ""))


def fits(wanted: Stood, here: Stood) -> bool:
    """Whether an issue that stands so is what is wanted; what is not said is any."""
    return (
        wanted.open is here.open
        and (not wanted.reason or plain(wanted.reason) == plain(here.reason))
        and (not wanted.status or plain(wanted.status) == plain(here.status))
    )


def plain(name: str) -> str:
    """A reason or a status, however a tracker spells it: ``not_planned`` is ``Not planned``."""
    return " ".join(name.replace("_", " ").split()).casefold()


def word(rows: Sequence[StateRow], side: Side, here: Stood) -> str:
    """What an issue's state is called that stands so on this side: a status says more than a reason, that than none."""
    other_way = "back" if side == "source" else "forward"
    said = [row for row in rows if row.way != other_way and fits(_on(row, side), here)]
    best = max(said, key=lambda row: weight(_on(row, side)), default=None)
    return str(best.source) if best is not None else str(Stood(open=here.open))


def meant(rows: Sequence[StateRow], side: Side, value: str) -> Stood:
    """How an issue on this side is to stand for a state that is called so."""
    named = [row for row in rows if str(row.source) == value and (side == "source" or row.way != "back")]
    return _on(named[0], side) if named else Stood(open=not value.startswith("closed"))


def weight(stood: Stood) -> int:
    """How much is said of a state."""
    return 2 * bool(stood.status) + bool(stood.reason)


def doubles(rows: Sequence[StateRow]) -> Iterator[tuple[int, int, Side]]:
    """Rows that leave open which of them counts: their places, the later one first, and the side that they share."""
    for place, row in enumerate(rows):
        for earlier, other in enumerate(rows[:place]):
            if "back" not in {row.way, other.way} and _same(row.source, other.source):
                yield place, earlier, "source"
            if "forward" not in {row.way, other.way} and _same(row.target, other.target):
                yield place, earlier, "target"


def _same(one: Stood, other: Stood) -> bool:
    return weight(one) == weight(other) and fits(one, other)


def _on(row: StateRow, side: Side) -> Stood:
    return row.source if side == "source" else row.target
