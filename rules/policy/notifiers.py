"""Notifiers: which plugin, what for, and whom they reach."""

from collections.abc import Mapping
from typing import Any

from tierkeeper.plugins.model.desk import Desk
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.policy import NotifierEntry
from tierkeeper.rules.policy.problems import did_you_mean, looks_secret
from tierkeeper.rules.policy.raw_notifiers import RawNotifier
from tierkeeper.rules.policy.trackers import failed_plugins, read_options
from tierkeeper.rules.policy.yaml_text import Path

_ADDRESSES = frozenset({"url", "urls", "address", "webhook"})
"""What people may take for the place of an address; with it comes a secret."""


def read_notifiers(page: Page, desk: Desk) -> tuple[NotifierEntry, ...]:
    """The notifiers whose plugin is installed and takes their options, in the order of the policy."""
    found: list[NotifierEntry] = []
    for name, raw in page.raw.notifiers.items():
        path: Path = ("notifiers", name)
        data: Mapping[str, Any] = raw.__pydantic_extra__ or {}
        plugin = page.host.notifiers.get(raw.plugin)
        known = plugin.options.model_fields if plugin is not None else {}
        secrets = {key for key in data if (looks_secret(key) or key in _ADDRESSES) and key not in known}
        for key in secrets:
            page.findings.hide((*path, key))
        _check_names(page, path, raw, desk)
        if plugin is None:
            hint = did_you_mean(raw.plugin, "plugins", page.host.notifiers) + failed_plugins(page)
            page.findings.add((*path, "plugin"), f'unknown plugin "{raw.plugin}"', hint)
            continue
        options = read_options(page, path, plugin.options, {key: data[key] for key in data if key not in secrets})
        if options is not None:
            people = frozenset(person.casefold() for person in raw.people)
            found.append(NotifierEntry(name, plugin, options, frozenset(raw.rules), people))
    return tuple(found)


def _check_names(page: Page, path: Path, raw: RawNotifier, desk: Desk) -> None:
    rules = sorted({*page.host.rules, *(f"/{command}" for command in page.host.commands)})
    for position, word in enumerate(raw.rules):
        if word not in rules:
            hint = did_you_mean(word, "rules", rules)
            page.findings.add((*path, "rules", position), f'unknown rule or command "{word}"', hint)
    people = {*desk.people, *(person for role in desk.roles.values() for person in role.people)}
    for position, word in enumerate(raw.people):
        if word.casefold() not in {person.casefold() for person in people}:
            hint = did_you_mean(word, "people", sorted(people))
            page.findings.add((*path, "people", position), f'nobody is called "{word}"', hint)
