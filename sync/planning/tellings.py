"""Telling somebody something, once: through a notifier that the policy names for it, else by a mention on the issue."""

import hashlib
from collections.abc import Iterator

import msgspec

from tierkeeper.plugins.markup.text import markdown
from tierkeeper.plugins.model.change import PostComment
from tierkeeper.plugins.model.desk import Person
from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.notifier import Message
from tierkeeper.rules.rulings import Telling
from tierkeeper.sync.plan import Outgoing, Step
from tierkeeper.sync.planning.comments import our_comments
from tierkeeper.sync.planning.sheet import Sheet

VIA = " via "
"""What stands in a key between what is told and the notifier that it is told through."""


class _Part(msgspec.Struct, frozen=True):
    """What one way carries of a telling: all of it for some of those who are told. `notifier` empty: a mention."""

    telling: Telling
    key: str
    notifier: str = ""

    @property
    def event(self) -> str:
        return f"tell:{self.key}"

    @property
    def marker(self) -> str:
        return f"tell:{hashlib.sha256(self.key.encode()).hexdigest()[:16]}"


def tell(sheet: Sheet) -> None:
    """Tell somebody; at most one telling an issue a cycle, the others wait for the next."""
    tellings = sheet.judgement.tellings
    if not tellings:
        return
    told = {verdict.event for verdict in sheet.history.verdicts} | {comment.marker for comment in our_comments(sheet)}
    new = [
        parts
        for telling in tellings
        if f"tell:{telling.key}" not in told
        and (parts := [part for part in _parts(sheet, telling, told) if not told & {part.event, part.marker}])
    ]
    for part in new[0] if new else ():
        _tell_part(sheet, part)
    if new[1:]:
        sheet.plan.wake_at = sheet.case.now


def _parts(sheet: Sheet, telling: Telling, told: set[str]) -> Iterator[_Part]:
    """The ways that a telling goes, each with those whom it reaches; what a notifier did not send is mentioned."""
    ways: dict[str, list[str]] = {}
    for person in telling.to:
        takers = (one.name for one in sheet.bench.notifiers if one.takes(telling.rule, person))
        ways.setdefault(next(takers, ""), []).append(person)
    for name, people in ways.items():
        key = f"{telling.key}{VIA}{name}" if name else telling.key
        notifier = "" if _unsent(key) in told else name
        yield _Part(msgspec.structs.replace(telling, to=tuple(people)), key, notifier)


def _unsent(key: str) -> str:
    return f"unsent:{key}"


def _tell_part(sheet: Sheet, part: _Part) -> None:
    telling = part.telling
    events = dict.fromkeys((part.event, f"tell:{part.key.split(VIA)[0]}"))
    sheet.plan.verdicts += [
        Verdict(facet="", event=event, outcome="set", at=sheet.case.now, rule=telling.rule)
        for event in events
        if event not in {verdict.event for verdict in sheet.plan.verdicts}
    ]
    if part.notifier:
        message = Message(
            to=tuple(sheet.desk.people.get(person, Person(person)) for person in telling.to),
            text=telling.text,
            issue=str(sheet.case.ref),
            title=sheet.case.title,
            url=sheet.case.url,
            rule=telling.rule,
        )
        sheet.plan.messages.append(
            Outgoing(notifier=part.notifier, message=message, events=tuple(events), unsent=_unsent(part.key))
        )
    else:
        accounts = [sheet.desk.account_of(person, sheet.case.tracker) for person in telling.to]
        mentions = " ".join(f"@{account}" for account in accounts if account)
        internal = not (telling.public and sheet.bench.public)
        body = f"{mentions} {markdown(telling.text)}".strip()
        sheet.plan.changes.append(PostComment(body, part.marker, internal=internal))
    sheet.plan.steps.append(
        Step(
            subject=part.notifier or "comment",
            what=f"tells {', '.join(telling.to)}",
            rule=telling.rule,
            mode=telling.mode,
            reason=telling.text,
        )
    )
