"""The ports that a tracker is handed, over the ledger: validators, look-ups, the state of a budget."""

import threading
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import sqlite

from tierkeeper.plugins.transport.ports import EtagKey, Validator
from tierkeeper.sync.ledger.base import Store
from tierkeeper.sync.ledger.rows import to_column
from tierkeeper.sync.ledger.schema import budget, etag, kept

_UNUSED = timedelta(days=7)
# text rather than expressions: they are asked at every request, and to build them takes longer than to answer
_ETAG = "SELECT etag, last_page, newest FROM etag WHERE token_hash = ? AND url = ? AND accept = ?"
_KEPT = "SELECT value FROM kept WHERE key = ? AND until > ?"


class LedgerEtags:
    """Validators that outlive the process. Fills `tierkeeper.plugins.transport.ports.Etags`.

    An answer is read before it is stored. A validator that was durable first would, after a crash in between, hide that
    answer for ever: the next request says "nothing new". So what is put waits, unseen, until `settle` says that all
    that was read is stored; `forget` drops it where a reading broke off. Each thread settles its own.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mine = threading.local()

    def get(self, key: EtagKey) -> Validator | None:
        """Give what is durable."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            row = connection.exec_driver_sql(_ETAG, (key.token_hash, key.url, key.accept)).one_or_none()
        if row is None:
            return None
        found = Validator(row.etag, bool(row.last_page), row.newest)
        self._waiting().setdefault(key, found)
        return found

    def put(self, key: EtagKey, validator: Validator) -> None:
        """Keep it as soon as this thread settles."""
        self._waiting()[key] = validator

    def forget(self) -> None:
        """Drop what was put since the last `settle`: its reading broke off."""
        self._waiting().clear()

    def settle(self, wall_now: datetime) -> None:
        """Make durable what was put: all that was read is stored. Validators unused for more than 7 days go."""
        waiting = self._waiting()
        if not waiting:
            return
        with self._store._writing() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            for key, one in waiting.items():
                rest = {
                    "etag": one.etag,
                    "last_page": int(one.last_page),
                    "newest": one.newest,
                    "used": to_column(wall_now),
                }
                row = sqlite.insert(etag).values(token_hash=key.token_hash, url=key.url, accept=key.accept, **rest)
                connection.execute(row.on_conflict_do_update(index_elements=etag.primary_key, set_=rest))
            connection.execute(delete(etag).where(etag.c.used < to_column(wall_now - _UNUSED)))
        waiting.clear()

    def _waiting(self) -> dict[EtagKey, Validator]:
        waiting: dict[EtagKey, Validator] = self._mine.__dict__.setdefault("waiting", {})
        return waiting


class LedgerKept:
    """Look-ups that hold for a while. Fills `tierkeeper.plugins.transport.ports.Kept`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, key: str, wall_now: datetime) -> str | None:
        """Give what was kept, unless its time is over."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            found = connection.exec_driver_sql(_KEPT, (key, to_column(wall_now))).scalar()
        return str(found) if found is not None else None

    def put(self, key: str, value: str, until: datetime) -> None:
        """Keep it until then, in place of what was there."""
        rest = {"value": value, "until": to_column(until)}
        row = sqlite.insert(kept).values(key=key, **rest)
        with self._store._writing() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            connection.execute(row.on_conflict_do_update(index_elements=kept.primary_key, set_=rest))


class Budgets:
    """The state of each credential's budget, as text that its budget understands. Never the credential itself."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self, credential: str) -> str:
        """Give the state saved last; empty where there is none."""
        with self._store._reading() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            return connection.scalar(select(budget.c.state).where(budget.c.credential == credential)) or ""

    def save(self, credential: str, state: str) -> None:
        """Keep the state in place of the last."""
        row = sqlite.insert(budget).values(credential=credential, state=state)
        with self._store._writing() as connection:  # noqa: SLF001  # a part of the ledger, in a room of its own
            connection.execute(row.on_conflict_do_update(index_elements=budget.primary_key, set_={"state": state}))
