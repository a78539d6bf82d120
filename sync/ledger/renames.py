"""Labels that were given another name: what bore the old one counts as bearing the new one, without being rewritten.

Trackers leave no event and touch no issue when a label is renamed. The ledger keeps what it read as it read it, and
keeps the renames beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from tierkeeper.plugins.model.event import Event
from tierkeeper.plugins.model.issue import Issue
from tierkeeper.sync.ledger.schema import read_note, write_note


class Renames(msgspec.Struct, frozen=True):
    """What was found at once: up to `until` (UTC), a label with a name of `names` (in lower case) is that other one.

    An issue that was touched at that very moment bears what it was read with: we may have written the old name since.
    """

    until: datetime
    names: dict[str, str]


_decode = msgspec.json.Decoder(list[Renames]).decode


def read_renames(connection: Connection, queue: str) -> list[Renames]:
    """The renames of a queue, oldest first."""
    note = read_note(connection, _note(queue))
    return _decode(note) if note else []


def add_renames(connection: Connection, queue: str, found: Iterable[Renames]) -> None:
    """Keep further renames of a queue."""
    kept = [*read_renames(connection, queue), *found]
    write_note(connection, _note(queue), msgspec.json.encode(kept).decode())


def find_renames(
    before: Mapping[str, str], now: Mapping[str, str], *, last: datetime, at: datetime
) -> tuple[Renames, ...]:
    """What was renamed since the `last` look, by labels' ids; nothing that is held is from after `at` (UTC).

    Where another label bears an old name today, what happened after the last look may have been done with that one.
    """
    renamed = {name.casefold(): now[key] for key, name in before.items() if key in now and now[key] != name}
    taken = {name.casefold() for name in now.values()}
    parts = (
        Renames(last, {old: new for old, new in renamed.items() if old in taken}),
        Renames(at, {old: new for old, new in renamed.items() if old not in taken}),
    )
    return tuple(part for part in parts if part.names)


def current_labels(labels: Sequence[str], updated: datetime, renames: Sequence[Renames]) -> tuple[str, ...]:
    """Today's names of the labels that an issue bore when it was last `updated`."""
    return _renamed(labels, [one for one in renames if updated < one.until])


def _renamed(labels: Sequence[str], renames: Sequence[Renames]) -> tuple[str, ...]:
    found = tuple(labels)
    for one in renames:
        found = tuple([one.names.get(label.casefold(), label) for label in found])
    return found


def current_issue(issue: Issue, renames: Sequence[Renames]) -> Issue:
    """The issue with today's names of its labels."""
    labels = current_labels(issue.labels, issue.updated, renames)
    return issue if labels == issue.labels else msgspec.structs.replace(issue, labels=labels)


def current_event(event: Event, renames: Sequence[Renames]) -> Event:
    """The event with today's name of its label."""
    if event.kind != "label":
        return event
    (name,) = _renamed((event.name,), [one for one in renames if event.at <= one.until])
    if name == event.name:
        return event
    return msgspec.structs.replace(
        event,
        name=name,
        before=None if event.before is None else name,
        after=None if event.after is None else name,
    )


def _note(queue: str) -> str:
    return f"renamed labels of {queue}"
