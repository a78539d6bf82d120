"""Issues and their history: every change names its actor and leaves the event that GitHub would leave."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict, Unpack

from tierkeeper.plugins.github.sandbox.records import Event, Issue, Repository
from tierkeeper.plugins.github.sandbox.repositories import Repositories
from tierkeeper.plugins.github.sandbox.state import When
from tierkeeper.plugins.sandbox.index import locked


class NewIssue(TypedDict, total=False):
    """What an issue may be created with."""

    labels: Iterable[str]
    assignees: Iterable[str]
    at: datetime | None
    performed_via_app: str | None


class AssignOptions(When, total=False):
    """How an assignment is recorded: with `actor_is_assignee` the event's actor is the assignee."""

    actor_is_assignee: bool | None


class Issues(Repositories):
    """What people ask for, and what became of it."""

    @locked
    def create_issue(
        self, repo: str | int, actor: str, title: str, body: str | None = "", **options: Unpack[NewIssue]
    ) -> int:
        """Create an issue and return its number; labels that are not there are made."""
        return self._create(self.repository(repo), actor, (title, body), options).number

    @locked
    def add_pull_request(
        self, repo: str | int, actor: str, title: str, body: str | None = "", **options: Unpack[NewIssue]
    ) -> int:
        """Create a pull request and return its number: GitHub lists it among the issues."""
        issue = self._create(self.repository(repo), actor, (title, body), options)
        issue.pull_request = True
        return issue.number

    def _create(self, repository: Repository, actor: str, text: tuple[str, str | None], options: NewIssue) -> Issue:
        title, body = text
        at = self.moment(options.get("at"))
        repository.last_number += 1
        issue = Issue(
            id=self.next_id(),
            repository=repository.id,
            number=repository.last_number,
            title=title,
            body=body or None,
            author=self.person(actor).login,
            created=at,
            updated=at,
            app=self.app_slug(options.get("performed_via_app")),
        )
        self.data.issues[issue.id] = issue
        self.index_issue(issue)
        how: When = {"at": options.get("at"), "performed_via_app": options.get("performed_via_app")}
        self.add_labels(repository.id, issue.number, options.get("labels", ()), actor, **how)
        self.add_assignees(repository.id, issue.number, options.get("assignees", ()), actor, **how)
        return issue

    def find_issue(self, repository: int, number: int) -> Issue | None:
        """The issue of that number, unless it was moved, deleted or never was."""
        key = self.shelf(repository).numbers.get(number)
        return None if key is None else self.data.issues[key]

    def issue(self, repo: str | int, number: int) -> Issue:
        """The issue of that number; LookupError if there is none."""
        issue = self.find_issue(self.repository(repo).id, number)
        if issue is None:
            raise LookupError(f"no issue {repo}#{number}")
        return issue

    def app_slug(self, slug: str | None) -> str | None:
        """The slug of an app that is known from now on."""
        if slug is not None and slug not in self.data.apps:
            self.add_app(slug)
        return slug

    def touch(self, issue: Issue, at: int) -> None:
        """Note that an issue changed; its `updated_at` never goes back."""
        if at > issue.updated:
            self.shelf(issue.repository).updated.move(issue.updated, at, issue.id)
            issue.updated = at

    def record(self, issue: Issue, kind: str, actor: str, how: When, **detail: Any) -> Event:
        """Leave an event in an issue's history."""
        event = Event(
            id=self.next_id(),
            at=self.moment(how.get("at")),
            kind=kind,
            actor=self.person(actor).login,
            repository=issue.repository,
            issue=issue.id,
            app=self.app_slug(how.get("performed_via_app")),
            **detail,
        )
        self.data.events[event.id] = event
        issue.events.append(event.id)
        self.index_event(event)
        self.touch(issue, event.at)
        return event

    @locked
    def add_labels(
        self, repo: str | int, number: int, names: Iterable[str], actor: str, **how: Unpack[When]
    ) -> list[str]:
        """Put labels on an issue; returns those that it did not bear before."""
        repository, issue = self.repository(repo), self.issue(repo, number)
        added = []
        for name in names:
            label = self.label(repository, name) or self.add_label(repository.id, name)
            if label.id not in issue.labels:
                issue.labels.append(label.id)
                self.record(issue, "labeled", actor, how, label=label.name, color=label.color)
                added.append(label.name)
        return added

    @locked
    def remove_label(self, repo: str | int, number: int, name: str, actor: str, **how: Unpack[When]) -> bool:
        """Take a label off an issue; False if it does not bear it."""
        repository, issue = self.repository(repo), self.issue(repo, number)
        label = self.label(repository, name)
        if label is None or label.id not in issue.labels:
            return False
        issue.labels.remove(label.id)
        self.record(issue, "unlabeled", actor, how, label=label.name, color=label.color)
        return True

    @locked
    def set_labels(self, repo: str | int, number: int, names: Iterable[str], actor: str, **how: Unpack[When]) -> None:
        """Let an issue bear these labels and no others."""
        names = list(names)
        repository, issue = self.repository(repo), self.issue(repo, number)
        wanted = {name.lower() for name in names}
        for label in [repository.labels[key] for key in issue.labels]:
            if label.name.lower() not in wanted:
                self.remove_label(repo, number, label.name, actor, **how)
        self.add_labels(repo, number, names, actor, **how)

    @locked
    def add_assignees(
        self, repo: str | int, number: int, logins: Iterable[str], actor: str, **how: Unpack[AssignOptions]
    ) -> list[str]:
        """Give an issue to people; returns those who did not have it before."""
        return [login for login in logins if self._assign(self.issue(repo, number), login, actor, how)]

    @locked
    def remove_assignees(
        self, repo: str | int, number: int, logins: Iterable[str], actor: str, **how: Unpack[AssignOptions]
    ) -> list[str]:
        """Take an issue from people; returns those who had it."""
        return [login for login in logins if self._unassign(self.issue(repo, number), login, actor, how)]

    def _assign(self, issue: Issue, login: str, actor: str, how: AssignOptions) -> bool:
        person = self.person(login)
        if person.login in issue.assignees:
            return False
        issue.assignees.append(person.login)
        self._record_assignment(issue, "assigned", (person.login, actor), how)
        return True

    def _unassign(self, issue: Issue, login: str, actor: str, how: AssignOptions) -> bool:
        person = self.person(login)
        if person.login not in issue.assignees:
            return False
        issue.assignees.remove(person.login)
        self._record_assignment(issue, "unassigned", (person.login, actor), how)
        return True

    def _record_assignment(self, issue: Issue, kind: str, who: tuple[str, str], how: AssignOptions) -> None:
        assignee, assigner = who
        swapped = how.get("actor_is_assignee")
        if swapped is None:
            swapped = self.data.repositories[issue.repository].actor_is_assignee
        when: When = {"at": how.get("at"), "performed_via_app": how.get("performed_via_app")}
        actor = assignee if swapped else assigner
        self.record(issue, kind, actor, when, assignee=assignee, assigner=self.person(assigner).login)

    @locked
    def close(
        self, repo: str | int, number: int, actor: str, reason: str | None = "completed", **how: Unpack[When]
    ) -> bool:
        """Close an issue; closing a closed one changes at most its reason."""
        issue = self.issue(repo, number)
        if issue.state == "closed" and issue.state_reason == reason:
            return False
        was_open = issue.state == "open"
        issue.state, issue.state_reason = "closed", reason
        if was_open:
            event = self.record(issue, "closed", actor, how, reason=reason)
            issue.closed, issue.closed_by = event.at, event.actor
        else:
            self.touch(issue, self.moment(how.get("at")))
        return True

    @locked
    def reopen(self, repo: str | int, number: int, actor: str, **how: Unpack[When]) -> bool:
        """Open an issue again; False if it is open."""
        issue = self.issue(repo, number)
        if issue.state == "open":
            return False
        issue.state, issue.state_reason, issue.closed, issue.closed_by = "open", "reopened", None, None
        self.record(issue, "reopened", actor, how)
        return True

    @locked
    def edit_title(self, repo: str | int, number: int, title: str, actor: str, **how: Unpack[When]) -> bool:
        """Give an issue another title, which leaves a `renamed` event."""
        issue = self.issue(repo, number)
        if title == issue.title:
            return False
        self.record(issue, "renamed", actor, how, before=issue.title, after=title)
        issue.title = title
        return True

    @locked
    def edit_body(self, repo: str | int, number: int, body: str | None, actor: str, **how: Unpack[When]) -> bool:
        """Give an issue another body, which leaves no event."""
        issue = self.issue(repo, number)
        self.person(actor)
        if (body or None) == issue.body:
            return False
        issue.body = body or None
        self.touch(issue, self.moment(how.get("at")))
        return True

    @locked
    def set_milestone(
        self, repo: str | int, number: int, milestone: int | None, actor: str, **how: Unpack[When]
    ) -> bool:
        """Put an issue under a milestone, or under none."""
        issue, milestones = self.issue(repo, number), self.repository(repo).milestones
        if milestone == issue.milestone:
            return False
        if issue.milestone is not None:
            self.record(issue, "demilestoned", actor, how, after=milestones[issue.milestone].title)
        if milestone is not None:
            self.record(issue, "milestoned", actor, how, after=milestones[milestone].title)
        issue.milestone = milestone
        return True

    @locked
    def lock_issue(
        self, repo: str | int, number: int, actor: str, reason: str | None = None, **how: Unpack[When]
    ) -> None:
        """Let only people with write access comment."""
        issue = self.issue(repo, number)
        if not issue.locked:
            self.record(issue, "locked", actor, how, reason=reason)
        issue.locked, issue.lock_reason = True, reason

    @locked
    def unlock_issue(self, repo: str | int, number: int, actor: str, **how: Unpack[When]) -> None:
        """Let everybody comment again."""
        issue = self.issue(repo, number)
        if issue.locked:
            self.record(issue, "unlocked", actor, how)
        issue.locked, issue.lock_reason = False, None
