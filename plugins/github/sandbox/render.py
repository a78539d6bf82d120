"""Records of issues, their history and comments as GitHub shows them."""

from collections import Counter
from urllib.parse import quote

from tierkeeper.plugins.github.sandbox.clock import iso, maybe_iso
from tierkeeper.plugins.github.sandbox.records import Comment, Event, Issue, Label, Milestone, Reaction, Repository
from tierkeeper.plugins.github.sandbox.render_fields import FieldsRenderer
from tierkeeper.plugins.github.sandbox.render_people import Json, node_id

REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
_REFERENCES = {
    "sub_issue_added": "sub_issue",
    "sub_issue_removed": "sub_issue",
    "parent_issue_added": "parent_issue",
    "parent_issue_removed": "parent_issue",
    "blocked_by_added": "blocked_by",
    "blocked_by_removed": "blocked_by",
    "blocking_added": "blocking",
    "blocking_removed": "blocking",
}


class Renderer(FieldsRenderer):
    """Everything as JSON; `base` is the address that the client was given."""

    def repository_url(self, repository: Repository) -> str:
        """Return the address of a repository."""
        return f"{self.base}/repos/{repository.full_name}"

    def label(self, repository: Repository, label: Label) -> Json:
        """Render a label."""
        return {
            "id": label.id,
            "node_id": node_id("LA", label.id),
            "url": f"{self.repository_url(repository)}/labels/{quote(label.name, safe='')}",
            "name": label.name,
            "color": label.color,
            "default": False,
            "description": label.description,
        }

    def milestone(self, repository: Repository, milestone: Milestone) -> Json:
        """Render a milestone."""
        url = f"{self.repository_url(repository)}/milestones/{milestone.number}"
        held = [self.store.data.issues[key] for key in self.store.shelf(repository.id).numbers.values()]
        states = Counter(issue.state for issue in held if issue.milestone == milestone.number)
        return {
            "url": url,
            "html_url": f"{self.site}/{repository.full_name}/milestone/{milestone.number}",
            "labels_url": f"{url}/labels",
            "id": milestone.id,
            "node_id": node_id("MI", milestone.id),
            "number": milestone.number,
            "title": milestone.title,
            "description": milestone.description,
            "creator": self.user(milestone.creator),
            "open_issues": states["open"],
            "closed_issues": states["closed"],
            "state": milestone.state,
            "created_at": iso(milestone.created),
            "updated_at": iso(milestone.updated),
            "due_on": maybe_iso(milestone.due),
            "closed_at": None,
        }

    def association(self, repository: Repository, login: str) -> str:
        """Return how an author belongs to a repository."""
        login = login.lower()
        if login == repository.owner.lower():
            return "OWNER"
        organization = self.store.data.organizations.get(repository.owner.lower())
        if organization is not None and login in organization.members:
            return "MEMBER"
        return "COLLABORATOR" if login in repository.permissions else "NONE"

    def reactions(self, url: str, thing: Issue | Comment) -> Json:
        """Render the counts of reactions."""
        counts = Counter(self.store.data.reactions[key].content for key in thing.reactions)
        return {
            "url": f"{url}/reactions",
            "total_count": len(thing.reactions),
            **{content: counts[content] for content in REACTIONS},
        }

    def reaction(self, reaction: Reaction) -> Json:
        """Render one reaction."""
        return {
            "id": reaction.id,
            "node_id": node_id("REA", reaction.id),
            "user": self.user(reaction.author),
            "content": reaction.content,
            "created_at": iso(reaction.created),
        }

    def issue(self, issue: Issue, *, listed: bool = False) -> Json:
        """Render an issue; a list leaves out `closed_by`."""
        repository = self.store.data.repositories[issue.repository]
        home = self.repository_url(repository)
        url = f"{home}/issues/{issue.number}"
        shown: Json = {
            "url": url,
            "repository_url": home,
            "labels_url": f"{url}/labels{{/name}}",
            "comments_url": f"{url}/comments",
            "events_url": f"{url}/events",
            "html_url": self.html_url(issue),
            "id": issue.id,
            "node_id": node_id("PR" if issue.pull_request else "I", issue.id),
            "number": issue.number,
            "title": issue.title,
            "user": self.user(issue.author),
            "labels": [self.label(repository, repository.labels[key]) for key in issue.labels],
            "state": issue.state,
            "locked": issue.locked,
            "assignees": [user for login in issue.assignees if (user := self.maybe_user(login))],
            "milestone": None,
            "comments": len(issue.comments),
            "created_at": iso(issue.created),
            "updated_at": iso(issue.updated),
            "closed_at": maybe_iso(issue.closed),
            "author_association": self.association(repository, issue.author),
            "active_lock_reason": issue.lock_reason,
            "body": issue.body,
            "reactions": self.reactions(url, issue),
            "timeline_url": f"{url}/timeline",
            "performed_via_github_app": self.app(issue.app),
            "state_reason": issue.state_reason,
        }
        shown["assignee"] = shown["assignees"][0] if shown["assignees"] else None
        if issue.milestone is not None:
            shown["milestone"] = self.milestone(repository, repository.milestones[issue.milestone])
        if not listed:
            shown["closed_by"] = self.maybe_user(issue.closed_by)
        return {**shown, **self._kind(issue, url)}

    def _kind(self, issue: Issue, url: str) -> Json:
        """Render what only pull requests, or only issues, have."""
        if issue.pull_request:
            pull = url.replace("/issues/", "/pulls/")
            html = self.html_url(issue)
            links = {"url": pull, "html_url": html, "diff_url": f"{html}.diff", "patch_url": f"{html}.patch"}
            return {"draft": False, "pull_request": {**links, "merged_at": None}}
        issues = self.store.data.issues
        done = sum(issues[key].state == "closed" for key in issue.children)
        total = len(issue.children)
        waits = sum(issues[key].state == "open" for key in issue.blocked_by)
        holds = sum(issues[key].state == "open" for key in issue.blocking)
        shown: Json = {
            "type": None if issue.type is None else self.type_named(issue, issue.type),
            "issue_field_values": self.field_values(issue) if issue.fields else [],
            "sub_issues_summary": {
                "total": total,
                "completed": done,
                "percent_completed": 100 * done // total if total else 0,
            },
            "issue_dependencies_summary": {
                "blocked_by": waits,
                "total_blocked_by": len(issue.blocked_by),
                "blocking": holds,
                "total_blocking": len(issue.blocking),
            },
        }
        if issue.parent is not None:
            above = issues[issue.parent]
            shown["parent_issue_url"] = self.issue_url(above)
        return shown

    def issue_url(self, issue: Issue) -> str:
        """Return the address of an issue in the API."""
        return f"{self.repository_url(self.store.data.repositories[issue.repository])}/issues/{issue.number}"

    def html_url(self, issue: Issue) -> str:
        """Return the address of an issue for people."""
        name = self.store.data.repositories[issue.repository].full_name
        return f"{self.site}/{name}/{'pull' if issue.pull_request else 'issues'}/{issue.number}"

    def comment(self, comment: Comment) -> Json:
        """Render a comment."""
        issue = self.store.data.issues[comment.issue]
        repository = self.store.data.repositories[comment.repository]
        url = f"{self.repository_url(repository)}/issues/comments/{comment.id}"
        return {
            "url": url,
            "html_url": f"{self.html_url(issue)}#issuecomment-{comment.id}",
            "issue_url": self.issue_url(issue),
            "id": comment.id,
            "node_id": node_id("IC", comment.id),
            "user": self.user(comment.author),
            "created_at": iso(comment.created),
            "updated_at": iso(comment.updated),
            "body": comment.body,
            "author_association": self.association(repository, comment.author),
            "reactions": self.reactions(url, comment),
            "performed_via_github_app": self.app(comment.app),
        }

    def event(self, event: Event) -> Json:
        """Render an event of an issue; a deleted actor is null."""
        repository = self.store.data.repositories[event.repository]
        shown: Json = {
            "id": event.id,
            "node_id": node_id("E", event.id),
            "url": f"{self.repository_url(repository)}/issues/events/{event.id}",
            "actor": self.maybe_user(event.actor),
            "event": event.kind,
            "commit_id": None,
            "commit_url": None,
            "created_at": iso(event.at),
            "performed_via_github_app": self.app(event.app),
        }
        if event.label is not None:
            shown["label"] = {"name": event.label, "color": event.color}
        elif event.assignee is not None:
            shown["assignee"] = self.maybe_user(event.assignee)
            shown["assigner"] = self.maybe_user(event.assigner)
        elif event.kind == "renamed":
            shown["rename"] = {"from": event.before, "to": event.after}
        elif event.kind in {"milestoned", "demilestoned"}:
            shown["milestone"] = {"title": event.after}
        elif event.kind == "closed":
            shown["state_reason"] = event.reason
        elif event.kind == "locked":
            shown["lock_reason"] = event.reason
        elif event.kind.startswith("issue_type_"):
            shown |= self._types(event)
        elif event.kind in _REFERENCES:
            shown[_REFERENCES[event.kind]] = self._reference(int(event.after or 0))
        return shown

    def _types(self, event: Event) -> Json:
        issue = self.store.data.issues[event.issue]
        named = {"issue_type": event.after, "prev_issue_type": event.before}
        return {key: self.type_named(issue, name) for key, name in named.items() if name is not None}

    def _reference(self, key: int) -> Json | None:
        issue = self.store.data.issues.get(key)
        if issue is None:
            return None
        repository = self.store.data.repositories[issue.repository]
        return {
            "number": issue.number,
            "title": issue.title,
            "state": issue.state,
            "repository": self.repository(repository, None),
            "issue_type": None,
        }

    def timeline_comment(self, comment: Comment) -> Json:
        """Render a comment as a timeline shows it."""
        return {**self.comment(comment), "event": "commented", "actor": self.user(comment.author)}
