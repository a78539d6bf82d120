"""PO02: an appeal waits for its answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from tierkeeper.plugins import Case, Command, Decision, Desk, Duration, Flag, OptionFault, Rule, RuleOptions, Tell, Wake
from tierkeeper.plugins.model.business import due
from tierkeeper.rules.bundled.commands.appeal import in_words, ladder, open_appeal, reason_of

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORKING: tuple[Day, ...] = _DAYS[:5]


class AppealUnanswered(Rule):
    """{who} appealed on {at}, and it waits for the decision of {leader}: {reason}.

    **Why.** Key users see what an issue does to people. Their way past the order of work leads through a leader, who
    looks at it and says yes or no. An appeal that nobody answers teaches everybody to shout.

    **Flags.** A key user writes `/appeal the whole branch office cannot work`; the leader of the tier that has the
    issue is told by the command. Until a leader decides, the issue is flagged. Whoever is next on the ladder (the
    tier's lead, the desk's leader, whom they answer to) is told once, when the one before them had their time.

    **Lets pass.** An appeal that a leader answered: with `/decide`, or by giving the issue a tier or a priority. One on
    an issue that was closed since. One that was refused.

    **Options.** `answer_within`: how long each of them has (default 1bd; business time is that of the desk's calendar).
    `days`: on which days somebody is told (default mon to fri, in the desk's zone); what falls due on another day waits
    for the next of these, at the same time of day. Who may appeal stands under `commands:`, such as
    `appeal: {who: [key users, reporter]}`.

    **When not to use it.** Where nobody but the tier itself orders its work.
    """

    code = "PO02"
    group = "priority"

    class Options(RuleOptions):
        """When an appeal goes on to the next leader."""

        answer_within: Duration = Duration("1bd")
        days: tuple[Day, ...] = _WORKING

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Report a time that is none, no day at all, and a desk where nobody leads."""
        if not self.options.days:
            yield OptionFault(("days",), "no day is left to tell anybody", f"name some of {', '.join(_DAYS)}")
        if not any(desk.ladder(tier) for tier in desk.tier_names):
            yield OptionFault((), "nobody leads a tier or the desk, so that no appeal is heard", "name a leader")
        span = self.options.answer_within
        if not (span.elapsed or span.business_minutes or span.business_days):
            yield OptionFault(("answer_within",), "all would be told at once", "such as 1bd or 4bh")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Flag an appeal while it waits, and tell the next leader when it is their turn."""
        appeal = open_appeal(case, desk) if case.commands else None
        if appeal is None:
            return
        told: list[str] = []
        for leader, at in self._turns(appeal, case, desk):
            if at > case.now:
                yield Wake(at)
                break
            if told and appeal.outcome == "allowed":
                yield Tell((leader,), self._words(appeal, told[-1], case, desk), f"appeal:{appeal.event}:{leader}")
            told.append(leader)
        if appeal.outcome == "allowed":
            yield Flag(
                facts={
                    "who": case.name_of(appeal.reply.by),
                    "at": desk.shown_time(appeal.reply.at),
                    "leader": " or ".join(told),
                    "reason": reason_of(appeal),
                },
                remedy="`/decide` with a tier, a priority or `keep`, and the reason, answers it.",
            )

    def _turns(self, appeal: Command, case: Case, desk: Desk) -> Iterator[tuple[str, datetime]]:
        """Who is told when (UTC), one after the other."""
        at = appeal.reply.at
        for leader in ladder(appeal, case, desk):
            yield leader, at
            at = self._on_a_day(due(at, self.options.answer_within, desk.calendar), desk)

    def _on_a_day(self, at: datetime, desk: Desk) -> datetime:
        local = at.astimezone(ZoneInfo(desk.time_zone))
        while _DAYS[local.weekday()] not in self.options.days:
            local += timedelta(days=1)
        return local.astimezone(at.tzinfo)

    def _words(self, appeal: Command, before: str, case: Case, desk: Desk) -> str:
        who, asked = case.name_of(appeal.reply.by), desk.shown_time(appeal.reply.at)
        return f"{before} has not answered the appeal of {who} of {asked}: {in_words(appeal, case, desk)}"
