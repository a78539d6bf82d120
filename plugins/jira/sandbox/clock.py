"""Times as Jira writes them, and lengths of time as people write them to Jira."""

import re
from datetime import UTC, datetime
from functools import lru_cache

_UNITS = {"w": 5 * 8 * 3600, "d": 8 * 3600, "h": 3600, "m": 60}
_LENGTH = re.compile(r"(?:\d+(?:\.\d+)?[wdhm]\s*)+")


@lru_cache(maxsize=65536)
def iso(milliseconds: int) -> str:
    """A time as Jira writes it; its offset has no colon, so it is not RFC 3339."""
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}+0000"


def from_iso(text: str) -> int:
    """Milliseconds since 1970 from a time with its offset; raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return round(moment.timestamp() * 1000)


def to_length(text: str) -> int:
    """Seconds from `1w 2d 3h 4m` (days of 8 hours, weeks of 5); a bare number is minutes."""
    bare = text.strip()
    if bare.isdigit():
        return int(bare) * 60
    if not _LENGTH.fullmatch(bare):
        raise ValueError(f"{text!r} is not a length of time")
    return round(sum(float(part[:-1]) * _UNITS[part[-1]] for part in re.findall(r"[\d.]+[wdhm]", bare)))


def length(seconds: int) -> str:
    """Seconds as Jira shows them."""
    parts = []
    for unit, size in _UNITS.items():
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0m"
