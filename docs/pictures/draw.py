"""Draws the README's picture: the beginning of the demo, as a terminal shows it. Run it after the demo changes."""

import io
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tierkeeper.sync.demo.show import Kind, play
from tierkeeper.sync.demo.stand import Printer

FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace"
WIDTH = 118
ACTS = 10


class Shortened(Printer):
    """Tells the beginning only, and not where the files are."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._acts = 0

    def line(self, text: str, kind: Kind = "text") -> None:
        """Lines of the first acts."""
        self._acts += kind == "act"
        if kind in {"act", "quiet"} and self._acts <= ACTS:
            super().line(text, kind)

    def rows(self, rows: Sequence[Sequence[str]]) -> None:
        """What was done after the first acts."""
        if self._acts <= ACTS:
            super().rows(rows)


def draw(target: Path) -> None:
    """Play the demo and write its first lines as an SVG without any external asset."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, soft_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder), Shortened(console))
    svg = console.export_svg(title="make demo", unique_id="demo")
    svg = re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;]*;", f"font-family: {FONT};", svg)
    target.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    draw(Path(__file__).with_name("demo.svg"))
