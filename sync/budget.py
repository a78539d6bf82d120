"""One rate budget a credential over successive runs: what a run learned is where the next one begins."""

import threading
from datetime import datetime, timedelta
from typing import Protocol

from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.ports import Kind, MemoryBudget
from tierkeeper.sync.ledger.ports import Budgets


class Forecast(Protocol):
    """Who can say when a credential will have caught up."""

    def caught_up(self, credential: str, creates: int, start: datetime, every: timedelta) -> datetime:
        """About when so many more creates will be through, if a run comes `every` so often from `start`."""
        ...


class LedgerBudget(MemoryBudget):
    """A budget that outlives the process.

    Creates are counted in the ledger before they are sent, and waits that a server asks for as soon as they are known,
    so that a kill makes nobody forget them. What is left of a quota is kept by `keep`: any answer says it anew.
    """

    def __init__(self, budgets: Budgets, *, creates_a_minute: int = 80, creates_an_hour: int = 500) -> None:
        super().__init__(creates_a_minute=creates_a_minute, creates_an_hour=creates_an_hour)
        self._budgets = budgets
        self._known: set[str] = set()
        self._turn = threading.RLock()

    def before(self, credential: str, kind: Kind, wall_now: datetime) -> None:
        """Note a request that is about to be sent, or raise `OutOfBudget` saying until when."""
        with self._turn:
            if credential not in self._known:
                self.restore(credential, self._budgets.load(credential), wall_now)
                self._known.add(credential)
            super().before(credential, kind, wall_now)
            if kind == "create":
                self._save(credential, wall_now)

    def answered(self, credential: str, kind: Kind, answer: Answer, wall_now: datetime) -> None:
        """Learn from an answer's headers."""
        super().answered(credential, kind, answer, wall_now)
        if answer.status in {403, 429, 503}:
            with self._turn:
                self._save(credential, wall_now)

    def keep(self, wall_now: datetime) -> None:
        """Keep what is known of every credential that was used."""
        with self._turn:
            for credential in sorted(self._known):
                self._save(credential, wall_now)

    def _save(self, credential: str, wall_now: datetime) -> None:
        self._budgets.save(credential, self.state(credential, wall_now))
