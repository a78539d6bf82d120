"""The parts of one cycle: pull, judge, write, carry over; and what becomes of them in the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tierkeeper.plugins.errors import OutOfBudget, TierkeeperError, TrackerError
from tierkeeper.plugins.model.change import PostComment
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.issue import Account, Ref
from tierkeeper.sync import turns
from tierkeeper.sync.apply import Writer
from tierkeeper.sync.census import Census
from tierkeeper.sync.judging import Court
from tierkeeper.sync.ledger.rolls import Rolls
from tierkeeper.sync.ledger.rows import Judged, Known
from tierkeeper.sync.looking import Looker
from tierkeeper.sync.mirror.found import Found
from tierkeeper.sync.mirror.hooks import Hooks
from tierkeeper.sync.mirror.turn import MirrorTurn
from tierkeeper.sync.plan import IssuePlan
from tierkeeper.sync.pull import gathered
from tierkeeper.sync.report import Report
from tierkeeper.sync.rolecall import RoleCall
from tierkeeper.sync.turns import Due, Left

if TYPE_CHECKING:
    from tierkeeper.sync.cycle import Cycle

CHUNK = 500
_ROUNDS = 5
"""How often what was written in a run is judged in it once more: an act may follow from another, on its twin, too."""


class Work:
    """The parts of one cycle."""

    def __init__(self, cycle: Cycle, report: Report) -> None:
        self.cycle, self.report = cycle, report
        self.ledger, self.policy, self.now = cycle.ledger, cycle.policy, cycle.now
        self.accounts: dict[str, Account] = {}
        self.roles = RoleCall(self.policy.desk.roles.values(), cycle.trackers, self.ledger, self.now)
        self.since = self.now
        self.looker = Looker(
            ledger=self.ledger, trackers=cycle.trackers, now=self.now, since=self.now, notices=report.notices
        )
        self.courts: dict[str, Court] = {}
        self.unsettled = {(one.ref.queue, one.ref.id) for one in self.ledger.open_intents()}  # a key may be new
        self.writers: dict[str, Writer] = {}
        self.zone = ZoneInfo(self.policy.desk.time_zone)
        self.public: set[str] = set()
        self._settled, self.unheard = list[Judged](), list[Ref]()
        self.mirrors = MirrorTurn(
            policy=self.policy,
            ledger=self.ledger,
            trackers=cycle.trackers,
            accounts=self.accounts,
            court=self.court,
            now=self.now,
            wall=cycle.wall,
            progress=cycle.progress,
            hooks=Hooks(cycle.host),
        )

    # Pull

    def pull(self, queue: Queue) -> bool:
        """Read what is new; whether the queue can be judged."""
        tracker = self.cycle.trackers[queue.tracker]
        try:
            if queue.tracker not in self.accounts:
                self.accounts[queue.tracker] = tracker.account()
            if tracker.public_status(queue):
                self.public.add(queue.name)
            cursor = self.ledger.cursor(queue.name)
            for batch in gathered(tracker.pull(queue, cursor)):
                stored = self.ledger.store(queue.name, batch, now=self.now)
                self.report.changed += stored.dirtied
                self.cycle.progress(f"{queue.name}: {self.report.changed} issues changed")
        except TrackerError as error:
            self.ledger.etags.forget()
            if isinstance(error, OutOfBudget):
                self._leave(Left(queue=queue.name, why=turns.why(error), goes_on=error.until))
            else:
                self.report.problems.append(f"queue {queue.name}: {error}; the queue was not looked at")
            return False
        self.ledger.etags.settle(self.cycle.wall.now())
        Rolls(self.ledger).filter_is(queue.name, queue.labels)
        if self.cycle.write:
            self._hold_census(queue)
        self.mirrors.mark(queue)
        return True

    def _hold_census(self, queue: Queue) -> None:
        counted = Census(self.cycle.trackers[queue.tracker], self.ledger, queue, self.now).hold()
        self.report.census += counted.requests
        self.report.changed += counted.changed
        self.report.notices += counted.notices

    def begin(self) -> None:
        """Find out since when people are judged: in the first run, from behind all that it has read."""
        self.report.first = self.ledger.began is None
        began = self.ledger.begin(self.now) if self.cycle.write else self.ledger.began
        self.looker.since = self.since = began or self.now

    # Judge

    def court(self, queue: Queue) -> Court:
        """What this queue is judged by now."""
        if queue.name not in self.courts:
            self.courts[queue.name] = Court(
                policy=self.policy,
                queue=queue,
                own=self.accounts[queue.tracker].id,
                now=self.now,
                since=self.since,
                rosters=self.roles.rosters,
                ledger=self.ledger,
                public=queue.name in self.public,
                accounts={name: account.id for name, account in self.accounts.items()},
            )
        return self.courts[queue.name]

    def judge(self, queue: Queue) -> Due:
        """Judge what is due; settle what needs no write, and give back what does."""
        to_write, unjudged = Due(queue=queue, refs=[]), 0
        for known, plan in self._plans(queue):
            if not self.cycle.write:
                self._show(plan)
                self.report.notices.extend(plan.given_up)
                if not plan.guarded:  # what is written first changes what follows from it
                    self.court(queue).foreseen[plan.ref.id] = tuple(plan.verdicts)
            elif plan.notices and self.roles.dry and not plan.failures:
                unjudged += 1  # it stays due: nothing is wrong with it
            elif plan.failures or plan.notices:
                self._fail(plan)
            elif plan.steps or plan.changes or (plan.ref.queue, plan.ref.id) in self.unsettled:
                to_write.refs.append(plan.ref)
                to_write.creates += sum(isinstance(change, PostComment) for change in plan.changes)
                self.report.guarded += plan.guarded
            else:
                self.unheard += [plan.ref] if plan.more else []
                self._settled.append(plan.settled(self.court(queue).fingerprint, known))
                self.report.problems.extend(plan.given_up)
        self._flush()
        self.ledger.mark_dirty(*self.looker.unread)  # they are looked at by the next run
        if unjudged and self.roles.dry:
            left = Left(queue=queue.name, issues=unjudged, why=turns.why(self.roles.dry), goes_on=self.roles.dry.until)
            self._leave(left)
        return to_write

    def _plans(self, queue: Queue) -> Iterator[tuple[Known, IssuePlan]]:
        after = ""
        while True:
            court = self.court(queue)
            refs = self.ledger.due(queue.name, now=self.now, fingerprint=court.fingerprint, limit=CHUNK, after=after)
            if not refs:
                return
            twins = self.mirrors.twins(queue, [ref.id for ref in refs])
            for known in self.ledger.histories(queue.name, refs, own=court.own):
                if known.history.issue.ref.id in twins:
                    yield known, court.leave(self.looker.whole(queue, known).history)
                    continue
                self.report.judged += 1
                self.report.woken += not known.dirty and known.wake_at is not None and known.wake_at <= self.now
                yield known, self._consider(queue, known)
            self._flush()
            after = refs[-1].id
            self.cycle.progress(f"{queue.name}: {self.report.judged} issues judged")

    def _consider(self, queue: Queue, known: Known) -> IssuePlan:
        known = self.looker.whole(queue, known)
        plan = self.court(queue).consider(known.history)
        if plan.unexplained:
            known = self.looker.looked_at(queue, known)
            plan = self.court(queue).consider(known.history)
        if plan.notices and not self.roles.refreshed:
            self.roles.refresh()
            self.report.notices += self.roles.take_notices()
            self.courts.clear()
            plan = self.court(queue).consider(known.history)
        plan.notices += [f"{plan.ref}: its history does not explain its {facet}" for facet in plan.unexplained]
        if known.dirty and self.looker.was_cut(queue, known):  # it could not be looked at
            plan.notices.append(f"{plan.ref}: its older events are not read yet")
        self.report.waiting += plan.waiting
        return plan

    def _flush(self) -> None:
        if self._settled:
            self.ledger.judged_many(self._settled, now=self.now)
            self._settled = []

    def _fail(self, plan: IssuePlan) -> None:
        for reason in plan.failures:
            self.ledger.failed(plan.ref, reason, now=self.now)
            self.report.problems.append(reason)
        if plan.notices and not plan.failures:
            self.ledger.failed(plan.ref, plan.notices[0], now=self.now)
            self.report.problems.extend(plan.notices)

    def _show(self, plan: IssuePlan, *, listed: bool = True) -> None:
        if not plan.shown:
            self.report.problems.extend(plan.failures)
            self.report.notices.extend(plan.notices)
            return
        self.report.plans.append(plan)
        self.report.shadowed += any(step.shadow for step in plan.steps)
        if listed:
            self.report.guarded += plan.guarded
        self.cycle.tell(plan)

    # Write

    def list_unwritten(self, queue: Queue, refs: list[Ref]) -> None:
        """Show what would have been written, had it not been too much."""
        for start in range(0, len(refs), CHUNK):
            for known in self.ledger.histories(queue.name, refs[start : start + CHUNK], own=self.court(queue).own):
                self._show(self.court(queue).consider(known.history), listed=False)

    def write(self, due: list[Due]) -> None:
        """Write the plans of these issues, one of each queue in turn; say what was left, and until when."""
        self.mirrors.expect([ref for one in due for ref in one.refs])
        self.writers = {one.queue.name: self._writer(one.queue) for one in due}
        left = turns.written_in_turn(due, self._write_one, self._not_written)
        creates = sum(one.creates for one, _ in left)
        for one, error in left:
            until = error.until if isinstance(error, OutOfBudget) else None
            done = turns.forecast(self.cycle.budget, error, creates, self.ledger)
            self._leave(
                Left(queue=one.queue.name, issues=len(one.refs), why=turns.why(error), goes_on=until, done_by=done)
            )

    # Mirrors

    def look_apart(self, queues: list[Queue]) -> Found:
        """Which twins are to be made, and which pairs are not in step."""
        found = self.mirrors.look(frozenset(queue.name for queue in queues))
        if self.cycle.write:
            self.report.guarded += self.mirrors.count(found)
        return found

    def look_again(self, found: Found, queues: list[Queue]) -> Found:
        """The same, now that rules have written."""
        return self._counted(self.mirrors.look_again(found, frozenset(queue.name for queue in queues)))

    def _counted(self, found: Found) -> Found:
        """Counted with the rest; without what the limit has no room for."""
        self.report.guarded += self.mirrors.count(found, self.cycle.max_changes - self.report.guarded)
        return found

    def show_apart(self, found: Found) -> None:
        """Show what would be carried over."""
        works, unsafe = self.mirrors.checked(found)
        self.report.problems += [*found.problems, *unsafe]
        self.report.notices += [*found.notices, *(why for _, why in found.doubts)]
        self.report.visibility = self.mirrors.visibility
        self.report.to_carry = len(works)
        for _, one in works:
            self._show(one.plan, listed=not self.cycle.write)

    def carry_over(self, found: Found) -> None:
        """Make twins and bring pairs in step; say what could not be."""
        problems, stopped = self.mirrors.write(found, self._show_carried)
        self.report.notices += found.notices
        self.report.problems += problems
        self.report.visibility = self.mirrors.visibility
        for one in stopped:
            until = one.error.until if isinstance(one.error, OutOfBudget) else None
            done = turns.forecast(self.cycle.budget, one.error, one.creates, self.ledger)
            name = f"mirror {one.mirror}"
            self._leave(Left(queue=name, issues=one.issues, why=turns.why(one.error), goes_on=until, done_by=done))

    def _show_carried(self, plan: IssuePlan) -> None:
        self.report.written += 1
        self.report.carried += 1
        self._show(plan, listed=False)

    def see_to_rest(self, queues: list[Queue]) -> None:
        """Judge those again whose reports were joined or parted in this run, and those with a command not heard yet.

        The next run finds nothing to do.
        """
        joined = self.ledger.joined
        for _ in range(_ROUNDS):
            if self.roles.dry or not (joined or self.unheard):
                return
            joined = False
            self._judge_again(queues)

    def see_to_sources(self, queues: list[Queue]) -> None:
        """Judge and write those that show something else of their twins now, and tell these how that came out.

        The next run finds nothing to do.
        """
        for _ in range(_ROUNDS):
            if not (self.mirrors.woken or self.unheard) or self.roles.dry:
                return
            self._judge_again(queues)
            self.carry_over(self._counted(self.mirrors.look_back()))

    def _judge_again(self, queues: list[Queue]) -> None:
        self.courts.clear()
        self.ledger.mark_dirty(*self.unheard)
        self.unheard, judged = [], self.report.judged
        due = [one for queue in queues if (one := self.judge(queue)).refs]
        self.report.judged = judged  # each issue is counted once
        self.write(due if self.report.guarded <= self.cycle.max_changes else [])

    def _leave(self, left: Left) -> None:
        self.report.left.append(left)
        self.report.problems.append(left.said(self.zone, self.cycle.wall.now()))

    def _writer(self, queue: Queue) -> Writer:
        tracker = self.cycle.trackers[queue.tracker]
        return Writer(tracker, self.ledger, self.court(queue), self.accounts[queue.tracker], post=self.cycle.post)

    def _not_written(self, ref: Ref, error: TierkeeperError) -> None:
        self.ledger.failed(ref, str(error), now=self.now)
        self.report.problems.append(_about(ref, str(error)))

    def _write_one(self, queue: Queue, ref: Ref) -> None:
        writer = self.writers[queue.name]
        known = self.ledger.histories(ref.queue, [ref], own=writer.account.id)
        if not known:
            return
        written = writer.write(writer.court.consider(known[0].history))
        if not written.failure:
            self.mirrors.written(ref, written.plan)
        if written.failure:
            self.report.problems.append(_about(ref, written.failure))
        elif written.gone:
            self.report.notices.append(f"{ref} is not there any more ({written.gone}); it is left alone")
        elif written.plan is not None:
            if written.plan.outside:  # it left the queue's filter since it was judged
                self.ledger.mark_dirty(ref)
            self.report.written += bool(written.plan.changes)
            self.unheard += [ref] if written.plan.more else []
            self.report.problems.extend([*written.plan.given_up, *written.plan.doubts])
            self._show(written.plan, listed=False)
            self.cycle.progress(f"{ref.queue}: {self.report.written} issues written")


def _about(ref: Ref, reason: str) -> str:
    return reason if str(ref) in reason else f"{ref}: {reason}"
