"""The plan for one issue, as a value: what is to be written, why, and what is to be remembered."""

from datetime import datetime

import msgspec

from tierkeeper.plugins.model.change import Change
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.notifier import Message
from tierkeeper.sync.ledger.rows import Judged, Known


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a plan does, in words for people and with all that the record of acts needs."""

    subject: str
    what: str
    rule: str = ""
    mode: str = ""
    reason: str = ""
    facet: str = ""
    before: str | None = None
    after: str | None = None
    evidence: tuple[str, ...] = ()
    person: str = ""
    event: str = ""
    note: str = ""
    asked: datetime | None = None
    guarded: bool = False
    shadow: bool = False


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message that goes out through a notifier. `events` remember that it did, `unsent` that it surely did not."""

    notifier: str
    message: Message
    events: tuple[str, ...]
    unsent: str


class IssuePlan(msgspec.Struct, kw_only=True):
    """What is to be written to one issue, why, and what is to be remembered. `at` (UTC) is as of when.

    `guarded` counts the facets put back, set or carried out: what `max_changes` limits. `waiting`: a human may still be
    clicking, so that nothing is decided yet. `outside`: the issue is not in the queue's filter.
    `unexplained`: facets whose history contradicts what the issue shows. `given_up`: acts that nobody can ever judge.
    `messages` go out through notifiers, once; `doubts`: what surely or maybe did not reach somebody. `more`: a command
    waits for what is judged here, and can be heard after it.
    """

    ref: Ref
    title: str
    at: datetime | None = None
    changes: list[Change] = []
    steps: list[Step] = []
    verdicts: list[Verdict] = []
    wake_at: datetime | None = None
    guarded: int = 0
    facets: dict[str, str | None] = {}
    notices: list[str] = []
    given_up: list[str] = []
    failures: list[str] = []
    waiting: bool = False
    unexplained: list[str] = []
    outside: bool = False
    messages: list[Outgoing] = []
    doubts: list[str] = []
    more: bool = False

    @property
    def shown(self) -> bool:
        """Whether there is anything for people to see."""
        return bool(self.steps)

    def settled(self, fingerprint: str, known: Known) -> Judged:
        """What is kept of an issue that needs no write."""
        return Judged(
            ref=self.ref,
            fingerprint=fingerprint,
            wake_at=self.wake_at,
            verdicts=tuple(self.verdicts),
            facets=None if known.facets == self.facets else self.facets,
            outside=self.outside,
        )
