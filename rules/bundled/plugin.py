"""Hands in the bundled rules, as any rule package does."""

from collections.abc import Iterable

from tierkeeper.plugins import Rule, hookimpl
from tierkeeper.rules.bundled.tiers.bypassed_key_users import BypassedKeyUsers
from tierkeeper.rules.bundled.tiers.incomplete_handover import IncompleteHandover
from tierkeeper.rules.bundled.tiers.stranger_hands_on import StrangerHandsOn


@hookimpl
def tierkeeper_rules() -> Iterable[type[Rule]]:
    """Every bundled rule."""
    return [BypassedKeyUsers, StrangerHandsOn, IncompleteHandover]
