"""What comes from the trackers goes in here: batches with their cursor, direct reads, what is gone. The hot path."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import BindParameter, Connection, Table, bindparam, delete, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import Insert

from tierkeeper.plugins.model.event import Event, Gone, Snapshot
from tierkeeper.plugins.model.issue import Comment, Issue, Ref
from tierkeeper.plugins.tracker import Batch
from tierkeeper.sync.ledger.base import Store
from tierkeeper.sync.ledger.kin import mark_near
from tierkeeper.sync.ledger.rows import CHUNK, Stored, chunks, encode, to_column
from tierkeeper.sync.ledger.schema import comment, event, feed, incomplete, issue, snapshot

Key = tuple[str, str]

_to_issue = msgspec.msgpack.Decoder(Issue).decode
_to_comment = msgspec.msgpack.Decoder(Comment).decode


def _driver_sql(statement: Insert) -> str:
    """A statement as the driver takes it, with plain tuples: compiled once, not for each row."""
    return str(statement.compile(dialect=sqlite.dialect()))


def _replacing(table: Table, *columns: str) -> str:
    """An insert of these columns that replaces what has the same key."""
    new = sqlite.insert(table).values({name: bindparam(name) for name in columns})
    keys = [column.name for column in table.primary_key]
    replaced = {name: new.excluded[name] for name in columns if name not in keys}
    return _driver_sql(new.on_conflict_do_update(index_elements=keys, set_=replaced))


def _keeping(table: Table) -> str:
    """An insert that leaves what has the same key."""
    return _driver_sql(sqlite.insert(table).on_conflict_do_nothing())


_STATE = ("queue", "id", "key", "open", "gone", "gone_why")
_PUT_CHANGED = _replacing(issue, *_STATE, "dirty", "retry_at")
_PUT_STATE = _replacing(issue, *_STATE)
_PUT_SNAPSHOT = _replacing(snapshot, "queue", "id", "updated", "blob")
_PUT_EVENT = _keeping(event)
_PUT_COMMENT = _replacing(comment, "queue", "issue", "id", "blob")
_PUT_INCOMPLETE = _keeping(incomplete)
_PUT_CURSOR = _replacing(feed, "queue", "cursor", "at")

_QUEUE: BindParameter[str] = bindparam("queue")
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_STORED_ISSUES = (
    select(issue.c.id, snapshot.c.updated, snapshot.c.blob, issue.c.gone)
    .join(snapshot, (snapshot.c.queue == issue.c.queue) & (snapshot.c.id == issue.c.id))
    .where(issue.c.queue == _QUEUE, issue.c.id.in_(_IDS))
)
# the id is hidden from the planner: it would try every id with every issue, and for pairs it walks the whole table
_STORED_COMMENTS = select(comment.c.issue, comment.c.id, comment.c.blob).where(
    comment.c.queue == _QUEUE,
    comment.c.issue.in_(_IDS),
    (comment.c.id + "").in_(bindparam("comments", expanding=True)),
)
# text rather than an expression: to spell out the parameters anew for each batch would cost more than to ask
_STORED_KEYS = "SELECT issue, id FROM {} WHERE queue = ? AND issue IN ({})"
_MARK_DIRTY = (
    "UPDATE issue SET dirty = 1, retry_at = NULL "
    "WHERE queue = ? AND id = ? AND gone = 0 AND (dirty = 0 OR retry_at IS NOT NULL)"
)
_MARK_GONE = (
    "UPDATE issue SET gone = 1, gone_why = ?, dirty = 0, wake_at = NULL, retry_at = NULL, attempts = 0, failure = '' "
    "WHERE queue = ? AND id = ?"
)


class _Seen(NamedTuple):
    """What is stored of an issue before an arrival is compared with it."""

    updated: int
    blob: bytes
    gone: bool


class Intake(Store):
    """The part of the ledger that stores what was read."""

    def cursor(self, queue: str) -> str:
        """How far the queue was read; empty before the first reading."""
        with self._reading() as connection:
            found = connection.scalar(select(feed.c.cursor).where(feed.c.queue == queue))
        return str(found or "")

    def store(self, queue: str, batch: Batch, *, now: datetime) -> Stored:
        """Store a batch, move the cursor behind it and mark what changed, all or nothing.

        Only what is new or changed is written; a snapshot older than the stored one (a search index lags) is left
        out. An issue of which only `updated` moved is not marked to be judged. Events and comments may come before
        their issue does.
        """
        with self._writing() as connection:
            changed, issues = _take_issues(connection, queue, batch.issues)
            told, events = _take_events(connection, queue, batch.events)
            answered, comments = _take_comments(connection, queue, batch.comments)
            marks = (told | answered | _take_incomplete(connection, queue, batch.incomplete)) - changed
            dirtied = len(changed) + _run(connection, _MARK_DIRTY, [(queue, id_) for id_ in sorted(marks)])
            dirtied += mark_near(connection, queue, [*sorted(changed | marks), *(ref.id for ref in batch.gone)])
            _run(connection, _MARK_GONE, [("gone", queue, ref.id) for ref in batch.gone])
            _run(connection, _PUT_CURSOR, [(queue, batch.cursor, to_column(now))])
        return Stored(issues=issues, events=events, comments=comments, dirtied=dirtied)

    def store_snapshot(self, queue: str, read: Snapshot, *, now: datetime) -> None:  # noqa: ARG002  # as in `store`; nothing of it is timed yet
        """Store a direct read: it replaces the issue and its comments and adds its events.

        The cursor stays, and the issue is not marked: whoever reads directly judges what they read.
        """
        item = read.issue
        id_ = item.ref.id
        with self._writing() as connection:
            _run(connection, _PUT_STATE, [(queue, id_, item.ref.key, int(item.open), 0, "")])
            _run(connection, _PUT_SNAPSHOT, [(queue, id_, to_column(item.updated), encode(item))])
            _run(connection, _PUT_EVENT, [(queue, id_, one.id, encode(one)) for one in read.events])
            stored = _keys(connection, comment, queue, (id_,))
            for _, dropped in stored - {(id_, one.id) for one in read.comments}:
                connection.execute(
                    delete(comment).where(comment.c.queue == queue, comment.c.issue == id_, comment.c.id == dropped)
                )
            _run(connection, _PUT_COMMENT, [(queue, id_, one.id, encode(one)) for one in read.comments])
            mark_near(connection, queue, (id_,))

    def mark_whole(self, ref: Ref) -> None:
        """Note that a direct read brought the older events, which a first reading had left out."""
        with self._writing() as connection:
            connection.execute(delete(incomplete).where(incomplete.c.queue == ref.queue, incomplete.c.id == ref.id))

    def mark_gone(self, ref: Ref, gone: Gone) -> None:
        """Note that a direct look found no issue there. It is due no more, and its wake-up dies."""
        why = f"{gone.reason} to {gone.location}" if gone.location else gone.reason
        with self._writing() as connection:
            _run(connection, _MARK_GONE, [(why, ref.queue, ref.id)])
            mark_near(connection, ref.queue, (ref.id,))

    def mark_dirty(self, *refs: Ref) -> bool:
        """Have issues judged again, now. False: none is known, not gone, and not marked already."""
        with self._writing() as connection:
            return _run(connection, _MARK_DIRTY, [(ref.queue, ref.id) for ref in refs]) > 0


def _run(connection: Connection, sql: str, rows: list[tuple[object, ...]]) -> int:
    """Run a statement for each row; how many rows of the table it touched."""
    if not rows:
        return 0
    return connection.exec_driver_sql(sql, rows).rowcount


def _keys(connection: Connection, table: Table, queue: str, issues: Iterable[str]) -> set[Key]:
    """Which events or comments of these issues are stored."""
    found: set[Key] = set()
    for chunk in chunks(sorted(set(issues))):
        asked = _STORED_KEYS.format(table.name, ", ".join("?" * len(chunk)))
        found.update((row[0], row[1]) for row in connection.exec_driver_sql(asked, (queue, *chunk)))
    return found


def _take_issues(connection: Connection, queue: str, issues: Sequence[Issue]) -> tuple[set[str], int]:
    """Store what is new or changed: the ids of those to be judged, and how many were written."""
    changed: set[str] = set()
    written = 0
    for chunk in chunks(issues):
        asked = {"queue": queue, "ids": [item.ref.id for item in chunk]}
        seen = {row[0]: _Seen(row[1], row[2], bool(row[3])) for row in connection.execute(_STORED_ISSUES, asked).all()}
        states: list[tuple[object, ...]] = []
        bodies: list[tuple[object, ...]] = []
        for item in chunk:
            id_, updated, blob = item.ref.id, to_column(item.updated), encode(item)
            old = seen.get(id_)
            if old is not None and (updated < old.updated or (blob == old.blob and not old.gone)):
                continue
            if old is None or old.gone or _differs(_to_issue(old.blob), item):
                changed.add(id_)
                states.append((queue, id_, item.ref.key, int(item.open), 0, "", 1, None))
            bodies.append((queue, id_, updated, blob))
            seen[id_] = _Seen(updated, blob, gone=False)
        _run(connection, _PUT_CHANGED, states)
        written += _run(connection, _PUT_SNAPSHOT, bodies)
    return changed, written


def _differs(old: Issue | Comment, new: Issue | Comment) -> bool:
    """Whether anything but the time of the last touch differs."""
    return msgspec.structs.replace(old, updated=new.updated) != new


def _take_events(connection: Connection, queue: str, events: Sequence[Event]) -> tuple[set[str], int]:
    """Store the events not stored yet: the issues that they happened to, and how many."""
    stored = _keys(connection, event, queue, (one.issue for one in events))
    fresh = [one for one in events if (one.issue, one.id) not in stored] if stored else events
    added = _run(connection, _PUT_EVENT, [(queue, one.issue, one.id, encode(one)) for one in fresh])
    return {one.issue for one in fresh}, added


def _take_comments(connection: Connection, queue: str, comments: Sequence[Comment]) -> tuple[set[str], int]:
    """Store new and changed comments: the issues to be judged for them, and how many were written."""
    stored = _keys(connection, comment, queue, (one.issue for one in comments))
    again = [(one.issue, one.id) for one in comments if (one.issue, one.id) in stored]
    seen: dict[Key, Comment] = {}
    for chunk in chunks(again, CHUNK // 2):
        asked = {"queue": queue, "ids": sorted({key[0] for key in chunk}), "comments": [key[1] for key in chunk]}
        rows = connection.execute(_STORED_COMMENTS, asked).all()
        seen.update({(row[0], row[1]): _to_comment(row[2]) for row in rows})
    changed: set[str] = set()
    rows_: list[tuple[object, ...]] = []
    for one in comments:
        key = (one.issue, one.id)
        old = seen.get(key)
        if old is not None and (one.updated < old.updated or one == old):
            continue
        if old is None or _differs(old, one):
            changed.add(one.issue)
        rows_.append((queue, *key, encode(one)))
        seen[key] = one
    return changed, _run(connection, _PUT_COMMENT, rows_)


def _take_incomplete(connection: Connection, queue: str, ids: Sequence[str]) -> set[str]:
    """Note whose older events cannot be had: the ids that were not known as such."""
    stored: set[str] = set()
    for chunk in chunks(ids):
        asked = select(incomplete.c.id).where(incomplete.c.queue == queue, incomplete.c.id.in_(chunk))
        stored.update(connection.scalars(asked))
    fresh = set(ids) - stored
    _run(connection, _PUT_INCOMPLETE, [(queue, id_) for id_ in sorted(fresh)])
    return fresh
