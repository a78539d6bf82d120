"""The map of a log: which of its columns say what. Every error says file, line, key, and what was expected."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from pydantic import Field, ValidationError
from ruamel.yaml.nodes import MappingNode

from tierkeeper.plugins.errors import PolicyError, UsageError
from tierkeeper.rules.policy.nodes import read_document
from tierkeeper.rules.policy.problems import Findings, did_you_mean
from tierkeeper.rules.policy.raw_base import Raw, Text
from tierkeeper.rules.policy.wording import report
from tierkeeper.rules.policy.yaml_text import Document, Mark, read_yaml, refusal
from tierkeeper.rules.policy.yaml_text import Path as KeyPath
from tierkeeper.sync.eventlog.platforms import PLATFORMS, Platform

_SHAPE = ("a map is a mapping of keys to values", "begin with repository: owner/name, or project: and a key")
_PLACES = re.compile(r"[{}]+")


class People(Raw):
    """A column that names somebody."""

    column: Text = Field(description="The column.")
    account: Text = Field(default="{}", description="The account for a name, such as agent-{}.")

    def login(self, name: str) -> str:
        """The account of a name in the log."""
        return self.account.replace("{}", name)


class State(Raw):
    """The column that says whether an incident is over."""

    column: Text = Field(description="The column.")
    closed: list[Text] = Field(description="The values that mean closed.")


class TierRule(Raw):
    """When an incident is with a tier: the first rule that fits counts; one without a condition always fits."""

    name: Text = Field(description="The tier's name, as in desk.yaml.")
    any_set: list[Text] = Field(default=[], description="While any of these columns is filled.")
    groups: list[Text] = Field(default=[], description="While it is with one of these groups.")

    @property
    def always(self) -> bool:
        """Whether it fits every group."""
        return not self.any_set and not self.groups


class Tiers(Raw):
    """How the tier is told from a row."""

    column: Text = Field(description="The column of the group.")
    label: Text = Field(default="tier:", description="The prefix of the labels.")
    first: list[TierRule] = Field(description="The rules; the first that fits counts.")


class Labels(Raw):
    """A column kept as a label."""

    column: Text = Field(description="The column.")
    label: Text = Field(description="The prefix of the labels.")
    values: dict[Text, Text] = Field(default={}, description="The value for a text of the log. Absent: as it stands.")


class Priority(Raw):
    """A column kept as the issue's own priority."""

    column: Text = Field(description="The column.")
    values: dict[Text, Text] = Field(description="The priority for a text of the log, the highest first.")


class Roles(Raw):
    """Who acts for a tier."""

    at_least: int = Field(default=1, ge=1, description="How many updates that left the tier make somebody a member.")


class RawMap(Raw):
    """A map as it is written: with a repository it is for GitHub, with a project for Jira."""

    repository: Text | None = Field(default=None, description="GitHub: where the issues are put, owner/name.")
    project: Text | None = Field(default=None, description="Jira: the key of the project that the issues are put in.")
    account: Text = Field(default="tierkeeper", description="The account that Tierkeeper acts with.")
    unknown: Text = Field(default="?", description="What stands in a cell that says nothing.")
    dates: Text = Field(description="How times are written, in the letters of strptime, such as %d/%m/%Y %H:%M.")
    time_zone: Text = Field(default="UTC", description="The IANA time zone of the times.")
    incident: Text = Field(description="The column that says which incident a row is about.")
    updated: Text = Field(description="The column of the time when the row came about.")
    opened: Text = Field(description="The column of the time when the incident was opened.")
    title: Text = Field(default="Incident {}", description="An issue's title; {} is the incident.")
    body: list[Text] = Field(default=[], description="The columns that an issue's body lists.")
    reporter: People = Field(description="Who reported the incident.")
    actor: People = Field(description="Who made the update.")
    assignee: People | None = Field(default=None, description="Who is assigned; a cell that says nothing is nobody.")
    state: State = Field(description="Whether the incident is over.")
    tiers: Tiers = Field(description="Which tier the incident is with.")
    priority: Priority | None = Field(default=None, description="The issue's own priority; Jira only.")
    labels: dict[Text, Labels] = Field(default={}, description="What else is kept as a label, by facet.")
    roles: Roles = Field(default=Roles(), description="Who acts for a tier.")
    bots: list[Text] = Field(default=[], description="Accounts that are in no role: automations.")


class LogMap(msgspec.Struct, frozen=True):
    """A map, read and checked. `document` is its text, for findings about the log's columns.

    `place` is the repository or the project of its platform.
    """

    raw: RawMap
    platform: Platform
    place: str
    zone: tzinfo
    document: Document

    def time(self, text: str) -> datetime:
        """A time of the log, in UTC. Raises ValueError."""
        return datetime.strptime(text, self.raw.dates).replace(tzinfo=self.zone).astimezone(UTC)

    def check_columns(self, columns: Sequence[str]) -> None:
        """Report every column that the map names and the log does not have."""
        findings = Findings(self.document)
        for path, column in _columns(self.raw):
            if column not in columns:
                findings.add(path, f'the log has no column "{column}"', did_you_mean(column, "columns", columns))
        findings.refuse()


def read_map(path: Path) -> LogMap:
    """Read a map. Raises PolicyError with everything that is wrong with it, in the order of the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the map {path} cannot be read: {error}") from error
    return parse_map(text, path.name)


def parse_map(text: str, file: str) -> LogMap:
    """Read a map's text. `file` is its name, for messages."""
    root, lines = read_yaml(text, file)
    if not isinstance(root, MappingNode):
        raise PolicyError([refusal(file, lines, Mark(1, 1), _SHAPE)])
    document, problems = read_document(text, file)
    findings = Findings(document)
    findings.take(problems)
    try:
        raw = RawMap.model_validate(document.data)
    except ValidationError as error:
        report(findings, (), error, RawMap)
        findings.refuse()
        raise  # every validation error is a finding that stops the run
    platform, place = _platform(raw, findings)
    zone = _check(raw, findings)
    findings.refuse()
    return LogMap(raw, platform, place, zone, document)


def _platform(raw: RawMap, findings: Findings) -> tuple[Platform, str]:
    """Which platform the map is for, and the place there."""
    places = [(platform, place) for platform in PLATFORMS if (place := getattr(raw, platform.place)) is not None]
    if len(places) != 1:
        said = "both" if places else "neither"
        remedy = " or ".join(f"{platform.place}: {platform.example}" for platform in PLATFORMS)
        findings.add(
            ("project",), f"expected either a repository or a project, got {said}", remedy, on_key=bool(places)
        )
        return PLATFORMS[0], ""
    platform, place = places[0]
    if platform.shape.fullmatch(place) is None:
        findings.add((platform.place,), f"expected {platform.expected}", f"such as {platform.example}")
    if raw.priority is not None and not platform.native_priority:
        message = f"an issue on {platform.title} has no priority of its own"
        findings.add(("priority",), message, "keep it under labels:", on_key=True)
    return platform, place


def _check(raw: RawMap, findings: Findings) -> tzinfo:
    templates: list[tuple[KeyPath, str]] = [(("title",), raw.title)]
    templates += [((name, "account"), people.account) for name, people in _people(raw)]
    for path, template in templates:
        if _PLACES.findall(template) != ["{}"]:
            findings.add(path, "expected {} once: that is where the log's own name goes", "such as agent-{}")
    for needed, items in ((("state", "closed"), raw.state.closed), (("tiers", "first"), raw.tiers.first)):
        if not items:
            findings.add(needed, "expected at least one, got an empty list")
    rules = raw.tiers.first
    for position, rule in enumerate(rules[:-1]):
        if rule.always:
            later = f'"{rules[position + 1].name}" can never be reached'
            findings.add(("tiers", "first", position), f"this always fits, so {later}", "put it last")
    try:
        return UTC if raw.time_zone == "UTC" else ZoneInfo(raw.time_zone)
    except (KeyError, ValueError, OSError):
        findings.add(("time_zone",), f'unknown time zone "{raw.time_zone}"', "expected an IANA name")
        return UTC


def _people(raw: RawMap) -> Iterator[tuple[str, People]]:
    yield "reporter", raw.reporter
    yield "actor", raw.actor
    if raw.assignee is not None:
        yield "assignee", raw.assignee


def _columns(raw: RawMap) -> Iterator[tuple[KeyPath, str]]:
    """Every column that a map names, with its place."""
    for name in ("incident", "updated", "opened"):
        yield (name,), getattr(raw, name)
    for position, column in enumerate(raw.body):
        yield ("body", position), column
    for name, people in _people(raw):
        yield (name, "column"), people.column
    yield ("state", "column"), raw.state.column
    if raw.priority is not None:
        yield ("priority", "column"), raw.priority.column
    yield ("tiers", "column"), raw.tiers.column
    for position, rule in enumerate(raw.tiers.first):
        for place, column in enumerate(rule.any_set):
            yield ("tiers", "first", position, "any_set", place), column
    for facet, labels in raw.labels.items():
        yield ("labels", facet, "column"), labels.column
