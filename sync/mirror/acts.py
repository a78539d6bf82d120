"""Whose acts cross: what a person did on one side is their act on the other, judged by the rules before it is written.

A facet that a rule guards comes from the twin only as the act of a person whom the desk knows. One that is refused is
put back on the twin, once, with one line; then it stands there, and the source keeps its own.
"""

from collections.abc import Mapping

import msgspec

from tierkeeper.plugins.markup.text import digest, markdown
from tierkeeper.plugins.model.case import Case, FacetChange
from tierkeeper.plugins.model.change import PostComment
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import History, Verdict
from tierkeeper.plugins.model.mirror import TEXT, Clash, Link
from tierkeeper.rules.carry import judge_act
from tierkeeper.rules.mirroring.merge import Merged
from tierkeeper.sync.mirror.side import Side

_CLASH = "clash:"


class Judged(msgspec.Struct, kw_only=True):
    """What came of the acts that cross. `to_source` and `to_target` are whose they were, by facet.

    `lines` are told on the twin; `notices` are for the operator; `put_back` are the acts that are undone there, by
    facet; `held`: somebody's role is not known now, so that the pair is looked at again.
    """

    verdicts: list[Verdict] = []
    to_source: dict[str, FacetChange] = {}
    to_target: dict[str, FacetChange] = {}
    lines: list[PostComment] = []
    notices: list[str] = []
    put_back: dict[str, str] = {}
    held: bool = False


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """Where the acts on twins are judged: on the source. `public`: its reasons are read by everybody."""

    source: Side
    target: Side
    public: bool

    def judge(self, said: tuple[Case, Case], history: History, link: Link, merged: Merged) -> Judged:
        """Judge what is to go to the source; what may not is taken out of `merged`, or put back there."""
        case, twin = said
        judged = Judged()
        for verdict in history.verdicts:  # what broke off after it was put back, and before that was told
            if link.refusing.get(verdict.facet) == verdict.event and verdict.facet not in merged.to_source:
                self._tell(verdict, case, judged)
        for facet in list(merged.to_source):
            act = _last(twin, facet)
            known = act is not None and act.kind == "human" and self._knows(act.by)
            if facet in self.source.court.bench.guarded:
                theirs = _named(act, self.target.queue) if act is not None and known else None
                self._hear(facet, theirs, (case, history), (link, merged, judged))
            elif act is not None and known:
                judged.to_source[facet] = _named(act, self.target.queue)
        for facet in merged.to_target:
            done = _last(case, facet)
            if done is not None and done.kind == "human" and facet not in judged.put_back:
                judged.to_target[facet] = _named(done, self.source.queue)
        return judged

    def moves(self, twin: Case) -> bool:
        """Whether somebody may still be clicking on the twin."""
        bench = self.source.court.bench
        newest = [made[-1] for facet in bench.guarded if (made := twin.changes.get(facet))]
        return any(one.kind == "human" and not one.command and one.at + bench.wait > twin.now for one in newest)

    def _knows(self, person: str) -> bool:
        """Whether the desk knows who that is on the source: one account may be somebody else's there."""
        return person in self.source.court.desk.people or self.source.queue.tracker == self.target.queue.tracker

    def _hear(
        self,
        facet: str,
        act: FacetChange | None,
        stands: tuple[Case, History],
        state: tuple[Link, Merged, Judged],
    ) -> None:
        """Judge one act; without one nobody knows whose it is."""
        case, history = stands
        link, merged, judged = state
        value = merged.to_source[facet]
        earlier = [one for one in history.verdicts if one.facet == facet]
        kept = next((one for one in earlier if act is not None and one.event == act.event), None)
        if act is None:
            _keep_out(facet, link, merged)
            judged.notices.append(
                f"{link.target}: the {facet} is {value or 'empty'} there, and which person set it is not known; "
                f"{link.source} keeps its own"
            )
            return
        change = _as_asked(act, facet, self.source.native(facet, value), case)
        verdict = kept if kept is not None else judge_act(case, self.source.court.bench, change)
        if isinstance(verdict, str):
            _keep_out(facet, link, merged)
            judged.notices.append(f"{link.target}: {verdict}, so their {facet} waits")
            judged.held = True
        elif verdict.outcome != "refused":
            judged.to_source[facet] = act
            judged.verdicts += [] if kept is not None else [verdict]
        else:
            _keep_out(facet, link, merged)
            judged.verdicts += [] if kept is not None else [verdict]
            if kept is None or link.refusing.get(facet) == kept.event:  # it broke off before it was put back
                others = [one for one in earlier if one is not kept]
                self._put_back(verdict, others, (case, link), (merged, judged))

    def _put_back(
        self, verdict: Verdict, earlier: list[Verdict], stands: tuple[Case, Link], state: tuple[Merged, Judged]
    ) -> None:
        """Give the twin the source's value again, unless that was done before for the same value."""
        (case, link), (merged, judged) = stands, state
        since = next((place for place, one in enumerate(reversed(earlier)) if one.outcome == "allowed"), len(earlier))
        there = [one for one in earlier[len(earlier) - since :] if one.event.startswith(f"{self.target.queue.name}:")]
        if any(one.outcome == "refused" and one.after == verdict.after for one in there):
            judged.notices.append(
                f"{link.target}: {verdict.by} set the {verdict.facet} to {verdict.after or 'none'} again after it was "
                f"put back; it stands there, and {link.source} keeps its own"
            )
            return
        merged.to_target[verdict.facet] = merged.base[verdict.facet] = case.facets.get(verdict.facet)
        judged.put_back[verdict.facet] = verdict.event
        self._tell(verdict, case, judged)

    def _tell(self, verdict: Verdict, case: Case, judged: Judged) -> None:
        """Say on the twin why it goes back."""
        value = case.facets.get(verdict.facet)
        said = verdict.said if not self.public or verdict.public else "The desk's rules do not allow it"
        remedy = verdict.remedy if not self.public or verdict.public else ""
        told = f"The {markdown(verdict.facet)} goes back to {markdown(value or 'none')}. {markdown(said)}. {remedy}"
        judged.lines.append(PostComment(told.replace("..", ".").strip(), f"tell:{digest(verdict.event)}"))


def clash_verdicts(clashes: list[Clash], history: History, case: Case) -> list[Verdict]:
    """What the status comment says of what was lost; what it says already is not said again."""
    said = {one.facet: (one.before, one.after) for one in history.verdicts if one.event.startswith(_CLASH)}
    return [
        Verdict(
            facet=clash.facet,
            event=f"{_CLASH}{digest(f'{clash.facet} {clash.kept} {clash.lost} {case.now}')}",
            outcome="set",
            at=case.now,
            said=_lost(clash),
            before=clash.lost,
            after=clash.kept,
        )
        for clash in clashes
        if said.get(clash.facet) != (clash.lost, clash.kept)
    ]


def _lost(clash: Clash) -> str:
    where = "its twin" if clash.side == "target" else "this issue"
    if clash.facet == TEXT:
        return f"Both this issue and its twin had a new text; that of {where} was not kept"
    kept, lost = (" and ".join((value or "none").split("\n")) for value in (clash.kept, clash.lost))
    return f"Both this issue and its twin had a new {clash.facet}: “{kept}” counts, not “{lost}” of {where}"


def _last(case: Case, facet: str) -> FacetChange | None:
    made = case.changes.get(facet, ())
    return made[-1] if made else None


def _named(act: FacetChange, queue: Queue) -> FacetChange:
    """The same, named as where it was done: ids of events of two trackers could be equal."""
    return msgspec.structs.replace(act, event=f"{queue.name}:{act.event}")


def _as_asked(act: FacetChange, facet: str, value: str | None, case: Case) -> FacetChange:
    """A twin's act as its author's wish for the source, like a command."""
    return FacetChange(
        facet=facet,
        before=case.allowed.get(facet, case.facets.get(facet)),
        after=value,
        at=act.at,
        event=act.event,
        by=act.by,
        command=True,
        note=act.note,
        estimate=case.estimate if facet == "tier" else None,
        priority=case.priority if facet == "tier" else None,
    )


def _keep_out(facet: str, link: Link, merged: Merged) -> None:
    """Carry a facet nowhere; what both agreed on stays so."""
    del merged.to_source[facet]
    merged.clashes[:] = [clash for clash in merged.clashes if clash.facet != facet]
    base: Mapping[str, str | None] = link.base
    if facet in base:
        merged.base[facet] = base[facet]
    else:
        merged.base.pop(facet, None)
