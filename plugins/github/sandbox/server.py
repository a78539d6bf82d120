"""GitHub's sandbox: its store and its API on a server of its own."""

from datetime import datetime
from pathlib import Path

from tierkeeper.plugins.github.sandbox.api import Api
from tierkeeper.plugins.github.sandbox.faults import Faults
from tierkeeper.plugins.github.sandbox.pages import GitHubPages
from tierkeeper.plugins.github.sandbox.store import Store
from tierkeeper.plugins.sandbox.server import Sandbox


class GitHubSandbox(Sandbox):
    """A GitHub of one's own; below `/api/v3` it answers like an Enterprise Server."""

    platform = "GitHub"

    def __init__(self, port: int = 0, state: Path | None = None, now: datetime | None = None) -> None:
        super().__init__(port, state, now)
        self.store = Store(self.clock)
        self._remember(self.store)
        self.api = Api(self.clock, self.store)
        self._serve_with(self.api, self.api.faults, GitHubPages(self.store))

    @property
    def faults(self) -> Faults:
        """The faults that are on."""
        return self.api.faults
