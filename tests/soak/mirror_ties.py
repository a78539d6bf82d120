"""How issues belong together, in stories of twins: people put one below another or let it wait, on either side."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mirror_world import Shown
    from soak.acts import Act
    from soak.mirror_laws import Look

    Tie = tuple[str, str, str]

KINDS = ("blocks", "parent")


class Ties:
    """The part of a stage that makes them. `tied`: what people made or took back on twins, which is theirs."""

    desk: Any

    def __init__(self) -> None:
        self.tied: set[Tie] = set()

    def on_tie(self, act: Act, name: str, shown: Shown) -> bool:
        """Tie two issues of one side, or part them; the older one is the parent, or waited for."""
        end, (kind, place) = getattr(self.desk, name), act.what.split()
        there = end.issues()
        other = there[int(place) % len(there)]
        old, new = sorted((shown.id, other.id), key=int)
        if old == new:
            return False
        part, tie = (end.unblock, end.block) if kind == "blocks" else (end.take_out, end.put_below)
        (part if (kind, new, old) in end.ties() else tie)(act.who, old, new)
        if name == "dev":
            self.tied.add((kind, new, old))
        return True


def sources_and_twins_belong_together_alike(looks: Sequence[Look]) -> Iterator[str]:
    """What ties two sources ties their twins, once, and nothing else does but what people did there."""
    if not looks:
        return
    stage, twins = looks[0].stage, {look.source.id: look.target.id for look in looks}
    ours = {(kind, twins[one], twins[other]) for kind, one, other in stage.desk.desk.ties() if {one, other} <= {*twins}}
    there = Counter(tie for tie in stage.desk.dev.ties() if {tie[1], tie[2]} <= {*twins.values()})
    taken = {one for kind, one, _ in stage.tied if kind == "parent"}
    for tie in ours | {*there}:
        kind, one, other = tie
        if there[tie] > 1:
            yield f"twin {one}: {kind} {other} is there {there[tie]} times"
        if tie not in stage.tied and not (kind == "parent" and one in taken) and (tie in ours) != (there[tie] > 0):
            yield f"twin {one}: {kind} {other} is {'missing' if tie in ours else 'there, and not so on the source'}"
