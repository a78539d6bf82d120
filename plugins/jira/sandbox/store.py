"""The whole store: everything below it, and what people say, link and log on an issue."""

from mimetypes import guess_type
from typing import Any, Unpack

from tierkeeper.plugins.jira.sandbox import adf
from tierkeeper.plugins.jira.sandbox.issues import Issues, When
from tierkeeper.plugins.jira.sandbox.records import Comment, File, Issue, IssueLink, Item, Json, Worklog
from tierkeeper.plugins.sandbox.index import locked

INTERNAL = "sd.public.comment"
"""The property that makes a comment in a service project internal."""


class Said(When, total=False):
    """What a comment may be given; `visibility` is (group or role, its name)."""

    properties: Json
    visibility: tuple[str, str] | None
    internal: bool


class Given(When, total=False):
    """What a file may be given; without `mime` its name tells."""

    mime: str


class Store(Issues):
    """What the sandbox knows. Every change takes its actor, and a time that defaults to the clock's."""

    @locked
    def comment(self, key: str, actor: str, body: str | Json, **said: Unpack[Said]) -> int:
        """Comment on an issue and return the comment's id."""
        issue, at, author = self.issue(key), self.moment(said.get("at")), self.user(actor).account_id
        properties = dict(said.get("properties", {}))
        if said.get("internal"):
            properties[INTERNAL] = {"internal": True}
        comment = Comment(
            id=self.next_id(),
            issue=issue.id,
            author=author,
            editor=author,
            body=adf.document(body) if isinstance(body, str) else body,
            created=at,
            updated=at,
            visibility=said.get("visibility"),
            properties=properties,
        )
        self.data.comments[comment.id] = comment
        issue.comments.append(comment.id)
        self.touch(issue, at)
        return comment.id

    @locked
    def edit_comment(self, comment_id: int, actor: str, body: str | Json, **said: Unpack[Said]) -> None:
        """Change a comment; properties and visibility stay unless they are given."""
        comment = self.data.comments[comment_id]
        comment.body = adf.document(body) if isinstance(body, str) else body
        comment.editor = self.user(actor).account_id
        comment.updated = max(comment.updated, self.moment(said.get("at")))
        comment.properties.update(said.get("properties", {}))
        if "visibility" in said:
            comment.visibility = said["visibility"]
        self.touch(self.data.issues[comment.issue], comment.updated)

    @locked
    def delete_comment(self, comment_id: int, actor: str, **when: Unpack[When]) -> None:
        """Delete a comment: the issue is touched, and has one comment less."""
        self.user(actor)
        comment = self.data.comments.pop(comment_id)
        issue = self.data.issues[comment.issue]
        issue.comments.remove(comment_id)
        self.touch(issue, self.moment(when.get("at")))

    def is_internal(self, comment: Comment) -> bool:
        """Whether a comment in a service project is for agents only."""
        value = comment.properties.get(INTERNAL)
        return isinstance(value, dict) and value.get("internal") in (True, "true")

    def sees_comment(self, account_id: str, comment: Comment) -> bool:
        """Whether somebody who sees the issue sees this comment."""
        if self.data.users[account_id].kind == "customer":
            return comment.visibility is None and not self.is_internal(comment)
        if comment.visibility is None:
            return True
        kind, name = comment.visibility
        if kind == "group":
            return self.in_group(account_id, name)
        return self.in_role(account_id, self.data.projects[self.data.issues[comment.issue].project], name)

    @locked
    def add_worklog(
        self, key: str, actor: str, seconds: int, *, comment: Json | None = None, **when: Unpack[When]
    ) -> int:
        """Log time on an issue and return the worklog's id; the remaining estimate sinks, as Jira does by itself."""
        issue, at = self.issue(key), self.moment(when.get("at"))
        log = Worklog(
            id=self.next_id(),
            issue=issue.id,
            author=self.user(actor).account_id,
            seconds=seconds,
            started=at,
            created=at,
            comment=comment,
        )
        self.data.worklogs[log.id] = log
        issue.worklogs.append(log.id)
        values = {"timespent": (issue.values.get("timespent") or 0) + seconds}
        if issue.values.get("timeestimate"):
            values["timeestimate"] = max(0, issue.values["timeestimate"] - seconds)
        self.change(issue, actor, values, **when)
        return log.id

    @locked
    def add_file(self, key: str, actor: str, name: str, content: bytes, **given: Unpack[Given]) -> int:
        """Put a file on an issue and return the file's id."""
        issue, at = self.issue(key), self.moment(given.get("at"))
        mime = given.get("mime") or guess_type(name)[0] or "application/octet-stream"
        author = self.user(actor).account_id
        file = File(id=self.next_id(), issue=issue.id, author=author, name=name, mime=mime, created=at, content=content)
        self.data.files[file.id] = file
        issue.files.append(file.id)
        self.record(issue, actor, [_file_item(after=file)], at=given.get("at"))
        return file.id

    @locked
    def delete_file(self, file_id: int, actor: str, **when: Unpack[When]) -> None:
        """Delete a file."""
        file = self.data.files.pop(file_id)
        issue = self.data.issues[file.issue]
        issue.files.remove(file_id)
        self.record(issue, actor, [_file_item(before=file)], **when)

    @locked
    def link(self, kind: str, inward: Issue, outward: Issue, actor: str, **when: Unpack[When]) -> int:
        """Link two issues: the inward one does it to the outward one, as `inward blocks outward`."""
        link = IssueLink(id=self.next_id(), type=kind, inward=inward.id, outward=outward.id)
        self.data.links[link.id] = link
        for one, other in ((inward, outward), (outward, inward)):
            one.links.append(link.id)
            text = f"This issue is linked to {self.key(other)}"
            item = Item("Link", "jira", "issuelinks", None, None, self.key(other), text)
            self.record(one, actor, [item], **when)
        return link.id

    @locked
    def set_remote_link(self, issue: Issue, actor: str, body: Json, **when: Unpack[When]) -> tuple[int, bool]:
        """Link an issue to a thing elsewhere; one of the same globalId is replaced. Says whether it is new."""
        wanted: Any = body.get("globalId")
        for key, known in issue.remote_links.items():
            if wanted is not None and known.get("globalId") == wanted:
                issue.remote_links[key] = body
                return key, False
        key = self.next_id()
        issue.remote_links[key] = body
        title = body.get("object", {}).get("title", "")
        item = Item(
            "RemoteIssueLink", "jira", "RemoteIssueLink", None, None, str(key), f'This issue links to "{title}"'
        )
        self.record(issue, actor, [item], **when)
        return key, True


def _file_item(*, before: File | None = None, after: File | None = None) -> Item:
    """What a changelog says of a file that came or went."""
    was, became = ((str(one.id), one.name) if one is not None else (None, None) for one in (before, after))
    return Item("Attachment", "jira", "attachment", *was, *became)
