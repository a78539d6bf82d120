"""How moments are written for people."""

from datetime import datetime
from zoneinfo import ZoneInfo


def shown_time(at: datetime, zone: str) -> str:
    """A moment in an IANA time zone: ``23 Nov 2026 10:06 CET``. The same moment always gives the same text."""
    return f"{at.astimezone(ZoneInfo(zone)):%d %b %Y %H:%M %Z}"
