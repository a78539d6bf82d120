"""What people set: put back, set for a rule, carried out for a person, tidied up."""

from collections.abc import Sequence

from tierkeeper.plugins.markup.text import plain
from tierkeeper.plugins.model.case import FacetChange
from tierkeeper.plugins.model.change import Assign, SetField, SetState, Unassign
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.rules.commands import COMMENT
from tierkeeper.rules.rulings import PutBack, Ruling
from tierkeeper.sync.plan import Step
from tierkeeper.sync.planning.sheet import Sheet, begins


def undo(sheet: Sheet, put_back: PutBack) -> None:
    """Undo a human's change."""
    change, value = put_back.change, put_back.value
    _set(sheet, change.facet, value)
    what = f"{change.after or 'none'} → {value or 'none'}"
    sheet.add_facet_step(change.facet, what, ruling=put_back.ruling, before=change.after, after=value)


def want(sheet: Sheet, facet: str, ruling: Ruling) -> None:
    """Set a facet as a rule wants it, and remember that we did, once a rule; one of our own only says how it is."""
    before = sheet.facets.get(facet) if facet not in sheet.case.told else None
    after: str | None
    if isinstance(ruling.value, tuple):
        place = sheet.place(facet)
        people = ruling.value[: place.most] if place is not None and place.most else ruling.value
        missing = [person for person in people if person not in sheet.owners]
        if facet != "owner" or not missing:
            return
        _assign(sheet, missing)
        what, after = f"+ {', '.join(missing)}", ",".join(missing)
    else:
        if before == ruling.value:
            return
        _set(sheet, facet, ruling.value)
        what, after = f"{before or 'none'} → {ruling.value or 'none'}", ruling.value
    sheet.add_facet_step(facet, what, ruling=ruling, before=before, after=after)
    if facet not in sheet.desk.ours:
        _remember(sheet, facet, ruling, after)


def _remember(sheet: Sheet, facet: str, ruling: Ruling, after: str | None) -> None:
    key = f"set:{ruling.rule}"
    if any(verdict.event == key for verdict in sheet.verdicts):
        return
    sheet.plan.verdicts.append(
        Verdict(
            facet="tier" if facet == "owner" else facet,
            event=key,
            outcome="set",
            at=sheet.case.now,
            rule=ruling.rule,
            mode=ruling.mode,
            said=ruling.said,
            remedy=ruling.remedy,
            after=after,
        )
    )


def carry_out(sheet: Sheet, change: FacetChange) -> None:
    """Do what a person asked for in a comment."""
    before, after = sheet.facets.get(change.facet), change.after
    what = f"{before or change.before or 'none'} → {after or 'none'}"
    place = sheet.place(change.facet)
    if place is not None and place.kind == "assignee":
        before, after = None, sheet.desk.account_of(change.after or "", sheet.case.tracker) or None
        what = f"+ {change.after}" if change.after is not None else f"- {change.by}"
        _turn(sheet, change)
    else:
        _set(sheet, change.facet, change.after)
    sheet.made.append(change)
    sheet.plan.guarded += 1
    sheet.plan.steps.append(
        Step(
            subject=change.facet,
            what=what,
            reason=f"{sheet.case.name_of(change.by)} asked for it in a comment",
            facet=change.facet,
            before=before,
            after=after,
            evidence=(change.event,),
            person=change.by,
            event=change.event,
            note=change.note,
            asked=change.at,
            guarded=True,
        )
    )


def refuse_commands(sheet: Sheet) -> None:
    """Say which commands are not carried out, and why."""
    for verdict in sheet.plan.verdicts:
        if verdict.outcome == "refused" and verdict.said:
            asked = next((one for one in sheet.case.commands if one.event == verdict.event), None)
            line = f"/{asked.name} {plain(asked.rest, most=40)}".rstrip() if asked else "a command"
            sheet.plan.steps.append(
                Step(
                    subject="command",
                    what=f"refused: {line}",
                    rule=verdict.rule,
                    mode=verdict.mode if verdict.rule else "",
                    reason=verdict.said,
                    evidence=(verdict.event,),
                )
            )


def tidy(sheet: Sheet) -> None:
    """Where a facet bears two labels, the one set last counts, and the other goes.

    So it is where a rule sees to it, and where a command's write broke off between the label that came and this one.
    """
    commanded = (facet for facet, made in sheet.case.changes.items() if made and made[-1].event.startswith(COMMENT))
    for facet in dict.fromkeys((*sheet.bench.tidied, *commanded)):
        place, value = sheet.place(facet), sheet.facets.get(facet)
        if place is None or place.kind != "label" or value is None:
            continue
        here = [label for label in sheet.labels if begins(label, place.name)]
        newly_set = any(step.facet == facet for step in sheet.plan.steps)
        if len(here) > 1 and facet not in sheet.case.untrusted and not newly_set:
            sheet.leave_one_label(place.name, value)
            gone = ", ".join(label for label in here if label not in sheet.labels)
            reason = f"{facet} is {value}: the last one counts"
            sheet.plan.steps.append(Step(subject="label", what=f"- {gone}", mode="enforce", reason=reason))


def _set(sheet: Sheet, facet: str, value: str | None) -> None:
    place = sheet.place(facet)
    sheet.facets[facet] = value
    if place is None:
        return
    if place.kind == "label":
        sheet.leave_one_label(place.name, value)
    elif place.kind == "state":
        sheet.plan.changes.append(SetState(open=value == "open", reason=_as_before(sheet, value)))
    elif place.kind == "status":
        sheet.plan.changes.append(SetState(open=True, status=place.statuses.get(value or "", value or "")))
    elif place.kind == "field":
        sheet.plan.changes.append(SetField(place.name, value))


def _as_before(sheet: Sheet, state: str | None) -> str:
    """Why the issue was closed the last time; or, where it is to be open, the status that it was closed in, if any."""
    events = sheet.history.events
    known = [event.before or "" for event in events if (event.kind, event.name) == ("field", "status")]
    if state == "closed":
        known = [event.name for event in events if event.kind == "state" and event.after == "closed"]
    return known[-1] if known else ""


def _turn(sheet: Sheet, change: FacetChange) -> None:
    """Somebody takes the issue, or gives it up."""
    if change.after is not None:
        _make_room(sheet)
        _assign(sheet, [change.after])
        return
    account = sheet.desk.account_of(change.by, sheet.case.tracker)
    sheet.plan.changes.append(Unassign(account))
    sheet.owners = [person for person in sheet.owners if person != change.by]


def _make_room(sheet: Sheet) -> None:
    """Where no more owners fit, the first goes for the next."""
    place = sheet.place("owner")
    while place is not None and place.most and len(sheet.owners) >= place.most:
        account = sheet.desk.account_of(sheet.owners.pop(0), sheet.case.tracker)
        sheet.plan.changes.append(Unassign(account))


def _assign(sheet: Sheet, people: Sequence[str]) -> None:
    for person in people:
        account = sheet.desk.account_of(person, sheet.case.tracker)
        if account:
            sheet.plan.changes.append(Assign(account))
            sheet.owners.append(person)
