"""What follows from what was just decided: flags, and further wants, are those of the case as it will be.

Without this a second run would find something to do: a flag on a handover that is put back, or what a rule wants once a
command is carried out.
"""

from collections.abc import Mapping

import msgspec

from tierkeeper.plugins.model.case import Case, FacetChange
from tierkeeper.rules.carry import case_after
from tierkeeper.rules.clocks import with_clocks
from tierkeeper.rules.engine import Bench, hear, take_heard
from tierkeeper.rules.rulings import Judgement

MOST_ROUNDS = 3
"""How often what was decided may lead to something else that is decided."""

MANY_VALUED = frozenset({"owner"})
"""Facets where several wishes go together."""


def settle(case: Case, bench: Bench, result: Judgement) -> None:
    """Hear the rules on the case as it will be, and let `result` hold what they say of that."""
    for carried in result.carried:
        if carried.facet not in MANY_VALUED:
            result.wants.pop(carried.facet, None)  # what was wanted before the command
    for _ in range(MOST_ROUNDS):
        if not (result.verdicts or result.wants) or result.failures or result.waits_until is not None:
            return
        heard = Judgement(verdicts=result.verdicts)
        later = with_clocks(_later(case, result), bench.desk, before=case)
        take_heard(later, hear(later, bench, heard), bench.desk, heard)
        if heard.failures or heard.unknown:
            return
        result.settled, result.flags = later, heard.flags
        result.wakes = list(dict.fromkeys((*result.wakes, *heard.wakes)))
        known = {telling.key for telling in result.tellings}
        result.tellings.extend(telling for telling in heard.tellings if telling.key not in known)
        said = {carried.facet for carried in result.carried}
        more = {
            facet: ruling
            for facet, ruling in heard.wants.items()
            if (facet not in result.wants or facet in bench.desk.ours)
            and later.facets.get(facet) != ruling.value
            and not (facet in said and case.facets.get(facet) == ruling.value)  # a rule does not just undo a command
        }
        result.wants.update(more)
        result.carried = [one for one in result.carried if one.facet not in more or one.facet in MANY_VALUED]
        if not more:
            return


def _later(case: Case, result: Judgement) -> Case:
    """The case once all that was decided is done."""
    case = _judged(case, result)
    for put_back in result.put_backs:
        facet, after = put_back.change.facet, put_back.change.after
        refused = {**case.refused, facet: case.refused.get(facet, frozenset()) | {after}}
        case = msgspec.structs.replace(_written(case, facet, put_back.value), refused=refused)
    for facet, ruling in result.wants.items():
        if not isinstance(ruling.value, tuple) and case.kept(facet) != ruling.value:
            case = _written(case, facet, ruling.value)
        elif isinstance(ruling.value, tuple):
            people = dict.fromkeys((*case.owners, *ruling.value))
            case = msgspec.structs.replace(_written(case, facet, ruling.value[-1]), owners=tuple(people))
    for carried in result.carried:
        change = carried.change
        case = case_after(case, msgspec.structs.replace(change, at=case.now, asked=change.at))  # as it is read then
    return case


def _judged(case: Case, result: Judgement) -> Case:
    """The case with its verdicts: nothing of them is pending."""
    outcomes: Mapping[str, str] = {verdict.event: verdict.outcome for verdict in result.verdicts}
    judged = {name: one for name, one in case.pending.items() if one.event in outcomes}
    return msgspec.structs.replace(
        case,
        pending={name: one for name, one in case.pending.items() if name not in judged},
        allowed={**case.allowed, **{name: one.after for name, one in judged.items()}},
        commands=tuple(
            msgspec.structs.replace(command, outcome=outcomes[command.event]) if command.event in outcomes else command
            for command in case.commands
        ),
    )


def _written(case: Case, facet: str, value: str | None) -> Case:
    """The case once we have given a facet a value."""
    change = FacetChange(
        facet=facet, before=case.facets.get(facet), after=value, at=case.now, event="", by="", kind="ours"
    )
    return case_after(case, change)
