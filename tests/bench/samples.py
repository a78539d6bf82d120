"""Issues as a busy desk has them: eight events and two comments each, in a sandbox or as a tracker's batches."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from desk_world import POLICY, REPO, START

from tierkeeper.plugins.github.sandbox.store import Store
from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.model.event import Event, EventKind
from tierkeeper.plugins.model.issue import Account, Comment, Issue, Ref
from tierkeeper.plugins.tracker import Batch
from tierkeeper.rules.policy import Policy, load_policy

QUEUE = "webapp"
EVENTS = 8
COMMENTS = 2
BATCH = 100
APART = timedelta(minutes=2)
HANDOVER = "{from: help-desk, to: support}"
LABELS = ("instance:berlin-01", "priority:high")
BODY = "\n".join(
    f'{step}. Open "Orders → {step}" in the shop, press *Save*, wait: the page says `Error {step}00`, ümlauts and all.'
    for step in range(1, 16)
)
REPLY = "We looked at it together; it happens with every order of this week.\n\nTried: another browser, another user.\n"

PROMISES = """\
calendar: office
calendars: {office: {hours: {mon-fri: ["08:00-12:00", "13:00-18:00"]}}}
promises:
  targets:
    - {when: {priority: urgent}, first_response: 1h, next_update: 2h, resolution: 8h, calendar: 24x7}
    - {first_response: 4bh, next_update: 1bd, resolution: 5bd, time_to_own: 2bh, keep_in_the_loop: 3bd}
  tiers:
    help-desk: {own: 1bh, hold: 1bd}
    support: {own: 2bh, hold: 3bd}
"""


def desk(url: str = "https://api.github.com", *, mode: str = "enforce", promises: bool = False) -> Policy:
    """The four-level desk of the tests, its roles lists of people, with every bundled rule that it has a use for.

    Where it `promises` nothing it has no use for the rules on promises.
    """
    host = load_plugins()
    bundled = [
        code
        for code, rule in host.rules.items()
        if rule.__module__.startswith("tierkeeper.rules.bundled.") and (promises or rule.group != "promises")
    ]
    text = POLICY.format(mode=mode, url=url, developers="{people: [dev-1, dev-2]}", needs="", rules="")
    assert HANDOVER in text
    text = text.replace(HANDOVER, HANDOVER.replace("}", ", needs: [environment, tried]}"))
    rules = "".join(f"  {code}:\n" for code in sorted(bundled))
    text, replaced = re.subn(r"^rules:\n(?:  TR\d+:\n)+", f"rules:\n{rules}", text, flags=re.MULTILINE)
    assert replaced
    text += "components: {export: {people: [dev-1]}, import: {people: [dev-2]}}\n"
    return load_policy(text + PROMISES if promises else text, file="desk.yaml", host=host)


def fill(store: Store, count: int) -> datetime:
    """Let people report `count` issues, discuss them and hand them on; when the last of it was.

    Every tenth is taken from the help desk by a developer, which is refused.
    """
    for number in range(1, count + 1):
        _live(store, START + number * APART * EVENTS, stranger=number % 10 == 0)
    return START + (count + 2) * APART * EVENTS


def _live(store: Store, at: datetime, *, stranger: bool) -> None:
    number = store.create_issue(
        REPO, "key-user-1", "Saving an order fails", BODY, labels=["tier:help-desk", *LABELS], at=at
    )
    hands_on = "dev-1" if stranger else "help-desk-1"
    store.add_assignees(REPO, number, ["help-desk-1"], "help-desk-1", at=at + APART)
    store.comment(REPO, number, "help-desk-1", REPLY, at=at + 2 * APART)
    store.comment(REPO, number, "key-user-1", REPLY, at=at + 3 * APART)
    store.add_labels(REPO, number, ["tier:support"], hands_on, at=at + 4 * APART)
    store.remove_label(REPO, number, "tier:help-desk", hands_on, at=at + 4 * APART)
    store.remove_assignees(REPO, number, ["help-desk-1"], hands_on, at=at + 5 * APART)
    store.add_assignees(REPO, number, ["support-1"], hands_on, at=at + 5 * APART)


def fill_quietly(store: Store, count: int) -> datetime:
    """Let key users report `count` issues to the help desk, and nothing more; when the last of it was."""
    for number in range(1, count + 1):
        store.create_issue(
            REPO, "key-user-1", "Saving an order fails", REPLY, labels=["tier:help-desk"], at=_began(number)
        )
    return _began(count + 1)


def batches(count: int, *, strangers: bool = False) -> Iterator[Batch]:
    """As in `fill`, by a tracker that makes them up as it goes: nothing of it is kept.

    `strangers`: every tenth issue is taken by a developer; else all moves are right.
    """
    for first in range(1, count + 1, BATCH):
        numbers = range(first, min(first + BATCH, count + 1))
        yield Batch(
            cursor=str(numbers[-1]),
            issues=tuple(_issue(number) for number in numbers),
            events=tuple(event for number in numbers for event in _events(number, strangers=strangers)),
            comments=tuple(comment for number in numbers for comment in _comments(number)),
        )


def _began(number: int) -> datetime:
    return START + timedelta(seconds=number)


def _issue(number: int) -> Issue:
    return Issue(
        ref=Ref(QUEUE, str(number), str(number)),
        title="Saving an order fails",
        created=_began(number),
        updated=_began(number) + 5 * APART,
        open=True,
        author=Account("key-user-1"),
        assignees=(Account("support-1"),),
        labels=(*LABELS, "tier:support"),
        body=BODY,
        comments=COMMENTS,
    )


def _events(number: int, *, strangers: bool) -> Iterable[Event]:
    at = _began(number)
    event = partial(_event, number, who="dev-1" if strangers and number % 10 == 0 else "help-desk-1")
    yield event(1, at, "label", name="tier:help-desk", after="tier:help-desk", who="key-user-1")
    for place, label in enumerate(LABELS, 2):
        yield event(place, at, "label", name=label, after=label, who="key-user-1")
    yield event(4, at + APART, "assignee", after="help-desk-1")
    yield event(5, at + 4 * APART, "label", name="tier:support", after="tier:support")
    yield event(6, at + 4 * APART, "label", name="tier:help-desk", before="tier:help-desk")
    yield event(7, at + 5 * APART, "assignee", before="help-desk-1")
    yield event(8, at + 5 * APART, "assignee", after="support-1")


def _event(number: int, place: int, at: datetime, kind: EventKind, *, who: str, **change: str) -> Event:
    id_ = str(number * 10 + place)
    return Event(id=id_, issue=str(number), at=at, kind=kind, actor=Account(who), **change)


def _comments(number: int) -> Iterable[Comment]:
    for place, who in enumerate(("help-desk-1", "key-user-1"), 2):
        at = _began(number) + place * APART
        id_ = str(number * 10 + place)
        yield Comment(id=id_, issue=str(number), at=at, updated=at, body=REPLY, author=Account(who))
