"""The three-way merge, facet by facet, against what both sides last agreed on."""

from collections.abc import Iterable, Mapping

import msgspec

from tierkeeper.plugins.model.mirror import Clash, Flow

Values = Mapping[str, str | None]


class Merged(msgspec.Struct, kw_only=True):
    """What each side has to be given, what both agree on after that, and what was lost.

    `apart` are the facets that differ without ever having been agreed on, with what each side says: they are shown, and
    nothing is written until one side says something else.
    """

    to_source: dict[str, str | None] = {}
    to_target: dict[str, str | None] = {}
    base: dict[str, str | None] = {}
    clashes: list[Clash] = []
    apart: dict[str, tuple[str | None, str | None]] = {}


def merge(  # noqa: PLR0917 - the three of a three-way merge, and where two of them never agreed
    base: Values,
    source: Values,
    target: Values,
    flows: Iterable[Flow],
    apart: Mapping[str, tuple[str | None, str | None]] | None = None,
) -> Merged:
    """Merge the two sides. A facet that is in `base` on neither side's word changed on neither.

    Changed on one side: carried over, if it flows that way. Changed on both to different values: the owner's counts.
    A facet that no side has agreed on before (a twin adopted by hand) is agreed on where both are equal; elsewhere it
    is `apart`, and what changes from there on is carried over.
    """
    apart = apart or {}
    merged = Merged(base=dict(base))
    for flow in flows:
        facet = flow.facet
        ours, theirs = source.get(facet), target.get(facet)
        if ours == theirs:
            merged.base[facet] = ours
        elif flow.way == "follow":
            merged.to_target[facet] = merged.base[facet] = ours
        elif facet in base:
            _carry(flow, base[facet], ours, theirs, merged)
        elif (before := apart.get(facet)) is None or before == (ours, theirs):
            merged.apart[facet] = (ours, theirs)
        else:  # the side that still says what it said changed nothing: that is what the other one is compared with
            _carry(flow, theirs if before[1] == theirs else ours if before[0] == ours else None, ours, theirs, merged)
    return merged


def _carry(flow: Flow, agreed: str | None, ours: str | None, theirs: str | None, merged: Merged) -> None:  # noqa: PLR0917 - the three values of a three-way merge
    facet = flow.facet
    if flow.way == "forward":
        if ours != agreed:
            merged.to_target[facet] = merged.base[facet] = ours
            if theirs != agreed:
                merged.clashes.append(Clash(facet, ours, theirs, "target"))
        return
    source_counts = theirs == agreed or (ours != agreed and flow.owner == "source")
    kept = ours if source_counts else theirs
    merged.base[facet] = kept
    (merged.to_target if source_counts else merged.to_source)[facet] = kept
    if agreed not in {ours, theirs}:
        lost, side = (theirs, "target") if source_counts else (ours, "source")
        merged.clashes.append(Clash(facet, kept, lost, side))  # type: ignore[arg-type]  # one of the two sides
