"""/take: its author becomes the owner."""

from tierkeeper.plugins import Ask, Case, Command, Desk, DeskCommand


class Take(DeskCommand):
    """Makes you the owner of the issue; where the tracker has room for one owner only, in place of who was.

    `/take`
    """

    name = "take"
    usage = "/take"
    who = ("holder",)
    facet = "owner"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:  # noqa: ARG002 - the hook's signature
        """Its author comes."""
        return Ask(facet="owner", value=command.reply.by, note=command.rest)
