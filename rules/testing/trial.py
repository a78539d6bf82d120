"""Judges a story, as a cycle would, and writes what came of it into the story."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.desk import Desk, Reading, RoleSource, Roster
from tierkeeper.plugins.model.event import Deed, Verdict
from tierkeeper.rules.carry import judge_commands
from tierkeeper.rules.engine import Bench, judge
from tierkeeper.rules.reading import Reader, read_case
from tierkeeper.rules.rulings import Judgement, Ruling, Telling
from tierkeeper.rules.settling import settle
from tierkeeper.rules.testing.benches import Setup
from tierkeeper.rules.testing.relatives import Relatives
from tierkeeper.rules.testing.story import OWN, StoryIssue

EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Stories are judged from their beginning; `enforce_from` is the desk's."""


class Look(msgspec.Struct, frozen=True):
    """One judgement: the case as it was, and all that was decided. `until`: how many wake-ups the rule asked for."""

    case: Case
    bench: Bench
    judgement: Judgement
    own_wakes: int


class Trial:
    """One story before the bench."""

    def __init__(self, setup: Setup, issue: StoryIssue, relatives: Relatives | None = None) -> None:
        self._setup, self.issue, self._relatives = setup, issue, relatives
        self._rosters: dict[RoleSource, Roster] = {}

    @property
    def desk(self) -> Desk:
        """The desk, with what was observed of its roles."""
        return msgspec.structs.replace(self._setup.bench.desk, rosters=dict(self._rosters))

    def observe(self, role: str, people: frozenset[str], at: datetime) -> None:
        """Somebody read who is in `role`."""
        for source in self.desk.roles[role].sources:
            accounts = frozenset(self.desk.account_of(person, source.tracker).casefold() for person in people)
            earlier = self._rosters.get(source, Roster()).readings
            self._rosters[source] = Roster((*earlier, Reading(at, accounts)))

    def look(self, now: datetime) -> Look:
        """Judge the issue as it was at `now` (UTC)."""
        desk = self.desk
        bench = msgspec.structs.replace(self._setup.bench, desk=desk)
        reader = Reader(desk=desk, tracker=self._setup.queue.tracker, own=OWN.id, since=EVER)
        history = self.issue.history()
        family = self._relatives.after(history.verdicts) if self._relatives is not None else None
        case = read_case(history, reader, now, family=family)
        judgement = judge(case, bench)
        wakes = len(judgement.wakes)
        known = {verdict.event for verdict in history.verdicts}
        judge_commands(case, bench, EVER, judgement)
        settle(case, bench, judgement)
        judgement.tellings = [telling for telling in judgement.tellings if _told(telling) not in known]
        return Look(case, bench, judgement, wakes)

    def carry_out(self, look: Look) -> None:
        """Write what was decided with our own account, and remember the verdicts."""
        judgement, now = look.judgement, look.case.now
        if judgement.failures or judgement.waits_until is not None:
            return
        hand = self.issue.hand(OWN.id, now)
        self.issue.verdicts.extend(judgement.verdicts)
        for put_back in judgement.put_backs:
            self.issue.set(put_back.change.facet, put_back.value, hand)
        for facet, ruling in unmet(judgement.wants, look.case).items():
            if isinstance(ruling.value, tuple):
                for person in missing(ruling, look.case):
                    self.issue.assign(person, hand)
            else:
                self.issue.set(facet, ruling.value, hand)
        for carried in judgement.carried:
            change = carried.change
            if change.facet == "owner":
                turn = self.issue.assign if change.after is not None else self.issue.unassign
                turn(change.after or change.by, hand)
            else:
                self.issue.set(change.facet, change.after, hand)
            deed = Deed(
                facet=change.facet,
                after=change.after,
                at=now,
                person=change.by,
                event=change.event,
                asked=change.at,
                note=change.note,
            )
            self.issue.deeds.append(deed)
        told = [Verdict(facet="", event=_told(telling), outcome="set", at=now) for telling in judgement.tellings]
        self.issue.verdicts.extend(told)


def _told(telling: Telling) -> str:
    """What remembers that somebody was told: once for its key."""
    return f"tell:{telling.key}"


def unmet(wants: Mapping[str, Ruling], case: Case) -> dict[str, Ruling]:
    """The wants that are not so already."""
    return {
        facet: ruling
        for facet, ruling in wants.items()
        if (missing(ruling, case) if isinstance(ruling.value, tuple) else case.kept(facet) != ruling.value)
    }


def missing(ruling: Ruling, case: Case) -> list[str]:
    """The people who are wanted and are not assigned."""
    assert isinstance(ruling.value, tuple)
    return [person for person in ruling.value if person not in case.owners]
