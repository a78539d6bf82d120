"""The base of the store: records, the indexes derived from them, identity numbers, the lock, the file."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tierkeeper.plugins.jira.sandbox import catalog
from tierkeeper.plugins.jira.sandbox.records import Data, Issue
from tierkeeper.plugins.sandbox.clock import Clock, to_milliseconds
from tierkeeper.plugins.sandbox.index import TimeIndex, locked


class Shelf:
    """The indexes of one project, or of the site, derived from the records."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.created = TimeIndex()
        self.updated = TimeIndex()


class State:
    """The records and what is derived from them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.data = Data(
            priorities=catalog.priorities(),
            issue_types=catalog.issue_types(),
            resolutions=catalog.resolutions(),
            roles=catalog.roles(),
            statuses=catalog.statuses(),
            workflows={"Default": catalog.workflow()},
            global_permissions={name: list(holders) for name, holders in catalog.GLOBAL_PERMISSIONS.items()},
        )
        self.site = Shelf()
        self.shelves: dict[int, Shelf] = {}
        self.project_keys: dict[str, int] = {}

    def next_id(self) -> int:
        """Return a number that was never used: strictly rising, whatever it is for."""
        self.data.serial += 1
        return self.data.serial

    def moment(self, at: datetime | None) -> int:
        """Return the given time, or the clock's, in milliseconds."""
        return self.clock.milliseconds if at is None else to_milliseconds(at)

    def shelf(self, project: int) -> Shelf:
        """Return the indexes of a project."""
        return self.shelves.setdefault(project, Shelf())

    @locked
    def save(self, path: Path) -> None:
        """Write everything to a file, at once or not at all."""
        self.data.now = self.clock.milliseconds if self.clock.is_set else None
        draft = path.with_suffix(path.suffix + ".new")
        draft.write_bytes(msgspec.json.encode(self.data))
        draft.replace(path)

    @locked
    def load(self, path: Path) -> datetime | None:
        """Read everything back from a file; return where the clock stood, if it stood."""
        self.data = msgspec.json.decode(path.read_bytes(), type=Data)
        self.site, self.shelves = Shelf(), {}
        self.index_projects()
        for issue in self.data.issues.values():
            self.index_issue(issue)
        return None if self.data.now is None else datetime.fromtimestamp(self.data.now / 1000, UTC)

    def index_projects(self) -> None:
        """Let every project be found by the keys that it has and had."""
        for project in self.data.projects.values():
            self.project_keys |= dict.fromkeys(project.old_keys, project.id)
        self.project_keys |= {project.key: project.id for project in self.data.projects.values()}

    def index_issue(self, issue: Issue) -> None:
        """Put an issue on its project's shelf and on the site's."""
        self.shelf(issue.project).numbers[issue.number] = issue.id
        for shelf in (self.shelf(issue.project), self.site):
            shelf.created.append(issue.created, issue.id)
            shelf.updated.append(issue.updated, issue.id)

    def unindex_issue(self, issue: Issue) -> None:
        """Take an issue off its shelves."""
        del self.shelf(issue.project).numbers[issue.number]
        for shelf in (self.shelf(issue.project), self.site):
            shelf.created.discard(issue.created, issue.id)
            shelf.updated.discard(issue.updated, issue.id)

    def touch(self, issue: Issue, at: int) -> None:
        """Note that an issue was updated; a time before its last update changes nothing."""
        if at <= issue.updated:
            return
        for shelf in (self.shelf(issue.project), self.site):
            shelf.updated.move(issue.updated, at, issue.id)
        issue.updated = at
        issue.updates.append(at)
