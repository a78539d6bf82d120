"""What `explain` says of an issue's twin, or of what it is the twin of."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.model.issue import Ref
from tierkeeper.sync.cli.answers import HeldAnswer
from tierkeeper.sync.cli.cycle_page import counted, shown
from tierkeeper.sync.cli.mirroring import put_aside
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links


class TwinAnswer(msgspec.Struct, kw_only=True):
    """A pair that the issue is part of: the `other` one, empty where nobody knows yet whether it was made.

    `is_source`: the rules judge this one; else they judge the other one. `ended`: why nothing is carried over any more.
    """

    mirror: str
    other: str
    is_source: bool
    ended: str = ""


def twin_answers(ref: Ref, ledger: Ledger) -> list[TwinAnswer]:
    """The pairs that an issue is part of."""
    found = []
    for link in Links(ledger).of([ref]):
        is_source = (link.source.queue, link.source.id) == (ref.queue, ref.id)
        other = str((link.target if is_source else link.source) or "")
        found.append(TwinAnswer(mirror=link.mirror, other=other, is_source=is_source, ended=link.ended))
    return found


def held_answer(ref: Ref, twins: list[TwinAnswer], ledger: Ledger) -> HeldAnswer | None:
    """Why the issue, or the one that it is the twin of, was put aside; None if it was not."""
    names = {str(ref), *(one.other for one in twins)}
    return next((one for one in put_aside(ledger) if one.issue in names), None)


def twin_lines(twins: list[TwinAnswer], held: HeldAnswer | None, zone: ZoneInfo) -> Iterator[str]:
    """The same, as lines."""
    for one in twins:
        if one.ended:
            yield f"no longer linked to {one.other}: {one.ended}"
        elif not one.other:
            yield f"whether its twin was made is not known yet, by the mirror {one.mirror}"
        elif one.is_source:
            yield f"its twin is {one.other}, by the mirror {one.mirror}"
        else:
            yield f"the twin of {one.other}, by the mirror {one.mirror}: the rules judge that one"
    if held is not None:
        again = _again(held.retry_at, zone)
        yield f"put aside by its mirror ({counted(held.attempts, 'attempt')}, {again}): {held.reason}"


def _again(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"again {shown(moment, zone)}" if moment is not None else "again with the next run"
