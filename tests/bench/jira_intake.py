"""From bytes to ledger rows for Jira: its own pages, recorded once, go through feed, conversion and ledger again."""

import json as standard
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import msgspec
from bench.figure import Figure, cpu_seconds
from desk_world import OWN, START
from jira_desk import JiraDesk, jira_desk

from tierkeeper.plugins.jira.access import Access
from tierkeeper.plugins.jira.client import ClientOptions, JiraClient
from tierkeeper.plugins.jira.options import JiraOptions
from tierkeeper.plugins.jira.tracker import JiraTracker
from tierkeeper.plugins.jira.transport import JiraTransport
from tierkeeper.plugins.transport.answer import Answer, Send
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget, MemoryEtags, MemoryKept
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.pull import gathered

TARGET = 5_000
ISSUES = 1_000
TIERS = ("help-desk", "support", "development", "support")
BODY = "The export stops after a while. " * 48
QUEUE = "webapp"


class Recording:
    """What a project of so many issues answers to a first reading: four handovers and two comments an issue."""

    def __init__(self, issues: int) -> None:
        self.issues = issues
        self._answers: dict[tuple[str, str, bytes], Answer] = {}
        with tempfile.TemporaryDirectory() as folder, jira_desk(Path(folder)) as there:
            _fill(there, issues)
            self.now = START + timedelta(days=2)
            there.box.set_now(self.now)
            self._url = there.box.url
            self._queue = there.policy().queues[QUEUE]
            live = JiraClient(ClientOptions(url=self._url, email=f"{OWN}@example.org", token=f"t-{OWN}"))
            self._base = live.base_url
            for _ in self._tracker(self._recorder(live.send)).pull(self._queue, ""):
                pass
            live.close()

    @property
    def bodies(self) -> list[bytes]:
        """The pages' bytes."""
        return [answer.body for answer in self._answers.values()]

    def read_into(self, folder: Path) -> int:
        """Read all of it into a new ledger; how many issues came."""
        issues = 0
        with Ledger.open(folder / f"{len(list(folder.iterdir()))}.sqlite", desk="bench") as ledger:
            for batch in gathered(self._tracker(self._play).pull(self._queue, "")):
                issues += ledger.store(QUEUE, batch, now=self.now).issues
        return issues

    def _recorder(self, send: Send) -> Send:
        def recorded(method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:
            answer = self._answers[method, path, msgspec.json.encode(json)] = send(method, path, json, headers)
            return answer

        return recorded

    def _play(self, method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:  # noqa: ARG002  # as a client's `send`
        return self._answers[method, path, msgspec.json.encode(json)]

    def _tracker(self, send: Send) -> JiraTracker:
        wall = ManualWall(self.now)
        transport = JiraTransport(
            send, credential=OWN, base_url=self._base, budget=MemoryBudget(), etags=MemoryEtags(), wall=wall
        )
        return JiraTracker(Access("jira", transport, kept=MemoryKept(), wall=wall, options=JiraOptions(url=self._url)))


def _fill(there: JiraDesk, issues: int) -> None:
    store = there.box.store
    for number in range(issues):
        at = START + timedelta(minutes=number % 1000)
        key = store.create_issue(
            there.project,
            "key-user-1",
            f"Export fails {number}",
            description=BODY,
            labels=["instance:berlin-01"],
            at=at,
        )
        for step, tier in enumerate(TIERS, 1):
            store.set_labels(key, "help-desk-1", ["instance:berlin-01", f"tier:{tier}"], at=at + timedelta(hours=step))
        for minute in (5, 10):
            store.comment(key, "support-1", "Which template is it?", at=at + timedelta(minutes=minute))


def jira_bytes_to_rows(*, quick: bool) -> list[Figure]:
    """How many Jira issues with their history a CPU second takes in."""
    recording = Recording(ISSUES // 4 if quick else ISSUES)
    bodies, issues = recording.bodies, recording.issues
    with tempfile.TemporaryDirectory() as folder:
        assert recording.read_into(Path(folder)) == issues
        ours, theirs = cpu_seconds(
            lambda: recording.read_into(Path(folder)), lambda: [standard.loads(body) for body in bodies]
        )
    speed = issues / ours
    size = sum(map(len, bodies)) / issues / 1000
    figure = f"{speed:,.0f} issues a CPU second ({len(TIERS)} handovers, 2 comments, {size:.0f} kB of JSON each)"
    ratio = f"{ours / theirs:.2f} × json.loads of the same bytes"
    return [Figure("Jira: bytes to ledger rows", figure, ratio, f"≥ {TARGET:,}", speed >= TARGET)]
