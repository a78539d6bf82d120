"""Repositories: permissions, labels, milestones, names that changed."""

import re
from collections.abc import Mapping

from tierkeeper.plugins.github.sandbox.people import People
from tierkeeper.plugins.github.sandbox.records import LEVELS, Issue, Label, Milestone, Repository
from tierkeeper.plugins.sandbox.index import locked


class Repositories(People):
    """Where issues live."""

    @locked
    def add_repository(
        self,
        full_name: str,
        *,
        permissions: Mapping[str, str] | None = None,
        private: bool = False,
        default_permission: str = "read",
        actor_is_assignee: bool = False,
    ) -> Repository:
        """Add a repository; `default_permission` is what members of its organization may do.

        With `actor_is_assignee`, `assigned` events name the assignee as actor, as GitHub sometimes does.
        """
        owner, name = full_name.split("/")
        if owner.lower() not in self.data.people:
            self.add_organization(owner)
        for level in [*(permissions or {}).values(), default_permission]:
            LEVELS.index(level)
        repository = Repository(
            id=self.next_id(),
            owner=owner,
            name=name,
            private=private,
            default_permission=default_permission,
            permissions={login.lower(): level for login, level in (permissions or {}).items()},
            actor_is_assignee=actor_is_assignee,
            created=self.clock.seconds,
            updated=self.clock.seconds,
        )
        self.data.repositories[repository.id] = repository
        self.data.names[full_name.lower()] = repository.id
        return repository

    @locked
    def set_permission(self, full_name: str, login: str, level: str) -> None:
        """Give an account a permission on a repository: one of LEVELS."""
        LEVELS.index(level)
        self.repository(full_name).permissions[login.lower()] = level

    @locked
    def set_team_permission(self, full_name: str, slug: str, level: str) -> None:
        """Give a team a permission on a repository of its organization."""
        LEVELS.index(level)
        self.repository(full_name).teams[slug.lower()] = level

    @locked
    def rename_repository(self, full_name: str, new_full_name: str) -> None:
        """Rename a repository: its old name redirects from now on."""
        repository = self.repository(full_name)
        repository.owner, repository.name = new_full_name.split("/")
        self.data.names[new_full_name.lower()] = repository.id

    @locked
    def set_private(self, full_name: str, *, private: bool) -> None:
        """Change who can see a repository."""
        self.repository(full_name).private = private

    @locked
    def set_has_issues(self, full_name: str, *, has_issues: bool) -> None:
        """Turn issues on or off: off, every issue is 410."""
        self.repository(full_name).has_issues = has_issues

    def repository(self, name: str | int) -> Repository:
        """The repository of a full name (an old one too) or id; LookupError if there is none."""
        key = name if isinstance(name, int) else self.data.names.get(name.lower(), 0)
        repository = self.data.repositories.get(key)
        if repository is None:
            raise LookupError(f"no repository {name!r}: add_repository first")
        return repository

    def level(self, repository: Repository, login: str | None) -> int:
        """What an account may do in a repository, as a place in LEVELS."""
        best = 0 if repository.private else LEVELS.index("read")
        if login is None:
            return best
        login = login.lower()
        granted = [repository.permissions.get(login, "none")]
        for slug, level in repository.teams.items():
            team = self.data.teams.get(f"{repository.owner}/{slug}".lower())
            if team is not None and login in self.team_roles(team):
                granted.append(level)
        organization = self.data.organizations.get(repository.owner.lower())
        role = organization.members.get(login) if organization else None
        if role is not None:
            granted.append("admin" if role == "admin" else repository.default_permission)
        if repository.owner.lower() == login:
            granted.append("admin")
        return max(best, *(LEVELS.index(level) for level in granted))

    def assignable(self, repository: Repository, login: str, issue: Issue | None = None) -> bool:
        """Whether an issue of the repository can be given to an account."""
        if login.lower() not in self.data.people:
            return False
        level = self.level(repository, login)
        if level >= LEVELS.index("triage"):
            return True
        organization = self.data.organizations.get(repository.owner.lower())
        if level and organization is not None and login.lower() in organization.members:
            return True
        if issue is None:
            return False
        writers = {self.data.comments[key].author.lower() for key in issue.comments}
        return login.lower() in writers | {issue.author.lower()}

    @locked
    def add_label(
        self, full_name: str | int, name: str, color: str = "ededed", description: str | None = None
    ) -> Label:
        """Add a label to a repository; one that is there gets the new colour and description."""
        repository = self.repository(full_name)
        label = self.label(repository, name)
        if label is None:
            label = Label(id=self.next_id(), name=name)
            repository.labels[label.id] = label
            repository.label_ids[name.lower()] = label.id
        label.color, label.description = color, description
        return label

    @locked
    def rename_label(self, full_name: str | int, name: str, new_name: str) -> Label:
        """Rename a label: issues that bear it are not touched, and no event is left, as on GitHub."""
        repository = self.repository(full_name)
        label = repository.labels[repository.label_ids.pop(name.lower())]
        label.name = new_name
        repository.label_ids[new_name.lower()] = label.id
        return label

    @locked
    def delete_label(self, full_name: str | int, name: str) -> None:
        """Delete a label: it leaves every issue, without an event and without touching one, as on GitHub."""
        repository = self.repository(full_name)
        gone = repository.label_ids.pop(name.lower())
        del repository.labels[gone]
        for key in self.shelf(repository.id).numbers.values():
            issue = self.data.issues[key]
            if gone in issue.labels:
                issue.labels.remove(gone)

    def label(self, repository: Repository, name: str) -> Label | None:
        """The label of that name, whatever its case."""
        key = repository.label_ids.get(name.lower())
        return None if key is None else repository.labels[key]

    @locked
    def add_milestone(self, full_name: str | int, title: str, creator: str) -> Milestone:
        """Add a milestone to a repository."""
        repository = self.repository(full_name)
        milestone = Milestone(
            id=self.next_id(),
            number=len(repository.milestones) + 1,
            title=title,
            creator=creator,
            created=self.clock.seconds,
            updated=self.clock.seconds,
        )
        repository.milestones[milestone.number] = milestone
        return milestone


def is_color(text: str) -> bool:
    """Whether GitHub takes this as a label's colour."""
    return re.fullmatch(r"[0-9a-fA-F]{6}", text) is not None
