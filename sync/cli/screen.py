"""What a command prints: text from trackers made safe, rows that wrap, JSON, progress."""

import json
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec
from rich.cells import cell_len
from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from tierkeeper.plugins.markup.text import plain, without_controls
from tierkeeper.sync.cli import logs
from tierkeeper.sync.cli.vault import redacted

WIDEST_COLUMN = 40
NARROWEST_LAST = 24

STYLES = {"enforce": "bold", "flag": "yellow", "shadow": "dim", "off": "dim"}


class Screen:
    """Standard output for what was asked, standard error for what is wrong. `quiet`: only the latter."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._out = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._err = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, stderr=True)

    def say(self, text: str = "", style: str = "") -> None:
        """One line of the answer; a long one wraps."""
        if not self.quiet:
            self._out.print(Text(redacted(plain_left(text)), style))

    def title(self, name: str, rest: str = "") -> None:
        """A line whose first part stands out."""
        if not self.quiet:
            self._out.print(Text.assemble((redacted(plain(name)), "bold"), "  " if rest else "", redacted(plain(rest))))

    def rows(self, rows: Sequence[Sequence[str]], *, indent: int = 2) -> None:
        """Rows in columns. The last column wraps below itself on a terminal, and is never cut."""
        if not self.quiet:
            for line in laid_out(rows, indent=indent, width=self._out.width if self._out.is_terminal else 0):
                self._out.print(_coloured(redacted(line)))

    def prose(self, text: str) -> None:
        """A text in Markdown: formatted on a terminal, as it stands elsewhere."""
        if self.quiet:
            return
        safe = redacted(without_controls(text))
        if self._out.is_terminal:
            self._out.print(Markdown(safe), soft_wrap=False)
        else:
            for line in safe.split("\n"):
                self._out.print(Text(line))

    def answer(self, answer: msgspec.Struct) -> None:
        """The answer as JSON, in ASCII: control characters of any kind come as escapes."""
        sys.stdout.write(redacted(json.dumps(msgspec.to_builtins(answer), indent=2)) + "\n")

    def complain(self, text: str) -> None:
        """What is wrong, on standard error, as it stands: line by line; or as one line of JSON, if so chosen."""
        if logs.is_json():
            logs.complain(text)
            return
        for line in redacted(without_controls(text)).rstrip().split("\n"):
            self._err.print(Text(line))

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """Something to tell how far it is: shown on a terminal, and gone afterwards."""
        if self.quiet or not self._err.is_terminal:
            yield lambda _line: None
            return
        with self._err.status(Text("…")) as status:
            yield lambda line: status.update(Text(plain(line)))


def plain_left(text: str) -> str:
    """One safe line that keeps its indent."""
    return " " * (len(text) - len(text.lstrip(" "))) + plain(text)


def laid_out(rows: Sequence[Sequence[str]], *, indent: int, width: int) -> Iterator[str]:
    """The lines of a table. Width 0: as wide as it takes."""
    safe = [[plain(cell) for cell in row] for row in rows]
    count = max((len(row) for row in safe), default=0) - 1
    columns = [
        min(WIDEST_COLUMN, max((cell_len(row[at]) for row in safe if at < len(row) - 1), default=0))
        for at in range(count)
    ]
    for row in safe:
        yield from _row(row, columns, indent, width)


def _row(row: Sequence[str], columns: Sequence[int], indent: int, width: int) -> Iterator[str]:
    head = " " * indent
    for cell, size in zip(row[:-1], columns, strict=False):
        head += (cell + " " * max(2, size - cell_len(cell) + 2)) if size else ""
    last = row[-1] if row else ""
    if not width:
        yield (head + last).rstrip()
        return
    margin = indent + sum(size + 2 for size in columns if size)
    if width - margin < NARROWEST_LAST:
        margin = min(indent + 4, max(0, width - NARROWEST_LAST))
    if cell_len(head) > margin:
        yield head.rstrip()
        head = " " * margin
    parts = textwrap.wrap(last, max(1, width - margin), break_on_hyphens=False) or [""]
    yield (head + parts[0]).rstrip()
    for part in parts[1:]:
        yield " " * margin + part


def _coloured(line: str) -> Text:
    """A rule's mode stands out a little."""
    text = Text(line)
    for mode, style in STYLES.items():
        text.highlight_regex(rf"(?<=\b[A-Z]{{2}}\d\d ){mode}\b", style)
    return text
