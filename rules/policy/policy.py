"""The policy as the other parts see it: typed, resolved, frozen."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from pydantic import BaseModel

from tierkeeper.plugins.command import DeskCommand
from tierkeeper.plugins.model.desk import Desk, Mode, Queue
from tierkeeper.plugins.model.mirror import Mirror
from tierkeeper.plugins.model.problem import Problem
from tierkeeper.plugins.notifier import NotifierPlugin
from tierkeeper.plugins.rule import Rule
from tierkeeper.plugins.tracker import TrackerPlugin


class ActiveRule(msgspec.Struct, frozen=True):
    """A rule that is on: with its options, and the mode it is in."""

    rule: Rule
    mode: Mode

    @property
    def code(self) -> str:
        """The rule's code."""
        return self.rule.code


class TrackerEntry(msgspec.Struct, frozen=True):
    """A tracker that the policy names: the plugin behind it, and its options."""

    name: str
    plugin: TrackerPlugin
    options: BaseModel


class NotifierEntry(msgspec.Struct, frozen=True):
    """A notifier that the policy names. `rules` (codes, or commands with their slash) and `people` empty: all."""

    name: str
    plugin: NotifierPlugin
    options: BaseModel
    rules: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()

    def takes(self, rule: str, person: str) -> bool:
        """Whether what this rule or command tells this person goes through it."""
        return (not self.rules or rule in self.rules) and (not self.people or person.casefold() in self.people)


class Policy(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One desk's policy.

    `rules` are in order of precedence, without those that are off; so are `commands`, by name. `places` tells line and
    column of each key path that stands in the text. `fingerprint` changes when a judgement could; `warnings` are
    findings that stop nothing.
    """

    file: str
    desk: Desk
    mode: Mode = "flag"
    enforce_from: datetime | None = None
    max_changes: int = 50
    wait: timedelta = timedelta(seconds=60)
    trackers: Mapping[str, TrackerEntry] = {}
    queues: Mapping[str, Queue] = {}
    rules: tuple[ActiveRule, ...] = ()
    commands: Mapping[str, DeskCommand] = {}
    mirrors: tuple[Mirror, ...] = ()
    notifiers: tuple[NotifierEntry, ...] = ()
    flag_prefix: str = "flag:"
    places: Mapping[str, tuple[int, int]] = {}
    fingerprint: str = ""
    warnings: tuple[Problem, ...] = ()

    def line_of(self, key: str) -> str:
        """Where a key stands, for evidence: ``desk.yaml:88``; the file's name where the text does not have it."""
        place = self.places.get(key)
        return f"{self.file}:{place[0]}" if place else self.file
