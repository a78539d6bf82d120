"""A server that answers from a script, and a transport on a clock that stands still."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
import pytest

from tierkeeper.plugins.transport.answer import Answer, Cut
from tierkeeper.plugins.transport.policy import Transport
from tierkeeper.plugins.transport.ports import Budget, Etags, ManualWall, MemoryBudget, MemoryEtags

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
BASE = "https://tracker.example"

Reply = Callable[[str], Answer] | Exception


class Script:
    """A `Send` that gives one reply after the other; the last one again and again."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.asked: list[tuple[str, str]] = []
        self.bodies: list[object] = []
        self.headers: list[Mapping[str, str]] = []
        self.now = NOW

    def says(self, status: int, *, body: Any = None, **headers: str) -> "Script":
        """Add an answer; `retry_after="3"` becomes the header `retry-after`. Its Date is the server's `now`."""
        sent = {"date": format_datetime(self.now, usegmt=True)}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else msgspec.json.encode(body) if body is not None else b""
        self.replies.append(lambda url: Answer(status, sent, content, url))
        return self

    def cuts(self, *, sent: bool) -> "Script":
        """Add a request without an answer."""
        self.replies.append(Cut("ConnectionError", sent=sent))
        return self

    def __call__(self, method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:
        self.asked.append((method, path))
        self.bodies.append(json)
        self.headers.append(headers)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply(BASE + path)


class Bench:
    """All that a transport needs, at hand."""

    def __init__(self) -> None:
        self.server = Script()
        self.wall = ManualWall(NOW)
        self.budget: Budget = MemoryBudget()
        self.etags: Etags = MemoryEtags()

    def transport(
        self, *, patience: timedelta = timedelta(seconds=60), credential: str = "c1", base_url: str = BASE
    ) -> Transport:
        return Transport(
            self.server,
            credential=credential,
            base_url=base_url,
            budget=self.budget,
            etags=self.etags,
            wall=self.wall,
            patience=patience,
        )


@pytest.fixture
def bench() -> Bench:
    return Bench()
