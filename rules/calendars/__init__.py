"""Business time: the hours of a place, and moments and lengths of time counted on them."""

from tierkeeper.rules.calendars.calendar import BusinessCalendar
from tierkeeper.rules.calendars.office import Office, Span, Union
from tierkeeper.rules.calendars.written import DAYS, Fault, Written, read_office

__all__ = ["DAYS", "BusinessCalendar", "Fault", "Office", "Span", "Union", "Written", "always", "read_office"]

ALWAYS = "24x7"
"""The name of the calendar that every desk has."""


def always(name: str, zone: str) -> BusinessCalendar:
    """A calendar that never closes. Its dates are those of `zone`."""
    day = (Span(0, 24 * 3600),)
    return BusinessCalendar(name=name, zone=zone, hours=Office(zone=zone, week=(day,) * 7))
