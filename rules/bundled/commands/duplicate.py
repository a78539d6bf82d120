"""/duplicate: joins a report under another one of the same fault."""

from tierkeeper.plugins import Ask, Case, Command, CommandRefused, Desk, DeskCommand, Relative
from tierkeeper.rules.kinship import NOTHING


class JoinReport(DeskCommand):
    """Joins this report under another one of the same fault; `none` takes it out again.

    `/duplicate #12`
    """

    name = "duplicate"
    usage = "/duplicate OF"
    who = ("staff", "key users")

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:  # noqa: ARG002 - the hook's signature
        """Refuse an issue that is not there, is closed, or has a parent itself; and a family of three generations."""
        family = case.family
        if family is None:
            raise CommandRefused("This desk joins no reports", "Say in words which issue it belongs to.")
        if not command.first:
            raise CommandRefused("/duplicate needs an issue", "Write it with its number or its address.")
        if command.first.casefold() == NOTHING:
            return Ask(value=NOTHING)
        found = family.named.get(command.first, f"There is no issue {command.first[:50]} in this queue")
        if isinstance(found, str):
            raise CommandRefused(found, "Write it with its number or its address.")
        if family.children and found.ref != case.ref and found.joined != case.ref.key:
            count = len(family.children)
            said = f"{count} report{'s are' if count > 1 else ' is'} joined under this one"
            raise CommandRefused(said, f"Join those to {found.name} first.")
        return Ask(value=_parent(found, case).ref.key)


def _parent(found: Relative, case: Case) -> Relative:
    """The issue, if reports may be joined under it."""
    if found.ref == case.ref:
        raise CommandRefused("An issue is no duplicate of itself", "Write the other one's number.")
    if found.joined == case.ref.key:
        raise CommandRefused(f"{found.name} is joined under this issue", "One of the two stays on top.")
    if found.joined:
        top = f"#{found.joined}" if found.joined.isdigit() else found.joined
        raise CommandRefused(f"{found.name} is joined under {top} itself", f"Write `/duplicate {top}`.")
    if not found.open:
        raise CommandRefused(f"{found.name} is closed", "Reopen it, or join this to one that is open.")
    return found
