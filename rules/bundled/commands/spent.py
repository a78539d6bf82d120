"""/spent: records work."""

from tierkeeper.plugins import Ask, Case, Command, Desk, DeskCommand
from tierkeeper.rules.bundled.commands.amounts import read_amount


class RecordWork(DeskCommand):
    """Records work that its author did on the issue, in m, h or d.

    `/spent 2h read the logs of both servers`
    """

    name = "spent"
    usage = "/spent AMOUNT"
    who = ("staff",)

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:  # noqa: ARG002 - the hook's signature
        """Refuse what is no amount."""
        effort, note = read_amount(command, desk)
        return Ask(value=effort.text, note=note)
