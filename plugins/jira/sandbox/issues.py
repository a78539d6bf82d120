"""Issues, and everything that happens to their fields."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict, Unpack

from tierkeeper.plugins.jira.sandbox import adf
from tierkeeper.plugins.jira.sandbox.projects import Projects
from tierkeeper.plugins.jira.sandbox.records import History, Issue, Item, Json, Project
from tierkeeper.plugins.jira.sandbox.scribe import Scribe
from tierkeeper.plugins.sandbox.index import locked


class When(TypedDict, total=False):
    """What every change may be given: its time."""

    at: datetime | None


class Draft(When, total=False):
    """What a new issue may be given besides project, author and summary; names as people write them."""

    description: str | Json | None
    labels: Iterable[str]
    issue_type: str
    priority: str
    assignee: str
    reporter: str
    status: str
    fields: Json
    properties: Json


_EMPTY: tuple[Any, ...] = (None, [])


class Issues(Projects):
    """What is handed in, and how it changes."""

    @locked
    def create_issue(self, project: str, actor: str, summary: str, **draft: Unpack[Draft]) -> str:
        """Create an issue and return its key; `fields` are values in the sandbox's own form, by id or name."""
        place, text = self.project(project), draft.get("description")
        status = draft.get("status")
        values: Json = {
            "summary": summary,
            "description": adf.document(text) if isinstance(text, str) else text,
            "issuetype": self._type(draft["issue_type"]) if "issue_type" in draft else place.issue_types[0],
            "status": self.workflow(place).statuses[0] if status is None else self._status(status, "new").id,
            "labels": list(draft.get("labels", ())),
            "reporter": self.user(draft.get("reporter", actor)).account_id,
        }
        if "assignee" in draft:
            values["assignee"] = self.user(draft["assignee"]).account_id
        if "priority" in draft:
            values["priority"] = self._priority(draft["priority"])
        values |= {self.field(name).id: value for name, value in draft.get("fields", {}).items()}
        issue = self.add_issue(place, actor, values, at=draft.get("at"))
        issue.properties.update(draft.get("properties", {}))
        return self.key(issue)

    def add_issue(self, place: Project, actor: str, values: Json, **when: Unpack[When]) -> Issue:
        """Add an issue whose values are all in the sandbox's own form; what is missing gets its default."""
        at = self.moment(when.get("at"))
        place.last_number += 1
        middle = self.default_priority(place)
        issue = Issue(
            id=self.next_id(),
            project=place.id,
            number=place.last_number,
            creator=self.user(actor).account_id,
            created=at,
            updated=at,
            updates=[at],
            values={"status": self.workflow(place).statuses[0], "priority": middle, "labels": [], **values},
        )
        self.data.issues[issue.id] = issue
        self.index_issue(issue)
        self._adopt(issue, None, values.get("parent"))
        return issue

    def _adopt(self, issue: Issue, before: int | None, after: int | None) -> None:
        """Let parents know their children."""
        if before is not None and before in self.data.issues:
            self.data.issues[before].children.remove(issue.id)
        if after is not None:
            self.data.issues[after].children.append(issue.id)

    def default_priority(self, place: Project) -> str | None:
        """The priority of an issue that was given none."""
        return place.priorities[len(place.priorities) // 2] if place.priorities else None

    def key(self, issue: Issue) -> str:
        """An issue's key of today."""
        return f"{self.data.projects[issue.project].key}-{issue.number}"

    def find_issue(self, key: str) -> Issue | None:
        """The issue of that id or key, or that had that key."""
        if key.isascii() and key.isdigit():
            return self.data.issues.get(int(key))
        prefix, _, number = key.upper().rpartition("-")
        project = self.project_keys.get(prefix)
        if project is None or not (number.isascii() and number.isdigit()):
            return None
        found = self.shelf(project).numbers.get(int(number), self.data.moved.get(f"{project}-{int(number)}"))
        return None if found is None else self.data.issues.get(found)

    def issue(self, key: str) -> Issue:
        """The issue of that id or key; LookupError if there is none."""
        issue = self.find_issue(key)
        if issue is None:
            raise LookupError(f"no issue {key}")
        return issue

    @locked
    def change(self, issue: Issue, actor: str, values: Json, **when: Unpack[When]) -> History | None:
        """Change fields of an issue, by id and in the sandbox's own form: one history entry for all of them."""
        scribe, fields = Scribe(self), self.every_field()
        items = []
        for name, after in values.items():
            before = issue.values.get(name)
            if before == after or (before in _EMPTY and after in _EMPTY):
                continue
            items.append(scribe.item(fields[name], issue, before, after))
            issue.values[name] = after
            if name == "parent":
                self._adopt(issue, before, after)
        return self.record(issue, actor, items, **when) if items else None

    def record(self, issue: Issue, actor: str, items: list[Item], **when: Unpack[When]) -> History:
        """Append to an issue's history."""
        at = self.moment(when.get("at"))
        history = History(self.next_id(), issue.id, self.user(actor).account_id, at, items)
        self.data.histories[history.id] = history
        issue.histories.append(history.id)
        self.touch(issue, at)
        return history

    @locked
    def set_field(self, key: str, actor: str, name: str, value: Any, **when: Unpack[When]) -> None:
        """Set a field by name; options, priorities, types and people are named, a time is a datetime."""
        issue, field = self.issue(key), self.field(name)
        if field.kind == "option" and value is not None:
            value = {one.name: one.id for one in field.options}[value]
        elif field.kind == "priority":
            value = self._priority(value)
        elif field.kind == "issuetype":
            value = self._type(value)
        elif field.kind == "user" and value is not None:
            value = self.user(value).account_id
        elif isinstance(value, datetime):
            value = self.moment(value)
        elif field.kind == "text" and isinstance(value, str):
            value = adf.document(value)
        self.change(issue, actor, {field.id: value}, **when)

    @locked
    def set_labels(self, key: str, actor: str, labels: Iterable[str], **when: Unpack[When]) -> None:
        """Replace an issue's labels."""
        self.change(self.issue(key), actor, {"labels": list(dict.fromkeys(labels))}, **when)

    @locked
    def add_label(self, key: str, actor: str, label: str, **when: Unpack[When]) -> None:
        """Add a label."""
        self.set_labels(key, actor, [*self.issue(key).values["labels"], label], **when)

    @locked
    def remove_label(self, key: str, actor: str, label: str, **when: Unpack[When]) -> None:
        """Take a label off."""
        labels = self.issue(key).values["labels"]
        self.set_labels(key, actor, [one for one in labels if one != label], **when)

    @locked
    def assign(self, key: str, actor: str, assignee: str | None, **when: Unpack[When]) -> None:
        """Give an issue to somebody, or to nobody."""
        value = None if assignee is None else self.user(assignee).account_id
        self.change(self.issue(key), actor, {"assignee": value}, **when)

    @locked
    def transition(self, key: str, actor: str, to: str, **when: Unpack[When]) -> None:
        """Bring an issue to a status by name, whether or not the workflow has a way there."""
        issue = self.issue(key)
        target = {
            self.data.statuses[one].name: one for one in self.workflow(self.data.projects[issue.project]).statuses
        }
        self.move_to(issue, actor, target[to], {}, **when)

    @locked
    def move_to(self, issue: Issue, actor: str, status: str, values: Json, **when: Unpack[When]) -> None:
        """Bring an issue to a status and change fields on the way: one history entry."""
        changes = dict(values)
        if self.workflow(self.data.projects[issue.project]).resolves:
            done = self.data.statuses[status].category == "done"
            if done and issue.values.get("resolution") is None:
                changes.setdefault("resolution", next(iter(self.data.resolutions)))
            elif not done:
                changes["resolution"] = None
        resolution = changes.get("resolution", issue.values.get("resolution"))
        history = self.change(issue, actor, {**changes, "status": status}, **when)
        if history is not None and "resolution" in changes:
            issue.values["resolutiondate"] = history.at if resolution is not None else None

    @locked
    def move_issue(self, key: str, target: str, actor: str, **when: Unpack[When]) -> str:
        """Move an issue to another project and return its new key; the old key leads there, the id stays."""
        issue, goal = self.issue(key), self.project(target)
        source, old_key = self.data.projects[issue.project], self.key(issue)
        self.unindex_issue(issue)
        self.data.moved[f"{source.id}-{issue.number}"] = issue.id
        goal.last_number += 1
        issue.project, issue.number = goal.id, goal.last_number
        self.index_issue(issue)
        places = Item("project", "jira", "project", str(source.id), source.name, str(goal.id), goal.name)
        keys = Item("Key", "jira", "issuekey", None, old_key, None, self.key(issue))
        self.record(issue, actor, [places, keys], **when)
        return self.key(issue)

    @locked
    def delete_issue(self, key: str, actor: str | None = None) -> None:
        """Delete an issue with all that belongs to it."""
        issue = self.issue(key)
        if actor is not None:
            self.user(actor)
        self.unindex_issue(issue)
        for one in issue.histories:
            del self.data.histories[one]
        for one in issue.comments:
            del self.data.comments[one]
        for one in issue.worklogs:
            del self.data.worklogs[one]
        for one in issue.files:
            del self.data.files[one]
        for one in list(issue.links):
            self.remove_link(one)
        self._adopt(issue, issue.values.get("parent"), None)
        for one in issue.children:
            self.data.issues[one].values["parent"] = None
        del self.data.issues[issue.id]

    def remove_link(self, link_id: int, actor: str | None = None, **when: Unpack[When]) -> None:
        """Take a link off both its issues; where somebody does it, both histories tell."""
        link = self.data.links.pop(link_id)
        for end, other in ((link.inward, link.outward), (link.outward, link.inward)):
            issue = self.data.issues[end]
            issue.links.remove(link_id)
            if actor is not None:
                key = self.key(self.data.issues[other])
                item = Item("Link", "jira", "issuelinks", key, f"This issue is linked to {key}", None, None)
                self.record(issue, actor, [item], **when)
