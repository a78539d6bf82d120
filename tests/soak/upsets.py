"""What befalls a desk besides what its people do all day: issues go, names change, a ledger is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from desk_world import OWN, REPO, World
from jira_desk import JiraDesk

from tierkeeper.plugins.tracker import Ports, Tracker
from tierkeeper.plugins.transport.ports import ManualWall, out_of_budget
from tierkeeper.rules.policy import Policy, load_policy
from tierkeeper.sync.budget import LedgerBudget
from tierkeeper.sync.ledger import Lease, Ledger
from tierkeeper.sync.rebuild import Refill, put_in_place, unfinished

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from soak.acts import Act

    from tierkeeper.plugins.model.event import Deed
    from tierkeeper.plugins.transport.ports import Kind
    from tierkeeper.sync.ledger.ports import Budgets

OLD = "-old"
ELSEWHERE = {"github": "example/other", "jira": "DEV"}
RENAMED = {"github": "example/portal", "jira": "SHOP"}


class Purse(LedgerBudget):
    """A budget that is empty after so many requests of a run; None: as large as the tracker's."""

    def __init__(self, budgets: Budgets, *, left: int | None, creates: int) -> None:
        super().__init__(budgets, creates_a_minute=creates)
        self.left, self.made = left, 0

    def before(self, credential: str, kind: Kind, wall_now: datetime) -> None:
        """Let a request through, or say until when not."""
        if self.left == 0:
            out = out_of_budget("no request is left", wall_now + timedelta(hours=1))
            out.credential = credential
            raise out
        self.left = None if self.left is None else self.left - 1
        super().before(credential, kind, wall_now)
        self.made += kind == "create"


class Upsets:
    """The part of a stage that holds them. `gone`: how the ledger names the issues that went, by number."""

    desk: World
    policy: Policy
    numbers: list[int]

    def __init__(self) -> None:
        self.gone: dict[int, str] = {}
        self.away: dict[int, str] = {}
        self.edits: dict[str, str] = {}
        self.place = ""
        self.narrowed = False
        self.dry: int | None = None
        self.creates = 80
        self.deeds: dict[str, set[Deed]] = {}

    @property
    def now(self) -> datetime:
        """The sandbox's time."""
        return self.desk.box.now

    def ref_id(self, number: int) -> str:
        """How the ledger names an issue."""
        return str(number)

    @property
    def platform(self) -> str:
        """Which of the two trackers this is."""
        return "jira" if isinstance(self.desk, JiraDesk) else "github"

    def secret(self, name: str) -> str | None:
        """What a tracker logs in with."""
        return self.desk.secret(name)

    def ports(self, ledger: Ledger, wall: ManualWall) -> dict[str, Tracker]:
        """The trackers, made anew as each process does."""
        self.purse = Purse(ledger.budgets, left=self.dry, creates=self.creates)
        ports = Ports(budget=self.purse, etags=ledger.etags, kept=ledger.kept, wall=wall, secret=self.secret)
        return {name: entry.plugin.make(name, entry.options, ports) for name, entry in self.policy.trackers.items()}

    def spent(self) -> Iterator[str]:
        """Which limits of the last run were met; the next one has none."""
        if self.dry is not None and self.purse.left == 0:
            yield "dry"
        if self.creates == self.purse.made:
            yield "few-creates"
        self.dry, self.creates = None, 80

    # Issues go

    def do_delete(self, _act: Act, number: int) -> None:
        """Delete an issue."""
        self.gone[number] = self.ref_id(number)
        if isinstance(self.desk, JiraDesk):
            self.desk.box.store.delete_issue(f"{self.desk.project}-{number}")
        else:
            self.desk.box.store.delete_issue(REPO, number)

    def do_move(self, act: Act, number: int) -> None:
        """Move an issue to where we do not look."""
        place = ELSEWHERE[self.platform]
        self.gone[number] = self.ref_id(number)
        if isinstance(self.desk, JiraDesk):
            store = self.desk.box.store
            if place not in store.project_keys:
                store.add_project(place)
            self.away[number] = store.move_issue(f"{self.desk.project}-{number}", place, act.who)
        else:
            github = self.desk.box.store
            if not any(one.full_name == place for one in github.data.repositories.values()):
                github.add_repository(place, permissions={OWN: "admin"})
            self.away[number] = str(github.transfer_issue(REPO, number, place, act.who))

    def returns(self, who: str) -> bool:
        """Move an issue back, the one that went last; it has a new number."""
        if not self.away:
            return False
        number, there = self.away.popitem()
        if isinstance(self.desk, JiraDesk):
            back = int(self.desk.box.store.move_issue(there, self.desk.project, who).split("-")[1])
            del self.gone[number]  # the ledger knows it
            self.numbers.remove(number)
        else:
            back = self.desk.box.store.transfer_issue(ELSEWHERE["github"], int(there), REPO, who)
        self.numbers.append(back)
        return True

    # Names change

    def rename_label(self, name: str) -> bool:
        """Rename a label, or give it its name back; Jira's labels have no name of their own."""
        if self.platform == "jira":
            return False
        store = self.desk.box.store
        repository = store.repository(REPO)
        old, new = (name, name + OLD) if store.label(repository, name) else (name + OLD, name)
        if store.label(repository, old) is None or store.label(repository, new) is not None:
            return False
        store.rename_label(REPO, old, new)
        return True

    def rename_place(self) -> bool:
        """Rename the project or repository; the old name leads there."""
        if self.place:
            return False
        self.place = RENAMED[self.platform]
        if isinstance(self.desk, JiraDesk):
            self.desk.box.store.rename_project(self.desk.project, self.place)
        else:
            self.desk.box.store.rename_repository(REPO, self.place)
        return True

    # The policy is edited

    def follow(self) -> bool:
        """Put the new name of the project or repository into the policy."""
        if not self.place or self.edits.get("place") == self.place:
            return False
        self.edits["place"] = self.place
        self._load()
        return True

    def edit(self, what: str) -> bool:
        """Switch a rule on or off, change its mode or its options; or narrow the queue to a label, or no more."""
        rule, _, setting = what.partition(" ")
        if self.edits.get(rule, "") == setting:
            return False
        self.edits[rule] = setting
        self.narrowed |= rule == "filter"
        self._load()
        return True

    def put_right(self) -> None:
        """The policy as it was, with the names of today."""
        wanted = {"place": self.place} if self.place else {}
        if wanted != self.edits:
            self.edits = wanted
            self._load()

    def _load(self) -> None:
        text = self.desk.policy_text()
        for rule, setting in self.edits.items():
            text = text.replace(f"\n  {rule}:\n", f"\n  {rule}: {setting}\n")
        label = self.edits.get("filter")
        behind = f', filter: {{labels: ["{label}"]}}}}' if label else "}"
        for kind, place in (("repository", REPO), ("project", "HELP")):
            text = text.replace(f"{kind}: {place}}}", f"{kind}: {self.edits.get('place', place)}{behind}")
        self.policy = load_policy(text, file="desk.yaml", host=self.desk.host)

    # The ledger is lost

    def remember(self) -> None:
        """What was carried out for people: a new ledger does not know it."""
        if not self.desk.ledger_path.exists():
            return
        with Ledger.open(self.desk.ledger_path, desk=self.policy.desk.name) as ledger:
            for number in self.numbers:
                known = None if number in self.gone else ledger.history("webapp", self.ref_id(number))
                if known is not None:
                    self.deeds.setdefault(self.ref_id(number), set()).update(known.history.deeds)

    def rebuild(self, skew: float) -> bool:
        """Make the ledger anew from the tracker, as the command does; whether everything was read."""
        now, path = self.now + timedelta(seconds=skew), self.desk.ledger_path
        wall = ManualWall(now)
        with Lease(path, holder="rebuild", start=now):
            with Ledger.open(unfinished(path), desk=self.policy.desk.name) as ledger:
                trackers: Mapping[str, Tracker] = self.ports(ledger, wall)
                refill = Refill(ledger=ledger, queues=self.policy.queues, trackers=trackers, now=now, wall=wall)
                problems = refill.run()
            if not problems:
                put_in_place(path, now)
        return not problems
