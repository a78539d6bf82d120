"""/why: answers why the issue is as it is."""

from tierkeeper.plugins import Ask, Case, Command, Desk, DeskCommand, Tell
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.rules.status_comment import next_step

_OUTCOMES = {
    "put back": "{facet} {after} was put back on {at}",
    "stands": "{facet} {after} was set on {at} and stands, flagged",
    "not judged": "an automation set {facet} {after} on {at}",
    "refused": "a command was not carried out on {at}",
    "set": "{facet} {after} was set on {at}",
}


class Why(DeskCommand):
    """Answers you in one line: who has the issue, what happened last and why, what is flagged, what comes next.

    `/why`
    """

    name = "why"
    usage = "/why"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:
        """Answer its author, once for each time they ask."""
        flags = "; ".join(f"{rule}: {said.rstrip('.')}" for rule, said in case.flags.items())
        flagged = f"Flagged: {flags}. " if flags else ""
        text = f"{_holder(case, desk)} {_last(case, desk)} {flagged}Next: {next_step(case, desk)}."
        return Ask(tells=(Tell((command.reply.by,), text, "why"),))


def _holder(case: Case, desk: Desk) -> str:
    owners = " and ".join(case.name_of(owner) for owner in case.owners)
    return f"It is with {desk.shown_tier(case.tier)}, {f'owner {owners}' if owners else 'without an owner'}."


def _last(case: Case, desk: Desk) -> str:
    """The last thing that was decided or handed over, with its rule and its reason."""
    told = [one for one in case.verdicts if one.said and one.outcome in _OUTCOMES and one.mode != "shadow"]
    verdict = max(told, key=lambda one: one.at) if told else None
    made = case.handovers[-1] if case.handovers else None
    if verdict is not None and (made is None or verdict.at >= made.at):
        return _told(verdict, desk)
    if made is None:
        return f"Nobody handed it over since {desk.shown_time(case.created)}."
    who = "Tierkeeper" if made.kind == "ours" else case.name_of(made.by) or "somebody"
    note = case.reason_for(made)
    ways = f"from {desk.shown_tier(made.before)} to {desk.shown_tier(made.after)}"
    return (
        f"Last: {who} handed it {ways} on {desk.shown_time(made.asked or made.at)}{f': {note[:200]}' if note else ''}."
    )


def _told(verdict: Verdict, desk: Desk) -> str:
    after = desk.shown_tier(verdict.after) if verdict.facet == "tier" else verdict.after or "none"
    facet = verdict.facet.replace("_", " ")
    what = _OUTCOMES[verdict.outcome].format(facet=facet, after=after, at=desk.shown_time(verdict.at))
    rule = f" by {verdict.rule}" if verdict.rule else ""
    return f"Last: {what}{rule}: {verdict.said.rstrip('.')}."
