"""The status comment: where the issue is, who has it, what happens next, how it came here, what is to be put right.

It is made of the case and the verdicts alone, in absolute times, so that the same state gives the same text.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tierkeeper.plugins.markup.keys import key_line
from tierkeeper.plugins.markup.text import markdown
from tierkeeper.plugins.model.case import Case, FacetChange
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.model.mirror import Twin
from tierkeeper.rules.promise_line import next_promise, promised
from tierkeeper.rules.rulings import STRENGTH, Ruling

MOST_ROWS = 20
MOST_NOTICES = 3

_OPENINGS = {
    "put back": "Put back from {after} on {at}",
    "stands": "{done} {after} on {at}; it stands, flagged",
    "not judged": "{moved} {after} by an automation on {at}; it stands, flagged",
    "refused": "Not carried out on {at}",
    "set": "On {at}",
}


def status_comment(case: Case, verdicts: Sequence[Verdict], desk: Desk, flags: Sequence[Ruling] = ()) -> str:
    """The whole comment, in Markdown, without its marker. `flags` are the red flags of the rules."""
    zone = ZoneInfo(desk.time_zone)
    parts = [_headline(case, desk)]
    parts += [_notice(verdict, desk, zone) for verdict in notices(verdicts)]
    parts += [f"Flagged: {_told(markdown(_sentence(flag.said)), flag.remedy)}" for flag in flags if flag.said]
    parts += [text for text in (promised(case, desk),) if text]
    made = _handovers(case, verdicts)
    if made:
        name = (made[-1].asked or made[-1].at).astimezone(zone).tzname() or desk.time_zone
        rows = [_row(change, case, desk, zone) for change in made]
        parts.append("\n".join([f"| when ({name}) | from | to | by | with |", "|---|---|---|---|---|", *rows]))
    parts += _twin(case)
    return "\n\n".join(parts)


def _twin(case: Case) -> list[str]:
    """Where its twin is, and the line that the two find each other by."""
    twin = case.twin
    if twin is None or not (twin.shown or case.open):
        return []
    where = f"Twin in {markdown(twin.where)}"
    if not twin.shown:
        return [f"{where}: none yet"]
    name = f"[{markdown(twin.shown)}]({twin.url})" if twin.url else markdown(twin.shown)
    if twin.ended:
        return [f"{where}: {name}; no longer linked: {markdown(twin.ended)}"]
    return [f"{where}: {name}", *([key_line(twin.key)] if twin.key else [])]


def twin_status(case: Case, desk: Desk, twin: Twin) -> str:
    """What stands on the twin of a case: where that is, if its readers may go there, and how it stands there.

    `twin` is the case as its twin shows it. Nobody is named, and there is no history.
    """
    shown = f"[{markdown(twin.shown)}]({twin.url})" if twin.url else markdown(twin.shown)
    if twin.ended:
        return f"{f'Was the twin of {shown}' if shown else 'Was a twin'}: {markdown(twin.ended)}"
    tier = markdown(desk.shown_tier(case.tier))
    state, due = f"**With {tier}**" if case.open else "**Closed**", case.facets.get("due")
    parts = [f"Twin of {shown}"] if shown else []
    parts.append(f"{state} · due {markdown(due)}" if due and case.open else state)
    return "\n\n".join([*parts, *([key_line(twin.key)] if twin.key else [])])


def public_status(case: Case, verdicts: Sequence[Verdict], desk: Desk) -> str:
    """What customers see: the state and what is missing, without people or history."""
    zone = ZoneInfo(desk.time_zone)
    tier = markdown(desk.shown_tier(case.tier))
    state = f"**With {tier}** · next: *{tier} answers or hands it on*" if case.open else f"**With {tier}** · closed"
    coming = next_promise(case, desk)
    headline = f"{state} · {coming}" if coming else state
    said = [_notice(verdict, desk, zone) for verdict in notices(verdicts) if verdict.public]
    everything = promised(case, desk, public=True)
    return "\n\n".join([headline, *said, *([everything] if everything else [])])


def notices(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """What people are still to be told: the verdicts with something to say since the last allowed change."""
    open_ones: dict[str, list[Verdict]] = {}
    for verdict in sorted(verdicts, key=_order):
        if verdict.outcome in {"allowed", "stands", "not judged"}:
            open_ones.pop(verdict.facet, None)
        if verdict.said and STRENGTH.get(verdict.mode, STRENGTH["flag"]) >= STRENGTH["flag"]:
            open_ones.setdefault(verdict.facet, []).append(verdict)
    found = [verdict for group in open_ones.values() for verdict in group]
    return sorted(found, key=_order)[-MOST_NOTICES:]


def _order(verdict: Verdict) -> tuple[datetime, str, bool, int, str]:
    """Verdicts of one moment have no order of their own: what we set for a rule follows what people did."""
    return (verdict.at, verdict.facet, verdict.outcome == "set", len(verdict.event), verdict.event)


def _headline(case: Case, desk: Desk) -> str:
    owners = sorted(case.owners, key=str.casefold)
    tier = desk.shown_tier(case.tier)
    parts = [f"**With {markdown(tier)}**"]
    if owners:
        shown = ", ".join(f"**{markdown(case.name_of(owner))}**" for owner in owners)
        parts.append(f"owner {shown}" if len(owners) == 1 else f"owners {shown}")
    parts.append(f"next: *{markdown(next_step(case, desk))}*")
    coming = next_promise(case, desk)
    if coming:
        parts.append(coming)
    return " · ".join(parts)


def next_step(case: Case, desk: Desk) -> str:
    """What happens next, and who does it."""
    if not case.open:
        return "nothing, it is closed"
    if len(case.owners) == 1 and desk.seems_member(case.owners[0], case.tier, case):
        return f"{case.name_of(case.owners[0])} answers or hands it on"
    return f"somebody of {desk.shown_tier(case.tier)} answers or hands it on"


def _notice(verdict: Verdict, desk: Desk, zone: ZoneInfo) -> str:
    said = _sentence(verdict.said)
    others = f" (also {', '.join(verdict.others)})" if verdict.others else ""
    was_set = "" if verdict.facet == "tier" else f"The {verdict.facet.replace('_', ' ')} was set to"
    opening = _OPENINGS.get(verdict.outcome, "On {at}").format(
        done=was_set or "Handed to",
        moved=was_set or "Moved to",
        after=markdown(_shown(verdict.facet, verdict.after, desk)),
        at=_day(verdict.at, zone),
    )
    remedy = verdict.remedy if verdict.outcome in {"put back", "refused"} else ""
    return f"{opening}: {_told(markdown(said) + others, remedy)}"


def _told(said: str, remedy: str) -> str:
    return f"{said} {_kept_code(remedy)}".rstrip()


def _kept_code(text: str) -> str:
    """Our own sentence: its `code` stays code."""
    parts = text.split("`")
    return "".join(f"`{part}`" if index % 2 else _spaced(part) for index, part in enumerate(parts))


def _spaced(part: str) -> str:
    """Text between code, with the spaces that part it from that."""
    shown = markdown(part)
    return f"{' ' * part.startswith(' ')}{shown}{' ' * part.endswith(' ')}" if shown else " " * bool(part)


def _shown(facet: str, value: str | None, desk: Desk) -> str:
    return desk.shown_tier(value) if facet == "tier" else value or "nothing"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", ":")) else f"{text}."


def _handovers(case: Case, verdicts: Sequence[Verdict]) -> list[FacetChange]:
    """The handovers that stood; the first one may have come from where all issues begin."""
    undone = {verdict.event for verdict in verdicts if verdict.outcome == "put back"}
    first = [change for change in case.changes.get("tier", ())[:1] if change.before is None and not _overruled(case)]
    made = [change for change in (*first, *case.handovers) if change.event not in undone and change.kind != "ours"]
    return [change for change in made if change.before is not None or change.after != case.lowest_tier][-MOST_ROWS:]


def _overruled(case: Case) -> bool:
    """Whether the tier that the report claimed was set right by us at once."""
    changes = case.changes.get("tier", ())
    return "tier" in case.claims and len(changes) > 1 and changes[1].kind == "ours"


def _row(change: FacetChange, case: Case, desk: Desk, zone: ZoneInfo) -> str:
    details = []
    if change.priority:
        details.append(f"priority {markdown(change.priority)}")
    if change.estimate is not None:
        details.append(f"estimate {change.estimate}")
    if change.note:
        details.append(markdown(change.note, most=200))
    cells = (
        _day(change.asked or change.at, zone),
        markdown(desk.shown_tier(change.before)),
        markdown(desk.shown_tier(change.after)),
        markdown(case.name_of(change.by) or "unknown"),
        ", ".join(details),
    )
    return f"| {' | '.join(cells)} |"


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d %b %Y %H:%M}"
