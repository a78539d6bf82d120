"""What the facets of an issue were, step by step, from its native events: labels, fields, assignees, state."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

import msgspec

from tierkeeper.plugins.model.desk import FacetMap
from tierkeeper.plugins.model.event import Event
from tierkeeper.plugins.model.issue import Issue

Step = tuple[str | None, str | None, Event]
"""A facet's value before, its value after, and the event that did it."""

_MOVES = "moved"
"""The kind of event that says that an issue came from another place, and its events among those of facets."""

GAP_TIME = timedelta(seconds=60)
"""One label off and another one on within this time, by one account, is one change: people click in several steps."""


class Place(msgspec.Struct, frozen=True, dict=True):
    """Where a facet lives; `spelling` gives the policy's spelling of each value, by lower case."""

    facet: str
    map: FacetMap
    spelling: Mapping[str, str] = {}

    @cached_property
    def prefix(self) -> str:
        """The label prefix, in lower case."""
        return self.map.name.casefold()

    @cached_property
    def native(self) -> str:
        """What events call it where it is no label: assignees, the state, a field."""
        return self.map.kind if self.map.kind in {"assignee", "state"} else self.map.name or "status"

    @cached_property
    def _meaning(self) -> Mapping[str, str]:
        """The value that each status stands for."""
        return {status: value for value, status in self.map.statuses.items()}

    def read(self, native: str | None) -> str | None:
        """The value that a field, a status or the state stands for."""
        if native is None:
            return None
        return self._meaning.get(native) or self.spelling.get(native.casefold(), native)

    def shown(self, issue: Issue) -> str | None:
        """What the field, the status or the state is now."""
        if self.map.kind == "state":
            return "open" if issue.open else "closed"
        return issue.fields.get(self.native)


class Mark(NamedTuple):
    """What a label says: a facet's value as the policy spells it; `key` is the value in lower case."""

    facet: str
    value: str
    key: str


class Atlas(msgspec.Struct, frozen=True, dict=True):
    """Where every facet lives on one tracker."""

    places: tuple[Place, ...]

    @cached_property
    def natives(self) -> Mapping[str, str]:
        """The facets that are no labels, by what events call them."""
        return {place.native: place.facet for place in self.places if place.map.kind != "label"}

    @cached_property
    def marks(self) -> Callable[[str], tuple[Mark, ...]]:
        """What a label says, by its name; those asked for often are kept."""
        return lru_cache(maxsize=4096)(self._marks)

    def _marks(self, label: str) -> tuple[Mark, ...]:
        found: list[Mark] = []
        for place in self.places:
            if place.map.kind == "label" and label.casefold().startswith(place.prefix):
                written = label[len(place.prefix) :]
                value = place.spelling.get(written.casefold(), written)
                found.append(Mark(place.facet, value, value.casefold()))
        return tuple(found)


class FacetValues(msgspec.Struct):
    """`now`: the values at the end. `steps`: how each came about. `untrusted`: facets not explained by the events."""

    now: dict[str, str | None]
    steps: dict[str, list[Step]]
    owners: tuple[str, ...]
    untrusted: frozenset[str]


def replay(issue: Issue, events: Sequence[Event], atlas: Atlas, now: datetime) -> FacetValues:
    """Replay `events` (oldest first) up to `now`.

    The values of today are believed: they are walked back through all events to where the issue began, and forward
    again. What today's value contradicts is `untrusted`.
    """
    known = _by_facet(events, atlas)
    moves = known.get(_MOVES, ())
    labels: dict[str, list[Mark]] = {}
    for label in issue.labels:
        for mark in atlas.marks(label):
            labels.setdefault(mark.facet, []).append(mark)
    values: dict[str, str | None] = {}
    steps: dict[str, list[Step]] = {}
    owners: tuple[str, ...] = ()
    untrusted: set[str] = set()
    for place in atlas.places:
        facet, kind, trusted = place.facet, place.map.kind, True
        made = known.get(facet, ())
        if kind == "label":
            here = labels.get(facet, ())
            for move in reversed(moves):
                made = _with_lost(here, made, atlas, earlier=events[: events.index(move)], move=move)
            values[facet], steps[facet], trusted = _labels(here, made, atlas, now)
        elif kind == "assignee":
            owners, steps[facet] = _owners(issue, made, now)
            values[facet] = owners[-1] if owners else None
        else:
            values[facet], steps[facet], trusted = _single(place, place.shown(issue), made, now)
        if not trusted:
            untrusted.add(facet)
    return FacetValues(values, steps, owners, frozenset(untrusted))


def _by_facet(events: Iterable[Event], atlas: Atlas) -> dict[str, list[Event]]:
    """The events of each facet; those of a label count for the first facet that it stands for."""
    found: dict[str, list[Event]] = {}
    for event in events:
        if event.kind == "label":
            marks = atlas.marks(event.name)
            facet = marks[0].facet if marks else None
        else:
            native = event.name if event.kind == "field" else event.kind
            facet = atlas.natives.get(native) if event.kind != _MOVES else _MOVES
        if facet is not None:
            found.setdefault(facet, []).append(event)
    return found


def _with_lost(
    today: Sequence[Mark], events: Sequence[Event], atlas: Atlas, *, earlier: Sequence[Event], move: Event
) -> list[Event]:
    """The events of a label's facet with those that a move did not write: it took off what its place does not have."""
    known = {event.id for event in earlier}
    before = [event for event in events if event.id in known]
    later = [event for event in events if event.id not in known]
    kept, _ = _at_start(today, [(event, atlas.marks(event.name)[0]) for event in later])
    on: dict[str, Event] = {}
    for event in before:
        on.pop(atlas.marks(event.name)[0].key, None)
        if event.after is not None:
            on[atlas.marks(event.name)[0].key] = event
    lost = [event for key, event in on.items() if key not in kept]
    change = partial(msgspec.structs.replace, id=move.id, at=move.at, actor=move.actor, app=move.app, after=None)
    return [*before, *(change(event, before=event.after) for event in lost), *later]


_Played = tuple[str | None, list[Step], bool]
"""A facet's value at the end, how it came about, and whether the events explain it."""


def _labels(today: Sequence[Mark], events: Sequence[Event], atlas: Atlas, now: datetime) -> _Played:
    """A facet kept as a label with a prefix. With two of them on the issue, the one set last counts."""
    if not events:
        return today[-1].value if today else None, [], True
    turns = [(event, atlas.marks(event.name)[0]) for event in events]
    held, trusted = _at_start(today, turns)
    value = _last(held)
    steps: list[Step] = []
    gap: Event | None = None
    for event, mark in turns:
        if event.at > now:
            break
        held.pop(mark.key, None)
        if event.after is not None:
            held[mark.key] = mark.value
        current = _last(held)
        if current is None:
            gap = gap or (event if value is not None else None)
            continue
        if gap is not None and (current == value or event.at - gap.at > GAP_TIME or not _same_hand(gap, event)):
            steps.append((value, None, gap))
            value = None
        gap = None
        if current != value:
            steps.append((value, current, event))
            value = current
    if gap is not None:
        steps.append((value, None, gap))
        value = None
    return value, steps, trusted


def _at_start(today: Iterable[Mark], turns: Sequence[tuple[Event, Mark]]) -> tuple[dict[str, str], bool]:
    """The values that an issue began with, by their keys, the one set last behind; and whether the events fit."""
    held, trusted = {mark.key: mark.value for mark in today}, True
    for event, mark in reversed(turns):
        if event.after is None:
            trusted &= mark.key not in held
            held[mark.key] = mark.value
        else:
            trusted &= held.pop(mark.key, None) is not None
    return held, trusted


def _last(held: dict[str, str]) -> str | None:
    return next(reversed(held.values()), None)


def _same_hand(first: Event, second: Event) -> bool:
    """Whether one account did both; what we put back at once, by a clock ahead of the tracker's, was two acts."""
    return (first.actor and first.actor.id) == (second.actor and second.actor.id)


def _single(place: Place, today: str | None, events: Sequence[Event], now: datetime) -> _Played:
    """A facet kept in a native field, a status or the state: one value at a time."""
    value = place.read(events[0].before if events else today)
    steps: list[Step] = []
    for event in events:
        after = place.read(event.after)
        if event.at <= now and after != value:
            steps.append((value, after, event))
            value = after
    if events and events[-1].at <= now and value != place.read(today):
        return place.read(today), steps, False
    return value, steps, True


def _owners(issue: Issue, events: Sequence[Event], now: datetime) -> tuple[tuple[str, ...], list[Step]]:
    """Who is assigned. Each step adds or takes away one account; the value is the one assigned last."""
    held = {account.id.casefold(): account.id for account in issue.assignees}
    for event in reversed(events):
        _assign(held, event.after, event.before)
    steps: list[Step] = []
    for event in events:
        if event.at <= now:
            _assign(held, event.before, event.after)
            steps.append((event.before, event.after, event))
    return tuple(held.values()), steps


def _assign(held: dict[str, str], gone: str | None, come: str | None) -> None:
    if gone is not None:
        held.pop(gone.casefold(), None)
    if come is not None:
        held.pop(come.casefold(), None)
        held[come.casefold()] = come
