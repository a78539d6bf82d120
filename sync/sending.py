"""The messages of one plan: an intent before each, its outcome after, and what is remembered of it."""

from datetime import datetime

import msgspec

from tierkeeper.plugins.model.event import Verdict
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.sync.ledger.ledger import Ledger
from tierkeeper.sync.ledger.rows import Intent
from tierkeeper.sync.plan import IssuePlan, Outgoing
from tierkeeper.sync.post import Post

MESSAGE = "message"
"""The kind of the intent of a message."""


class _Memo(msgspec.Struct):
    """What the intent of a message remembers, to be told if its outcome is never known."""

    to: tuple[str, ...]
    events: tuple[str, ...]


def send_messages(plan: IssuePlan, post: Post, ledger: Ledger, *, now: datetime) -> None:
    """Send what the plan has to send, once. What surely did not go out is due again, as a mention."""
    for one in plan.messages:
        memo = msgspec.json.encode(_Memo(_names(one), one.events)).decode()
        number = ledger.open_intent(plan.ref, kind=MESSAGE, marker=one.notifier, detail=memo, now=now)
        delivery = post.send(one.notifier, one.message)
        ledger.close_intent(number, delivery.outcome, now=now)
        if delivery.outcome == "sent":
            continue
        names = ", ".join(_names(one))
        if delivery.outcome == "unknown":
            plan.doubts.append(_doubt(plan.ref, one.notifier, names, delivery.reason))
            continue
        plan.doubts.append(
            f"{plan.ref}: {one.notifier} did not tell {names}: {delivery.reason}; it is written on the issue instead"
        )
        kept = [verdict for verdict in plan.verdicts if verdict.event not in one.events]
        plan.verdicts = [*kept, Verdict(facet="", event=one.unsent, outcome="set", at=now, rule=one.message.rule)]
        plan.wake_at = now


def settle_message(intent: Intent, ledger: Ledger, *, now: datetime) -> str:
    """An earlier run ended between sending and knowing: it is not sent again. What to tell the operator."""
    memo = msgspec.json.decode(intent.detail, type=_Memo)
    verdicts = [Verdict(facet="", event=event, outcome="set", at=now) for event in memo.events]
    ledger.judged(intent.ref, now=now, fingerprint="", wake_at=now, verdicts=verdicts, facets=None)
    ledger.close_intent(intent.id, "unknown", now=now)
    return _doubt(intent.ref, intent.marker, ", ".join(memo.to), "the run that sent it was cut short")


def _names(one: Outgoing) -> tuple[str, ...]:
    return tuple(person.name for person in one.message.to)


def _doubt(ref: Ref, notifier: str, names: str, reason: str) -> str:
    return f"{ref}: whether {notifier} told {names} is not known: {reason}; it is not sent again"
