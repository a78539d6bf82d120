"""Finds the way from a status to another one. Pure search and reading; `writes` goes it.

A status changes through transitions only, whose ids and names are the workflow's own: ways are found by the status that
they lead to. From where an issue stands Jira shows the ways out; for other statuses an issue of the same type that
stands there is looked at, so that the issue is not moved before a whole way is known. Only where there is no such
issue, a step into the unknown is taken.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from tierkeeper.plugins.errors import WriteRefused
from tierkeeper.plugins.jira.access import Access, Project, issue_path, project_path
from tierkeeper.plugins.jira.convert import RawPage, RawStatus
from tierkeeper.plugins.model.change import SetState

MOST_HOPS = 8


class RawScreenField(msgspec.Struct, rename="camel"):
    """A field on a transition's screen."""

    name: str = ""
    required: bool = False
    has_default_value: bool = False
    allowed_values: list[dict[str, Any]] | None = None


class Way(msgspec.Struct, frozen=True, rename="camel"):
    """A transition: where it leads, and what its screen wants filled."""

    id: str
    name: str
    to: RawStatus
    fields: Mapping[str, RawScreenField] = {}
    is_available: bool = True

    @property
    def wanted(self) -> Mapping[str, RawScreenField]:
        """The fields that must be filled."""
        return {name: one for name, one in self.fields.items() if one.required and not one.has_default_value}


class _RawWays(msgspec.Struct):
    transitions: list[Way] = []


class _RawType(msgspec.Struct):
    id: str
    statuses: list[RawStatus] = []


def ways_out(access: Access, issue: str) -> list[Way]:
    """The transitions that are open to us on this issue now."""
    path = f"{issue_path(issue)}/transitions?expand=transitions.fields"
    return [way for way in access.transport.get(path).decode(_RawWays).transitions if way.is_available]


class Target(msgspec.Struct, frozen=True):
    """Where an issue should stand: a status by name, else any that is open or closed, best one named like `reason`."""

    open: bool
    status: str = ""
    reason: str = ""

    def is_met(self, status: RawStatus) -> bool:
        """Whether an issue with this status stands where it should."""
        if self.status:
            return status.name.casefold() == self.status.casefold()
        return status.done is not self.open

    def __str__(self) -> str:
        return repr(self.status) if self.status else "an open status" if self.open else "a closed status"


def target_of(change: SetState) -> Target:
    """Where a change wants the issue."""
    return Target(change.open, change.status, change.reason.replace("_", " "))


class Atlas:
    """What is known of a workflow: the ways out of each status, by its id; None where nobody stands to tell."""

    def __init__(self, access: Access, project: Project, issue_type: str) -> None:
        self._access = access
        self._project = project
        self._type = issue_type
        self._known: dict[str, list[Way] | None] = {}

    def learn(self, status: RawStatus, ways: list[Way]) -> None:
        """Keep what an issue's own look showed."""
        self._known[status.id] = ways

    def out_of(self, status: RawStatus) -> list[Way] | None:
        """The ways out of a status; None where they are not known."""
        if status.id not in self._known:
            self._known[status.id] = self._look(status)
        return self._known[status.id]

    def has(self, target: Target) -> bool:
        """Whether any status of this type's workflow is what is wanted."""
        path = f"{project_path(self._project.key)}/statuses"
        types = self._access.transport.get(path).decode(list[_RawType])
        return any(target.is_met(status) for one in types if one.id == self._type for status in one.statuses)

    def _look(self, status: RawStatus) -> list[Way] | None:
        body = {
            "jql": f'project = "{self._project.key}" AND issuetype = {self._type} AND status = {status.id}',
            "maxResults": 1,
            "fields": ["id"],
        }
        found = self._access.transport.ask("/search/jql", body).decode(RawPage).issues
        return ways_out(self._access, found[0].id) if found else None


def find_way(here: RawStatus, target: Target, atlas: Atlas) -> list[Way]:
    """The shortest way; else that to the nearest status whose ways out nobody knows. Raises WriteRefused."""
    found, unknown = _search(here, target, atlas.out_of)
    if found:
        return found
    if unknown and atlas.has(target):
        return unknown
    shown = ", ".join(f"{way.name} → {way.to.name}" for way in atlas.out_of(here) or [])
    raise WriteRefused(
        f"the workflow has no way from {here.name!r} to {target}; ways out: {shown or 'none that our account may go'}: "
        "add a transition, or map the facet to another status"
    )


def _search(
    here: RawStatus, target: Target, out_of: Callable[[RawStatus], list[Way] | None]
) -> tuple[list[Way], list[Way]]:
    """By breadth: the shortest way to the target, and the one to the nearest open status whose ways out are unknown."""
    queue: deque[tuple[RawStatus, list[Way]]] = deque([(here, [])])
    seen = {here.id}
    unknown: list[Way] = []
    while queue:
        status, path = queue.popleft()
        ways = out_of(status)
        if ways is None:
            unknown = unknown or ([] if status.done else path)
            continue
        arriving = [way for way in ways if target.is_met(way.to)]
        if arriving:
            return [*path, best(arriving, target)], []
        for way in _one_each(ways):
            # a closed status on the way to another would tell everybody that the issue is done
            if way.to.id not in seen and len(path) < MOST_HOPS and (target.status or not way.to.done):
                seen.add(way.to.id)
                queue.append((way.to, [*path, way]))
    return [], unknown


def best(ways: Sequence[Way], target: Target) -> Way:
    """The one to go of several that arrive: named like the reason, and with nothing to fill. Raises WriteRefused."""
    named = [way for way in ways if target.reason and way.to.name.casefold() == target.reason.casefold()] or list(ways)
    closed = list(dict.fromkeys(way.to.name for way in named if way.to.done))
    if len(closed) > 1:
        raise WriteRefused(
            f"{len(closed)} closed statuses can be reached from here ({', '.join(closed)}), and nobody can tell which "
            "one is meant: name one, for twins under `states:` of their mirror"
        )
    goal = (next((way for way in named if not way.wanted), None) or named[0]).to.id
    there = [way for way in named if way.to.id == goal]
    free = [way for way in there if not way.wanted]
    if free:
        return next((way for way in free if not way.fields), free[0])
    if len(there) > 1:
        raise WriteRefused(
            f"{len(there)} transitions lead to {there[0].to.name!r}, each with fields that must be filled "
            f"({', '.join(way.name for way in there)}): nobody can tell which one is meant"
        )
    return there[0]


def _one_each(ways: Sequence[Way]) -> list[Way]:
    """One way to each status: the one with the least to fill."""
    chosen: dict[str, Way] = {}
    for way in ways:
        other = chosen.get(way.to.id)
        if other is None or len(way.wanted) < len(other.wanted):
            chosen[way.to.id] = way
    return list(chosen.values())


def fill(way: Way, filled: Callable[[Sequence[str]], frozenset[str]], reason: str) -> dict[str, Any]:
    """What to send for the fields that a transition wants. Raises WriteRefused for one that nobody fills.

    A resolution that the reason names is sent wherever the screen shows it. A field that the issue has a value for is
    left alone; else the only value that is allowed is taken.
    """
    wanted = way.wanted
    found = _resolved(way, reason)
    done = filled(list(wanted)) if wanted.keys() - found.keys() else frozenset()
    for name, field in wanted.items():
        if name in done or name in found:
            continue
        choice = field.allowed_values or []
        if len(choice) != 1 or "id" not in choice[0]:
            raise WriteRefused(
                f"transition {way.name!r} to {way.to.name!r} wants {field.name or name!r} filled, which nobody does: "
                "fill it in the issue, or take it off the transition's screen"
            )
        found[name] = {"id": choice[0]["id"]}
    return found


def _resolved(way: Way, reason: str) -> dict[str, Any]:
    """The resolution of that name, where the transition's screen offers it."""
    offered = way.fields["resolution"].allowed_values or [] if reason and "resolution" in way.fields else []
    named = [one for one in offered if str(one.get("name", "")).casefold() == reason.casefold() and "id" in one]
    return {"resolution": {"id": named[0]["id"]}} if named else {}
