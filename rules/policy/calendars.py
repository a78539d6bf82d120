"""Calendars: the hours that people are at work, and files of theirs that stand beside the policy."""

from collections.abc import Callable

from tierkeeper.rules.calendars import BusinessCalendar, Fault, Office, Union, Written, always, read_office
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.people import check_zone
from tierkeeper.rules.policy.problems import did_you_mean
from tierkeeper.rules.policy.raw import ALWAYS, RawCalendar
from tierkeeper.rules.policy.yaml_text import Path

Beside = Callable[[str], str]
"""Gives the text of a file by its name as the policy has it. Raises ValueError with the reason where it cannot."""

_WORD = ("calendar", "calendars")
_OWN_HOURS = ("hours", "dates", "holidays", "ical")


def nothing_beside(name: str) -> str:
    """For a policy that stands alone: there is no file."""
    raise ValueError(f"this policy is read without the files beside it, so {name} is not there")


def read_calendars(page: Page, beside: Beside) -> dict[str, BusinessCalendar]:
    """The calendars, and the one that every desk has."""
    zone = check_zone(page, ("time_zone",), page.raw.time_zone)
    found: dict[str, BusinessCalendar] = {ALWAYS: always(ALWAYS, zone)}
    if ALWAYS in page.raw.calendars:
        page.findings.add(("calendars", ALWAYS), "every desk has this calendar already", "leave it out", on_key=True)
    for name, raw in page.raw.calendars.items():
        if not raw.union:
            found[name] = _office(page, name, zone, beside)
    for name, raw in page.raw.calendars.items():
        if raw.union:
            _join(page, name, found, ())
    if page.raw.calendar != ALWAYS:
        page.refers(("calendar",), page.raw.calendar, _WORD)
    return found


def _office(page: Page, name: str, zone: str, beside: Beside) -> BusinessCalendar:
    raw, path = page.raw.calendars[name], ("calendars", name)
    written = Written(
        zone=check_zone(page, (*path, "zone"), raw.zone) if raw.zone is not None else zone,
        hours=raw.hours,
        dates=raw.dates,
        country=raw.holidays.country if raw.holidays else "",
        region=(raw.holidays.region or "") if raw.holidays else "",
        ical=_file(page, (*path, "ical"), raw.ical, beside) if raw.ical else None,
    )
    office, faults = read_office(written)
    for fault in faults:
        _report(page, path, fault)
    return _calendar(name, raw, written.zone, office)


def _join(page: Page, name: str, found: dict[str, BusinessCalendar], above: tuple[str, ...]) -> BusinessCalendar | None:
    """A calendar by name, joined from others if it is a union. None: it is wrong, which is reported."""
    raw = page.raw.calendars.get(name)
    if name in found or raw is None:
        return found.get(name)
    path: Path = ("calendars", name)
    for key in _OWN_HOURS:
        if getattr(raw, key):
            page.findings.add((*path, key), "a union has its hours from its calendars", "leave it out", on_key=True)
    members: list[BusinessCalendar] = []
    for place, other in enumerate(raw.union):
        at = (*path, "union", place)
        if other in {name, *above}:
            page.findings.add(at, f'"{other}" would be a part of itself', "a union joins other calendars")
        elif other == ALWAYS or page.refers(at, other, _WORD):
            member = _join(page, other, found, (*above, name))
            members += [member] if member is not None else []
    zone = check_zone(page, (*path, "zone"), raw.zone) if raw.zone is not None else found[ALWAYS].zone
    found[name] = _calendar(name, raw, zone, Union(tuple(member.hours for member in members)))
    return found[name]


def _calendar(name: str, raw: RawCalendar, zone: str, hours: Office | Union) -> BusinessCalendar:
    return BusinessCalendar(name=name, zone=zone, hours=hours, boundary=raw.boundary, day_target=raw.day_target)


def _file(page: Page, path: Path, name: str, beside: Beside) -> str | None:
    try:
        return beside(name)
    except ValueError as error:
        page.findings.add(path, f'the file "{name}" cannot be read: {error}', "its path begins at the policy's folder")
        return None


def _report(page: Page, path: Path, fault: Fault) -> None:
    what, names = fault.choices
    word = str(page.document.value((*path, *fault.path)))
    hint = did_you_mean(word, what, names) if names else fault.hint
    page.findings.add((*path, *fault.path), fault.message, hint, on_key=fault.on_key)
