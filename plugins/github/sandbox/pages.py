"""What people see of GitHub's sandbox: its issues, and their timelines in GitHub's words."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from itertools import groupby

from tierkeeper.plugins.github.sandbox.records import Comment, Event, Issue, Repository
from tierkeeper.plugins.github.sandbox.store import Store
from tierkeeper.plugins.sandbox.elements import Html, joined, tag, text
from tierkeeper.plugins.sandbox.pages import TIER, chip, chips, is_tier
from tierkeeper.plugins.sandbox.prose import prose
from tierkeeper.plugins.sandbox.sheets import Board, Card, Entry, Label, Person, Sheet

_SEGMENTS = 3
_LABELLING = frozenset({"labeled", "unlabeled"})
_PLAIN = {
    "locked": "locked the conversation",
    "unlocked": "unlocked the conversation",
    "reopened": "reopened this",
    "transferred": "moved this here from another repository",
}
_RELATIONS = {
    "sub_issue_added": "added the sub-issue",
    "sub_issue_removed": "removed the sub-issue",
    "parent_issue_added": "put this below",
    "parent_issue_removed": "took this from below",
    "blocked_by_added": "marked this as blocked by",
    "blocked_by_removed": "marked this as no longer blocked by",
    "blocking_added": "marked this as blocking",
    "blocking_removed": "marked this as no longer blocking",
}


class GitHubPages:
    """A store of GitHub's as pages show it."""

    platform = "GitHub"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._words: dict[str, Callable[[Event], Html]] = {
            "assigned": self._assigned,
            "unassigned": self._assigned,
            "closed": lambda event: text(f"closed this as {(event.reason or 'completed').replace('_', ' ')}"),
            "renamed": _renamed,
            "milestoned": lambda event: joined("added this to the milestone ", tag("b", event.after or "")),
            "demilestoned": lambda event: joined("removed this from the milestone ", tag("b", event.after or "")),
            "issue_type_added": lambda event: joined("added the issue type ", tag("b", event.after or "")),
            "issue_type_removed": lambda event: joined("removed the issue type ", tag("b", event.before or "")),
            "issue_type_changed": _retyped,
        }

    def places(self) -> Collection[str]:
        """Return the repositories, those with issues first."""
        repositories = self._store.data.repositories.values()
        return [one.full_name for one in sorted(repositories, key=lambda one: not self._store.shelf(one.id).numbers)]

    def board(self, place: str) -> Board:
        """Return the open issues of a repository; tiers in the order of its labels."""
        repository = self._store.repository(place)
        issues = self._store.data.issues
        held = [issues[key] for key in reversed(self._store.shelf(repository.id).updated.ids())]
        held = [issue for issue in held if not issue.pull_request]
        cards = [self._card(repository, issue) for issue in held if issue.state == "open"]
        tiers = [label.name[len(TIER) :] for label in repository.labels.values() if is_tier(label.name)]
        return Board(place, tiers, cards, len(held) - len(cards))

    def _card(self, repository: Repository, issue: Issue) -> Card:
        return Card(
            key=f"{repository.name}#{issue.number}",
            path=f"{repository.full_name}/{issue.number}",
            title=issue.title,
            owners=tuple(issue.assignees),
            labels=_labels(repository, issue),
            updated=_when(issue.updated),
        )

    def sheet(self, path: Sequence[str]) -> Sheet | None:
        """Return the issue of OWNER/NAME/NUMBER, also where it was moved to."""
        issue = self._issue(path)
        if issue is None:
            return None
        repository = self._store.data.repositories[issue.repository]
        return Sheet(
            place=repository.full_name,
            key=f"{repository.name}#{issue.number}",
            title=issue.title,
            state=issue.state.capitalize(),
            is_open=issue.state == "open",
            by=self._person(issue.author, issue.app),
            created=_when(issue.created),
            body=prose(issue.body or ""),
            facts=self._facts(repository, issue),
            entries=self._entries(issue),
        )

    def _issue(self, path: Sequence[str]) -> Issue | None:
        if len(path) != _SEGMENTS or not (path[2].isascii() and path[2].isdigit()):
            return None
        repository = self._store.data.names.get(f"{path[0]}/{path[1]}".lower())
        if repository is None:
            return None
        number = int(path[2])
        return self._store.find_issue(repository, number) or self._store.where_is(repository, number)

    def _facts(self, repository: Repository, issue: Issue) -> list[tuple[str, Html]]:
        found = [
            ("Assignees", text(", ".join(issue.assignees) or "nobody")),
            ("Labels", chips(_labels(repository, issue)) or text("none")),
        ]
        if issue.type is not None:
            found.append(("Type", text(issue.type)))
        if issue.milestone is not None:
            found.append(("Milestone", text(repository.milestones[issue.milestone].title)))
        if issue.parent is not None:
            found.append(("Parent", self._reference(issue.parent)))
        if issue.blocked_by:
            found.append(("Blocked by", joined(*map(self._reference, issue.blocked_by), between=", ")))
        return found

    def _reference(self, key: int) -> Html:
        issue = self._store.data.issues.get(key)
        if issue is None:
            return text("an issue that is gone")
        return text(f"{self._store.data.repositories[issue.repository].name}#{issue.number} {issue.title}")

    def _entries(self, issue: Issue) -> list[Entry]:
        """Events and comments, the oldest first; labels that one person changed at one time are one line."""
        events = [self._store.data.events[key] for key in issue.events]
        entries = [
            (group[0].at, group[0].id, self._event(group))
            for _, grouped in groupby(events, key=_together)
            if (group := list(grouped))
        ]
        for key in issue.comments:
            comment = self._store.data.comments[key]
            entries.append((comment.created, comment.id, self._comment(comment)))
        return [entry for _, _, entry in sorted(entries, key=lambda one: one[:2])]

    def _comment(self, comment: Comment) -> Entry:
        by, edited = self._person(comment.author, comment.app), comment.updated > comment.created
        return Entry(_when(comment.created), by, text("commented"), prose(comment.body), edited=edited)

    def _event(self, group: Sequence[Event]) -> Entry:
        event = group[0]
        who = event.assigner or event.actor
        return Entry(_when(event.at), self._person(who, event.app), self._told(group))

    def _told(self, group: Sequence[Event]) -> Html:
        event = group[0]
        if event.kind in _LABELLING:
            return _relabelled(group)
        if event.kind in _RELATIONS:
            return joined(_RELATIONS[event.kind], " ", tag("b", self._reference(int(event.after or 0))))
        told = self._words.get(event.kind)
        return told(event) if told else text(_PLAIN.get(event.kind, event.kind.replace("_", " ")))

    def _assigned(self, event: Event) -> Html:
        assignee = event.assignee or "ghost"
        if assignee == (event.assigner or event.actor):
            return text("self-assigned this" if event.kind == "assigned" else "removed their assignment")
        return joined("assigned " if event.kind == "assigned" else "unassigned ", tag("b", assignee))

    def _person(self, login: str, app: str | None) -> Person:
        """An account and the app that it acted through; a deleted account is the ghost."""
        known = self._store.data.people.get(login.lower())
        name = "ghost" if known is None else known.login
        return Person((name, name.removesuffix("[bot]"), *([] if app is None else [app])))


def _when(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _labels(repository: Repository, issue: Issue) -> tuple[Label, ...]:
    found = (repository.labels[key] for key in issue.labels)
    return tuple(Label(label.name, label.color) for label in found)


def _together(event: Event) -> tuple[object, ...]:
    """What events have in common that are told as one."""
    return (event.at, event.actor, event.app) if event.kind in _LABELLING else (event.id,)


def _relabelled(group: Sequence[Event]) -> Html:
    """The labels that somebody added and removed."""
    parts = []
    for kind, verb in (("labeled", "added "), ("unlabeled", "removed ")):
        found = [chip(Label(event.label or "", event.color or "")) for event in group if event.kind == kind]
        if found:
            parts.append(joined(verb, joined(*found, between=" ")))
    return joined(joined(*parts, between=" and "), " label" if len(group) == 1 else " labels")


def _renamed(event: Event) -> Html:
    return joined("changed the title ", tag("del", event.before or ""), " ", tag("ins", event.after or ""))


def _retyped(event: Event) -> Html:
    return joined("changed the issue type from ", tag("b", event.before or ""), " to ", tag("b", event.after or ""))
