"""When something is due, as a tracker's field or label holds it: a moment, or the day of it in the desk's zone."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tierkeeper.plugins.model.desk import Desk, FacetMap


def written_due(at: datetime, place: FacetMap, desk: Desk) -> str:
    """A moment with the desk's own offset, so that a field which holds a day takes the right one; a label its day."""
    local = at.astimezone(ZoneInfo(desk.time_zone))
    return f"{local:%Y-%m-%d}" if place.kind == "label" else local.isoformat(timespec="seconds")


def same_due(one: str | None, other: str | None, desk: Desk) -> bool:
    """Whether both say the same, as far as the shorter one tells: a day is that of the moment in the desk's zone."""
    if one == other or one is None or other is None:
        return one == other
    mine, theirs = read_due(one, desk), read_due(other, desk)
    if mine is None or theirs is None:
        return False
    return mine.date() == theirs.date() if _is_day(one) or _is_day(other) else mine == theirs


def read_due(text: str, desk: Desk) -> datetime | None:
    """The moment in the desk's zone, a day as its beginning; None for what is neither."""
    zone = ZoneInfo(desk.time_zone)
    try:
        if _is_day(text):
            return datetime.combine(date.fromisoformat(text), time(), zone)
        return datetime.fromisoformat(text).astimezone(zone)
    except ValueError:
        return None


def _is_day(text: str) -> bool:
    return len(text) == len("2026-11-24")
