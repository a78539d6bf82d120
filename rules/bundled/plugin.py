"""Hands in the bundled rules, as any rule package does."""

from collections.abc import Iterable

from tierkeeper.plugins import DeskCommand, Rule, hookimpl
from tierkeeper.rules.bundled.commands.handover import HandOver
from tierkeeper.rules.bundled.tiers.bypassed_key_users import BypassedKeyUsers
from tierkeeper.rules.bundled.tiers.incomplete_handover import IncompleteHandover
from tierkeeper.rules.bundled.tiers.stranger_hands_on import StrangerHandsOn
from tierkeeper.rules.bundled.tiers.time_box import TimeBox


@hookimpl
def tierkeeper_rules() -> Iterable[type[Rule]]:
    """Every bundled rule."""
    return [BypassedKeyUsers, StrangerHandsOn, IncompleteHandover, TimeBox]


@hookimpl
def tierkeeper_commands() -> Iterable[type[DeskCommand]]:
    """Every bundled command."""
    return [HandOver]
