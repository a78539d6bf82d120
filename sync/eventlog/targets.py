"""What a log is done again in: the few things that a platform's sandbox must be able to do."""

import threading
from typing import Protocol

from tierkeeper.sync.eventlog.changes import Opening, Update
from tierkeeper.sync.eventlog.logmap import LogMap


class Target(Protocol):
    """One place in a platform's sandbox. Everybody who acts was met before."""

    @property
    def lock(self) -> "threading.RLock":
        """Keeps others from seeing half a week."""
        ...

    @property
    def events(self) -> int:
        """How many entries the histories of all issues have."""
        ...

    def add_person(self, name: str) -> None:
        """Have an account; whoever has one may report."""
        ...

    def let_act(self, name: str) -> None:
        """Let an account change issues, and have them."""
        ...

    def open(self, opening: Opening) -> str:
        """Hand in an issue, and return what a tracker calls it (`Ref.id`)."""
        ...

    def update(self, issue: str, update: Update) -> None:
        """Change an issue: by the actor, at the time."""
        ...


def token_of(logmap: LogMap) -> str:
    """The sandbox's token of the account that Tierkeeper acts with."""
    return f"{logmap.raw.account}-token"
