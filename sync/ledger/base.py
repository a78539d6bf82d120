"""The one connection that all parts of the ledger work over, and its transactions."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

from tierkeeper.sync.ledger.files import explained

_PATIENCE = 5.0
_SETTINGS = ("busy_timeout = 5000", "synchronous = NORMAL", "cache_size = -16000", "temp_store = MEMORY")
_WRITING = ("page_size = 8192", "journal_mode = WAL", "journal_size_limit = 67108864")


def connect(path: Path, *, read_only: bool) -> Engine:
    """An engine with one connection, shared by threads that take turns."""

    def creator() -> sqlite3.Connection:
        mode = "ro" if read_only else "rwc"
        raw = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode={mode}",
            uri=True,
            timeout=_PATIENCE,
            isolation_level=None,
            check_same_thread=False,
        )
        for setting in _SETTINGS if read_only else (*_SETTINGS, *_WRITING):
            raw.execute(f"PRAGMA {setting}").fetchall()
        return raw

    return create_engine("sqlite+pysqlite://", creator=creator, poolclass=StaticPool, isolation_level="AUTOCOMMIT")


class Store:
    """What every part of the ledger has: a connection, a lock and transactions."""

    def __init__(self, path: Path, connection: Connection, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._turn = threading.RLock()
        self._durable = False

    @contextmanager
    def _writing(self, *, durable: bool = False) -> Iterator[Connection]:
        """All or nothing. `durable` also outlives a power cut, which the last few transactions otherwise may not."""
        with self._turn, explained(self.path), self._undone_on_error():
            if durable != self._durable:
                self._raw.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                self._durable = durable
            self._raw.execute("BEGIN IMMEDIATE")
            yield self._connection
            self._raw.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Several questions about one and the same moment."""
        with self._turn, explained(self.path), self._undone_on_error():
            self._raw.execute("BEGIN")
            yield self._connection
            self._raw.execute("COMMIT")

    @property
    def _raw(self) -> sqlite3.Connection:
        """SQLite's own connection: to begin and end a transaction through SQLAlchemy costs as much as to ask."""
        raw = self._connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        return raw

    @contextmanager
    def _undone_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            if self._connection.invalidated:  # by a signal in the middle of a statement; the next one connects anew
                self._connection.rollback()
                self._durable = False
            else:
                raw = self._connection.connection.driver_connection
                if isinstance(raw, sqlite3.Connection) and raw.in_transaction:
                    raw.rollback()
            raise
