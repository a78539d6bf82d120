"""What the scenarios of the daily census share: an issue at the help desk, a day that passes, what the ledger holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jira_desk import JiraDesk

from tierkeeper.sync.ledger import Known, Ledger

if TYPE_CHECKING:
    from desk_world import World

    from tierkeeper.sync.report import Report

DAY = 86_400
PROJECT = "HELP"


def with_help_desk(desk: World) -> int:
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    return number


def known(desk: World, number: int) -> Known:
    key = f"{PROJECT}-{number}" if isinstance(desk, JiraDesk) else str(number)
    with Ledger.open(desk.ledger_path, desk="Web application", read_only=True) as ledger:
        found = ledger.history("webapp", key)
    assert found is not None
    return found


def listing(desk: World) -> int:
    """How many requests a census takes that finds nothing."""
    return 1 if isinstance(desk, JiraDesk) else 2


def next_day(desk: World) -> Report:
    desk.later(DAY)
    report = desk.cycle()
    assert report.problems == []
    return report
