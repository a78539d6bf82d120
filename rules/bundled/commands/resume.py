"""/resume: the issue waits no longer."""

from tierkeeper.plugins import Ask, Case, Command, CommandRefused, Desk, DeskCommand


class Resume(DeskCommand):
    """Says that the issue waits no longer: its clocks go on.

    `/resume the vendor sent the patch`
    """

    name = "resume"
    usage = "/resume"
    who = ("reporter", "staff")
    facet = "waiting"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:  # noqa: ARG002 - the hook's signature
        """Refuse it where the issue waits for nothing."""
        if case.kept("waiting") is None and not command.outcome:
            raise CommandRefused("The issue waits for nothing", "There is nothing to resume.")
        return Ask(facet="waiting", value=None, note=command.rest)
