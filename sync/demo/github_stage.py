"""The demo's GitHub."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.demo.stage import OWN, Shown, ask, staff_of
from tierkeeper.sync.demo.story import USERS, WEEK, Act

REPOSITORY = "example/webapp"
QUEUE = "webapp"


class GitHubStage:
    """A repository with the desk's people; issues are named by queue and number."""

    def __init__(self, box: GitHubSandbox) -> None:
        self.box = box
        self.url = box.url
        self._numbers: dict[str, int] = {}

    def populate(self, policy: Policy) -> None:
        """The desk's people, each with a token and with rights, and the repository."""
        store = self.box.store
        people = dict.fromkeys((*staff_of(policy), *USERS), "triage")
        people |= {policy.desk.leader: "maintain", OWN: "write"}
        for login in people:
            store.add_user(login, token=_token(login))
        store.add_organization("example", members=list(people))
        store.add_team("example", "webapp-developers", members=["dev-1", "dev-2"])
        store.add_repository(REPOSITORY, permissions=people, private=True)
        labels = {label for act in WEEK for label in act.labels if not label.startswith("tier:")}
        labels |= {act.what for act in WEEK if act.verb == "labels"}
        for label in sorted(labels):
            store.add_label(REPOSITORY, label)

    def environment(self) -> dict[str, str]:
        """The token of Tierkeeper's account."""
        return {"GITHUB_TOKEN": _token(OWN)}

    def set_now(self, now: datetime) -> None:
        """Set its clock."""
        self.box.set_now(now)

    def act(self, act: Act) -> str:
        """Let it happen, now."""
        if act.verb == "reports":
            draft = {"title": act.what, "body": act.body, "labels": list(act.labels)}
            self._numbers[act.issue] = self._call(act.who, "POST", "/issues", draft)["number"]
        else:
            if act.issue not in self._numbers:
                self._numbers[act.issue] = self._newest_of_ours()
            self._change(act, f"/issues/{self._numbers[act.issue]}")
        return f"{QUEUE}#{self._numbers[act.issue]}"

    def _newest_of_ours(self) -> int:
        """The twin that was made last."""
        found = self._call(OWN, "GET", "/issues?state=open&direction=desc&per_page=100")
        return max(int(issue["number"]) for issue in found if issue["user"]["login"] == OWN)

    def _change(self, act: Act, issue: str) -> None:
        if act.verb in {"hands", "also labels", "labels"}:
            label = act.what if act.verb == "labels" else f"tier:{act.what}"
            old = [name for name in self._labels(issue) if name.startswith("tier:") and name != label]
            self._call(act.who, "POST", f"{issue}/labels", {"labels": [label]})
            for name in old if act.verb == "hands" else ():
                self._call(act.who, "DELETE", f"{issue}/labels/{quote(name, safe='')}")
        elif act.verb == "drops the label":
            self._call(act.who, "DELETE", f"{issue}/labels/{quote(f'tier:{act.what}', safe='')}")
        elif act.verb == "says":
            self._call(act.who, "POST", f"{issue}/comments", {"body": act.what})
        elif act.verb == "takes":
            self._call(act.who, "POST", f"{issue}/assignees", {"assignees": [act.who]})
        else:
            self._call(act.who, "PATCH", issue, {"state": "closed" if act.verb == "closes" else "open"})

    def _labels(self, issue: str) -> list[str]:
        return [label["name"] for label in self._call(OWN, "GET", issue)["labels"]]

    def open_issues(self) -> list[Shown]:
        """The open issues, oldest first."""
        found = self._call(OWN, "GET", "/issues?state=open&direction=asc&per_page=100")
        return [
            Shown(f"{QUEUE}#{issue['number']}", issue["title"], [label["name"] for label in issue["labels"]])
            for issue in found
        ]

    def _call(self, who: str, method: str, path: str, body: object = None) -> Any:
        url = f"{self.url}/repos/{REPOSITORY}{path}"
        return ask(method, url, body, headers={"Authorization": f"Bearer {_token(who)}"})


def _token(who: str) -> str:
    return f"demo-{who}"
