"""Hands in the rule."""

from collections.abc import Iterable

from tierkeeper.plugins import Rule, hookimpl
from weekend_handover.rule import WeekendHandover


@hookimpl
def tierkeeper_rules() -> Iterable[type[Rule]]:
    """The rules of this package."""
    return [WeekendHandover]
