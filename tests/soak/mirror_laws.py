"""What must hold between twins when all is quiet again, as the trackers themselves show it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from mirror_world import OWN, GitHubEnd
from soak.mirror_files import copied_twice, files_cross_once
from soak.mirror_ties import sources_and_twins_belong_together_alike

from tierkeeper.sync.ledger.links import Links

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mirror_world import Shown
    from soak.mirror_stage import MirrorStage

    from tierkeeper.plugins.model.event import Verdict
    from tierkeeper.plugins.model.mirror import Link
    from tierkeeper.sync.ledger import Ledger

TIER = "tier:development"
RANK = "priority:"


MAY = frozenset({"support-1", "dev-1"})
"""Who may set a priority where rules guard it."""

CLAIM = timedelta(seconds=6)
"""What is set as soon after the beginning came with the report, or before it: GitHub tells times to the second."""


class Said(NamedTuple):
    """What somebody made of a facet of an issue on one end; `order` is a priority that they asked for."""

    end: str
    issue: str
    facet: str
    value: str
    who: str
    at: datetime


class Look(NamedTuple):
    """Two twins as their trackers have them, their link, what people said of them, and what was told of that."""

    source: Shown
    target: Shown
    link: Link
    said: list[Said]
    verdicts: tuple[Verdict, ...]
    stage: MirrorStage
    began: datetime

    @property
    def told(self) -> str:
        return "\n".join(verdict.said for verdict in self.verdicts) + self.source.status

    @property
    def ranks(self) -> tuple[str, str]:
        return self.stage.rank_of("desk", self.source), self.stage.rank_of("dev", self.target)


def broken(stage: MirrorStage, ledger: Ledger) -> Iterator[str]:
    """Every law that a pair breaks, with the issue."""
    yield from (f"the ledger is damaged: {line}" for line in ledger.check())
    sources = {one.id: one for one in stage.desk.desk.issues()}
    targets = {one.id: one for one in stage.desk.dev.issues()}
    links = Links(ledger).all()
    yield from (f"held back: {one.ref}: {one.reason}" for one in Links(ledger).held())
    yield from (f"issue {link.source.key}: an intent is open" for link in links if link.intends)
    made = Counter(link.target.id for link in links if link.target is not None)
    alone = targets.keys() - made.keys()
    if made != Counter(targets.keys() - alone) or len(alone) > stage.half:
        yield f"one twin each: there are {sorted(targets)}, linked are {sorted(made.elements())}"
    linked = {link.source.id for link in links}
    for source in sources.values():
        if source.open and TIER in source.labels and source.id not in linked:
            yield f"issue {source.id}: has no twin"
    looks = []
    for link in links:
        if link.target is None or link.target.id not in targets or link.source.id not in sources:
            continue
        known = ledger.history("desk", link.source.id, own=OWN)
        verdicts = known.history.verdicts if known is not None else ()
        ours = {("desk", link.source.id), ("dev", link.target.id)}
        said = [one for one in stage.said if (one.end, one.issue) in ours]
        began = max(ledger.began or stage.now, known.history.issue.created) if known is not None else stage.now
        look = Look(sources[link.source.id], targets[link.target.id], link, said, verdicts, stage, began)
        looks.append(look)
        for law in AFTER_LOSS if stage.loose else LAWS:
            name = law.__name__.replace("_", " ")
            yield from (f"issue {link.source.id}: {name}: {found}" for found in law(look))
    if not stage.loose:
        yield from sources_and_twins_belong_together_alike(looks)


def _has_ui(shown: Shown) -> bool:
    return "ui" in {label.casefold() for label in shown.labels}  # it is called UI on the twin's side


def both_sides_agree(look: Look) -> Iterator[str]:
    """Title, state and labels are equal; our part of the twin's text is the source's.

    What differed when the ledger was made anew differs until somebody changes it.
    """
    apart = look.link.apart
    for name, facet in (("title", "title"), ("open", "state")):
        ours, theirs = getattr(look.source, name), getattr(look.target, name)
        if ours != theirs and facet not in apart:
            yield f"{name} {ours}, on the twin {theirs}"
    if _has_ui(look.source) != _has_ui(look.target) and "labels" not in apart:
        yield f"labels {sorted(look.source.labels)}, on the twin {sorted(look.target.labels)}"
    if not look.stage.guarded and look.ranks[0] != look.ranks[1] and "priority" not in apart:
        yield f"priority {look.ranks[0]}, on the twin {look.ranks[1]}"
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


def nothing_is_lost_without_a_word(look: Look) -> Iterator[str]:
    """What a person said last stands, or it is told that it does not."""
    stands = {"title": look.source.title, "state": "open" if look.source.open else "closed"}
    if rank := look.ranks[0]:
        stands["priority"] = rank
    for one in {one.facet: one for one in look.said}.values():
        if look.stage.rebuilt is not None and one.at <= look.stage.rebuilt:
            continue  # what was told of it went with the ledger
        if one.facet not in stands or stands[one.facet] == one.value or _came_back(look, one, stands[one.facet]):
            continue
        if not _is_told(look, one):
            yield f"the {one.facet} {one.value!r} that was set on the {one.end} is {stands[one.facet]!r}, and untold"


def notes_stay(look: Look) -> Iterator[str]:
    """What people write around our part of the twin's text stays."""
    for one in look.said:
        if (one.facet, one.end) == ("text", "dev") and f"Ours: {one.value}" not in look.target.text:
            yield f"the note {one.value!r} on the twin is gone"


def _came_back(look: Look, last: Said, stands: str) -> bool:
    """Whether a value is what it was before, which is no change that anybody could see, or somebody asked for more.

    So it is with what was closed and opened again, or set away and back, between two looks at the pair.
    """
    made = [one for one in look.said if one.facet == last.facet]
    asked = (one for one in look.said if one.facet == "order" and one.who in MAY)
    orders = {one.value for one in asked if _may_follow(look, one, last)}
    if last.facet == "state":
        return stands in {one.value for one in {one.end: one for one in made}.values()}
    earlier = [one for one in made[:-1] if one.value == last.value]
    return last.facet == "priority" and (bool(earlier) or last.value == "Medium" or stands in orders)


def _may_follow(look: Look, later: Said, earlier: Said) -> bool:
    """Whether what was done may have come after something else, as far as trackers tell: GitHub tells whole seconds."""
    if any(isinstance(getattr(look.stage.desk, one.end), GitHubEnd) for one in (later, earlier)):
        return later.at.replace(microsecond=0) >= earlier.at.replace(microsecond=0)
    return later.at > earlier.at


def _is_told(look: Look, lost: Said) -> bool:
    """Whether it is told that a value does not count: both sides had a new one, or its author may not set it."""
    refused = (one for one in look.verdicts if one.facet == lost.facet and one.outcome in {"refused", "put back"})
    return f"“{lost.value}”" in look.told or any(one.after == lost.value for one in refused)


def nobody_slips_past_a_guard(look: Look) -> Iterator[str]:
    """A guarded facet is what somebody set who may, or what somebody on the source set again after it was put back.

    On the twin it is the same, or what was put back there and set again.
    """
    if not look.stage.guarded:
        return
    source, target = look.ranks
    orders = {one.value for one in look.said if one.facet == "order" and one.who in MAY}
    made = [one for one in look.said if one.facet == "priority"]
    judged = [one for one in made if one.at >= look.began + CLAIM and one.who not in MAY]
    free = [one for one in made if one not in judged]
    again = Counter((one.end, one.value) for one in judged)
    allowed = {"", "Medium", *orders, *(one.value for one in free)}
    if source not in allowed and again["desk", source] < 2:
        yield f"the priority {source} is nobody's who may set it: {judged}"
    if target != source and target not in allowed and again["dev", target] < 2:
        yield f"the priority {target} on the twin, {source} on the source, was never put back: {judged}"
    if "priority" in look.link.apart:
        return
    if target != source and not any((one.end, one.value) == ("dev", target) for one in judged):
        yield f"the priority is {source}, on the twin {target}"


def nothing_is_put_back_twice(look: Look) -> Iterator[str]:
    """Each act is judged once."""
    heard = Counter((one.event, one.facet) for one in look.verdicts if one.by)
    yield from (f"{event} was judged {count} times" for (event, _), count in heard.items() if count > 1)


def nothing_is_there_twice(look: Look) -> Iterator[str]:
    """However much was lost: no comment is said twice on the other side, no file copied twice."""
    for here, there in ((look.source, look.target), (look.target, look.source)):
        ours = [text for by, text in there.comments if by == OWN and " wrote on " in text]
        theirs = (text for by, text in here.comments if by != OWN)
        yield from (f"{text!r} is said twice" for text in theirs if sum(text in one for one in ours) > 1)
    yield from (f"{name} is copied twice" for name in copied_twice(look))


LAWS = (
    both_sides_agree,
    comments_cross_once,
    nothing_is_lost_without_a_word,
    notes_stay,
    nobody_slips_past_a_guard,
    nothing_is_put_back_twice,
    files_cross_once,
)
AFTER_LOSS = (notes_stay, nothing_is_put_back_twice, nothing_is_there_twice)
"""What holds even of a pair that was out of step as its ledger was lost."""
