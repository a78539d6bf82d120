"""The record: acts, intents, things done once, runs. Acts are only ever added."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import CursorResult, and_, exists, insert, select, update
from sqlalchemy.dialects import sqlite

from tierkeeper.plugins.model.issue import Ref
from tierkeeper.sync.ledger.act import Act
from tierkeeper.sync.ledger.base import Store
from tierkeeper.sync.ledger.rows import Intent, Run, encode, to_column, to_time, to_time_or_none
from tierkeeper.sync.ledger.schema import act, intent, issue, once, run

_to_act = msgspec.msgpack.Decoder(Act).decode


class Record(Store):
    """The part of the ledger that remembers what we did and meant to do."""

    def record(self, done: Act) -> int:
        """Add an act; its number."""
        row = insert(act).values(
            at=to_column(done.at),
            queue=done.queue,
            issue=done.issue,
            for_person=int(bool(done.deeds())),
            blob=encode(done),
        )
        with self._writing() as connection:
            return _number(connection.execute(row))

    def acts(self, ref: Ref | None = None, *, since: datetime | None = None, limit: int | None = None) -> list[Act]:
        """Acts, oldest first: of one issue or of all, at or after `since`; with `limit`, the newest so many."""
        asked = select(act.c.blob).order_by(act.c.number.desc())
        if ref is not None:
            asked = asked.where(act.c.queue == ref.queue, act.c.issue == ref.id)
        if since is not None:
            asked = asked.where(act.c.at >= to_column(since))
        if limit is not None:
            asked = asked.limit(limit)
        with self._reading() as connection:
            found = [_to_act(blob) for blob in connection.scalars(asked)]
        return found[::-1]

    def open_intent(self, ref: Ref, *, kind: str, marker: str, detail: str, now: datetime) -> int:
        """Note, before anything is sent, what is about to be created; its number. It outlives a power cut."""
        row = insert(intent).values(
            queue=ref.queue,
            issue=ref.id,
            key=ref.key,
            kind=kind,
            marker=marker,
            detail=detail,
            opened=to_column(now),
            outcome="",
        )
        with self._writing(durable=True) as connection:
            return _number(connection.execute(row))

    def close_intent(self, number: int, outcome: str, *, now: datetime) -> None:
        """Note what came of an intent. One that is closed stays as it was closed."""
        with self._writing() as connection:
            connection.execute(
                update(intent)
                .where(intent.c.number == number, intent.c.closed.is_(None))
                .values(closed=to_column(now), outcome=outcome)
            )

    def open_intents(self, ref: Ref | None = None) -> list[Intent]:
        """Intents without an outcome, oldest first: of one issue or of all; not while their issue is gone."""
        here = and_(issue.c.queue == intent.c.queue, issue.c.id == intent.c.issue, issue.c.gone == 1)
        asked = select(intent).where(intent.c.closed.is_(None), ~exists().where(here)).order_by(intent.c.number)
        if ref is not None:
            asked = asked.where(intent.c.queue == ref.queue, intent.c.issue == ref.id)
        with self._reading() as connection:
            rows = connection.execute(asked).all()
        return [
            Intent(
                id=row.number,
                ref=Ref(row.queue, row.issue, row.key),
                kind=row.kind,
                marker=row.marker,
                detail=row.detail,
                opened=to_time(row.opened),
            )
            for row in rows
        ]

    def fire_once(self, key: str, *, now: datetime) -> bool:
        """Whether this is the first time that `key` fires; it never does again."""
        row = sqlite.insert(once).values(key=key, at=to_column(now)).on_conflict_do_nothing()
        with self._writing() as connection:
            return connection.execute(row).rowcount > 0

    def start_run(self, command: str, *, now: datetime, wall: datetime) -> int:
        """Note that a run began; its number."""
        row = insert(run).values(command=command, now=to_column(now), began=to_column(wall), counts="{}")
        with self._writing() as connection:
            return _number(connection.execute(row))

    def end_run(self, number: int, counts: Mapping[str, int], *, exit_code: int, wall: datetime) -> None:
        """Note how a run ended and what it did."""
        values = {"ended": to_column(wall), "counts": json.dumps(dict(counts)), "exit_code": exit_code}
        with self._writing() as connection:
            connection.execute(update(run).where(run.c.number == number).values(values))

    def last_runs(self, count: int) -> list[Run]:
        """The last runs, newest first."""
        with self._reading() as connection:
            rows = connection.execute(select(run).order_by(run.c.number.desc()).limit(count)).all()
        return [
            Run(
                id=row.number,
                command=row.command,
                now=to_time(row.now),
                began=to_time(row.began),
                ended=to_time_or_none(row.ended),
                counts=json.loads(row.counts),
                exit_code=row.exit_code,
            )
            for row in rows
        ]


def _number(done: CursorResult[Any]) -> int:
    """The number that a new row was given."""
    key = done.inserted_primary_key
    assert key is not None
    return int(key[0])
