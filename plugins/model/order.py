"""Who orders a tier's work: whose word on an issue's priority counts."""

from datetime import datetime

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Desk


def owners_of_priority(tier: str, desk: Desk) -> tuple[str, ...]:
    """The people who order a tier's work: its owner of priority, else its leaders. Empty where it orders it itself."""
    known = desk.tier(tier)
    if known is None or known.orders_itself:
        return ()
    return (known.priority_owner,) if known.priority_owner else desk.ladder(tier)


def orders(person: str, tier: str, case: Case, desk: Desk, at: datetime) -> bool:  # noqa: PLR0917 - as Desk.is_member, which it goes on to
    """Whether `person` could order the work of `tier` on this case at `at` (UTC). Raises MembershipUnknown."""
    known = desk.tier(tier)
    if known is not None and known.orders_itself:
        return desk.is_member(person, tier, case, at)
    return person.casefold() in {owner.casefold() for owner in owners_of_priority(tier, desk)}


def shown_owner(tier: str, desk: Desk) -> str:
    """Who orders a tier's work, for people."""
    return " or ".join(owners_of_priority(tier, desk)[:1]) or desk.shown_tier(tier)
