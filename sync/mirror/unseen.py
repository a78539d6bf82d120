"""What a person changed between our read and our write, and writes of ours of which we never heard.

Before a value is written it is noted, with what was read there. The tracker's own history then tells that it was
written, and over what: a person's value that nobody had read is a clash like any other, and not lost without a word.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.mirror import STATE, TITLE, Clash, Flow, Link, Wrote
from tierkeeper.plugins.model.mirror import Side as Name
from tierkeeper.rules.mirroring.merge import Merged, Values
from tierkeeper.rules.mirroring.text import short_title
from tierkeeper.sync.mirror.side import SEVERAL, Side


class End(NamedTuple):
    """One side as it is now."""

    side: Side
    case: Case
    history: History


class Overrun(NamedTuple):
    """A person's value of a facet that we wrote over without having read it."""

    facet: str
    value: str | None
    side: Name


class _Turn(NamedTuple):
    before: str | None
    after: str | None
    ours: bool


def heard(link: Link, ends: Mapping[str, End]) -> tuple[Link, list[Overrun]]:
    """The link with what its trackers say by now of our last writes, and what these went over."""
    base, left, stood, found = dict(link.base), dict[str, Wrote](), list(link.stood), list[Overrun]()
    for facet, wrote in link.wrote.items():
        since = list(_turns(ends[wrote.side], facet))[wrote.known :]
        turn = next((one for one in since if one.ours and one.after == wrote.value), None)
        if turn is None:
            left[facet] = wrote
            continue
        if base.get(facet) != wrote.value:
            base[facet] = wrote.value
            if facet == STATE:
                stood = ["", ""]  # how each side stood told of what was agreed on before
        if turn.before not in {wrote.over, wrote.value}:
            found.append(Overrun(facet, turn.before, wrote.side))
    if left == link.wrote:
        return link, []
    return msgspec.structs.replace(link, base=base, wrote=left, stood=(stood[0], stood[1])), found


def noted(link: Link, merged: Merged, said: tuple[Values, Values], ends: Mapping[str, End]) -> Mapping[str, Wrote]:
    """What is about to be written, over what."""
    found = dict(link.wrote)
    sides: tuple[tuple[Name, Mapping[str, str | None], Values], ...] = (
        ("source", merged.to_source, said[0]),
        ("target", merged.to_target, said[1]),
    )
    for name, written, values in sides:
        for facet, value in written.items():
            turns = list(_turns(ends[name], facet))
            if _is_told(ends[name], facet):
                found[facet] = Wrote(name, values.get(facet), value, len(turns))
    return found


def as_made(end: End, values: Values) -> Values:
    """What a twin said as it was made, where people changed it before we knew of it."""
    found = dict(values)
    for facet in values:
        theirs = next((one for one in _turns(end, facet) if not one.ours), None)
        if theirs is not None:
            found[facet] = theirs.before
    return found


def given_back(merged: Merged, overruns: list[Overrun], flows: tuple[Flow, ...], guarded: Mapping[str, object]) -> None:
    """What was written over stands again where that side's word counts; else it is told that it does not."""
    ways = {flow.facet: flow for flow in flows}
    for facet, value, side in overruns:
        flow, now = ways.get(facet), merged.base.get(facet)
        if flow is None or flow.way == "follow" or value == now:
            continue
        anew = facet in merged.to_source or facet in merged.to_target
        mine = flow.owner == side and (side == "source" or (flow.way == "both" and facet not in guarded))
        counts = mine and not anew
        kept, lost = (value, now) if counts else (now, value)
        if counts:
            merged.base[facet] = merged.to_source[facet] = merged.to_target[facet] = value
        other: Name = "target" if side == "source" else "source"
        merged.clashes.append(Clash(facet, kept, lost, other if counts else side))


def _is_told(end: End, facet: str) -> bool:
    """Whether a history tells of a facet in the words that flow."""
    if facet == STATE and end.side.mirror.states:
        return False
    return facet == TITLE or (facet in end.case.changes and facet not in SEVERAL)


def _turns(end: End, facet: str) -> Iterator[_Turn]:
    """How the facet changed on one side, in the source's words."""
    side, own = end.side, end.history.own.casefold()
    if facet == TITLE:
        for event in end.history.events:
            if event.kind == "title":
                ours = event.actor is not None and event.actor.id.casefold() == own
                yield _Turn(_title(side, event.before), _title(side, event.after), ours)
        return
    for change in end.case.changes.get(facet, ()) if _is_told(end, facet) else ():
        ours = change.kind == "ours" or change.command
        yield _Turn(side.in_source_words(facet, change.before), side.in_source_words(facet, change.after), ours)


def _title(side: Side, title: str | None) -> str:
    return short_title(side.words.redaction(title or ""), side.longest)
