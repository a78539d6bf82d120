"""A log's rows, one by one, from a CSV file or from the one CSV file in a zip archive."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from tierkeeper.plugins.errors import UsageError


class Row(NamedTuple):
    """One row: the line where it ends, and its cells."""

    line: int
    cells: Sequence[str]


class Table:
    """An open log: its header, and its rows, to be read once."""

    def __init__(self, name: str, stream: IO[str]) -> None:
        self.name = name
        self._reader = csv.reader(stream, strict=True)
        self.header = numbered(next(self._reader, []))
        self.place: Mapping[str, int] = {column: position for position, column in enumerate(self.header)}

    def rows(self) -> Iterator[Row]:
        """The rows in the order of the file. Raises UsageError where one does not fit the header."""
        width = len(self.header)
        for cells in self._reader:
            if len(cells) != width:
                if not cells:
                    continue
                raise self.wrong(self._reader.line_num, f"{len(cells)} cells; the header has {width}")
            yield Row(self._reader.line_num, cells)

    def wrong(self, line: int, what: str) -> UsageError:
        """The error that says what is wrong in a line."""
        return UsageError(f"{self.name}:{line}: {what}. Nothing was loaded.")


def numbered(header: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns: where one stands twice, the second is called ``name#2``."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(names)


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a log. Raises UsageError where it cannot be read."""
    name = path.name
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive, archive.open(_only_csv(path, archive)) as inside:
                yield Table(name, io.TextIOWrapper(inside, encoding="utf-8-sig", newline=""))
        else:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                yield Table(name, stream)
    except (OSError, UnicodeDecodeError, csv.Error, zipfile.BadZipFile, RuntimeError) as error:
        raise UsageError(f"the log {path} cannot be read: {error}") from error


def _only_csv(path: Path, archive: zipfile.ZipFile) -> str:
    names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
    if len(names) != 1:
        found = ", ".join(names) or "none"
        raise UsageError(f"expected one CSV file in {path}, found {found}")
    return names[0]
