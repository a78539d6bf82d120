"""/kind: says what sort of issue it is."""

from tierkeeper.plugins import Ask, Case, Command, Desk, DeskCommand
from tierkeeper.rules.bundled.commands.choices import read_choice


class SetKind(DeskCommand):
    """Says what sort of issue it is: a question, a fault in the configuration, a feature request.

    `/kind configuration the mail server's name was wrong`
    """

    name = "kind"
    usage = "/kind VALUE"
    who = ("staff", "key users")
    facet = "kind"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:  # noqa: ARG002 - the hook's signature
        """Refuse a kind that the desk does not have."""
        value, note = read_choice(command, desk, "kind")
        return Ask(facet="kind", value=value, note=note)
