"""/appeal: asks a leader to look at the issue."""

from textwrap import shorten

from tierkeeper.plugins import Ask, Case, Command, CommandRefused, Desk, DeskCommand, Tell

_LONGEST = 300
"""Characters of a reason or a title that a leader is shown."""


class Appeal(DeskCommand):
    """Asks the leader of the tier that has the issue to decide on its tier or its priority.

    `/appeal the whole branch office cannot work`
    """

    name = "appeal"
    usage = "/appeal reason"
    who = ("key users",)

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:
        """Refuse one without a reason, one on a closed issue, and one more while another waits for its answer."""
        if not command.rest:
            raise CommandRefused("An appeal needs its reason", f"Write `{self.usage}`.")
        if not case.open:
            raise CommandRefused("The issue is closed", "Reopen it, or report it anew.")
        other = open_appeal(case, desk)
        if other is not None and other.event != command.event:
            said = f"An appeal of {desk.shown_time(other.reply.at)} waits for its answer already"
            raise CommandRefused(said, "Add to it in words.")
        leaders = ladder(command, case, desk)
        if not leaders:
            raise CommandRefused(f"Nobody leads {desk.shown_tier(case.tier)}", "Ask the tier itself.")
        text = f"{case.name_of(command.reply.by)} appeals: {in_words(command, case, desk)}"
        return Ask(value=leaders[0], note=command.rest, tells=(Tell(leaders[:1], text, "appeal"),))


def open_appeal(case: Case, desk: Desk) -> Command | None:
    """The first appeal that no leader answered: with `/decide`, or by giving the issue a tier or a priority."""
    found: Command | None = None
    for command in case.commands if case.open else ():
        if command.name == "appeal" and command.counts:
            found = found or command
        elif command.name == "decide" and command.counts:
            found = None
    if found is None:
        return None
    leaders = ladder(found, case, desk)
    made = (*case.changes.get("tier", ()), *case.changes.get("priority", ()))
    answered = any(change.at > found.reply.at and change.by in leaders for change in made)
    return None if answered else found


def ladder(appeal: Command, case: Case, desk: Desk) -> tuple[str, ...]:
    """Who is asked, one after the other: the leaders of the tier that had the issue then."""
    tier = case.value_at("tier", appeal.reply.at) or case.lowest_tier
    return tuple(name for name in desk.ladder(tier) if name != appeal.reply.by)


def in_words(appeal: Command, case: Case, desk: Desk) -> str:
    """The case in a few words, for a leader: what for, where it is since when, and what can be done."""
    tier, priority = f"with {desk.shown_tier(case.tier)} since {_since('tier', case, desk)}", "no priority"
    if case.priority:
        priority = f"priority {case.priority} since {_since('priority', case, desk)}"
    owners = " and ".join(case.name_of(owner) for owner in case.owners)
    parts = (f"\u201c{_short(case.title)}\u201d", tier, f"owner {owners}" if owners else "no owner", priority)
    answer = "Answer with /decide and a tier, a priority or keep, and your reason."
    return f"{reason_of(appeal)}. {', '.join(parts)}. {answer}"


def reason_of(appeal: Command) -> str:
    """What an appeal is for, without its full stop."""
    return _short(appeal.rest).rstrip(".")


def _short(text: str) -> str:
    return shorten(text, _LONGEST, placeholder=" \u2026")


def _since(facet: str, case: Case, desk: Desk) -> str:
    changes = case.changes.get(facet, ())
    return desk.shown_time(changes[-1].at if changes else case.created)
