"""The two ends of a mirror as people have them: what they do in a repository or a project, and what they see there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec
import requests

from tierkeeper.plugins.jira.texts import document
from tierkeeper.plugins.markup.adf_text import to_markdown

if TYPE_CHECKING:
    from tierkeeper.plugins.github.sandbox import GitHubSandbox
    from tierkeeper.plugins.jira.sandbox import JiraSandbox

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OWN = "tierkeeper"
PEOPLE = ("key-user-1", "support-1", "dev-1", "dev-2")
STATUS = ("Twin of ", "Was the twin of ", "Was a twin", "**With ", "**Closed**")
"""How our status comments begin."""
TIERS = ("key-users", "help-desk", "support", "development")
PRIORITIES = ("urgent", "high", "low", "Highest", "Medium", "Lowest")


_FILE = re.compile(r"\n\n\[([^\]]+)\]\([^)]*/user-attachments/assets/(\d+)\)")


class Put(NamedTuple):
    """A file of an issue: who put it there, if anybody can tell, and the digest of what is in it."""

    id: str
    by: str
    name: str
    digest: str


class Shown(msgspec.Struct):
    """An issue as people see it; our status comment is apart. `priority` is Jira's own."""

    id: str
    title: str
    text: str
    open: bool
    labels: set[str]
    comments: list[tuple[str, str]]
    status: str = ""
    priority: str = ""


def _shown(said: list[tuple[str, str]], **issue: Any) -> Shown:
    ours = [text for by, text in said if by == OWN and text.startswith(STATUS)]
    assert len(ours) <= 1, ours
    others = [one for one in said if one[1] not in ours]
    return Shown(**issue, comments=others, status="".join(ours))


def _got(url: str, **options: Any) -> Any:
    """What the tracker shows."""
    with requests.Session() as session:
        session.trust_env = False  # no proxy knows the way to this machine's own loopback
        answer = session.get(url, timeout=10, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


class End(Protocol):
    """One side: what people do there, and what they see. `mark` names a queue's place in the policy."""

    place: str
    queue: str

    def report(self, by: str, title: str, body: str = "", labels: tuple[str, ...] = ()) -> str: ...
    def label(self, by: str, issue: str, name: str) -> None: ...
    def unlabel(self, by: str, issue: str, name: str) -> None: ...
    def rename(self, by: str, issue: str, title: str) -> None: ...
    def prioritise(self, by: str, issue: str, value: str) -> None: ...
    def rewrite(self, by: str, issue: str, text: str) -> None: ...
    def comment(self, by: str, issue: str, text: str) -> str: ...
    def edit_comment(self, by: str, comment: str, text: str) -> None: ...
    def delete_comment(self, by: str, comment: str) -> None: ...
    def close(self, by: str, issue: str) -> None: ...
    def reopen(self, by: str, issue: str) -> None: ...
    def put_below(self, by: str, parent: str, child: str) -> None: ...
    def take_out(self, by: str, parent: str, child: str) -> None: ...
    def block(self, by: str, blocker: str, blocked: str) -> None: ...
    def unblock(self, by: str, blocker: str, blocked: str) -> None: ...
    def ties(self) -> list[tuple[str, str, str]]: ...
    def attach(self, by: str, issue: str, name: str, content: bytes) -> None: ...
    def detach(self, by: str, issue: str, file: str) -> None: ...
    def files(self, issue: str) -> list[Put]: ...
    def delete(self, by: str, issue: str) -> None: ...
    def move_away(self, by: str, issue: str) -> None: ...
    def issues(self) -> list[Shown]: ...


class GitHubEnd:
    """A repository."""

    def __init__(self, box: GitHubSandbox, place: str) -> None:
        self.box, self.store, self.place = box, box.store, place
        self.queue = f"{{tracker: github, repository: {place}}}"
        permissions = {OWN: "admin", **dict.fromkeys(PEOPLE, "write")}
        self.store.add_repository(place, permissions=permissions, private=True)
        others = (*(f"priority:{name}" for name in PRIORITIES), "ui", "UI")
        for name in (*(f"tier:{tier}" for tier in TIERS), *others):
            self.store.add_label(place, name)

    def report(self, by: str, title: str, body: str = "", labels: tuple[str, ...] = ()) -> str:
        return str(self.store.create_issue(self.place, by, title, body, labels=labels))

    def label(self, by: str, issue: str, name: str) -> None:
        self.store.add_labels(self.place, int(issue), [name], by)

    def unlabel(self, by: str, issue: str, name: str) -> None:
        self.store.remove_label(self.place, int(issue), name, by)

    def prioritise(self, by: str, issue: str, value: str) -> None:
        before = [one["name"] for one in self.get(f"/issues/{issue}/labels")]
        self.label(by, issue, f"priority:{value}")
        for name in before:
            if name.startswith("priority:"):
                self.unlabel(by, issue, name)

    def rename(self, by: str, issue: str, title: str) -> None:
        self.store.edit_title(self.place, int(issue), title, by)

    def rewrite(self, by: str, issue: str, text: str) -> None:
        self.store.edit_body(self.place, int(issue), text, by)

    def comment(self, by: str, issue: str, text: str) -> str:
        return str(self.store.comment(self.place, int(issue), by, text))

    def edit_comment(self, by: str, comment: str, text: str) -> None:
        self.store.edit_comment(int(comment), text, by)

    def delete_comment(self, by: str, comment: str) -> None:
        self.store.delete_comment(int(comment), by)

    def close(self, by: str, issue: str) -> None:
        self.store.close(self.place, int(issue), by)

    def reopen(self, by: str, issue: str) -> None:
        self.store.reopen(self.place, int(issue), by)

    def kept(self, issue: str) -> Any:
        """An issue as the sandbox keeps it."""
        return self.store.issue(self.place, int(issue))

    def put_below(self, by: str, parent: str, child: str) -> None:
        self.store.add_sub_issue(self.kept(parent), self.kept(child), by)

    def take_out(self, by: str, parent: str, child: str) -> None:
        self.store.remove_sub_issue(self.kept(parent), self.kept(child), by)

    def block(self, by: str, blocker: str, blocked: str) -> None:
        self.store.add_blocker(self.kept(blocked), self.kept(blocker), by)

    def unblock(self, by: str, blocker: str, blocked: str) -> None:
        self.store.remove_blocker(self.kept(blocked), self.kept(blocker), by)

    def ties(self) -> list[tuple[str, str, str]]:
        """How issues belong together: the kind, the child or the one that waits, its parent or what it waits for."""
        found = []
        for one in self.get("/issues?state=all&per_page=100"):
            here, above = str(one["number"]), one.get("parent_issue_url")
            if above:
                found.append(("parent", here, above.rpartition("/")[2]))
            if one["issue_dependencies_summary"]["total_blocked_by"]:
                waits_for = self.get(f"/issues/{here}/dependencies/blocked_by")
                found += [("blocks", here, str(each["number"])) for each in waits_for]
        return found

    def attach(self, by: str, issue: str, name: str, content: bytes) -> None:
        """Drop a file into an issue's text."""
        address = f"{self.box.url}{self.store.add_file(self.place, content, 'text/plain')}"
        self.rewrite(by, issue, f"{self.kept(issue).body}\n\n[{name}]({address})")

    def detach(self, by: str, issue: str, file: str) -> None:
        text = self.kept(issue).body
        self.rewrite(by, issue, _FILE.sub(lambda one: "" if one[2] == file else one[0], text))

    def files(self, issue: str) -> list[Put]:
        kept, found = self.store.data.files, _FILE.findall(self.kept(issue).body)
        return [Put(key, "", name, sha256(kept[key].content).hexdigest()) for name, key in found]

    def delete(self, by: str, issue: str) -> None:
        self.store.delete_issue(self.place, int(issue), by)

    def move_away(self, by: str, issue: str) -> None:
        """Move an issue where no desk looks."""
        if not any(one.full_name == "example/elsewhere" for one in self.store.data.repositories.values()):
            self.store.add_repository("example/elsewhere", permissions={by: "admin"})
        self.store.transfer_issue(self.place, int(issue), "example/elsewhere", by)

    def get(self, path: str) -> Any:
        return _got(f"{self.box.url}/repos/{self.place}{path}", headers={"Authorization": f"Bearer t-{OWN}"})

    def issues(self) -> list[Shown]:
        found = []
        for one in self.get("/issues?state=all&per_page=100&direction=asc"):
            said = self.get(f"/issues/{one['number']}/comments?per_page=100")
            comments = [(each["user"]["login"], each["body"]) for each in said]
            labels = {label["name"] for label in one["labels"]}
            shown = {"title": one["title"], "text": one["body"] or "", "open": one["state"] == "open"}
            found.append(_shown(comments, id=str(one["number"]), labels=labels, **shown))
        return found


class JiraEnd:
    """A project."""

    def __init__(self, box: JiraSandbox, place: str) -> None:
        self.box, self.store, self.place = box, box.store, place
        self.queue = f"{{tracker: jira, project: {place}}}"
        self.store.add_project(place, kind="software", roles={"Administrators": [OWN], "Developers": list(PEOPLE)})

    def report(self, by: str, title: str, body: str = "", labels: tuple[str, ...] = ()) -> str:
        text = document(body) if body else None
        key = self.store.create_issue(self.place, f"acc-{by}", title, description=text, labels=list(labels))
        return str(self.store.issue(key).id)

    def label(self, by: str, issue: str, name: str) -> None:
        self.store.add_label(issue, f"acc-{by}", name)

    def unlabel(self, by: str, issue: str, name: str) -> None:
        self.store.remove_label(issue, f"acc-{by}", name)

    def rename(self, by: str, issue: str, title: str) -> None:
        self.store.set_field(issue, f"acc-{by}", "summary", title)

    def rewrite(self, by: str, issue: str, text: str) -> None:
        self.store.set_field(issue, f"acc-{by}", "description", document(text))

    def prioritise(self, by: str, issue: str, value: str) -> None:
        self.store.set_field(issue, f"acc-{by}", "priority", value)

    def comment(self, by: str, issue: str, text: str) -> str:
        return str(self.store.comment(issue, f"acc-{by}", document(text)))

    def edit_comment(self, by: str, comment: str, text: str) -> None:
        self.store.edit_comment(int(comment), f"acc-{by}", document(text))

    def delete_comment(self, by: str, comment: str) -> None:
        self.store.delete_comment(int(comment), f"acc-{by}")

    def close(self, by: str, issue: str) -> None:
        self.store.transition(issue, f"acc-{by}", "Done")

    def reopen(self, by: str, issue: str) -> None:
        self.store.transition(issue, f"acc-{by}", "To Do")

    def put_below(self, by: str, parent: str, child: str) -> None:
        self.store.change(self.store.issue(child), f"acc-{by}", {"parent": int(parent)})

    def take_out(self, by: str, parent: str, child: str) -> None:
        assert self.store.issue(child).values["parent"] == int(parent)
        self.store.change(self.store.issue(child), f"acc-{by}", {"parent": None})

    def block(self, by: str, blocker: str, blocked: str) -> None:
        self.store.link("Blocks", self.store.issue(blocker), self.store.issue(blocked), f"acc-{by}")

    def unblock(self, by: str, blocker: str, blocked: str) -> None:
        for key in list(self.store.issue(blocker).links):
            link = self.store.data.links[key]
            if (link.inward, link.outward) == (int(blocker), int(blocked)):
                self.store.remove_link(key, f"acc-{by}")

    def ties(self) -> list[tuple[str, str, str]]:
        """How issues belong together: the kind, the child or the one that waits, its parent or what it waits for."""
        found = []
        for one in self.here():
            shown = self.get(f"/issue/{one.id}?fields=parent,issuelinks")["fields"]
            if shown["parent"]:
                found.append(("parent", str(one.id), shown["parent"]["id"]))
            links = [each for each in shown["issuelinks"] if "inwardIssue" in each]
            found += [(each["type"]["name"].lower(), str(one.id), each["inwardIssue"]["id"]) for each in links]
        return found

    def here(self) -> list[Any]:
        """The issues of this project, as the sandbox keeps them."""
        found = [one for one in self.store.data.issues.values() if self.store.key(one).startswith(f"{self.place}-")]
        return sorted(found, key=lambda one: int(one.id))

    def attach(self, by: str, issue: str, name: str, content: bytes) -> None:
        self.store.add_file(issue, f"acc-{by}", name, content)

    def detach(self, by: str, issue: str, file: str) -> None:  # noqa: ARG002 - a file knows its issue
        self.store.delete_file(int(file), f"acc-{by}")

    def files(self, issue: str) -> list[Put]:
        here = [self.store.data.files[key] for key in self.store.issue(issue).files]
        return [
            Put(str(one.id), one.author.removeprefix("acc-"), one.name, sha256(one.content).hexdigest()) for one in here
        ]

    def delete(self, by: str, issue: str) -> None:
        self.store.delete_issue(issue, f"acc-{by}")

    def move_away(self, by: str, issue: str) -> None:
        """Move an issue where no desk looks."""
        if "ELSE" not in self.store.project_keys:
            self.store.add_project("ELSE", kind="software", roles={"Developers": [by]})
        self.store.move_issue(issue, "ELSE", f"acc-{by}")

    def get(self, path: str) -> Any:
        return _got(f"{self.box.url}/rest/api/3{path}", auth=(f"{OWN}@example.org", f"t-{OWN}"))

    def issues(self) -> list[Shown]:
        found = []
        for one in self.here():
            shown = self.get(f"/issue/{one.id}?fields=summary,description,status,labels,priority")["fields"]
            said = self.get(f"/issue/{one.id}/comment")["comments"]
            comments = [(each["author"]["accountId"].removeprefix("acc-"), to_markdown(each["body"])) for each in said]
            done = shown["status"]["statusCategory"]["key"] == "done"
            text = to_markdown(shown["description"]) if shown["description"] else ""
            issue = {"title": shown["summary"], "text": text, "open": not done, "labels": set(shown["labels"])}
            issue["priority"] = shown["priority"]["name"] if shown["priority"] else ""
            found.append(_shown(comments, id=str(one.id), **issue))
        return found


def files_in(end: JiraEnd) -> list[tuple[str, str, bytes]]:
    """The files in a project: who put them there, their names, what is in them."""
    store = end.store
    return [
        (file.author.removeprefix("acc-"), file.name, file.content)
        for file in store.data.files.values()
        if store.key(store.data.issues[file.issue]).startswith(end.place)
    ]
