"""/priority: gives the issue a priority."""

from difflib import get_close_matches

from tierkeeper.plugins import Ask, Case, Command, CommandRefused, Desk, DeskCommand


class SetPriority(DeskCommand):
    """Gives the issue a priority, with the reason.

    `/priority high the monthly closing is on Friday`
    """

    name = "priority"
    usage = "/priority VALUE reason"
    who = ("key users", "staff", "lead", "priority owner")
    facet = "priority"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:  # noqa: ARG002 - the hook's signature
        """Refuse a priority that the desk does not have."""
        known = priorities(desk)
        shown = f"The priorities are {', '.join(known)}."
        if not known:
            raise CommandRefused("The policy lists no priorities", "Set it by hand.")
        if not command.first:
            raise CommandRefused("/priority needs a value", f"Write `{self.usage}`. {shown}")
        value = known.get(command.first.casefold())
        if value is None:
            near = get_close_matches(command.first.casefold(), known, n=1)
            meant = f' Did you mean "{known[near[0]]}"?' if near else ""
            raise CommandRefused(f'There is no priority "{command.first[:50]}"', f"{shown}{meant}")
        return Ask(facet="priority", value=value, note=command.reason)


def priorities(desk: Desk) -> dict[str, str]:
    """The desk's priorities, each behind itself in lower case."""
    facet = desk.facets.get("priority")
    return {value.casefold(): value for value in (facet.values if facet else ())}
