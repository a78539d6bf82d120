"""The ledger as a whole: opened, checked, brought up to date, closed."""

from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, func, select

from tierkeeper.plugins.errors import LedgerError
from tierkeeper.sync.ledger.base import connect
from tierkeeper.sync.ledger.files import check_file, explained, remedy
from tierkeeper.sync.ledger.history import Histories
from tierkeeper.sync.ledger.intake import Intake
from tierkeeper.sync.ledger.judging import Judging
from tierkeeper.sync.ledger.ports import Budgets, LedgerEtags, LedgerKept
from tierkeeper.sync.ledger.record import Record
from tierkeeper.sync.ledger.rosters import Rosters
from tierkeeper.sync.ledger.rows import to_time
from tierkeeper.sync.ledger.schema import found_version, migrate, read_note, snapshot, version, write_note


class Ledger(Intake, Histories, Judging, Record, Rosters):
    """Our own store, one a desk. Every method is one transaction: a kill at any moment leaves it whole.

    Reading: `cursor`, `store`, `store_snapshot`, `mark_gone`. Judging: `due`, `histories`, `judged`, `failed`. Doing:
    `open_intent`, `record`, `fire_once`. Showing: `board`, `quarantined`, `last_runs`. Threads take turns.
    """

    @classmethod
    def open(cls, path: Path, *, desk: str, read_only: bool = False) -> Self:
        """Open the ledger of this desk, making it or bringing it up to date. Raises LedgerError, with a remedy."""
        whole = check_file(path, read_only=read_only)
        with explained(path):
            connection = connect(path, read_only=read_only).connect()
            ledger = cls(path, connection, read_only=read_only)
            try:
                ledger._prepare(desk)
                if not whole:
                    ledger._check_pages()
            except BaseException:
                ledger.close()
                raise
        return ledger

    def _prepare(self, desk: str) -> None:
        """Check whose ledger it is and of what version, and bring it up to date; nothing is changed before that."""
        with self._reading() if self.read_only else self._writing() as connection:
            found = self._checked_version(connection)
            owner = read_note(connection, "desk") if found else desk
            if owner != desk:
                raise LedgerError(
                    f"the ledger {self.path} belongs to the desk {owner!r}, not to {desk!r}. Name another file for "
                    "this desk; if the desk was renamed, `tierkeeper ledger migrate --rename` renames it here too."
                )
            if found < version():
                if self.read_only:
                    raise LedgerError(
                        f"the ledger {self.path} is of an older version. Run `tierkeeper ledger migrate`."
                    )
                migrate(connection, found)
                write_note(connection, "desk", desk)

    def _checked_version(self, connection: Connection) -> int:
        found = found_version(connection)
        if found is None:
            raise LedgerError(f"{self.path} is a database, but not a ledger. Name another file, or move this one away.")
        if found > version():
            raise LedgerError(
                f"the ledger {self.path} was written by a newer Tierkeeper (its version is {found}, this one knows "
                f"{version()}). Install that one again."
            )
        return found

    def _check_pages(self) -> None:
        damage = self.check()
        if damage:
            raise LedgerError(remedy(self.path, f"malformed: {damage[0]}"))

    def rename_desk(self, desk: str) -> None:
        """Hand the ledger over to the desk's new name."""
        with self._writing() as connection:
            write_note(connection, "desk", desk)

    @property
    def began(self) -> datetime | None:
        """When the first run began (UTC); what lies before it is nobody's fault."""
        with self._reading() as connection:
            note = read_note(connection, "began")
        return datetime.fromisoformat(note) if note else None

    def begin(self, now: datetime) -> datetime:
        """Note when the first run begins, behind all that was read before it; when that was. Later ones change nothing.

        A tracker's clock may be ahead of ours, and what it shows at this moment may have been judged by a ledger that
        is lost: both lie before the beginning.
        """
        with self._writing() as connection:
            note = read_note(connection, "began")
            if not note:
                newest = connection.scalar(select(func.max(snapshot.c.updated)))
                began = now if newest is None else max(now, to_time(newest + 1))
                note = began.isoformat()
                write_note(connection, "began", note)
        return datetime.fromisoformat(note)

    @cached_property
    def etags(self) -> LedgerEtags:
        """Validators of pages, durable once settled."""
        return LedgerEtags(self)

    @cached_property
    def kept(self) -> LedgerKept:
        """Look-ups kept for a day."""
        return LedgerKept(self)

    @cached_property
    def budgets(self) -> Budgets:
        """What is left of each credential's budget."""
        return Budgets(self)

    def check(self) -> list[str]:
        """What SQLite finds wrong with the file, thoroughly and slowly; empty when it is whole."""
        with self._reading() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
        return [str(line) for line in found if line != "ok"]

    def close(self) -> None:
        """Close it. What was stored is stored."""
        with self._turn, explained(self.path):
            self._connection.close()
            self._connection.engine.dispose()

    def __enter__(self) -> Self:
        """Use it in a ``with``."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()
