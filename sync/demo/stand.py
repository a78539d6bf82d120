"""The demo on a terminal: colours for its lines, a folder for its files, and Ctrl-C for its end."""

import shutil
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.markup.text import without_controls
from tierkeeper.sync.demo.show import play
from tierkeeper.sync.demo.stage import OWN, token_of

_STYLES = {"act": "bold", "done": "yellow", "quiet": "dim", "table": "bold"}


def perform(*, folder: Path | None, port: int, keep: bool) -> None:
    """Play the week and print it."""
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)

    def say(line: str, kind: str) -> None:
        console.print(Text(without_controls(line), _STYLES.get(kind, "")))

    def stay(url: str) -> None:
        say("", "text")
        say(f"The sandbox stays up at {url}; your token is {token_of(OWN)}. End it with Ctrl-C.", "text")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            say("Ended.", "text")

    place = folder or Path(tempfile.mkdtemp(prefix="tierkeeper-demo-"))
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise UsageError(f"{folder} is not empty. The demo writes its files there: name an empty folder.")
        play(place, say, port=port, keep=stay if keep else None)
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
