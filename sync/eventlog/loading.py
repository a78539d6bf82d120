"""Does a log again in a sandbox: issues with their true history, each change by its actor and at its time."""

from tierkeeper.sync.eventlog.changes import Opening, Update, Week
from tierkeeper.sync.eventlog.targets import Target


class Loader:
    """Puts one log into one target, week by week. Accounts are made as they come up."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._issues: dict[str, str] = {}
        self._known: set[str] = set()
        self._acting: set[str] = set()

    @property
    def people(self) -> int:
        """How many accounts came up."""
        return len(self._known)

    @property
    def issues(self) -> tuple[str, ...]:
        """What a tracker calls the issues (`Ref.id`), in the order in which they were opened."""
        return tuple(self._issues.values())

    def apply(self, week: Week) -> None:
        """Do what happened in a week. The clock is not touched: set it to the week's end."""
        with self._target.lock:  # nobody sees half a week
            for change in week.changes:
                if isinstance(change, Opening):
                    self._meet(change.actor)
                    self._issues[change.incident] = self._target.open(change)
                else:
                    self._update(change)

    def _update(self, update: Update) -> None:
        for name in (update.actor, update.assigned):
            if name and name not in self._acting:
                self._meet(name)
                self._acting.add(name)
                self._target.let_act(name)
        self._target.update(self._issues[update.incident], update)

    def _meet(self, name: str) -> None:
        if name not in self._known:
            self._known.add(name)
            self._target.add_person(name)
