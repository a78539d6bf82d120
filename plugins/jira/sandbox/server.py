"""Jira's sandbox: its store and its API on a server of its own."""

from datetime import datetime
from pathlib import Path

from tierkeeper.plugins.jira.sandbox.api import Api
from tierkeeper.plugins.jira.sandbox.faults import Faults
from tierkeeper.plugins.jira.sandbox.pages import JiraPages
from tierkeeper.plugins.jira.sandbox.settings import Settings
from tierkeeper.plugins.jira.sandbox.store import Store
from tierkeeper.plugins.sandbox.server import Sandbox


class JiraSandbox(Sandbox):
    """A Jira Cloud site of one's own; below `gateway` it answers like Atlassian's gateway, for scoped tokens."""

    platform = "Jira"

    def __init__(self, port: int = 0, state: Path | None = None, now: datetime | None = None) -> None:
        super().__init__(port, state, now)
        self.store = Store(self.clock)
        self._remember(self.store)
        self.api = Api(self.clock, self.store)
        self._serve_with(self.api, self.api.faults, JiraPages(self.store))

    @property
    def faults(self) -> Faults:
        """The faults that are on."""
        return self.api.faults

    @property
    def settings(self) -> Settings:
        """Caps that a test may turn."""
        return self.api.settings

    @property
    def gateway(self) -> str:
        """The base of the API for scoped tokens."""
        return f"{self.url}/ex/jira/{self.store.data.cloud_id}"
