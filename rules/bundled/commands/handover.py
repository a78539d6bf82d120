"""/handover: gives the issue to another tier."""

from difflib import get_close_matches

from tierkeeper.plugins import Ask, Case, Command, CommandRefused, Desk, DeskCommand


class HandOver(DeskCommand):
    """Hands the issue to a tier, with the reason or with what the next tier needs.

    `/handover support tried: restart, cache cleared`
    """

    name = "handover"
    usage = "/handover TIER reason"
    facet = "tier"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:  # noqa: ARG002 - the hook's signature
        """Refuse a tier that the desk does not have."""
        return Ask(facet="tier", value=read_tier(command, desk, self.usage), note=command.reason)


def read_tier(command: Command, desk: Desk, usage: str) -> str:
    """The tier that the command's first word names. Raises CommandRefused."""
    tiers = ", ".join(desk.tier_names)
    if not command.first:
        raise CommandRefused(f"/{command.name} needs a tier", f"Write `{usage}`; the tiers are {tiers}.")
    wanted = command.first.casefold()
    for name in desk.tier_names:
        if name.casefold() == wanted:
            return name
    near = get_close_matches(wanted, desk.tier_names, n=1)
    meant = f' Did you mean "{near[0]}"?' if near else ""
    raise CommandRefused(f'There is no tier "{command.first[:50]}"', f"The tiers are {tiers}.{meant}")
