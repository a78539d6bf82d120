"""Every tracker passes the contract: the one in memory, and GitHub and Jira against their sandboxes."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import pytest
from github_bench import GitHubBench, github_bench
from jira_bench import JiraBench, jira_bench

from tierkeeper.plugins.memory import MemoryTracker
from tierkeeper.plugins.model.desk import Queue, RoleSource
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.testing import Bench, TrackerContract
from tierkeeper.plugins.tracker import LabelSpec


class MemoryBench:
    """The in-memory tracker with its people."""

    alice = "alice"
    bob = "bob"
    team = RoleSource("memory", "team", "support")
    missing_team = RoleSource("memory", "team", "nobody")
    milestone = "milestone"

    def __init__(self) -> None:
        self.tracker = MemoryTracker("desk")
        self.tracker.teams["support"] = {self.alice, self.bob}
        self.queue = Queue("desk", "memory", "desk")

    def now(self) -> datetime:
        return self.tracker.now

    def advance(self, by: timedelta) -> None:
        self.tracker.advance(by)

    def create_issue(self, actor: str, title: str, body: str = "", labels: Iterable[str] = ()) -> str:
        return self.tracker.create_issue(actor, title, body, labels=labels)

    def add_label(self, actor: str, issue: str, name: str) -> None:
        self.tracker.add_label(actor, issue, name)

    def remove_label(self, actor: str, issue: str, name: str) -> None:
        self.tracker.remove_label(actor, issue, name)

    def assign(self, actor: str, issue: str, account: str) -> None:
        self.tracker.assign(actor, issue, account)

    def close(self, actor: str, issue: str) -> None:
        self.tracker.close(actor, issue)

    def rename(self, actor: str, issue: str, title: str) -> None:
        self.tracker.rename(actor, issue, title)

    def comment(self, actor: str, issue: str, body: str) -> str:
        return self.tracker.comment(actor, issue, body)

    def delete_issue(self, issue: str) -> None:
        self.tracker.delete_issue(issue)

    def make_milestone(self, name: str) -> None:
        self.tracker.releases.add(name)

    def let_in(self, readers: Audience) -> None:
        self.tracker.readers = readers


class TestMemory(TrackerContract):
    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench()


class TestGitHub(TrackerContract):
    @pytest.fixture
    def bench(self) -> Iterator[GitHubBench]:
        with github_bench() as made:
            yield made


class TestJira(TrackerContract):
    @pytest.fixture
    def bench(self) -> Iterator[JiraBench]:
        with jira_bench() as made:
            yield made

    def test_missing_labels_are_found_and_made_once(self, bench: Bench) -> None:
        """A label in Jira is there as soon as an issue bears it: none is missing, and none is made."""
        wanted = [LabelSpec("sla:at-risk", "The answer is due soon", "fbca04")]
        assert not any("sla:at-risk" in str(problem) for problem in bench.tracker.check(bench.queue, wanted))
        assert bench.tracker.create_labels(bench.queue, wanted) == ()
