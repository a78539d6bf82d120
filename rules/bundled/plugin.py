"""Hands in the bundled rules, as any rule package does."""

from collections.abc import Iterable

from tierkeeper.plugins import DeskCommand, Rule, hookimpl
from tierkeeper.rules.bundled.commands.appeal import Appeal
from tierkeeper.rules.bundled.commands.decide import Decide
from tierkeeper.rules.bundled.commands.duplicate import JoinReport
from tierkeeper.rules.bundled.commands.estimate import SetEstimate
from tierkeeper.rules.bundled.commands.handover import HandOver
from tierkeeper.rules.bundled.commands.kind import SetKind
from tierkeeper.rules.bundled.commands.priority import SetPriority
from tierkeeper.rules.bundled.commands.release import Release
from tierkeeper.rules.bundled.commands.resume import Resume
from tierkeeper.rules.bundled.commands.severity import SetSeverity
from tierkeeper.rules.bundled.commands.spent import RecordWork
from tierkeeper.rules.bundled.commands.take import Take
from tierkeeper.rules.bundled.commands.waiting import WaitFor
from tierkeeper.rules.bundled.commands.why import Why
from tierkeeper.rules.bundled.priority.appeal_unanswered import AppealUnanswered
from tierkeeper.rules.bundled.priority.guarded_facet import GuardedFacet
from tierkeeper.rules.bundled.priority.no_priority import NoPriority
from tierkeeper.rules.bundled.priority.not_the_owner import NotTheOwner
from tierkeeper.rules.bundled.promises.ladder import Ladder
from tierkeeper.rules.bundled.promises.promise_label import PromiseLabel
from tierkeeper.rules.bundled.promises.waits import Waits
from tierkeeper.rules.bundled.tiers.bypassed_key_users import BypassedKeyUsers
from tierkeeper.rules.bundled.tiers.closed_unanswered import ClosedUnanswered
from tierkeeper.rules.bundled.tiers.component_team import ComponentTeam
from tierkeeper.rules.bundled.tiers.disputed_estimate import DisputedEstimate
from tierkeeper.rules.bundled.tiers.done_is_not_done import DoneIsNotDone
from tierkeeper.rules.bundled.tiers.feature_goes_on import FeatureGoesOn
from tierkeeper.rules.bundled.tiers.given_back import GivenBack
from tierkeeper.rules.bundled.tiers.incomplete_handover import IncompleteHandover
from tierkeeper.rules.bundled.tiers.kind_border import KindBorder
from tierkeeper.rules.bundled.tiers.one_fault import OneFault
from tierkeeper.rules.bundled.tiers.ping_pong import PingPong
from tierkeeper.rules.bundled.tiers.reopened import Reopened
from tierkeeper.rules.bundled.tiers.severity_border import SeverityBorder
from tierkeeper.rules.bundled.tiers.skipped_tier import SkippedTier
from tierkeeper.rules.bundled.tiers.stranger_hands_on import StrangerHandsOn
from tierkeeper.rules.bundled.tiers.support_sized_work import SupportSizedWork
from tierkeeper.rules.bundled.tiers.time_box import TimeBox
from tierkeeper.rules.bundled.tiers.time_spent_first import TimeSpentFirst


@hookimpl
def tierkeeper_rules() -> Iterable[type[Rule]]:
    """Every bundled rule."""
    return [
        BypassedKeyUsers,
        StrangerHandsOn,
        IncompleteHandover,
        TimeSpentFirst,
        DisputedEstimate,
        SeverityBorder,
        SupportSizedWork,
        KindBorder,
        PingPong,
        GivenBack,
        DoneIsNotDone,
        ComponentTeam,
        TimeBox,
        OneFault,
        SkippedTier,
        ClosedUnanswered,
        Reopened,
        FeatureGoesOn,
        NoPriority,
        AppealUnanswered,
        GuardedFacet,
        NotTheOwner,
        PromiseLabel,
        Ladder,
        Waits,
    ]


@hookimpl
def tierkeeper_commands() -> Iterable[type[DeskCommand]]:
    """Every bundled command."""
    return [
        HandOver,
        Appeal,
        Decide,
        SetPriority,
        Release,
        Take,
        Why,
        SetEstimate,
        RecordWork,
        SetSeverity,
        SetKind,
        JoinReport,
        WaitFor,
        Resume,
    ]
