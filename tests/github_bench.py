"""A GitHub tracker over the sandbox, with what a test needs at hand."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta

from contracts import checked_exchanges, have_github_contract
from sandbox_world import REPO, World, world

from tierkeeper.plugins.github.options import GitHubOptions
from tierkeeper.plugins.github.plugin import make_github
from tierkeeper.plugins.model.desk import Queue, RoleSource
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.tracker import Ports, Tracker
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget, MemoryEtags, MemoryKept

QUEUE = Queue("webapp", "github", REPO)


class GitHubBench:
    """A tracker, its sandbox and its people."""

    alice = "support-1"
    bob = "dev-1"
    team = RoleSource("github", "team", "example/supporters")
    missing_team = RoleSource("github", "team", "example/nobody")
    milestone = "milestone"

    def __init__(self, there: World) -> None:
        self.world, self.box, self.store = there, there.box, there.store
        self.queue = QUEUE
        self.wall = ManualWall(self.box.now)
        self.etags, self.kept, self.budget = MemoryEtags(), MemoryKept(), MemoryBudget(creates_a_minute=10_000)
        self.store.add_team("example", "supporters", members=[self.alice, self.bob])
        self.tracker = self.make()

    def make(self, login: str = "tierkeeper", **options: object) -> Tracker:
        """Make a tracker that acts with somebody's token."""
        ports = Ports(self.budget, self.etags, self.kept, self.wall, {"GITHUB_TOKEN": f"t-{login}"}.get)
        return make_github("github", GitHubOptions.model_validate({"url": self.box.url, **options}), ports)

    def asked(self) -> list[tuple[str, str, int]]:
        """What was asked since the last call: method, path, status."""
        found = [(call.method, call.path, call.status) for call in self.box.requests]
        self.box.requests.clear()
        return found

    def now(self) -> datetime:
        return self.box.now

    def advance(self, by: timedelta) -> None:
        self.box.advance(by.total_seconds())
        self.wall.advance(by)

    def create_issue(self, actor: str, title: str, body: str = "", labels: Iterable[str] = ()) -> str:
        return str(self.store.create_issue(REPO, actor, title, body, labels=labels))

    def add_label(self, actor: str, issue: str, name: str) -> None:
        self.store.add_labels(REPO, int(issue), [name], actor)

    def remove_label(self, actor: str, issue: str, name: str) -> None:
        self.store.remove_label(REPO, int(issue), name, actor)

    def assign(self, actor: str, issue: str, account: str) -> None:
        self.store.add_assignees(REPO, int(issue), [account], actor)

    def close(self, actor: str, issue: str) -> None:
        self.store.close(REPO, int(issue), actor)

    def rename(self, actor: str, issue: str, title: str) -> None:
        self.store.edit_title(REPO, int(issue), title, actor)

    def comment(self, actor: str, issue: str, body: str) -> str:
        return str(self.store.comment(REPO, int(issue), actor, body))

    def delete_issue(self, issue: str) -> None:
        self.store.delete_issue(REPO, int(issue))

    def make_milestone(self, name: str) -> None:
        self.store.add_milestone(REPO, name, self.alice)

    def let_in(self, readers: Audience) -> None:
        self.store.set_private(REPO, private=readers == "private")

    def ref(self, issue: str | int) -> Ref:
        """The reference of an issue."""
        return Ref(self.queue.name, str(issue), str(issue))


@contextmanager
def github_bench() -> Iterator[GitHubBench]:
    """Run a sandbox with a tracker on it; every exchange is checked against GitHub's contract, if it is there."""
    with checked_exchanges() if have_github_contract() else nullcontext(), world() as there:
        yield GitHubBench(there)
