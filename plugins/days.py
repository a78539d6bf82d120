"""Days, for fields that hold no time of day."""

from datetime import date, datetime


def day_of(text: str) -> str:
    """The day of a day or a time in ISO 8601, in the zone that the time is given in. Raises ValueError."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return datetime.fromisoformat(text).date().isoformat()
