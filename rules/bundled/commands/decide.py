"""/decide: a leader has the last word on the tier or the priority."""

from tierkeeper.plugins import Ask, Case, Command, CommandRefused, Desk, DeskCommand
from tierkeeper.rules.bundled.commands.priority import priorities


class Decide(DeskCommand):
    """Decides, as a leader: which tier has the issue, which priority it has, or that all stays as it is.

    `/decide support they know the cause, and finish it`
    """

    name = "decide"
    usage = "/decide TIER|PRIORITY|keep reason"
    who = ("lead",)

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:  # noqa: ARG002 - the hook's signature
        """Refuse what is no tier and no priority, and a decision without its reason."""
        wanted = command.first.casefold()
        tiers = {name.casefold(): name for name in desk.tier_names}
        known = priorities(desk)
        if wanted not in {"keep", *tiers, *known}:
            said = f'"{command.first[:50]}" is no tier and no priority' if wanted else "/decide needs a decision"
            listed = ", ".join([*desk.tier_names, *known.values()])
            raise CommandRefused(said, f"Write `{self.usage}`, with one of {listed}.")
        if not command.reason:
            raise CommandRefused("A decision needs its reason", f"Write `/decide {command.first} reason`.")
        if wanted == "keep":
            return Ask(value="keep", note=command.reason)
        facet, value = ("tier", tiers[wanted]) if wanted in tiers else ("priority", known[wanted])
        return Ask(facet=facet, value=value, note=command.reason, final=True)
