"""A desk whose issues have twins: two sandboxes, four pairings, people on both sides, and Tierkeeper's cycles."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from contracts import checked_exchanges, have_github_contract, have_jira_contract
from mirror_ends import OWN, PEOPLE, START, End, GitHubEnd, JiraEnd, Shown

from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.plugins.jira.sandbox import JiraSandbox
from tierkeeper.plugins.tracker import Ports, Tracker
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget
from tierkeeper.rules.policy import Policy, load_policy
from tierkeeper.sync.budget import LedgerBudget
from tierkeeper.sync.cycle import Cycle
from tierkeeper.sync.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tierkeeper.sync.report import Report

__all__ = [
    "OWN",
    "PAIRINGS",
    "START",
    "End",
    "GitHubEnd",
    "JiraEnd",
    "MirrorWorld",
    "Shown",
    "handed_over",
    "mirror_world",
    "twin_of",
]

PAIRINGS = ("jira-github", "github-jira", "jira-jira", "github-github")

POLICY = """\
desk: Web application
time_zone: Europe/Berlin
mode: flag
enforce_from: 2026-11-23T00:00:00Z
trackers:
{trackers}queues:
  desk: {source}
  dev: {target}
{queues}roles:
  support: {{people: [support-1]}}
  developers: {{people: [dev-1, dev-2]}}
  leads: {{people: [dev-1]}}
people:
{people}facets:
  priority: {priority}
{facets}tiers:
  - {{name: key-users, role: support}}
  - {{name: support, role: support}}
  - {{name: development, role: developers}}
rules: {rules}
{more}mirrors:
  {mirror}: {{from: desk, to: dev, when: {{tier: development}}{extra}}}
{mirrors}"""


class MirrorWorld:
    """The desk's end, development's end, and the cycles between them."""

    def __init__(
        self, pairing: str, boxes: tuple[GitHubSandbox, JiraSandbox], ledger: Path, *, host: Host | None = None
    ) -> None:
        self.pairing, (self.github, self.jira), self.ledger_path = pairing, boxes, ledger
        self.host = host or load_plugins()
        self.extra = self.facets = ""
        self.options = {"github": "", "jira": ""}
        self.rules, self.priority = "{}", "{values: [urgent, high, low]}"
        self.more = ""
        self.queues = self.mirrors = ""
        self.mirror = "to-dev"
        self.limits: dict[str, int] = {}
        self.progress: list[str] = []
        self.policies: dict[str, Policy] = {}
        for login in (OWN, *PEOPLE):
            self.github.store.add_user(login, token=f"t-{login}")
            self.jira.store.add_user(login, token=f"t-{login}", time_zone="Etc/UTC")
        self.github.store.add_organization("example", members=[OWN, *PEOPLE])
        source, target = pairing.split("-")
        self.desk = self._end(source, "help", "HELP")
        self.dev = self._end(target, "webapp", "DEV")

    def _end(self, kind: str, repository: str, project: str) -> Any:
        if kind == "github":
            return GitHubEnd(self.github, f"example/{repository}")
        return JiraEnd(self.jira, project)

    def policy_text(self) -> str:
        kinds = dict.fromkeys(self.pairing.split("-"))
        urls = {"github": self.github.url, "jira": self.jira.url}
        mail = {"github": "", "jira": f", email: {OWN}@example.org"}
        more = {kind: mail[kind] + self.options[kind] for kind in kinds}
        trackers = "".join(f'  {kind}: {{plugin: {kind}, url: "{urls[kind]}"{more[kind]}}}\n' for kind in kinds)
        accounts = {"github": "github: {0}", "jira": "jira: acc-{0}"}
        people = "".join(
            f"  {name}: {{{', '.join(accounts[kind].format(name) for kind in kinds)}}}\n" for name in PEOPLE
        )
        return POLICY.format(
            trackers=trackers,
            source=self.desk.queue,
            target=self.dev.queue,
            people=people,
            extra=self.extra,
            facets=self.facets,
            priority=self.priority,
            rules=self.rules,
            more=self.more,
            mirror=self.mirror,
            queues=self.queues,
            mirrors=self.mirrors,
        )

    def policy(self) -> Policy:
        text = self.policy_text()
        if text not in self.policies:
            self.policies[text] = load_policy(text, file="desk.yaml", host=self.host)
        return self.policies[text]

    def trackers(self, policy: Policy, ledger: Ledger, budget: LedgerBudget | None = None) -> dict[str, Tracker]:
        """The real clients of both sandboxes."""
        ports = Ports(
            budget=budget or MemoryBudget(creates_a_minute=10_000),
            etags=ledger.etags,
            kept=ledger.kept,
            wall=ManualWall(self.github.now),
            secret={"GITHUB_TOKEN": f"t-{OWN}", "JIRA_TOKEN": f"t-{OWN}"}.get,
        )
        return {name: entry.plugin.make(name, entry.options, ports) for name, entry in policy.trackers.items()}

    def cycle(self, *, write: bool = True, max_changes: int | None = None) -> Report:
        policy = self.policy()
        wall = ManualWall(self.github.now)
        with Ledger.open(self.ledger_path, desk=policy.desk.name) as ledger:
            budget = LedgerBudget(ledger.budgets, **self.limits) if self.limits else None
            trackers = self.trackers(policy, ledger, budget)
            return Cycle(
                policy=policy,
                ledger=ledger,
                trackers=trackers,
                now=self.github.now,
                wall=wall,
                write=write,
                max_changes=policy.max_changes if max_changes is None else max_changes,
                budget=budget,
                host=self.host,
                progress=self.progress.append,
            ).run()

    def run(self) -> Report:
        report = self.cycle()
        assert report.problems == [], report.problems
        return report

    def run_quiet(self) -> Report:
        """Run until all is said, and once more: that one must not write."""
        report = self.run()
        self.later(1)
        self.run()
        before = len(self.writes())
        self.later(1)
        self.run()
        assert self.writes()[before:] == [], "the last run wrote"
        return report

    def writes(self) -> list[tuple[str, str]]:
        """The writes of our own account so far."""
        own = {OWN, f"acc-{OWN}"}
        calls = [*self.github.requests, *self.jira.requests]
        reads = ("/search/jql", "/changelog/bulkfetch", "/issue/bulkfetch", "/comment/list")
        return [
            (call[0], call[1])
            for call in calls
            if call[0] != "GET" and call[3] in own and not any(read in call[1] for read in reads)
        ]

    def later(self, seconds: float = 61) -> None:
        self.github.advance(seconds=seconds)
        self.jira.advance(seconds=seconds)


@contextmanager
def mirror_world(pairing: str, folder: Path) -> Iterator[MirrorWorld]:
    """Run both sandboxes; every exchange is checked against the contracts, where they are there."""
    checked = checked_exchanges() if have_github_contract() and have_jira_contract() else nullcontext()
    with checked, GitHubSandbox(port=0, now=START) as github, JiraSandbox(port=0, now=START) as jira:
        yield MirrorWorld(pairing, (github, jira), folder / "desk.sqlite")


def handed_over(world: MirrorWorld, *labels: str) -> str:
    """An issue that goes to development; its id."""
    issue: str = world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:development", *labels))
    world.later()
    return issue


def twin_of(world: MirrorWorld) -> str:
    """The id of the only twin."""
    (twin,) = world.dev.issues()
    return str(twin.id)
