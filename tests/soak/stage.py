"""A desk on a sandbox where a story can be played: every act of `soak.acts`, done by people through the API."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from desk_world import OWN, REPO, World
from desk_world import world as github_world
from jira_desk import JiraDesk, document, jira_desk
from soak.acts import Act
from soak.laws import broken
from soak.upsets import Upsets

from tierkeeper.plugins.transport.ports import ManualWall
from tierkeeper.sync.cycle import Cycle
from tierkeeper.sync.ledger import Lease, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tierkeeper.rules.policy import Policy
    from tierkeeper.sync.report import Report

CLAIMS = {
    "plain": (),
    "berlin": ("instance:berlin-01",),
    "pune": ("instance:pune-01",),
    "claim": ("instance:berlin-01", "tier:support"),
}
HOLDERS = {
    "key-users": "key-user-1",
    "help-desk": "help-desk-2",
    "support": "support-2",
    "development": "dev-2",
}
DESK_WIDE = ("team", "crowd", "policy", "rename-label", "rename-place", "follow", "return")
FORGED = "<!-- tierkeeper:status -->\n\nWith development."


class Stage(Upsets):
    """One desk and the issues that people reported there."""

    def __init__(self, desk: World) -> None:
        super().__init__()
        self.desk = desk
        self.numbers: list[int] = []
        self.policy: Policy = desk.policy()

    # Runs

    def cycle(self, *, skew: float = 0, write: bool = True) -> Report:
        """One process: lease, ledger, trackers, a cycle."""
        now = self.now + timedelta(seconds=skew)
        wall = ManualWall(now)
        path = self.desk.ledger_path
        with Lease(path, holder="run", start=now), Ledger.open(path, desk=self.policy.desk.name) as ledger:
            trackers = self.ports(ledger, wall)
            try:
                return Cycle(
                    policy=self.policy,
                    ledger=ledger,
                    trackers=trackers,
                    now=now,
                    wall=wall,
                    write=write,
                    max_changes=1000,
                    budget=self.purse,
                ).run()
            finally:
                self.purse.keep(wall.now())

    @property
    def faults(self) -> Mapping[str, Any]:
        """Where troubles are turned on, by the name of the sandbox; here there is one."""
        return {"": self.desk.box.faults}

    def broken(self, ledger: Ledger) -> Iterator[str]:
        """Every law that an issue breaks."""
        return broken(self, ledger, next(iter(self.ports(ledger, ManualWall(self.now)).values())))

    # Acts

    def play(self, act: Act) -> bool:
        """Do it; whether it could be done."""
        desk = self.desk
        if act.verb == "wait":
            desk.later(act.amount)
            return True
        if act.verb == "report":
            number = desk.reports(act.who, f"Export fails, {len(self.numbers)}", CLAIMS[act.what])
            self.numbers.append(number)
            return True
        if act.verb in DESK_WIDE:
            return self._on_desk(act)
        try:
            return self._on_issue(act, self.numbers[act.issue % len(self.numbers)])
        except AssertionError:  # the tracker does not let them
            return False

    def _on_desk(self, act: Act) -> bool:
        if act.verb in {"team", "crowd"}:
            self.joins(act.who) if act.verb == "team" else self.crowds(act.who)
            return True
        if act.verb in {"policy", "rename-label"}:
            return self.edit(act.what) if act.verb == "policy" else self.rename_label(act.what)
        if act.verb == "return":
            return self.returns(act.who)
        return self.follow() if act.verb == "follow" else self.rename_place()

    def _on_issue(self, act: Act, number: int) -> bool:
        if number in self.gone:
            return False
        method = getattr(self, "do_" + act.verb.replace("-", "_"))
        return method(act, number) is not False

    def holder(self, number: int) -> str:
        """Somebody who may hand the issue on."""
        tiers = sorted(self.desk.tier(number))
        return HOLDERS.get(tiers[0] if tiers else "key-users", "help-desk-1")

    def do_hand(self, act: Act, number: int) -> None:
        self.desk.hands(act.who, number, act.what)

    def do_right(self, act: Act, number: int) -> None:
        self.desk.hands(self.holder(number), number, act.what)

    def do_add(self, act: Act, number: int) -> None:
        self.desk.labels_issue(act.who, number, f"tier:{act.what}")

    def do_drop(self, act: Act, number: int) -> bool:
        tiers = sorted(self.desk.tier(number))
        for tier in tiers:
            self.desk.unlabels(act.who, number, f"tier:{tier}")
        return bool(tiers)

    def do_two(self, act: Act, number: int) -> None:
        self.desk.labels_issue(act.who, number, "tier:help-desk" if act.what == "support" else "tier:support")
        self.desk.labels_issue(act.who, number, f"tier:{act.what}")

    def do_command(self, act: Act, number: int) -> None:
        self.desk.says(act.who, number, f"Looked at it.\n\n/handover {act.what} because")

    def do_right_command(self, act: Act, number: int) -> None:
        self.desk.says(self.holder(number), number, f"/handover {act.what} because")

    def do_odd_command(self, act: Act, number: int) -> None:
        self.desk.says(act.who, number, act.what)

    def do_late_command(self, act: Act, number: int) -> None:
        comment = self.desk.says(act.who, number, "Looked at it.")
        self.desk.later(2)
        self.edits_comment(act.who, (number, comment), f"/handover {act.what}")

    def do_say(self, act: Act, number: int) -> None:
        self.desk.says(act.who, number, "Looked at it, nothing found yet.")

    def do_forge(self, act: Act, number: int) -> None:
        self.desk.says(act.who, number, FORGED)

    def do_unflag(self, act: Act, number: int) -> bool:
        flags = sorted(label for label in self.desk.labels(number) if label.startswith("flag:"))
        for flag in flags:
            self.desk.unlabels(act.who, number, flag)
        return bool(flags)

    def do_opt_out(self, act: Act, number: int) -> None:
        if "tierkeeper:off" in self.desk.labels(number):
            self.desk.unlabels(act.who, number, "tierkeeper:off")
        else:
            self.desk.labels_issue(act.who, number, "tierkeeper:off")

    def do_unassign(self, act: Act, number: int) -> bool:
        there = bool(self.desk.assignees(number))
        if there:
            self.desk.assigns_nobody(act.who, number)
        return there

    # What differs

    def own(self) -> str:
        """Our account's id."""
        return OWN

    def bots(self) -> set[str]:
        """The ids of what is not human."""
        return {"release-bot", "ci-bot", "ci-app[bot]"}

    def joins(self, who: str) -> None:
        """Join the developers, or leave them."""
        store = self.desk.box.store
        if who in store.team("example", "webapp-developers").members:
            store.remove_team_member("example", "webapp-developers", who)
        else:
            store.add_team_member("example", "webapp-developers", who)

    def crowds(self, who: str) -> None:
        """Make so many events that a feed has several pages."""
        number = self.desk.reports(who, "Many labels")
        with suppress(AssertionError):
            self.desk.labels_issue(who, number, *(f"noise-{count}" for count in range(100)))
            self.desk.call(who, "DELETE", f"/issues/{number}/labels")

    def edits_comment(self, who: str, where: tuple[int, int], body: str) -> None:
        """Edit a comment of one's own."""
        self.desk.call(who, "PATCH", f"/issues/comments/{where[1]}", {"body": body})

    def do_edit(self, act: Act, number: int) -> None:
        self.desk.call(act.who, "PATCH", f"/issues/{number}", {"title": f"Export fails, says {act.who}"})

    def do_close(self, act: Act, number: int) -> None:
        state = self.desk.issue(number)["state"]
        self.desk.call(act.who, "PATCH", f"/issues/{number}", {"state": "open" if state == "closed" else "closed"})

    def do_wipe(self, _act: Act, number: int) -> bool:
        found = self.desk.call("desk-leader", "GET", f"/issues/{number}/comments")
        ours = [one["id"] for one in found if one["user"]["login"] == OWN]
        for comment in ours:
            self.desk.call("desk-leader", "DELETE", f"/issues/comments/{comment}")
        return bool(ours)

    def do_assign(self, act: Act, number: int) -> None:
        self.desk.call(act.who, "POST", f"/issues/{number}/assignees", {"assignees": [act.what]})


class JiraStage(Stage):
    """The same on Jira."""

    desk: JiraDesk

    def play(self, act: Act) -> bool:
        """Do it, a moment after what went before: Jira tells times to the millisecond."""
        self.desk.later(0.001)
        return super().play(act)

    def ref_id(self, number: int) -> str:
        return str(self.desk.box.store.issue(f"{self.desk.project}-{number}").id)

    def own(self) -> str:
        return self.desk.ids[OWN]

    def bots(self) -> set[str]:
        return {self.desk.ids["release-bot"], self.desk.ids["ci-bot"]}

    def joins(self, who: str) -> None:
        store = self.desk.box.store
        if self.desk.ids[who] in store.group("developers").members:
            store.remove_group_member("developers", who)
        else:
            store.add_group("developers", members=[who])

    def crowds(self, who: str) -> None:
        number = self.desk.reports(who, "Many labels")
        for count in range(45):
            self.desk.box.store.comment(f"{self.desk.project}-{number}", who, f"Reply {count}")

    def edits_comment(self, who: str, where: tuple[int, int], body: str) -> None:
        self.desk.call(
            who, "PUT", f"/issue/{self.desk.project}-{where[0]}/comment/{where[1]}", {"body": document(body)}
        )

    def do_edit(self, act: Act, number: int) -> None:
        title = {"summary": f"Export fails, says {act.who}"}
        self.desk.call(act.who, "PUT", f"/issue/{self.desk.project}-{number}", {"fields": title})

    def do_close(self, act: Act, number: int) -> None:
        ways = self.desk.call(act.who, "GET", f"/issue/{self.desk.project}-{number}/transitions")["transitions"]
        done = self.desk._fields(number, "status")["status"]["statusCategory"]["key"] == "done"
        way = next(one for one in ways if (one["to"]["statusCategory"]["key"] == "done") is not done)
        self.desk.call(
            act.who, "POST", f"/issue/{self.desk.project}-{number}/transitions", {"transition": {"id": way["id"]}}
        )

    def do_wipe(self, _act: Act, number: int) -> bool:
        store = self.desk.box.store
        issue = store.issue(f"{self.desk.project}-{number}")
        ours = [key for key in issue.comments if store.data.comments[key].author == self.own()]
        for key in ours:
            store.delete_comment(key, "desk-leader")
        return bool(ours)

    def do_assign(self, act: Act, number: int) -> None:
        self.desk.call(
            act.who, "PUT", f"/issue/{self.desk.project}-{number}/assignee", {"accountId": self.desk.ids[act.what]}
        )


@contextmanager
def stage(tracker: str, folder: Path) -> Iterator[Stage]:
    """An empty desk whose developers are a team or a group."""
    if tracker == "jira":
        with jira_desk(folder) as jira:
            jira.developers = "{jira: {group: developers}}"
            yield JiraStage(jira)
        return
    with github_world(folder) as github:
        github.developers = "{github: {team: example/webapp-developers}}"
        github.box.store.add_app("ci-app", token="t-ci-app")
        github.box.store.set_permission(REPO, "ci-app[bot]", "write")
        yield Stage(github)
