"""WE01: work was handed to development at the weekend."""

from collections.abc import Iterator
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from tierkeeper.plugins import Case, Decision, Desk, Refuse, Rule, RuleOptions

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = get_args(Day)


class WeekendHandover(Rule):
    """It was handed to {tier} on a {day}; nobody there looks at it before the weekend is over.

    **Why.** Work that nobody looks at is with nobody. As long as it is with support somebody can answer for it.

    **Refuses.** support hands an issue to development on Saturday, or on Sunday at 23:59 of the desk's time.

    **Lets pass.** support hands an issue to development on Monday at midnight; development hands one back on Sunday; an
    issue of one of the kinds in `but`, whenever it comes.

    **Options.** `days`: the days on which nobody hands over (default Saturday and Sunday); `but`: kinds that may come
    even then (default: incident).

    **When not to use it.** Where development is on call.
    """

    code = "WE01"
    group = "handovers"
    guards = frozenset({"tier"})

    class Options(RuleOptions):
        """When nobody hands over, and what may come all the same."""

        days: tuple[Day, ...] = ("saturday", "sunday")
        but: tuple[str, ...] = ("incident",)

    options: Options

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Refuse a handover to the last tier on one of the days."""
        handover = case.last_handover(to=desk.top_tier)
        if handover is None or case.kind in self.options.but:
            return
        day = DAYS[handover.at.astimezone(ZoneInfo(desk.time_zone)).weekday()]
        if day in self.options.days:
            yield Refuse(
                handover,
                facts={"tier": desk.shown_tier(desk.top_tier), "day": day.title()},
                remedy="Keep it until the weekend is over.",
            )
