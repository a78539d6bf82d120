"""A repository of the GitHub sandbox as a log's target."""

import threading

from tierkeeper.plugins.github.sandbox.store import Store
from tierkeeper.sync.eventlog.changes import Opening, Update
from tierkeeper.sync.eventlog.logmap import LogMap
from tierkeeper.sync.eventlog.targets import token_of

REQUESTS_AN_HOUR = 1_000_000
"""What our token is good for: a sandbox's clock stands still, so that an hour of it never ends."""


class GitHubTarget:
    """The map's repository. Tiers, groups and priorities are labels; people need rights before they act."""

    def __init__(self, store: Store, logmap: LogMap) -> None:
        self._store = store
        self._place = logmap.place
        own = logmap.raw.account
        store.add_user(own)
        store.add_token(own, token_of(logmap), limit=REQUESTS_AN_HOUR)
        store.add_repository(self._place, permissions={own: "admin"})

    @property
    def lock(self) -> "threading.RLock":
        """The store's."""
        return self._store.lock

    @property
    def events(self) -> int:
        """How many events there are."""
        return len(self._store.data.events)

    def add_person(self, name: str) -> None:
        """Add the account."""
        self._store.add_user(name)

    def let_act(self, name: str) -> None:
        """Let the account triage, unless it has other rights already."""
        if name.lower() not in self._store.repository(self._place).permissions:
            self._store.set_permission(self._place, name, "triage")

    def open(self, opening: Opening) -> str:
        """Hand in an issue, and return its number."""
        title, body = opening.title, opening.body
        return str(self._store.create_issue(self._place, opening.actor, title, body, at=opening.at))

    def update(self, issue: str, update: Update) -> None:
        """Change an issue: an event for each label and assignee; it is reopened first and closed last."""
        store, place, number = self._store, self._place, int(issue)
        actor, at = update.actor, update.at
        if update.open is True:
            store.reopen(place, number, actor, at=at)
        for label in update.off:
            store.remove_label(place, number, label, actor, at=at)
        store.add_labels(place, number, update.on, actor, at=at)
        if update.unassigned:
            store.remove_assignees(place, number, [update.unassigned], actor, at=at)
        if update.assigned:
            store.add_assignees(place, number, [update.assigned], actor, at=at)
        if update.open is False:
            store.close(place, number, actor, at=at)
