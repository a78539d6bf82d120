"""What the facets of an issue were, step by step, from its native events: labels, fields, assignees, state."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

import msgspec

from tierkeeper.plugins.model.desk import FacetMap
from tierkeeper.plugins.model.event import Event
from tierkeeper.plugins.model.issue import Issue

Step = tuple[str | None, str | None, Event]
"""A facet's value before, its value after, and the event that did it."""


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
    def meaning(self) -> Mapping[str, str]:
        """The value that each status stands for."""
        return {status: value for value, status in self.map.statuses.items()}


class FacetValues(msgspec.Struct):
    """`now`: the values at the end. `steps`: how each came about. `untrusted`: facets not explained by the events."""

    now: dict[str, str | None]
    steps: dict[str, list[Step]]
    owners: tuple[str, ...]
    untrusted: frozenset[str]


def replay(issue: Issue, events: Sequence[Event], places: Sequence[Place], now: datetime) -> FacetValues:
    """Replay `events` (oldest first) up to `now`.

    The values of today are believed: they are walked back through all events to where the issue began, and forward
    again. What today's value contradicts is `untrusted`.
    """
    labels = [(label.casefold(), label) for label in issue.labels]
    tapes = [_tape(place, issue, labels) for place in places]
    by_label = [tape for tape in tapes if isinstance(tape, _Labels)]
    by_name = {tape.name: tape for tape in tapes if isinstance(tape, _Single)}
    owners = next((tape for tape in tapes if isinstance(tape, _Owners)), None)
    for event in events:
        _collect(event, by_label, by_name, owners)
    values: dict[str, str | None] = {}
    steps: dict[str, list[Step]] = {}
    untrusted = set()
    for tape in tapes:
        value, made = tape.play(now)
        values[tape.facet] = value
        steps[tape.facet] = made
        if not tape.trusted:
            untrusted.add(tape.facet)
    return FacetValues(values, steps, owners.people if owners else (), frozenset(untrusted))


def _collect(
    event: Event, by_label: list["_Labels"], by_name: Mapping[str, "_Single"], owners: "_Owners | None"
) -> None:
    if event.kind == "label":
        name = event.name.casefold()
        for tape in by_label:
            if name.startswith(tape.prefix):
                tape.events.append(event)
                return
    elif event.kind == "assignee":
        if owners is not None:
            owners.events.append(event)
    else:
        single = by_name.get(event.name if event.kind == "field" else event.kind)
        if single is not None:
            single.events.append(event)


def _tape(place: Place, issue: Issue, labels: Sequence[tuple[str, str]]) -> "_Labels | _Single | _Owners":
    kind = place.map.kind
    if kind == "label":
        return _Labels(place, labels)
    if kind == "assignee":
        return _Owners(place.facet, issue)
    if kind == "state":
        return _Single(place, "state", "open" if issue.open else "closed")
    name = place.map.name or "status"
    return _Single(place, name, issue.fields.get(name))


class _Labels:
    """A facet kept as a label with a prefix. With two of them on the issue, the one set last counts.

    `labels` are all of the issue's, each behind itself in lower case.
    """

    def __init__(self, place: Place, labels: Sequence[tuple[str, str]]) -> None:
        self.facet, self.spelling, self.prefix = place.facet, place.spelling, place.prefix
        self.today = [self._value(label) for lower, label in labels if lower.startswith(self.prefix)]
        self.events: list[Event] = []
        self.trusted = True

    def _value(self, label: str) -> str:
        value = label[len(self.prefix) :]
        return self.spelling.get(value.casefold(), value)

    def _at_start(self) -> list[str]:
        held = {value.casefold(): value for value in self.today}
        for event in reversed(self.events):
            value = self._value(event.name)
            key = value.casefold()
            if event.after is None:
                self.trusted &= key not in held
                held[key] = value
            else:
                self.trusted &= key in held
                held.pop(key, None)
        return list(held.values())

    def play(self, now: datetime) -> tuple[str | None, list[Step]]:
        if not self.events:
            return (self.today[-1] if self.today else None), []
        held = self._at_start()
        value = held[-1] if held else None
        steps: list[Step] = []
        gap: Event | None = None
        for event in self.events:
            if event.at > now:
                break
            self._turn(held, event)
            current = held[-1] if held else None
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
        return value, steps

    def _turn(self, held: list[str], event: Event) -> None:
        value = self._value(event.name)
        held[:] = [other for other in held if other.casefold() != value.casefold()]
        if event.after is not None:
            held.append(value)


def _same_hand(first: Event, second: Event) -> bool:
    """Whether one account did both; what we put back at once, by a clock ahead of the tracker's, was two acts."""
    return (first.actor and first.actor.id) == (second.actor and second.actor.id)


class _Single:
    """A facet kept in a native field, a status or the state: one value at a time."""

    def __init__(self, place: Place, name: str, today: str | None) -> None:
        self.facet, self.name, self.today = place.facet, name, today
        self.meaning, self.spelling = place.meaning, place.spelling
        self.events: list[Event] = []
        self.trusted = True

    def _read(self, native: str | None) -> str | None:
        if native is None:
            return None
        return self.meaning.get(native) or self.spelling.get(native.casefold(), native)

    def play(self, now: datetime) -> tuple[str | None, list[Step]]:
        value = self._read(self.events[0].before if self.events else self.today)
        steps: list[Step] = []
        for event in self.events:
            after = self._read(event.after)
            if event.at <= now and after != value:
                steps.append((value, after, event))
                value = after
        if self.events and self.events[-1].at <= now and value != self._read(self.today):
            self.trusted = False
            value = self._read(self.today)
        return value, steps


class _Owners:
    """Who is assigned. Each step adds or takes away one account; the value is the one assigned last."""

    def __init__(self, facet: str, issue: Issue) -> None:
        self.facet = facet
        self.today = [account.id for account in issue.assignees]
        self.people: tuple[str, ...] = ()
        self.events: list[Event] = []
        self.trusted = True

    def play(self, now: datetime) -> tuple[str | None, list[Step]]:
        held = {account.casefold(): account for account in self.today}
        for event in reversed(self.events):
            self._change(held, event.after, event.before)
        steps: list[Step] = []
        for event in self.events:
            if event.at <= now:
                self._change(held, event.before, event.after)
                steps.append((event.before, event.after, event))
        self.people = tuple(held.values())
        return (self.people[-1] if self.people else None), steps

    @staticmethod
    def _change(held: dict[str, str], gone: str | None, come: str | None) -> None:
        if gone is not None:
            held.pop(gone.casefold(), None)
        if come is not None:
            held.pop(come.casefold(), None)
            held[come.casefold()] = come
