"""The command line in tests: what a call gives back, and the scenes that several commands are tried on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from desk_world import World

TOKEN = "t-tierkeeper"


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Call = Callable[..., Result]


def write_policy(folder: Path, desk: World, *changes: tuple[str, str]) -> Path:
    """desk.yaml for the sandbox, with some of its text replaced."""
    path = folder / "desk.yaml"
    text = desk.filled()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return path


def now(desk: World) -> tuple[str, str]:
    return "--now", desk.box.now.isoformat()


def wrong_handover(desk: World, cli: Call) -> int:
    """An issue with the help desk that a user handed to development, a minute ago."""
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    assert cli("run", *now(desk)).code == 0
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    assert cli("run", *now(desk)).code == 0
    desk.hands("user-2", number, "development")
    desk.later()
    return number
