"""The tracker of a story: one issue that steps happen to, with the history that a real tracker would give."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from tierkeeper.plugins.model.desk import Desk, FacetMap, Queue
from tierkeeper.plugins.model.event import Deed, Event, EventKind, History, Verdict
from tierkeeper.plugins.model.issue import Account, Comment, Issue, Ref
from tierkeeper.rules.policy.problems import did_you_mean

OWN = Account("tierkeeper", kind="bot")
"""Our own account."""

UNKNOWN = "unknown"
"""Who did it where the tracker does not say."""

UNTOLD = timedelta(hours=1)
"""How long before its first step an issue was reported, where the story does not tell."""


class StoryFault(Exception):
    """A step that cannot happen. The message says why."""


class Hand(msgspec.Struct, frozen=True):
    """Who does something, through what, and when (UTC)."""

    actor: Account | None
    at: datetime
    app: str = ""


class StoryIssue:
    """One issue, and all that happened to it."""

    def __init__(self, desk: Desk, queue: Queue, *, complete: bool) -> None:
        self.desk, self.queue, self._complete = desk, queue, complete
        self.ref = Ref(queue.name, "1", "DESK-1")
        self.verdicts: list[Verdict] = []
        self.deeds: list[Deed] = []
        self._issue: Issue | None = None
        self._labels: list[str] = []
        self._assignees: list[Account] = []
        self._fields: dict[str, str] = {}
        self._events: list[Event] = []
        self._comments: list[Comment] = []

    # Who

    def hand(self, person: str, at: datetime, kind: str = "") -> Hand:
        """Somebody's hand, by their name in the desk. `kind`: bot or app, where it is no person's."""
        if person == OWN.id:
            return Hand(OWN, at)
        if person == UNKNOWN:
            return Hand(None, at)
        return Hand(
            Account(self._account(person), kind="bot" if kind == "bot" else "human"), at, kind if kind == "app" else ""
        )

    def _account(self, person: str) -> str:
        account = self.desk.account_of(person, self.queue.tracker)
        if not account:
            raise StoryFault(f"{person} has no account on {self.queue.tracker}")
        return account

    # What

    @property
    def reported(self) -> bool:
        """Whether there is an issue yet."""
        return self._issue is not None

    @property
    def open(self) -> bool:
        """Whether it is open now."""
        return self._issue is not None and self._issue.open

    def report(self, title: str, hand: Hand, *, body: str = "") -> None:
        """Somebody reports it."""
        if self.reported:
            raise StoryFault("it was reported before: reports is the first step of a story")
        self._issue = Issue(
            ref=self.ref, title=title, created=hand.at, updated=hand.at, open=True, body=body, author=hand.actor
        )

    def label(self, name: str, hand: Hand) -> None:
        """Put a label on; nothing happens if it is there."""
        if name.casefold() not in {label.casefold() for label in self._labels}:
            self._labels.append(name)
            self._event("label", hand, name=name, after=name)

    def unlabel(self, name: str, hand: Hand) -> None:
        """Take a label off."""
        there = next((label for label in self._labels if label.casefold() == name.casefold()), None)
        if there is None:
            raise StoryFault(f'it does not bear the label "{name}"; its labels: {", ".join(self._labels) or "none"}')
        self._labels.remove(there)
        self._event("label", hand, name=there, before=there)

    def assign(self, person: str, hand: Hand) -> None:
        """Assign somebody; nothing happens if they are."""
        account = Account(self._account(person))
        if account.id not in {other.id for other in self._assignees}:
            self._assignees.append(account)
            self._event("assignee", hand, after=account.id)

    def unassign(self, person: str, hand: Hand) -> None:
        """Take somebody off."""
        account = Account(self._account(person))
        if account not in self._assignees:
            raise StoryFault(f"{person} is not assigned")
        self._assignees.remove(account)
        self._event("assignee", hand, before=account.id)

    def turn(self, state: str, hand: Hand, reason: str = "") -> None:
        """Close it or open it again."""
        now = "open" if self.open else "closed"
        if now == state:
            raise StoryFault(f"it is {state} already")
        assert self._issue is not None
        self._issue = msgspec.structs.replace(self._issue, open=state == "open", reason=reason)
        self._event("state", hand, name=reason, before=now, after=state)

    def comment(self, body: str, hand: Hand, *, edited: datetime | None = None, internal: bool = False) -> None:
        """Write a comment. `edited`: it was changed then (UTC)."""
        self._comments.append(
            Comment(
                id=f"c{len(self._comments) + 1}",
                issue=self.ref.id,
                at=hand.at,
                updated=edited or hand.at,
                body=body,
                author=hand.actor,
                internal=internal,
                app=hand.app,
            )
        )

    def set(self, facet: str, value: str | None, hand: Hand) -> None:
        """Give a facet a value as people do: the new one comes, the old one goes."""
        place = self._place(facet)
        if place.kind == "label":
            self._only_label(place.name, value, hand)
        elif place.kind == "state":
            self.turn(value or "open", hand)
        elif place.kind == "assignee":
            for account in list(self._assignees):
                self.unassign(self.desk.person_of(self.queue.tracker, account.id), hand)
            if value is not None:
                self.assign(value, hand)
        else:
            native = place.statuses.get(value or "", value) if place.kind == "status" else value
            self._field(place.name or "status", native, hand)

    def known_value(self, facet: str, value: str | None) -> str | None:
        """The value, if the desk's facet may have it; raises StoryFault."""
        self._place(facet)
        values = self.desk.facets[facet].values
        if value is not None and values and value not in values:
            raise StoryFault(f'{facet} cannot be "{value}"; {did_you_mean(value, "values", values)}')
        return value

    def _place(self, facet: str) -> FacetMap:
        known = self.desk.facets.get(facet)
        place = known.maps.get(self.queue.tracker) if known else None
        if place is None:
            names = [name for name, other in self.desk.facets.items() if self.queue.tracker in other.maps]
            raise StoryFault(f'the desk keeps no facet "{facet}"; {did_you_mean(facet, "facets", names)}')
        return place

    def _only_label(self, prefix: str, value: str | None, hand: Hand) -> None:
        wanted = f"{prefix}{value}" if value is not None else ""
        others = [name for name in self._labels if name.casefold().startswith(prefix.casefold()) and name != wanted]
        if wanted:
            self.label(wanted, hand)
        for name in others:
            self.unlabel(name, hand)

    def _field(self, name: str, value: str | None, hand: Hand) -> None:
        before = self._fields.pop(name, None)
        if value is not None:
            self._fields[name] = value
        if value != before:
            self._event("field", hand, name=name, before=before, after=value)

    def _event(
        self, kind: EventKind, hand: Hand, *, name: str = "", before: str | None = None, after: str | None = None
    ) -> None:
        self._events.append(
            Event(
                id=f"e{len(self._events) + 1}",
                issue=self.ref.id,
                at=hand.at,
                kind=kind,
                name=name,
                before=before,
                after=after,
                actor=hand.actor,
                app=hand.app,
            )
        )

    # What is known

    def history(self) -> History:
        """All that is known of it now."""
        assert self._issue is not None
        moments: Sequence[Event | Comment] = (*self._events[-1:], *self._comments[-1:])
        return History(
            issue=msgspec.structs.replace(
                self._issue,
                labels=tuple(self._labels),
                assignees=tuple(self._assignees),
                fields=dict(self._fields),
                comments=len(self._comments),
                updated=max([self._issue.created, *(moment.at for moment in moments)]),
            ),
            events=tuple(self._events),
            comments=tuple(self._comments),
            verdicts=tuple(self.verdicts),
            deeds=tuple(self.deeds),
            own=OWN.id,
            complete=self._complete,
        )
