"""A Jira tracker over the sandbox, with what a test needs at hand."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from contracts import checked_exchanges, have_jira_contract
from jira_world import OWN, World, world

from tierkeeper.plugins.jira.options import JiraOptions
from tierkeeper.plugins.jira.plugin import make_jira
from tierkeeper.plugins.jira.sandbox.records import Named
from tierkeeper.plugins.jira.tracker import JiraTracker
from tierkeeper.plugins.model.desk import Queue, RoleSource
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import Audience
from tierkeeper.plugins.tracker import Ports, Tracker
from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget, MemoryEtags, MemoryKept

DEV = Queue("dev", "jira", "DEV")
HELP = Queue("help", "jira", "HELP")


class JiraBench:
    """A tracker, its sandbox and its people. `project` is where people act."""

    alice = "acc-support-1"
    bob = "acc-dev-1"
    team = RoleSource("jira", "group", "supporters")
    missing_team = RoleSource("jira", "group", "nobody")
    milestone = "fixVersions"

    def __init__(self, there: World, queue: Queue = DEV) -> None:
        self.world, self.box, self.store = there, there.box, there.store
        self.queue, self.project = queue, queue.place
        self.wall = ManualWall(self.box.now)
        self.etags, self.kept, self.budget = MemoryEtags(), MemoryKept(), MemoryBudget(creates_a_minute=10_000)
        self.store.add_group("supporters", members=["support-1", "dev-1", "left-1"])
        self.sent: list[tuple[str, str, Any]] = []
        self.tracker = self.make()

    def make(self, who: str = OWN, *, token: str = "", **options: object) -> Tracker:
        """Make a tracker that acts with somebody's token."""
        secrets = {"JIRA_TOKEN": token or f"t-{who}"}
        given = {"url": self.box.url, "email": f"{who}@example.org", **options}
        ports = Ports(self.budget, self.etags, self.kept, self.wall, secrets.get)
        made = make_jira("jira", JiraOptions.model_validate(given), ports)
        assert isinstance(made, JiraTracker)
        transport = made._access.transport
        send = transport.send

        def noting(method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:
            self.sent.append((method, path, json))
            return send(method, path, json, headers)

        transport.send = noting
        return made

    def bodies(self, method: str, path: str) -> list[Any]:
        """What was sent by that method to paths that end so, in order."""
        return [body for way, where, body in self.sent if way == method and where.partition("?")[0].endswith(path)]

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
        key = self.store.create_issue(self.project, actor, title, description=body or None, labels=list(labels))
        return str(self.store.issue(key).id)

    def add_label(self, actor: str, issue: str, name: str) -> None:
        self.store.add_label(issue, actor, name)

    def remove_label(self, actor: str, issue: str, name: str) -> None:
        self.store.remove_label(issue, actor, name)

    def assign(self, actor: str, issue: str, account: str) -> None:
        self.store.assign(issue, actor, account)

    def close(self, actor: str, issue: str) -> None:
        self.store.transition(issue, actor, "Done" if self.project == "DEV" else "Closed")

    def rename(self, actor: str, issue: str, title: str) -> None:
        self.store.set_field(issue, actor, "summary", title)

    def comment(self, actor: str, issue: str, body: str) -> str:
        return str(self.store.comment(issue, actor, body))

    def delete_issue(self, issue: str) -> None:
        self.store.delete_issue(issue)

    def make_milestone(self, name: str) -> None:
        self.store.project(self.project).versions.append(Named(id="900", name=name))

    def let_in(self, readers: Audience) -> None:
        self.store.set_permission(self.project, "ADMINISTER_PROJECTS", ["tierkeeper"])
        self.store.set_permission(self.project, "BROWSE_PROJECTS", ["*", "anyone"] if readers == "public" else ["*"])

    def ref(self, issue: str | int) -> Ref:
        """The reference of an issue."""
        return Ref(self.queue.name, str(issue), str(issue))


@contextmanager
def jira_bench(queue: Queue = DEV) -> Iterator[JiraBench]:
    """Run a sandbox with a tracker on it; every exchange is checked against Jira's contract, if it is there."""
    with checked_exchanges() if have_jira_contract() else nullcontext(), world() as there:
        yield JiraBench(there, queue)
