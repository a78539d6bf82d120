"""What an issue was like when it was handed on: what the border between two tiers is drawn by."""

from datetime import datetime, timedelta

from tierkeeper.plugins.model.case import Case, FacetChange, read_effort
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.duration import Effort
from tierkeeper.plugins.model.work import estimates_of

CLICK_TIME = timedelta(seconds=60)
"""How long after a handover a facet's value still belongs to it: people click in several steps."""


def judged_handover(case: Case, *, to: str | None = None, source: str | None = None) -> FacetChange | None:
    """The handover that is to be judged now, if it went to `to` and came from `source`.

    None too where it was ours, or the tracker does not say whose.
    """
    change = case.pending.get("tier")
    if change is None or change.kind in {"ours", "unknown"}:
        return None
    return case.last_handover(to=to, source=source)


def handed_until(handover: FacetChange) -> datetime:
    """Until when what was set belongs to a handover (UTC)."""
    return (handover.asked or handover.at) + CLICK_TIME


def value_with(handover: FacetChange, facet: str, case: Case) -> str | None:
    """The value of a facet that the issue was handed on with."""
    return case.value_at(facet, handed_until(handover))


def estimate_for(tier: str, case: Case, desk: Desk, until: datetime) -> Effort | None:
    """The estimate that counts for `tier` up to `until` (UTC): where people disagree, its members' newest.

    Where none of them said anything, it is the issue's. Raises MembershipUnknown.
    """
    said = estimates_of(case, until)
    if len({work.effort for work in said}) > 1:
        for work in reversed(said):
            if desk.is_member(work.by, tier, case, work.at):
                return work.effort
    return read_effort(case.value_at("estimate", until), case.effort_day)
