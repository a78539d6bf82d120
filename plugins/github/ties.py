"""What GitHub shows of an issue's relations: where its parent is, and how many issues block it. Pure."""

import msgspec

from tierkeeper.plugins.model.relation import BLOCKS, PARENT, Relation

_MOST = 50
"""How many issues may block one on GitHub; more than that are not told apart."""


class RawWaits(msgspec.Struct):
    """How many issues block one: open ones, and all."""

    blocked_by: int = 0
    total_blocked_by: int = 0


def relations_of(home: str, parent: str | None, waits: RawWaits | None) -> tuple[Relation, ...]:
    """Give the parent, if it is in the same repository; blockers without a number are as many as there are to ask for.

    One more within a second would else be no news: GitHub tells times to the second.
    """
    place, _, number = (parent or "").rpartition("/issues/")
    found = [Relation(PARENT, number)] if place and place.casefold() == home.casefold() else []
    count = min(max(waits.blocked_by, waits.total_blocked_by), _MOST) if waits is not None else 0
    return (*found, *[Relation(BLOCKS, "")] * count)
