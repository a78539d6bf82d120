"""What a plan is worked out on: the issue as it is, as it will be, and what was decided so far."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from tierkeeper.plugins.model.case import Case, FacetChange
from tierkeeper.plugins.model.desk import Desk, FacetMap
from tierkeeper.plugins.model.event import History, Verdict
from tierkeeper.rules.clocks import with_clocks
from tierkeeper.rules.engine import Bench
from tierkeeper.rules.rulings import Judgement, Ruling
from tierkeeper.sync.plan import IssuePlan, Step


class Sheet:
    """One issue's. `labels`, `facets` and `owners` are as they will be; `made` is what was carried out for people."""

    def __init__(self, history: History, case: Case, judgement: Judgement, bench: Bench) -> None:
        self.history, self.case, self.judgement, self.bench = history, case, judgement, bench
        self.desk: Desk = bench.desk
        self.labels = list(history.issue.labels)
        self.facets = dict(case.facets)
        self.owners = list(case.owners)
        self.made: list[FacetChange] = []
        self.plan = IssuePlan(ref=case.ref, title=case.title, at=case.now, facets=self.facets)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts so far, those of this plan last."""
        return (*self.history.verdicts, *self.plan.verdicts)

    @property
    def case_after(self) -> Case:
        """The case as it will be, with its promises, once all of this is written."""
        changes = dict(self.case.changes)
        for change in (*self.made, *self._ours()):
            changes[change.facet] = (*changes.get(change.facet, ()), change)
        later = msgspec.structs.replace(
            self.case,
            facets=self.facets,
            owners=tuple(self.owners),
            changes=changes,
            open=self.facets.get("state", "open") == "open",
        )
        return with_clocks(later, self.desk, before=self.judgement.settled or self.case)

    def _ours(self) -> Iterator[FacetChange]:
        """What we set ourselves, as it is read then; what is carried out for people is theirs."""
        asked = {(change.facet, change.after) for change in self.made}
        was = self.case.facets
        new: list[tuple[str, str | None, str | None]]
        new = [("owner", None, person) for person in self.owners if person not in self.case.owners]
        new += [(name, was.get(name), value) for name, value in self.facets.items() if name != "owner"]
        for name, before, after in new:
            if after != before and (name, after) not in asked:
                yield FacetChange(
                    facet=name, before=before, after=after, at=self.case.now, event="", by="", kind="ours"
                )

    def place(self, facet: str) -> FacetMap | None:
        """Where the facet lives on the issue's tracker."""
        known = self.desk.facets.get(facet)
        return known.maps.get(self.case.tracker) if known else None

    def bears(self, name: str) -> bool:
        """Whether the issue will bear this label."""
        return any(same(label, name) for label in self.labels)

    def leave_one_label(self, prefix: str, value: str | None) -> None:
        """Let the label with this value, or none, be the only one with the prefix."""
        wanted = f"{prefix}{value}" if value is not None else None
        others = [label for label in self.labels if begins(label, prefix) and not same(label, wanted)]
        self.labels = [label for label in self.labels if label not in others]
        if wanted is not None and not self.bears(wanted):
            self.labels.append(wanted)

    def add_step(self, subject: str, what: str, *, ruling: Ruling) -> None:
        """Say what is done for a rule."""
        self.plan.steps.append(
            Step(
                subject=subject,
                what=what,
                rule=ruling.rule,
                mode=ruling.mode,
                reason=ruling.said,
                evidence=ruling.events,
            )
        )

    def add_facet_step(self, facet: str, what: str, *, ruling: Ruling, before: str | None, after: str | None) -> None:
        """Say what is done for a rule to a facet; one that people set counts."""
        guarded = facet not in self.desk.ours
        self.plan.guarded += guarded
        self.plan.steps.append(
            Step(
                subject=facet,
                what=what,
                rule=ruling.rule,
                mode=ruling.mode,
                reason=ruling.said,
                facet=ruling.facet,
                before=before,
                after=after,
                evidence=ruling.events,
                guarded=guarded,
            )
        )


@lru_cache(maxsize=4096)
def begins(label: str, prefix: str) -> bool:
    """Whether a label has this prefix; capitals do not count."""
    return label.casefold().startswith(prefix.casefold())


def same(label: str, other: str | None) -> bool:
    """Whether two names are one label; capitals do not count."""
    return other is not None and label.casefold() == other.casefold()
