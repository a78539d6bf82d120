"""From a history to the plan for its issue: read, judge, plan. Pure; what backtests and explanations use too."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cached_property
from itertools import takewhile

import msgspec

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Desk, Queue, RoleSource, Roster
from tierkeeper.plugins.model.event import Event, History, Verdict
from tierkeeper.plugins.model.issue import Account, Comment
from tierkeeper.plugins.model.mirror import LABELS, MILESTONE, OWNER, STATE, TEXT, TITLE
from tierkeeper.rules.carry import judge_commands
from tierkeeper.rules.engine import Bench, judge
from tierkeeper.rules.policy import Policy
from tierkeeper.rules.reading import Reader, read_case
from tierkeeper.rules.settling import settle
from tierkeeper.sync.families import Families
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.plan import IssuePlan
from tierkeeper.sync.planning import plan_issue
from tierkeeper.sync.twins import Twins

_UNJUDGED = frozenset({TITLE, TEXT, LABELS, MILESTONE})
_SAID = frozenset({"tier", OWNER, STATE})
"""What the status comment tells without any rule."""


class Court(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What the issues of one queue are judged by at `now` (UTC).

    `own` is our account's id there; `since` (UTC) is before which no human's act is judged.
    `ledger`: where the families of issues are found, if any. `public`: its customers see a status comment of their own.
    `accounts` are our own accounts by tracker, those of the twins' too. `foreseen`: the verdicts that a plan keeps
    nowhere, by issue, for what follows from them.
    """

    policy: Policy
    queue: Queue
    own: str
    now: datetime
    since: datetime | None
    rosters: dict[RoleSource, Roster] = {}
    ledger: Ledger | None = None
    public: bool = False
    accounts: Mapping[str, str] = {}
    foreseen: dict[str, tuple[Verdict, ...]] = {}

    @cached_property
    def desk(self) -> Desk:
        """The desk with what was observed of its roles."""
        return msgspec.structs.replace(self.policy.desk, rosters=self.rosters)

    @cached_property
    def bench(self) -> Bench:
        """The rules and the desk."""
        policy = self.policy
        return Bench(
            rules=policy.rules,
            desk=self.desk,
            commands=policy.commands,
            wait=policy.wait,
            public=self.public,
            fingerprint=policy.fingerprint,
            notifiers=policy.notifiers,
        )

    @cached_property
    def reader(self) -> Reader:
        """How this queue's histories are read."""
        return Reader(desk=self.desk, tracker=self.queue.tracker, own=self.own, since=self.since)

    @cached_property
    def fingerprint(self) -> str:
        """What a case was judged by: the policy, and who is in the roles as last observed."""
        newest = [
            f"{source}:{','.join(sorted(roster.readings[-1].members))}"
            for source, roster in sorted(self.rosters.items())
            if roster.readings
        ]
        roles = hashlib.sha256("\n".join(newest).encode()).hexdigest()[:12]
        return f"{self.policy.fingerprint}:{roles}"

    def case(self, history: History, at: datetime | None = None) -> Case:
        """The case that a history tells, its twin's part included; as it was `at` a time, else now."""
        history = self._told(history)
        family = self.families.of(history) if self.families is not None else None
        return read_case(history, self.reader, at or self.now, family=family)

    @cached_property
    def families(self) -> Families | None:
        """Where the families of issues are found; None where no rule asks for them."""
        windows = [active.rule.kin for active in self.policy.rules if active.rule.kin is not None]
        if not windows or self.ledger is None:
            return None
        return Families(self.ledger, self.queue, reader=self.reader, now=self.now, window=max(windows))

    def case_with_all(self, history: History) -> Case:
        """The same with what bears a later time than `now`: how things stand after we wrote.

        It is kept until another history is asked about: what a pair needs is worked out from one case, asked for often.
        """
        if not self._last or self._last[0][0] is not history:
            told, foreseen = self._told(history), self.foreseen.get(history.issue.ref.id, ())
            if foreseen:
                told = msgspec.structs.replace(told, verdicts=(*told.verdicts, *foreseen))
            self._last[:] = [(history, read_case(told, self.reader, self._newest(told)))]
        return self._last[0][1]

    @cached_property
    def _last(self) -> list[tuple[History, Case]]:
        return []

    def _newest(self, history: History, *, others: bool = False) -> datetime:
        """When the last thing happened, or now; with `others` the last thing that was not us."""
        did = [(one.comment.at, one.comment.author) for one in history.heard]
        did += [(one.at, one.actor) for one in takewhile(self._is_later, reversed(history.events))]
        did += [(one.at, one.author) for one in takewhile(self._is_later, reversed(history.comments))]
        times = [at for at, account in did if not (others and self._is_own(account))]
        return max([self.now, *times])

    def _is_later(self, one: Event | Comment) -> bool:
        return one.at > self.now

    def _is_own(self, account: Account | None) -> bool:
        return account is not None and account.id.casefold() == self.own.casefold()

    @cached_property
    def _twins(self) -> Twins | None:
        twins = Twins(self.ledger, self.queue, self.policy, self.accounts) if self.ledger is not None else None
        return twins if twins is not None and twins.any else None

    def _told(self, history: History) -> History:
        return history if self._twins is None or history.twin is not None else self._twins.told(history)

    def holds(self, history: History) -> bool:
        """Whether the issue is in the queue: its filter is applied here, so that leaving it is seen."""
        wanted = {label.casefold() for label in self.queue.labels}
        return not wanted or any(label.casefold() in wanted for label in history.issue.labels)

    def depends_on(self, facets: Collection[str]) -> bool:
        """Whether a rule, or what the status comment says, may go by one of these facets."""
        judged = set(facets) - _UNJUDGED
        return bool(judged) and (bool(self.policy.rules) or bool(judged & _SAID))

    def leave(self, history: History) -> IssuePlan:
        """The empty plan for an issue that is not judged by itself."""
        case = self.case(history)
        return IssuePlan(ref=case.ref, title=case.title, facets=dict(case.facets))

    def consider(self, history: History) -> IssuePlan:
        """The plan for an issue; an empty one for an issue outside of the queue's filter.

        What others did later than `now` (it came while this run was on its way, or our clock is behind) is not judged
        by it, and must not be lost or written over: the issue waits until then. What we wrote ourselves is always later
        than the run that wrote it: it is judged as of then.
        """
        history = self._told(history)
        newest = self._newest(history)
        waits = newest > self.now and self._newest(history, others=True) > self.now
        case = self.case(history, self.now if waits else newest)
        holds = self.holds(history)
        if not holds or self.policy.mode == "off":
            return IssuePlan(ref=case.ref, title=case.title, facets=dict(case.facets), outside=not holds)
        if waits:
            return IssuePlan(ref=case.ref, title=case.title, facets=dict(case.facets), wake_at=newest, waiting=True)
        judgement = judge(case, self.bench)
        judge_commands(case, self.bench, self.since, judgement)
        settle(case, self.bench, judgement)
        return plan_issue(history, case, judgement, self.bench, self.policy.flag_prefix)
