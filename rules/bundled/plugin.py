"""Hands in the bundled rules, as any rule package does."""

from collections.abc import Iterable

from tierkeeper.plugins import DeskCommand, Rule, hookimpl
from tierkeeper.rules.bundled.commands.handover import HandOver
from tierkeeper.rules.bundled.tiers.bypassed_key_users import BypassedKeyUsers
from tierkeeper.rules.bundled.tiers.closed_unanswered import ClosedUnanswered
from tierkeeper.rules.bundled.tiers.component_team import ComponentTeam
from tierkeeper.rules.bundled.tiers.done_is_not_done import DoneIsNotDone
from tierkeeper.rules.bundled.tiers.given_back import GivenBack
from tierkeeper.rules.bundled.tiers.incomplete_handover import IncompleteHandover
from tierkeeper.rules.bundled.tiers.ping_pong import PingPong
from tierkeeper.rules.bundled.tiers.reopened import Reopened
from tierkeeper.rules.bundled.tiers.skipped_tier import SkippedTier
from tierkeeper.rules.bundled.tiers.stranger_hands_on import StrangerHandsOn
from tierkeeper.rules.bundled.tiers.time_box import TimeBox


@hookimpl
def tierkeeper_rules() -> Iterable[type[Rule]]:
    """Every bundled rule."""
    return [
        BypassedKeyUsers,
        StrangerHandsOn,
        IncompleteHandover,
        PingPong,
        GivenBack,
        DoneIsNotDone,
        ComponentTeam,
        TimeBox,
        SkippedTier,
        ClosedUnanswered,
        Reopened,
    ]


@hookimpl
def tierkeeper_commands() -> Iterable[type[DeskCommand]]:
    """Every bundled command."""
    return [HandOver]
