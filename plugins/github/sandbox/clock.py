"""Times as GitHub writes them: whole seconds, in UTC."""

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=65536)
def iso(seconds: int) -> str:
    """A time as GitHub writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def maybe_iso(seconds: int | None) -> str | None:
    """A time as GitHub writes it, where there may be none."""
    return None if seconds is None else iso(seconds)


def from_iso(text: str) -> int:
    """Seconds since 1970 from an ISO 8601 time; raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
