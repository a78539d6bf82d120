"""Facets in Jira's own fields: read in the policy's spelling, custom fields by name, history included."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jira_desk import JiraDesk, jira_desk

from tierkeeper.plugins.model.case import Case
from tierkeeper.rules.reading import Reader, read_case
from tierkeeper.sync.ledger import Ledger

FACETS = """\
facets:
  priority: {values: [urgent, high, medium, low], jira: {field: priority}}
  severity: {values: [minor, major], jira: {field: Severity}}
  estimate: {jira: {field: timeoriginalestimate}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[JiraDesk]:
    with jira_desk(tmp_path) as made:
        made.extra = FACETS
        made.box.store.add_field("Severity", type="option", options=["Minor", "Major"])
        made.box.store.add_project("CUS")
        made.project = "CUS"
        yield made


def case_of(desk: JiraDesk, number: int) -> Case:
    policy = desk.policy()
    with Ledger.open(desk.ledger_path, desk=policy.desk.name) as ledger:
        known = ledger.history("webapp", f"CUS-{number}")
    assert known is not None
    reader = Reader(desk=policy.desk, tracker="jira", own=desk.ids["tierkeeper"], since=None)
    return read_case(known.history, reader, desk.box.now)


def edit(desk: JiraDesk, who: str, number: int, fields: dict[str, Any]) -> None:
    desk.call(who, "PUT", f"/issue/CUS-{number}", {"fields": fields})


def test_native_values_are_read_in_the_policys_spelling_with_their_history(desk: JiraDesk) -> None:
    field = desk.box.store.field("Severity").id
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    edit(desk, "support-1", number, {"priority": {"name": "High"}})
    edit(desk, "support-1", number, {field: {"value": "Major"}})
    edit(desk, "support-1", number, {"timetracking": {"originalEstimate": "4h"}})
    desk.later()
    desk.run_quiet()
    case = case_of(desk, number)
    assert (case.priority, case.severity) == ("high", "major")
    assert case.estimate is not None
    assert case.estimate.minutes == 240
    assert [(change.after, change.by) for change in case.changes["severity"]] == [("major", "support-1")]
    assert case.untrusted == frozenset()
