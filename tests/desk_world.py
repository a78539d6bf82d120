"""A small four-level desk on a GitHub sandbox, its people, and Tierkeeper's cycles, for scenarios over HTTP."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests

from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.tracker import Ports
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget
from tierkeeper.rules.policy import Policy, load_policy
from tierkeeper.sync.cycle import Cycle
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.overview import ANY, Overview
from tierkeeper.sync.post import Post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tierkeeper.sync.report import Report

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
REPO = "example/webapp"
OWN = "tierkeeper"
SOON = timedelta(seconds=1)
PEOPLE = {
    "key-user-1": "triage",
    "key-user-2": "triage",
    "key-user-3": "triage",
    "help-desk-1": "triage",
    "help-desk-2": "triage",
    "support-1": "triage",
    "support-2": "triage",
    "support-lead": "maintain",
    "dev-1": "write",
    "dev-2": "write",
    "desk-leader": "maintain",
    "user-1": "read",
    "user-2": "triage",
}

POLICY = """\
desk: Web application
time_zone: Europe/Berlin
mode: {mode}
enforce_from: 2026-11-23T00:00:00Z
leader: desk-leader
opt_out: {{label: "tierkeeper:off"}}
trackers:
  github: {{plugin: github, url: "{url}"}}
queues:
  webapp: {{tracker: github, repository: example/webapp}}
roles:
  help-desk: {{people: [help-desk-1, help-desk-2]}}
  support: {{people: [support-1, support-2, support-lead]}}
  developers: {developers}
bots: [release-bot]
tiers:
  - {{name: key-users, role: {{by: instance}}}}
  - {{name: help-desk, role: help-desk}}
  - {{name: support, role: support, lead: support-lead}}
  - {{name: development, role: developers}}
handovers:
  - {{from: key-users, to: help-desk{needs}}}
  - {{from: help-desk, to: support}}
  - {{from: support, to: development}}
rules:
  TR01:
  TR02:
  TR03:
{rules}entry_points:
  shop: {{key_users: [key-user-1]}}
  portal: {{key_users: [key-user-3]}}
servers:
  eu-1: {{time_zone: Europe/Berlin}}
  in-1: {{time_zone: Asia/Kolkata}}
instances:
  berlin-01: {{server: eu-1, entry_point: shop, key_users: [key-user-1]}}
  pune-01: {{server: in-1, entry_point: shop, key_users: [key-user-2]}}
"""


class World:
    """The sandbox with its people; a person acts through the API with their own token."""

    def __init__(self, box: GitHubSandbox, ledger: Path) -> None:
        self.box, self.ledger_path = box, ledger
        self.host = load_plugins()
        self.mode = "enforce"
        self.developers = "{people: [dev-1, dev-2]}"
        self.needs = ""
        self.rules: list[str] = []
        self.extra = ""
        self.token = f"t-{OWN}"

    def populate(self) -> None:
        store = self.box.store
        for login in (OWN, *PEOPLE):
            store.add_user(login, token=f"t-{login}")
        store.add_user("release-bot", token="t-release-bot")
        store.add_user("ci-bot", token="t-ci-bot", kind="Bot")
        store.add_organization("example", members=[OWN, *PEOPLE])
        store.add_team("example", "webapp-developers", members=["dev-1", "dev-2"])
        permissions = {OWN: "admin", "release-bot": "triage", "ci-bot": "write", **PEOPLE}
        store.add_repository(REPO, permissions=permissions)
        for tier in ("key-users", "help-desk", "support", "development"):
            store.add_label(REPO, f"tier:{tier}")
        for name in (
            "instance:berlin-01",
            "instance:pune-01",
            "entry-point:portal",
            "flag:TR01",
            "flag:TR02",
            "flag:TR03",
        ):
            store.add_label(REPO, name)

    def filled(self) -> str:
        needs = f", needs: [{self.needs}]" if self.needs else ""
        rules = "".join(f"  {line}\n" for line in self.rules)
        return POLICY.format(mode=self.mode, url=self.box.url, developers=self.developers, needs=needs, rules=rules)

    def policy_text(self) -> str:
        return self.filled() + self.extra

    def policy(self) -> Policy:
        return load_policy(self.policy_text(), file="desk.yaml", host=self.host)

    def cycle(self, *, write: bool = True, max_changes: int | None = None) -> Report:
        policy = self.policy()
        wall = ManualWall(self.box.now)
        with Ledger.open(self.ledger_path, desk=policy.desk.name) as ledger:
            ports = Ports(budget=MemoryBudget(), etags=ledger.etags, kept=ledger.kept, wall=wall, secret=self.secret)
            trackers = {name: entry.plugin.make(name, entry.options, ports) for name, entry in policy.trackers.items()}
            work = Cycle(
                policy=policy,
                ledger=ledger,
                trackers=trackers,
                now=self.box.now,
                wall=wall,
                write=write,
                max_changes=policy.max_changes if max_changes is None else max_changes,
                post=self.post(policy),
            )
            return work.run()

    def post(self, policy: Policy) -> Post:
        made = {one.name: one.plugin.make(one.name, one.options, self.secret) for one in policy.notifiers}
        return Post(made)

    def secret(self, name: str) -> str | None:
        return {"GITHUB_TOKEN": self.token, "JIRA_TOKEN": self.token}.get(name)

    def run_quiet(self, patience: int = 0) -> Report:
        """Run twice: the second run, which looks at everything anew, must not write.

        Of several commands on one facet each but the first waits for the next run, a second later: `patience` is how
        many runs there may be.
        """
        report = self.cycle()
        assert report.problems == []
        policy = self.policy()
        with Ledger.open(self.ledger_path, desk=policy.desk.name) as ledger:
            waiting = [one.ref for one in Overview(ledger).waking(self.box.now, 1)[1] if one.at <= self.box.now + SOON]
            for ref in (ref for queue in policy.queues for ref in Overview(ledger).issues(queue, ANY)):
                ledger.mark_dirty(ref)
        if waiting and patience:
            self.later(1)
            return self.run_quiet(patience - 1)
        before = len(self.writes())
        again = self.cycle()
        assert again.problems == []
        assert self.writes()[before:] == [], "the second run wrote"
        return report

    def writes(self) -> list[tuple[str, str]]:
        """The writes of our own account so far: method and path."""
        return [(call[0], call[1]) for call in self.box.requests if call[0] != "GET" and call[3] == OWN]

    def later(self, seconds: float = 61) -> None:
        self.box.advance(seconds=seconds)

    # People act

    def call(self, who: str, method: str, path: str, json: Any = None) -> Any:
        answer = requests.request(
            method,
            f"{self.box.url}/repos/{REPO}{path}",
            json=json,
            headers={"Authorization": f"Bearer t-{who}"},
            timeout=10,
        )
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def reports(self, who: str, title: str, labels: tuple[str, ...] = (), body: str = "") -> int:
        number = self.call(who, "POST", "/issues", {"title": title, "body": body, "labels": list(labels)})["number"]
        return int(number)

    def labels_issue(self, who: str, number: int, *labels: str) -> None:
        self.call(who, "POST", f"/issues/{number}/labels", {"labels": list(labels)})

    def unlabels(self, who: str, number: int, label: str) -> None:
        self.call(who, "DELETE", f"/issues/{number}/labels/{quote(label, safe='')}")

    def hands(self, who: str, number: int, tier: str) -> None:
        """As people do it: the new label on, the old one off."""
        old = [label for label in self.labels(number) if label.startswith("tier:")]
        self.labels_issue(who, number, f"tier:{tier}")
        for label in old:
            if label != f"tier:{tier}":
                self.unlabels(who, number, label)

    def says(self, who: str, number: int, body: str) -> int:
        return int(self.call(who, "POST", f"/issues/{number}/comments", {"body": body})["id"])

    def assigns_nobody(self, who: str, number: int) -> None:
        self.call(who, "DELETE", f"/issues/{number}/assignees", {"assignees": sorted(self.assignees(number))})

    def closes(self, who: str, number: int, reason: str = "completed") -> None:
        self.call(who, "PATCH", f"/issues/{number}", {"state": "closed", "state_reason": reason})

    def reopens(self, who: str, number: int) -> None:
        self.call(who, "PATCH", f"/issues/{number}", {"state": "open"})

    # What is there

    def is_open(self, number: int) -> bool:
        return bool(self.call("desk-leader", "GET", f"/issues/{number}")["state"] == "open")

    def issue(self, number: int) -> Any:
        return self.call(OWN, "GET", f"/issues/{number}")

    def labels(self, number: int) -> set[str]:
        return {label["name"] for label in self.call("desk-leader", "GET", f"/issues/{number}")["labels"]}

    def tier(self, number: int) -> set[str]:
        return {label.removeprefix("tier:") for label in self.labels(number) if label.startswith("tier:")}

    def comments(self, number: int, by: str = OWN) -> list[str]:
        found = self.call("desk-leader", "GET", f"/issues/{number}/comments")
        return [comment["body"] for comment in found if comment["user"] and comment["user"]["login"] == by]

    def assignees(self, number: int) -> set[str]:
        return {user["login"] for user in self.call("desk-leader", "GET", f"/issues/{number}")["assignees"]}


@contextmanager
def world(folder: Path) -> Iterator[World]:
    with GitHubSandbox(port=0, now=START) as box:
        made = World(box, folder / "desk.sqlite")
        made.populate()
        yield made


def minutes(count: float) -> float:
    return timedelta(minutes=count).total_seconds()
