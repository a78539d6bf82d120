"""A four-level desk, its bench and its issue, for tests of reading and judging."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from tierkeeper.plugins import Case, Decision, Desk, Rule
from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.model.desk import Mode
from tierkeeper.plugins.model.event import History
from tierkeeper.rules.engine import Bench
from tierkeeper.rules.policy import ActiveRule
from tierkeeper.rules.reading import Reader, read_case
from tierkeeper.rules.testing.benches import Setup, read_desk, set_up
from tierkeeper.rules.testing.story import OWN, StoryIssue

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 9:00 in Berlin
EVER = datetime(2000, 1, 1, tzinfo=UTC)


def at(minutes: float = 0) -> datetime:
    """So many minutes after Monday, 9:00 in Berlin."""
    return MONDAY + timedelta(minutes=minutes)


@cache
def four_level() -> Setup:
    """The desk four-level."""
    return set_up(read_desk(None, like=None, folder=Path()), "TR02", {"mode": "enforce"}, load_plugins())


def desk() -> Desk:
    return four_level().bench.desk


def reader(**changes: Any) -> Reader:
    return msgspec.structs.replace(Reader(desk=desk(), tracker="story", own=OWN.id, since=EVER), **changes)


class Told(StoryIssue):
    """An issue whose story is told by minutes."""

    def __init__(self, by: str = "key-user-1", *, tier: str = "", complete: bool = True) -> None:
        super().__init__(desk(), four_level().queue, complete=complete)
        self.report("Export fails", self.hand(by, at()), body="It stops at 80 %.")
        if tier:
            self.set("tier", tier, self.hand(OWN.id, at()))

    def by(self, who: str, minutes: float, kind: str = "") -> "Act":
        return Act(self, who, at(minutes), kind)

    def case(self, minutes: float, **changes: Any) -> Case:
        return read_case(self.history(), reader(**changes), at(minutes))

    def told(self) -> History:
        return self.history()


class Act(msgspec.Struct, frozen=True):
    """What somebody does at a moment."""

    issue: Told
    who: str
    when: datetime
    kind: str = ""

    def __getattr__(self, name: str) -> Callable[..., None]:
        hand = self.issue.hand(self.who, self.when, self.kind)
        return lambda *what, **how: getattr(self.issue, name)(*what, hand, **how)


def rule(
    code: str,
    judge: Callable[[Case, Desk], Sequence[Decision]],
    *,
    guards: frozenset[str] = frozenset({"tier"}),
    wants: frozenset[str] = frozenset({"tier", "owner", "priority"}),
) -> Rule:
    """A rule that says what `judge` says."""

    def judge_it(_self: Rule, case: Case, desk: Desk) -> Iterator[Decision]:
        yield from judge(case, desk)

    body = {"__doc__": f"{code} said {{why}}.", "code": code, "group": "own", "judge": judge_it}
    made: type[Rule] = type(code, (Rule,), {**body, "guards": guards, "wants": wants})
    return made()


def bench(*rules: Rule | tuple[Rule, Mode]) -> Bench:
    """A bench with these rules, enforced where no mode is given."""
    active = [ActiveRule(*one) if isinstance(one, tuple) else ActiveRule(one, "enforce") for one in rules]
    return Bench(rules=tuple(active), desk=desk(), commands=four_level().bench.commands)
