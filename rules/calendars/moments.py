"""Moments as whole microseconds since 1970: exact, and quick to compare. Clock times of a zone become moments here."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo

SECOND = 1_000_000
FIRST_YEAR, LAST_YEAR = 1900, 2300
"""The years that calendars count in, the last one not."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # clock times have no zone


def micros(at: datetime) -> int:
    """An aware moment as a number. Raises ValueError for one without a zone."""
    try:
        since = at - _EPOCH
    except TypeError:
        raise ValueError(f"{at} has no time zone; business time is asked for at aware datetimes") from None
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def moved(start: datetime, change: int) -> datetime:
    """The moment so many microseconds after `start`, in its zone."""
    step = timedelta(0, 0, change)
    zone = start.tzinfo
    return start + step if type(zone) is timezone else (_EPOCH + (start - _EPOCH) + step).astimezone(zone)


def moment(value: int, zone: tzinfo | None) -> datetime:
    """A number as a moment in `zone`."""
    return (_EPOCH + timedelta(0, 0, value)).astimezone(zone)


def first_showing(wall: datetime, zone: tzinfo) -> int:
    """The first moment at which a clock in `zone` shows `wall` (a datetime without a zone) or more.

    So a time that is shown twice is the first of both, and one that is skipped is the moment of the skip.
    """
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    naive = length(wall - _WALL_EPOCH)
    if first >= second:
        return naive - length(first)
    low, high = (naive - length(second)) // SECOND, -((length(first) - naive) // SECOND)
    while high - low > 1:  # the clocks skip `wall` somewhere in between, at a whole second
        middle = (low + high) // 2
        shown = moment(middle * SECOND, zone).replace(tzinfo=None) >= wall
        low, high = (low, middle) if shown else (middle, high)
    return high * SECOND


def length(span: timedelta) -> int:
    """A length of time in microseconds."""
    return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds


def year_start(year: int) -> int:
    """Where a year begins in UTC."""
    return micros(datetime(year, 1, 1, tzinfo=UTC))
