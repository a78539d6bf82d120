"""An act: what was done in a tracker, and why. The ledger only ever adds to them."""

from datetime import datetime

import msgspec

from tierkeeper.plugins.model.desk import Mode
from tierkeeper.plugins.model.event import Deed


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was done at `at` (UTC) to the issue with the id `issue` and the key `key`.

    `what` says it in a few words for people; `evidence` are the ids of the events that it rests on. `person`, `event`
    and `asked` are set where it was written for a person: who, the event or comment that asked for it, and when.
    """

    at: datetime
    queue: str
    issue: str
    key: str
    what: str
    rule: str = ""
    mode: Mode = "enforce"
    facet: str = ""
    before: str | None = None
    after: str | None = None
    reason: str = ""
    evidence: tuple[str, ...] = ()
    person: str = ""
    event: str = ""
    asked: datetime | None = None
    note: str = ""
    outcome: str = ""

    def deed(self) -> Deed | None:
        """What we wrote for a person; None where it was on our own account, or only shown (`shadow`)."""
        if not (self.person and self.event) or self.mode == "shadow":
            return None
        return Deed(
            facet=self.facet,
            after=self.after,
            at=self.at,
            person=self.person,
            event=self.event,
            asked=self.asked or self.at,
            note=self.note,
        )
