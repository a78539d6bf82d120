"""A small GitHub for tests: one organization, two repositories, people with each kind of permission."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from tierkeeper.plugins.github.sandbox import GitHubSandbox

REPO = "example/webapp"
PATH = f"/repos/{REPO}"
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LEVELS = {
    "tierkeeper": "admin",
    "dev-lead": "maintain",
    "dev-1": "write",
    "support-1": "triage",
    "key-user-1": "read",
}


class Client:
    """A bare client of one person; nothing is retried, followed or cached."""

    def __init__(self, box: GitHubSandbox, login: str | None) -> None:
        self.url = box.url
        self.session = requests.Session()
        if login is not None:
            self.session.headers["Authorization"] = f"Bearer t-{login}"

    def __call__(self, method: str, path: str, json: Any = None, **headers: str) -> requests.Response:
        url = path if path.startswith("http") else self.url + path
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.request(method, url, json=json, headers=named, allow_redirects=False, timeout=10)

    def get(self, path: str, **headers: str) -> Any:
        response = self("GET", path, **headers)
        assert response.status_code == 200, response.text
        return response.json()


class World:
    """A sandbox and its people."""

    def __init__(self, box: GitHubSandbox) -> None:
        self.box = box
        self.store = box.store
        self._clients: dict[str | None, Client] = {}

    def as_(self, login: str | None) -> Client:
        """Return a person's client; nobody's without a login."""
        if login not in self._clients:
            self._clients[login] = Client(self.box, login)
        return self._clients[login]

    def close(self) -> None:
        """Let go of the connections."""
        for client in self._clients.values():
            client.session.close()


def fill(box: GitHubSandbox) -> None:
    """Put people and repositories into an empty sandbox."""
    store = box.store
    for login in [*LEVELS, "stranger"]:
        store.add_user(login, token=f"t-{login}")
    store.add_organization("example", members=["dev-1"], owners=["dev-lead"])
    store.add_team("example", "webapp", members=["dev-lead"])
    store.add_team("example", "webapp-developers", members=["dev-1"], parent="webapp")
    store.add_repository(REPO, permissions=LEVELS)
    store.add_repository("example/secret", permissions={"tierkeeper": "admin"}, private=True, default_permission="none")
    store.add_label(REPO, "tier:support", color="00ff00", description="with the support team")


@contextmanager
def world(state: Path | None = None) -> Iterator[World]:
    """Run a filled sandbox."""
    with GitHubSandbox(state=state, now=START) as box:
        if not box.store.data.people:
            fill(box)
        there = World(box)
        try:
            yield there
        finally:
            there.close()
