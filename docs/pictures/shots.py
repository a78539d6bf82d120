"""Draws the README's pictures of the sandbox's pages: the board and one issue at the end of the demo's week.

It needs a Chromium. Run it after the demo or the pages change:
`PYTHONPATH=tests .venv/bin/python docs/pictures/shots.py`
"""

import io
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from browser import NAMES, browser, found
from rich.console import Console

from tierkeeper.sync.demo.show import play
from tierkeeper.sync.demo.stand import Printer

PICTURES = {"board.png": ("/", 640), "issue.png": ("/_pages/issue/example/webapp/2", 800)}
"""The page of each picture, and its height."""

WIDTH = 1200


def shoot(target: Path, program: str) -> None:
    """Play the demo and take the pictures of its end."""

    def keep(urls: Sequence[str]) -> None:
        github = urls[0]
        with browser(program) as page:
            for name, (path, height) in PICTURES.items():
                page.show(github + path, WIDTH, height)
                page.picture(target / name)

    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder), Printer(Console(file=io.StringIO())), keep=keep)


if __name__ == "__main__":
    chromium = found()
    if chromium is None:
        sys.exit(f"There is no Chromium on the PATH ({', '.join(NAMES)}).")
    shoot(Path(__file__).parent, chromium)
