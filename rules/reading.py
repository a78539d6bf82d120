"""Reads a history into a case: what the facets were, who changed them, what is still to be judged.

An earlier time is the same call with an earlier `now`: later events and comments are as if they had not been.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

import msgspec

from tierkeeper.plugins.model.case import Case, FacetChange, Reply, read_effort
from tierkeeper.plugins.model.desk import Desk
from tierkeeper.plugins.model.event import History, Verdict
from tierkeeper.plugins.model.family import Family
from tierkeeper.plugins.model.issue import Account, Comment, Issue
from tierkeeper.rules.actors import NOBODY, Actor, Actors
from tierkeeper.rules.clocks import with_clocks
from tierkeeper.rules.commands import commands_of
from tierkeeper.rules.places import Gazetteer, Report
from tierkeeper.rules.values import Atlas, FacetValues, Place, replay

CLAIM_TIME = timedelta(seconds=5)
"""Labels that the author sets this soon after creation are a claim: issue forms set them in the author's name."""

MANY_VALUED = frozenset({"owner"})
"""Facets that hold several values at a time: their changes are never combined into one that waits for judgement."""


class Reader(msgspec.Struct, frozen=True, dict=True):
    """How the cases of one tracker are read: the desk, where its facets live, and our own account.

    `since` (UTC): what humans did before is never judged; None: nothing is.
    """

    desk: Desk
    tracker: str
    own: str
    since: datetime | None

    @cached_property
    def atlas(self) -> Atlas:
        """Where each facet lives on this tracker, with its values."""
        return Atlas(
            tuple(
                Place(name, facet.maps[self.tracker], {value.casefold(): value for value in facet.values})
                for name, facet in self.desk.facets.items()
                if self.tracker in facet.maps
            )
        )

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The desk's places, as reports name them."""
        return Gazetteer(self.desk)

    @cached_property
    def identify(self) -> Callable[[Account | None, str], Actor]:
        """Who is behind an account that acted through an app, or through none; those asked for often are kept."""
        return lru_cache(maxsize=4096)(self._identify)

    def account_of(self, person: str) -> str:
        """A person's account on this tracker."""
        return self.desk.account_of(person, self.tracker)

    def _identify(self, account: Account | None, app: str) -> Actor:
        if account is None or account.kind == "deleted":
            return NOBODY
        name, id_ = self.desk.person_of(self.tracker, account.id), account.id.casefold()
        if id_ == self.own.casefold():
            return Actor(name, "ours")
        automation = app or not account.human or not self.desk.bots.isdisjoint((id_, name.casefold()))
        return Actor(name, "automation" if automation else "human")


def read_case(history: History, reader: Reader, now: datetime, *, family: Family | None = None) -> Case:
    """The case as it was at `now` (UTC). `family`: the reports that belong to it, where a rule asks for them."""
    issue, desk = history.issue, reader.desk
    values = replay(history.issue, history.events, reader.atlas, now)
    actors = Actors(reader.identify, reader.account_of, history.deeds)
    reporter = actors.who(issue.author)
    claims = _claims(issue, values)
    floor = _Floor(reader.since, issue.created, claims)
    changes: dict[str, tuple[FacetChange, ...]] = dict.fromkeys(values.steps, ())
    for facet, steps in values.steps.items():
        if steps:
            changes[facet] = actors.changes(facet, steps)
    standing = _standings(changes, history.verdicts, floor)
    replies = _replies(history, reader, actors, now)
    known_reporter = reporter.name if reporter.kind == "human" else ""
    place = reader.gazetteer.find(values.now, Report(issue.body, issue.created, known_reporter))
    if changes.get("tier"):
        changes["tier"] = tuple(_with_amounts(change, changes, desk) for change in changes["tier"])
    case = Case(
        ref=issue.ref,
        tracker=reader.tracker,
        title=issue.title,
        body=issue.body,
        url=issue.url,
        created=issue.created,
        now=now,
        open=values.now.get("state", "open") == "open",
        twin=history.twin,
        reporter=reporter.name,
        reporter_kind=reporter.kind,
        lowest_tier=desk.lowest_tier,
        facets=place.facets,
        owners=tuple(desk.person_of(reader.tracker, account) for account in values.owners),
        changes=changes,
        pending={
            name: _with_amounts(one.pending, changes, desk) for name, one in standing.items() if one.pending is not None
        },
        claims=claims,
        refused={name: one.refused for name, one in standing.items() if one.refused},
        allowed={name: one.allowed for name, one in standing.items()},
        replies=replies,
        commands=tuple(commands_of(replies, {verdict.event: verdict.outcome for verdict in history.verdicts})),
        verdicts=history.verdicts,
        complete=history.complete,
        names=_names(history, reader),
        opted_out=_opted_out(history, reader, actors, now),
        untrusted=values.untrusted,
        told=place.told,
        doubt=place.doubt,
        effort_day=desk.effort_day,
        judged_from=_judged_from(reader),
        family=family,
    )
    return with_clocks(case, desk)


def _judged_from(reader: Reader) -> datetime | None:
    began = reader.desk.enforce_from
    return max(reader.since, began) if reader.since is not None and began is not None else reader.since


def _names(history: History, reader: Reader) -> dict[str, str]:
    """What the tracker calls the accounts that the policy's `people` does not list."""
    issue = history.issue
    seen = [issue.author, *issue.assignees, *(one.author for one in history.comments)]
    seen += [event.actor for event in history.events]
    return {
        account.id: account.name
        for account in seen
        if account is not None and account.name and reader.identify(account, "").name == account.id
    }


class _Standing(msgspec.Struct):
    """What stands of a facet: the last allowed value, what was put back since, and what waits for judgement."""

    allowed: str | None
    refused: frozenset[str | None] = frozenset()
    pending: FacetChange | None = None


def _standings(
    changes: Mapping[str, Sequence[FacetChange]], verdicts: Sequence[Verdict], floor: "_Floor"
) -> dict[str, _Standing]:
    """What stands of each facet that ever changed, but for those with several values at a time."""
    found: dict[str, _Standing] = {}
    for facet, made in changes.items():
        if made and facet not in MANY_VALUED:
            judged = {verdict.event: verdict for verdict in verdicts if verdict.facet == facet}
            found[facet] = _standing(made, judged, floor)
    return found


def _standing(made: Sequence[FacetChange], verdicts: Mapping[str, Verdict], floor: "_Floor") -> _Standing:
    """Walk through what was done: what was allowed, what was put back, and what nobody judged yet."""
    standing = _Standing(made[0].before)
    for change in made:
        verdict = verdicts.get(change.event)
        if change.kind == "ours":
            _take_ours(standing, change)
        elif verdict is not None and verdict.outcome == "put back":
            standing.refused |= {change.after}
            standing.pending = None
        elif change.command or verdict is not None or floor.exempt(change):
            standing.allowed, standing.refused, standing.pending = change.after, frozenset(), None
        elif change.after == standing.allowed:
            standing.pending = None  # a person set it back themselves: there is nothing left to judge
        else:
            standing.pending = msgspec.structs.replace(change, before=standing.allowed)
    return standing


def _take_ours(standing: _Standing, change: FacetChange) -> None:
    """Our own write. One that follows a human's change puts it back, whatever the ledger remembers."""
    if standing.pending is not None:
        standing.refused |= {standing.pending.after}
    standing.allowed, standing.pending = change.after, None


class _Floor(msgspec.Struct):
    """What is never judged: acts before `since`, and what came with the report."""

    since: datetime | None
    created: datetime
    claims: Mapping[str, str]

    def exempt(self, change: FacetChange) -> bool:
        if self.since is None or change.at < self.since:
            return True
        return change.facet in self.claims and change.at - self.created <= CLAIM_TIME


def _claims(issue: Issue, values: FacetValues) -> dict[str, str]:
    """What the author set with the report, by facet."""
    author = issue.author.id.casefold() if issue.author else ""
    until = issue.created + CLAIM_TIME
    found: dict[str, str] = {}
    for facet, steps in values.steps.items():
        for _, after, event in steps:
            if event.at > until:
                continue
            if after is not None and event.actor is not None and event.actor.id.casefold() == author:
                found[facet] = after
    return found


def _with_amounts(change: FacetChange, changes: Mapping[str, Sequence[FacetChange]], desk: Desk) -> FacetChange:
    """A change of tier with the issue's estimate and priority at its moment."""
    estimates, priorities = changes.get("estimate"), changes.get("priority")
    if change.facet != "tier" or not (estimates or priorities):
        return change
    return msgspec.structs.replace(
        change,
        estimate=read_effort(_value_at(estimates or (), change.at), desk.effort_day),
        priority=_value_at(priorities or (), change.at),
    )


def _opted_out(history: History, reader: Reader, actors: Actors, now: datetime) -> bool:
    """Whether the opt-out label is on, set last by somebody who leads a tier or the desk."""
    label = reader.desk.opt_out.casefold()
    made = [event for event in history.events if event.kind == "label" and event.name.casefold() == label]
    known = [event for event in made if event.at <= now]
    if not label or not known or known[-1].after is None:
        return False
    if known[-1] is made[-1] and label not in (name.casefold() for name in history.issue.labels):
        return False
    leads = {tier.lead for tier in reader.desk.tiers} | {reader.desk.leader}
    return actors.who(known[-1].actor).name in leads - {""}


def _value_at(changes: Sequence[FacetChange], at: datetime) -> str | None:
    value = changes[0].before if changes else None
    for change in changes:
        if change.at > at:
            break
        value = change.after
    return value


def _replies(history: History, reader: Reader, actors: Actors, now: datetime) -> tuple[Reply, ...]:
    """What people said: on the issue itself, and on its twin, where they have accounts of another tracker."""
    said = [
        _reply(comment.id, comment, who, internal=comment.internal)
        for comment in history.comments
        if comment.at <= now and (who := actors.who(comment.author, comment.app)).kind != "ours"
    ]
    if not history.heard:
        return tuple(said)
    for one in history.heard:
        there = msgspec.structs.replace(reader, tracker=one.tracker, own="")
        if one.comment.at <= now:
            who = there.identify(one.comment.author, one.comment.app)
            said.append(_reply(one.id, one.comment, who, internal=one.internal))
    return tuple(sorted(said, key=lambda reply: reply.at))


def _reply(name: str, comment: Comment, who: Actor, *, internal: bool) -> Reply:
    return Reply(
        at=comment.at,
        by=who.name,
        kind=who.kind,
        body=comment.body,
        comment=name,
        internal=internal,
        edited=comment.edited,
    )
