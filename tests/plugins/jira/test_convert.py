"""From Jira's JSON to the model: times, people, values, comments, changelogs."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from tierkeeper.plugins.errors import NotFound, UnexpectedAnswer, WriteRefused
from tierkeeper.plugins.jira.convert import (
    RawComment,
    RawIssue,
    RawUser,
    decode_fields,
    fingerprint,
    moment,
    moment_of,
    to_account,
    to_comment,
    to_issue,
)
from tierkeeper.plugins.jira.fields import (
    Field,
    estimate_minutes,
    find_field,
    same_value,
    shown_value,
    written_value,
)
from tierkeeper.plugins.jira.history import RawHistory, Words, events_of
from tierkeeper.plugins.model.event import Event
from tierkeeper.plugins.model.issue import Account, Issue

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANNA = {"accountId": "a", "displayName": "Anna", "accountType": "atlassian", "active": True}
SEVERITY = Field("customfield_1", "Severity", "option", custom=True)
DUE = Field("customfield_2", "Due by", "datetime", custom=True)
WORDS = Words({"customfield_1": ("Severity", SEVERITY), "customfield_2": ("Due by", DUE)}, {"1": False, "3": True})


def raw_issue(**fields: Any) -> RawIssue:
    given = {
        "summary": "It fails",
        "created": "2026-11-23T12:00:00.000+0000",
        "updated": "2026-11-23T13:00:00.000+0100",
        "status": {"id": "1", "name": "Open", "statusCategory": {"key": "new"}},
        "reporter": ANNA,
        "creator": {**ANNA, "accountId": "creator"},
        **fields,
    }
    return RawIssue("10001", "HELP-1", msgspec.Raw(msgspec.json.encode(given)))


def issue_of(**fields: Any) -> Issue:
    raw = raw_issue(**fields)
    return to_issue(raw, decode_fields(raw), "help", custom={"Severity": SEVERITY, "Due by": DUE}, site="https://x")


def history(number: int, *items: dict[str, Any], at: Any = None, author: Any = ANNA) -> RawHistory:
    given = {"id": str(number), "created": at or 1_795_435_200_000 + number, "author": author, "items": list(items)}
    return msgspec.convert(given, RawHistory)


def item(field: str, before: Any, after: Any, *, ids: tuple[Any, Any] = (None, None)) -> dict[str, Any]:
    return {
        "field": field,
        "fieldId": field,
        "from": ids[0],
        "to": ids[1],
        "fromString": before,
        "toString": after,
    }


def events(issue: Issue, *histories: RawHistory) -> list[Event]:
    return events_of(issue, Account("creator"), histories, WORDS)


def told(found: list[Event]) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.kind, one.name, one.before, one.after) for one in found]


@pytest.mark.parametrize(
    "text", ["2026-11-23T12:00:00.000+0000", "2026-11-23T13:00:00.000+0100", "2026-11-23T12:00:00Z"]
)
def test_times_are_utc_whatever_their_offset(text: str) -> None:
    assert moment(text) == NOON
    assert moment(text).tzinfo is UTC


@pytest.mark.parametrize("number", [1_795_435_200_000, 1_795_435_200, "2026-11-23T12:00:00.000+0000"])
def test_a_changelogs_time_is_read_as_text_as_milliseconds_and_as_seconds(number: Any) -> None:
    assert moment_of(number) == NOON


@pytest.mark.parametrize(
    ("kind", "expected"), [("atlassian", "human"), ("customer", "human"), ("app", "app"), ("novelty", "human")]
)
def test_accounts_are_human_unless_they_are_apps(kind: str, expected: str) -> None:
    assert to_account(RawUser("a", "Anna", kind)) == Account("a", "Anna", expected)  # type: ignore[arg-type]  # one of the kinds


def test_an_erased_account_is_nobody() -> None:
    assert to_account(None) is None
    assert to_account(RawUser("unknown", "Former user")) is None


def test_an_issue_shows_its_native_values_as_people_see_them() -> None:
    issue = issue_of(
        priority={"id": "2", "name": "High"},
        timeoriginalestimate=3600,
        customfield_1={"id": "7", "value": "major"},
        customfield_2="2026-11-23T13:00:00.000+0100",
        labels=["a", "b"],
        assignee=ANNA,
    )
    assert issue.fields == {
        "status": "Open",
        "priority": "High",
        "timeoriginalestimate": "3600",
        "Severity": "major",
        "Due by": "2026-11-23T12:00:00Z",
    }
    assert (issue.open, issue.labels, issue.assignees) == (True, ("a", "b"), (Account("a", "Anna"),))
    assert (issue.ref.id, issue.ref.key, issue.url) == ("10001", "HELP-1", "https://x/browse/HELP-1")
    assert issue.author == Account("a", "Anna")


def test_a_closed_issue_says_why() -> None:
    done = {"id": "3", "name": "Closed", "statusCategory": {"key": "done"}}
    assert (issue_of(status=done).open, issue_of(status=done).reason) == (False, "Closed")
    assert issue_of(status=done, resolution={"name": "Duplicate"}).reason == "Duplicate"


def test_a_change_of_any_field_changes_the_fingerprint() -> None:
    assert fingerprint(raw_issue()) == fingerprint(raw_issue())
    assert fingerprint(raw_issue()) != fingerprint(raw_issue(summary="Another"))


def test_an_issue_that_does_not_read_as_one_is_an_error_that_names_it() -> None:
    for broken in (raw_issue(updated="soon"), raw_issue(labels=5), RawIssue("1", "X-1", msgspec.Raw(b"{}"))):
        with pytest.raises(UnexpectedAnswer, match="does not read as an issue"):
            decode_fields(broken)


@pytest.mark.parametrize(
    ("more", "internal"),
    [
        ({}, False),
        ({"jsdPublic": True}, False),
        ({"jsdPublic": False}, True),
        ({"visibility": {"type": "role", "value": "Developers"}}, True),
    ],
)
def test_a_comment_that_customers_do_not_see_is_internal(more: dict[str, Any], internal: bool) -> None:
    given = {"id": "1", "created": "2026-11-23T12:00:00.000+0000", "updated": "2026-11-23T12:00:00.000+0000", **more}
    raw = msgspec.json.decode(msgspec.json.encode(given), type=RawComment)
    assert to_comment(raw, "10001").internal is internal


def test_labels_become_one_event_each_with_an_id_that_stays() -> None:
    issue = issue_of(labels=["b", "c"])
    entry = history(7, item("summary", "x", "y"), item("labels", "a b", "b c"))
    made = events(issue, entry)
    assert told(made) == [
        ("label", "b", None, "b"),
        ("label", "a", None, "a"),
        ("title", "", "x", "y"),
        ("label", "a", "a", None),
        ("label", "c", None, "c"),
    ]
    assert [one.id for one in made] == [
        "created:10001:label:b",
        "created:10001:label:a",
        "7:0",
        "7:1.0",
        "7:1.1",
    ]


def test_first_values_are_walked_back_through_the_whole_changelog() -> None:
    issue = issue_of(priority={"name": "Low"}, assignee=ANNA, labels=[])
    made = events(
        issue,
        history(2, item("priority", "High", "Low")),
        history(1, item("priority", "Urgent", "High"), item("assignee", "Bob", "Anna", ids=("b", "a"))),
    )
    assert told(made) == [
        ("assignee", "", None, "b"),
        ("field", "priority", None, "Urgent"),
        ("field", "priority", "Urgent", "High"),
        ("assignee", "", "b", "a"),
        ("field", "priority", "High", "Low"),
    ]
    assert {one.actor.id for one in made[:2] if one.actor} == {"creator"}
    assert {one.at for one in made[:2]} == {NOON}


def test_a_value_that_was_empty_at_first_was_not_given_at_creation() -> None:
    issue = issue_of(customfield_1={"value": "major"})
    assert told(events(issue, history(1, item("customfield_1", None, "major")))) == [
        ("field", "Severity", None, "major")
    ]


def test_custom_times_and_estimates_are_told_as_the_issue_shows_them() -> None:
    issue = issue_of(timeoriginalestimate=7200, customfield_2="2026-11-23T12:00:00.000+0000")
    made = events(
        issue,
        history(1, item("timeoriginalestimate", "1h", "2h", ids=("3600", "7200"))),
        history(2, item("customfield_2", "23/Nov/26", "23/Nov/26", ids=(None, "2026-11-23T13:00:00.000+0100"))),
    )
    assert ("field", "timeoriginalestimate", "3600", "7200") in told(made)
    assert made[-1].after == issue.fields["Due by"]


def test_a_status_in_the_same_category_changes_no_state() -> None:
    made = events(issue_of(), history(1, item("status", "Open", "Waiting", ids=("1", "2"))))
    assert told(made) == [("field", "status", "Open", "Waiting")]


def test_a_closing_bears_the_resolution_that_came_with_it() -> None:
    entry = history(1, item("resolution", None, "Done"), item("status", "Open", "Closed", ids=("1", "3")))
    state = [one for one in events(issue_of(), entry) if one.kind == "state"]
    assert told(state) == [("state", "Done", "open", "closed")]


def test_fields_that_are_not_tracked_make_no_events() -> None:
    assert events(issue_of(), history(1, item("Rank", "", "1"), item("description", "a", "b"), {"field": "Link"})) == []


def test_an_act_of_an_app_or_of_nobody_is_known_as_such() -> None:
    app = {**ANNA, "accountId": "app", "accountType": "app", "displayName": "Automation"}
    by_app, by_nobody = events(
        issue_of(labels=["a", "b"]),
        history(1, item("labels", "", "a"), author=app),
        history(2, item("labels", "a", "a b"), author=None),
    )
    assert (by_app.actor and by_app.actor.kind, by_app.app) == ("app", "Automation")
    assert by_nobody.actor is None


# Fields


def test_a_field_is_found_by_id_or_by_its_only_name() -> None:
    fields = [Field("priority", "Priority"), SEVERITY, Field("customfield_9", "Twice", custom=True)]
    fields.append(Field("customfield_8", "Twice", custom=True))
    assert find_field("Priority", fields).id == "priority"
    assert find_field("severity", fields) is SEVERITY
    with pytest.raises(NotFound, match=r"2 fields named 'Twice'.*customfield_9, customfield_8"):
        find_field("Twice", fields)
    with pytest.raises(NotFound, match="no field 'Nothing'"):
        find_field("Nothing", fields)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        ("", None),
        ([], None),
        (3.0, "3"),
        (["a", {"value": "b"}], "a, b"),
        ({"displayName": "Anna"}, "Anna"),
    ],
)
def test_values_are_shown_as_people_see_them(value: Any, shown: str | None) -> None:
    assert shown_value(SEVERITY, value) == shown


def test_values_are_written_as_jira_takes_them() -> None:
    assert written_value(SEVERITY, "major") == {"customfield_1": {"value": "major"}}
    assert written_value(SEVERITY, None) == {"customfield_1": None}
    assert written_value(Field("n", "N", "number"), "1.5") == {"n": 1.5}
    assert written_value(Field("u", "U", "user"), "a") == {"u": {"accountId": "a"}}
    parts = Field("components", "Components", "array", items="component")
    assert written_value(parts, "ui, api") == {"components": [{"name": "ui"}, {"name": "api"}]}
    assert same_value(parts, "ui, api", "API, ui")
    assert not same_value(parts, "ui", "ui, api")
    assert written_value(DUE, "2026-11-23T13:00:00+01:00") == {"customfield_2": "2026-11-23T12:00:00.000+0000"}
    for field, text in ((Field("n", "N", "number"), "x"), (DUE, "soon"), (Field("o", "O", "sla"), "x")):
        with pytest.raises(WriteRefused):
            written_value(field, text)


@pytest.mark.parametrize(("text", "minutes"), [("3600", 60), ("1h 30m", 90), ("1d", 480), ("1w", 2400)])
def test_estimates_are_read(text: str, minutes: int) -> None:
    assert estimate_minutes(text) == minutes


def test_an_estimate_without_a_unit_that_is_known_is_refused() -> None:
    with pytest.raises(WriteRefused, match="'soon' is no estimate"):
        estimate_minutes("soon")


def test_two_spellings_of_one_value_are_the_same() -> None:
    assert same_value(Field("timeoriginalestimate", "E"), "1h", "3600")
    assert same_value(DUE, "2026-11-23T12:00:00+00:00", "2026-11-23T12:00:00Z")
    assert not same_value(SEVERITY, "major", None)
    assert same_value(SEVERITY, None, None)
