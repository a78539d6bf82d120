"""From bytes to ledger rows: GitHub's own pages, recorded once, go through feeds, conversion and ledger again."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.figure import Figure, cpu_seconds
from bench.samples import COMMENTS, EVENTS, QUEUE, fill
from desk_world import OWN, world

from tierkeeper.plugins.github.access import Access
from tierkeeper.plugins.github.client import ClientOptions, GitHubClient
from tierkeeper.plugins.github.options import GitHubOptions
from tierkeeper.plugins.github.tracker import GitHubTracker
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.plugins.transport.answer import Answer, Send
from tierkeeper.plugins.transport.policy import Transport
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget, MemoryEtags, MemoryKept
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.rows import Stored
from tierkeeper.sync.pull import gathered

TARGET = 5_000
ISSUES = 1_000


class Recording:
    """What a repository of so many issues answers to a first reading."""

    def __init__(self, issues: int) -> None:
        self.issues = issues
        self._answers: dict[str, Answer] = {}
        with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as there:
            self.now = fill(there.box.store, issues)
            there.box.set_now(self.now)
            self._url = there.box.url
            self._queue = there.policy().queues[QUEUE]
            live = GitHubClient(ClientOptions(url=self._url, token=there.token))
            for _ in self._tracker(self._recorder(live.send)).pull(self._queue, ""):
                pass
            live.close()

    @property
    def bodies(self) -> list[bytes]:
        """The pages' bytes."""
        return [answer.body for answer in self._answers.values()]

    def read_into(self, folder: Path) -> Stored:
        """Read all of it into a new ledger."""
        issues = events = comments = 0
        with Ledger.open(folder / f"{len(list(folder.iterdir()))}.sqlite", desk="bench") as ledger:
            for batch in gathered(self._tracker(self._play).pull(self._queue, "")):
                stored = ledger.store(QUEUE, batch, now=self.now)
                issues += stored.issues
                events += stored.events
                comments += stored.comments
        return Stored(issues, events, comments)

    def _recorder(self, send: Send) -> Send:
        def recorded(method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:
            answer = self._answers[path] = send(method, path, json, headers)
            return answer

        return recorded

    def _play(self, method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:  # noqa: ARG002  # as a client's `send`
        return self._answers[path]

    def _tracker(self, send: Send) -> Tracker:
        wall = ManualWall(self.now)
        transport = Transport(
            send, credential=OWN, base_url=self._url, budget=MemoryBudget(), etags=MemoryEtags(), wall=wall
        )
        return GitHubTracker(Access("github", transport, kept=MemoryKept(), wall=wall, options=GitHubOptions()))


def bytes_to_rows(*, quick: bool) -> list[Figure]:
    """How many issues with their history a CPU second takes in."""
    recording = Recording(ISSUES // 2 if quick else ISSUES)
    bodies, issues = recording.bodies, recording.issues
    with tempfile.TemporaryDirectory() as folder:
        stored = recording.read_into(Path(folder))
        assert stored == Stored(issues, issues * EVENTS, issues * COMMENTS)
        ours, theirs = cpu_seconds(
            lambda: recording.read_into(Path(folder)), lambda: [json.loads(body) for body in bodies]
        )
    speed = issues / ours
    size = sum(map(len, bodies)) / issues / 1000
    figure = f"{speed:,.0f} issues a CPU second ({EVENTS} events, {COMMENTS} comments, {size:.0f} kB of JSON each)"
    ratio = f"{ours / theirs:.2f} × json.loads of the same bytes"
    return [Figure("bytes to ledger rows", figure, ratio, f"≥ {TARGET:,}", speed >= TARGET)]
