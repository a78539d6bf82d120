"""/severity: says how bad it is."""

from tierkeeper.plugins import Ask, Case, Command, Desk, DeskCommand
from tierkeeper.rules.bundled.commands.choices import read_choice


class SetSeverity(DeskCommand):
    """Says how bad it is for those it hits.

    `/severity blocker nobody can log in`
    """

    name = "severity"
    usage = "/severity VALUE"
    who = ("staff", "key users")
    facet = "severity"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:  # noqa: ARG002 - the hook's signature
        """Refuse a severity that the desk does not have."""
        value, note = read_choice(command, desk, "severity")
        return Ask(facet="severity", value=value, note=note)
