"""Sets the stage: the desk's people in a sandbox, and what each act of the story does there."""

from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec
import requests

from tierkeeper.plugins.errors import TierkeeperError
from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.sync.demo.story import USERS, WEEK, Act

REPOSITORY = "example/webapp"
OWN = "tierkeeper"
MONDAY = datetime(2026, 11, 23, tzinfo=ZoneInfo("Europe/Berlin"))
_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4}
_OK = 300


def desk_text() -> str:
    """The demo's policy, as `examples/four-level-desk` has it."""
    return files("tierkeeper.sync.demo").joinpath("desk.yaml").read_text(encoding="utf-8")


def moment(text: str) -> datetime:
    """``tue 09:15`` as a time of the demo's week."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    return MONDAY + timedelta(days=_DAYS[day], hours=int(hour), minutes=int(minute))


def token_of(who: str) -> str:
    """The sandbox's token of a person."""
    return f"demo-{who}"


def populate(box: GitHubSandbox, desk: Desk) -> None:
    """The desk's people, each with a token and with rights, and the repository."""
    staff = {person for role in desk.roles.values() for person in role.people} | {"dev-1", "dev-2"}
    people = dict.fromkeys((*desk.all_key_users, *sorted(staff), *sorted(desk.bots)), "triage")
    people |= {desk.leader: "maintain", OWN: "write", **USERS}
    for login in people:
        box.store.add_user(login, token=token_of(login))
    box.store.add_organization("example", members=list(people))
    box.store.add_team("example", "webapp-developers", members=["dev-1", "dev-2"])
    box.store.add_repository(REPOSITORY, permissions=people)
    labels = {label for act in WEEK for label in act.labels if not label.startswith("tier:")}
    labels |= {act.what for act in WEEK if act.verb == "labels"}
    for label in sorted(labels):
        box.store.add_label(REPOSITORY, label)


class Shown(msgspec.Struct, frozen=True):
    """An open issue as the tracker shows it."""

    number: int
    title: str
    labels: list[str]


class Stage:
    """Where people act, each through the API with their own token."""

    def __init__(self, box: GitHubSandbox) -> None:
        self.box = box
        self.numbers: dict[str, int] = {}

    def act(self, act: Act) -> None:
        """Let it happen, now."""
        if act.verb == "reports":
            draft = {"title": act.what, "body": act.body, "labels": list(act.labels)}
            self.numbers[act.issue] = self._call(act.who, "POST", "/issues", draft)["number"]
            return
        issue = f"/issues/{self.numbers[act.issue]}"
        if act.verb in {"hands", "also labels", "drops the label"}:
            self._label(act, issue)
        elif act.verb == "labels":
            self._call(act.who, "POST", f"{issue}/labels", {"labels": [act.what]})
        elif act.verb == "says":
            self._call(act.who, "POST", f"{issue}/comments", {"body": act.what})
        elif act.verb == "takes":
            self._call(act.who, "POST", f"{issue}/assignees", {"assignees": [act.who]})
        else:
            state = "closed" if act.verb == "closes" else "open"
            self._call(act.who, "PATCH", issue, {"state": state})

    def _label(self, act: Act, issue: str) -> None:
        label = f"tier:{act.what}"
        old = [name for name in self.labels(act.issue) if name.startswith("tier:") and name != label]
        if act.verb == "drops the label":
            self._call(act.who, "DELETE", f"{issue}/labels/{quote(label, safe='')}")
            return
        self._call(act.who, "POST", f"{issue}/labels", {"labels": [label]})
        for name in old if act.verb == "hands" else ():
            self._call(act.who, "DELETE", f"{issue}/labels/{quote(name, safe='')}")

    def labels(self, issue: str) -> list[str]:
        """The labels that the story's issue bears."""
        found = self._call(OWN, "GET", f"/issues/{self.numbers[issue]}")
        return [label["name"] for label in found["labels"]]

    def open_issues(self) -> list[Shown]:
        """The open issues, oldest first."""
        found = self._call(OWN, "GET", "/issues?state=open&direction=asc&per_page=100")
        return [Shown(issue["number"], issue["title"], [label["name"] for label in issue["labels"]]) for issue in found]

    def _call(self, who: str, method: str, path: str, body: object = None) -> Any:
        answer = requests.request(
            method,
            f"{self.box.url}/repos/{REPOSITORY}{path}",
            json=body,
            headers={"Authorization": f"Bearer {token_of(who)}"},
            timeout=15,
        )
        if answer.status_code >= _OK:
            raise TierkeeperError(
                f"the demo's {who} could not {method} {path}: {answer.status_code} {answer.text[:200]}"
            )
        return answer.json() if answer.content else {}
