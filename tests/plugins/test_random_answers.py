"""Whatever a platform's contract allows is read; and no answer at all makes anything but an error of our own tree."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from contracts import github_contract, jira_contract
from random_answers import RandomServer

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.github.convert import decode_events, to_event
from tierkeeper.plugins.github.options import GitHubOptions
from tierkeeper.plugins.github.plugin import make_github
from tierkeeper.plugins.jira.options import JiraOptions
from tierkeeper.plugins.jira.plugin import make_jira
from tierkeeper.plugins.model.attachment import File
from tierkeeper.plugins.model.change import (
    Acknowledge,
    AddLabel,
    Assign,
    Change,
    DeleteComment,
    Detach,
    Draft,
    EditComment,
    Hint,
    LinkTo,
    Marker,
    PostComment,
    RemoveLabel,
    SetField,
    SetState,
    SetText,
    Unassign,
    Unlink,
)
from tierkeeper.plugins.model.desk import Queue, RoleSource
from tierkeeper.plugins.model.issue import Account, Ref
from tierkeeper.plugins.tracker import LabelSpec, Ports, Tracker
from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget, MemoryEtags, MemoryKept

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SITE = "https://tracker.example"
API = f"{SITE}/rest/api/3"
SEVERITY = {"id": "customfield_10001", "name": "Severity", "custom": True, "schema": {"type": "option"}}
REF = Ref("q", "7", "7")
SPEC = LabelSpec("tier:support", "00ff00", "")
SEEDS = 25
SOURCES = {
    "github": [RoleSource("t", "team", "o/t")],
    "jira": [
        RoleSource("t", "group", "x"),
        RoleSource("t", "project_role", "HELP/x"),
        RoleSource("t", "component_lead", "HELP/x"),
    ],
}

CHANGES: list[Change] = [
    AddLabel("x"),
    RemoveLabel("x"),
    SetState(open=False),
    SetState(open=True, status="Open"),
    SetField("priority", "High"),
    SetField("milestone", "x"),
    SetField("title", "t"),
    SetText("text"),
    Assign("a"),
    Unassign("x"),
    PostComment("body", "m"),
    EditComment("12", "body", "m"),
    DeleteComment("12"),
    Detach("12"),
    Acknowledge("12"),
    LinkTo(SITE, "t", "k"),
    Unlink("k"),
]


FILE = File(name="a", mime="", size=1, digest="", content=BytesIO(b"a"))


def ports() -> Ports:
    return Ports(
        budget=MemoryBudget(), etags=MemoryEtags(), kept=MemoryKept(), wall=ManualWall(NOW), secret=lambda _: "t-1"
    )


def answered_by(tracker: Any, server: Any) -> Tracker:
    """The same tracker with a server of a test's own."""
    tracker._access.transport.send = server  # the one seam of both
    found: Tracker = tracker
    return found


def github(seed: int) -> tuple[Tracker, Queue]:
    pinned = {"/repos/o/r": {"full_name": "o/r"}, "/user": {"login": "me"}}
    server = RandomServer(github_contract(), seed, base=SITE, pinned=pinned)
    return answered_by(make_github("github", GitHubOptions(url=SITE), ports()), server), Queue("q", "github", "o/r")


def jira(seed: int) -> tuple[Tracker, Queue]:
    pinned: dict[str, Any] = {
        "/project/HELP": {"key": "HELP", "id": "1"},
        "/myself": {"accountId": "me"},
        "/field": [SEVERITY],
    }
    server = RandomServer(jira_contract(), seed, base=API, pinned=pinned)
    options = JiraOptions(url=SITE, fields=("Severity",))
    return answered_by(make_jira("jira", options, ports()), server), Queue("q", "jira", "HELP")


Make = Callable[[int], tuple[Tracker, Queue]]
TRACKERS = pytest.mark.parametrize("make", [github, jira])


def reads(tracker: Tracker, queue: Queue) -> dict[str, Callable[[], object]]:
    """Each way to read, by name: each is tried with a server of its own."""
    ways: dict[str, Callable[[], object]] = {
        "account": tracker.account,
        "pull": lambda: list(tracker.pull(queue, "")),
        "read": lambda: tracker.read(REF, queue),
        "census": lambda: list(tracker.census(queue)),
        "labels": lambda: tracker.label_names(queue),
        "audience": lambda: tracker.audience(queue),
        "milestones": lambda: tracker.milestones(queue),
        "check": lambda: list(tracker.check(queue, [SPEC])),
        "check files": lambda: list(tracker.check_files(queue)),
        "largest file": lambda: tracker.largest_file(queue),
        "find": lambda: tracker.find(queue, Marker("d", "k"), Hint(since=NOW, account=Account("me"))),
    }
    return ways | {source.kind: partial(tracker.members, source) for source in SOURCES[queue.tracker]}


def writes(tracker: Tracker, queue: Queue) -> dict[str, Callable[[], object]]:
    """Each write, by what it writes."""
    ways: dict[str, Callable[[], object]] = {
        repr(change): partial(tracker.apply, REF, queue, [change]) for change in CHANGES
    }
    draft = Draft(title="t", body="b", labels=("x",))
    return ways | {
        "create": lambda: tracker.create(queue, draft, Marker("d", "k")),
        "labels": lambda: tracker.create_labels(queue, [SPEC]),
        "making": lambda: list(tracker.check_making(queue, ["Severity"])),
        "attach": lambda: tracker.attach(REF, queue, FILE),
    }


@TRACKERS
def test_every_answer_that_the_contract_allows_is_read(make: Make) -> None:
    for name in reads(*make(0)):
        for seed in range(SEEDS):
            reads(*make(seed))[name]()


@TRACKERS
def test_no_answer_to_a_write_makes_anything_but_an_error_that_can_be_told(make: Make) -> None:
    for name in writes(*make(0)):
        for seed in range(SEEDS // 3):
            with suppress(TrackerError):
                writes(*make(seed))[name]()


def test_no_event_of_a_kind_that_the_contract_describes_is_passed_over() -> None:
    for path in ("/repos/o/r/issues/events", "/repos/o/r/issues/7/events"):
        for seed in range(SEEDS):
            answer = RandomServer(github_contract(), seed, base=SITE)("GET", path, None, {})
            rows = decode_events(answer)
            assert len(rows) == len(answer.json())
            for row in rows:
                to_event(row, 7)


class Wrong(NamedTuple):
    """An answer that no contract knows, with status 200."""

    body: bytes

    def __call__(self, method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:  # noqa: ARG002  # a Send's own
        return Answer(200, {}, self.body, SITE + path)


@TRACKERS
@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><title>Log in</title>",
        b"",
        b"null",
        b"[]",
        b"{}",
        b"[null]",
        b"7",
        b"[7]",
        b'{"id":"\xff"}',
        b'[{"id":"\xff","name":"\xff"}]',
        b'{"issues":[{"id":"1","key":"HELP-1","fields":{"created":"soon","updated":"soon"}}]}',
        b'{"comments":[{"id":"first","created":"2026-11-23T12:00:00Z","updated":"2026-11-23T12:00:00Z"}]}',
        b'{"issueChangeLogs":[{"issueId":"1","changeHistories":[{"id":"1","created":1e300}]}]}',
        b'{"id":"1","key":"HELP-1","fields":{"created":"0001-01-01T00:00:00+1200","updated":""}}',
        b"{" + b'"a":{' * 5_000,
    ],
    ids=lambda body: body[:60].decode(errors="replace"),
)
def test_an_answer_from_something_else_than_the_tracker_is_an_error_and_nothing_else(make: Make, body: bytes) -> None:
    for ways in (reads, writes):
        for name in ways(*make(0)):
            tracker, queue = make(0)
            tracker._access.transport.send = Wrong(body)  # type: ignore[attr-defined]  # both have it
            with suppress(TrackerError):
                ways(tracker, queue)[name]()
