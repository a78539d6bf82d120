"""GitHub's JSON becomes the model, whatever it holds."""

import time
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.plugins.errors import UnexpectedAnswer
from tierkeeper.plugins.github.convert import (
    RawEvent,
    RawIssue,
    decode_comments,
    decode_events,
    decode_issues,
    marker_line,
    read_marker,
    to_comment,
    to_event,
    to_issue,
)
from tierkeeper.plugins.model.event import Event
from tierkeeper.plugins.model.issue import Account, Comment
from tierkeeper.plugins.transport.answer import Answer

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
USER = {"login": "dev-1", "type": "User", "id": 7}


def answer(rows: Any) -> Answer:
    return Answer(200, {}, msgspec.json.encode(rows), "http://127.0.0.1/x")


def issue(**values: Any) -> dict[str, Any]:
    times = {"created_at": "2026-11-23T08:00:00Z", "updated_at": "2026-11-23T08:00:00Z"}
    return {"number": 1, "title": "t", "state": "open", "user": USER, "labels": [], **times, **values}


def event(kind: str, **values: Any) -> Event | None:
    row = {"id": 5, "event": kind, "created_at": "2026-11-23T08:00:00Z", "actor": USER, "issue": {"number": 1}}
    return to_event(msgspec.convert(row | values, RawEvent))


def comment(**values: Any) -> Comment | None:
    times = {"created_at": "2026-11-23T08:00:00Z", "updated_at": "2026-11-23T08:01:00Z"}
    links = {"issue_url": "http://x/repos/o/r/issues/31", "html_url": "http://x/o/r/issues/31#issuecomment-9"}
    (raw,) = decode_comments(answer([{"id": 9, "body": "b", "user": USER, **times, **links, **values}]))
    return to_comment(raw)


def test_an_issue_keeps_all_that_the_model_has_room_for() -> None:
    row = issue(
        labels=[{"name": "tier:support"}, "plain", {"name": None}],
        assignees=[USER],
        body="b",
        state="closed",
        state_reason="not_planned",
        comments=3,
        locked=True,
        html_url="http://x/o/r/issues/1",
    )
    (raw,) = decode_issues(answer([row]))
    found = to_issue(raw, "webapp")
    assert (found.ref.id, found.ref.key, str(found.ref)) == ("1", "1", "webapp#1")
    assert (found.labels, found.assignees) == (("tier:support", "plain"), (Account("dev-1"),))
    assert (found.open, found.reason, found.comments, found.locked) == (False, "not_planned", 3, True)
    assert (found.created, found.author, found.url) == (AT, Account("dev-1"), "http://x/o/r/issues/1")


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (None, None),
        ({"login": "ghost", "type": "User"}, Account("ghost", kind="deleted")),
        ({"login": "robo", "type": "Bot"}, Account("robo", kind="bot")),
        ({"login": "app[bot]", "type": "User"}, Account("app[bot]", kind="bot")),
        ({"login": "Ünïcode-名前", "type": "User"}, Account("Ünïcode-名前")),
    ],
)
def test_accounts_are_human_bot_or_deleted(user: Any, expected: Account | None) -> None:
    assert to_issue(msgspec.convert(issue(user=user), RawIssue, strict=False), "q").author == expected


def test_a_time_with_another_offset_is_the_same_moment_in_utc() -> None:
    (raw,) = decode_issues(answer([issue(created_at="2026-11-23T13:30:00+05:30")]))
    assert to_issue(raw, "q").created.isoformat() == "2026-11-23T08:00:00+00:00"


def test_an_issue_that_does_not_read_as_one_stops_the_reading() -> None:
    with pytest.raises(UnexpectedAnswer, match="does not read as expected"):
        decode_issues(answer([issue(), {"number": "31"}]))
    with pytest.raises(UnexpectedAnswer):
        decode_issues(answer([issue(updated_at="2026-11-23T08:00:00")]))


def test_an_event_that_does_not_read_as_one_is_passed_over_and_the_others_are_kept() -> None:
    good = {"id": 5, "event": "reopened", "created_at": "2026-11-23T08:00:00Z", "issue": {"number": 1}}
    assert [row.id for row in decode_events(answer([{"id": None}, good, {"event": 3}, "text", good | {"id": 6}]))] == [
        5,
        6,
    ]
    with pytest.raises(UnexpectedAnswer):
        decode_events(answer({"message": "no list"}))


@pytest.mark.parametrize("kind", ["subscribed", "mentioned", "field_added", "from-the-future", ""])
def test_kinds_of_events_that_nobody_asked_for_are_ignored(kind: str) -> None:
    assert event(kind) is None


@pytest.mark.parametrize(
    ("kind", "values"), [("labeled", {"label": None}), ("renamed", {}), ("unlabeled", {"label": {}})]
)
def test_half_an_event_is_ignored(kind: str, values: dict[str, Any]) -> None:
    assert event(kind, **values) is None


def test_labels_titles_and_states_say_before_and_after() -> None:
    found = [
        event("labeled", label={"name": "tier:support"}),
        event("unlabeled", label={"name": "größe:名"}),
        event("closed", state_reason="not_planned"),
        event("reopened"),
        event("renamed", rename={"from": "a", "to": "b"}),
    ]
    assert [(one.kind, one.name, one.before, one.after) for one in found if one] == [
        ("label", "tier:support", None, "tier:support"),
        ("label", "größe:名", "größe:名", None),
        ("state", "not_planned", "open", "closed"),
        ("state", "", "closed", "open"),
        ("title", "", "a", "b"),
    ]


def test_g17_an_assignment_was_done_by_the_assigner_and_without_one_by_nobody_known() -> None:
    assigned = event("assigned", assignee=USER, assigner={"login": "lead"})
    unassigned = event("unassigned", assignee=USER, assigner=None)
    assert assigned is not None
    assert unassigned is not None
    assert (assigned.after, assigned.actor) == ("dev-1", Account("lead"))
    assert (unassigned.before, unassigned.actor) == ("dev-1", None)


def test_g18_an_event_knows_its_label_and_the_app_that_it_was_done_through() -> None:
    found = event("labeled", label={"name": "x"}, performed_via_github_app={"slug": "triage-app"})
    assert found is not None
    assert (found.name, found.app) == ("x", "triage-app")


def test_g16_events_and_comments_of_pull_requests_are_dropped() -> None:
    assert event("reopened", issue={"number": 2, "pull_request": {"url": "u"}}) is None
    assert comment(html_url="http://x/o/r/pull/31#issuecomment-9") is None
    assert comment() is not None


def test_an_event_whose_issue_is_gone_is_dropped() -> None:
    assert event("reopened", issue=None) is None


def test_a_comment_knows_its_issue_its_marker_and_that_it_was_edited() -> None:
    found = comment(body="Hello\r\n\r\n<!-- tierkeeper:tell:TR01:9 -->\r\n")
    assert found is not None
    assert (found.issue, found.marker, found.edited) == ("31", "tell:TR01:9", True)


@pytest.mark.parametrize(
    "body", ["", "> <!-- tierkeeper:status -->", "see `<!-- tierkeeper:status -->`", "<!-- tier -->"]
)
def test_a_marker_counts_only_on_a_line_of_its_own(body: str) -> None:
    assert read_marker(body) == ""


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])))
@settings(deadline=None)
def test_every_marker_comes_back_as_it_was(key: str) -> None:
    line = marker_line(key)
    assert line.count("-->") == 1
    assert read_marker(f"Hello\n\n{line}") == key


def test_bytes_become_issues_at_twenty_five_thousand_a_second() -> None:
    labels = [{"name": f"l{number}"} for number in range(3)]
    page = answer([issue(number=number, body="b" * 1500, labels=labels, assignees=[USER]) for number in range(100)])
    began = time.process_time()
    for _ in range(50):
        assert len([to_issue(raw, "q") for raw in decode_issues(page)]) == 100
    assert 5000 / (time.process_time() - began) > 25_000
