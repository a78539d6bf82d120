"""One run a ledger: an operating system's lock on a file beside it, freed by the kernel when its holder dies."""

import fcntl
import os
import socket
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from tierkeeper.plugins.errors import LeaseHeld, LedgerError


class Lease:
    """Hold the ledger at `ledger` for `holder`, a command, since `start`. Raises LeaseHeld, naming who has it.

    Use it in a ``with``, before the ledger is opened for writing. The lock is what counts: what the file says is for
    people, and says nothing once its lock is free. Commands that only read need no lease.
    """

    def __init__(self, ledger: Path, *, holder: str, start: datetime) -> None:
        self.path = ledger.with_name(ledger.name + ".lock")
        self._text = f"{holder} on {socket.gethostname()}, process {os.getpid()}, since {start:%Y-%m-%d %H:%M:%S %Z}"
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        """Take it, or say who has it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise LedgerError(
                f"the lock file {self.path} cannot be written ({error.strerror}). "
                "Give this user the right to write it and its folder."
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "another run, which has not written its name yet"
            file.close()
            raise LeaseHeld(f"the ledger is in use by {holder}. Wait until it ends, or end it.") from error
        self._file = file
        self._write(self._text)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go. The file stays: to remove it would let two runs each lock a file of their own."""
        if self._file is not None:
            self._write("")
            self._file.close()
            self._file = None

    def _write(self, text: str) -> None:
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(text)
            self._file.flush()
