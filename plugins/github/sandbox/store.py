"""The whole store: everything below it, and what happens to issues as a whole."""

from typing import Unpack

from tierkeeper.plugins.github.sandbox.fields import Fields
from tierkeeper.plugins.github.sandbox.records import Issue
from tierkeeper.plugins.github.sandbox.state import When
from tierkeeper.plugins.sandbox.index import locked


class Store(Fields):
    """What the sandbox knows. Every change takes its actor, and a time that defaults to the clock's."""

    @locked
    def transfer_issue(self, repo: str | int, number: int, target: str | int, actor: str, **how: Unpack[When]) -> int:
        """Move an issue to another repository and return its number there; the old one answers 301.

        As on GitHub it becomes another issue: number and id are new, labels stay where the target has them.
        """
        issue, source, goal = self.issue(repo, number), self.repository(repo), self.repository(target)
        names = [source.labels[key].name.lower() for key in issue.labels]
        self._unshelve(issue)
        goal.last_number += 1
        old_id, issue.id = issue.id, self.next_id()
        issue.repository, issue.number = goal.id, goal.last_number
        issue.labels = [goal.label_ids[name] for name in names if name in goal.label_ids]
        issue.milestone = None
        del self.data.issues[old_id]
        self.data.issues[issue.id] = issue
        self._rename_relations(issue, old_id, issue.id)
        self.data.moved[f"{source.id}#{number}"] = issue.id
        self._reshelve(issue)
        self.record(issue, "transferred", actor, how)
        return issue.number

    @locked
    def delete_issue(self, repo: str | int, number: int, actor: str | None = None) -> None:
        """Delete an issue with all that belongs to it: it answers 410 from now on."""
        issue = self.issue(repo, number)
        if actor is not None:
            self.person(actor)
        self._unshelve(issue)
        for key in issue.events:
            del self.data.events[key]
        for key in issue.comments:
            del self.data.comments[key]
        del self.data.issues[issue.id]
        self._rename_relations(issue, issue.id, None)
        self.data.deleted.add(f"{issue.repository}#{number}")

    def _rename_relations(self, issue: Issue, old_id: int, new_id: int | None) -> None:
        """Let those that name an issue name its new id, or name it no longer."""
        renewed = [] if new_id is None else [new_id]
        issues = self.data.issues
        for key in issue.children:
            issues[key].parent = new_id
        lists = [issues[key].blocking for key in issue.blocked_by] + [issues[key].blocked_by for key in issue.blocking]
        if issue.parent is not None:
            lists.append(issues[issue.parent].children)
        for keys in lists:
            keys[:] = [other for key in keys for other in ([key] if key != old_id else renewed)]

    def _unshelve(self, issue: Issue) -> None:
        shelf = self.shelf(issue.repository)
        del shelf.numbers[issue.number]
        shelf.created.discard(issue.created, issue.id)
        shelf.updated.discard(issue.updated, issue.id)
        for key in issue.events:
            shelf.events.discard(self.data.events[key].at, key)
        for key in issue.comments:
            self.unindex_comment(self.data.comments[key])

    def _reshelve(self, issue: Issue) -> None:
        self.index_issue(issue)
        for key in issue.events:
            event = self.data.events[key]
            event.repository, event.issue = issue.repository, issue.id
            self.index_event(event)
        for key in issue.comments:
            comment = self.data.comments[key]
            comment.repository, comment.issue = issue.repository, issue.id
            self.index_comment(comment)

    def where_is(self, repository: int, number: int) -> Issue | None:
        """Where an issue that is no longer here was moved to."""
        key = self.data.moved.get(f"{repository}#{number}")
        return None if key is None else self.data.issues.get(key)

    def is_deleted(self, repository: int, number: int) -> bool:
        """Whether there was an issue of that number."""
        return f"{repository}#{number}" in self.data.deleted

    @locked
    def add_sub_issue(self, parent: Issue, child: Issue, actor: str, **how: Unpack[When]) -> None:
        """Put an issue below another; it leaves the one that it was below."""
        if child.parent is not None:
            self.remove_sub_issue(self.data.issues[child.parent], child, actor, **how)
        child.parent = parent.id
        parent.children.append(child.id)
        self.record(parent, "sub_issue_added", actor, how, after=str(child.id))
        self.record(child, "parent_issue_added", actor, how, after=str(parent.id))

    @locked
    def remove_sub_issue(self, parent: Issue, child: Issue, actor: str, **how: Unpack[When]) -> None:
        """Take an issue from below another."""
        child.parent = None
        parent.children.remove(child.id)
        self.record(parent, "sub_issue_removed", actor, how, after=str(child.id))
        self.record(child, "parent_issue_removed", actor, how, after=str(parent.id))

    @locked
    def add_blocker(self, blocked: Issue, blocker: Issue, actor: str, **how: Unpack[When]) -> None:
        """Note that an issue waits for another."""
        blocked.blocked_by.append(blocker.id)
        blocker.blocking.append(blocked.id)
        self.record(blocked, "blocked_by_added", actor, how, after=str(blocker.id))
        self.record(blocker, "blocking_added", actor, how, after=str(blocked.id))

    @locked
    def remove_blocker(self, blocked: Issue, blocker: Issue, actor: str, **how: Unpack[When]) -> None:
        """Note that an issue no longer waits for another."""
        blocked.blocked_by.remove(blocker.id)
        blocker.blocking.remove(blocked.id)
        self.record(blocked, "blocked_by_removed", actor, how, after=str(blocker.id))
        self.record(blocker, "blocking_removed", actor, how, after=str(blocked.id))
