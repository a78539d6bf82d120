"""A GitHub of one's own for the command line."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from tierkeeper.plugins.github.fields import CHOICE, DATE, NATIVE, TEXT
from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.promise import DUE
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.cli.answers import SandboxUser
from tierkeeper.sync.cli.sites import OWN, logins, members, trackers_of, values_in
from tierkeeper.sync.eventlog.github_target import GitHubTarget
from tierkeeper.sync.eventlog.logmap import LogMap

PLATFORM = "github"


class GitHubSite:
    """The GitHub sandbox."""

    def __init__(self, port: int = 0, state: Path | None = None, now: datetime | None = None) -> None:
        self.box = GitHubSandbox(port, state, now)

    @property
    def places(self) -> list[str]:
        """The repositories."""
        return sorted(repository.full_name for repository in self.box.store.data.repositories.values())

    @property
    def users(self) -> list[SandboxUser]:
        """Those who have a token."""
        return [SandboxUser(login=token.login, token=text) for text, token in self.box.store.data.tokens.items()]

    def target(self, logmap: LogMap) -> GitHubTarget:
        """The map's repository."""
        return GitHubTarget(self.box.store, logmap)

    def populate(self, policy: Policy) -> None:
        """Put a desk's people, teams and repositories into it. What is there already stays."""
        desk, store = policy.desk, self.box.store
        people, trackers = logins(policy, PLATFORM), trackers_of(policy, PLATFORM)
        for login in (OWN, *people):
            if login.casefold() not in store.data.people:
                store.add_user(login, token=f"{login}-token")
        for queue in policy.queues.values():
            if queue.tracker not in trackers or queue.place.casefold() in store.data.names:
                continue
            owner = queue.place.partition("/")[0]
            site = store.add_organization(owner, members=[OWN, *people])
            there = {field.name.casefold() for field in site.fields.values()}
            for name, (kind, values) in _fields(policy, queue).items():
                if name.casefold() not in {*there, *NATIVE}:
                    store.add_issue_field(owner, name, kind, values)
            everybody = {OWN: "admin", **dict.fromkeys(people, "triage")}
            store.add_repository(queue.place, permissions=everybody, private=_private(policy, queue))
        for source in {source for role in desk.roles.values() for source in role.sources if source.kind == "team"}:
            organization, _, slug = source.name.partition("/")
            if source.name.casefold() not in store.data.teams:
                store.add_team(organization, slug, members=members(policy, PLATFORM, source))

    def environment(self, user: SandboxUser | None) -> str:
        """The token."""
        return f"GITHUB_TOKEN={user.token if user else '<a token of the account that Tierkeeper acts with>'}"

    def save(self, path: Path) -> None:
        """Write all of it to a state file."""
        self.box.store.save(path)


def _private(policy: Policy, queue: Queue) -> bool:
    """Whether a mirror takes it for private."""
    return any(queue.name in mirror.targets() and mirror.audience == "private" for mirror in policy.mirrors)


def _fields(policy: Policy, queue: Queue) -> Mapping[str, tuple[str, Sequence[str]]]:
    """The issue fields that the desk's facets live in: their types, and what can be chosen."""
    maps = ((facet, facet.maps.get(queue.tracker)) for facet in policy.desk.facets.values())
    return {
        kept.name: (
            DATE if facet.name == DUE else CHOICE if facet.values else TEXT,
            values_in(policy, queue, facet.name),
        )
        for facet, kept in maps
        if kept is not None and kept.kind == "field"
    }
