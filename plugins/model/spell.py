"""Spells: how long something was so."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tierkeeper.plugins.model.case import Case


class Spell(msgspec.Struct, frozen=True):
    """A facet had this value from `start` until `end` (UTC; None: it still has)."""

    value: str
    start: datetime
    end: datetime | None


def tier_spells(case: Case) -> tuple[Spell, ...]:
    """How long each tier held an issue, oldest first; a handover that was just put back does not count."""
    made, lowest = list(case.changes.get("tier", ())), case.lowest_tier
    refused = case.refused.get("tier", frozenset())
    while len(made) > 1 and made[-1].kind == "ours" and made[-2].after in refused:
        del made[-2:]
        while made and (made[-1].after or lowest) != case.tier:
            made.pop()  # clicks on the way to what was put back
    tiers = [((made[0].before if made else case.facets.get("tier")) or lowest, case.created)]
    for change in made:
        if (change.after or lowest) != tiers[-1][0]:
            tiers.append((change.after or lowest, change.at))
    ends = [*(start for _, start in tiers[1:]), None]
    return tuple(Spell(tier, start, end) for (tier, start), end in zip(tiers, ends, strict=True))
