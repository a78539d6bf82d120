"""Finds plugins, loads them one by one, and names the one that fails."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple, TypeVar

import pluggy

from tierkeeper.plugins import hookspecs
from tierkeeper.plugins.command import DeskCommand
from tierkeeper.plugins.errors import PluginError
from tierkeeper.plugins.notifier import NotifierPlugin
from tierkeeper.plugins.rule import Rule
from tierkeeper.plugins.tracker import TrackerPlugin

T = TypeVar("T")

_COMMAND_NAME = re.compile(r"[a-z][a-z-]*")


class Heard(NamedTuple):
    """One implementation's answer to a hook, or why there is none."""

    plugin: str
    answer: Any = None
    error: PluginError | None = None


class Host:
    """The plugins of this installation.

    `rules` by code, `trackers`, `notifiers` and `commands` by name, `failures` by plugin that failed.
    `origins` tells which plugin brought a rule (by code) or a command (``/name``); `overlaps` which others bring a
    command of the same name.
    """

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self.rules: dict[str, type[Rule]] = {}
        self.trackers: dict[str, TrackerPlugin] = {}
        self.notifiers: dict[str, NotifierPlugin] = {}
        self.commands: dict[str, DeskCommand] = {}
        self.failures: list[PluginError] = []
        self.origins: dict[str, str] = {}
        self.overlaps: dict[str, list[str]] = {}

    def register(self, plugin: object, name: str) -> None:
        """Take in one plugin. What it may not do ends up in `failures`, under its name."""
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
        except Exception as failure:  # noqa: BLE001 - isolation: one plugin's failure is its own
            self._manager.unregister(plugin) if self._manager.is_registered(plugin) else None
            self._fail(name, "could not be registered", failure)
            return
        for rule in self._ask(plugin, name, "tierkeeper_rules", type):
            self._add_rule(rule, name)
        for command in self._ask(plugin, name, "tierkeeper_commands", type):
            self._add_command(command, name)
        for tracker in self._ask(plugin, name, "tierkeeper_trackers", TrackerPlugin):
            if tracker.name in self.trackers:
                self._fail(name, f"brings a second tracker called {tracker.name!r}; the first one is kept", None)
            else:
                self.trackers[tracker.name] = tracker
        for notifier in self._ask(plugin, name, "tierkeeper_notifiers", NotifierPlugin):
            if notifier.name in self.notifiers:
                self._fail(name, f"brings a second notifier called {notifier.name!r}; the first one is kept", None)
            else:
                self.notifiers[notifier.name] = notifier

    def _ask(self, plugin: object, name: str, hook: str, kind: type[T]) -> Sequence[T]:
        """One implementation's answer; pluggy itself would lose every answer when one raises."""
        caller = getattr(self._manager.hook, hook)
        found: list[T] = []
        for implementation in caller.get_hookimpls():
            if implementation.plugin is not plugin:
                continue
            try:
                found.extend(self._checked(implementation.function(), kind))
            except Exception as failure:  # noqa: BLE001 - isolation: one plugin's failure is its own
                self._fail(name, f"failed in {hook}", failure)
        return found

    def hear(self, hook: str, kind: type, given: Mapping[str, Any]) -> Iterator[Heard]:
        """Ask each implementation of a hook in turn, in the order of the plugins; None is no answer.

        Each is given what `given` holds as its turn comes. One that raises, or answers with something else than a
        `kind`, is named, and the others are asked all the same.
        """
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            name = implementation.plugin_name
            try:
                answer = implementation.function(*(given[one] for one in implementation.argnames))
            except Exception as failure:  # noqa: BLE001 - isolation: one plugin's failure is its own
                yield Heard(name, error=_failure(name, f"failed in {hook}", failure))
                continue
            if answer is not None and not isinstance(answer, kind):
                wrong = f"answered {hook} with {answer!r}; expected {kind.__name__} or None"
                yield Heard(name, error=_failure(name, wrong, None))
            elif answer is not None:
                yield Heard(name, answer)

    @staticmethod
    def _checked(answers: Iterable[Any], kind: type[T]) -> Iterator[T]:
        for answer in answers:
            if not isinstance(answer, kind):
                raise TypeError(f"expected {kind.__name__}, got {answer!r}")
            yield answer

    def _add_rule(self, rule: type[Rule], name: str) -> None:
        wrong = rule_faults(rule)
        if wrong:
            self._fail(name, f"brings a rule that cannot be used: {rule.__name__}: {wrong}", None)
        elif rule.code in self.rules:
            first = self.origins[rule.code]
            self._fail(name, f"brings a second rule {rule.code}; the one of {first} is kept", None)
        else:
            self.rules[rule.code] = rule
            self.origins[rule.code] = name

    def _add_command(self, command: type[DeskCommand], name: str) -> None:
        wrong = command_faults(command)
        if wrong:
            self._fail(name, f"brings a command that cannot be used: {command.__name__}: {wrong}", None)
        elif command.name in self.commands:
            first = self.origins[f"/{command.name}"]
            self.overlaps.setdefault(command.name, []).append(name)
            self._fail(name, f"brings a second command /{command.name}; the one of {first} is kept", None)
        else:
            self.commands[command.name] = command()
            self.origins[f"/{command.name}"] = name

    def _fail(self, name: str, what: str, cause: Exception | None) -> None:
        self.failures.append(_failure(name, what, cause))


def _failure(name: str, what: str, cause: Exception | None) -> PluginError:
    detail = f": {type(cause).__name__}: {cause}" if cause is not None else ""
    error = PluginError(f"plugin {name!r} {what}{detail}", plugin=name)
    error.__cause__ = cause
    return error


def rule_faults(rule: type) -> str:
    """Why a class cannot be a rule; empty if it can."""
    if not issubclass(rule, Rule):
        return "it is no subclass of tierkeeper.plugins.Rule"
    for name in ("code", "group"):
        if not isinstance(getattr(rule, name, None), str) or not getattr(rule, name):
            return f"it has no {name!r}"
    if not rule.message():
        return "it has no docstring; its first line is what people are told"
    return ""


def command_faults(command: type) -> str:
    """Why a class cannot be a command; empty if it can."""
    if not issubclass(command, DeskCommand):
        return "it is no subclass of tierkeeper.plugins.DeskCommand"
    if not _COMMAND_NAME.fullmatch(getattr(command, "name", "")):
        return "its 'name' is not in small letters, such as estimate"
    if not getattr(command, "usage", "").startswith(f"/{command.name}"):
        return f"its 'usage' does not begin with /{command.name}"
    return "" if command.manual() else "it has no docstring; its first line says what it does"


def load_plugins(points: Iterable[EntryPoint] | None = None) -> Host:
    """Load every plugin that is installed (or those of `points`), our own first, then by name."""
    host = Host()
    found = entry_points(group=hookspecs.PROJECT) if points is None else points
    for point in sorted(found, key=lambda point: (not point.value.startswith("tierkeeper."), point.name)):
        name = f"{point.dist.name}: {point.name}" if point.dist else point.name
        try:
            plugin = point.load()
        except Exception as failure:  # noqa: BLE001 - isolation: one plugin's failure is its own
            host._fail(name, f"could not be imported ({point.value})", failure)  # noqa: SLF001 - same module
            continue
        host.register(plugin, name)
    return host
