"""Makes twins and carries over, each once.

A twin's create is noted before it is sent, with its place; one without an answer is looked for before anything is sent
again. Comments are noted, sent and looked for in the same way.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tierkeeper.plugins.errors import Moved as ElsewhereNow
from tierkeeper.plugins.errors import NotFound, OutOfBudget, PermissionDenied, TierkeeperError, WriteRefused
from tierkeeper.plugins.model.change import (
    Applied,
    Change,
    Created,
    Hint,
    Marker,
    Relate,
    Unclear,
    Unknown,
    Unrelate,
)
from tierkeeper.plugins.model.event import Gone, Snapshot, Verdict
from tierkeeper.plugins.model.issue import Issue, Ref
from tierkeeper.plugins.model.mirror import Carried, Link
from tierkeeper.plugins.tracker import Tracker
from tierkeeper.sync.answers import keep_comments, keep_issue
from tierkeeper.sync.apply import act_of
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.mirror.comments import intended, with_id, with_twins
from tierkeeper.sync.mirror.copying import Copier
from tierkeeper.sync.mirror.doubts import with_doubts
from tierkeeper.sync.mirror.found import Found
from tierkeeper.sync.mirror.hiding import clean
from tierkeeper.sync.mirror.moves import Moved, compared, heard_as
from tierkeeper.sync.mirror.pairs import Pair
from tierkeeper.sync.mirror.relations import sent, without
from tierkeeper.sync.mirror.scout import histories
from tierkeeper.sync.mirror.side import Side
from tierkeeper.sync.mirror.works import Carrying, Following, Making, Work
from tierkeeper.sync.plan import IssuePlan, Step
from tierkeeper.sync.turns import STOPPING


class Carrier:
    """Writes what a scout found. `desk` stands in the marker of each twin; `asked` is the tracker asked last.

    `expected` is what rules write to in this cycle. `notices` are for the operator, `parted` sources of pairs of
    which one side turned out to be gone. `woken`: some sources are to be judged again, since they show something else
    of their twins now. `changed` are those of them that a twin changed.
    """

    def __init__(self, ledger: Ledger, now: datetime, desk: str, expected: frozenset[tuple[str, str]]) -> None:
        self.ledger, self.now, self.desk, self.expected = ledger, now, desk, expected
        self.notices: list[str] = []
        self.parted: list[Ref] = []
        self.links = Links(ledger)
        self.asked = ""
        self.woken = False
        self.changed: list[Ref] = []

    def _asking(self, side: Side) -> Tracker:
        """The side's tracker; `asked` names it, as the one that an error comes from."""
        self.asked = side.queue.tracker
        return side.tracker

    def _done(self, refs: Sequence[Ref]) -> None:
        """These are in step, but for those that rules wrote to in this cycle: the next one sees to them."""
        self.links.done(ref for ref in refs if (ref.queue, ref.id) not in self.expected)

    def settle(self, found: Found) -> None:
        """Keep what needs no write."""
        self.links.put(*found.links)
        self._done(found.in_step)
        for ref, said in found.left_out.items():
            self.links.leave_out(ref, said, resting=True)
        for ref, why in found.doubts:
            self.links.hold(ref, why, now=self.now)

    def write(self, pair: Pair, work: Work) -> IssuePlan:
        """Do it. Raises the errors that stop a tracker; what concerns this pair alone puts it aside."""
        made = [] if isinstance(work, Carrying) else work.plan.steps
        try:
            if isinstance(work, Making):
                link = self._make(pair, work)
                work = self._again(pair, link) or work
            if isinstance(work, Following):
                link = self._follow(pair, work)
                work = self._again(pair, link) or work
            if isinstance(work, Carrying):
                (self._end if work.link.ended else self._carry)(pair, work)
        except TierkeeperError as error:
            if isinstance(error, STOPPING) and not (isinstance(error, OutOfBudget) and error.one_issue):
                raise
            if isinstance(error, (NotFound, ElsewhereNow)) and self._is_gone(pair, work.link):
                self.parted.append(work.link.source)
                return msgspec.structs.replace(work.plan, steps=made)
            self.links.hold(work.link.source, str(error), now=self.now)
            raise
        more = [step for step in work.plan.steps if step not in made]
        return msgspec.structs.replace(work.plan, steps=[*made, *more])

    def _is_gone(self, pair: Pair, link: Link) -> bool:
        """Whether one of the two is not there any more, as a direct look shows."""
        sides = ((pair.source, link.source), (pair.target, link.target))
        return any(ref is not None and self._look(side, ref) is None for side, ref in sides)

    def _again(self, pair: Pair, link: Link) -> Carrying | None:
        """What is left to carry over once the twin is there, or was found again: past comments, a status."""
        source = next(histories(self.ledger, pair.source, [link.source]), None)
        target = next(histories(self.ledger, pair.target, [link.target]) if link.target is not None else iter(()), None)
        if source is None or target is None:
            return None
        carrying = pair.carrying(link, source, target)
        self.notices += carrying.notices
        return carrying

    def _make(self, pair: Pair, making: Making) -> Link:
        link, side = making.link, pair.target
        marker = Marker(self.desk, f"{link.mirror}:{link.source.queue}:{link.source.id}")
        known = self.links.of([link.source])
        made = self._find(pair, link, marker) if any(one.mirror == link.mirror for one in known) else None
        sought = made is not None
        if made is None:
            link = msgspec.structs.replace(link, sent=self.now)
            self.links.put(link)
            try:
                answer = self._asking(side).create(side.queue, clean(making.draft, pair.source.words.redaction), marker)
            except WriteRefused as refused:
                if refused.status is not None:  # the tracker's own no: nothing was made, and nothing is looked for
                    self.links.drop(link)
                raise
            if isinstance(answer, Unknown):
                raise WriteRefused(
                    f"{link.source}: its twin may have been made ({answer.reason}); it is looked for first"
                )
            made = answer.issue
        keep_issue(self.ledger, made, now=self.now)
        if sought or made.updated > made.created:  # people may have changed it meanwhile
            self._look(side, made.ref)
        source = next(histories(self.ledger, pair.source, [link.source]))
        twin = next(histories(self.ledger, side, [made.ref]))
        link = pair.agreed(link, twin, source, sought=sought)
        self.links.put(link)
        return link

    def _follow(self, pair: Pair, work: Following) -> Link:
        """Read what was moved where it is now; its comments may have other ids there."""
        was, link = work.was, work.link
        assert was.target is not None
        assert link.target is not None
        source, target = (
            self._moved(side, before, now)
            for side, before, now in ((pair.source, was.source, link.source), (pair.target, was.target, link.target))
        )
        known = self.ledger.history(was.target.queue, was.target.id)
        if was.target != link.target and known is not None:
            link = msgspec.structs.replace(link, heard_as=heard_as(link, was.target, known.history, target))
        status = link.status
        if status is not None:
            twin = target.comments.get(status.twin, status.twin)
            status = msgspec.structs.replace(status, twin=twin, digest="")
        link = msgspec.structs.replace(
            link,
            comments=source.carried(was.comments, target),
            answers=target.carried(was.answers, source),
            status=status,
        )
        self._apply(pair.source, link.source, work.to_source)
        self.links.drop(was)
        self.links.put(link)
        self.links.done([ref for ref in (was.source, was.target) if ref not in {link.source, link.target}])
        for step in work.plan.steps:
            self.ledger.record(act_of(step, link.source, self.now))
        self.notices.append(f"{link.source} and {link.target} stay twins; they were {was.source} and {was.target}")
        return link

    def _moved(self, side: Side, before: Ref, now: Ref) -> Moved:
        """How the comments of one side are called since it was moved. Raises WriteRefused where it is not there."""
        if now == before:
            return Moved()
        known = self.ledger.history(before.queue, before.id)
        snapshot = self._asking(side).read(now, side.queue)
        if isinstance(snapshot, Gone):
            self.ledger.mark_gone(before, snapshot)  # the next run ends the link
            raise WriteRefused(f"{before} was moved to {now}, and is not there any more ({snapshot.reason})")
        self.ledger.store_snapshot(side.queue.name, snapshot, now=self.now)
        if known is not None and side.is_source:
            self._keep(now, known.history.verdicts)
        return compared(known.history, snapshot.comments) if known is not None else Moved()

    def _find(self, pair: Pair, link: Link, marker: Marker) -> Issue | None:
        """The twin that a create without an answer may have made. Raises WriteRefused where nobody can tell."""
        side = pair.target
        found = self._asking(side).find(side.queue, marker, Hint(since=link.sent, account=side.account))
        if isinstance(found, Created):
            return found.issue
        if isinstance(found, Unclear):
            raise WriteRefused(f"{link.source}: whether its twin was made cannot be told yet ({found.reason})")
        return None

    def _carry(self, pair: Pair, work: Carrying) -> None:
        before = next(one for one in self.links.of([work.link.source]) if one.mirror == work.link.mirror)
        before = with_doubts(self.ledger, pair, before, work.link)
        if before.intends:  # what an earlier run left open comes first, and then what is left to do
            settled = self._settle(pair, before)
            work = self._again(pair, settled) or work
            before = settled
        copier = self._copier(pair)
        if work.files:
            before = copier.copy(before, work.files)
            work = self._again(pair, before) or work
        if work.looks and before.target is not None and self._look(pair.target, before.target) is not None:
            work = self._again(pair, before) or work  # a person's act is put back only as it is now
        link, target = work.link, work.link.target
        assert target is not None
        self._record(work)
        self.links.put(
            msgspec.structs.replace(
                before,
                comments=intended(before.comments, link.comments),
                answers=intended(before.answers, link.answers),
                status=link.status or before.status,
                wrote=link.wrote,
                refusing=link.refusing,
            )
        )
        self._keep(link.source, work.verdicts)
        made = self._apply(pair.target, target, work.to_target).comments
        answered = self._apply(pair.source, link.source, work.to_source).comments
        link = msgspec.structs.replace(
            link,
            comments=with_twins(link.comments, link.source, made),
            answers=with_twins(link.answers, target, answered),
            status=with_id(link.status, made),
        )
        if work.relating:
            self.links.put(msgspec.structs.replace(link, ties=sent(before.ties, link.ties)))
            link = self._relate(pair, link, work.relating)
        self.links.put(link)
        if pair.source.court.depends_on(work.turned) and self._look(pair.source, link.source) is not None:
            self.changed.append(link.source)
            self._wake(link.source)  # so that rules judge it in this run: the next one finds nothing to do
        if not before.named or work.verdicts or answered:  # an answer may stop the source's clocks
            self._wake(link.source)
        if copier.trouble is not None:  # a file holds up no words
            raise copier.trouble
        if not work.held:
            self._done([link.source, target])

    def _relate(self, pair: Pair, link: Link, changes: Sequence[Relate | Unrelate]) -> Link:
        """Let the twin belong to others as its source does. What its tracker does not take is told once and left."""
        assert link.target is not None
        twins = pair.twins([one.other for one in link.ties])
        for change in changes:
            try:
                applied = self._asking(pair.target).apply(link.target, pair.target.queue, [change])
            except (WriteRefused, NotFound, PermissionDenied) as error:
                how = "is left out" if isinstance(change, Relate) else "stays"
                self.notices.append(f"{link.target}: {change.kind} {change.other} {how} there: {error}")
                link = without(link, change, twins)
                continue
            if isinstance(applied, Unknown):
                raise WriteRefused(f"{link.target}: {applied.reason}; looked at again before anything more is sent")
        return link

    def _end(self, pair: Pair, work: Carrying) -> None:
        """Show on both sides that they no longer belong together."""
        link = work.link
        assert link.target is not None
        self.links.put(msgspec.structs.replace(link, named=False))
        self._record(work)
        self._apply(pair.target, link.target, work.to_target)
        self._apply(pair.source, link.source, work.to_source)
        self.links.put(link)
        self._wake(link.source)
        self._done([link.source, link.target])

    def _wake(self, source: Ref) -> None:
        self.links.wake(source, now=self.now)
        self.woken = True

    def _keep(self, source: Ref, verdicts: Sequence[Verdict]) -> None:
        if verdicts:
            self.ledger.judged(source, now=self.now, fingerprint="", wake_at=self.now, verdicts=verdicts, facets=None)

    def _copier(self, pair: Pair) -> Copier:
        return Copier(pair, self.links, self._asking, self._record_step)

    def _record_step(self, step: Step, ref: Ref) -> None:
        self.ledger.record(act_of(step, ref, self.now))

    def _record(self, work: Carrying) -> None:
        """Keep what is written and for whom: before the write, so that no person's act is ever taken for ours."""
        target = work.link.target
        for step in work.plan.steps:
            ref = target if step.subject.startswith("twin ") and target is not None else work.link.source
            self.ledger.record(act_of(step, ref, self.now))

    def _settle(self, pair: Pair, link: Link) -> Link:
        """Comments that were about to be sent when a run broke off: found on the other side, or not there."""
        assert link.target is not None
        comments = self._found(pair.target, link.target, link.source, link.comments)
        answers = self._found(pair.source, link.source, link.target, link.answers)
        status = link.status
        if status is not None and not status.twin and self._look(pair.target, link.target) is not None:
            status = None  # it is looked for among the comments
        files = link.files
        if not all(one.known for one in files) and (twin := self._look(pair.target, link.target)) is not None:
            files = self._copier(pair).settled(link, twin)
        settled = msgspec.structs.replace(link, comments=comments, answers=answers, files=files, status=status)
        self.links.put(settled)
        return settled

    def _look(self, side: Side, ref: Ref) -> Snapshot | None:
        """Read one side now; None if it is gone."""
        snapshot = self._asking(side).read(ref, side.queue)
        if isinstance(snapshot, Gone):
            self.ledger.mark_gone(ref, snapshot)
            return None
        self.ledger.store_snapshot(side.queue.name, snapshot, now=self.now)
        return snapshot

    def _found(self, side: Side, ref: Ref, of: Ref, carried: Sequence[Carried]) -> tuple[Carried, ...]:
        """Those that are there, with their ids; those that are not are to be sent."""
        if all(one.twin for one in carried):
            return tuple(carried)
        snapshot = self._look(side, ref)
        if snapshot is None:
            return tuple(carried)
        made = {one.marker: one.id for one in snapshot.comments if one.marker}
        known = with_twins(carried, of, made)
        return tuple(one for one in known if one.twin)

    def _apply(self, side: Side, ref: Ref, changes: Sequence[Change]) -> Applied:
        """Write to one side. Raises WriteRefused."""
        if not changes:
            return Applied()
        applied = self._asking(side).apply(ref, side.queue, changes)
        if isinstance(applied, Unknown):
            raise WriteRefused(f"{ref}: {applied.reason}; looked at again before anything more is sent")
        keep_comments(self.ledger, ref, changes, applied, account=side.account, now=self.now)
        return applied
