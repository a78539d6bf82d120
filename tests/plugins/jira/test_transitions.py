"""Statuses are reached through transitions: found by where they lead, over several hops, never guessed."""

from collections.abc import Iterator
from typing import Any

import pytest
from jira_bench import DEV, HELP, JiraBench, jira_bench

from tierkeeper.plugins.errors import WriteRefused
from tierkeeper.plugins.model.change import Applied, Change, SetState
from tierkeeper.plugins.model.event import Snapshot


@pytest.fixture
def service() -> Iterator[JiraBench]:
    """A service project whose workflow has several hops and a required field."""
    with jira_bench(HELP) as made:
        yield made


def apply(bench: JiraBench, issue: str, *changes: Change) -> None:
    found = bench.tracker.apply(bench.ref(issue), bench.queue, changes)
    assert isinstance(found, Applied), found


def read(bench: JiraBench, issue: str) -> Snapshot:
    found = bench.tracker.read(bench.ref(issue), bench.queue)
    assert isinstance(found, Snapshot)
    return found


def test_j16_a_status_is_reached_by_several_hops_and_what_must_be_filled_is_filled_by_the_reason(
    service: JiraBench,
) -> None:
    other = service.create_issue("key-user-1", "Another one")
    service.store.transition(other, "help-desk-1", "In Progress")
    issue = service.create_issue("key-user-1", "It fails")
    service.asked()
    apply(service, issue, SetState(open=False, reason="won't do"))
    now = read(service, issue).issue
    assert (now.open, now.fields["status"], now.reason) == (False, "Closed", "Won't Do")


def test_j16_a_way_is_found_by_where_it_leads_not_by_its_name(service: JiraBench) -> None:
    service.store.add_workflow(
        "Odd",
        statuses={"Open": "new", "In Progress": "indeterminate", "Waiting": "indeterminate"},
        transitions=[
            ("2", "Waiting", "Open", "In Progress"),
            ("3", "In Progress", "Open", "Waiting"),
        ],
    )
    service.store.add_project("ODD", workflow="Odd")
    bench = service
    bench.queue, bench.project = type(service.queue)("odd", "jira", "ODD"), "ODD"
    issue = bench.create_issue("support-1", "It fails")
    apply(bench, issue, SetState(open=True, status="waiting"))
    assert read(bench, issue).issue.fields["status"] == "Waiting"


def test_a_step_into_the_unknown_is_taken_where_no_issue_shows_the_way(service: JiraBench) -> None:
    issue = service.create_issue("key-user-1", "It fails")
    apply(service, issue, SetState(open=True, status="Waiting"))
    assert read(service, issue).issue.fields["status"] == "Waiting"


def test_a_workflow_without_a_way_is_one_clear_message_and_moves_nothing() -> None:
    with jira_bench(DEV) as bench:
        issue = bench.create_issue(bench.bob, "It fails")
        with pytest.raises(
            WriteRefused, match=r"no way from 'To Do' to 'Elsewhere'; ways out: In Progress → In Progress"
        ):
            apply(bench, issue, SetState(open=True, status="Elsewhere"))
        assert bench.bodies("POST", "/transitions") == []


def test_an_issue_that_gets_stuck_on_the_way_is_put_back(service: JiraBench) -> None:
    service.store.add_workflow(
        "Trap",
        statuses={"Open": "new", "In Progress": "indeterminate", "Waiting": "indeterminate", "Closed": "done"},
        transitions=[("1", "Start", "Open", "In Progress"), ("2", "Back", "In Progress", "Open")],
    )
    service.store.add_project("TRAP", workflow="Trap")
    service.queue, service.project = type(service.queue)("trap", "jira", "TRAP"), "TRAP"
    issue = service.create_issue("support-1", "It fails")
    with pytest.raises(WriteRefused, match="status In Progress, status Open"):
        apply(service, issue, SetState(open=False))
    assert read(service, issue).issue.fields["status"] == "Open"


def test_a_required_field_that_nobody_fills_is_named(service: JiraBench) -> None:
    issue = service.create_issue("key-user-1", "It fails")
    service.store.transition(issue, "help-desk-1", "In Progress")
    with pytest.raises(WriteRefused, match="transition 'Close' to 'Closed' wants 'Resolution' filled"):
        apply(service, issue, SetState(open=False))
    assert read(service, issue).issue.fields["status"] == "In Progress"


def test_two_ways_to_one_status_take_the_one_without_a_screen(service: JiraBench) -> None:
    service.store.add_workflow(
        "Two",
        statuses={"Open": "new", "Closed": "done"},
        transitions=[("1", "Close with care", "Open", "Closed", ["resolution"]), ("2", "Just close", "Open", "Closed")],
    )
    service.store.add_project("TWO", workflow="Two")
    service.queue, service.project = type(service.queue)("two", "jira", "TWO"), "TWO"
    issue = service.create_issue("support-1", "It fails")
    apply(service, issue, SetState(open=False))
    assert service.bodies("POST", "/transitions") == [{"transition": {"id": "2"}}]


def test_two_ways_to_one_status_that_both_want_something_are_one_clear_message(service: JiraBench) -> None:
    made = [("1", "Solve", "Open", "Closed", ["resolution"]), ("2", "Reject", "Open", "Closed", ["resolution"])]
    issue = issue_of_workflow(service, "Both", {"Closed": "done"}, made)
    with pytest.raises(WriteRefused, match=r"2 transitions lead to 'Closed', each with fields .* \(Solve, Reject\)"):
        apply(service, issue, SetState(open=False))
    assert service.bodies("POST", "/transitions") == []


def test_of_two_closed_statuses_none_is_guessed_and_the_one_that_is_named_is_taken(service: JiraBench) -> None:
    made = [("1", "Cancel", "Open", "Cancelled"), ("2", "Solve", "Open", "Done")]
    issue = issue_of_workflow(service, "Ends", {"Cancelled": "done", "Done": "done"}, made)
    with pytest.raises(WriteRefused, match=r"2 closed statuses can be reached from here \(Cancelled, Done\)"):
        apply(service, issue, SetState(open=False))
    assert service.bodies("POST", "/transitions") == []
    apply(service, issue, SetState(open=False, status="Done"))
    assert read(service, issue).issue.fields["status"] == "Done"


def issue_of_workflow(bench: JiraBench, name: str, ends: dict[str, str], made: list[tuple[Any, ...]]) -> str:
    """A new issue in a project with this workflow, which begins with Open."""
    bench.store.add_workflow(name, statuses={"Open": "new", **ends}, transitions=made)
    bench.store.add_project(name.upper(), workflow=name)
    bench.queue, bench.project = type(bench.queue)(name.lower(), "jira", name.upper()), name.upper()
    return bench.create_issue("support-1", "It fails")
