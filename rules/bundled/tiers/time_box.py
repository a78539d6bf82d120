"""TR13: a tier holds an issue for too long, or passed it on too easily."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from pydantic import Field

from tierkeeper.plugins import Case, Decision, Desk, Duration, FacetChange, Flag, OptionFault, Rule, RuleOptions, Wake
from tierkeeper.plugins.model.business import due


class TimeBox(Rule):
    """With {tier} since {since}; their time box of {box} ended on {end}.

    **Why.** A desk that trusts its people lets them decide what they hand on, and when. Two things go wrong then: an
    issue stays too long with somebody who cannot solve it, or it goes on unread. Both are better seen than forbidden.

    **Flags.** Support has had an issue for three days, and their time box is two: it is offered for handover, in one
    line. The help desk hands an issue on two minutes after it came, without a comment, a reason or recorded work.

    **Lets pass.** An issue held for less than its time box; the time for which it waited (the facet `waiting`; for the
    reporter: until they answer) does not count. A tier without a time box. A feature request handed on at once; what
    somebody reported themselves, or had just been handing on and sends further; a way down.

    **Options.** `boxes`: for each tier how long it may hold an issue, elapsed (`2d`) or in the desk's business time
    (`16bh`, `2bd`); a tier that is not named has no box. `least`: what is handed up sooner than this, and without a
    word, was passed on too easily (default 5m; `0m`: nothing is).

    **When not to use it.** Where gates are enforced, and promises between tiers measure the rest.
    """

    code = "TR13"
    group = "tiers"

    class Options(RuleOptions):
        """How long is too long, and how soon is too soon."""

        boxes: dict[str, Duration] = Field(default_factory=dict)
        least: Duration = Duration("5m")

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """A box for a tier that there is, and longer than nothing."""
        tiers = ", ".join(desk.tier_names)
        for name, box in self.options.boxes.items():
            if desk.tier(name) is None:
                yield OptionFault(("boxes", name), f'unknown tier "{name}"', f"tiers: {tiers}")
            if not (box.elapsed or box.business_days or box.business_minutes):
                yield OptionFault(("boxes", name), f"a time box of {box} is over at once", "such as 2d or 16bh")
        if self.options.least.business:
            yield OptionFault(("least",), f"expected elapsed time (m, h, d), got {self.options.least}", "such as 5m")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Flag what is held too long, or ask to be woken when it will be; flag what was passed on too easily."""
        if not case.open or not case.complete:
            return
        box = self.options.boxes.get(case.tier)
        if box is not None:
            yield from self._held(box, case, desk)
        if case.changes.get("tier"):
            yield from self._passed_on(case, desk)

    def _held(self, box: Duration, case: Case, desk: Desk) -> Iterator[Decision]:
        reopened = case.reopening
        start = max(case.held[-1].start, reopened.at) if reopened else case.held[-1].start
        end = _end(box, start, case, desk)
        if end is None:
            return
        if case.now < end:
            yield Wake(end)
            return
        above = desk.tier_names[desk.rank(case.tier) + 1 :]
        offer = "Hand it on with `/handover {next}`" if above else "Give it back with its reason"
        facts: Mapping[str, object] = {
            "tier": desk.shown_tier(case.tier),
            "since": desk.shown_time(start),
            "box": box.in_words,
            "end": desk.shown_time(end),
            "next": above[0] if above else "",
        }
        yield Flag(facts=facts, remedy=f"{offer}, or write what is still being tried.")

    def _passed_on(self, case: Case, desk: Desk) -> Iterator[Decision]:
        made = case.handovers[-1] if case.handovers else None
        if made is None or made.kind != "human" or case.kind == "feature" or not case.is_judged(made):
            return
        came = _came(case)
        got = came.at if came else next((spell.start for spell in case.held if spell.value == made.before), made.at)
        gone = made.asked or made.at
        brought = [one.by for one in case.changes["tier"] if one.at == got and one.after == made.before]
        own = made.by in (brought or [case.reporter])
        up = desk.rank(made.after) > desk.rank(made.before)
        if gone - got >= self.options.least.elapsed or own or not up or _worked_on(case, got, gone, made.by):
            return
        if case.reason_for(made):
            return
        facts = {
            "who": case.name_of(made.by),
            "source": desk.shown_tier(made.before),
            "tier": desk.shown_tier(made.after),
            "least": self.options.least.in_words,
        }
        yield Flag(
            facts=facts,
            text="{who} handed it to {tier} less than {least} after {source} got it, without a word or any work.",
            remedy="Write what {source} saw.",
        )


def _end(box: Duration, start: datetime, case: Case, desk: Desk) -> datetime | None:
    """When a time box ends that began at `start`; None while it stands still."""
    calendar = desk.calendar
    end = due(start, box, calendar)
    for wait in case.waits:
        over = case.answer_in(wait) or wait.end
        if wait.start >= end or (over is not None and over <= start):
            continue
        if over is None:
            return None
        begun = max(wait.start, start)
        stood = calendar.between(begun, over) if box.business else over - begun
        end = calendar.add(end, stood) if box.business else end + stood
    return end


def _came(case: Case) -> FacetChange | None:
    """How the issue came to the tier that handed it on the last time; what we put back never left it."""
    made = list(case.handovers[:-1])
    while len(made) > 1 and made[-1].kind == "ours" and made[-2].before == made[-1].after:
        del made[-2:]
    return made[-1] if made else None


def _worked_on(case: Case, got: datetime, gone: datetime, giver: str) -> bool:
    """Whether anybody of the desk wrote anything in between, or work was recorded."""
    others = {giver, case.reporter}
    wrote = any(got <= one.at <= gone and one.kind == "human" and one.by not in others for one in case.replies)
    return wrote or case.spent_until(got) < case.spent_until(gone)
