"""Times in a story: weekdays of one fixed week, in the desk's zone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

MONDAY = date(2026, 11, 23)
"""The Monday of the week that stories play in."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WEEKDAY = re.compile(rf"({'|'.join(DAYS)})([+-]\d{{1,3}})?\s+(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?")
_LATER = re.compile(r"\+(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

EXPECTED = "mon 09:00, tue+1 08:30:05, +61s, or 2026-11-23T09:00:00+01:00"


class Clock(msgspec.Struct, frozen=True):
    """Reads and shows the times of one story."""

    zone: ZoneInfo

    def read(self, text: str, before: datetime | None) -> datetime:
        """The moment (UTC) that `text` means; `before` is that of the step before. Raises ValueError."""
        later = _LATER.fullmatch(text)
        if later is not None:
            if before is None:
                raise ValueError(f"there is nothing before it that {text} could be after")
            return before + timedelta(**{_UNITS[later.group(2)]: int(later.group(1))})
        weekday = _WEEKDAY.fullmatch(text)
        if weekday is not None:
            return self._in_week(*weekday.groups())
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"expected a time such as {EXPECTED}; got {text!r}") from None
        if moment.tzinfo is None:
            raise ValueError(f"the time {text} has no offset; expected {EXPECTED}")
        return moment.astimezone(UTC)

    def _in_week(self, *parts: str | None) -> datetime:
        day, week, hour, minute, second = parts
        days = DAYS.index(str(day)) + 7 * int(week or 0)
        of_day = time(int(hour or 0), int(minute or 0), int(second or 0), tzinfo=self.zone)
        return datetime.combine(MONDAY + timedelta(days=days), of_day).astimezone(UTC)

    def show(self, at: datetime) -> str:
        """A moment as a story writes it."""
        local = at.astimezone(self.zone)
        week, day = divmod((local.date() - MONDAY).days, 7)
        shift = f"{week:+d}" if week else ""
        return f"{DAYS[day]}{shift} {local:%H:%M}" + (f":{local:%S}" if local.second else "")
