"""A wait: somebody else has to act before the desk can go on."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tierkeeper.plugins.model.case import FacetChange

REPORTER = "reporter"
"""What an issue waits for that its reporter ends with a word."""


class Wait(msgspec.Struct, frozen=True):
    """The issue waited for `reason` from `start` until `end` (UTC; None: it still does). `by` began it."""

    reason: str
    start: datetime
    end: datetime | None
    by: str = ""


def waits_in(changes: "Sequence[FacetChange]", today: str | None, created: datetime) -> tuple[Wait, ...]:
    """The waits of an issue by the changes of the facet `waiting`, which is `today`, oldest first.

    What a command asked for counts from when it was written, whenever it was carried out.
    """
    found: list[Wait] = []
    value, start, by = (changes[0].before if changes else today), created, ""
    for change in changes:
        at = max(start, change.asked or change.at)
        if value is not None and start < at:
            found.append(Wait(value, start, at, by))
        value, start, by = change.after, at, change.by
    return (*found, Wait(value, start, None, by)) if value is not None else tuple(found)
