"""/waiting: the issue waits for somebody else."""

from difflib import get_close_matches

from tierkeeper.plugins import Ask, Case, Command, CommandRefused, Desk, DeskCommand, Wait
from tierkeeper.plugins.model.wait import REPORTER


class WaitFor(DeskCommand):
    """Says that the issue waits for its reporter, a vendor or a release, and why; its clocks stand still meanwhile.

    `/waiting reporter which version of the browser is it?`
    """

    name = "waiting"
    usage = "/waiting reporter|vendor|release reason"
    who = ("staff",)
    facet = "waiting"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:
        """Refuse what the desk does not wait for, a wait without a reason, and one of a closed issue."""
        known = reasons(desk)
        listed = ", ".join(known.values())
        if not command.first:
            raise CommandRefused("/waiting needs what is waited for", f"Write one of {listed}, and your reason.")
        value = known.get(command.first.casefold())
        if value is None:
            near = get_close_matches(command.first.casefold(), known, n=1)
            meant = f' Did you mean "{known[near[0]]}"?' if near else ""
            raise CommandRefused(f'Nothing waits for "{command.first[:50]}" here', f"Write one of {listed}.{meant}")
        if not command.reason:
            raise CommandRefused("A wait needs its reason", f"Write `/waiting {value}` and the reason in one line.")
        if not case.open:
            raise CommandRefused("The issue is closed", "Reopen it first.")
        if value == REPORTER and case.answer_in(Wait(value, command.reply.at, None)) is not None:
            raise CommandRefused("The reporter has answered since", "Read it, and ask again if you still need to know.")
        return Ask(facet="waiting", value=value, note=command.reason)


def reasons(desk: Desk) -> dict[str, str]:
    """What an issue may wait for, each behind itself in lower case: the facet's values, else what pauses a clock."""
    facet = desk.facets.get("waiting")
    values = facet.values if facet is not None and facet.values else sorted(desk.promises.pause_on)
    return {value.casefold(): value for value in values or (REPORTER, "vendor", "release")}
