"""The dates on which a place is closed: public holidays, and those of an iCal file."""

from datetime import date
from functools import cache
from importlib.metadata import version

import msgspec

from tierkeeper.rules.calendars.ical import closed_days


class PublicHolidays(msgspec.Struct, frozen=True):
    """The public holidays of a country and a region. `version` is that of the library that knows them."""

    country: str
    region: str = ""
    version: str = ""

    def in_year(self, year: int) -> frozenset[date]:
        """Those of a year."""
        return _of_country(self.country, self.region, year)


class IcalDates(msgspec.Struct, frozen=True):
    """The whole days of an iCal file. `text` is what the file says."""

    text: str

    def in_year(self, year: int) -> frozenset[date]:
        """Those of a year, repetitions counted."""
        return closed_days(self.text, year)


@cache
def known_regions(country: str) -> tuple[str, ...] | None:
    """The regions of a country that have holidays of their own. None: the country is not known."""
    import holidays  # noqa: PLC0415  # a tenth of a second that only calendars with a country pay

    found = holidays.list_supported_countries(include_aliases=True).get(country)
    return tuple(found) if found is not None else None


@cache
def holidays_version() -> str:
    """The version of the library that knows the holidays: another one may know other days."""
    return version("holidays")


@cache
def _of_country(country: str, region: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415  # as above

    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
