"""Clocks that stopped: how they ended is kept, so that an edited catalogue does not judge again what is done."""

from tierkeeper.plugins.model.event import Verdict
from tierkeeper.rules.clocks import CLOCK
from tierkeeper.sync.planning.sheet import Sheet


def keep_outcomes(sheet: Sheet) -> None:
    """Keep the outcome of each clock that has stopped, once; of one that its history does not explain, nothing."""
    known = {verdict.event for verdict in sheet.history.verdicts if verdict.facet == CLOCK}
    for clock in sheet.case.clocks:
        key = clock.outcome_key
        if key and key not in known and clock.target and not clock.incomplete:
            sheet.plan.verdicts.append(
                Verdict(
                    facet=CLOCK,
                    event=key,
                    outcome="set",
                    at=sheet.case.now,
                    after=clock.state,
                    clock=clock,
                    policy=sheet.bench.fingerprint,
                )
            )
