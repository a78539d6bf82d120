"""A host with two trackers and four rules, none of them real, and a small policy that is right."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from tierkeeper.plugins import Case, Decision, Desk, Duration, Effort, Rule, RuleOptions, hookimpl
from tierkeeper.plugins.host import Host
from tierkeeper.plugins.notifier import Notifier, NotifierPlugin
from tierkeeper.plugins.tracker import Ports, Tracker, TrackerPlugin
from tierkeeper.rules.policy import Policy, load_policy

SMALL = """\
desk: Web application
time_zone: Europe/Berlin
trackers:
  jira: {plugin: jira, url: "https://example.atlassian.net"}
  github: {plugin: github}
queues:
  desk: {tracker: jira, project: HELP}
  webapp: {tracker: github, repository: example/webapp}
people:
  anna-berg: {jira: "5b10", github: anna, mail: anna@example.org}
  ben-holm: {jira: "5b11", github: ben}
roles:
  help-desk: {jira: {group: help-desk}}
  support: {jira: {project_role: Support}, people: [anna-berg]}
  developers: {github: {team: example/developers}}
facets:
  priority: {values: [urgent, high, low], jira: {field: priority}}
servers:
  eu-1: {time_zone: Europe/Berlin}
entry_points:
  shop: {key_users: [carla-diaz]}
instances:
  berlin-01: {server: eu-1, entry_point: shop}
tiers:
  - {name: key-users, role: {by: instance}}
  - {name: help-desk, role: help-desk}
  - {name: support, role: support, lead: anna-berg}
  - {name: development, role: developers}
handovers:
  - {from: key-users, to: help-desk, needs: [environment]}
  - {from: help-desk, to: support}
  - {from: support, to: development, needs: [finding]}
rules:
  TR01:
  TR07: {border: 2d}
"""

FILES = {
    "letter.txt": "Dear all,\nwe are closed.\n",
    "days.ics": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261123\nEND:VEVENT\nEND:VCALENDAR\n",
}
"""What stands beside the policies of these tests."""


class JiraOptions(BaseModel):
    """Options of a tracker that is not there."""

    model_config = ConfigDict(extra="forbid")
    url: str = Field(description="Where it is.")
    page_size: int = Field(default=100, ge=1, description="How many at once.")

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        if url == "https://explode.example.org":
            raise RuntimeError("the plugin fell over")
        if not url.startswith("https://"):
            raise ValueError("expected an address that begins with https://")
        return url


class GitHubOptions(BaseModel):
    """Options of another tracker that is not there."""

    model_config = ConfigDict(extra="forbid")
    url: str = "https://api.github.com"


class _Quiet(Rule):
    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        del case, desk
        yield from ()


class WayIn(_Quiet):
    """It came in past the key users."""

    code = "TR01"
    group = "tiers"
    guards = frozenset({"tier"})
    wants = frozenset({"tier", "owner"})


class StrangerHandsOn(_Quiet):
    """A stranger handed it on."""

    code = "TR02"
    group = "tiers"
    guards = frozenset({"tier"})


class SupportSizedWork(_Quiet):
    """Small work was handed to development.

    **Options.** `border`: the largest effort that stays.
    """

    code = "TR07"
    group = "tiers"
    guards = frozenset({"tier"})

    class Options(RuleOptions):
        """What stays."""

        border: Effort = Effort("1d")
        steps: tuple[Effort, ...] = ()
        rest: Duration = Duration("1h")
        round: Literal["up", "down"] = "up"
        most: int = Field(default=3, ge=1, le=9)


class NeedsGroup(_Quiet):
    """The group is missing."""

    code = "XX01"
    group = "own"
    wants = frozenset({"group"})


class _Plugin:
    @hookimpl
    def tierkeeper_rules(self) -> Iterable[type[Rule]]:
        return [WayIn, StrangerHandsOn, SupportSizedWork, NeedsGroup]

    @hookimpl
    def tierkeeper_trackers(self) -> Iterable[TrackerPlugin]:
        return [
            TrackerPlugin(
                name="github",
                options=GitHubOptions,
                make=_no_tracker,
                place="repository",
                role_kinds=("team",),
                map_kinds=("label", "assignee", "state"),
            ),
            TrackerPlugin(
                name="jira",
                options=JiraOptions,
                make=_no_tracker,
                place="project",
                label_spaces=False,
                role_kinds=("group", "project_role"),
                map_kinds=("label", "field", "status", "assignee", "state"),
            ),
        ]

    @hookimpl
    def tierkeeper_notifiers(self) -> Iterable[NotifierPlugin]:
        return [NotifierPlugin(name="pager", options=PagerOptions, make=_no_notifier)]


class PagerOptions(BaseModel):
    """Options of a notifier that is not there."""

    model_config = ConfigDict(extra="forbid")
    loud: bool = False


def _no_notifier(_name: str, _options: BaseModel, _secret: Callable[[str], str | None]) -> Notifier:
    raise NotImplementedError


def _no_tracker(_name: str, _options: BaseModel, _ports: Ports) -> Tracker:
    raise NotImplementedError


@pytest.fixture(scope="session")
def host() -> Host:
    made = Host()
    made.register(_Plugin(), "fakes")
    assert not made.failures
    return made


@pytest.fixture(scope="session")
def small() -> str:
    return SMALL


@pytest.fixture(scope="session")
def load(host: Host) -> Callable[[str], Policy]:
    return lambda text: load_policy(text, file="desk.yaml", host=host, beside=_beside)


def _beside(name: str) -> str:
    if name not in FILES:
        raise ValueError("there is no such file")
    return FILES[name]
