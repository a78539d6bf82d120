"""Hands in the rule, and keeps drafts out of development's backlog."""

from collections.abc import Iterable

from tierkeeper.plugins import Case, Rule, hookimpl
from weekend_handover.rule import WeekendHandover


@hookimpl
def tierkeeper_rules() -> Iterable[type[Rule]]:
    """The rules of this package."""
    return [WeekendHandover]


@hookimpl
def tierkeeper_mirror_choose(case: Case) -> bool | None:
    """An issue whose title says that it is a draft has no twin yet; the others are as the policy says."""
    return False if case.title.casefold().startswith("draft:") else None
