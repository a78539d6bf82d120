"""Sends what goes through notifiers: each message once, and no failure stops a run."""

from collections import Counter
from collections.abc import Mapping

from tierkeeper.plugins.notifier import Delivery, Message, Notifier

MOST_FAILURES = 3
"""How often a notifier may fail in a run before the rest is not tried."""


class Post:
    """The notifiers of one run, by their names in the policy."""

    def __init__(self, notifiers: Mapping[str, Notifier]) -> None:
        self._notifiers = notifiers
        self._failed: Counter[str] = Counter()

    def send(self, name: str, message: Message) -> Delivery:
        """Send one message; what became of it. Never raises."""
        notifier = self._notifiers.get(name)
        if notifier is None:
            return Delivery("not sent", f"there is no notifier {name!r} in this run")
        if self._failed[name] >= MOST_FAILURES:
            return Delivery("not sent", f"it failed {MOST_FAILURES} times in this run")
        try:
            delivery = notifier.send(message)
        except Exception as failure:  # noqa: BLE001 - isolation: one notifier's failure is its own
            delivery = Delivery("unknown", f"{type(failure).__name__}: {failure}")
        self._failed[name] += delivery.outcome != "sent"
        return delivery


class Unmade:
    """Stands for a notifier that could not be made: what it should send is written on the tracker."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def send(self, message: Message) -> Delivery:  # noqa: ARG002 - the port's signature
        """It was not sent."""
        return Delivery("not sent", self.reason)
