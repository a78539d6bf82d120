"""Plays a case: its story, the judgement, what was expected of it, and the second judgement that nobody expects."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.rules.policy.problems import did_you_mean
from tierkeeper.rules.policy.yaml_text import Path as Place
from tierkeeper.rules.testing.benches import Data, DeskFault, Setup, set_up
from tierkeeper.rules.testing.case_file import NOBODYS, STEPS, RuleCase
from tierkeeper.rules.testing.failure import CaseFailed, failure
from tierkeeper.rules.testing.outcomes import Outcome, compare, news, outcomes
from tierkeeper.rules.testing.relatives import Relatives, read_family
from tierkeeper.rules.testing.show import side_by_side
from tierkeeper.rules.testing.story import OWN, UNTOLD, Hand, StoryFault, StoryIssue
from tierkeeper.rules.testing.times import Clock
from tierkeeper.rules.testing.trial import Look, Trial

TIMES = ("wake", "waits")
"""Expectations whose value is a time."""


def run_case(case: RuleCase) -> None:
    """Play a case. Raises CaseFailed if it does not hold."""
    player = _Player(case)
    player.play()
    player.judge()


class _Player:
    """Plays one case."""

    def __init__(self, case: RuleCase) -> None:
        self.case = case
        setup = self._set_up()
        self.desk = setup.bench.desk
        self.clock = Clock(ZoneInfo(self.desk.time_zone))
        self.issue = StoryIssue(self.desk, setup.queue, complete=case.complete)
        self.trial = Trial(setup, self.issue, self._relatives())
        self.last: datetime | None = None

    def _set_up(self) -> Setup:
        case = self.case
        try:
            return set_up(case.desk, case.rule, {**case.options, "mode": case.mode}, case.host)
        except (PolicyError, DeskFault) as error:
            self._fail((*case.path, "it"), f"its desk or options cannot be used:\n{error}")

    def _relatives(self) -> Relatives | None:
        data = self.case.family
        try:
            return read_family(data, self.issue.ref, lambda at: self.clock.read(at, None)) if data is not None else None
        except ValueError as error:
            self._fail((*self.case.path, "family"), str(error))

    def _fail(self, path: Place, message: str, hint: str = "") -> NoReturn:
        raise failure(self.case.document, path, message, hint) from None

    # The story

    def play(self) -> None:
        """Let every step happen."""
        for index, step in enumerate(self.case.story):
            path: Place = (*self.case.path, "story", index)
            at = self._time((*path, "at"), step["at"], self.last)
            if self.last is not None and at < self.last:
                self._fail((*path, "at"), f"this is before the step above it, at {self.clock.show(self.last)}")
            self.last = at
            head = next(key for key in step if key in STEPS)
            try:
                self._begin(head, at)
                self._step(head, step, at)
            except StoryFault as fault:
                self._fail((*path, head), str(fault))

    def _time(self, path: Place, text: object, before: datetime | None) -> datetime:
        try:
            return self.clock.read(str(text), before)
        except ValueError as error:
            self._fail(path, str(error))

    def _begin(self, head: str, at: datetime) -> None:
        """Before the first step about an issue there is one, whether the story tells how or not."""
        if not self.issue.reported and head not in {"reports", "observed"}:
            reporter = (*self.desk.all_key_users, "key-user")[0]
            self.issue.report("Something is wrong", self.issue.hand(reporter, at - UNTOLD))
            self._arrive(at - UNTOLD)

    def _arrive(self, at: datetime) -> None:
        if self.case.starts_with:
            tier = self.issue.known_value("tier", self.case.starts_with)
            self.issue.set("tier", tier, self.issue.hand(OWN.id, at))

    def _step(self, head: str, step: Data, at: datetime) -> None:
        if head in NOBODYS:
            self._nobodys(head, step, at)
            return
        hand = self.issue.hand(str(step["by"]), at, str(step.get("as", "")))
        if head == "reports":
            self._report(step, hand)
        elif head == "comments":
            self._comment(step, hand)
        else:
            _ACTS[head](self.issue, step, hand)

    def _nobodys(self, head: str, step: Data, at: datetime) -> None:
        if head == "tierkeeper":
            look = self._look(at)
            self.trial.carry_out(look)
            return
        seen = step["observed"]
        if not isinstance(seen, dict):
            raise StoryFault("expected a mapping of roles to the people who are in them")
        for role, people in seen.items():
            if role not in self.desk.roles:
                raise StoryFault(f'there is no role "{role}"; {did_you_mean(role, "roles", self.desk.roles)}')
            self.trial.observe(role, frozenset(_texts(people)), at)

    def _report(self, step: Data, hand: Hand) -> None:
        self.issue.report(str(step["reports"]), hand, body=str(step.get("body", "")))
        for label in _texts(step.get("labels", [])):
            self.issue.label(label, hand)
        _set_all(self.issue, step.get("facets", {}), hand)
        self._arrive(hand.at)

    def _comment(self, step: Data, hand: Hand) -> None:
        try:
            when = self.clock.read(str(step["edited"]), hand.at) if "edited" in step else None
        except ValueError as error:
            raise StoryFault(f"edited: {error}") from None
        self.issue.comment(str(step["comments"]), hand, edited=when, internal=bool(step.get("internal")))

    # The judgement

    def judge(self) -> None:
        """Judge the story, compare, write, and judge again."""
        path = self.case.path
        now = self._time((*path, "now"), self.case.now, self.last)
        if not self.issue.reported:
            self._fail((*path, "story"), "nothing happens to an issue in this story")
        look = self._look(now)
        got = list(outcomes(look))
        expected = [self._expected(index, item) for index, item in enumerate(self.case.expect)]
        unmet, unexpected = compare(expected, got)
        if unmet or unexpected:
            first: Place = (*path, "expect", unmet[0]) if unmet else (*path, "expect")
            what = f"{len(unmet)} not met, {len(unexpected)} not expected, judged {self.clock.show(now)}"
            told = [outcome for outcome in got if outcome.needed or outcome not in unexpected]
            table = side_by_side(self.case.expect, [outcome.as_expected() for outcome in told], self.clock)
            self._fail_with(first, f"{self.case.rule} {self.case.it}: {what}", table)
        self.trial.carry_out(look)
        self._again(got, now)

    def _again(self, got: Sequence[Outcome], now: datetime) -> None:
        """What was written has settled it: a second judgement decides nothing new."""
        new = news(got, outcomes(self._look(now)))
        if new:
            table = side_by_side([], [outcome.as_expected() for outcome in new], self.clock)
            what = "a second judgement, after the first one was written, decides again"
            self._fail_with((*self.case.path, "it"), f"{self.case.rule} {self.case.it}: {what}", table)

    def _fail_with(self, path: Place, message: str, table: str) -> NoReturn:
        raise CaseFailed(f"{failure(self.case.document, path, message)}\n\n{table}")

    def _look(self, now: datetime) -> Look:
        look = self.trial.look(now)
        for error in look.judgement.failures:
            raise failure(self.case.document, (*self.case.path, "it"), str(error)) from error.__cause__
        return look

    def _expected(self, index: int, item: Data) -> Mapping[str, object]:
        path: Place = (*self.case.path, "expect", index)
        return {
            key: self._time((*path, key), value, self.last) if key in TIMES else value for key, value in item.items()
        }


Act = Callable[[StoryIssue, Data, Hand], None]


def _hand_to(issue: StoryIssue, step: Data, hand: Hand) -> None:
    issue.set("tier", issue.known_value("tier", str(step["hands to"])), hand)


def _set_all(issue: StoryIssue, facets: object, hand: Hand) -> None:
    if not isinstance(facets, dict):
        raise StoryFault("expected a mapping of facets to values")
    for facet, value in facets.items():
        issue.set(facet, issue.known_value(facet, None if value is None else str(value)), hand)


def _for_each(act: Callable[[StoryIssue, str, Hand], None], key: str) -> Act:
    def acts(issue: StoryIssue, step: Data, hand: Hand) -> None:
        for word in _texts(step[key]):
            act(issue, word, hand)

    return acts


_ACTS: Mapping[str, Act] = {
    "hands to": _hand_to,
    "sets": lambda issue, step, hand: _set_all(issue, step["sets"], hand),
    "estimate": lambda issue, step, hand: issue.set("estimate", str(step["estimate"]), hand),
    "label": _for_each(StoryIssue.label, "label"),
    "unlabel": _for_each(StoryIssue.unlabel, "unlabel"),
    "assigns": _for_each(StoryIssue.assign, "assigns"),
    "unassigns": _for_each(StoryIssue.unassign, "unassigns"),
    "closes": lambda issue, step, hand: issue.turn("closed", hand, _reason(step["closes"])),
    "reopens": lambda issue, _, hand: issue.turn("open", hand),
}


def _reason(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
