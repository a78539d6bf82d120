"""A wait: somebody else has to act before the desk can go on."""

from datetime import datetime

import msgspec

REPORTER = "reporter"
"""What an issue waits for that its reporter ends with a word."""


class Wait(msgspec.Struct, frozen=True):
    """The issue waited for `reason` from `start` until `end` (UTC; None: it still does). `by` began it."""

    reason: str
    start: datetime
    end: datetime | None
    by: str = ""
