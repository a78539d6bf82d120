"""What must hold when all is quiet again, whatever happened before. Looked at in the trackers themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tierkeeper.plugins.model.event import Gone, Snapshot
from tierkeeper.rules.commands import read_commands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from soak.stage import Stage

    from tierkeeper.plugins.model.event import Deed, Event
    from tierkeeper.plugins.tracker import Tracker
    from tierkeeper.sync.ledger import Ledger
    from tierkeeper.sync.ledger.rows import Known

PREFIX = "tier:"
CLAIM = 5.0
NEAR = 600.0
ONE_WRITE = 30.0


class Look(NamedTuple):
    """One issue as the tracker has it, and as we know it."""

    there: Snapshot
    known: Known
    stage: Stage
    began: datetime

    @property
    def own(self) -> str:
        return self.stage.own()

    @property
    def deeds(self) -> set[Deed]:
        """What was carried out for people, by this ledger and those that were lost."""
        return self.stage.deeds.get(self.there.issue.ref.id, set()) | set(self.known.history.deeds)


def broken(stage: Stage, ledger: Ledger, tracker: Tracker) -> Iterator[str]:
    """Every law that an issue breaks, with the issue."""
    queue = next(iter(stage.policy.queues.values()))
    yield from (f"the ledger is damaged: {line}" for line in ledger.check())
    if ledger.open_intents():
        yield f"intents are open: {ledger.open_intents()}"
    for number in stage.numbers:
        if number in stage.gone:
            left = ledger.history(queue.name, stage.gone[number])
            if left is not None and left.history.issue.open and not left.gone:  # the census lists open issues
                yield f"issue {number} is not there any more, and known as if it were"
            continue
        known = ledger.history(queue.name, stage.ref_id(number), own=stage.own())
        if known is None:
            yield f"issue {number} was never read"
            continue
        there = tracker.read(known.history.issue.ref, queue)
        if isinstance(there, Gone) or ledger.began is None:
            yield f"issue {number} is not there"
            continue
        look = Look(there, known, stage, ledger.began)
        for law in LAWS if there.issue.open or not stage.narrowed else OF_ALL:
            yield from (f"issue {number}: {law.__name__.replace('_', ' ')}: {found}" for found in law(look))


def known_as_it_is(look: Look) -> Iterator[str]:
    """What the ledger holds is what the tracker shows, whatever was cut while it was read."""
    there, known = look.there, look.known.history
    if sorted(there.issue.labels) != sorted(known.issue.labels):
        yield f"labels {sorted(there.issue.labels)}, held {sorted(known.issue.labels)}"
    for name in ("open", "title"):
        if getattr(there.issue, name) != getattr(known.issue, name):
            yield f"{name} {getattr(there.issue, name)}, held {getattr(known.issue, name)}"
    for name in ("events", "comments"):
        seen, held = ({one.id for one in part} for part in (getattr(there, name), getattr(known, name)))
        if name == "comments" and not there.issue.open:
            held &= seen  # the census lists open issues: a comment that left a closed one is missed when it is opened
        if name == "events" and not known.complete and not there.issue.open and there.issue.updated <= look.began:
            seen &= held  # closed, and cut off where the feed ends: read whole when something happens to it
        if seen != held:
            yield f"{name} not held {sorted(seen - held)}, held and not there {sorted(held - seen)}"


def one_status_comment(look: Look) -> Iterator[str]:
    """At most one status comment, and no telling twice."""
    markers = [one.marker for one in look.there.comments if one.author is not None and one.author.id == look.own]
    if "" in markers:
        yield "a comment of ours bears no marker"
    yield from (f"{markers.count(marker)} comments {marker}" for marker in set(markers) if markers.count(marker) > 1)


def one_tier_label(look: Look) -> Iterator[str]:
    """Where we enforce, two labels of a facet are tidied."""
    labels = [label for label in look.there.issue.labels if label.startswith(PREFIX)]
    if len(labels) > 1 and "tierkeeper:off" not in look.there.issue.labels:
        yield f"bears {labels}"


def commands_run_once(look: Look) -> Iterator[str]:
    """Each command is judged, and none is carried out twice."""
    if "tierkeeper:off" in look.there.issue.labels:
        return
    verdicts = {verdict.event for verdict in look.known.history.verdicts}
    runs = [deed.event for deed in look.deeds if deed.event]
    yield from (f"{runs.count(event)} acts for {event}" for event in set(runs) if runs.count(event) > 1)
    old = [deed.event for deed in look.known.history.deeds if deed.event and deed.asked < look.began]
    yield from (f"{event} was asked for before the ledger began" for event in old)
    for comment in look.there.comments:
        author = comment.author.id if comment.author else ""
        human = comment.at >= look.began and author != look.own and author not in look.stage.bots()
        asks = human and any(name == "handover" for name, _ in read_commands(comment.body))
        if asks and f"comment:{comment.id}" not in verdicts:
            yield f"comment {comment.id} by {author} was never judged"


class _Turn(NamedTuple):
    """Something that happened to the tier: who, when, and what it was before and after."""

    who: str
    at: datetime
    before: str | None
    after: str | None
    event: str = ""


def stands_flagged(look: Look) -> Iterator[str]:
    """What was refused and stands is flagged, unless people took the flag off twice."""
    turns = list(_turns(look))
    labels = look.there.issue.labels
    if not turns or turns[-1].who == look.own or "tierkeeper:off" in labels:
        return
    for verdict in look.known.history.verdicts:
        stands = verdict.outcome in {"stands", "not judged"} and verdict.rule and verdict.event == turns[-1].event
        stands = stands and verdict.mode != "shadow"  # that writes nothing, and what was done is not judged again
        flag = f"flag:{verdict.rule}"
        taken = [one for one in look.there.events if one.name == flag and one.after is None and not _is_own(look, one)]
        if stands and flag not in labels and len(taken) < 2:
            yield f"{verdict.by} set {verdict.after}, refused by {verdict.rule}, and it is not flagged"


def _is_own(look: Look, event: Event) -> bool:
    return event.actor is not None and event.actor.id == look.own


def nobody_is_fought(look: Look) -> Iterator[str]:
    """What a person sets again stays; what a bot or nobody known set is never taken back."""
    last: _Turn | None = None
    taken: set[str | None] = set()
    for turn in _turns(look):
        if turn.who != look.own:
            if turn.after not in taken:
                taken = set()
            last = turn
            continue
        if last is None or (last.at - look.there.issue.created).total_seconds() <= CLAIM:
            continue
        if any(one.kind == "moved" and last.at <= one.at <= turn.at for one in look.there.events):
            last, taken = None, set()  # a place without such a label took it off
            continue
        if _is_for_a_person(look, turn) or _is_wanted(look, turn):
            taken = set()
            continue
        if turn.at < look.began:  # what a lost ledger knew of it, we do not
            taken.add(last.after)
            continue
        if last.who in look.stage.bots() or not last.who:
            yield f"{turn.before} → {turn.after}: what {last.who or 'nobody known'} did was put back"
        if last.after in taken:
            yield f"{turn.before} → {turn.after}: {last.after} was put back again"
        if last.at < look.began:
            yield f"{turn.before} → {turn.after}: it was done before the first run"
        taken.add(last.after)


def _is_for_a_person(look: Look, turn: _Turn) -> bool:
    """Whether what we wrote was asked for in a comment."""
    return any(
        deed.event and f"{PREFIX}{deed.after}" == turn.after and abs((deed.at - turn.at).total_seconds()) < NEAR
        for deed in look.deeds
    )


def _is_wanted(look: Look, turn: _Turn) -> bool:
    """Whether a rule wanted it so, which puts nobody's change back."""
    return any(
        verdict.event.startswith("set:")
        and f"{PREFIX}{verdict.after}" == turn.after
        and abs((verdict.at - turn.at).total_seconds()) < NEAR
        for verdict in look.known.history.verdicts
    )


def _turns(look: Look) -> Iterator[_Turn]:
    """The changes of the tier, ours joined: a label on and another one off are one change."""
    events = [one for one in look.there.events if one.kind == "label" and one.name.startswith(PREFIX)]
    held = _at_start(look, events)
    batch: tuple[Event, str | None] | None = None
    for one in events:
        before = held[-1] if held else None
        who = one.actor.id if one.actor else ""
        if batch is not None and (who != look.own or (one.at - batch[0].at).total_seconds() > ONE_WRITE):
            first, value = batch
            if value != before:
                yield _Turn(look.own, first.at, value, before)
            batch = None
        held = [label for label in held if label != one.name] + ([one.name] if one.after is not None else [])
        after = held[-1] if held else None
        if who == look.own:
            batch = batch or (one, before)
        elif before != after:
            yield _Turn(who, one.at, before, after, one.id)
    after = held[-1] if held else None
    if batch is not None and batch[1] != after:
        yield _Turn(look.own, batch[0].at, batch[1], after)


def _at_start(look: Look, events: list[Event]) -> list[str]:
    held = [label for label in look.there.issue.labels if label.startswith(PREFIX)]
    for one in reversed(events):
        held = [label for label in held if label != one.name] + ([one.name] if one.after is None else [])
    return held


LAWS = (known_as_it_is, one_status_comment, one_tier_label, stands_flagged, commands_run_once, nobody_is_fought)

OF_ALL = (known_as_it_is, one_status_comment)
"""What holds for a closed issue, too, that was outside of the queue's filter: nobody looks at it again for being in."""
