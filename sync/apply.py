"""Writes a plan to one issue: looks again first where a person's act is touched, and checks what came of it.

Intents are written before and closed after, so that a cut or a kill at any point leaves enough to find out what was
done, and nothing is sent twice.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from tierkeeper.plugins.errors import Moved, NotFound, TrackerError, WriteRefused
from tierkeeper.plugins.model.case import Case, FacetChange
from tierkeeper.plugins.model.change import (
    AddLabel,
    Change,
    PostComment,
    RemoveLabel,
    SetField,
    SetState,
    Unknown,
)
from tierkeeper.plugins.model.desk import FacetMap, Queue
from tierkeeper.plugins.model.event import Gone, History, Snapshot, Verdict
from tierkeeper.plugins.model.issue import Account, Comment, Ref
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.sync.answers import keep_comments
from tierkeeper.sync.judging import Court
from tierkeeper.sync.ledger.act import Act
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.rows import Intent
from tierkeeper.sync.plan import IssuePlan, Step
from tierkeeper.sync.post import Post
from tierkeeper.sync.sending import MESSAGE, send_messages, settle_message

WRITE = "write"
COMMENT = "comment"


class _Memo(msgspec.Struct):
    """What a write intent remembers: what will have been decided and done once the write is seen to be there.

    `known` are our own events from before, so that they are not taken for what was meant to be written.
    """

    verdicts: tuple[Verdict, ...]
    acts: tuple[Act, ...]
    known: tuple[str, ...] = ()


class Written(msgspec.Struct, kw_only=True):
    """What became of a plan: `plan` as it was carried out (it may have changed on a second look), or why not."""

    plan: IssuePlan | None = None
    failure: str = ""
    gone: str = ""


class Writer:
    """Writes plans to the issues of one queue."""

    def __init__(
        self, tracker: Tracker, ledger: Ledger, court: Court, account: Account, *, post: Post | None = None
    ) -> None:
        self.tracker, self.ledger, self.court, self.account = tracker, ledger, court, account
        self.post = post or Post({})
        self._doubts: list[str] = []
        self.queue: Queue = court.queue

    @property
    def _now(self) -> datetime:
        return self.court.now

    def write(self, plan: IssuePlan) -> Written:
        """Carry out the plan. Raises the errors that stop a tracker; what concerns this issue alone is returned."""
        ref = plan.ref
        intents = self.ledger.open_intents(ref)
        if plan.guarded or intents:
            looked = self._look_again(ref, intents)
            if isinstance(looked, Gone):
                self.ledger.mark_gone(ref, looked)
                return Written(gone=f"{looked.reason} {looked.location}".strip())
            plan = looked
        if trouble := [*plan.failures, *plan.notices]:
            return self._failed(ref, trouble[0])
        return self._carry_out(plan)

    def _carry_out(self, plan: IssuePlan) -> Written:
        """Write what is planned, and keep what came of it."""
        ref = plan.ref
        if not plan.changes:
            self._send(plan)
            self._settle(plan)
            return Written(plan=plan)
        opened = self._open_intents(plan)
        try:
            applied = self.tracker.apply(ref, self.queue, plan.changes)
        except (NotFound, Moved) as error:
            return self._lost(ref, error)
        except WriteRefused as error:
            return self._failed(ref, str(error))
        if isinstance(applied, Unknown):
            return self._failed(ref, f"{ref}: {applied.reason}; looked at again before anything more is sent")
        keep_comments(self.ledger, ref, plan.changes, applied, account=self.account, now=self._now)
        self._send(plan)
        self._settle(plan)
        for intent in opened:
            self.ledger.close_intent(intent, "done", now=self._now)
        if plan.guarded:
            self._restore_what_fell_between(plan)
        return Written(plan=plan)

    # Before

    def _look_again(self, ref: Ref, intents: Sequence[Intent]) -> IssuePlan | Gone:
        """Read the issue and judge it as it is now. What an earlier run left open is settled first."""
        snapshot = self.tracker.read(ref, self.queue)
        if isinstance(snapshot, Gone):
            return snapshot
        self.ledger.store_snapshot(self.queue.name, snapshot, now=self._now)
        for intent in intents:
            self._settle_intent(intent, snapshot)
        return self.court.consider(self._history(ref))

    def _settle_intent(self, intent: Intent, snapshot: Snapshot) -> None:
        if intent.kind == COMMENT:
            there = any(comment.marker == intent.marker and self._is_ours(comment) for comment in snapshot.comments)
            self.ledger.close_intent(intent.id, "adopted" if there else "not there", now=self._now)
            return
        if intent.kind == MESSAGE:
            self._doubts.append(settle_message(intent, self.ledger, now=self._now))
            return
        memo = msgspec.json.decode(intent.detail, type=_Memo)
        case = self.court.case_with_all(self._history(intent.ref))
        done = {
            verdict.facet
            for verdict in memo.verdicts
            if verdict.outcome == "put back"
            and ((waiting := case.pending.get(verdict.facet)) is None or waiting.event != verdict.event)
        }
        done |= {act.facet for act in memo.acts if act.person and _was_done(act, case, memo.known)}
        if done:
            verdicts = [verdict for verdict in memo.verdicts if verdict.facet in done]
            self.ledger.judged(
                intent.ref, now=self._now, fingerprint="", wake_at=self._now, verdicts=verdicts, facets=None
            )
            for act in memo.acts:
                if act.facet in done:
                    self.ledger.record(act)
        self.ledger.close_intent(intent.id, f"found done: {', '.join(sorted(done)) or 'nothing'}", now=self._now)

    def _open_intents(self, plan: IssuePlan) -> list[int]:
        opened = []
        if plan.guarded:
            own = tuple(one.id for one in self._history(plan.ref).events if self._is_own(one.actor))
            memo = _Memo(tuple(plan.verdicts), tuple(self._acts(plan)), own)
            detail = msgspec.json.encode(memo).decode()
            opened.append(self.ledger.open_intent(plan.ref, kind=WRITE, marker="", detail=detail, now=self._now))
        comments = [change for change in plan.changes if isinstance(change, PostComment)]
        opened += [
            self.ledger.open_intent(plan.ref, kind=COMMENT, marker=change.marker, detail="", now=self._now)
            for change in comments
        ]
        return opened

    # After

    def _send(self, plan: IssuePlan) -> None:
        """Send what goes through notifiers, once all else is written."""
        send_messages(plan, self.post, self.ledger, now=self._now)
        plan.doubts, self._doubts = [*self._doubts, *plan.doubts], []

    def _settle(self, plan: IssuePlan) -> None:
        for act in self._acts(plan):
            if act.mode != "shadow" or self.ledger.fire_once(_shadow_key(act), now=self._now):
                self.ledger.record(act)
        self.ledger.judged(
            plan.ref,
            now=self._now,
            fingerprint=self.court.fingerprint,
            wake_at=plan.wake_at,
            verdicts=plan.verdicts,
            facets=plan.facets,
        )

    def _acts(self, plan: IssuePlan) -> Iterator[Act]:
        for step in plan.steps:
            yield act_of(step, plan.ref, plan.at or self._now)

    def _restore_what_fell_between(self, plan: IssuePlan) -> None:
        """A human's change that fell between our look and our write has the last word: theirs comes back."""
        before = self._history(plan.ref)
        known = {event.id for event in before.events}
        snapshot = self.tracker.read(plan.ref, self.queue)
        if isinstance(snapshot, Gone):
            return
        self.ledger.store_snapshot(self.queue.name, snapshot, now=self._now)
        if self._holds_news(snapshot, before):
            self.ledger.mark_dirty(plan.ref)  # it is stored now, so that the next pull finds nothing new in it
        case, restored = self.court.case_with_all(self._history(plan.ref)), False
        for step in plan.steps:
            if step.guarded and step.facet:
                theirs = _between(case.changes.get(step.facet, ()), known)
                if theirs is not None and theirs.after not in {None, step.after}:
                    restored |= self._restore(plan, theirs)
        if restored and not isinstance(snapshot := self.tracker.read(plan.ref, self.queue), Gone):
            self.ledger.store_snapshot(self.queue.name, snapshot, now=self._now)  # it is judged once more in this run

    def _holds_news(self, snapshot: Snapshot, before: History) -> bool:
        """Whether somebody else did or said something that nobody judged yet."""
        events, comments = {one.id for one in before.events}, {one.id for one in before.comments}
        did = any(one.id not in events and not self._is_own(one.actor) for one in snapshot.events)
        return did or any(one.id not in comments and not self._is_own(one.author) for one in snapshot.comments)

    def _restore(self, plan: IssuePlan, theirs: FacetChange) -> bool:
        """Write again what somebody set; whether it is of a kind that can be."""
        place = self.court.desk.facets[theirs.facet].maps[self.queue.tracker]
        if place.kind == "assignee" or place.silent:
            return False
        changes = _as_they_set_it(theirs, place, self._history(plan.ref).issue.labels)
        if isinstance(self.tracker.apply(plan.ref, self.queue, changes), Unknown) and isinstance(
            self.tracker.apply(plan.ref, self.queue, changes), Unknown
        ):  # it may be asked for twice: it is so once all the same
            raise WriteRefused(
                f"{plan.ref}: {theirs.by} set the {theirs.facet} to {theirs.after} while we wrote, and whether "
                "theirs was restored is not known: look at the issue, and set it again if it is not there"
            )
        verdict = Verdict(
            facet=theirs.facet,
            event=theirs.event,
            outcome="not judged",
            at=self._now,
            before=theirs.before,
            after=theirs.after,
            by=theirs.by,
        )
        self.ledger.judged(plan.ref, now=self._now, fingerprint="", wake_at=self._now, verdicts=[verdict], facets=None)
        step = Step(
            subject=theirs.facet,
            what=f"→ {theirs.after}",
            reason=f"{theirs.by} set it while we wrote; theirs was restored",
            facet=theirs.facet,
            after=theirs.after,
            evidence=(theirs.event,),
        )
        self.ledger.record(act_of(step, plan.ref, self._now))
        return True

    # Trouble

    def _failed(self, ref: Ref, reason: str) -> Written:
        self.ledger.failed(ref, reason, now=self._now)
        return Written(failure=reason)

    def _lost(self, ref: Ref, error: TrackerError) -> Written:
        """Something that we know of is not there any more: read the issue, so that the next look knows."""
        snapshot = self.tracker.read(ref, self.queue)
        if isinstance(snapshot, Gone):
            self.ledger.mark_gone(ref, snapshot)
            return Written(gone=f"{snapshot.reason} {snapshot.location}".strip())
        self.ledger.store_snapshot(self.queue.name, snapshot, now=self._now)
        return self._failed(ref, str(error))

    def _history(self, ref: Ref) -> History:
        known = self.ledger.histories(self.queue.name, [ref], own=self.account.id)
        return known[0].history

    def _is_ours(self, comment: Comment) -> bool:
        return self._is_own(comment.author)

    def _is_own(self, account: Account | None) -> bool:
        return account is not None and account.id.casefold() == self.account.id.casefold()


def _was_done(act: Act, case: Case, known: Sequence[str]) -> bool:
    """Whether what we meant to write for a person was written, even if somebody went on from there since."""
    if case.kept(act.facet) == act.after:
        return True
    changes = case.changes.get(act.facet, ())
    return any(one.kind == "ours" and one.after == act.after and one.event not in known for one in changes)


def _as_they_set_it(theirs: FacetChange, place: FacetMap, labels: Sequence[str]) -> list[Change]:
    """What brings back what somebody set."""
    value = theirs.after or ""
    if place.kind == "state":
        return [SetState(open=value == "open")]
    if place.kind == "status":
        return [SetState(open=True, status=place.statuses.get(value, value))]
    if place.kind == "field":
        return [SetField(place.name, value)]
    mine = [label for label in labels if label.casefold().startswith(place.name.casefold())]
    wanted = f"{place.name}{theirs.after}"
    added: list[Change] = [AddLabel(wanted)] if wanted not in mine else []
    return [*added, *(RemoveLabel(label) for label in mine if label != wanted)]


def _between(changes: Sequence[FacetChange], known: set[str]) -> FacetChange | None:
    """The last human's change that we did not know when we wrote ours after it."""
    ours = max((index for index, change in enumerate(changes) if change.kind == "ours" or change.command), default=-1)
    new = [change for change in changes[: max(ours, 0)] if change.kind == "human" and not change.command]
    unseen = [change for change in new if change.event not in known]
    return unseen[-1] if unseen else None


def act_of(step: Step, ref: Ref, now: datetime) -> Act:
    """What a step of a plan is in the record."""
    return Act(
        at=now,
        queue=ref.queue,
        issue=ref.id,
        key=ref.key,
        what=f"{step.subject} {step.what}",
        rule=step.rule,
        mode=step.mode or "enforce",  # type: ignore[arg-type]  # a step's mode is a rule's
        facet=step.facet,
        before=step.before,
        after=step.after,
        reason=step.reason,
        evidence=step.evidence,
        person=step.person,
        event=step.event,
        note=step.note,
        asked=step.asked,
    )


def _shadow_key(act: Act) -> str:
    return "\n".join(("shadow", act.queue, act.issue, act.rule, act.what, *act.evidence))
