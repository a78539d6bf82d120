"""A process that dies: before a write is sent, after the server did it, or before a ledger statement."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from mirror_world import MirrorWorld
from sqlalchemy import Engine, event

from tierkeeper.plugins.github.client import GitHubClient
from tierkeeper.plugins.jira.client import JiraClient
from tierkeeper.sync.mirror.turn import MirrorTurn

READS = ("/search/jql", "/changelog/bulkfetch", "/issue/bulkfetch", "/comment/list")


class Killed(BaseException):
    """The process dies here."""


class Deaths:
    """Kills the process at the n-th moment of one kind: ``before``, ``after`` (a write request) or ``statement``."""

    def __init__(self, kind: str, at: int) -> None:
        self.kind, self.at, self.count = kind, at, 0
        self.active = False

    def pass_by(self, kind: str) -> None:
        if self.active and kind == self.kind:
            self.count += 1
            if self.count == self.at:
                self.active = False
                raise Killed

    def sending(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def send(client: Any, method: str, path: str, *rest: Any, **named: Any) -> Any:
            writes = method != "GET" and not any(read in path for read in READS)
            if writes:
                self.pass_by("before")
            answer = real(client, method, path, *rest, **named)
            if writes:
                self.pass_by("after")
            return answer

        return send

    def writing(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def write(turn: MirrorTurn, *rest: Any, **named: Any) -> Any:
            self.active = True
            try:
                return real(turn, *rest, **named)
            finally:
                self.active = False

        return write

    def before_statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN")):
            self.pass_by("statement")


@contextmanager
def dying(kind: str, at: int) -> Iterator[Deaths]:
    deaths = Deaths(kind, at)
    event.listen(Engine, "before_cursor_execute", deaths.before_statement)
    with pytest.MonkeyPatch.context() as patch:
        for client in (GitHubClient, JiraClient):
            patch.setattr(client, "send", deaths.sending(client.send))
        patch.setattr(MirrorTurn, "write", deaths.writing(MirrorTurn.write))
        try:
            yield deaths
        finally:
            event.remove(Engine, "before_cursor_execute", deaths.before_statement)


def died(world: MirrorWorld, kind: str, at: int) -> bool:
    """Run once, and die at that moment; whether it came to it."""
    with dying(kind, at):
        try:
            world.cycle(max_changes=1000)
        except Killed:
            return True
    return False


def mend(world: MirrorWorld) -> None:
    """What cron does next."""
    for _ in range(2):
        world.later(120)
        world.cycle(max_changes=1000)
