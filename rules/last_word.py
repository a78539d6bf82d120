"""Whose word a facet's value is: what people hold on to, no rule's wish moves."""

from collections.abc import Sequence
from itertools import pairwise

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.rules.rulings import Ruling


def written_often(case: Case, ruling: Ruling) -> bool:
    """Whether we wrote this value twice and a human changed it each time: then theirs stands."""
    changes = case.changes.get(ruling.facet, ())
    if not changes or changes[-1].kind != "human":
        return False
    values = ruling.value if isinstance(ruling.value, tuple) else (ruling.value,)
    return sum(change.kind == "ours" and change.after in values for change in changes) > 1


def is_theirs(case: Case, desk: Desk, facet: str) -> bool:
    """Whether the facet has a value that people may have chosen, where no history tells: nobody is written over."""
    place = desk.facets[facet].maps.get(case.tracker) if facet in desk.facets else None
    return place is not None and place.silent and case.kept(facet) is not None


def has_last_word(case: Case, given: Sequence[Verdict], facet: str) -> bool:
    """Whether today's value was refused, taken off by us and set again by a human: no rule's wish moves it then.

    It is theirs all the same where another change of it was put back since, or taken back.
    """
    changes = case.changes.get(facet, ())
    judged = {one.event: one.outcome for one in (*case.verdicts, *given) if one.facet == facet}
    held: str | None = None
    for change in changes:
        outcome = judged.get(change.event)
        if outcome == "stands":
            held = change.after
        elif outcome == "allowed" or change.command or (change.kind == "ours" and change.after != held):
            held = None
    if held is None or changes[-1].after != held:
        return False
    return any(old.after == held and new.kind == "ours" for old, new in pairwise(changes))
