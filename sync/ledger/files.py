"""The file that the ledger lives in: whether it can be one, and what to do when it cannot be used."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy.exc import DBAPIError

from tierkeeper.plugins.errors import LedgerError

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_REMOTE = ("afs", "beegfs", "ceph", "cifs", "davfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs")
_REMOTE_TOO = ("nfs4", "ocfs2", "smb", "smb2", "smb3", "smbfs")
_REMOTE_BY_FUSE = ("ceph", "davfs", "gcsfuse", "glusterfs", "rclone", "s3fs", "smbnetfs", "sshfs")
_NETWORK = frozenset((*_REMOTE, *_REMOTE_TOO, *(f"fuse.{name}" for name in _REMOTE_BY_FUSE)))
_BROKEN = "Move it away and restore a backup, or run `tierkeeper ledger rebuild`, which reads the links back."

_REMEDIES = (
    ("locked", "is locked by another program. Close what has it open (a database browser, a backup), then run again."),
    ("busy", "is locked by another program. Close what has it open (a database browser, a backup), then run again."),
    ("readonly", "cannot be written. Give this user the right to write the file and its folder."),
    ("unable to open", "cannot be opened. Give this user the right to read and write the file and its folder."),
    ("is full", "does not fit: the disk is full. Make room, then run again; nothing was half written."),
    ("disk i/o", "cannot be read or written: the disk reports an error. Look at the system's log."),
    ("malformed", f"is damaged. {_BROKEN}"),
    ("not a database", f"is damaged: it is not a SQLite database. {_BROKEN}"),
)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says into a LedgerError with a remedy."""
    try:
        yield
    except DBAPIError as error:
        raise LedgerError(remedy(path, str(error.orig))) from error
    except sqlite3.Error as error:
        raise LedgerError(remedy(path, str(error))) from error
    except msgspec.DecodeError as error:
        raise LedgerError(f"the ledger {path} holds what this Tierkeeper cannot read ({error}). {_BROKEN}") from error


def remedy(path: Path, said: str) -> str:
    """What is wrong with the ledger and what to do, from what SQLite said."""
    for sign, words in _REMEDIES:
        if sign in said.casefold():
            return f"the ledger {path} {words}"
    return f"the ledger {path} cannot be used: {said}"


def check_file(path: Path, *, read_only: bool) -> bool:
    """Whether the file looks whole. Raises LedgerError where it cannot be a ledger, or is missing and only to be read.

    False: it is shorter than it says, which a kill at the wrong moment may leave and SQLite then mends.
    """
    network = network_file_system(path)
    if network:
        raise LedgerError(
            f"the ledger {path} would lie on a network file system ({network}), where locks do not hold. "
            "Put it on a local disk."
        )
    try:
        return _looks_whole(path, read_only=read_only)
    except OSError as error:
        raise LedgerError(
            f"the ledger {path} cannot be opened ({error.strerror}). "
            "Give this user the right to read and write the file and its folder."
        ) from error


def _looks_whole(path: Path, *, read_only: bool) -> bool:
    if not path.exists():
        if read_only:
            raise LedgerError(f"there is no ledger at {path} yet. `tierkeeper run` or `tierkeeper plan` makes it.")
        path.parent.mkdir(parents=True, exist_ok=True)
        return True
    if not path.is_file():
        raise LedgerError(f"the ledger {path} is not a file. Name a file in a folder on a local disk.")
    if not read_only and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise LedgerError(remedy(path, "readonly"))  # SQLite would find out only at the first write
    with path.open("rb") as file:
        header = file.read(_HEADER)
    return _is_long_enough(path, header, size=path.stat().st_size, logged=_log_size(path) > 0)


def _log_size(path: Path) -> int:
    log = path.with_name(path.name + "-wal")
    return log.stat().st_size if log.exists() else 0


def _is_long_enough(path: Path, header: bytes, *, size: int, logged: bool) -> bool:
    if not header and not logged:
        return True  # made, and never written to
    if not _MAGIC.startswith(header[: len(_MAGIC)]):
        raise LedgerError(f"the ledger {path} is not a SQLite database. Name another file, or move this one away.")
    page = int.from_bytes(header[16:18], "big")
    expected = int.from_bytes(header[28:32], "big") * (65536 if page == 1 else page)
    if len(header) < _HEADER or (size < expected and not logged):
        raise LedgerError(f"the ledger {path} was cut short ({size} bytes). {_BROKEN}")
    return size >= expected


def network_file_system(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """The kind of network file system that `path` is on; empty: a local one, or this system does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    where = os.path.realpath(path)
    best, kind = "", ""
    for line in lines:
        _, _, rest = line.partition(" ")
        point, _, rest = rest.partition(" ")
        point = point.encode("utf-8", "surrogateescape").decode("unicode_escape") if "\\" in point else point
        inside = where == point or where.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, rest.partition(" ")[0]
    return kind if kind in _NETWORK else ""
