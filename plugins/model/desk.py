"""The desk as the policy describes it: tiers, people, roles, places, and where facets live."""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from tierkeeper.plugins.errors import MembershipUnknown
from tierkeeper.plugins.model.business import Calendar
from tierkeeper.plugins.model.case import Case, Reply
from tierkeeper.plugins.model.component import Component
from tierkeeper.plugins.model.place import EntryPoint, HandoverTerms, Instance, Server, Service, among
from tierkeeper.plugins.model.promise import Promises

Mode = Literal["off", "shadow", "flag", "enforce"]

MEMBER_GRACE = timedelta(minutes=15)
"""How much older than an act a reading may be that still proves membership."""


class FacetMap(msgspec.Struct, frozen=True):
    """Where a tracker keeps a facet: a label prefix, a native field, a set of statuses, its assignees or its state.

    `most`: how many assignees an issue can have there; 0 where that is no matter. `silent`: the tracker's history does
    not tell who changed it, or what it was: it is written, and never put back.
    """

    kind: Literal["label", "field", "status", "assignee", "state"]
    name: str = ""
    statuses: Mapping[str, str] = {}
    most: int = 0
    silent: bool = False


class Facet(msgspec.Struct, frozen=True):
    """One thing that the desk tracks. `values` empty: any. `maps` by tracker.

    `headings` are what reports call it, besides its name, where they answer for it. `writer`: ``ours`` for what tells
    how things stand, in every mode from `flag` on; it does not count as a change, and one by others is put right.
    """

    name: str
    values: tuple[str, ...] = ()
    maps: Mapping[str, FacetMap] = {}
    headings: tuple[str, ...] = ()
    writer: Literal["people", "ours"] = "people"


class Queue(msgspec.Struct, frozen=True):
    """Where issues live: ``owner/repository``, a project key. `labels`: any of them; `relations`: blockers are read."""

    name: str
    tracker: str
    place: str
    labels: tuple[str, ...] = ()
    history_since: datetime | None = None
    relations: bool = False


class Person(msgspec.Struct, frozen=True):
    """One person with an account on each tracker. `leader`: the person whom they answer to."""

    name: str
    accounts: Mapping[str, str] = {}
    mail: str = ""
    leader: str = ""


class RoleSource(msgspec.Struct, frozen=True, order=True):
    """Where a tracker keeps who is in a role."""

    tracker: str
    kind: Literal["group", "project_role", "team", "component_lead"]
    name: str

    def __str__(self) -> str:
        return f"{self.tracker} {self.kind.replace('_', ' ')} {self.name}"


class Role(msgspec.Struct, frozen=True):
    """Who may act for a tier: people known for all time, and groups or teams as observed."""

    name: str
    people: tuple[str, ...] = ()
    sources: tuple[RoleSource, ...] = ()


class Tier(msgspec.Struct, frozen=True):
    """A level of support. `role` is empty where the key users of an issue's instance act for it.

    `priority_owner` is who orders its work; with `orders_itself` every member of the tier does.
    """

    name: str
    role: str = ""
    lead: str = ""
    priority_owner: str = ""
    orders_itself: bool = False


class Reading(msgspec.Struct, frozen=True):
    """Who was in a role source at `at` (UTC): account ids in lower case."""

    at: datetime
    members: frozenset[str]


class Roster(msgspec.Struct, frozen=True):
    """What was observed of a role source, oldest first."""

    readings: tuple[Reading, ...] = ()

    def reaches(self, at: datetime) -> bool:
        """Whether it was read at `at` or later: what is not known of that moment then will never be."""
        return bool(self.readings) and self.readings[-1].at >= at

    def was_member(self, account: str, at: datetime) -> bool | None:
        """Whether `account` was in at `at`; None: not known.

        "Not a member" takes a reading made after the moment; "member" may come from one up to 15 minutes before it.
        Somebody who was seen in before and out after, further apart than that, is not known.
        """
        key = account.casefold()
        place = bisect_left(self.readings, at, key=lambda reading: reading.at)
        after = self.readings[place] if place < len(self.readings) else None
        earlier = self.readings[place - 1] if place else None
        was_in = earlier is not None and key in earlier.members
        if after is not None and key in after.members:
            return True
        if earlier is not None and was_in and at - earlier.at <= MEMBER_GRACE:
            return True
        return None if after is None or was_in else False


class Desk(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All that one policy describes, as rules see it. `effort_day` is the team's working day in minutes.

    `tiers` are in order, lowest first. `enforce_from` (UTC) is when enforcing began; None: nothing is enforced.
    `promises` is the service catalogue.
    `commands` tells who may give a command (roles, people, or words of `plugins.command.Who`) where the policy does.
    `components` tells who built what. `fallback` are the people who take what no key user is known for.
    `calendars` has those of the policy and ``24x7``; `own_calendar` names the desk's.
    `rosters` holds what was observed of each role source up to the time of judgement.
    """

    name: str
    time_zone: str = "UTC"
    leader: str = ""
    tiers: tuple[Tier, ...] = ()
    roles: Mapping[str, Role] = {}
    people: Mapping[str, Person] = {}
    instances: Mapping[str, Instance] = {}
    entry_points: Mapping[str, EntryPoint] = {}
    servers: Mapping[str, Server] = {}
    services: Mapping[str, Service] = {}
    fallback: tuple[str, ...] = ()
    handovers: tuple[HandoverTerms, ...] = ()
    components: Mapping[str, Component] = {}
    facets: Mapping[str, Facet] = {}
    commands: Mapping[str, tuple[str, ...]] = {}
    bots: frozenset[str] = frozenset()
    opt_out: str = ""
    effort_day: float = 480
    calendars: Mapping[str, Calendar] = {}
    own_calendar: str = "24x7"
    enforce_from: datetime | None = None
    promises: Promises = Promises()
    rosters: Mapping[RoleSource, Roster] = {}

    @property
    def calendar(self) -> Calendar:
        """The desk's own calendar."""
        return self.calendars[self.own_calendar]

    @property
    def lowest_tier(self) -> str:
        """The name of the tier where issues begin."""
        return self.tiers[0].name

    @property
    def top_tier(self) -> str:
        """The name of the last tier."""
        return self.tiers[-1].name

    @cached_property
    def ours(self) -> frozenset[str]:
        """The facets that we alone write."""
        return frozenset(name for name, facet in self.facets.items() if facet.writer == "ours")

    @cached_property
    def tier_names(self) -> tuple[str, ...]:
        """The tiers' names, lowest first."""
        return tuple(tier.name for tier in self.tiers)

    def tier(self, name: str) -> Tier | None:
        """The tier of that name."""
        return next((tier for tier in self.tiers if tier.name == name), None)

    def rank(self, name: str | None) -> int:
        """The tier's place, 0 for the lowest; no tier counts as the lowest, and one that is not known too."""
        return self.tier_names.index(name) if name in self.tier_names else 0

    def ladder(self, tier: str) -> tuple[str, ...]:
        """Who decides for a tier, nearest first: its lead, the desk's leader, and whom each of them answers to."""
        known = self.tier(tier)
        found: dict[str, None] = {}
        for start in (known.lead if known else "", self.leader):
            name = start
            while name and name not in found:
                found[name] = None
                person = self.people.get(name)
                name = person.leader if person else ""
        return tuple(found)

    def is_staff(self, person: str, at: datetime) -> bool:
        """Whether `person` was in a tier above the lowest at `at` (UTC). Raises MembershipUnknown."""
        unknown: MembershipUnknown | None = None
        for tier in self.tiers[1:]:
            try:
                if tier.role and self.is_in_role(person, tier.role, at):
                    return True
            except MembershipUnknown as failure:
                unknown = unknown or failure
        if unknown is not None:
            raise unknown
        return False

    def answers(self, case: Case, *, since: datetime | None = None, until: datetime | None = None) -> tuple[Reply, ...]:
        """What key users and desk staff told the reporter in that time, oldest first. Raises MembershipUnknown.

        That is what humans said in public; a comment that holds nothing but commands says nothing.
        """
        first, last = since or case.created, until or case.now
        return tuple(
            reply
            for reply in case.replies
            if reply.kind == "human"
            and not reply.internal
            and reply.by != case.reporter
            and first <= reply.at <= last
            and reply.words
            and (self.is_key_user(reply.by, case) or self.is_staff(reply.by, reply.at))
        )

    def terms(self, source: str, to: str) -> HandoverTerms | None:
        """What the policy says of handovers from `source` to `to`; None: it does not name them."""
        return next((terms for terms in self.handovers if (terms.source, terms.to) == (source, to)), None)

    @cached_property
    def _persons(self) -> dict[tuple[str, str], str]:
        return {
            (tracker, account.casefold()): person.name
            for person in self.people.values()
            for tracker, account in person.accounts.items()
        }

    def person_of(self, tracker: str, account: str) -> str:
        """The person behind an account; one whom `people` does not list goes by the account's id."""
        return self._persons.get((tracker, account.casefold()), account)

    def account_of(self, person: str, tracker: str) -> str:
        """The person's account on a tracker; one whom `people` does not list has that very id. Empty: none."""
        known = self.people.get(person)
        return known.accounts.get(tracker, "") if known else person

    def key_users(self, case: Case) -> tuple[str, ...]:
        """The key users of the case's instance, else of its entry point; empty where neither is known."""
        instance = self.instances.get(case.instance or "")
        if instance is not None and instance.key_users:
            return instance.key_users
        entry = case.entry_point or (instance.entry_point if instance else "")
        point = self.entry_points.get(entry)
        return point.key_users if point else ()

    @cached_property
    def all_key_users(self) -> tuple[str, ...]:
        """Every key user, each once, in the policy's order."""
        users = [place.key_users for place in self.instances.values()]
        users += [place.key_users for place in self.entry_points.values()]
        return tuple(dict.fromkeys(user for group in users for user in group))

    def is_key_user(self, person: str, case: Case) -> bool:
        """Whether `person` is a key user for the case: of its instance, else of its entry point, else any.

        Raises MembershipUnknown where the place could be known from the reporter's group, and who is in that is not.
        """
        if case.doubt:
            self.is_in_role(case.reporter, case.doubt, case.created)
        return self.seems_key_user(person, case)

    def seems_key_user(self, person: str, case: Case) -> bool:
        """The same as far as the place is known: for words to people, never for a judgement."""
        return among(person, self.key_users(case) or (*self.fallback, *self.all_key_users))

    def is_member(self, person: str, tier: str, case: Case, at: datetime) -> bool:
        """Whether `person` could act for `tier` on this case at `at`. Raises MembershipUnknown."""
        known = self.tier(tier)
        if known is None:
            return False
        if not known.role:
            return self.is_key_user(person, case)
        return self.is_in_role(person, known.role, at)

    def is_in_role(self, person: str, role: str, at: datetime) -> bool:
        """Whether `person` was in `role` at `at` (UTC). Raises MembershipUnknown where no reading tells."""
        known = self.roles[role]
        if among(person, known.people):
            return True
        answers = {source: self._in_source(person, source, at) for source in known.sources}
        if any(answers.values()):
            return True
        untold = [source for source, answer in answers.items() if answer is None]
        if untold:
            final = all(self._roster(source).reaches(at) for source in untold)
            raise MembershipUnknown(person, role, at, final=final)
        return False

    def seems_member(self, person: str, tier: str, case: Case) -> bool:
        """Whether `person` acts for `tier` as far as was last seen: for words to people, never for a judgement."""
        known = self.tier(tier)
        if known is None or not known.role:
            return known is not None and self.seems_key_user(person, case)
        return bool(self.seems_in_role(person, known.role))

    def seems_in_role(self, person: str, role: str) -> bool | None:
        """Whether `person` is in `role` as far as was last seen; None where a part of it was never read."""
        known = self.roles[role]
        last = [(self.account_of(person, one.tracker), self._roster(one).readings[-1:]) for one in known.sources]
        seen = any(account.casefold() in one.members for account, readings in last for one in readings)
        never_read = not all(readings for _, readings in last)
        return seen or among(person, known.people) or (None if never_read else False)

    def _in_source(self, person: str, source: RoleSource, at: datetime) -> bool | None:
        account = self.account_of(person, source.tracker)
        return self._roster(source).was_member(account, at) if account else False

    def _roster(self, source: RoleSource) -> Roster:
        return self.rosters.get(source, Roster())

    def shown_time(self, at: datetime) -> str:
        """A moment as the desk's clocks show it, for people."""
        return f"{at.astimezone(ZoneInfo(self.time_zone)):%d %b %Y %H:%M %Z}"

    def shown_tier(self, name: str | None) -> str:
        """A tier's name for people: ``key users`` rather than ``key-users``."""
        return (name or self.lowest_tier).replace("-", " ")
