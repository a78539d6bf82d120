"""Who did what, in the desk's words: people, automations and ourselves, and for whom we did it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tierkeeper.plugins.model.case import ActorKind, FacetChange
from tierkeeper.plugins.model.event import Deed
from tierkeeper.plugins.model.issue import Account
from tierkeeper.rules.values import Step

DEED_TIME = timedelta(minutes=10)
"""How far our own event may lie from our record of it and still be the same deed."""


class Actor(NamedTuple):
    """Who acted: by their name in the policy, else by the account's id; empty where the tracker does not say."""

    name: str
    kind: ActorKind


NOBODY = Actor("", "unknown")


class Actors:
    """Who did what to one issue. `who` knows accounts; `account_of` gives the account of a person."""

    def __init__(
        self,
        who: Callable[[Account | None, str], Actor],
        account_of: Callable[[str], str],
        deeds: Sequence[Deed],
    ) -> None:
        self._who = who
        self._account_of = account_of
        self._deeds: dict[str, list[Deed]] = {}
        for deed in deeds:
            self._deeds.setdefault(deed.facet, []).append(deed)

    def who(self, account: Account | None, app: str = "") -> Actor:
        """Who is behind an account that acted through an app, or through none."""
        return self._who(account, app)

    def changes(self, facet: str, steps: Sequence[Step]) -> tuple[FacetChange, ...]:
        """The changes of a facet, with who made them, and for whom we did.

        What we wrote counts from when it was decided, not from when the tracker took it some seconds later: else the
        next run would find that all that hangs on it has moved by these seconds. The order stays the tracker's.
        """
        known = self._deeds.get(facet)
        if known is None:
            return tuple([self._change(facet, step, None, step[2].at) for step in steps])
        deeds = self._carried_out(facet, steps, known)
        times = [step[2].at for step in steps]
        for number, (_, _, event) in enumerate(steps):
            if (deed := deeds.get(event.id)) is not None and _fits(deed.at, times, number):
                times[number] = deed.at
        return tuple(
            [self._change(facet, step, deeds.get(step[2].id), at) for step, at in zip(steps, times, strict=True)]
        )

    def _change(self, facet: str, step: Step, deed: Deed | None, at: datetime) -> FacetChange:
        before, after, event = step
        who = self._who(event.actor, event.app)
        if deed is None or not deed.person:
            return FacetChange(
                facet=facet,
                before=before,
                after=after,
                at=at,
                event=event.id,
                by=who.name,
                kind=who.kind,
                resolution=event.name if event.kind == "state" else "",
            )
        return FacetChange(
            facet=facet,
            before=before,
            after=after,
            at=at,
            event=deed.event,
            by=deed.person,
            command=True,
            asked=deed.asked,
            note=deed.note,
        )

    def _carried_out(self, facet: str, steps: Sequence[Step], known: Sequence[Deed]) -> dict[str, Deed]:
        """Which event of ours carried out which deed: the nearest one, of two the later, and each deed once."""
        own = [(after, event) for _, after, event in steps if self._who(event.actor, event.app).kind == "ours"]
        near = [
            (abs(deed.at - event.at), -number, place)
            for place, deed in enumerate(known)
            for number, (after, event) in enumerate(own)
            if abs(deed.at - event.at) <= DEED_TIME and self._is_of(deed, facet, after)
        ]
        found: dict[str, Deed] = {}
        taken: set[int] = set()
        for _, number, place in sorted(near):
            event_id = own[-number][1].id
            if event_id not in found and place not in taken:
                found[event_id] = known[place]
                taken.add(place)
        return found

    def _is_of(self, deed: Deed, facet: str, after: str | None) -> bool:
        """Whether the deed gave the facet this value; of an owner the account."""
        if facet != "owner" or deed.after is None or after is None:
            return deed.after == after
        return self._account_of(deed.after).casefold() == after.casefold()


def _fits(at: datetime, times: Sequence[datetime], number: int) -> bool:
    """Whether a moment lies between those of the steps around this one."""
    return (number == 0 or times[number - 1] <= at) and (number + 1 == len(times) or at <= times[number + 1])
