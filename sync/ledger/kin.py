"""Reports that were joined, as the ledger keeps them: who belongs under whom, who is new, who has to hear of a change.

A desk without a rule that asks for relatives pays one look into an empty table for each batch that is stored.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.model.issue import Issue, Ref
from tierkeeper.rules.kinship import DUPLICATE, NOTHING
from tierkeeper.sync.ledger.base import Store
from tierkeeper.sync.ledger.rows import to_column

MOST_RECENT = 2000
"""Of how many issues of these days the newest are compared."""

_to_issue = msgspec.msgpack.Decoder(Issue).decode

_ID = "SELECT id, key FROM issue WHERE queue = ? AND id = ? AND gone = 0"
_ID_BY_KEY = "SELECT id, key FROM issue WHERE queue = ? AND key = ? AND key <> id AND gone = 0"
_PARENT = (
    "SELECT issue.id, issue.key FROM kin JOIN issue ON issue.queue = kin.queue AND issue.id = kin.parent "
    "WHERE kin.queue = ? AND kin.id = ? AND issue.gone = 0"
)
_CHILDREN = (
    "SELECT snapshot.blob FROM kin JOIN issue ON issue.queue = kin.queue AND issue.id = kin.id "
    "JOIN snapshot ON snapshot.queue = kin.queue AND snapshot.id = kin.id "
    "WHERE kin.queue = ? AND kin.parent = ? AND issue.gone = 0 ORDER BY length(kin.id), kin.id"
)
_RELATED = "SELECT 1 FROM kin WHERE queue = ?1 AND (id = ?2 OR parent = ?2) LIMIT 1"
_RECENT_INDEX = "CREATE INDEX IF NOT EXISTS snapshot_recent ON snapshot (queue, updated)"
_RECENT = (
    "SELECT blob FROM snapshot WHERE queue = ? AND updated >= ? AND EXISTS (SELECT 1 FROM issue WHERE "
    "issue.queue = snapshot.queue AND issue.id = snapshot.id AND open = 1 AND gone = 0) AND NOT EXISTS "
    "(SELECT 1 FROM kin WHERE kin.queue = snapshot.queue AND kin.id = snapshot.id) ORDER BY updated DESC LIMIT ?"
)
_LEAVE = "DELETE FROM kin WHERE queue = ? AND id = ?"
_JOIN = (
    "INSERT INTO kin (queue, id, parent) SELECT ?1, ?2, ?3 WHERE ?2 <> ?3 "
    "AND NOT EXISTS (SELECT 1 FROM kin WHERE queue = ?1 AND (id = ?3 OR parent = ?2))"
)
_SOME = "SELECT 1 FROM kin LIMIT 1"
_MARK = "UPDATE issue SET dirty = 1, retry_at = NULL WHERE queue = ? AND id = ? AND gone = 0"
_MARK_NEAR = (
    "UPDATE issue SET dirty = 1, retry_at = NULL WHERE queue = ?1 AND gone = 0 AND id IN "
    "(SELECT parent FROM kin WHERE queue = ?1 AND id = ?2 UNION SELECT id FROM kin WHERE queue = ?1 AND parent = ?2)"
)


class Kin:
    """The part of the ledger that tells who is related."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def prepare(self) -> None:
        """Have an index on what is recent, which only a desk that compares reports needs."""
        if not self._store.read_only:
            with self._store._writing() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
                connection.exec_driver_sql(_RECENT_INDEX)

    def known(self, queue: str, key: str) -> Ref | None:
        """The issue of that key or id, if it is there."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            return _find(connection, queue, key)

    def has_any(self, ref: Ref) -> bool:
        """Whether the issue was joined under another one, or others under it."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            return connection.exec_driver_sql(_RELATED, (ref.queue, ref.id)).one_or_none() is not None

    def parent(self, ref: Ref) -> Ref | None:
        """The issue that this one is joined under, if it is there."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            row = connection.exec_driver_sql(_PARENT, (ref.queue, ref.id)).one_or_none()
        return Ref(ref.queue, row[0], row[1]) if row else None

    def children(self, ref: Ref) -> list[Issue]:
        """The issues that are joined under this one."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            return [_to_issue(blob) for (blob,) in connection.exec_driver_sql(_CHILDREN, (ref.queue, ref.id))]

    def recent(self, queue: str, since: datetime) -> list[Issue]:
        """Open issues touched since then (UTC) that are joined under none, the newest of them."""
        asked = (queue, to_column(since), MOST_RECENT)
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            return [_to_issue(blob) for (blob,) in connection.exec_driver_sql(_RECENT, asked)]


def take_joins(connection: Connection, ref: Ref, verdicts: Iterable[Verdict]) -> bool:
    """Keep what verdicts join or part, and have all concerned judged again; whether there was anything.

    What would make three generations (two commands of one moment) joins nothing.
    """
    joins = [one for one in verdicts if one.facet == f"/{DUPLICATE}" and one.outcome == "allowed"]
    for one in joins:
        mark_near(connection, ref.queue, [ref.id])
        connection.exec_driver_sql(_LEAVE, (ref.queue, ref.id))
        found = _find(connection, ref.queue, one.after or "") if one.after != NOTHING else None
        if found is not None:
            connection.exec_driver_sql(_JOIN, (ref.queue, ref.id, found.id))
        mark_near(connection, ref.queue, [ref.id])
        connection.exec_driver_sql(_MARK, (ref.queue, ref.id))
    return bool(joins)


def mark_near(connection: Connection, queue: str, ids: Sequence[str]) -> int:
    """Have the relatives of these issues judged again; how many that are."""
    if not ids or connection.exec_driver_sql(_SOME).one_or_none() is None:
        return 0
    return sum(connection.exec_driver_sql(_MARK_NEAR, (queue, id_)).rowcount for id_ in ids)


def _find(connection: Connection, queue: str, key: str) -> Ref | None:
    for asked in (_ID_BY_KEY, _ID):
        row = connection.exec_driver_sql(asked, (queue, key)).one_or_none()
        if row:
            return Ref(queue, row[0], row[1])
    return None
