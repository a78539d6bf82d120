"""Where an issue was reported from: its instance and its entry point, by what is surest.

First what a field or a label says; then the report itself, as an issue form's answer; then the reporter's group.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

import msgspec

from tierkeeper.plugins.errors import MembershipUnknown
from tierkeeper.plugins.markup.answers import answers, name_of
from tierkeeper.plugins.model.case import Known
from tierkeeper.plugins.model.desk import Desk

PLACES = ("instance", "entry_point")
"""The facets that say where an issue was reported from, the finer one first."""

_LONGEST = 500


class Report(msgspec.Struct, frozen=True):
    """What is known of a report: its text, when it was made (UTC), and by whom; empty: not by a known human."""

    body: str
    at: datetime
    reporter: str = ""


class Found(msgspec.Struct):
    """`facets` with what is known besides; `told`: from where that is; `doubt`: the role that is not known well."""

    facets: dict[str, str | None]
    told: dict[str, Known]
    doubt: str = ""


class Gazetteer(msgspec.Struct, frozen=True, dict=True):
    """The places of a desk, and by which words reports name them."""

    desk: Desk

    @cached_property
    def _questions(self) -> Mapping[str, str]:
        """The facet that each heading asks for."""
        named = {facet: self.desk.facets.get(facet) for facet in PLACES}
        return {
            name_of(heading): facet
            for facet, kept in named.items()
            for heading in (facet.replace("_", " "), *(kept.headings if kept is not None else ()))
        }

    @cached_property
    def _asks(self) -> re.Pattern[str]:
        """Finds a line that may begin with one of the headings: fast, and in most texts not at all."""
        words = [re.escape(heading).replace("\\ ", r"[\s-]+") for heading in self._questions]
        return re.compile(rf"^[^\w\n]*(?:h[1-6]\.\s*)?(?:{'|'.join(words)})\b", re.IGNORECASE | re.MULTILINE)

    @cached_property
    def _names(self) -> Mapping[str, tuple[re.Pattern[str], Mapping[str, str]]]:
        """For each facet, what finds its values in a text, and how the policy spells them."""
        known: Mapping[str, Iterable[str]] = {
            "instance": self.desk.instances,
            "entry_point": self.desk.entry_points,
        }
        found = {}
        for facet, names in known.items():
            longest_first = sorted(names, key=len, reverse=True)
            words = "|".join(re.escape(name) for name in longest_first) or r"(?!)"
            pattern = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)
            found[facet] = (pattern, {name.casefold(): name for name in names})
        return found

    @cached_property
    def _groups(self) -> tuple[str, ...]:
        """The roles that tell a reporter's place, each once."""
        roles = [place.reporters for place in self.desk.instances.values()]
        roles += [place.reporters for place in self.desk.entry_points.values()]
        return tuple(dict.fromkeys(role for role in roles if role))

    def find(self, facets: dict[str, str | None], report: Report) -> Found:
        """The facets with what the report and the reporter's group tell, and with what an instance tells."""
        found = Found(facets, {})
        if not facets.get("instance"):
            self._read(found, report.body)
        self._follow(found.facets)
        if self._groups and report.reporter and not any(facets.get(facet) for facet in PLACES):
            self._ask_groups(found, report)
            self._follow(found.facets)
        return found

    def _follow(self, facets: dict[str, str | None]) -> None:
        """What an instance tells: its server and its entry point."""
        instance = self.desk.instances.get(facets.get("instance") or "")
        if instance is not None:
            if not facets.get("server"):
                facets["server"] = instance.server or None
            if not facets.get("entry_point"):
                facets["entry_point"] = instance.entry_point or None

    def _read(self, found: Found, body: str) -> None:
        """Take what the report answers; one that contradicts what a field or a label says does not count."""
        if not self._asks.search(body):
            return
        said: dict[str, str] = {}
        for heading, answer in answers(body):
            facet = self._questions.get(heading, "")
            value = self._value(facet, answer) if facet else ""
            if value:
                said.setdefault(facet, value)
        instance, entry = self.desk.instances.get(said.get("instance", "")), found.facets.get("entry_point")
        if instance is not None and entry and instance.entry_point not in {"", entry}:
            del said["instance"]
        for facet, value in said.items():
            if not found.facets.get(facet):
                found.facets[facet] = value
                found.told[facet] = "report"

    def _value(self, facet: str, answer: str) -> str:
        """The one place that an answer names; empty where it names none or several."""
        pattern, spelled = self._names[facet]
        named = {spelled[word.casefold()] for word in pattern.findall(answer[:_LONGEST])}
        return named.pop() if len(named) == 1 else ""

    def _ask_groups(self, found: Found, report: Report) -> None:
        """Take the place whose reporters' role they were in; of several places, only what all have in common."""
        roles: set[str] = set()
        for role in self._groups:
            try:
                if self.desk.is_in_role(report.reporter, role, report.at):
                    roles.add(role)
            except MembershipUnknown as unknown:
                if not unknown.final:
                    found.doubt = role
                    return
        instances = [one for one in self.desk.instances.values() if one.reporters in roles]
        entries = [one.name for one in self.desk.entry_points.values() if one.reporters in roles]
        entries = list(dict.fromkeys([one.entry_point for one in instances if one.entry_point] or entries))
        if len(instances) == 1:
            found.facets["instance"] = instances[0].name
            found.told["instance"] = "group"
        elif len(entries) == 1:
            found.facets["entry_point"] = entries[0]
            found.told["entry_point"] = "group"
