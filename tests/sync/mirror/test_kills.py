"""A run that dies at any moment of the mirrors' turn: one twin of each issue, no comment twice, nothing left undone.

It dies before a write is sent, after the server did it and before anybody knew, and before each ledger statement.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mirror_world import OWN, MirrorWorld, mirror_world
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


@pytest.fixture(params=["jira-github", "github-jira"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world(request.param, tmp_path) as there:
        there.run()
        yield there


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


def check(world: MirrorWorld) -> None:
    """One twin an issue, each with each comment once; and what people said on the twin once at the source."""
    sources, twins = world.desk.issues(), world.dev.issues()
    assert Counter(one.title for one in twins) == Counter(one.title for one in sources)
    for one in twins:
        said = Counter(text for by, text in one.comments if by == OWN and "wrote on" in text)
        assert all(count == 1 for count in said.values()), said
        assert sum("Since Monday." in text for text in said) == 1
    for one in sources:
        said = Counter(text for by, text in one.comments if by == OWN and "wrote on" in text)
        assert all(count == 1 for count in said.values()), said


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["before", "after", "statement"])
def test_making_a_twin_survives_a_death_at_every_moment(world: MirrorWorld, kind: str) -> None:
    at, came = 0, True
    while came:
        at += 1
        issue = world.desk.report("key-user-1", f"Issue {at}", "It stops.", ("tier:development",))
        world.desk.comment("key-user-1", issue, "Since Monday.")
        world.later()
        came = died(world, kind, at)
        mend(world)
    assert at > 2
    check(world)
    before = len(world.writes())
    world.later()
    world.run()
    assert world.writes()[before:] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["before", "after", "statement"])
def test_carrying_over_survives_a_death_at_every_moment(world: MirrorWorld, kind: str) -> None:
    issue = world.desk.report("key-user-1", "Issue 0", "It stops.", ("tier:development",))
    world.desk.comment("key-user-1", issue, "Since Monday.")
    world.later()
    mend(world)
    (twin,) = world.dev.issues()
    at, came = 0, True
    while came:
        at += 1
        world.desk.rename("support-1", issue, f"Issue {at}")
        world.desk.comment("support-1", issue, f"Down {at}.")
        world.dev.comment("dev-1", twin.id, f"Up {at}.")
        world.later()
        came = died(world, kind, at)
        mend(world)
        (source,), (other,) = world.desk.issues(), world.dev.issues()
        assert (source.title, other.title) == (f"Issue {at}", f"Issue {at}")
        assert sum(f"Up {at}." in text for _, text in source.comments) == 1
        assert sum(f"Down {at}." in text for _, text in other.comments) == 1
    assert at > 2
    check(world)
