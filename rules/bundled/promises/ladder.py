"""PR02: a promise is at risk, or missed: those who can still do something are told, step by step."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BeforeValidator, Field

from tierkeeper.plugins import Case, Decision, Desk, Duration, OptionFault, Rule, RuleOptions, Tell, Wake
from tierkeeper.plugins.model.business import Calendar
from tierkeeper.plugins.model.promise import Clock, ClockKind
from tierkeeper.rules.clocks.steps import too_late_by, with_left

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

RUNGS = {"lead": 0, "leader": 1, "leader's leader": 2}
"""How far above the owner somebody stands: their tier's lead, whom that lead answers to, and whom that one does."""

OWNER = "owner"

_TELL = "tell:"
"""What the event of a verdict begins with that keeps what was told."""


def _share(value: object) -> object:
    """``75%`` as a share."""
    number = value[:-1].strip() if isinstance(value, str) and value.endswith("%") else ""
    if not number.isdigit() or not 0 < int(number) <= 100:  # noqa: PLR2004 - per cent
        raise ValueError(f"expected a share such as 75%, at most 100%; got {value!r}")
    return int(number) / 100


class LadderStep(RuleOptions):
    """Who is told, and when: exactly one of `at`, `before` and `after`."""

    at: Annotated[float, BeforeValidator(_share)] | None = None
    before: Duration | None = None
    after: Duration | None = None
    tell: str
    days: list[Day] = Field(default=list(DAYS))

    @cached_property
    def name(self) -> str:
        """What tells it from the other steps, whatever else stands in the policy."""
        when = f"{self.at:.0%}" if self.at is not None else f"-{self.before}" if self.before else f"+{self.after}"
        return f"{when} {self.tell}"

    @cached_property
    def any_day(self) -> bool:
        """Whether it is told on every day of the week."""
        return len(set(self.days)) == len(DAYS)

    def moment(self, clock: Clock, desk: Desk) -> datetime | None:
        """When a clock reaches it; None while the clock stands still."""
        if self.after is not None:
            return too_late_by(clock, self.after, desk)
        if self.before is not None:
            return with_left(clock, self.before, desk)
        return with_left(clock, clock.whole * (1 - (self.at or 0.0)), desk)


STEPS = (
    LadderStep(at="75%", tell=OWNER),  # type: ignore[arg-type]  # read as in the policy
    LadderStep(after=Duration("0m"), tell="lead"),
    LadderStep(after=Duration("4bh"), tell="leader"),
)
"""Who is told where the policy does not say."""


class _Rung(NamedTuple):
    """A step of one clock, and when it is reached."""

    moment: datetime
    step: LadderStep
    clock: Clock

    @property
    def key(self) -> str:
        """What is told once: clock and cycle, step, target."""
        return f"{self.clock.key}:{self.step.name}:{self.clock.target}"


class Ladder(Rule):
    """A promise is at risk or missed.

    **Why.** A promise that is about to be broken can still be kept, if the right person hears of it; one that is broken
    needs somebody who can take other work off the table. Everybody else is left in peace.

    **Flags.** 90 minutes of the two business hours for a first answer are used up: the owner is told. It was due four
    business hours ago: the tier's lead is told. The label `sla:` is PR01's business.

    **Lets pass.** A clock that stands still or has stopped, or whose history is incomplete; a step that was told
    before, or lies below one that was; a step that was reached before `enforce_from` or before the first run.

    **Options.** `ladder`: the steps (default: the owner at 75%, the lead as it is missed, the leader 4bh after). Each
    has one of `at` (a share of the target, 75%), `before` (so much is left, 1bh) and `after` (so much too late, 4bh),
    and in `tell` whom it tells (owner, or the lead where there is none; lead; leader, whom the lead answers to;
    leader's leader; or a person). With `days` it is told on these weekdays, from the next opening of the desk's
    calendar on such a day. After downtime the highest step reached is told, those below it are taken for passed.
    `clocks`: whose steps these are, such as first response or resolution (default: every clock). `since`: a time with
    its offset; nothing is told of what was reached before. Give it where the rule is switched on at a desk that runs
    already, or all that is late by then is told at once (default: none).

    **When not to use it.** Where nothing is promised under `promises:`.
    """

    code = "PR02"
    group = "promises"

    class Options(RuleOptions):
        """Who is told, and when."""

        ladder: list[LadderStep] = Field(default_factory=lambda: list(STEPS))
        clocks: list[ClockKind] = Field(default=[])
        since: AwareDatetime | None = None

    options: Options

    def check(self, desk: Desk) -> Iterator[OptionFault]:
        """Steps that are one thing, and people who are there."""
        seen: set[str] = set()
        for place, step in enumerate(self.options.ladder):
            where = ("ladder", place)
            if [step.at, step.before, step.after].count(None) != 2:  # noqa: PLR2004 - of three
                yield OptionFault(where, "expected exactly one of at, before and after", "such as {at: 75%}")
                continue
            if step.before is not None and step.before.in_days:
                said = f"what is left is counted in time, and {step.before} are days"
                hint = "write bh, h or m, or a share such as 75%"
                yield OptionFault((*where, "before"), said, hint)
            if not step.days:
                yield OptionFault((*where, "days"), "a step that is told on no day", "leave it out for every day")
            if step.name in seen:
                yield OptionFault(where, f"a second step tells {step.tell} at the same time", "leave one out")
            seen.add(step.name)
            yield from self._check_person((*where, "tell"), step.tell, desk)

    @staticmethod
    def _check_person(where: tuple[str | int, ...], word: str, desk: Desk) -> Iterator[OptionFault]:
        if word == OWNER:
            return
        if word in RUNGS:
            if not any(desk.ladder(tier) for tier in desk.tier_names):
                yield OptionFault(where, f"nobody leads, so that no {word} can be told", "name a leader, or leads")
            return
        known = {*desk.people, *(person for role in desk.roles.values() for person in role.people)}
        if word not in known:
            yield OptionFault(where, f'nobody is called "{word}"', f"write owner, {', '.join(RUNGS)}, or a person")

    def judge(self, case: Case, desk: Desk) -> Iterator[Decision]:
        """Tell of the highest step that each clock has reached; ask to be woken for the next."""
        if not case.clocks or not case.open or not case.complete:
            return
        said = _told(case)
        news: list[_Rung] = []
        for clock in case.clocks:
            if clock.stopped is None and clock.target and not clock.incomplete and self._is_meant(clock):
                reached: list[_Rung] = []
                for rung in self._ahead(self._rungs(clock, desk), case, said):
                    opens = _opens(max(rung.moment, case.now), rung.step, desk)
                    if opens > case.now:
                        yield Wake(opens)
                    else:
                        reached.append(rung)
                news += _highest(reached)
        if news:
            telling = _telling(news, case, desk)
            if telling is not None:
                yield telling

    def _ahead(self, rungs: Sequence[_Rung], case: Case, said: frozenset[str]) -> list[_Rung]:
        """The steps that are not told yet, nor below one that is, nor from before anybody was judged."""
        if case.judged_from is None:
            return []
        since = max(case.judged_from, self.options.since or case.judged_from)
        told = [rung for rung in rungs if rung.key in said] if said else []
        passed = max([since, *(rung.moment for rung in told)])
        return [rung for rung in rungs if rung.moment >= passed and rung not in told]

    def _is_meant(self, clock: Clock) -> bool:
        return not self.options.clocks or clock.kind in self.options.clocks

    def _rungs(self, clock: Clock, desk: Desk) -> list[_Rung]:
        """The clock's steps in the order in which they are reached."""
        moments = [(step.moment(clock, desk), step) for step in self.options.ladder]
        return sorted([_Rung(at, step, clock) for at, step in moments if at is not None], key=_MOMENT)


_MOMENT: Callable[[_Rung], datetime] = attrgetter("moment")


def _told(case: Case) -> frozenset[str]:
    """The keys of all steps that were told on this issue."""
    events = [one.event for one in case.verdicts if one.rule in {"", Ladder.code} and one.event.startswith(_TELL)]
    return frozenset(key for event in events for key in event.removeprefix(_TELL).split(" + "))


def _highest(rungs: Sequence[_Rung]) -> list[_Rung]:
    """The last of them, with those of the same moment."""
    return [rung for rung in rungs if rung.moment == rungs[-1].moment]


def _opens(moment: datetime, step: LadderStep, desk: Desk) -> datetime:
    """`moment`, or where the step is not told on its weekday, the desk's next opening on one where it is."""
    if step.any_day:
        return moment
    zone = ZoneInfo(desk.time_zone)
    for _ in range(60):
        local = moment.astimezone(zone)
        if DAYS[local.weekday()] in step.days:
            return moment
        midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        moment = _opening(midnight, desk.calendar).astimezone(moment.tzinfo)
    return moment


def _opening(midnight: datetime, calendar: Calendar) -> datetime:
    opening = None if calendar.is_open(midnight) else calendar.next_opening(midnight)
    return opening or midnight


def _telling(rungs: Sequence[_Rung], case: Case, desk: Desk) -> Tell | None:
    """One line for all of them: an issue has one comment a cycle."""
    people = dict.fromkeys(person for rung in rungs for person in _people(rung, case, desk))
    if not people:
        return None
    lines = dict.fromkeys(_line(rung.clock, case, desk) for rung in rungs)
    return Tell(tuple(people), " ".join(lines), " + ".join(sorted(rung.key for rung in rungs)))


def _people(rung: _Rung, case: Case, desk: Desk) -> tuple[str, ...]:
    """Who is told: those named, or else the next above them."""
    word, tier = rung.step.tell, rung.clock.tier or case.tier
    if word == OWNER and case.owners:
        return case.owners
    if word != OWNER and word not in RUNGS:
        return (word,)
    known = desk.tier(tier)
    ladder = desk.ladder(tier)
    rungs = ladder if known is not None and known.lead else ("", *ladder)
    above = [name for name in rungs[RUNGS.get(word, 0) :] if name] or list(ladder[-1:])
    return tuple(above[:1])


def _line(clock: Clock, case: Case, desk: Desk) -> str:
    """What is at risk or missed, in absolute times."""
    assert clock.due is not None
    name = clock.shown
    verb = "was due" if clock.state == "missed" else "is due"
    missed = " and is missed" if clock.state == "missed" else ""
    priority = f", priority {case.priority}" if case.priority else ""
    promised = f"(promised: {clock.target}{priority})"
    return f"{name[:1].upper()}{name[1:]} {verb} on {desk.shown_time(clock.due)}{missed} {promised}."
