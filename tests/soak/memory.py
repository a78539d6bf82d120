"""Where the ledgers of stories are: in memory where there is such a place, one after the other, in the same file.

What SQLAlchemy compiled for the first story serves all others, and an empty ledger is made once.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger import ledger as module
from tierkeeper.sync.ledger.base import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHARED = Path("/dev/shm")
_connect_again = cache(connect)


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder; a ledger in it is opened over an engine that the last story had."""
    place = _place() / "story"
    place.mkdir()
    vars(module)[connect.__name__] = _connect_again
    try:
        yield place
    finally:
        vars(module)[connect.__name__] = connect
        shutil.rmtree(place)


def empty_ledger(place: Path, desk: str) -> Path:
    """The ledger of a desk that has not run yet."""
    found = place / "desk.sqlite"
    shutil.copyfile(_made(desk), found)
    return found


@cache
def _made(desk: str) -> Path:
    path = _place() / "empty.sqlite"
    with Ledger.open(path, desk=desk):
        return path


@cache
def _place() -> Path:
    place = Path(tempfile.mkdtemp(dir=_SHARED if _SHARED.is_dir() else None))
    atexit.register(shutil.rmtree, place)
    return place
