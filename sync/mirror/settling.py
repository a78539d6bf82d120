"""What is taken as it was agreed on, whatever a side says: so that nothing is cleared or asked for that cannot be."""

from typing import NamedTuple

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Issue
from tierkeeper.plugins.model.mirror import MILESTONE, OWNER, STATE
from tierkeeper.rules.mirroring.merge import Merged
from tierkeeper.rules.mirroring.states import stood_of
from tierkeeper.sync.mirror.side import Said, Side, Values

_ELSE = "otherwise"
"""How a side stood of which only this much is known: not as was agreed on."""


class Word(NamedTuple):
    """What one side says of an issue."""

    side: Side
    history: History
    values: Values


def stood_after(
    before: tuple[str, str], merged: Merged, source: tuple[Issue, Values], target: tuple[Issue, Values]
) -> tuple[str, str]:
    """How each side stands with what is agreed on now; empty where that was written, and not seen since."""
    written = merged.to_source | merged.to_target
    found = [
        str(stood_of(issue)) if said[STATE] == merged.base.get(STATE) else "" if STATE in written else kept or _ELSE
        for kept, (issue, said) in zip(before, (source, target), strict=True)
    ]
    return found[0], found[1]


def settle(base: Said, source: Word, target: Word) -> tuple[str, ...]:
    """Take as agreed on what cannot be carried over or must not be cleared; what the operator is told of it."""
    told: list[str] = []
    twin = target.history.issue
    if twin.restricted and source.side.is_public():
        where = source.side.queue.place
        told.append(f"{twin.ref} is restricted, and anybody reads {where}: it learns only whether that is open")
    for here, there in ((source, target), (target, source)):
        if OWNER in here.values:
            _keep_people(base, here, there)
            told += here.side.left_out(here.history.issue)
        name = here.values.get(MILESTONE)
        if name is not None and name != base.get(MILESTONE) and name != there.values.get(MILESTONE):
            missing = _why_not(name, there)
            if missing:
                here.values[MILESTONE] = base.get(MILESTONE)
                told.append(f"{here.history.issue.ref}: {missing}")
    return tuple(told)


def _keep_people(base: Said, here: Word, there: Word) -> None:
    """Let nobody whom people chose be taken off because nobody is assigned on the other side."""
    side, history, values = there
    alone = here.values[OWNER] is None and values[OWNER] is not None
    if alone and side.chosen_by_people(side.case(history), history.issue):
        here.values[OWNER] = base.get(OWNER)


def _why_not(name: str, there: Word) -> str:
    """Why a release of that name cannot be given to the other side; empty: it can."""
    try:
        known = there.side.tracker.milestones(there.side.queue)
    except TrackerError as error:
        return f"whether {there.side.queue.place} has {name!r} as a milestone or version cannot be read: {error}"
    if name in known:
        return ""
    return f"{there.side.queue.place} has no milestone or version {name!r}, which is left out until it is made there"
