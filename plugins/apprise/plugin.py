"""Apprise's way in: the hook, and what it hands over. Nothing heavy is imported before a notifier is made."""

from collections.abc import Callable, Iterable

from pydantic import BaseModel

from tierkeeper.plugins.apprise.options import AppriseOptions
from tierkeeper.plugins.hookspecs import hookimpl
from tierkeeper.plugins.notifier import Notifier, NotifierPlugin


def make_apprise(name: str, options: BaseModel, secret: Callable[[str], str | None]) -> Notifier:
    """Make the notifier that the policy calls `name`. Raises UsageError where it cannot be."""
    from tierkeeper.plugins.apprise.client import make  # noqa: PLC0415  # imports apprise, which is an extra

    return make(name, options, secret)


@hookimpl
def tierkeeper_notifiers() -> Iterable[NotifierPlugin]:
    """Hand in apprise."""
    return [NotifierPlugin(name="apprise", options=AppriseOptions, make=make_apprise)]
