"""Moments as the time since 1970 in UTC: exact, and quick to count with. Clock times of a zone become moments here."""

from datetime import UTC, datetime, timedelta, tzinfo

Since = timedelta
"""A moment, as the time since 1970 began in UTC."""

FIRST_YEAR, LAST_YEAR = 1900, 2300
"""The years that calendars count in, the last one not."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # clock times have no zone
_SECOND = timedelta(seconds=1)
_NONE = timedelta()


def since(at: datetime) -> Since:
    """An aware datetime as a moment. Raises ValueError for one without a zone."""
    try:
        return at - _EPOCH
    except TypeError:
        raise ValueError(f"{at} has no time zone; business time is asked for at aware datetimes") from None


def moment(at: Since, zone: tzinfo | None) -> datetime:
    """A moment as a datetime in `zone`."""
    found = _EPOCH + at
    return found if zone is UTC else found.astimezone(zone)


def year_start(year: int) -> Since:
    """Where a year begins in UTC."""
    return since(datetime(year, 1, 1, tzinfo=UTC))


def first_showing(wall: datetime, zone: tzinfo) -> Since:
    """The first moment at which a clock in `zone` shows `wall` (a datetime without a zone) or more.

    So a time that is shown twice is the first of both, and one that is skipped is the moment of the skip.
    """
    first = wall.replace(tzinfo=zone, fold=0).utcoffset() or _NONE
    second = wall.replace(tzinfo=zone, fold=1).utcoffset() or _NONE
    naive = wall - _WALL_EPOCH
    if first >= second:
        return naive - first
    low, high = (naive - second) // _SECOND, -((first - naive) // _SECOND)
    while high - low > 1:  # the clocks skip `wall` somewhere in between, at a whole second
        middle = (low + high) // 2
        shown = moment(middle * _SECOND, zone).replace(tzinfo=None) >= wall
        low, high = (low, middle) if shown else (middle, high)
    return high * _SECOND
