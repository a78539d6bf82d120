"""What `explain` answers: the shape that `--json` prints and that the page is made of. Stable, as in `answers`."""

from datetime import datetime

import msgspec

from tierkeeper.sync.cli.answers import FORMAT, HeldAnswer, StepAnswer
from tierkeeper.sync.cli.explain_clocks import ClockAnswer
from tierkeeper.sync.cli.explain_twins import TwinAnswer


class FacetAnswer(msgspec.Struct, kw_only=True):
    """A facet's value, and since when, by whom and by which event it has it. Without an event: since the report."""

    facet: str
    value: str | None
    since: datetime
    by: str = ""
    kind: str = ""
    event: str = ""
    note: str = ""


class ChangeAnswer(msgspec.Struct, kw_only=True):
    """A person's change that is not judged yet, and until when it waits."""

    facet: str
    before: str | None
    after: str | None
    by: str
    at: datetime
    event: str
    until: datetime | None = None


class VerdictAnswer(msgspec.Struct, kw_only=True):
    """How a change was judged, by which rule, what was said; `others` refused it too."""

    facet: str
    before: str | None
    after: str | None
    by: str
    at: datetime
    outcome: str
    event: str
    rule: str = ""
    mode: str = ""
    line: str = ""
    said: str = ""
    remedy: str = ""
    others: list[str] = []


class ActAnswer(msgspec.Struct, kw_only=True):
    """What was done in the tracker (mode ``shadow``: would have been), why, and on what evidence."""

    at: datetime
    what: str
    rule: str = ""
    mode: str = ""
    line: str = ""
    reason: str = ""
    person: str = ""
    evidence: list[str] = []


class MembershipAnswer(msgspec.Struct, kw_only=True):
    """Whether somebody could act for a tier at a moment (yes, no, not known), and how that is known."""

    person: str
    tier: str
    at: datetime
    answer: str
    because: str


class ExplainAnswer(msgspec.Struct, kw_only=True):
    """`tierkeeper explain`: all that the ledger knows of one issue, and what the rules say of it now.

    `now` are the steps that a run would take; `lost` are wants that a rule named earlier overruled. `settled`: judged
    by today's policy and roles, nothing new since. `wake_at`: when it is looked at even if nothing changes. A twin is
    judged by nobody: `now` is empty. `put_aside`: why its mirror carries nothing over.
    """

    format: int = FORMAT
    command: str = "explain"
    issue: str
    queue: str
    id: str
    key: str
    title: str
    url: str = ""
    open: bool = True
    tier: str = ""
    owners: list[str] = []
    reporter: str = ""
    created: datetime
    explained_as_of: datetime
    history_complete: bool = True
    in_queue: bool = True
    opted_out: bool = False
    gone: str = ""
    settled: bool = False
    wake_at: datetime | None = None
    failure: str = ""
    retry_at: datetime | None = None
    twins: list[TwinAnswer] = []
    put_aside: HeldAnswer | None = None
    facets: list[FacetAnswer] = []
    clocks: list[ClockAnswer] = []
    pending: list[ChangeAnswer] = []
    verdicts: list[VerdictAnswer] = []
    acts: list[ActAnswer] = []
    memberships: list[MembershipAnswer] = []
    now: list[StepAnswer] = []
    lost: list[StepAnswer] = []
    notices: list[str] = []
