"""The plan for one issue: the difference between how it is and how the judgement says it should be."""

from datetime import timedelta

from tierkeeper.plugins.model.case import Case
from tierkeeper.plugins.model.event import History
from tierkeeper.rules.engine import Bench
from tierkeeper.rules.rulings import Judgement
from tierkeeper.sync.plan import IssuePlan
from tierkeeper.sync.planning.clocks import keep_outcomes
from tierkeeper.sync.planning.comments import acknowledge, show_status
from tierkeeper.sync.planning.facets import carry_out, refuse_commands, tidy, undo, want
from tierkeeper.sync.planning.flags import change_labels, set_flags, shadow
from tierkeeper.sync.planning.sheet import Sheet
from tierkeeper.sync.planning.tellings import tell


def plan_issue(history: History, case: Case, judgement: Judgement, bench: Bench, flag_prefix: str) -> IssuePlan:  # noqa: PLR0917 - the five things a plan is made of
    """The plan for one issue."""
    sheet = Sheet(history, case, judgement, bench)
    plan = sheet.plan
    plan.notices = list(judgement.unknown)
    plan.given_up = list(judgement.given_up)
    plan.failures = [str(failure) for failure in judgement.failures]
    if judgement.failures:
        return plan
    if judgement.waits_until is not None:
        plan.wake_at, plan.waiting = judgement.waits_until, True
        plan.unexplained = judgement.unexplained
        return plan
    plan.more = judgement.more
    wakes = [*judgement.wakes, *([case.now + timedelta(seconds=1)] if judgement.more else [])]
    plan.wake_at = min((at for at in wakes if at > case.now), default=None)
    plan.verdicts = list(judgement.verdicts)
    for put_back in judgement.put_backs:
        undo(sheet, put_back)
    for facet, ruling in judgement.wants.items():
        want(sheet, facet, ruling)
    for carried in judgement.carried:
        carry_out(sheet, carried.change)
    refuse_commands(sheet)
    acknowledge(sheet)
    tidy(sheet)
    set_flags(sheet, flag_prefix)
    for ruling in judgement.shadows:
        shadow(sheet, ruling)
    change_labels(sheet)
    keep_outcomes(sheet)
    tell(sheet)
    show_status(sheet)
    return plan
