"""Trackers and queues: which plugin, which place, and no place twice."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.tracker import TrackerPlugin
from tierkeeper.rules.policy.page import Page
from tierkeeper.rules.policy.policy import TrackerEntry
from tierkeeper.rules.policy.problems import did_you_mean, looks_secret
from tierkeeper.rules.policy.raw import RawQueue
from tierkeeper.rules.policy.wording import report
from tierkeeper.rules.policy.yaml_text import Path

_TAKEN = ("mail", "people", "values")


def read_trackers(page: Page) -> dict[str, TrackerEntry]:
    """The trackers whose plugin is installed and takes their options."""
    found: dict[str, TrackerEntry] = {}
    for name, raw in page.raw.trackers.items():
        path: Path = ("trackers", name)
        data: Mapping[str, Any] = raw.__pydantic_extra__ or {}
        if name in _TAKEN:
            page.findings.add(path, f'a tracker cannot be called "{name}"; the word has a meaning', on_key=True)
        plugin = page.host.trackers.get(raw.plugin)
        secrets = {key for key in data if looks_secret(key) and not (plugin and key in plugin.options.model_fields)}
        for key in secrets:
            page.findings.hide((*path, key))
        if plugin is None:
            hint = did_you_mean(raw.plugin, "plugins", page.host.trackers) + failed_plugins(page)
            page.findings.add((*path, "plugin"), f'unknown plugin "{raw.plugin}"', hint)
            continue
        options = read_options(page, path, plugin.options, {key: data[key] for key in data if key not in secrets})
        if options is not None:
            found[name] = TrackerEntry(name, plugin, options)
    return found


def failed_plugins(page: Page) -> str:
    """The plugins that did not load, for a hint: what is missing may be theirs."""
    names = ", ".join(dict.fromkeys(failure.plugin for failure in page.host.failures))
    return f"; failed to load: {names}" if names else ""


def read_options(page: Page, path: Path, model: type[BaseModel], data: Mapping[str, Any]) -> BaseModel | None:
    """A plugin's options; None after reporting what is wrong with them."""
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        report(page.findings, path, error, model)
    except Exception as failure:  # noqa: BLE001 - isolation: a plugin's validator may raise anything
        page.findings.add(path, f"its plugin failed on these options: {type(failure).__name__}: {failure}")
    return None


def read_queues(page: Page, trackers: Mapping[str, TrackerEntry]) -> dict[str, Queue]:
    """The queues, each in a place of its own."""
    found: dict[str, Queue] = {}
    places: dict[tuple[str, str, frozenset[str]], str] = {}
    for name, raw in page.raw.queues.items():
        path: Path = ("queues", name)
        known = page.refers((*path, "tracker"), raw.tracker, ("tracker", "trackers"))
        if not known or raw.tracker not in trackers:
            continue
        plugin = trackers[raw.tracker].plugin
        place = _place(page, path, raw, plugin)
        if not place:
            continue
        labels = raw.filter.labels
        key = (raw.tracker, place.casefold(), frozenset(label.casefold() for label in labels))
        first = places.setdefault(key, name)
        if first != name:
            message = f'the queue "{first}" has the same {plugin.place} and the same filter'
            page.findings.add((*path, plugin.place), message, "leave one out, or give each a filter of its own")
        found[name] = Queue(name, raw.tracker, place, tuple(labels), raw.history_since)
    if not page.document.names("queues"):
        page.findings.warn(("queues",), "no queue: there is nothing to look at", "name a place under queues:")
    return found


def _place(page: Page, path: Path, raw: RawQueue, plugin: TrackerPlugin) -> str:
    """The repository or project; empty after reporting that there is none."""
    extra: Mapping[str, str] = raw.__pydantic_extra__ or {}
    for key in extra:
        if key != plugin.place:
            hint = did_you_mean(key, "keys", (plugin.place, *RawQueue.model_fields))
            page.findings.add((*path, key), f'unknown key "{key}" for a queue of {raw.tracker}', hint, on_key=True)
    if plugin.place not in extra:
        where = (*path, plugin.place)
        page.findings.add(where, "this key is needed, and is not there", f"expected: where {raw.tracker} keeps issues")
    return extra.get(plugin.place, "")
