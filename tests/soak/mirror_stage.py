"""A desk whose issues have twins, where a story can be played: what people do on both sides."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from line import on_a_line
from mirror_world import OWN, START, JiraEnd, MirrorWorld
from soak.memory import empty_ledger
from soak.mirror_files import Files
from soak.mirror_laws import RANK, Said, broken
from soak.mirror_losses import Losses
from soak.mirror_ties import Ties

from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.plugins.jira.sandbox import JiraSandbox
from tierkeeper.plugins.transport.ports import ManualWall
from tierkeeper.sync.cycle import Cycle
from tierkeeper.sync.ledger import Lease, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from mirror_world import Shown
    from soak.acts import Act

    from tierkeeper.rules.policy import Policy
    from tierkeeper.sync.report import Report

LABELS = {"desk": "ui", "dev": "UI"}
GUARDS = "{TR02: {mode: enforce}, PO03: {mode: enforce, roles: {priority: [support, leads]}}}"
PRIORITIES = "values: [Highest, High, Medium, Low, Lowest]"
DESK = "Web application"


class MirrorStage(Losses, Ties, Files):
    """Both ends. `said`: what people made of facets, in order; `native`: priorities are Jira's own.

    `run`: how many requests each sandbox had been sent as a run began; None: there is none.
    """

    desk: Any

    def __init__(self, world: MirrorWorld) -> None:
        world.extra, world.priority = ", labels: {ui: UI}", f"{{{PRIORITIES}}}"
        Losses.__init__(self, world)
        Ties.__init__(self)
        Files.__init__(self)
        self.said: list[Said] = []
        self.comments: list[tuple[str, str]] = []
        self.run: tuple[int, int] | None = None

    @property
    def now(self) -> datetime:
        now: datetime = self.desk.github.now
        return now

    @property
    def faults(self) -> Mapping[str, Any]:
        return {"github": self.desk.github.faults, "jira": self.desk.jira.faults}

    def secret(self, name: str) -> str | None:
        return {"GITHUB_TOKEN": f"t-{OWN}", "JIRA_TOKEN": f"t-{OWN}"}.get(name)

    def cycle(self, *, skew: float = 0, write: bool = True) -> Report:
        now = self.now + timedelta(seconds=skew)
        wall, path = ManualWall(now), self.desk.ledger_path
        with Lease(path, holder="run", start=now), Ledger.open(path, desk=self.policy.desk.name) as ledger:
            trackers = self.ports(ledger, wall)
            cycle = Cycle(
                policy=self.policy, ledger=ledger, trackers=trackers, now=now, wall=wall, write=write, max_changes=1000
            )
            self.run = len(self.desk.github.requests), len(self.desk.jira.requests)
            try:
                return cycle.run()
            finally:
                self.run = None

    def _is_looked_at(self, issue: str) -> bool:
        """Whether this run has read the issue: no tracker takes a text only where nobody wrote one since."""
        if self.run is None:
            return False
        calls = [*self.desk.github.requests[self.run[0] :], *self.desk.jira.requests[self.run[1] :]]
        return any(call[0] == "GET" and re.search(rf"/issues?/{issue}(\?|$)", call[1]) for call in calls)

    def broken(self, ledger: Ledger) -> Iterator[str]:
        return broken(self, ledger)

    @property
    def native(self) -> bool:
        """Whether priorities are Jira's own, where there is a Jira."""
        return "field" in self.desk.priority

    @property
    def guarded(self) -> bool:
        """Whether rules guard priority and tier."""
        return bool(self.desk.rules == GUARDS)

    def rank_of(self, name: str, shown: Shown) -> str:
        """The priority of an issue of this end."""
        if self.native and isinstance(getattr(self.desk, name), JiraEnd):
            return shown.priority
        return next((label.removeprefix(RANK) for label in sorted(shown.labels) if label.startswith(RANK)), "")

    # Acts

    def play(self, act: Act) -> bool:
        self.desk.later(0.001)  # Jira tells times to the millisecond
        if act.verb == "rules":
            self.follows(act.what)
            return True
        if act.verb == "settle":
            return self.settle()
        if act.verb == "report":
            title, text = f"Export fails, {len(self.numbers)}", f"It stops at {act.what}"
            self.numbers.append(int(self.desk.desk.report(act.who, title, text, (f"tier:{act.what}",))))
            return True
        return super().play(act)

    def follows(self, policy: str) -> None:
        """Let the desk go by another policy."""
        native = "native" in policy and "jira" in self.desk.pairing
        self.desk.priority = f"{{{PRIORITIES}{', jira: {field: priority}' if native else ''}}}"
        self.desk.rules = GUARDS if "guarded" in policy else "{}"
        self.policy = self.desk.policy()

    def _on_issue(self, act: Act, number: int) -> bool:  # noqa: ARG002 - the issues of one side, not of the desk
        name = "dev" if act.who.startswith("dev-") else "desk"
        there = getattr(self.desk, name).issues()
        method = getattr(self, "on_" + act.verb.replace("-", "_"))
        return bool(there) and method(act, name, there[act.issue % len(there)]) is not False

    def says(self, act: Act, name: str, shown: Shown, told: tuple[str, str]) -> None:
        """Note what somebody made of a facet."""
        self.said.append(Said(name, shown.id, *told, act.who, self.now))

    def on_to_tier(self, act: Act, name: str, shown: Shown) -> None:
        end = getattr(self.desk, name)
        end.label(act.who, shown.id, f"tier:{act.what}")
        for label in sorted(shown.labels):
            if label.startswith("tier:") and label != f"tier:{act.what}":
                end.unlabel(act.who, shown.id, label)

    def on_rename(self, act: Act, name: str, shown: Shown) -> None:
        getattr(self.desk, name).rename(act.who, shown.id, act.what)
        self.says(act, name, shown, ("title", act.what))

    def on_rewrite(self, act: Act, name: str, shown: Shown) -> None:
        text = f"It stops at {act.what}" if name == "desk" else f"{shown.text}\n\nOurs: {act.what}"
        getattr(self.desk, name).rewrite(act.who, shown.id, text)
        if not self._is_looked_at(shown.id):
            self.says(act, name, shown, ("text", act.what))

    def on_say(self, act: Act, name: str, shown: Shown) -> None:
        comment = getattr(self.desk, name).comment(act.who, shown.id, f"Seen: {act.what}")
        self.comments.append((name, comment))

    def on_reword(self, act: Act, name: str, _shown: Shown) -> bool:
        there = [comment for end, comment in self.comments if end == name]
        if there:
            getattr(self.desk, name).edit_comment(act.who, there[act.issue % len(there)], f"Rather: {act.what}")
        return bool(there)

    def on_unsay(self, act: Act, name: str, _shown: Shown) -> bool:
        there = [one for one in self.comments if one[0] == name]
        if there:
            gone = there[act.issue % len(there)]
            self.comments.remove(gone)
            getattr(self.desk, name).delete_comment(act.who, gone[1])
        return bool(there)

    def on_shut(self, act: Act, name: str, shown: Shown) -> None:
        end = getattr(self.desk, name)
        (end.close if shown.open else end.reopen)(act.who, shown.id)
        self.says(act, name, shown, ("state", "closed" if shown.open else "open"))

    def on_rank(self, act: Act, name: str, shown: Shown) -> bool:
        end, now = getattr(self.desk, name), self.rank_of(name, shown)
        if now == act.what:
            return False
        if self.native and isinstance(end, JiraEnd):
            end.prioritise(act.who, shown.id, act.what)
        else:
            end.label(act.who, shown.id, f"{RANK}{act.what}")
            for label in sorted(shown.labels):
                if label.startswith(RANK):
                    end.unlabel(act.who, shown.id, label)
        self.says(act, name, shown, ("priority", act.what))
        return True

    def on_order(self, act: Act, name: str, shown: Shown) -> None:
        getattr(self.desk, name).comment(act.who, shown.id, f"/priority {act.what} seen with {len(self.said)} others")
        self.says(act, name, shown, ("order", act.what))

    def on_tag(self, act: Act, name: str, shown: Shown) -> None:
        end = getattr(self.desk, name)
        there = [label for label in shown.labels if label.casefold() == "ui"]
        (end.unlabel if there else end.label)(act.who, shown.id, there[0] if there else LABELS[name])


@cache
def _host() -> Host:
    return load_plugins()


_POLICIES: dict[str, Policy] = {}
"""What was read for one story serves the next."""


@contextmanager
def mirror_stage(pairing: str, folder: Path, *, served: bool = False) -> Iterator[MirrorStage]:
    """Both ends, empty. `served`: over HTTP, which takes longer and asks the same."""
    ports = (0, 0) if served else (1, 2)
    boxes = GitHubSandbox(port=ports[0], now=START), JiraSandbox(port=ports[1], now=START)
    with ExitStack() as stack:
        if served:
            for box in boxes:
                stack.enter_context(box)
        else:
            stack.enter_context(on_a_line(*boxes))
        world = MirrorWorld(pairing, boxes, empty_ledger(folder, DESK), host=_host())
        world.policies = _POLICIES
        yield MirrorStage(world)
