"""Labels that a write of several requests left beside the one that counts, since it broke off between them."""

from collections.abc import Collection, Iterator, Sequence

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.change import RemoveLabel
from tierkeeper.plugins.model.issue import Issue
from tierkeeper.sync.mirror.side import SEVERAL, Said, Side
from tierkeeper.sync.plan import Step
from tierkeeper.sync.planning.sheet import begins


def leftovers(side: Side, case: Case, issue: Issue, said: Said, *, but: Collection[str]) -> list[RemoveLabel]:
    """Which labels go, `but` those of facets that are written anyway.

    Nobody judges twins. On the source what people leave there is theirs, or a rule's to tidy.
    """
    gone: list[RemoveLabel] = []
    for facet in [flow.facet for flow in side.mirror.flows if flow.facet not in SEVERAL and flow.facet not in but]:
        place, value = side.place(facet), side.native(facet, said.get(facet))
        if side.is_source and (facet in side.court.bench.tidied or not _is_ours(case, facet)):
            continue
        if place is not None and place.kind == "label" and f"{place.name}{value}" in issue.labels:
            here = (label for label in issue.labels if begins(label, place.name))
            gone += [RemoveLabel(label) for label in here if label != f"{place.name}{value}"]
    return gone


def _is_ours(case: Case, facet: str) -> bool:
    """Whether we wrote the value that counts."""
    made = case.changes.get(facet, ())
    return bool(made) and (made[-1].kind == "ours" or made[-1].command)


def tidying(there: Sequence[RemoveLabel], here: Sequence[RemoveLabel]) -> Iterator[Step]:
    """What goes from the twin, and from the source, as it is shown."""
    for where, gone in (("twin", there), ("source", here)):
        for one in gone:
            yield Step(subject=f"{where} label", what=f"- {one.name}", reason="the last one counts")
