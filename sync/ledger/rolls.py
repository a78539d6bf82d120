"""What the daily census compares with: who is on the ledger's rolls, and how the last census found the labels."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from tierkeeper.plugins.model.issue import Ref
from tierkeeper.sync.ledger.base import Store
from tierkeeper.sync.ledger.renames import Renames, add_renames, current_labels, read_renames
from tierkeeper.sync.ledger.rows import CHUNK, to_time_or_none
from tierkeeper.sync.ledger.schema import read_note, write_note

_ROLLS = (
    "SELECT issue.id, snapshot.blob, (SELECT count(*) FROM comment WHERE comment.queue = issue.queue AND "
    "comment.issue = issue.id) FROM issue JOIN snapshot ON snapshot.queue = issue.queue AND snapshot.id = issue.id "
    "WHERE issue.queue = ? AND issue.gone = 0 AND issue.open > 0 AND issue.id IN ({})"
)
_NEWEST = "SELECT max(updated) FROM snapshot WHERE queue = ?"
_OPEN = "SELECT id, key FROM issue WHERE queue = ? AND id > ? AND gone = 0 AND open > 0 ORDER BY id LIMIT ?"
_BACK = "UPDATE issue SET open = 1, dirty = 1, retry_at = NULL WHERE queue = ? AND open = 2 AND gone = 0"


class LastCensus(msgspec.Struct, frozen=True):
    """When the last census was (UTC, judged time), and the names of the labels then, by their ids.

    `miscounted`: by how many the comments that the tracker counts exceed those that it shows, by the issue's id.
    """

    at: datetime
    labels: dict[str, str] = {}
    miscounted: dict[str, int] = {}


class Held(msgspec.Struct, frozen=True):
    """What the ledger holds of an issue, as far as a census can compare it."""

    labels: tuple[str, ...]
    comments: int


class _Labelled(msgspec.Struct):
    """As much of an issue as the census compares."""

    updated: datetime
    labels: tuple[str, ...] = ()


_to_labelled = msgspec.msgpack.Decoder(_Labelled).decode


class Rolls:
    """The part of the ledger that the census, and nothing else, works with."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def last(self, queue: str) -> LastCensus | None:
        """The last census of a queue; None before the first."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            note = read_note(connection, _note(queue))
        return msgspec.json.decode(note, type=LastCensus) if note else None

    def keep(self, queue: str, census: LastCensus, renames: Iterable[Renames] = ()) -> None:
        """Note a census, together with the renames that it found."""
        with self._store._writing() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            if found := tuple(renames):
                add_renames(connection, queue, found)
            write_note(connection, _note(queue), msgspec.json.encode(census).decode())

    def held(self, queue: str, ids: Sequence[str], found: Sequence[Renames]) -> dict[str, Held]:
        """What is held of those of these issues that are on the rolls; renames that were just `found` count, too."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            renames = [*read_renames(connection, queue), *found]
            rows = connection.exec_driver_sql(_ROLLS.format(", ".join("?" * len(ids))), (queue, *ids)).all()
        items = [(row[0], _to_labelled(row[1]), row[2]) for row in rows]
        return {id_: Held(current_labels(one.labels, one.updated, renames), count) for id_, one, count in items}

    def newest(self, queue: str) -> datetime | None:
        """When the issue that was touched last was touched, by the tracker's clock."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            return to_time_or_none(connection.exec_driver_sql(_NEWEST, (queue,)).scalar())

    def open_after(self, queue: str, after: str) -> list[Ref]:
        """A page of the rolls, by id: the issues that are open and not gone, in the queue's filter or not."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            rows = connection.exec_driver_sql(_OPEN, (queue, after, CHUNK)).all()
        return [Ref(queue, row[0], row[1]) for row in rows]

    def filter_is(self, queue: str, labels: Sequence[str]) -> None:
        """Note the queue's filter. Where it is another than before, issues outside of the old one are looked at."""
        wanted = "\n".join(sorted(label.casefold() for label in labels))
        name = f"filter of {queue}"
        with self._store._writing() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            if read_note(connection, name) != wanted:
                connection.exec_driver_sql(_BACK, (queue,))
                write_note(connection, name, wanted)


def _note(queue: str) -> str:
    return f"census of {queue}"
