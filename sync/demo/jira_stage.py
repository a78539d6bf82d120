"""The demo's Jira."""

from datetime import datetime
from typing import Any

from tierkeeper.plugins.jira.sandbox import JiraSandbox
from tierkeeper.plugins.markup.adf import to_adf
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.demo.stage import OWN, Shown, ask, staff_of
from tierkeeper.sync.demo.story import USERS, Act

PROJECT = "HELP"


class JiraStage:
    """A project with the desk's people; issues are named by their keys."""

    def __init__(self, box: JiraSandbox) -> None:
        self.box = box
        self.url = box.url
        self._keys: dict[str, str] = {}

    def populate(self, policy: Policy) -> None:
        """The desk's people, each with a token, and the project."""
        for person in (OWN, *staff_of(policy), *USERS):
            account = policy.desk.account_of(person, "jira") or person
            self.box.store.add_user(person, account_id=account, token=_token(person))
        self.box.store.add_project(PROJECT)

    def environment(self) -> dict[str, str]:
        """The token of Tierkeeper's account."""
        return {"JIRA_TOKEN": _token(OWN)}

    def set_now(self, now: datetime) -> None:
        """Set its clock."""
        self.box.set_now(now)

    def act(self, act: Act) -> str:
        """Let it happen, now."""
        if act.verb == "reports":
            fields = {
                "project": {"key": PROJECT},
                "issuetype": {"name": "Task"},
                "summary": act.what,
                "labels": list(act.labels),
                "description": to_adf(act.body),
            }
            self._keys[act.issue] = self._call(act.who, "POST", "/issue", {"fields": fields})["key"]
        else:
            self._change(act, f"/issue/{self._keys[act.issue]}")
        return self._keys[act.issue]

    def _change(self, act: Act, issue: str) -> None:
        if act.verb in {"hands", "also labels", "labels", "drops the label"}:
            self._call(act.who, "PUT", issue, {"update": {"labels": self._edits(act, issue)}})
        elif act.verb == "says":
            self._call(act.who, "POST", f"{issue}/comment", {"body": to_adf(act.what)})
        elif act.verb == "takes":
            account = self._call(act.who, "GET", "/myself")["accountId"]
            self._call(act.who, "PUT", f"{issue}/assignee", {"accountId": account})
        else:
            self._transit(act, issue, done=act.verb == "closes")

    def _edits(self, act: Act, issue: str) -> list[dict[str, str]]:
        label = act.what if act.verb == "labels" else f"tier:{act.what}"
        if act.verb == "drops the label":
            return [{"remove": label}]
        old = self._call(OWN, "GET", f"{issue}?fields=labels")["fields"]["labels"] if act.verb == "hands" else []
        gone = [name for name in old if name.startswith("tier:") and name != label]
        return [{"add": label}, *({"remove": name} for name in gone)]

    def _transit(self, act: Act, issue: str, *, done: bool) -> None:
        ways = self._call(act.who, "GET", f"{issue}/transitions")["transitions"]
        wanted = next(way for way in ways if (way["to"]["statusCategory"]["key"] == "done") is done)
        self._call(act.who, "POST", f"{issue}/transitions", {"transition": {"id": wanted["id"]}})

    def open_issues(self) -> list[Shown]:
        """The open issues, oldest first."""
        query = {"jql": f"project = {PROJECT} ORDER BY key ASC", "fields": ["summary", "labels", "status"]}
        found = self._call(OWN, "POST", "/search/jql", query)["issues"]
        return [
            Shown(issue["key"], issue["fields"]["summary"], issue["fields"]["labels"])
            for issue in found
            if issue["fields"]["status"]["statusCategory"]["key"] != "done"
        ]

    def _call(self, who: str, method: str, path: str, body: object = None) -> Any:
        return ask(method, f"{self.url}/rest/api/3{path}", body, auth=(f"{who}@example.org", _token(who)))


def _token(who: str) -> str:
    return f"demo-{who}"
