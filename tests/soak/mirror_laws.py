"""What must hold between twins when all is quiet again, as the trackers themselves show it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from mirror_world import OWN

from tierkeeper.sync.ledger.links import Links

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mirror_world import Shown
    from soak.mirror_stage import MirrorStage

    from tierkeeper.plugins.model.mirror import Link
    from tierkeeper.sync.ledger import Ledger

TIER = "tier:development"
RANK = "priority:"


class Look(NamedTuple):
    """Two twins as their trackers have them, their link, and what was told on the source."""

    source: Shown
    target: Shown
    link: Link
    told: str
    said: list[tuple[str, str, str]]


def broken(stage: MirrorStage, ledger: Ledger) -> Iterator[str]:
    """Every law that a pair breaks, with the issue."""
    yield from (f"the ledger is damaged: {line}" for line in ledger.check())
    sources = {one.id: one for one in stage.desk.desk.issues()}
    targets = {one.id: one for one in stage.desk.dev.issues()}
    links = Links(ledger).all()
    yield from (f"held back: {one.ref}: {one.reason}" for one in Links(ledger).held())
    yield from (f"issue {link.source.key}: an intent is open" for link in links if link.intends)
    made = Counter(link.target.id for link in links if link.target is not None)
    if made != Counter(targets.keys()):
        yield f"one twin each: there are {sorted(targets)}, linked are {sorted(made.elements())}"
    linked = {link.source.id for link in links}
    for source in sources.values():
        if source.open and TIER in source.labels and source.id not in linked:
            yield f"issue {source.id}: has no twin"
    for link in links:
        if link.target is None or link.target.id not in targets or link.source.id not in sources:
            continue
        known = ledger.history("desk", link.source.id, own=OWN)
        told = "\n".join(verdict.said for verdict in known.history.verdicts) if known is not None else ""
        ours = {("desk", link.source.id), ("dev", link.target.id)}
        said = [
            (end, facet, value) for end, issue, facet, value in stage.said if (end, issue) in ours or facet == "run"
        ]
        look = Look(sources[link.source.id], targets[link.target.id], link, told, said)
        for law in LAWS:
            name = law.__name__.replace("_", " ")
            yield from (f"issue {link.source.id}: {name}: {found}" for found in law(look))


def _ranks(shown: Shown) -> list[str]:
    return sorted(label.removeprefix(RANK) for label in shown.labels if label.startswith(RANK))


def _has_ui(shown: Shown) -> bool:
    return "ui" in {label.casefold() for label in shown.labels}  # it is called UI on the twin's side


def both_sides_agree(look: Look) -> Iterator[str]:
    """Title, state and labels are equal; our part of the twin's text is the source's."""
    for name in ("title", "open"):
        ours, theirs = getattr(look.source, name), getattr(look.target, name)
        if ours != theirs:
            yield f"{name} {ours}, on the twin {theirs}"
    if _has_ui(look.source) != _has_ui(look.target):
        yield f"labels {sorted(look.source.labels)}, on the twin {sorted(look.target.labels)}"
    if look.source.text not in look.target.text:
        yield f"the twin's text {look.target.text!r} lacks {look.source.text!r}"


def comments_cross_once(look: Look) -> Iterator[str]:
    """Each comment of a person is said once on the other side, and nothing else is."""
    for here, there, where in ((look.source, look.target, "twin"), (look.target, look.source, "source")):
        theirs = [text for by, text in here.comments if by != OWN]
        ours = [text for by, text in there.comments if by == OWN and " wrote on " in text]
        yield from (
            f"{text!r} is said {count} times on the {where}"
            for text in theirs
            if (count := sum(text in one for one in ours)) != 1
        )
        if len(ours) != len(theirs):
            yield f"{len(theirs)} comments, {len(ours)} on the {where}: {ours}"


def last_of_each_side(look: Look) -> list[tuple[str, str, str]]:
    """What people said last of each facet, on each side."""
    return [(end, facet, value) for (end, facet), value in {one[:2]: one[2] for one in look.said}.items()]


def nothing_is_lost_without_a_word(look: Look) -> Iterator[str]:
    """What a person said last stands, or it is told that it does not; what they wrote around our text stays."""
    stands = {"title": look.source.title, "state": "open" if look.source.open else "closed"}
    if ranks := _ranks(look.source):
        stands["priority"] = ranks[0]
    last = {facet: (end, value) for end, facet, value in look.said}
    for facet, (end, value) in last.items():
        if facet == "state" and stands[facet] in {said for _, one, said in last_of_each_side(look) if one == facet}:
            continue  # opened and closed again while a pair was put aside is no change that anybody could see
        if facet in stands and stands[facet] != value and f"“{value}”" not in look.told + look.source.status:
            yield f"the {facet} {value!r} that was set on the {end} is {stands[facet]!r}, and nobody was told"
    for end, facet, value in look.said:
        if facet == "text" and end == "dev" and f"Ours: {value}" not in look.target.text:
            yield f"the note {value!r} on the twin is gone"


LAWS = (both_sides_agree, comments_cross_once, nothing_is_lost_without_a_word)
