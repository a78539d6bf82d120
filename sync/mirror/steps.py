"""How what a pair of twins needs is shown: as a difference, facet by facet, for each side."""

import difflib
import re
from collections.abc import Iterator, Sequence

import msgspec

from tierkeeper.plugins.model.case import FacetChange
from tierkeeper.plugins.model.change import Change, EditComment, PostComment
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.model.mirror import STATE, TEXT, TITLE, Clash
from tierkeeper.rules.mirroring.merge import Merged
from tierkeeper.sync.mirror.acts import Judged
from tierkeeper.sync.mirror.side import Side, Values
from tierkeeper.sync.plan import Step
from tierkeeper.sync.planning.comments import STATUS

_LINES = 4
_WIDTH = 72
_FRAME = re.compile(r"---|\+\+\+|@@|.[*_]*Mirrored from")
"""What is no news: the headings of a difference, and our own line, which each tracker escapes in its way."""
_CARRIED = "carried over"
_SIGNED = Step(subject="status comment", what="made on the twin")
_EDITED = Step(subject="status comment", what="edited on the twin")


def making_steps(side: Side, values: Values, text: str, comments: int) -> Iterator[Step]:
    """What a twin begins with, besides its title."""
    for facet, value in values.items():
        if facet in {TITLE, TEXT} or value is None or (facet, value) == (STATE, "open"):
            continue
        yield Step(subject=f"twin {facet}", what=f"none → {_one_line(side.native(facet, value))}", reason=_CARRIED)
    yield Step(subject=f"twin {TEXT}", what=f"+ {len(text.splitlines()):,} lines", reason=_CARRIED)
    if comments:
        yield Step(subject="comment", what=f"+ {comments:,} on the twin", reason=_CARRIED)
    yield _SIGNED


def carried_steps(
    merged: Merged, judged: Judged, *, source: tuple[Side, Values], target: tuple[Side, Values], text: str
) -> Iterator[Step]:
    """What is carried over in either direction, for whom, what was lost and refused. `text`: how that changes."""
    (here, ours), (there, theirs) = source, target
    for facet, value in merged.to_target.items():
        step = _step(facet, theirs.get(facet), value, "twin", text=text)
        if facet in judged.put_back:
            step = msgspec.structs.replace(step, reason="put back on the twin", guarded=True)
        yield _done_for(step, facet, there.native(facet, value), judged.to_target.get(facet))
    for facet, value in merged.to_source.items():
        step = _step(facet, ours.get(facet), value, "source")
        yield _done_for(step, facet, here.native(facet, value), judged.to_source.get(facet))
    for clash in merged.clashes:
        yield _lost(clash)
    yield from (_refused(one) for one in judged.verdicts if one.outcome == "refused")


def _step(facet: str, before: str | None, after: str | None, where: str, *, text: str = "") -> Step:
    what = text or "renewed" if facet == TEXT else f"{_one_line(before)} → {_one_line(after)}"
    closes = facet == STATE and after is not None and after.startswith("closed")
    return Step(subject=f"{where} {facet}", what=what, reason=_CARRIED, guarded=closes)


def _one_line(value: str | None) -> str:
    return value.replace("\n", ", ") if value else "none"


def text_change(before: str, after: str) -> str:
    """A short difference of two texts, in one line: the first lines that go and come."""
    lines = [
        line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
        if line[1:].strip() and not _FRAME.match(line)
    ]
    more = [f"and {len(lines) - _LINES:,} more lines"] if len(lines) > _LINES else []
    return "; ".join([*lines[:_LINES], *more])


def _done_for(step: Step, facet: str, value: str | None, act: FacetChange | None) -> Step:
    """The step as its author's: what is written for a person is that person's act."""
    if act is None:
        return step
    return msgspec.structs.replace(
        step, facet=facet, after=value, person=act.by, event=act.event, asked=act.asked or act.at, note=act.note
    )


def _refused(verdict: Verdict) -> Step:
    """An act on the twin that is not carried over."""
    return Step(
        subject="refused",
        what=f"{verdict.facet} → {verdict.after or 'none'}, as the twin has it",
        rule=verdict.rule,
        mode=verdict.mode,
        reason=verdict.said,
        evidence=(verdict.event,),
    )


def _lost(clash: Clash) -> Step:
    lost, kept = _one_line(clash.lost), _one_line(clash.kept)
    what = "the other one is not kept" if clash.facet == TEXT else f"{kept} counts, not {lost}"
    owner = "source" if clash.side == "target" else "twin"
    return Step(subject=f"clash {clash.facet}", what=what, reason=f"both sides changed it; the {owner}'s counts")


def comment_steps(changes: Sequence[Change], where: str = "twin") -> list[Step]:
    """How many comments come, change and go on one side, and whether our status comment there does."""
    words = {"PostComment": "+", "EditComment": "edited", "DeleteComment": "-"}
    own = [_SIGNED if isinstance(one, PostComment) else _EDITED for one in changes if _is_status(one)]
    names = [type(one).__name__ for one in changes if not _is_status(one)]
    return [
        *(
            Step(subject="comment", what=f"{words[name]} {names.count(name)} on the {where}", reason=_CARRIED)
            for name in dict.fromkeys(names)
        ),
        *own,
    ]


def _is_status(change: Change) -> bool:
    return isinstance(change, PostComment | EditComment) and change.marker == STATUS
