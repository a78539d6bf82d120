"""A desk whose issues have twins: two sandboxes, four pairings, people on both sides, and Tierkeeper's cycles."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import requests
from contracts import checked_exchanges, have_github_contract, have_jira_contract

from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.plugins.jira.sandbox import JiraSandbox
from tierkeeper.plugins.jira.texts import document
from tierkeeper.plugins.markup.adf_text import to_markdown
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

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OWN = "tierkeeper"
PEOPLE = ("key-user-1", "support-1", "dev-1", "dev-2")
STATUS = ("Twin of ", "Was the twin of ", "Was a twin", "**With ", "**Closed**")
"""How our status comments begin."""
TIERS = ("key-users", "help-desk", "support", "development")
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
people:
{people}facets:
  priority: {{values: [urgent, high, low]}}
{facets}tiers:
  - {{name: key-users, role: support}}
  - {{name: support, role: support}}
  - {{name: development, role: developers}}
rules: {rules}
{more}mirrors:
  {mirror}: {{from: desk, to: dev, when: {{tier: development}}{extra}}}
{mirrors}"""


class Shown(msgspec.Struct):
    """An issue as people see it; our status comment is apart."""

    id: str
    title: str
    text: str
    open: bool
    labels: set[str]
    comments: list[tuple[str, str]]
    status: str = ""


def _shown(said: list[tuple[str, str]], **issue: Any) -> Shown:
    ours = [text for by, text in said if by == OWN and text.startswith(STATUS)]
    assert len(ours) <= 1, ours
    others = [one for one in said if one[1] not in ours]
    return Shown(**issue, comments=others, status="".join(ours))


def _got(url: str, **options: Any) -> Any:
    """What the tracker shows."""
    with requests.Session() as session:
        session.trust_env = False  # no proxy knows the way to this machine's own loopback
        answer = session.get(url, timeout=10, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


class End(Protocol):
    """One side: what people do there, and what they see. `mark` names a queue's place in the policy."""

    place: str
    queue: str

    def report(self, by: str, title: str, body: str = "", labels: tuple[str, ...] = ()) -> str: ...
    def label(self, by: str, issue: str, name: str) -> None: ...
    def unlabel(self, by: str, issue: str, name: str) -> None: ...
    def rename(self, by: str, issue: str, title: str) -> None: ...
    def rewrite(self, by: str, issue: str, text: str) -> None: ...
    def comment(self, by: str, issue: str, text: str) -> str: ...
    def edit_comment(self, by: str, comment: str, text: str) -> None: ...
    def delete_comment(self, by: str, comment: str) -> None: ...
    def close(self, by: str, issue: str) -> None: ...
    def reopen(self, by: str, issue: str) -> None: ...
    def issues(self) -> list[Shown]: ...


class GitHubEnd:
    """A repository."""

    def __init__(self, box: GitHubSandbox, place: str) -> None:
        self.box, self.store, self.place = box, box.store, place
        self.queue = f"{{tracker: github, repository: {place}}}"
        permissions = {OWN: "admin", **dict.fromkeys(PEOPLE, "write")}
        self.store.add_repository(place, permissions=permissions, private=True)
        others = ("priority:high", "priority:low", "priority:urgent", "ui", "UI")
        for name in (*(f"tier:{tier}" for tier in TIERS), *others):
            self.store.add_label(place, name)

    def report(self, by: str, title: str, body: str = "", labels: tuple[str, ...] = ()) -> str:
        return str(self.store.create_issue(self.place, by, title, body, labels=labels))

    def label(self, by: str, issue: str, name: str) -> None:
        self.store.add_labels(self.place, int(issue), [name], by)

    def unlabel(self, by: str, issue: str, name: str) -> None:
        self.store.remove_label(self.place, int(issue), name, by)

    def rename(self, by: str, issue: str, title: str) -> None:
        self.store.edit_title(self.place, int(issue), title, by)

    def rewrite(self, by: str, issue: str, text: str) -> None:
        self.store.edit_body(self.place, int(issue), text, by)

    def comment(self, by: str, issue: str, text: str) -> str:
        return str(self.store.comment(self.place, int(issue), by, text))

    def edit_comment(self, by: str, comment: str, text: str) -> None:
        self.store.edit_comment(int(comment), text, by)

    def delete_comment(self, by: str, comment: str) -> None:
        self.store.delete_comment(int(comment), by)

    def close(self, by: str, issue: str) -> None:
        self.store.close(self.place, int(issue), by)

    def reopen(self, by: str, issue: str) -> None:
        self.store.reopen(self.place, int(issue), by)

    def get(self, path: str) -> Any:
        return _got(f"{self.box.url}/repos/{self.place}{path}", headers={"Authorization": f"Bearer t-{OWN}"})

    def issues(self) -> list[Shown]:
        found = []
        for one in self.get("/issues?state=all&per_page=100&direction=asc"):
            said = self.get(f"/issues/{one['number']}/comments?per_page=100")
            comments = [(each["user"]["login"], each["body"]) for each in said]
            labels = {label["name"] for label in one["labels"]}
            shown = {"title": one["title"], "text": one["body"] or "", "open": one["state"] == "open"}
            found.append(_shown(comments, id=str(one["number"]), labels=labels, **shown))
        return found


class JiraEnd:
    """A project."""

    def __init__(self, box: JiraSandbox, place: str) -> None:
        self.box, self.store, self.place = box, box.store, place
        self.queue = f"{{tracker: jira, project: {place}}}"
        self.store.add_project(place, kind="software", roles={"Administrators": [OWN], "Developers": list(PEOPLE)})

    def report(self, by: str, title: str, body: str = "", labels: tuple[str, ...] = ()) -> str:
        text = document(body) if body else None
        key = self.store.create_issue(self.place, f"acc-{by}", title, description=text, labels=list(labels))
        return str(self.store.issue(key).id)

    def label(self, by: str, issue: str, name: str) -> None:
        self.store.add_label(issue, f"acc-{by}", name)

    def unlabel(self, by: str, issue: str, name: str) -> None:
        self.store.remove_label(issue, f"acc-{by}", name)

    def rename(self, by: str, issue: str, title: str) -> None:
        self.store.set_field(issue, f"acc-{by}", "summary", title)

    def rewrite(self, by: str, issue: str, text: str) -> None:
        self.store.set_field(issue, f"acc-{by}", "description", document(text))

    def comment(self, by: str, issue: str, text: str) -> str:
        return str(self.store.comment(issue, f"acc-{by}", document(text)))

    def edit_comment(self, by: str, comment: str, text: str) -> None:
        self.store.edit_comment(int(comment), f"acc-{by}", document(text))

    def delete_comment(self, by: str, comment: str) -> None:
        self.store.delete_comment(int(comment), f"acc-{by}")

    def close(self, by: str, issue: str) -> None:
        self.store.transition(issue, f"acc-{by}", "Done")

    def reopen(self, by: str, issue: str) -> None:
        self.store.transition(issue, f"acc-{by}", "To Do")

    def get(self, path: str) -> Any:
        return _got(f"{self.box.url}/rest/api/3{path}", auth=(f"{OWN}@example.org", f"t-{OWN}"))

    def issues(self) -> list[Shown]:
        found = []
        here = [one for one in self.store.data.issues.values() if self.store.key(one).startswith(f"{self.place}-")]
        for one in sorted(here, key=lambda each: int(each.id)):
            shown = self.get(f"/issue/{one.id}?fields=summary,description,status,labels")["fields"]
            said = self.get(f"/issue/{one.id}/comment")["comments"]
            comments = [(each["author"]["accountId"].removeprefix("acc-"), to_markdown(each["body"])) for each in said]
            done = shown["status"]["statusCategory"]["key"] == "done"
            text = to_markdown(shown["description"]) if shown["description"] else ""
            issue = {"title": shown["summary"], "text": text, "open": not done, "labels": set(shown["labels"])}
            found.append(_shown(comments, id=str(one.id), **issue))
        return found


class MirrorWorld:
    """The desk's end, development's end, and the cycles between them."""

    def __init__(
        self, pairing: str, boxes: tuple[GitHubSandbox, JiraSandbox], ledger: Path, *, host: Host | None = None
    ) -> None:
        self.pairing, (self.github, self.jira), self.ledger_path = pairing, boxes, ledger
        self.host = host or load_plugins()
        self.extra = self.facets = ""
        self.options = {"github": "", "jira": ""}
        self.rules = "{}"
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
