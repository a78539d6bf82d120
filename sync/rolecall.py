"""Who is in the desk's roles: read from the trackers, and kept as observed."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from tierkeeper.plugins.errors import OutOfBudget, TrackerError
from tierkeeper.plugins.model.change import UnknownMembers
from tierkeeper.plugins.model.desk import Reading, Role, RoleSource, Roster
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.sync.ledger.ledger import Ledger

KEPT = timedelta(days=1)
"""How old a reading may be before the next run reads the role again."""


class RoleCall:
    """What is known of the roles in one run. `dry` is the budget's end, if one of them could not be read for it."""

    def __init__(self, roles: Iterable[Role], trackers: Mapping[str, Tracker], ledger: Ledger, now: datetime) -> None:
        self._sources = sorted({source for role in roles for source in role.sources})
        self._trackers, self._ledger, self._now = trackers, ledger, now
        self._unreadable: set[RoleSource] = set()
        self._notices: list[str] = []
        self.rosters = ledger.rosters(now)
        self.refreshed = False
        self.dry: OutOfBudget | None = None

    def read_first(self) -> None:
        """Read every role that was never read, since nobody could be judged later by what was before; others daily."""
        for source in self._sources:
            if not self.rosters.get(source, Roster()).reaches(self._now - KEPT):
                self._read(source)

    def refresh(self) -> None:
        """Read every role now."""
        for source in self._sources:
            self._read(source)
        self.refreshed = True

    def take_notices(self) -> list[str]:
        """Which roles could not be read, each told once."""
        told, self._notices = self._notices, []
        return told

    def _read(self, source: RoleSource) -> None:
        tracker = self._trackers.get(source.tracker)
        if tracker is None or source in self._unreadable:
            return
        try:
            members = tracker.members(source)
        except TrackerError as error:
            members = UnknownMembers(str(error))
            self.dry = error if isinstance(error, OutOfBudget) else self.dry
        if isinstance(members, UnknownMembers):
            self._unreadable.add(source)
            self._notices.append(f"who is in {source} cannot be read: {members.reason}")
            return
        seen = Reading(self._now, frozenset(account.id.casefold() for account in members))
        self._ledger.add_reading(source, seen)
        self.rosters = self._ledger.rosters(self._now)
