"""The plan for one issue: the difference between how it is and how the judgement says it should be. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from tierkeeper.plugins.markup.text import markdown
from tierkeeper.plugins.model.case import Case, FacetChange
from tierkeeper.plugins.model.change import (
    AddLabel,
    Assign,
    Change,
    DeleteComment,
    EditComment,
    PostComment,
    RemoveLabel,
    SetField,
    SetState,
)
from tierkeeper.plugins.model.desk import Desk, FacetMap
from tierkeeper.plugins.model.event import History, Verdict
from tierkeeper.plugins.model.issue import Comment, Ref
from tierkeeper.rules.engine import Bench
from tierkeeper.rules.rulings import STRENGTH, Judgement, Ruling, Telling
from tierkeeper.rules.status_comment import notices, status_comment

STATUS = "status"
"""The marker of the one status comment."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a plan does, in words for people and with all that the record of acts needs."""

    subject: str
    what: str
    rule: str = ""
    mode: str = ""
    reason: str = ""
    facet: str = ""
    before: str | None = None
    after: str | None = None
    evidence: tuple[str, ...] = ()
    person: str = ""
    event: str = ""
    note: str = ""
    asked: datetime | None = None
    guarded: bool = False
    shadow: bool = False


class IssuePlan(msgspec.Struct, kw_only=True):
    """What is to be written to one issue, why, and what is to be remembered.

    `guarded` counts the facets put back, set or carried out: what `max_changes` limits. `waiting`: a human may still be
    clicking, so that nothing is decided yet.
    """

    ref: Ref
    title: str
    changes: list[Change] = []
    steps: list[Step] = []
    verdicts: list[Verdict] = []
    wake_at: datetime | None = None
    guarded: int = 0
    facets: dict[str, str | None] = {}
    notices: list[str] = []
    failures: list[str] = []
    waiting: bool = False

    @property
    def shown(self) -> bool:
        """Whether there is anything for people to see."""
        return bool(self.steps)


def plan_issue(history: History, case: Case, judgement: Judgement, bench: Bench, flag_prefix: str) -> IssuePlan:  # noqa: PLR0917 - the five things a plan is made of
    """The plan for one issue."""
    return _Planner(history, case, judgement, bench, flag_prefix).plan()


class _Planner:
    """Gathers the changes of one issue. `labels` is how its labels will be."""

    def __init__(self, history: History, case: Case, judgement: Judgement, bench: Bench, flag_prefix: str) -> None:  # noqa: PLR0917 - see plan_issue
        self.history, self.case, self.judgement, self.bench = history, case, judgement, bench
        self.desk: Desk = bench.desk
        self.flag_prefix = flag_prefix
        self.labels = list(history.issue.labels)
        self.facets = dict(case.facets)
        self.owners = list(case.owners)
        self.made: list[FacetChange] = []
        self.plan_ = IssuePlan(ref=case.ref, title=case.title)

    def plan(self) -> IssuePlan:
        judgement, plan = self.judgement, self.plan_
        plan.notices = list(judgement.unknown)
        plan.failures = [str(failure) for failure in judgement.failures]
        plan.facets = self.facets
        if judgement.failures:
            return plan
        if judgement.waits_until is not None:
            plan.wake_at, plan.waiting = judgement.waits_until, True
            return plan
        plan.wake_at = min((at for at in judgement.wakes if at > self.case.now), default=None)
        plan.verdicts = list(judgement.verdicts)
        for put_back in judgement.put_backs:
            self._put_back(put_back.change, put_back.value, put_back.ruling)
        for facet, ruling in judgement.wants.items():
            self._want(facet, ruling)
        for carried in judgement.carried:
            self._carry(carried.change)
        self._tidy()
        self._flags()
        for ruling in judgement.shadows:
            self._shadow(ruling)
        self._label_changes()
        self._tell()
        self._comment()
        return plan

    # What people set

    def _put_back(self, change: FacetChange, value: str | None, ruling: Ruling) -> None:
        shown_from, shown_to = change.after or "none", value or "none"
        self._set(change.facet, value)
        self.plan_.guarded += 1
        self._step(
            subject=change.facet,
            what=f"{shown_from} → {shown_to}",
            ruling=ruling,
            before=change.after,
            after=value,
            guarded=True,
        )

    def _want(self, facet: str, ruling: Ruling) -> None:
        before = self.facets.get(facet)
        after: str | None
        if isinstance(ruling.value, tuple):
            missing = [person for person in ruling.value if person not in self.owners]
            if facet != "owner" or not missing:
                return
            self._assign(missing)
            what, after = f"+ {', '.join(missing)}", ",".join(missing)
        else:
            if before == ruling.value:
                return
            self._set(facet, ruling.value)
            what, after = f"{before or 'none'} → {ruling.value or 'none'}", ruling.value
        self.plan_.guarded += 1
        self._step(subject=facet, what=what, ruling=ruling, before=before, after=after, guarded=True)
        key = f"set:{ruling.rule}"
        if key not in {verdict.event for verdict in (*self.history.verdicts, *self.plan_.verdicts)}:
            self.plan_.verdicts.append(
                Verdict(
                    facet="tier" if facet == "owner" else facet,
                    event=key,
                    outcome="set",
                    at=self.case.now,
                    rule=ruling.rule,
                    mode=ruling.mode,
                    said=ruling.said,
                    remedy=ruling.remedy,
                    after=after,
                )
            )

    def _carry(self, change: FacetChange) -> None:
        before = self.facets.get(change.facet)
        self._set(change.facet, change.after)
        self.made.append(change)
        self.plan_.guarded += 1
        self.plan_.steps.append(
            Step(
                subject=change.facet,
                what=f"{before or change.before} → {change.after}",
                reason=f"{change.by} asked for it in a comment",
                facet=change.facet,
                before=before,
                after=change.after,
                evidence=(change.event,),
                person=change.by,
                event=change.event,
                note=change.note,
                asked=change.at,
                guarded=True,
            )
        )

    def _set(self, facet: str, value: str | None) -> None:
        place = self._place(facet)
        self.facets[facet] = value
        if place is None:
            return
        if place.kind == "label":
            self._only_label(place.name, value)
        elif place.kind == "state":
            self.plan_.changes.append(SetState(open=value == "open"))
        elif place.kind == "status":
            self.plan_.changes.append(SetState(open=True, status=place.statuses.get(value or "", value or "")))
        elif place.kind == "field":
            self.plan_.changes.append(SetField(place.name, value))

    def _assign(self, people: Sequence[str]) -> None:
        for person in people:
            account = self.desk.account_of(person, self.case.tracker)
            if account:
                self.plan_.changes.append(Assign(account))
                self.owners.append(person)

    def _place(self, facet: str) -> FacetMap | None:
        known = self.desk.facets.get(facet)
        return known.maps.get(self.case.tracker) if known else None

    def _only_label(self, prefix: str, value: str | None) -> None:
        wanted = f"{prefix}{value}" if value is not None else None
        others = [label for label in self.labels if _bears(label, prefix) and not _same(label, wanted)]
        self.labels = [label for label in self.labels if label not in others]
        if wanted is not None and not any(_same(label, wanted) for label in self.labels):
            self.labels.append(wanted)

    def _tidy(self) -> None:
        """Where a facet bears two labels, the one set last counts, and the other goes."""
        for facet, mode in self.bench.guarded.items():
            place = self._place(facet)
            value = self.facets.get(facet)
            if mode != "enforce" or place is None or place.kind != "label" or value is None:
                continue
            here = [label for label in self.labels if _bears(label, place.name)]
            if len(here) > 1 and facet not in self.case.untrusted and not self._newly_set(facet):
                self._only_label(place.name, value)
                gone = ", ".join(label for label in here if label not in self.labels)
                self.plan_.steps.append(
                    Step(
                        subject="label", what=f"- {gone}", mode=mode, reason=f"{facet} is {value}: the last one counts"
                    )
                )

    def _newly_set(self, facet: str) -> bool:
        return any(step.facet == facet for step in self.plan_.steps)

    # What only we write

    def _flags(self) -> None:
        wanted = {self.flag_prefix + ruling.rule: ruling for ruling in self._standing_flags()}
        wanted |= {self.flag_prefix + rule: ruling for rule, ruling in self.judgement.flags.items()}
        for label, ruling in wanted.items():
            if not self._bears_label(label) and not self._taken_away_twice(label):
                self.labels.append(label)
                self._step(subject="label", what=f"+ {label}", ruling=ruling)
        for label in list(self.labels):
            if _bears(label, self.flag_prefix) and label not in wanted and self._is_ours(label):
                self.labels.remove(label)
                self.plan_.steps.append(Step(subject="label", what=f"- {label}", reason="what it flagged is over"))

    def _standing_flags(self) -> list[Ruling]:
        """What was refused and stands all the same stays flagged until the facet changes again."""
        active = {rule.code: rule for rule in self.bench.rules if STRENGTH[rule.mode] >= STRENGTH["flag"]}
        newest = {facet: changes[-1].event for facet, changes in self.case.changes.items() if changes}
        verdicts = (*self.history.verdicts, *self.plan_.verdicts)
        return [
            Ruling(rule=verdict.rule, mode=active[verdict.rule].mode, said=verdict.said, events=(verdict.event,))
            for verdict in verdicts
            if verdict.outcome in {"stands", "not judged"}
            and verdict.rule in active
            and verdict.mode != "shadow"
            and newest.get(verdict.facet) == verdict.event
        ]

    def _bears_label(self, name: str) -> bool:
        return any(_same(label, name) for label in self.labels)

    def _label_events(self, name: str) -> list[tuple[bool, bool]]:
        """For each time the label came or went: whether it came, and whether it was us."""
        own = self.history.own.casefold()
        return [
            (event.after is not None, event.actor is not None and event.actor.id.casefold() == own)
            for event in self.history.events
            if event.kind == "label" and _same(event.name, name)
        ]

    def _taken_away_twice(self, name: str) -> bool:
        return self._label_events(name).count((False, False)) > 1

    def _is_ours(self, name: str) -> bool:
        put_on = [ours for came, ours in self._label_events(name) if came]
        return not put_on or put_on[-1]

    def _shadow(self, ruling: Ruling) -> None:
        value = ", ".join(ruling.value) if isinstance(ruling.value, tuple) else ruling.value
        facet = ruling.facet or "flag"
        what = f"{self.case.facets.get(facet) or 'none'} → {value or 'none'}" if ruling.facet else f"+ {ruling.rule}"
        self.plan_.steps.append(
            Step(
                subject=facet,
                what=what,
                rule=ruling.rule,
                mode="shadow",
                reason=ruling.said,
                facet=ruling.facet,
                evidence=ruling.events,
                shadow=True,
            )
        )

    def _label_changes(self) -> None:
        before, after = self.history.issue.labels, self.labels
        added = [AddLabel(label) for label in after if not any(_same(label, other) for other in before)]
        removed = [RemoveLabel(label) for label in before if not any(_same(label, other) for other in after)]
        self.plan_.changes[:0] = [*added, *removed]

    def _tell(self) -> None:
        """At most one an issue a cycle; the others wait for the next."""
        told = {verdict.event for verdict in self.history.verdicts}
        told |= {comment.marker for comment in self._own_comments()}
        new = [
            telling for telling in self.judgement.tellings if not told & {_tell_marker(telling), _tell_event(telling)}
        ]
        for telling in new[:1]:
            accounts = [self.desk.account_of(person, self.case.tracker) for person in telling.to]
            mentions = " ".join(f"@{account}" for account in accounts if account)
            self.plan_.changes.append(
                PostComment(f"{mentions} {markdown(telling.text)}".strip(), _tell_marker(telling))
            )
            self.plan_.verdicts.append(
                Verdict(facet="", event=_tell_event(telling), outcome="set", at=self.case.now, rule=telling.rule)
            )
            self.plan_.steps.append(
                Step(
                    subject="comment",
                    what=f"tells {', '.join(telling.to)}",
                    rule=telling.rule,
                    mode=telling.mode,
                    reason=telling.text,
                )
            )
        if new[1:]:
            self.plan_.wake_at = self.case.now

    def _own_comments(self) -> list[Comment]:
        own = self.history.own.casefold()
        return [
            comment
            for comment in self.history.comments
            if comment.marker and comment.author is not None and comment.author.id.casefold() == own
        ]

    def _comment(self) -> None:
        verdicts = (*self.history.verdicts, *self.plan_.verdicts)
        ours = [comment for comment in self._own_comments() if comment.marker == STATUS]
        if not ours and not notices(verdicts):
            return
        if not any(STRENGTH[rule.mode] >= STRENGTH["flag"] for rule in self.bench.rules):
            return
        body = status_comment(self._case_after(), verdicts, self.desk)
        if not ours:
            self.plan_.changes.append(PostComment(body, STATUS))
            self.plan_.steps.append(Step(subject="comment", what="status comment made"))
        elif not same_text(ours[0].body, body):
            self.plan_.changes.append(EditComment(ours[0].id, body, STATUS))
            self.plan_.steps.append(Step(subject="comment", what="status comment edited"))
        for second in ours[1:]:
            self.plan_.changes.append(DeleteComment(second.id))
            self.plan_.steps.append(Step(subject="comment", what="second status comment removed"))

    def _case_after(self) -> Case:
        changes = dict(self.case.changes)
        if self.made:
            changes["tier"] = (*changes.get("tier", ()), *self.made)
        return msgspec.structs.replace(self.case, facets=self.facets, owners=tuple(self.owners), changes=changes)

    def _step(
        self,
        *,
        subject: str,
        what: str,
        ruling: Ruling,
        before: str | None = None,
        after: str | None = None,
        guarded: bool = False,
    ) -> None:
        self.plan_.steps.append(
            Step(
                subject=subject,
                what=what,
                rule=ruling.rule,
                mode=ruling.mode,
                reason=ruling.said,
                facet=ruling.facet if guarded else "",
                before=before,
                after=after,
                evidence=ruling.events,
                guarded=guarded,
            )
        )


def _tell_event(telling: Telling) -> str:
    return f"tell:{telling.key}"


def _tell_marker(telling: Telling) -> str:
    return f"tell:{hashlib.sha256(telling.key.encode()).hexdigest()[:16]}"


def same_text(shown: str, ours: str) -> bool:
    """Whether a comment says what we would say: line ends, trailing space and the marker's line do not count."""
    lines = [line.rstrip() for line in shown.replace("\r\n", "\n").split("\n")]
    kept = [line for line in lines if not (line.startswith("<!-- tierkeeper:") and line.endswith("-->"))]
    return "\n".join(kept).strip() == "\n".join(line.rstrip() for line in ours.split("\n")).strip()


def _bears(label: str, prefix: str) -> bool:
    return label.casefold().startswith(prefix.casefold())


def _same(label: str, other: str | None) -> bool:
    return other is not None and label.casefold() == other.casefold()
