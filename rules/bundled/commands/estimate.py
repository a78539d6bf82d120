"""/estimate: says how much work the issue needs."""

from tierkeeper.plugins import Ask, Case, Command, Desk, DeskCommand, Effort
from tierkeeper.rules.bundled.commands.amounts import read_amount


class SetEstimate(DeskCommand):
    """Says how much of one person's work the issue needs, in m, h or d.

    `/estimate 1d 30m`
    """

    name = "estimate"
    usage = "/estimate AMOUNT"
    who = ("staff",)
    facet = "estimate"

    def read(self, command: Command, case: Case, desk: Desk) -> Ask:
        """Refuse what is no amount; leave one that is spelt differently as it is."""
        effort, note = read_amount(command, desk)
        now = case.facets.get("estimate")
        return Ask(facet="estimate", value=now if case.estimate == effort else _kept(effort, case, desk), note=note)


def _kept(effort: Effort, case: Case, desk: Desk) -> str:
    """As its tracker keeps it: a native field in seconds, a label in the author's units."""
    facet = desk.facets.get("estimate")
    place = facet.maps.get(case.tracker) if facet else None
    return str(round(effort.minutes) * 60) if place and place.kind == "field" else effort.text
