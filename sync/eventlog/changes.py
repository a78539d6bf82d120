"""From rows to changes: a row is the state of an incident after an update, and what differs from the last is a change.

* Rows count in the order of the file. A time that goes back within an incident is taken for the time before it.
* A cell that says nothing ("?") leaves a label as it is: the group, and with it the tier, stay what they were. An
  incident whose group was never told has neither, unless its tier follows from something else.
* An assignee's cell that says nothing means that nobody is assigned.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import msgspec

from tierkeeper.sync.eventlog.logmap import Labels, LogMap, RawMap
from tierkeeper.sync.eventlog.table import Row, Table, open_table

WEEK = timedelta(days=7)
UNKNOWN_REPORTER = "ghost"
"""The account of a reporter whom the log does not name; GitHub's own word for an account that is gone."""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """An incident was reported."""

    at: datetime
    incident: str
    actor: str
    title: str
    body: str


class Update(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something about an incident changed: labels off and on, its own priority, who has it, whether it is open.

    An empty text and None: as it was.
    """

    at: datetime
    incident: str
    actor: str
    off: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    priority: str = ""
    unassigned: str = ""
    assigned: str = ""
    open: bool | None = None


Change = Opening | Update


class Week(msgspec.Struct, frozen=True):
    """What changed from `start` up to `end`, oldest first."""

    start: datetime
    end: datetime
    changes: Sequence[Change]


class EventLog(msgspec.Struct, frozen=True, kw_only=True):
    """A log, read. `acted` counts, by tier and account, the updates that left an incident where it was."""

    changes: Sequence[Change]
    incidents: int
    rows: int
    acted: Mapping[tuple[str, str], int]

    def weeks(self) -> Iterator[Week]:
        """The changes week by week from the first day on, weeks without any included."""
        if not self.changes:
            return
        start = self.changes[0].at.replace(hour=0, minute=0, second=0, microsecond=0)
        begin = 0
        while begin < len(self.changes):
            end, stop = start + WEEK, begin
            while stop < len(self.changes) and self.changes[stop].at < end:
                stop += 1
            yield Week(start, end, self.changes[begin:stop])
            start, begin = end, stop


def read_log(
    path: Path, logmap: LogMap, *, incidents: int | None = None, progress: Callable[[str], None] = lambda _line: None
) -> EventLog:
    """Read a log, or the first `incidents` of it. Raises UsageError and PolicyError with the place."""
    with open_table(path) as table:
        logmap.check_columns(table.header)
        reading = _Reading(table, logmap)
        for row in table.rows():
            reading.take(row, incidents)
            if reading.rows % 10_000 == 0:
                progress(f"{reading.rows} rows read")
    # the sort is stable, and no incident's times go back: its changes stay in the order of the file
    changes = sorted(reading.changes, key=lambda change: change.at)
    return EventLog(changes=changes, incidents=len(reading.known), rows=reading.rows, acted=reading.acted)


class _Incident(msgspec.Struct):
    """How an incident stood after the last row."""

    at: datetime
    group: str = ""
    tier: str = ""
    labels: dict[str, str] = {}
    priority: str = ""
    assignee: str = ""
    open: bool = True


class _Reading:
    """What was read so far."""

    def __init__(self, table: Table, logmap: LogMap) -> None:
        self.known: dict[str, _Incident] = {}
        self.changes: list[Change] = []
        self.acted: Counter[tuple[str, str]] = Counter()
        self.rows = 0
        self._table = table
        self._map = logmap
        self._raw: RawMap = logmap.raw
        self._place = table.place
        self._time = lru_cache(maxsize=100_000)(logmap.time)
        self._closed = frozenset(self._raw.state.closed)

    def take(self, row: Row, most: int | None) -> None:
        """Take in one row, unless it is about an incident beyond the first `most`."""
        name = self._cell(row, self._raw.incident)
        at = self._moment(row, self._raw.updated)
        incident = self.known.get(name)
        if incident is None:
            if most is not None and len(self.known) >= most:
                return
            incident = self._open(row, name, at)
        self.rows += 1
        incident.at = max(at, incident.at)
        self._update(row, name, incident)

    def _cell(self, row: Row, column: str) -> str:
        return row.cells[self._place[column]]

    def _told(self, row: Row, column: str) -> str:
        """What a cell says; empty if it says nothing."""
        cell = row.cells[self._place[column]]
        return "" if cell == self._raw.unknown else cell

    def _moment(self, row: Row, column: str) -> datetime:
        cell = self._cell(row, column)
        try:
            return self._time(cell)
        except ValueError:
            what = f'{column} is "{cell}", which is no time like {self._raw.dates}'
            raise self._table.wrong(row.line, what) from None

    def _open(self, row: Row, name: str, at: datetime) -> _Incident:
        raw = self._raw
        reporter = self._told(row, raw.reporter.column)
        opened = self._moment(row, raw.opened) if self._told(row, raw.opened) else at
        opening = Opening(
            at=min(opened, at),
            incident=name,
            actor=raw.reporter.login(reporter) if reporter else UNKNOWN_REPORTER,
            title=raw.title.replace("{}", name),
            body="\n".join(f"{column}: {self._cell(row, column)}" for column in raw.body),
        )
        self.changes.append(opening)
        self.known[name] = _Incident(opening.at)
        return self.known[name]

    def _update(self, row: Row, name: str, incident: _Incident) -> None:
        raw = self._raw
        actor = raw.actor.login(self._cell(row, raw.actor.column))
        off, on = self._relabel(row, incident, actor)
        assignee, is_open = incident.assignee, self._cell(row, raw.state.column) not in self._closed
        if raw.assignee is not None:
            told = self._told(row, raw.assignee.column)
            assignee = raw.assignee.login(told) if told else ""
            if assignee:
                self.acted[incident.tier, assignee] += 1
        priority = self._priority(row) or incident.priority
        update = Update(
            at=incident.at,
            incident=name,
            actor=actor,
            off=off,
            on=on,
            priority=priority if priority != incident.priority else "",
            unassigned=incident.assignee if assignee != incident.assignee else "",
            assigned=assignee if assignee != incident.assignee else "",
            open=is_open if is_open != incident.open else None,
        )
        incident.priority, incident.assignee, incident.open = priority, assignee, is_open
        if off or on or update.priority or update.unassigned or update.assigned or update.open is not None:
            self.changes.append(update)

    def _priority(self, row: Row) -> str:
        if self._raw.priority is None:
            return ""
        told = self._told(row, self._raw.priority.column)
        return self._raw.priority.values.get(told, told)

    def _relabel(self, row: Row, incident: _Incident, actor: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The labels that go and come with a row."""
        raw = self._raw
        wanted = {facet: self._label(row, labels) for facet, labels in raw.labels.items()}
        tier = self._tier(row, incident)
        if tier == incident.tier and tier:
            self.acted[tier, actor] += 1
        incident.tier = tier
        wanted["tier"] = raw.tiers.label + tier if tier else ""
        off, on = [], []
        for facet, label in wanted.items():
            before = incident.labels.get(facet)
            if label and label != before:
                on.append(self._fitting(row, label))
                off += [before] if before is not None else []
                incident.labels[facet] = label
        return tuple(off), tuple(on)

    def _label(self, row: Row, labels: Labels) -> str:
        told = self._told(row, labels.column)
        return labels.label + labels.values.get(told, told) if told else ""

    def _tier(self, row: Row, incident: _Incident) -> str:
        incident.group = self._told(row, self._raw.tiers.column) or incident.group
        for rule in self._raw.tiers.first:
            if any(self._told(row, column) for column in rule.any_set):
                return rule.name
            if incident.group and (incident.group in rule.groups or rule.always):
                return rule.name
        return incident.tier

    def _fitting(self, row: Row, label: str) -> str:
        wrong = self._map.platform.wrong_label(label)
        if wrong:
            raise self._table.wrong(row.line, wrong)
        return label
