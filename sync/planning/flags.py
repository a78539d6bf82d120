"""Flags: the labels that only we write, and what rules in shadow would have done."""

from tierkeeper.plugins.model.change import AddLabel, RemoveLabel
from tierkeeper.plugins.model.mirror import PUT_ASIDE
from tierkeeper.rules.rulings import Ruling
from tierkeeper.sync.plan import Step
from tierkeeper.sync.planning.sheet import Sheet, begins, same


def set_flags(sheet: Sheet, prefix: str) -> None:
    """Flag what is flagged now and what still stands; take our own flags off where that is over."""
    wanted = {prefix + ruling.rule: ruling for ruling in _standing(sheet)}
    wanted |= {prefix + rule: ruling for rule, ruling in sheet.judgement.flags.items()}
    for label, ruling in wanted.items():
        if not sheet.bears(label) and not _was_taken_away_twice(sheet, label):
            sheet.labels.append(label)
            sheet.add_step("label", f"+ {label}", ruling=ruling)
    for label in list(sheet.labels):
        if not begins(label, prefix) or same(label, prefix + PUT_ASIDE):
            continue  # the last one is the mirrors' own
        if label not in wanted and _is_ours(sheet, label):
            sheet.labels.remove(label)
            sheet.plan.steps.append(Step(subject="label", what=f"- {label}", reason="what it flagged is over"))


def _standing(sheet: Sheet) -> list[Ruling]:
    """What was refused and stands all the same stays flagged until the facet changes again."""
    stood = [
        verdict
        for verdict in sheet.verdicts
        if verdict.outcome in {"stands", "not judged"} and verdict.mode != "shadow"
    ]
    if not stood:
        return []
    active = sheet.bench.writing
    newest = {facet: changes[-1].event for facet, changes in sheet.case.changes.items() if changes}
    newest |= dict.fromkeys((step.facet for step in sheet.plan.steps if step.facet), "")  # what we change now
    return [
        Ruling(rule=verdict.rule, mode=active[verdict.rule].mode, said=verdict.said, events=(verdict.event,))
        for verdict in stood
        if verdict.rule in active and newest.get(verdict.facet) == verdict.event
    ]


def _label_events(sheet: Sheet, name: str) -> list[tuple[bool, bool]]:
    """For each time the label came or went: whether it came, and whether it was us."""
    own = sheet.history.own.casefold()
    return [
        (event.after is not None, event.actor is not None and event.actor.id.casefold() == own)
        for event in sheet.history.events
        if event.kind == "label" and same(event.name, name)
    ]


def _was_taken_away_twice(sheet: Sheet, name: str) -> bool:
    return _label_events(sheet, name).count((False, False)) > 1


def _is_ours(sheet: Sheet, name: str) -> bool:
    put_on = [ours for came, ours in _label_events(sheet, name) if came]
    return not put_on or put_on[-1]


def shadow(sheet: Sheet, ruling: Ruling) -> None:
    """Say what a rule in shadow would have done."""
    value = ", ".join(ruling.value) if isinstance(ruling.value, tuple) else ruling.value
    before = sheet.case.facets.get(ruling.facet)
    sheet.plan.steps.append(
        Step(
            subject=ruling.facet or "flag",
            what=f"{before or 'none'} → {value or 'none'}" if ruling.facet else f"+ {ruling.rule}",
            rule=ruling.rule,
            mode="shadow",
            reason=ruling.said,
            facet=ruling.facet,
            evidence=ruling.events,
            shadow=True,
        )
    )


def change_labels(sheet: Sheet) -> None:
    """Put the labels on and off that make the difference, before all other changes."""
    before, after = sheet.history.issue.labels, sheet.labels
    if list(before) == after:
        return
    added = [AddLabel(label) for label in after if not any(same(label, other) for other in before)]
    removed = [RemoveLabel(label) for label in before if not any(same(label, other) for other in after)]
    sheet.plan.changes[:0] = [*added, *removed]
