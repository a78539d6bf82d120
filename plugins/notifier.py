"""What somebody fills who brings a notifier: a way to tell people something elsewhere than on the tracker."""

from collections.abc import Callable
from typing import Literal, Protocol, runtime_checkable

import msgspec
from pydantic import BaseModel

from tierkeeper.plugins.model.desk import Person


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell `to`, in plain text. `issue` is its key, `title` its title, `url` where it is; `rule` says why.

    What came from the tracker is in it as it stands there: escape it for where it goes.
    """

    to: tuple[Person, ...]
    text: str
    issue: str
    title: str
    url: str
    rule: str = ""


class Delivery(msgspec.Struct, frozen=True):
    """What became of a message: it went out, it surely did not, or nobody knows. `reason` says why, without secrets.

    One that surely did not go out is written on the tracker instead; one of which nobody knows is not sent again.
    """

    outcome: Literal["sent", "not sent", "unknown"]
    reason: str = ""


@runtime_checkable
class Notifier(Protocol):
    """One way to tell people. Not shared between threads."""

    def send(self, message: Message) -> Delivery:
        """Send it, once. What is raised counts as not known."""
        ...


class NotifierPlugin(msgspec.Struct, frozen=True, kw_only=True):
    """What a notifier plugin hands in: its name in the policy, its options, and how to make one.

    `make` is given the notifier's name in the policy, the options, and where secrets come from: the environment, a file
    or a keyring, by a name that the plugin tells people. No secret stands in the policy.
    """

    name: str
    options: type[BaseModel]
    make: Callable[[str, BaseModel, Callable[[str], str | None]], Notifier]
