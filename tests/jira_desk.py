"""The same four-level desk as `desk_world`, on a Jira Cloud sandbox: the same people, verbs and questions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests
from desk_world import OWN, PEOPLE, START, World

from tierkeeper.plugins.jira.sandbox import JiraSandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOTS = ("release-bot", "ci-bot")


class JiraDesk(World):
    """A person acts through the API with their own e-mail address and token. Issues go by number here: HELP-7 is 7."""

    project = "HELP"
    box: JiraSandbox  # type: ignore[assignment]  # the verbs used here are the same

    def populate(self) -> None:
        store = self.box.store
        self.ids = {OWN: store.add_user(OWN, token=f"t-{OWN}")}
        for login in (*PEOPLE, "release-bot"):
            self.ids[login] = store.add_user(login, token=f"t-{login}")
        self.ids["ci-bot"] = store.add_user("ci-bot", token="t-ci-bot", kind="app")
        store.add_group("developers", members=["dev-1", "dev-2"])
        store.add_project(self.project)

    def policy_text(self) -> str:
        text = self.filled()
        options = f'jira: {{plugin: jira, url: "{self.box.url}", email: "{OWN}@example.org"}}'
        text = text.replace(f'github: {{plugin: github, url: "{self.box.url}"}}', options)
        text = text.replace(
            "{tracker: github, repository: example/webapp}", f"{{tracker: jira, project: {self.project}}}"
        )
        people = "".join(f'  {login}: {{jira: "{account}"}}\n' for login, account in self.ids.items() if login != OWN)
        return f"{text}people:\n{people}{self.extra}"

    def writes(self) -> list[tuple[str, str]]:
        reads = ("/search", "/bulkfetch", "/changelog", "/comment/list")
        return [
            (call[0], call[1])
            for call in self.box.requests
            if call[0] != "GET" and call[3] in {OWN, self.ids[OWN]} and not any(part in call[1] for part in reads)
        ]

    def call(self, who: str, method: str, path: str, json: Any = None) -> Any:
        answer = requests.request(
            method,
            f"{self.box.url}/rest/api/3{path}",
            json=json,
            auth=(f"{who}@example.org", f"t-{who}"),
            timeout=10,
        )
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def reports(self, who: str, title: str, labels: tuple[str, ...] = (), body: str = "") -> int:
        fields: dict[str, Any] = {
            "project": {"key": self.project},
            "issuetype": {"name": "Task"},
            "summary": title,
            "labels": list(labels),
        }
        if body:
            fields["description"] = document(body)
        return int(self.call(who, "POST", "/issue", {"fields": fields})["key"].split("-")[1])

    def labels_issue(self, who: str, number: int, *labels: str) -> None:
        self._edit(who, number, [{"add": label} for label in labels])

    def unlabels(self, who: str, number: int, label: str) -> None:
        self._edit(who, number, [{"remove": label}])

    def _edit(self, who: str, number: int, changes: list[dict[str, str]]) -> None:
        self.call(who, "PUT", f"/issue/{self.project}-{number}", {"update": {"labels": changes}})

    def says(self, who: str, number: int, body: str) -> int:
        return int(self.call(who, "POST", f"/issue/{self.project}-{number}/comment", {"body": document(body)})["id"])

    def assigns_nobody(self, who: str, number: int) -> None:
        self.call(who, "PUT", f"/issue/{self.project}-{number}/assignee", {"accountId": None})

    def closes(self, who: str, number: int, reason: str = "") -> None:
        self.moves(who, number, reason or "Done")

    def reopens(self, who: str, number: int) -> None:
        self.moves(who, number, "To Do")

    def moves(self, who: str, number: int, status: str) -> None:
        path = f"/issue/{self.project}-{number}/transitions"
        ways = {way["to"]["name"]: way["id"] for way in self.call(who, "GET", path)["transitions"]}
        self.call(who, "POST", path, {"transition": {"id": ways[status]}})

    def status(self, number: int) -> str:
        return str(self._fields(number, "status")["status"]["name"])

    def is_open(self, number: int) -> bool:
        return bool(self._fields(number, "status")["status"]["statusCategory"]["key"] != "done")

    def labels(self, number: int) -> set[str]:
        return set(self._fields(number, "labels")["labels"])

    def comments(self, number: int, by: str = OWN) -> list[str]:
        found = self.call("desk-leader", "GET", f"/issue/{self.project}-{number}/comment")["comments"]
        return [text_of(comment["body"]) for comment in found if comment["author"]["accountId"] == self.ids[by]]

    def assignees(self, number: int) -> set[str]:
        assignee = self._fields(number, "assignee")["assignee"]
        names = {account: login for login, account in self.ids.items()}
        return {names[assignee["accountId"]]} if assignee else set()

    def _fields(self, number: int, names: str) -> Any:
        return self.call("desk-leader", "GET", f"/issue/{self.project}-{number}?fields={names}")["fields"]


def document(text: str) -> dict[str, Any]:
    """A document with one paragraph a line."""
    lines = [line for line in text.split("\n") if line]
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in lines],
    }


def text_of(node: Any) -> str:
    """The text of a document, cells apart by bars and blocks by line ends."""
    if node.get("type") == "text":
        return str(node["text"])
    if node.get("type") == "mention":
        return str(node["attrs"].get("text") or f"@{node['attrs']['id']}")
    inner = [text_of(child) for child in node.get("content", [])]
    if node.get("type") == "tableRow":
        return f"| {' | '.join(inner)} |"
    return ("\n" if node.get("type") in {"doc", "table"} else "").join(inner)


@contextmanager
def jira_desk(folder: Path) -> Iterator[JiraDesk]:
    with JiraSandbox(port=0, now=START) as box:
        made = JiraDesk(box, folder / "desk.sqlite")  # type: ignore[arg-type]  # the verbs used here are the same
        made.populate()
        yield made
