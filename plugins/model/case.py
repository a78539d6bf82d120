"""A case: an issue with its history, read into the desk's language. What rules look at."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

import msgspec

from tierkeeper.plugins.model.duration import Effort, split_amount
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.model.family import Family
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.model.mirror import Twin
from tierkeeper.plugins.model.promise import Clock
from tierkeeper.plugins.model.spell import Spell, tier_spells
from tierkeeper.plugins.model.wait import REPORTER, Wait, waits_in

ActorKind = Literal["human", "automation", "ours", "unknown"]
Known = Literal["report", "group"]
"""From where a facet is known that no field and no label holds: the report's text, or the reporter's group."""


class FacetChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A facet went from `before` to `after` (None: no value) at `at` (UTC).

    `by` is the person's name in the policy, else the account's id; empty where the tracker does not say. `event` is the
    id of the event, or of the comment that asks for it; `command`: a command in a comment asked for it, at `asked`.
    `note` is the reason given. For a change of tier, `estimate` and `priority` are the issue's at that moment; for one
    of the state, `resolution` is why, in the tracker's words.
    """

    facet: str
    before: str | None
    after: str | None
    at: datetime
    event: str
    by: str = ""
    kind: ActorKind = "human"
    command: bool = False
    asked: datetime | None = None
    note: str = ""
    estimate: Effort | None = None
    priority: str | None = None
    resolution: str = ""


class Reply(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Somebody other than us wrote a comment. `by` as in `FacetChange`; `internal` if the reporter cannot read it.

    `edited`: it was changed after it was written, trackers do not say by whom.
    """

    at: datetime
    by: str
    kind: ActorKind
    body: str
    comment: str
    internal: bool = False
    edited: bool = False

    @property
    def words(self) -> str:
        """What was said, without the lines that begin with a command."""
        return "\n".join(line for line in self.body.splitlines() if not line.lstrip().startswith("/")).strip()


REASON_TIME = timedelta(minutes=10)
"""How far a comment may lie from a change and still be its reason."""


class Command(msgspec.Struct, frozen=True):
    """A command that somebody wrote in a comment: `name` without its slash, and the `rest` of its line.

    `event` names it where events are; `outcome` is how it was judged: empty while it was not, or where it lies before
    all that is judged.
    """

    name: str
    rest: str
    reply: Reply
    event: str
    outcome: str = ""

    @property
    def counts(self) -> bool:
        """Whether a human wrote it, in a comment nobody edited since, and it was not refused."""
        return self.reply.kind == "human" and not self.reply.edited and self.outcome != "refused"

    @property
    def first(self) -> str:
        """The first word after the name."""
        return self.rest.split(maxsplit=1)[0] if self.rest else ""

    @property
    def reason(self) -> str:
        """What follows the first word."""
        return self.rest.split(maxsplit=1)[1].strip() if len(self.rest.split(maxsplit=1)) > 1 else ""


class Case(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """An issue as it was at `now`. All times are UTC; people are named as in the policy.

    `facets` holds the values at `now`. `changes` holds every change of a facet, oldest first. `pending` holds, for each
    facet that a human changed since its last allowed change, that change: from the last allowed value to today's,
    and by whom it was made last. `claims` are the values that the reporter gave with the report. `refused` are the
    values put back since the last allowed change, `allowed` the last allowed value. `names` are what accounts
    are called that the policy's `people` does not list. `opted_out`: a lead of a tier set the opt-out label.
    `commands` are all that stand in comments, oldest first, whatever became of them. `untrusted` facets have a history
    that does not explain their value. `told` says of facets that only we could set from where they are known; `doubt`
    is the role by which the reporter's place would be known, were it known who is in it. `judged_from`: what people did
    before is not judged; None: nothing is. `clocks` are the promises on it; none where the desk promises nothing.
    `verdicts` is all that was decided so far, oldest first. `flags` are what is flagged, in words, by rule; commands
    alone see them, since rules raise them. `family` are the reports that belong to it; None: no rule asks for them.
    `twin` is its twin in another queue, or that there is none yet; None: it is to have none.
    """

    ref: Ref
    tracker: str
    title: str
    body: str
    url: str
    created: datetime
    now: datetime
    open: bool
    reporter: str
    reporter_kind: ActorKind
    lowest_tier: str
    facets: Mapping[str, str | None]
    owners: tuple[str, ...] = ()
    changes: Mapping[str, tuple[FacetChange, ...]] = {}
    pending: Mapping[str, FacetChange] = {}
    claims: Mapping[str, str] = {}
    refused: Mapping[str, frozenset[str | None]] = {}
    allowed: Mapping[str, str | None] = {}
    replies: tuple[Reply, ...] = ()
    commands: tuple[Command, ...] = ()
    names: Mapping[str, str] = {}
    opted_out: bool = False
    complete: bool = True
    untrusted: frozenset[str] = frozenset()
    told: Mapping[str, Known] = {}
    doubt: str = ""
    effort_day: float = 480
    judged_from: datetime | None = None
    verdicts: tuple[Verdict, ...] = ()
    flags: Mapping[str, str] = {}
    clocks: tuple[Clock, ...] = ()
    family: Family | None = None
    twin: Twin | None = None

    def is_judged(self, change: FacetChange) -> bool:
        """Whether a change was made late enough to be judged: since the first run, and since enforcing began."""
        return self.judged_from is not None and change.at >= self.judged_from

    def name_of(self, person: str) -> str:
        """How people know somebody: an account that `people` does not list goes by the name that its tracker shows."""
        return self.names.get(person, person)

    @property
    def tier(self) -> str:
        """The tier that holds the issue; one that nobody handed on yet is with the lowest."""
        return self.facets.get("tier") or self.lowest_tier

    @property
    def kind(self) -> str | None:
        """What sort of issue it is: question, incident, feature, …."""
        return self.facets.get("kind")

    @property
    def severity(self) -> str | None:
        """How bad it is for those it hits."""
        return self.facets.get("severity")

    @property
    def priority(self) -> str | None:
        """How soon it should be worked on."""
        return self.facets.get("priority")

    @property
    def instance(self) -> str | None:
        """The instance that it was reported from."""
        return self.facets.get("instance")

    @property
    def entry_point(self) -> str | None:
        """The entry point that it was reported from."""
        return self.facets.get("entry_point")

    @property
    def server(self) -> str | None:
        """The server of its instance."""
        return self.facets.get("server")

    @property
    def service(self) -> str | None:
        """The service that it is about."""
        return self.facets.get("service")

    @property
    def component(self) -> str | None:
        """The component at fault."""
        return self.facets.get("component")

    @property
    def estimate(self) -> Effort | None:
        """The work that it is thought to need; None where there is none or it cannot be read."""
        return read_effort(self.facets.get("estimate"), self.effort_day)

    def kept(self, facet: str) -> str | None:
        """The value that the tracker keeps; None where it keeps none, be it known otherwise or not."""
        return None if facet in self.told else self.facets.get(facet)

    def value_at(self, facet: str, at: datetime) -> str | None:
        """The value that `facet` had at `at` (UTC), changes of that very moment included."""
        changes = self.changes.get(facet, ())
        value = changes[0].before if changes else self.facets.get(facet)
        for change in changes:
            if change.at > at:
                break
            value = change.after
        return value

    def spent_until(self, at: datetime) -> Effort:
        """The work recorded up to `at` (UTC): in the facet `spent`, and with `/spent`."""
        recorded = read_effort(self.value_at("spent", at), self.effort_day)
        minutes = recorded.minutes if recorded is not None else 0.0
        for command in self.commands:
            if command.name == "spent" and command.reply.at <= at and command.counts:
                told = read_effort(split_amount(command.rest)[0], self.effort_day)
                minutes += told.minutes if told is not None else 0.0
        return Effort.of_minutes(minutes, day_minutes=self.effort_day)

    def reason_for(self, change: FacetChange) -> str:
        """The reason given for a change: with the command, else what the same person wrote within ten minutes of it.

        Empty where none was given; a line that holds a command is no reason.
        """
        if change.note or not change.by:
            return change.note
        at = change.asked or change.at
        near = [reply for reply in self.replies if reply.by == change.by and abs(reply.at - at) <= REASON_TIME]
        said = [(abs(reply.at - at), words) for reply in near if (words := reply.words)]
        return min(said)[1] if said else ""

    @property
    def reopening(self) -> FacetChange | None:
        """How the issue was opened again the last time; None while it is closed, or where it never was."""
        changes = self.changes.get("state", ())
        return changes[-1] if self.open and changes and changes[-1].after == "open" else None

    @property
    def closing(self) -> FacetChange | None:
        """How the issue was closed the last time; None while it is open, or where that is not known."""
        changes = self.changes.get("state", ())
        return changes[-1] if not self.open and changes and changes[-1].after == "closed" else None

    @cached_property
    def handovers(self) -> tuple[FacetChange, ...]:
        """Every change from one tier to another, oldest first, whoever made it.

        What we put back to no tier went back to the lowest.
        """
        found = []
        held: str | None = None
        for change in self.changes.get("tier", ()):
            held = change.before if held is None else held
            if change.kind == "ours" and change.after is None and held not in {None, self.lowest_tier}:
                change = msgspec.structs.replace(change, after=self.lowest_tier)  # noqa: PLW2901 - the same change, read
            if change.after is not None and held is not None and change.after != held:
                found.append(change if change.before == held else msgspec.structs.replace(change, before=held))
            held = change.after or held
        return tuple(found)

    @cached_property
    def stood(self) -> tuple[FacetChange, ...]:
        """The handovers that people made, without those that we put back."""
        found: list[FacetChange] = []
        for change in self.handovers:
            if change.kind != "ours":
                found.append(change)
            elif found and (found[-1].before, found[-1].after) == (change.after, change.before):
                found.pop()
        return tuple(found)

    def last_handover(self, *, to: str | None = None, source: str | None = None) -> FacetChange | None:
        """The newest handover, if it went to `to` and came from `source`.

        One that waits for judgement is given from the last allowed tier, which is the lowest where there was none.
        """
        change = self.pending.get("tier")
        if change is not None and change.before is None:
            change = msgspec.structs.replace(change, before=self.lowest_tier)
        if change is None:
            made = self.handovers
            change = made[-1] if made else None
        if change is None or change.after is None or change.before == change.after:
            return None
        if (to is not None and change.after != to) or (source is not None and change.before != source):
            return None
        return change

    @cached_property
    def held(self) -> tuple[Spell, ...]:
        """How long each tier held the issue, oldest first; a handover that was just put back does not count."""
        return tier_spells(self)

    def spells(self, facet: str) -> Iterator[Spell]:
        """How long each value of `facet` held, oldest first."""
        changes = self.changes.get(facet, ())
        value, start = (changes[0].before if changes else self.facets.get(facet)), self.created
        for change in changes:
            if value is not None:
                yield Spell(value, start, change.at)
            value, start = change.after, change.at
        if value is not None:
            yield Spell(value, start, None)

    @property
    def waits(self) -> tuple[Wait, ...]:
        """When the issue waited, and for what; by a command: from when it was written, whenever it was carried out."""
        return waits_in(self.changes.get("waiting", ()), self.facets.get("waiting"), self.created)

    def answer_in(self, wait: Wait) -> datetime | None:
        """When the reporter first wrote in public while the issue waited for them: that ends the wait."""
        words = (one.at for one in self.replies if one.by == self.reporter and not one.internal and one.at > wait.start)
        first = next(words, None) if wait.reason == REPORTER else None
        return first if first is not None and (wait.end is None or first < wait.end) else None

    @property
    def reopenings(self) -> int:
        """How often it was opened again after it had been closed."""
        return sum(change.after == "open" for change in self.changes.get("state", ()))


def read_effort(text: str | None, effort_day: float) -> Effort | None:
    """An effort from a label's or a field's text; plain numbers are seconds, as Jira's estimates are."""
    if not text:
        return None
    try:
        if text.isdigit():
            return Effort.of_minutes(int(text) / 60, day_minutes=effort_day)
        return Effort(text, day_minutes=effort_day)
    except ValueError:
        return None
