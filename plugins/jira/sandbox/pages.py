"""What people see of Jira's sandbox: its issues, and their history and comments in Jira's words."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from itertools import starmap

from tierkeeper.plugins.jira.sandbox.clock import length
from tierkeeper.plugins.jira.sandbox.prose import prose
from tierkeeper.plugins.jira.sandbox.records import Comment, History, Issue, Item, Project, Worklog
from tierkeeper.plugins.jira.sandbox.scribe import Scribe
from tierkeeper.plugins.jira.sandbox.store import Store
from tierkeeper.plugins.sandbox.elements import Html, joined, tag, text
from tierkeeper.plugins.sandbox.pages import TIER, chips, is_tier
from tierkeeper.plugins.sandbox.sheets import Board, Card, Entry, Label, Person, Sheet

MOST_TEXT = 300
"""So much of a long value is shown in a history."""

_LENGTHS = frozenset({"timeoriginalestimate", "timeestimate", "timespent"})
_ALWAYS = ("issuetype", "priority", "assignee", "reporter")
_SOMETIMES = ("components", "duedate", "timeoriginalestimate", "timespent", "resolution")


class JiraPages:
    """A store of Jira's as pages show it."""

    platform = "Jira"

    def __init__(self, store: Store) -> None:
        self._store = store

    def places(self) -> Collection[str]:
        """Return the projects' keys, those with issues first."""
        projects = self._store.data.projects.values()
        return [one.key for one in sorted(projects, key=lambda one: not self._store.shelf(one.id).numbers)]

    def board(self, place: str) -> Board:
        """Return the open issues of a project; Jira keeps no list of labels, so tiers come in order of first use."""
        project = self._store.project(place)
        issues = self._store.data.issues
        held = [issues[key] for key in reversed(self._store.shelf(project.id).updated.ids())]
        cards = [self._card(project, issue) for issue in held if self._is_open(issue)]
        return Board(place, self._tiers(held), cards, len(held) - len(cards))

    def _tiers(self, issues: Sequence[Issue]) -> list[str]:
        used: list[tuple[int, str]] = []
        for issue in issues:
            changes = [
                (history.at, item)
                for history in (self._store.data.histories[key] for key in issue.histories)
                for item in history.items
                if item.field_id == "labels"
            ]
            first = (changes[0][1].before_text or "").split() if changes else _names(issue)
            used += [(issue.created, name) for name in first]
            used += [(at, name) for at, item in changes for name in (item.after_text or "").split()]
        used = sorted(((at, name) for at, name in used if is_tier(name)), key=lambda one: one[0])
        return list(dict.fromkeys(name[len(TIER) :] for _, name in used))

    def _is_open(self, issue: Issue) -> bool:
        return self._store.data.statuses[issue.values["status"]].category != "done"

    def _card(self, project: Project, issue: Issue) -> Card:
        assignee = issue.values.get("assignee")
        key = f"{project.key}-{issue.number}"
        owners = () if assignee is None else (self._store.data.users[assignee].name,)
        labels = tuple(map(Label, _names(issue)))
        return Card(key, key, str(issue.values.get("summary", "")), owners, labels, _when(issue.updated))

    def sheet(self, path: Sequence[str]) -> Sheet | None:
        """Return the issue of a key, also of one that it had before."""
        issue = self._store.find_issue(path[0]) if len(path) == 1 else None
        if issue is None:
            return None
        return Sheet(
            place=self._store.data.projects[issue.project].key,
            key=self._store.key(issue),
            title=str(issue.values.get("summary", "")),
            state=self._store.data.statuses[issue.values["status"]].name,
            is_open=self._is_open(issue),
            by=self._person(issue.creator),
            created=_when(issue.created),
            body=prose(issue.values.get("description")),
            facts=self._facts(issue),
            entries=self._entries(issue),
        )

    def _facts(self, issue: Issue) -> list[tuple[str, Html]]:
        found = [("Labels", chips(map(Label, _names(issue))) or text("None"))]
        for name in (*_ALWAYS, *_SOMETIMES, *self._store.data.fields):
            value = issue.values.get(name)
            if name in _ALWAYS or value not in (None, []):
                field = self._store.every_field()[name]
                item = Scribe(self._store).item(field, issue, None, value)
                found.append((field.name, text(_value(item, item.after_text))))
        for key in issue.links:
            link = self._store.data.links[key]
            other = self._store.data.issues[link.outward if link.inward == issue.id else link.inward]
            found.append(("Linked to", text(self._store.key(other))))
        found += [("Attachment", text(self._store.data.files[key].name)) for key in issue.files]
        return found

    def _entries(self, issue: Issue) -> list[Entry]:
        """History, comments and work, the oldest first."""
        data = self._store.data
        found = [(one.at, one.id, self._history(one)) for one in map(data.histories.__getitem__, issue.histories)]
        found += [(one.created, one.id, self._comment(one)) for one in map(data.comments.__getitem__, issue.comments)]
        found += [(one.created, one.id, self._work(one)) for one in map(data.worklogs.__getitem__, issue.worklogs)]
        return [entry for _, _, entry in sorted(found, key=lambda one: one[:2])]

    def _history(self, history: History) -> Entry:
        fields = self._store.every_field()
        names = [fields[item.field_id].name if item.field_id in fields else item.field for item in history.items]
        changes = list(starmap(_changed, zip(names, history.items, strict=True)))
        said = joined("changed ", joined(*changes, between="; "))
        return Entry(_when(history.at), self._person(history.author), said)

    def _comment(self, comment: Comment) -> Entry:
        notes = []
        if self._store.is_internal(comment):
            notes.append("internal note")
        if comment.visibility is not None:
            notes.append(f"only for {comment.visibility[0]} {comment.visibility[1]}")
        by, edited = self._person(comment.author), comment.updated > comment.created
        return Entry(_when(comment.created), by, text("commented"), prose(comment.body), tuple(notes), edited=edited)

    def _work(self, log: Worklog) -> Entry:
        return Entry(_when(log.created), self._person(log.author), text(f"logged {length(log.seconds)} of work"))

    def _person(self, account_id: str) -> Person:
        user = self._store.data.users[account_id]
        return Person((user.name, user.handle, user.account_id))


def _when(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _names(issue: Issue) -> list[str]:
    return [str(name) for name in issue.values.get("labels") or ()]


def _value(item: Item, value: str | None) -> str:
    """A value as people read it."""
    if value and item.field_id in _LENGTHS and value.isdigit():
        return length(int(value))
    shown = value or "None"
    return shown if len(shown) <= MOST_TEXT else f"{shown[: MOST_TEXT - 1]}…"


def _changed(name: str, item: Item) -> Html:
    before, after = (_value(item, value) for value in (item.before_text, item.after_text))
    return joined(tag("b", name), " ", tag("span", before, class_="was"), " → ", tag("ins", after))
