"""/release: its author is not the owner any more."""

from tierkeeper.plugins import Ask, Case, Command, Desk, DeskCommand


class Release(DeskCommand):
    """Gives the issue up, so that somebody else of its tier can take it.

    `/release`
    """

    name = "release"
    usage = "/release"
    who = ("owner",)
    facet = "owner"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:  # noqa: ARG002 - the hook's signature
        """Its author goes."""
        return Ask(facet="owner", note=command.rest)
