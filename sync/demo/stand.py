"""The demo on a terminal: colours for its lines, a folder for its files, and Ctrl-C for its end."""

import shutil
import tempfile
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.markup.text import without_controls
from tierkeeper.sync.cli.screen import laid_out
from tierkeeper.sync.demo.show import Kind, play

_STYLES: dict[Kind, str] = {"act": "bold", "quiet": "dim", "table": "bold"}
INDENT = 11


class Printer:
    """Tells the story on a terminal or to a file."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def line(self, text: str, kind: Kind = "text") -> None:
        """One line; a long one wraps below its text."""
        width = self._console.width if self._console.is_terminal else 0
        indent = " " * INDENT if kind == "act" else ""
        parts = textwrap.wrap(text, width, subsequent_indent=indent) if width and len(text) > width else [text]
        for part in parts:
            self._console.print(Text(without_controls(part), _STYLES.get(kind, "")))

    def rows(self, rows: Sequence[Sequence[str]]) -> None:
        """What was done, in columns; nothing at all is said quietly."""
        width = self._console.width if self._console.is_terminal else 0
        style = "yellow" if any(len(row) > 2 for row in rows) else "dim"  # noqa: PLR2004 - a lone remark has two cells
        for line in laid_out(rows, indent=INDENT, width=width):
            self._console.print(Text(line, style))


def perform(*, folder: Path | None, port: int, keep: bool) -> None:
    """Play the week and print it."""
    printer = Printer(Console(highlight=False, markup=False, emoji=False, soft_wrap=True))

    def stay(urls: Sequence[str]) -> None:
        printer.line("")
        printer.line(f"The sandboxes stay up: {' and '.join(urls)} (open them in a browser). End them with Ctrl-C.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            printer.line("Ended.")

    place = folder or Path(tempfile.mkdtemp(prefix="tierkeeper-demo-"))
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise UsageError(f"{folder} is not empty. The demo writes its files there: name an empty folder.")
        play(place, printer, port=port, keep=stay if keep else None)
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
