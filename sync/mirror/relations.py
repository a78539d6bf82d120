"""Parents and links of a source that its twin gets too, once the other issue has a twin in the same place.

Of what stands on the twin only what we made is ever taken back. What somebody takes off there stays off.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from tierkeeper.plugins.model.change import Relate, Unrelate
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.mirror import LINKS, Link, Mirror, Tie
from tierkeeper.plugins.model.relation import ANY_LINK, PARENT, Relation
from tierkeeper.sync.plan import Step

_REASON = "carried over"
_OURS = frozenset({"made", "sent"})
"""How a relation of the twin stands that is ours to take back."""


class Tying(msgspec.Struct, frozen=True, kw_only=True):
    """What the twin is to be given or has to lose, how its ties are after that, and what the operator is told."""

    changes: tuple[Relate | Unrelate, ...] = ()
    ties: tuple[Tie, ...] = ()
    told: tuple[str, ...] = ()

    def steps(self) -> Iterator[Step]:
        """The same, as it is shown."""
        for change in self.changes:
            sign = "+" if isinstance(change, Relate) else "-"
            yield Step(subject="twin relation", what=f"{sign} {change.kind} {change.other}", reason=_REASON)


class Binder(msgspec.Struct, frozen=True, kw_only=True):
    """Carries over how the issues of one mirror belong together. `kinds` is what the target's tracker knows of."""

    mirror: Mirror
    kinds: frozenset[str]

    def tying(self, link: Link, source: History, target: History, twins: Mapping[str, str]) -> Tying:
        """What is to be done, if `twins` are the twins of the other issues, by their sources' ids."""
        wanted = [one for one in source.issue.relations if self._flows(one)]
        there, told = set(target.issue.relations), list[str]()
        changes: list[Relate | Unrelate] = []
        for tie in link.ties:
            ours = Relation(tie.kind, twins.get(tie.other, ""))
            if tie.how in _OURS and ours in there and Relation(tie.kind, tie.other) not in wanted:
                changes.append(Unrelate(ours.kind, ours.other))
                there.remove(ours)
        known = {(one.kind, one.other): one for one in link.ties}
        ties = []
        for relation in wanted:
            tie = known.get((relation.kind, relation.other), Tie(relation.kind, relation.other, "awaits"))
            if tie.how in {"awaits", "sent"} and tie.other in twins:
                ours = Relation(tie.kind, twins[tie.other])
                why = "" if ours in there else self._why_not(ours, there)
                theirs = ours in there and tie.how == "awaits"
                tie = Tie(tie.kind, tie.other, "theirs" if theirs else "refused" if why else "made")
                changes += [Relate(ours.kind, ours.other)] if tie.how == "made" and ours not in there else []
                told += [f"{source.issue.ref}: {ours.kind} is left out on its twin: {why}"] if why else []
            ties.append(tie)
        return Tying(changes=tuple(changes), ties=tuple(ties), told=tuple(told))

    def _flows(self, relation: Relation) -> bool:
        return (PARENT if relation.kind == PARENT else LINKS) in self.mirror.relations

    def _why_not(self, relation: Relation, there: set[Relation]) -> str:
        if relation.kind == PARENT and any(one.kind == PARENT for one in there):
            return "that one has another parent"
        if relation.kind not in self.kinds and (relation.kind == PARENT or ANY_LINK not in self.kinds):
            return "its tracker knows no such link between issues"
        return ""


def parting(link: Link, twins: Callable[[Sequence[str]], Mapping[str, str]]) -> tuple[Unrelate, ...]:
    """What takes back all that we made of a twin's relations."""
    made = [one for one in link.ties if one.how in _OURS]
    there = twins([one.other for one in made]) if made else {}
    return tuple(Unrelate(one.kind, there[one.other]) for one in made if one.other in there)


def sent(before: Sequence[Tie], after: Sequence[Tie]) -> tuple[Tie, ...]:
    """The ties while those are on their way that come with this write: a run may break off before it knows of them."""
    known = {(one.kind, one.other): one for one in before}
    for one in after:
        if one.how == "made" and ((tie := known.get((one.kind, one.other))) is None or tie.how != "made"):
            known[one.kind, one.other] = Tie(one.kind, one.other, "sent")
    return tuple(known.values())


def without(link: Link, change: Relate | Unrelate, twins: Mapping[str, str]) -> Link:
    """The link, where the tracker did not take that change: it is not asked for again."""
    ties = tuple(
        Tie(one.kind, one.other, "refused") if (one.kind, twins.get(one.other)) == (change.kind, change.other) else one
        for one in link.ties
    )
    return msgspec.structs.replace(link, ties=ties)
