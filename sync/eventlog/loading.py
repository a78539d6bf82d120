"""Does a log again in a GitHub sandbox: issues with their true history, each change by its actor and at its time."""

from tierkeeper.plugins.github.sandbox.store import Store
from tierkeeper.sync.eventlog.changes import Opening, Update, Week
from tierkeeper.sync.eventlog.logmap import LogMap

REQUESTS_AN_HOUR = 1_000_000
"""What our token is good for: a sandbox's clock stands still, so that an hour of it never ends."""


def token_of(logmap: LogMap) -> str:
    """The sandbox's token of the account that Tierkeeper acts with."""
    return f"{logmap.raw.account}-token"


class Loader:
    """Puts one log into one store, week by week. Accounts are made as they come up."""

    def __init__(self, store: Store, logmap: LogMap) -> None:
        self._store = store
        self._place = logmap.raw.repository
        self._numbers: dict[str, int] = {}
        self._known: set[str] = set()
        own = logmap.raw.account
        store.add_user(own)
        store.add_token(own, token_of(logmap), limit=REQUESTS_AN_HOUR)
        store.add_repository(self._place, permissions={own: "admin"})

    @property
    def people(self) -> int:
        """How many accounts came up."""
        return len(self._known)

    def apply(self, week: Week) -> None:
        """Do what happened in a week. The clock is not touched: set it to the week's end."""
        with self._store.lock:  # nobody sees half a week
            for change in week.changes:
                if isinstance(change, Opening):
                    self._open(change)
                else:
                    self._update(change)

    def _open(self, opening: Opening) -> None:
        self._meet(opening.actor, level="read")
        self._numbers[opening.incident] = self._store.create_issue(
            self._place, opening.actor, opening.title, opening.body, at=opening.at
        )

    def _update(self, update: Update) -> None:
        store, place, number = self._store, self._place, self._numbers[update.incident]
        actor, at = update.actor, update.at
        self._meet(actor)
        if update.open is True:
            store.reopen(place, number, actor, at=at)
        for label in update.off:
            store.remove_label(place, number, label, actor, at=at)
        store.add_labels(place, number, update.on, actor, at=at)
        if update.unassigned:
            store.remove_assignees(place, number, [update.unassigned], actor, at=at)
        if update.assigned:
            self._meet(update.assigned)
            store.add_assignees(place, number, [update.assigned], actor, at=at)
        if update.open is False:
            store.close(place, number, actor, at=at)

    def _meet(self, login: str, *, level: str = "triage") -> None:
        """Have an account, and let it do on the repository what it is about to do."""
        if login not in self._known:
            self._known.add(login)
            self._store.add_user(login)
        if level != "read" and login.lower() not in self._store.repository(self._place).permissions:
            self._store.set_permission(self._place, login, level)
