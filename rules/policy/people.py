"""People, roles, and the places that people report from."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from tierkeeper.plugins.model.desk import Person, Role, RoleSource
from tierkeeper.plugins.model.place import EntryPoint, Instance, Server, Service
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.policy import TrackerEntry
from tierkeeper.rules.policy.problems import did_you_mean, nearest, nearly_same
from tierkeeper.rules.policy.yaml_text import Path


class Crew:
    """The people of the policy, and the one name that each of them goes by."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.people: dict[str, Person] = {}
        self._names: dict[str, str] = {}
        self._owners: dict[tuple[str, str], str] = {}
        self._mails: dict[str, str] = {}
        self._slips: dict[str, str] = {}
        for name in page.raw.people:
            self._add(name)
        self._accounts: dict[str, set[str]] = {}
        for (_, account), name in self._owners.items():
            self._accounts.setdefault(account, set()).add(name)
        for mail, name in self._mails.items():
            self._accounts.setdefault(mail, set()).add(name)
        for name, person in self.people.items():
            if person.leader:
                leader = self.name(("people", name, "leader"), person.leader)
                self.people[name] = msgspec.structs.replace(person, leader=leader)

    def _add(self, name: str) -> None:
        findings, path = self._page.findings, ("people", name)
        first = self._names.setdefault(name.casefold(), name)
        if first != name:
            findings.add(path, f'"{first}" is the same person', "names differ in more than capitals", on_key=True)
        raw = self._page.raw.people[name]
        accounts: Mapping[str, str] = raw.__pydantic_extra__ or {}
        for tracker, account in accounts.items():
            if not self._page.refers_on_key((*path, tracker), ("tracker", "trackers")):
                continue
            owner = self._owners.setdefault((tracker, account.casefold()), name)
            if owner != name:
                message = f'the {tracker} account "{account}" is that of "{owner}" already'
                findings.add((*path, tracker), message, "an account belongs to one person")
        first = self._mails.setdefault(raw.mail.casefold(), name) if raw.mail else name
        if first != name:
            message = f'"{raw.mail}" is the address of "{first}" already'
            findings.add((*path, "mail"), message, "an address belongs to one person")
        self.people[name] = Person(name, dict(accounts), raw.mail or "", raw.leader or "")

    def name(self, path: Path, word: str) -> str:
        """The name of the person that `word` means: by name, account or address under people; else the word."""
        known = self._names.get(word.casefold())
        if known is not None:
            return known
        owners = self._accounts.get(word.casefold(), set())
        if len(owners) == 1:
            return next(iter(owners))
        if word not in self._slips:
            self._slips[word] = nearly_same(word, self.people)
        near = self._slips[word]
        if near:
            self._page.findings.warn(path, f'nobody under people is called "{word}"', f'did you mean "{near}"?')
        return word

    def known(self, path: Path, word: str) -> str:
        """The name of a person who has to be one of the policy's: under people, or in a role."""
        key, roles = word.casefold(), self._page.raw.roles.values()
        is_known = (
            key in self._names
            or key in self._accounts
            or any(key == one.casefold() for role in roles for one in role.people)
        )
        if is_known or not self.people:
            return self.name(path, word)
        near = nearest(word, self.people)
        hint = f'did you mean "{near}"? ' if near else ""
        self._page.findings.add(
            path, f'nobody under people or in a role is called "{word}"', f"{hint}add them to people"
        )
        return word

    def names(self, path: Path, words: Iterable[str]) -> tuple[str, ...]:
        """The names of the people in a list, each once."""
        return tuple(dict.fromkeys(self.name((*path, position), word) for position, word in enumerate(words)))


def read_roles(page: Page, crew: Crew, trackers: Mapping[str, TrackerEntry]) -> dict[str, Role]:
    """The roles, each filled by somebody."""
    found: dict[str, Role] = {}
    for name, raw in page.raw.roles.items():
        path: Path = ("roles", name)
        sources: list[RoleSource] = []
        extra: Mapping[str, Mapping[str, str]] = raw.__pydantic_extra__ or {}
        for tracker, groups in extra.items():
            if page.refers_on_key((*path, tracker), ("tracker", "trackers")):
                sources += _sources(page, (*path, tracker), groups, trackers.get(tracker))
        if not raw.people and not any(extra.values()):
            remedy = "name people, or a group, project role or team of a tracker"
            page.findings.add(path, "nobody fills this role", remedy, on_key=True)
        found[name] = Role(name, crew.names((*path, "people"), raw.people), tuple(sources))
    return found


def _sources(page: Page, path: Path, groups: Mapping[str, str], entry: TrackerEntry | None) -> list[RoleSource]:
    """The role sources on one tracker. One whose tracker is itself wrong is not looked at."""
    found = []
    for kind, group in groups.items() if entry is not None else ():
        kinds = entry.plugin.role_kinds if entry is not None else ()
        if kind in kinds:
            known = cast(Literal["group", "project_role", "team", "component_lead"], kind)
            found.append(RoleSource(str(path[-1]), known, group))
        else:
            message = f'{path[-1]} has no kind of role called "{kind}"'
            page.findings.add((*path, kind), message, did_you_mean(kind, "kinds", kinds), on_key=True)
    return found


def check_zone(page: Page, path: Path, zone: str) -> str:
    """The time zone; UTC in place of one that the IANA database does not have, which is reported."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(zone, _zones())
        hint = f'did you mean "{near}"? ' if near else ""
        page.findings.add(path, f'unknown time zone "{zone}"', f"{hint}expected an IANA name, such as Europe/Berlin")
        return "UTC"
    return zone


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def read_places(page: Page, crew: Crew) -> dict[str, dict[str, Any]]:
    """Servers, services, entry points and instances, by the name of their section."""
    for name, server in page.raw.servers.items():
        check_zone(page, ("servers", name, "time_zone"), server.time_zone)
    return {
        "servers": {name: Server(name, server.time_zone) for name, server in page.raw.servers.items()},
        "services": _services(page, crew),
        "entry_points": {
            name: EntryPoint(
                name,
                crew.names(("entry_points", name, "key_users"), raw.key_users),
                _reporters(page, ("entry_points", name), raw.reporters),
            )
            for name, raw in page.raw.entry_points.items()
        },
        "instances": {name: _instance(page, crew, name) for name in page.raw.instances},
    }


def _instance(page: Page, crew: Crew, name: str) -> Instance:
    raw, path = page.raw.instances[name], ("instances", name)
    if raw.server is not None:
        page.refers((*path, "server"), raw.server, ("server", "servers"))
    known = raw.entry_point is None or page.refers(
        (*path, "entry_point"), raw.entry_point, ("entry point", "entry points")
    )
    entry = page.raw.entry_points.get(raw.entry_point or "")
    readable = raw.entry_point is None or entry is not None
    asked = any(not isinstance(tier.role, str) for _, tier in page.tiers())
    others = (entry.key_users if entry else []) + (page.raw.fallback.key_users if page.raw.fallback else [])
    if asked and known and readable and not raw.key_users and not others:
        message = "no key users, and its entry point has none either" if entry else "no key users, and no entry point"
        page.findings.add(path, message, "give it key_users, or its entry point", on_key=True)
    users = crew.names((*path, "key_users"), raw.key_users)
    return Instance(name, raw.server or "", raw.entry_point or "", users, _reporters(page, path, raw.reporters))


def _reporters(page: Page, path: Path, role: str | None) -> str:
    if role is not None:
        page.refers((*path, "reporters"), role, ("role", "roles"))
    return role or ""


def _services(page: Page, crew: Crew) -> dict[str, Service]:
    """The services; an entry point leads into one of them."""
    found, taken = {}, dict[str, str]()
    for name, raw in page.raw.services.items():
        path: Path = ("services", name)
        for position, entry in enumerate(raw.entry_points):
            place = (*path, "entry_points", position)
            page.refers(place, entry, ("entry point", "entry points"))
            first = taken.setdefault(entry, name)
            if first != name:
                message = f'the entry point "{entry}" leads into "{first}" already'
                page.findings.add(place, message, "an entry point leads into one service")
        owner = crew.name((*path, "owner"), raw.owner) if raw.owner else ""
        found[name] = Service(name, raw.description or "", tuple(dict.fromkeys(raw.entry_points)), owner)
    return found
