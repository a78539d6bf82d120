"""Where the demo's people act: a sandbox for each tracker, each act through the API with that person's own token."""

from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import msgspec
import requests

from tierkeeper.plugins.errors import TierkeeperError
from tierkeeper.rules.policy import Policy
from tierkeeper.sync.demo.story import Act

OWN = "tierkeeper"
MONDAY = datetime(2026, 11, 23, tzinfo=ZoneInfo("Europe/Berlin"))
_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4}
_OK = 300


class Shown(msgspec.Struct, frozen=True):
    """An open issue as the tracker shows it."""

    name: str
    title: str
    labels: list[str]


class Stage(Protocol):
    """One tracker's sandbox, with the desk's people in it."""

    url: str
    """Where it is."""

    def environment(self) -> dict[str, str]:
        """What Tierkeeper's own account needs there."""
        ...

    def set_now(self, now: datetime) -> None:
        """Set its clock."""
        ...

    def act(self, act: Act) -> str:
        """Let it happen, now; the issue as people name it."""
        ...

    def open_issues(self) -> list[Shown]:
        """The open issues, oldest first."""
        ...


def desk_text() -> str:
    """The demo's policy, as `examples/four-level-desk` has it."""
    return files("tierkeeper.sync.demo").joinpath("desk.yaml").read_text(encoding="utf-8")


def moment(text: str) -> datetime:
    """``tue 09:15`` as a time of the demo's week."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    return MONDAY + timedelta(days=_DAYS[day], hours=int(hour), minutes=int(minute))


def staff_of(policy: Policy) -> list[str]:
    """Everybody whom the policy names, but not those who only report."""
    desk = policy.desk
    named = [person for role in desk.roles.values() for person in role.people]
    named += [*desk.people, *desk.all_key_users, desk.leader, *sorted(desk.bots)]
    return list(dict.fromkeys(named))


def ask(method: str, url: str, body: object = None, **how: Any) -> Any:
    """One request of a person. The demo ends where it is refused."""
    answer = requests.request(method, url, json=body, timeout=15, **how)
    if answer.status_code >= _OK:
        raise TierkeeperError(f"the demo could not {method} {url}: {answer.status_code} {answer.text[:200]}")
    return answer.json() if answer.content else None
