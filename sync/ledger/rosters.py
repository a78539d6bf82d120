"""Who was observed to be in a role, and when. Equal sets of members are stored once."""

import json
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import sqlite

from tierkeeper.plugins.model.desk import Reading, RoleSource, Roster
from tierkeeper.sync.ledger.base import Store
from tierkeeper.sync.ledger.rows import to_column, to_time
from tierkeeper.sync.ledger.schema import members, reading

_KEPT = timedelta(days=30)


class Rosters(Store):
    """The part of the ledger that knows who was in a role then."""

    def add_reading(self, source: RoleSource, seen: Reading) -> None:
        """Keep a reading. Those of the same source that are more than 30 days older than its newest go."""
        blob = json.dumps(sorted(seen.members)).encode()
        digest = blake2b(blob, digest_size=16).hexdigest()
        of_source = (
            (reading.c.tracker == source.tracker) & (reading.c.kind == source.kind) & (reading.c.name == source.name)
        )
        row = sqlite.insert(reading).values(
            tracker=source.tracker, kind=source.kind, name=source.name, at=to_column(seen.at), digest=digest
        )
        row = row.on_conflict_do_update(index_elements=reading.primary_key, set_={"digest": digest})
        with self._writing() as connection:
            connection.execute(sqlite.insert(members).values(digest=digest, blob=blob).on_conflict_do_nothing())
            connection.execute(row)
            newest = connection.scalar(select(func.max(reading.c.at)).where(of_source)) or 0
            connection.execute(
                delete(reading).where(of_source, reading.c.at < newest - _KEPT // timedelta(microseconds=1))
            )
            connection.execute(delete(members).where(members.c.digest.not_in(select(reading.c.digest))))

    def rosters(self, now: datetime) -> dict[RoleSource, Roster]:
        """What was observed of each role source up to `now`, oldest first."""
        asked = (
            select(reading.c.tracker, reading.c.kind, reading.c.name, reading.c.at, reading.c.digest)
            .where(reading.c.at <= to_column(now))
            .order_by(reading.c.tracker, reading.c.kind, reading.c.name, reading.c.at)
        )
        found: dict[RoleSource, list[Reading]] = {}
        with self._reading() as connection:
            sets = {row.digest: frozenset(json.loads(row.blob)) for row in connection.execute(select(members))}
            for tracker, kind, name, at, digest in connection.execute(asked):
                source = RoleSource(tracker, kind, name)
                found.setdefault(source, []).append(Reading(to_time(at), sets[digest]))
        return {source: Roster(tuple(readings)) for source, readings in found.items()}
