"""A project of the Jira sandbox as a log's target."""

import threading

from tierkeeper.plugins.jira.sandbox.records import Json
from tierkeeper.plugins.jira.sandbox.store import Store
from tierkeeper.sync.eventlog.changes import Opening, Update
from tierkeeper.sync.eventlog.logmap import LogMap
from tierkeeper.sync.eventlog.targets import token_of

OPEN, CLOSED = "Open", "Closed"
WORKFLOW = "Incidents"


class JiraTarget:
    """The map's project. Tiers and groups are labels, the priority is Jira's own, an account id is the account's name.

    Its workflow goes from open to closed and back.
    """

    def __init__(self, store: Store, logmap: LogMap) -> None:
        self._store = store
        self._place = logmap.place
        own = logmap.raw.account
        self.add_person(own)
        store.add_token(own, token_of(logmap))
        store.add_workflow(
            WORKFLOW,
            statuses={OPEN: "new", CLOSED: "done"},
            transitions=[("11", "Close", OPEN, CLOSED), ("21", "Reopen", CLOSED, OPEN)],
        )
        told = logmap.raw.priority
        store.add_project(
            self._place,
            workflow=WORKFLOW,
            issue_types=["Incident"],
            priorities=list(dict.fromkeys(told.values.values())) if told is not None else [],
            permissions={"ADMINISTER_PROJECTS": [own]},
        )

    @property
    def lock(self) -> "threading.RLock":
        """The store's."""
        return self._store.lock

    @property
    def events(self) -> int:
        """How many entries all changelogs have."""
        return len(self._store.data.histories)

    def add_person(self, name: str) -> None:
        """Add the account."""
        self._store.add_user(name, account_id=name)

    def let_act(self, name: str) -> None:
        """Nothing: whoever has an account on the site may work in its projects."""

    def open(self, opening: Opening) -> str:
        """Hand in an issue, and return its id."""
        key = self._store.create_issue(
            self._place, opening.actor, opening.title, description=opening.body, at=opening.at
        )
        return str(self._store.issue(key).id)

    def update(self, issue: str, update: Update) -> None:
        """Change an issue: one entry for all its fields; it is reopened before, and closed after."""
        if update.open is True:
            self._move(issue, update, OPEN)
        self._store.change(self._store.issue(issue), update.actor, self._values(issue, update), at=update.at)
        if update.open is False:
            self._move(issue, update, CLOSED)

    def _values(self, issue: str, update: Update) -> Json:
        values: Json = {}
        if update.off or update.on:
            labels = self._store.issue(issue).values["labels"]
            values["labels"] = [*(label for label in labels if label not in update.off), *update.on]
        if update.priority:
            values["priority"] = self._priority(update.priority)
        if update.unassigned or update.assigned:
            values["assignee"] = update.assigned or None
        return values

    def _priority(self, name: str) -> str:
        """Return the id of a priority; one that the map does not name is added to the site and to the project."""
        store = self._store
        key = next((key for key, one in store.data.priorities.items() if one.name == name), None)
        key = key or store.add_priority(name)
        offered = store.project(self._place).priorities
        if key not in offered:
            offered.append(key)
        return key

    def _move(self, issue: str, update: Update, status: str) -> None:
        """Take the workflow's way to a status."""
        store = self._store
        found = store.issue(issue)
        ways = (way for way in store.transitions(found) if store.data.statuses[way.target].name == status)
        store.move_to(found, update.actor, next(ways).target, {}, at=update.at)
