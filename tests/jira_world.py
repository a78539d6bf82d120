"""A small Jira for tests: a service project, a software project, people with each kind of permission."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from tierkeeper.plugins.jira.sandbox import JiraSandbox

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
START_MS = round(START.timestamp() * 1000)
PEOPLE = {
    "key-user-1": "Europe/Berlin",
    "help-desk-1": "Asia/Kolkata",
    "support-1": "Etc/UTC",
    "dev-1": "America/New_York",
}
OWN = "tierkeeper"


class Client:
    """A bare client of one person; nothing is retried, followed or cached."""

    def __init__(self, base: str, auth: tuple[str, str] | None) -> None:
        self.base = base
        self.session = requests.Session()
        self.session.auth = auth

    def __call__(self, method: str, path: str, json: Any = None, **headers: str) -> requests.Response:
        url = path if path.startswith("http") else f"{self.base}/rest/api/3{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.request(method, url, json=json, headers=named, allow_redirects=False, timeout=10)

    def get(self, path: str) -> Any:
        response = self("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path: str, json: Any) -> Any:
        response = self("POST", path, json)
        assert response.status_code in (200, 201), response.text
        return response.json()

    def refused(self, method: str, path: str, json: Any = None) -> tuple[int, list[str], dict[str, str]]:
        """Return status, messages and errors by field of what was refused."""
        response = self(method, path, json)
        assert response.status_code >= 400, response.text
        body = response.json()
        return response.status_code, body["errorMessages"], body["errors"]


class World:
    """A sandbox and its people."""

    def __init__(self, box: JiraSandbox) -> None:
        self.box = box
        self.store = box.store
        self._clients: dict[str | None, Client] = {}

    def as_(self, handle: str | None) -> Client:
        """Return a person's client; nobody's without a handle."""
        if handle not in self._clients:
            auth = None if handle is None else (f"{handle}@example.org", f"t-{handle}")
            self._clients[handle] = Client(self.box.url, auth)
        return self._clients[handle]

    def close(self) -> None:
        """Let go of the connections."""
        for client in self._clients.values():
            client.session.close()


def fill(box: JiraSandbox) -> None:
    """Put people and projects into an empty sandbox."""
    store = box.store
    for handle, zone in {**PEOPLE, OWN: "Etc/UTC", "admin": "Etc/UTC"}.items():
        store.add_user(handle, token=f"t-{handle}", time_zone=zone)
    store.add_user("customer-1", token="t-customer-1", kind="customer")
    store.add_user("automation", token="t-automation", kind="app")
    store.add_user("left-1", active=False)
    store.add_group("site-admins", members=["admin"])
    store.add_group("help-desk", members=["help-desk-1", "left-1"])
    store.add_field("Severity", type="option", options=["minor", "major"])
    store.add_field("Due by", type="datetime")
    store.add_workflow(
        "Support",
        statuses={"Open": "new", "In Progress": "indeterminate", "Waiting": "indeterminate", "Closed": "done"},
        transitions=[
            ("11", "Start", "Open", "In Progress"),
            ("21", "Wait", "In Progress", "Waiting"),
            ("31", "Resume", "Waiting", "In Progress"),
            ("41", "Close", "In Progress", "Closed", ["resolution"]),
            ("51", "Reopen", "*", "Open"),
        ],
    )
    store.add_project(
        "HELP",
        kind="service_desk",
        workflow="Support",
        issue_types=["Question", "Incident"],
        priorities=["High", "Medium", "Low"],
        components=["Web", "Mail"],
        roles={"Service Desk Team": ["group:help-desk"], "Administrators": [OWN]},
        permissions={"ADMINISTER_PROJECTS": [f"{OWN}", "group:site-admins"]},
    )
    store.add_project("DEV", roles={"Developers": ["dev-1"]})
    store.add_project("SECRET", permissions={"BROWSE_PROJECTS": [OWN]})


@contextmanager
def world(state: Path | None = None) -> Iterator[World]:
    """Run a filled sandbox."""
    with JiraSandbox(state=state, now=START) as box:
        if not box.store.data.users:
            fill(box)
        there = World(box)
        try:
            yield there
        finally:
            there.close()


def doc(text: str) -> dict[str, Any]:
    """A document of one paragraph."""
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }
