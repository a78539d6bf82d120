"""A sandbox as the command line handles it: made for a platform, filled like a desk, and what points a desk at it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.model.desk import Queue, RoleSource
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.cli.answers import SandboxUser
from tierkeeper.sync.eventlog.logmap import LogMap
from tierkeeper.sync.eventlog.platforms import PLATFORMS, Platform
from tierkeeper.sync.eventlog.targets import Target

if TYPE_CHECKING:
    from tierkeeper.plugins.sandbox.server import Sandbox  # it needs the extra

OWN = "tierkeeper"
"""The account that Tierkeeper acts with, where a sandbox is filled like a desk."""


class Site(Protocol):
    """One platform's sandbox, not yet started."""

    @property
    def box(self) -> "Sandbox":
        """The server."""
        ...

    @property
    def places(self) -> list[str]:
        """Where issues live."""
        ...

    @property
    def users(self) -> list[SandboxUser]:
        """Those who have a token."""
        ...

    def target(self, logmap: LogMap) -> Target:
        """The place that a log is done again in; made."""
        ...

    def populate(self, policy: Policy) -> None:
        """Put a desk's people, teams and places into it. What is there already stays."""
        ...

    def environment(self, user: SandboxUser | None) -> str:
        """What a desk's environment needs, as a shell takes it."""
        ...

    def save(self, path: Path) -> None:
        """Write all of it to a state file."""
        ...


class _Mark(msgspec.Struct):
    """What tells the state of one platform's sandbox from another's."""

    cloud_id: str = ""
    names: dict[str, int] | None = None


def platform_named(name: str) -> Platform:
    """The platform of that name. Raises UsageError."""
    found = next((platform for platform in PLATFORMS if platform.name == name), None)
    if found is None:
        raise UsageError(f"there is no sandbox of {name!r}; there are {' and '.join(one.name for one in PLATFORMS)}")
    return found


def platform_in(state: Path) -> Platform:
    """Whose sandbox a state file is of. Raises UsageError where it is none."""
    try:
        mark = msgspec.json.decode(state.read_bytes(), type=_Mark)
    except (msgspec.MsgspecError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{state} is no state of a sandbox: {error}") from error
    if not mark.cloud_id and mark.names is None:
        raise UsageError(f"{state} is no state of a sandbox: it has neither a cloud nor repositories")
    return platform_named("jira" if mark.cloud_id else "github")


def open_site(platform: Platform, *, port: int = 0, state: Path | None = None, now: datetime | None = None) -> Site:
    """Make a platform's sandbox. Raises UsageError where the extra is missing, or the state is none of its."""
    try:
        make = _maker(platform)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the sandbox needs the extra `sandbox` ({error.name} is missing): pip install 'tierkeeper[sandbox]'"
        ) from error
    try:
        return make(port, state, now)
    except (msgspec.MsgspecError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{state} is no state of a sandbox: {error}") from error


def _maker(platform: Platform) -> Callable[[int, Path | None, datetime | None], Site]:
    if platform.name == "jira":
        from tierkeeper.sync.cli.jira_site import JiraSite  # noqa: PLC0415  # an extra may be missing

        return JiraSite
    from tierkeeper.sync.cli.github_site import GitHubSite  # noqa: PLC0415  # an extra may be missing

    return GitHubSite


def values_in(policy: Policy, queue: Queue, facet: str) -> list[str]:
    """What a queue calls the values of a facet: where twins are made, as their mirrors say."""
    known = policy.desk.facets[facet].values
    names = [one.values.get(facet, {}) for one in policy.mirrors if queue.name in one.targets()]
    return list(dict.fromkeys(table.get(value, value) for table in names or [{}] for value in known))


def logins(policy: Policy, platform: str) -> list[str]:
    """The accounts on a platform of everybody whom the policy names, each once."""
    desk = policy.desk
    named = [person for role in desk.roles.values() for person in role.people]
    named += [*desk.people, *desk.all_key_users, *(tier.lead for tier in desk.tiers), desk.leader, *sorted(desk.bots)]
    named += [person for component in desk.components.values() for person in component.people]
    return _accounts(policy, platform, named)


def members(policy: Policy, platform: str, source: RoleSource) -> list[str]:
    """Whom a team or group holds at least: who leads a tier it acts for, and who built what the highest one gets."""
    desk = policy.desk
    tiers = [tier for tier in desk.tiers if tier.role in desk.roles and source in desk.roles[tier.role].sources]
    named = [tier.lead for tier in tiers]
    if any(tier.name == desk.top_tier for tier in tiers):
        named += [person for component in desk.components.values() for person in component.people]
    return _accounts(policy, platform, named)


def _accounts(policy: Policy, platform: str, people: Sequence[str]) -> list[str]:
    trackers = trackers_of(policy, platform)
    found = [policy.desk.account_of(person, tracker) for person in people for tracker in trackers if person]
    return list(dict.fromkeys(login for login in found if login))


def trackers_of(policy: Policy, platform: str) -> list[str]:
    """The names that the policy gives to trackers on a platform."""
    return sorted(name for name, entry in policy.trackers.items() if entry.plugin.name == platform)
