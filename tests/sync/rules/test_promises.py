"""Promises over HTTP: labels change in the first cycle at or after the moment, whatever cycles were late or missed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import REPO, World, minutes, world
from jira_desk import JiraDesk, jira_desk

PROMISES = """\
calendar: office
calendars: {office: {hours: {mon-fri: ["08:00-12:00", "13:00-18:00"]}}}
facets:
  due: {TRACKER: {KEPT}}
promises:
  targets:
    - {when: {kind: feature}, promise: none}
    - {first_response: 2bh, resolution: 1bd}
"""
RULE = "PR01:"


PLACES = {
    "github": 'label: "due:"',
    "github-field": "field: Target date",
    "jira": "field: Due time",
    "jira-day": "field: Target date",
    "jira-own-day": "field: duedate",
}
"""Where the due time is kept: as a day, but for Jira's field with a time."""


@pytest.fixture(params=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    jira = request.param.startswith("jira")
    with (jira_desk if jira else world)(tmp_path) as made:
        if isinstance(made, JiraDesk):
            made.box.store.add_field("Due time", type="datetime")
            made.box.store.add_field("Target date", type="date")
        else:
            made.box.store.add_issue_field("example", "Target date", "date")
        for label in () if jira else ("waiting:reporter", "kind:feature", "sla:ok"):
            made.box.store.add_label(REPO, label)
        made.extra = PROMISES.replace("TRACKER", request.param.partition("-")[0]).replace("KEPT", PLACES[request.param])
        made.rules = [RULE]
        made.mode = "flag"
        made.cycle()
        yield made


def sla(desk: World, number: int) -> set[str]:
    return {label for label in desk.labels(number) if label.startswith("sla:")}


def reported(desk: World) -> int:
    """Reported on Monday at 9:00 in Berlin, in the calendar's hours."""
    return desk.reports("key-user-2", "Export fails", ("instance:pune-01",))


def test_the_label_follows_the_clock_from_ok_to_at_risk_to_breached(desk: World) -> None:
    number = reported(desk)
    desk.later()
    report = desk.run_quiet()
    assert (sla(desk, number), report.guarded) == ({"sla:ok"}, 0)
    desk.later(minutes(89) - 61)
    assert (desk.run_quiet().judged, sla(desk, number)) == (0, {"sla:ok"})
    desk.later(minutes(1))
    assert (desk.run_quiet().judged, sla(desk, number)) == (1, {"sla:at-risk"})
    desk.later(minutes(30) - 1)
    assert (desk.run_quiet().judged, sla(desk, number)) == (0, {"sla:at-risk"})
    desk.later(1)
    report = desk.run_quiet()
    assert sla(desk, number) == {"sla:breached"}
    (step,) = [step for plan in report.plans for step in plan.steps if step.facet == "sla"]
    assert "first answer was due 23 Nov 2026 11:00 CET" in step.reason
    assert step.evidence == ("first response:1@2026-11-23T10:00:00Z",)
    assert not any(label.startswith("flag:") for label in desk.labels(number))


def test_cycles_that_come_late_or_not_at_all_change_nothing_but_when_the_label_comes(desk: World) -> None:
    number = reported(desk)
    desk.later(minutes(110))
    desk.says("help-desk-1", number, "Which browser?")  # ten minutes before it was due, and no run saw it
    desk.later(minutes(600))
    desk.run_quiet()
    assert sla(desk, number) == {"sla:at-risk"}  # the answer was in time; the solution is due the next morning
    late = desk.reports("key-user-1", "Login loops")  # on Monday evening: due on Tuesday at 10:00
    desk.later(minutes(17 * 60))
    desk.says("help-desk-1", late, "Try again.")  # an hour too late, and no run saw it
    desk.closes("help-desk-1", late)
    desk.later(minutes(2 * 24 * 60))
    report = desk.run_quiet()
    assert sla(desk, late) == {"sla:breached"}
    assert report.problems == []


def test_a_late_cycle_says_breached_with_the_moment_itself(desk: World) -> None:
    number = reported(desk)
    desk.later(minutes(7 * 24 * 60))
    report = desk.run_quiet()
    (step,) = [step for plan in report.plans for step in plan.steps if step.facet == "sla"]
    assert (sla(desk, number), step.evidence) == ({"sla:breached"}, ("first response:1@2026-11-23T10:00:00Z",))


@pytest.mark.parametrize("desk", PLACES, indirect=True)
def test_waiting_pauses_it_and_the_reporters_answer_moves_the_due_time(desk: World) -> None:
    number = reported(desk)
    desk.later(minutes(60))
    desk.says("help-desk-1", number, "Which browser?")
    desk.labels_issue("help-desk-1", number, "waiting:reporter")
    desk.later()
    desk.run_quiet()
    assert sla(desk, number) == {"sla:paused"}
    assert due(desk, number) is None
    desk.later(minutes(3 * 24 * 60))  # Thursday, 10:01
    desk.run_quiet()
    assert sla(desk, number) == {"sla:paused"}
    desk.says("key-user-2", number, "All of them.")
    desk.later()
    desk.run_quiet()
    assert sla(desk, number) == {"sla:ok"}
    assert due(desk, number) in {"2026-11-27", "2026-11-27T08:01:01Z"}


def due(desk: World, number: int) -> str | None:
    """The due time as the tracker keeps it: the day, or in Jira's field with a time the moment."""
    if not isinstance(desk, JiraDesk):
        shown = desk.call("desk-leader", "GET", f"/issues/{number}")
        return next(
            (label[4:] for label in desk.labels(number) if label.startswith("due:")),
            next((one["value"] for one in shown["issue_field_values"]), None),
        )
    fields = desk.call("desk-leader", "GET", f"/issue/{desk.project}-{number}")["fields"]
    kept = [value for name, value in fields.items() if (name.startswith("customfield_") or name == "duedate") and value]
    return (kept[0] if len(kept[0]) == 10 else kept[0][:19] + "Z") if kept else None


@pytest.mark.parametrize("desk", PLACES, indirect=True)
def test_the_due_time_is_kept_where_the_tracker_can(desk: World) -> None:
    number = reported(desk)
    desk.later()
    desk.run_quiet()
    assert due(desk, number) in {"2026-11-23", "2026-11-23T10:00:00Z"}
    before = len(desk.writes())
    desk.later()
    desk.run_quiet()
    assert len(desk.writes()) == before
    desk.closes("help-desk-1", number)
    desk.later()
    desk.run_quiet()
    assert due(desk, number) is None
    assert sla(desk, number) == {"sla:ok"}


def test_who_changes_the_label_finds_it_put_right_without_a_word(desk: World) -> None:
    number = reported(desk)
    desk.later(minutes(121))
    desk.run_quiet()
    for _ in range(3):
        desk.labels_issue("help-desk-1", number, "sla:ok")
        desk.later()
        desk.run_quiet()
        assert sla(desk, number) == {"sla:breached"}
    desk.unlabels("help-desk-1", number, "sla:breached")
    desk.later()
    report = desk.run_quiet()
    assert (sla(desk, number), report.guarded) == ({"sla:breached"}, 0)
    assert desk.comments(number) == []


def test_an_idle_cycle_judges_nothing_and_writes_nothing(desk: World) -> None:
    for _ in range(5):
        reported(desk)
    desk.later()
    assert desk.run_quiet().judged == 5
    before = len(desk.writes())
    for _ in range(3):
        desk.later(minutes(5))
        assert desk.cycle().judged == 0
    assert len(desk.writes()) == before
    desk.later(minutes(75))
    assert desk.cycle().judged == 5  # all of them are at risk now


def test_the_status_comment_says_what_is_promised_where_the_desk_announces_it(desk: World) -> None:
    desk.extra += "  announce: always\n"
    number = reported(desk)
    desk.later()
    desk.run_quiet()
    (said,) = desk.comments(number)
    assert "first answer due" in said
    assert "Mon 23 Nov 2026 11:00 CET" in said
    assert "(15:30 IST at the reporter's)" in said
    desk.later(minutes(119))
    desk.run_quiet()
    (said,) = desk.comments(number)
    assert "first answer was due" in said
    feature = desk.reports("key-user-1", "Add a button", ("kind:feature",))
    desk.later()
    desk.run_quiet()
    (said,) = desk.comments(feature)
    assert "no promise" in said
    assert sla(desk, feature) == set()


def test_an_outcome_is_kept_when_the_catalogue_changes(desk: World) -> None:
    number = reported(desk)
    desk.later(minutes(121))
    desk.says("help-desk-1", number, "Which browser?")
    desk.closes("help-desk-1", number)
    desk.later()
    desk.run_quiet()
    assert sla(desk, number) == {"sla:breached"}
    desk.extra = desk.extra.replace("first_response: 2bh", "first_response: 8bh")
    desk.reopens("key-user-1", number)
    desk.closes("help-desk-1", number)
    desk.later()
    desk.run_quiet()
    assert sla(desk, number) == {"sla:breached"}
