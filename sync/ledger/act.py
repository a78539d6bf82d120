"""An act: what was done in a tracker, and why. The ledger only ever adds to them."""

from datetime import datetime

import msgspec

from tierkeeper.plugins.model.desk import Mode
from tierkeeper.plugins.model.event import Deed
from tierkeeper.plugins.model.promise import DUE, SLA


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

    def deeds(self) -> tuple[Deed, ...]:
        """What we wrote to a facet, for a person or for a rule; nothing where it was only shown (`shadow`).

        How promises stand is left out: nothing hangs on when we said so.
        """
        if not self.facet or self.mode == "shadow" or self.facet in {SLA, DUE}:
            return ()
        given = self.person and self.event
        return tuple(
            Deed(
                facet=self.facet,
                after=after,
                at=self.at,
                person=self.person if given else "",
                event=self.event if given else "",
                asked=self.asked or self.at,
                note=self.note,
            )
            for after in ((self.after or "").split(",") if self.facet == "owner" and self.after else (self.after,))
        )
