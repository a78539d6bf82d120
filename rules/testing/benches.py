"""The bench that a case is judged at: a desk by name, path or mapping, with one rule."""

import json
from collections.abc import Mapping
from copy import copy
from functools import cache
from pathlib import Path
from typing import NoReturn

import msgspec
from pydantic import BaseModel, ConfigDict

from tierkeeper.plugins.host import Host
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.tracker import Ports, Tracker, TrackerPlugin
from tierkeeper.rules.engine import Bench
from tierkeeper.rules.policy import load_policy
from tierkeeper.rules.policy.nodes import read_document

NAMED = Path(__file__).with_name("desks")
FIRST = "four-level"
"""The desk of a file that names none."""

Data = Mapping[str, object]


class DeskFault(Exception):
    """A desk that cannot be used. The message says why."""


class Setup(msgspec.Struct, frozen=True):
    """A bench, and the queue that the story plays in."""

    bench: Bench
    queue: Queue


class _NoOptions(BaseModel):
    """A story's tracker has no options."""

    model_config = ConfigDict(extra="forbid")


def _no_tracker(name: str, options: BaseModel, ports: Ports) -> Tracker:
    raise NotImplementedError(f"a story is played without a tracker: {name}, {options}, {ports}")


STORY = TrackerPlugin(
    name="story",
    options=_NoOptions,
    make=_no_tracker,
    place="place",
    role_kinds=("group", "project_role", "team", "component_lead"),
    map_kinds=("label", "field", "status", "assignee", "state"),
)
"""What the desks of the harness name as their tracker; only policies see it."""


def read_desk(said: object, *, like: Data | None, folder: Path) -> Data:
    """The text of a desk as data: a name, a path from `folder`, or a mapping laid over a desk (default: `like`)."""
    if said is None:
        return like if like is not None else _named(FIRST)
    if isinstance(said, str):
        return _file(folder / said) if said.endswith((".yaml", ".yml")) else _named(said)
    if not isinstance(said, Mapping):
        raise DeskFault("expected the name of a desk, the path of a desk.yaml, or a mapping")
    under = read_desk(said.get("like"), like=like, folder=folder)
    return _laid_over(under, {key: value for key, value in said.items() if key != "like"})


def _named(name: str) -> Data:
    path = NAMED / f"{name}.yaml"
    if "/" in name or not path.is_file():
        known = ", ".join(sorted(file.stem for file in NAMED.glob("*.yaml")))
        raise DeskFault(f'there is no desk "{name}"; the desks are {known}; a path ends in .yaml')
    return _file(path)


@cache
def _file(path: Path) -> Data:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DeskFault(f"{path} cannot be read: {error.strerror}") from None
    document, problems = read_document(text, str(path))
    if problems:
        raise DeskFault("\n".join(str(problem) for problem in problems))
    return document.data


def _laid_over(under: Data, over: Data) -> Data:
    """Sections are joined by name; a name given replaces the old one, and one without a value goes."""
    found: dict[str, object] = dict(under)
    for key, value in over.items():
        old = found.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            joined = {**old, **value}
            found[key] = {name: inner for name, inner in joined.items() if value.get(name, inner) is not None}
        elif value is None:
            found.pop(key, None)
        else:
            found[key] = value
    return found


def set_up(desk: Data, rule: str, how: Data, host: Host) -> Setup:
    """The bench with that rule alone. `how` are its mode and options. Raises PolicyError, DeskFault."""
    text = json.dumps({**desk, "rules": {rule: how}}, indent=1)
    return _set_up(text, rule, host)


@cache
def _set_up(text: str, rule: str, host: Host) -> Setup:
    widened = copy(host)
    widened.trackers = {STORY.name: STORY, **host.trackers}
    policy = load_policy(text, file=f"the desk of {rule}", host=widened)
    if not policy.queues:
        _refuse("the desk has no queue, so there is no place for a story")
    queue = next(iter(policy.queues.values()))
    bench = Bench(rules=policy.rules, desk=policy.desk, commands=policy.commands, wait=policy.wait)
    return Setup(bench, queue)


def _refuse(message: str) -> NoReturn:
    raise DeskFault(message)
