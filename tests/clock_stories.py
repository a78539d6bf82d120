"""Issues whose story is told by days and hours, and desks that promise something, for tests of clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from rule_stories import EVER, desk, four_level

from tierkeeper.plugins import Case, Desk, Duration
from tierkeeper.plugins.model.event import Deed, Verdict
from tierkeeper.plugins.model.promise import Clock, ClockKind, Goal, Promises
from tierkeeper.rules.calendars import BusinessCalendar, Written, always, read_office
from tierkeeper.rules.clocks import CLOCK, clocks_of
from tierkeeper.rules.reading import Reader, read_case
from tierkeeper.rules.testing.story import OWN, StoryIssue

BERLIN = ZoneInfo("Europe/Berlin")


def moment(text: str) -> datetime:
    """``mon 16:30`` in Berlin."""
    day, clock = text.split()
    hour, minute = (int(part) for part in clock.split(":"))
    date = 23 + ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day)
    return datetime(2026, 11, date, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def office() -> BusinessCalendar:
    hours, faults = read_office(Written(zone="Europe/Berlin", hours={"mon-fri": ["08:00-12:00", "13:00-18:00"]}))
    assert not faults
    return BusinessCalendar(name="office", zone="Europe/Berlin", hours=hours)


def a_desk(**promises: Any) -> Desk:
    promises.setdefault("pause_on", frozenset({"reporter", "vendor"}))
    return msgspec.structs.replace(
        desk(),
        calendars={"office": office(), "24x7": always("24x7", "UTC")},
        own_calendar="office",
        promises=Promises(**promises),
    )


def goal(place: str = "g", calendar: str = "", **written: str) -> Goal:
    return Goal(name=place, place=place, targets=targets(written), calendar=calendar)


def targets(written: dict[str, str]) -> dict[ClockKind, Duration]:
    return {key.replace("_", " "): Duration(text) for key, text in written.items()}  # type: ignore[misc]  # kinds


class Story(StoryIssue):
    """An issue told by days and hours."""

    def __init__(self, reported: str = "mon 16:30", by: str = "key-user-1", *, complete: bool = True) -> None:
        super().__init__(desk(), four_level().queue, complete=complete)
        self.reporter = by
        self.report("Export fails", self.hand(by, moment(reported)))

    def says(self, at: str, by: str = "", **how: Any) -> None:
        self.comment("Which browser?", self.hand(by or self.reporter, moment(at)), **how)

    def puts(self, at: str, facet: str, value: str | None, by: str = "help-desk-2") -> None:
        self.set(facet, value, self.hand(by, moment(at)))

    def waits_by_command(self, at: str, reason: str, *, carried_out: str) -> None:
        """Somebody of the help desk asks for a wait in a comment, and a run sets it later."""
        asked, done = moment(at), moment(carried_out)
        self.comment(f"/waiting {reason}", self.hand("help-desk-1", asked))
        self.set("waiting", reason, self.hand(OWN.id, done))
        deed = Deed(facet="waiting", after=reason, at=done, person="help-desk-1", event="comment:1", asked=asked)
        self.deeds.append(deed)

    def keeps(self, clock: Clock) -> None:
        verdict = Verdict(
            facet=CLOCK, event=clock.outcome_key, outcome="set", at=clock.stopped or clock.start, clock=clock
        )
        self.verdicts.append(verdict)

    def case(self, now: str, of: Desk) -> Case:
        reader = Reader(desk=of, tracker="story", own=OWN.id, since=EVER)
        return read_case(self.history(), reader, moment(now))

    def clocks(self, now: str, of: Desk) -> list[Clock]:
        return list(clocks_of(self.case(now, of), of))

    def clock(self, now: str, of: Desk, kind: str = "") -> Clock:
        (found,) = [one for one in self.clocks(now, of) if not kind or one.kind == kind]
        return found


def hours(clock: Clock) -> float:
    return clock.used / timedelta(hours=1)
