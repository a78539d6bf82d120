"""Issues, comments and history, as Jira shows them."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from tierkeeper.plugins.jira.sandbox.catalog import LISTS, SYSTEM_FIELDS
from tierkeeper.plugins.jira.sandbox.clock import iso, length
from tierkeeper.plugins.jira.sandbox.records import Comment, Field, File, History, Issue, Item, Json, User, Worklog
from tierkeeper.plugins.jira.sandbox.render_people import PeopleRenderer
from tierkeeper.plugins.jira.sandbox.scribe import LEVEL
from tierkeeper.plugins.jira.sandbox.store import Store

EXPANDABLE = "operations,versionedRepresentations,editmeta,changelog,transitions,renderedFields"
MAX_WORKLOGS = 20
_HEAVY = ("comment", "worklog", "attachment")


class Renderer(PeopleRenderer):
    """Turns issues into JSON for one viewer."""

    def __init__(self, store: Store, base: str, viewer: User | None, comment_cap: int) -> None:
        super().__init__(store, base, viewer)
        self._comment_cap = comment_cap
        self._showers: dict[str, Callable[[Issue, Field, Any], Any]] = {
            "user": lambda _, __, value: self.person(value),
            "status": lambda _, __, value: self.status(value),
            "priority": lambda _, __, value: self.priority(value),
            "issuetype": lambda _, __, value: self.issue_type(value),
            "resolution": lambda _, __, value: self.resolution(value),
            "option": lambda _, field, value: self.option(field, value),
            "time": lambda _, __, value: iso(value),
            "datetime": lambda _, __, value: iso(value),
            "components": self._components,
            "versions": self._versions,
            "securitylevel": self._level,
            "parent": lambda _, __, value: self.stub(store.data.issues[value]),
        }
        self._made: dict[str, Callable[[Issue], Any]] = {
            "created": lambda issue: iso(issue.created),
            "updated": lambda issue: iso(issue.updated),
            "creator": lambda issue: self.person(issue.creator),
            "project": lambda issue: self.project(store.data.projects[issue.project]),
            "statusCategory": lambda issue: self.category(store.data.statuses[issue.values["status"]].category),
            "comment": self._comments,
            "worklog": self._worklogs,
            "attachment": lambda issue: [self.file(store.data.files[key]) for key in issue.files],
            "timetracking": self._timetracking,
            "issuelinks": lambda issue: [self.link(key, issue) for key in issue.links],
            "subtasks": lambda issue: [self.stub(store.data.issues[key]) for key in issue.children],
        }

    def chosen(self, wanted: Collection[str], default: str) -> list[str]:
        """Return the ids of the fields that a request names: ids, `*all`, `*navigable`, `-id`."""
        wanted = list(wanted) or [default]
        every = self.store.every_field()
        found: dict[str, None] = {}
        if all(one.startswith("-") for one in wanted):
            wanted = [default, *wanted]
        for one in wanted:
            if one == "*all":
                found |= dict.fromkeys(every)
            elif one == "*navigable":
                found |= dict.fromkeys(key for key in every if key not in _HEAVY)
            elif one.startswith("-"):
                found.pop(one[1:], None)
            elif one in every:
                found[one] = None
        return list(found)

    def issue(self, issue: Issue, fields: Iterable[str], *, bare: bool = False) -> Json:
        """An issue with these fields; a bare one is its id."""
        if bare:
            return {"id": str(issue.id)}
        return {
            "expand": EXPANDABLE,
            "id": str(issue.id),
            "self": self.api(f"issue/{issue.id}"),
            "key": self.store.key(issue),
            "fields": {name: self.value(issue, name) for name in fields},
        }

    def value(self, issue: Issue, name: str) -> Any:
        """The value of a field."""
        if name in self._made:
            return self._made[name](issue)
        value = issue.values.get(name)
        field = SYSTEM_FIELDS.get(name) or self.store.data.fields[name]
        if value is None:
            return [] if not field.custom and field.kind in LISTS else None
        shower = self._showers.get(field.kind)
        return value if shower is None else shower(issue, field, value)

    def _components(self, issue: Issue, field: Field, value: list[str]) -> list[Json]:
        del field
        project = self.store.data.projects[issue.project]
        return [self.component(one) for one in project.components if one.id in value]

    def _versions(self, issue: Issue, field: Field, value: list[str]) -> list[Json]:
        del field
        project = self.store.data.projects[issue.project]
        return [self.version(one) for one in project.versions if one.id in value]

    def _level(self, issue: Issue, field: Field, value: str) -> Json:
        del issue, field
        return {"self": self.api(f"securitylevel/{LEVEL}"), "id": LEVEL, "name": value, "description": ""}

    def stub(self, issue: Issue) -> Json:
        """An issue, as another one shows it."""
        shown = self.issue(issue, ("summary", "status", "priority", "issuetype"))
        del shown["expand"]
        return shown

    def _timetracking(self, issue: Issue) -> Json:
        shown: Json = {}
        pairs = (
            ("originalEstimate", "timeoriginalestimate"),
            ("remainingEstimate", "timeestimate"),
            ("timeSpent", "timespent"),
        )
        for name, key in pairs:
            seconds = issue.values.get(key)
            if seconds is not None:
                shown |= {name: length(seconds), f"{name}Seconds": seconds}
        return shown

    def link(self, key: int, issue: Issue | None = None) -> Json:
        """A link, seen from one of its issues, or from outside."""
        link = self.store.data.links[key]
        shown = {"id": str(key), "self": self.api(f"issueLink/{key}"), "type": self.link_type(link.type)}
        if issue is None or issue.id != link.inward:
            shown["inwardIssue"] = self.stub(self.store.data.issues[link.inward])
        if issue is None or issue.id != link.outward:
            shown["outwardIssue"] = self.stub(self.store.data.issues[link.outward])
        return shown

    def visible_comments(self, issue: Issue) -> list[Comment]:
        """The comments of an issue that the viewer sees, the oldest first."""
        me = self.viewer.account_id if self.viewer else ""
        comments = [self.store.data.comments[key] for key in issue.comments]
        return [one for one in comments if self.store.sees_comment(me, one)]

    def _comments(self, issue: Issue) -> Json:
        comments = self.visible_comments(issue)
        shown = [self.comment(one) for one in comments[: self._comment_cap]]
        address = self.api(f"issue/{issue.id}/comment")
        counts = {"maxResults": len(shown), "total": len(comments), "startAt": 0}
        return {"comments": shown, "self": address, **counts}

    def comment(self, comment: Comment, *, properties: bool = False) -> Json:
        """A comment; in a service project it says whether customers see it."""
        shown: Json = {
            "self": self.api(f"issue/{comment.issue}/comment/{comment.id}"),
            "id": str(comment.id),
            "author": self.person(comment.author),
            "body": comment.body,
            "updateAuthor": self.person(comment.editor),
            "created": iso(comment.created),
            "updated": iso(comment.updated),
        }
        if comment.visibility is not None:
            kind, name = comment.visibility
            group = self.store.data.groups.get(name) if kind == "group" else None
            shown["visibility"] = {"type": kind, "value": name, "identifier": group.id if group else name}
        project = self.store.data.projects[self.store.data.issues[comment.issue].project]
        if project.kind == "service_desk":
            shown["jsdPublic"] = not self.store.is_internal(comment) and comment.visibility is None
        if properties:
            shown["properties"] = [{"key": key, "value": value} for key, value in comment.properties.items()]
        return shown

    def file(self, file: File) -> Json:
        """A file, without what is in it."""
        return {
            "self": self.api(f"attachment/{file.id}"),
            "id": str(file.id),
            "filename": file.name,
            "author": self.person(file.author),
            "created": iso(file.created),
            "size": len(file.content),
            "mimeType": file.mime,
            "content": self.api(f"attachment/content/{file.id}"),
        }

    def _worklogs(self, issue: Issue) -> Json:
        logs = [self.store.data.worklogs[key] for key in issue.worklogs]
        shown = [self.worklog(one) for one in logs[:MAX_WORKLOGS]]
        return {"startAt": 0, "maxResults": MAX_WORKLOGS, "total": len(logs), "worklogs": shown}

    def worklog(self, log: Worklog) -> Json:
        """Time spent."""
        shown = {
            "self": self.api(f"issue/{log.issue}/worklog/{log.id}"),
            "author": self.person(log.author),
            "updateAuthor": self.person(log.author),
            "created": iso(log.created),
            "updated": iso(log.created),
            "started": iso(log.started),
            "timeSpent": length(log.seconds),
            "timeSpentSeconds": log.seconds,
            "id": str(log.id),
            "issueId": str(log.issue),
        }
        return shown if log.comment is None else {**shown, "comment": log.comment}

    def history(self, history: History, *, items: Iterable[Item] | None = None, as_number: bool = False) -> Json:
        """An entry of a changelog; the bulk answers give its time as a number."""
        return {
            "id": str(history.id),
            "author": self.person(history.author),
            "created": history.at if as_number else iso(history.at),
            "items": [self.item(one) for one in (history.items if items is None else items)],
        }

    @staticmethod
    def item(item: Item) -> Json:
        """One field's change."""
        return {
            "field": item.field,
            "fieldtype": item.kind,
            "fieldId": item.field_id,
            "from": item.before,
            "fromString": item.before_text,
            "to": item.after,
            "toString": item.after_text,
        }

    def changelog(self, issue: Issue, cap: int) -> Json:
        """The newest entries of an issue's changelog, the newest first."""
        keys = issue.histories[-cap:][::-1] if cap else []
        shown = [self.history(self.store.data.histories[key]) for key in keys]
        return {"startAt": 0, "maxResults": cap, "total": len(issue.histories), "histories": shown}
