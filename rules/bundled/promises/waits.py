"""PR03: an issue waits, and nobody asked; or for too long; or the answer is there."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from tierkeeper.plugins import Case, Decision, Desk, Duration, Flag, OptionFault, Rule, RuleOptions, Wait, Wake, Want
from tierkeeper.plugins.model.business import due
from tierkeeper.plugins.model.wait import REPORTER

LONGEST = {REPORTER: Duration("5bd"), "vendor": Duration("10bd"), "release": Duration("30bd")}
"""How long a wait may take where the policy does not say."""


class Waits(Rule):
    """Waits for the {reason} since {since}{what}.

    **Why.** While an issue waits, its clocks stand still. That is right where somebody else has to act, and the oldest
    trick where nobody was asked to.

    **Flags.** Support sets `waiting:reporter` and asks the reporter nothing within the hour. An issue has waited for a
    vendor for eleven business days, and ten are allowed.

    **Wants.** The reporter has answered: the issue waits for them no longer. Clocks go on from their word, whenever
    the label goes.

    **Lets pass.** A wait for the reporter with a public question by staff, or a reason given with `/waiting reporter`
    where the reporter can read it; a wait that is over; a closed issue; a wait that began before anybody was judged,
    until it is too long.

    **Options.** `near`: how long before or after the wait began the question may lie (default 1h). `longest`: for each
    thing that is waited for how long that may take, in the desk's business time (default 5bd for the reporter, 10bd
    for a vendor, 30bd for a release); what is not named may take any time.

    **When not to use it.** Where no clock stands still: with `pause_on: []` under `promises:`.
    """

    code = "PR03"
    group = "promises"
    wants = frozenset({"waiting"})

    class Options(RuleOptions):
        """How near a question has to be, and how long a wait may be."""

        near: Duration = Duration("1h")
        longest: dict[str, Duration] = Field(default_factory=lambda: dict(LONGEST))

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Only what the desk waits for, and more than no time."""
        facet = desk.facets.get("waiting")
        values = facet.values if facet is not None else ()
        if self.options.near.business:
            yield OptionFault(("near",), f"expected elapsed time (m, h, d), got {self.options.near}", "such as 1h")
        for reason, longest in self.options.longest.items():
            given = "longest" in self.options.model_fields_set
            if given and values and reason not in values:
                hint = f"values: {', '.join(values)}"
                yield OptionFault(("longest", reason), f'the facet "waiting" has no value "{reason}"', hint)
            if not (longest.elapsed or longest.business_days or longest.business_minutes):
                yield OptionFault(("longest", reason), f"a wait of {longest} is too long at once", "such as 5bd")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """End a wait that was answered; flag one without a question, and one that is too long, or wake up for it."""
        if case.kept("waiting") is None or not case.open or not case.complete:
            return
        wait = next(iter(reversed(case.waits)), None)
        if wait is None or wait.end is not None:
            return
        answer = case.answer_in(wait)
        if answer is not None:
            yield Want("waiting", None, text=f"The reporter answered on {desk.shown_time(answer)}.")
            return
        found: list[str] = []
        for end, what in (self._unasked(wait, case, desk), self._too_long(wait, desk)):
            if end is not None and end > case.now:
                yield Wake(end)
            elif end is not None:
                found.append(what)
        if found:
            asks = "Ask what is waited for in public" if wait.reason == REPORTER else "Write what is waited for"
            facts = {
                "reason": wait.reason,
                "since": desk.shown_time(wait.start),
                "what": "".join(f", {one}" for one in found),
            }
            yield Flag(facts=facts, remedy=f"{asks}, or write `/resume`.")

    def _unasked(self, wait: Wait, case: Case, desk: Desk) -> tuple[datetime | None, str]:
        """Until when a question may still come; None: there is one, or there need not be one."""
        judged = case.judged_from is not None and wait.start >= case.judged_from
        if wait.reason != REPORTER or not judged or _is_told_why(wait, case):
            return None, ""
        near = self.options.near.elapsed
        asked = desk.answers(case, since=wait.start - near)
        return (None if asked else wait.start + near), "without a question to them"

    def _too_long(self, wait: Wait, desk: Desk) -> tuple[datetime | None, str]:
        """When the wait gets too long; None: it never does."""
        longest = self.options.longest.get(wait.reason)
        if longest is None:
            return None, ""
        end = due(wait.start, longest, desk.calendar)
        return end, f"longer than {longest}: until {desk.shown_time(end)}"


def _is_told_why(wait: Wait, case: Case) -> bool:
    """Whether the reporter can read the reason that was given with the command."""
    return any(
        command.name == "waiting"
        and command.counts
        and not command.reply.internal
        and command.reply.at == wait.start
        and command.reason
        for command in case.commands
    )
