"""Writes: one edit an issue, ways by target status, comments with their property; believed once the issue shows it."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from jira_bench import DEV, HELP, JiraBench, jira_bench

from tierkeeper.plugins.errors import Moved, OutOfBudget, WriteRefused
from tierkeeper.plugins.jira.convert import INTERNAL, MARKER
from tierkeeper.plugins.jira.texts import LONGEST_TEXT
from tierkeeper.plugins.jira.tracker import JiraTracker
from tierkeeper.plugins.model.change import (
    AddLabel,
    Applied,
    Assign,
    Change,
    DeleteComment,
    EditComment,
    PostComment,
    RemoveLabel,
    SetField,
    SetState,
    Unassign,
    Unknown,
)
from tierkeeper.plugins.model.event import Snapshot
from tierkeeper.plugins.tracker import Tracker


@pytest.fixture
def bench() -> Iterator[JiraBench]:
    with jira_bench(DEV) as made:
        yield made


@pytest.fixture
def service() -> Iterator[JiraBench]:
    """A service project whose workflow has several hops and a required field."""
    with jira_bench(HELP) as made:
        yield made


@pytest.fixture
def issue(bench: JiraBench) -> str:
    return bench.create_issue(bench.bob, "It fails", labels=["tier:key-users", "kind:bug"])


def apply(bench: JiraBench, issue: str, *changes: Change, tracker: Tracker | None = None) -> Applied:
    found = (tracker or bench.tracker).apply(bench.ref(issue), bench.queue, changes)
    assert isinstance(found, Applied), found
    return found


def read(bench: JiraBench, issue: str) -> Snapshot:
    found = bench.tracker.read(bench.ref(issue), bench.queue)
    assert isinstance(found, Snapshot)
    return found


def sent(bench: JiraBench, issue: str) -> list[str]:
    """What was asked of an issue: method and path behind its own."""
    mine = f"/rest/api/3/issue/{issue}"
    return [f"{m} {p.removeprefix(mine).partition('?')[0]}".strip() for m, p, _ in bench.asked() if p.startswith(mine)]


def test_all_that_is_wanted_is_one_edit_one_transition_and_one_comment(bench: JiraBench, issue: str) -> None:
    apply(bench, issue, AddLabel("tier:dev"), SetField("priority", "Low"))  # looks up what is kept for a day
    bench.asked()
    answer = apply(
        bench,
        issue,
        AddLabel("tier:support"),
        RemoveLabel("tier:key-users"),
        SetField("priority", "High"),
        Assign(bench.alice),
        SetState(open=False),
        PostComment("Hello", "status"),
    )
    assert sent(bench, issue) == ["GET", "PUT", "GET /transitions", "POST /transitions", "GET", "POST /comment"]
    assert answer.requests == 6
    assert set(answer.labels or ()) == {"kind:bug", "tier:support", "tier:dev"}
    now = read(bench, issue).issue
    assert (now.open, now.fields["priority"], [one.id for one in now.assignees]) == (False, "High", [bench.alice])
    assert answer.updated is not None
    assert answer.updated >= now.updated


def test_j10_an_edit_never_replaces_the_labels_of_others_and_names_people_by_account(
    bench: JiraBench, issue: str
) -> None:
    apply(bench, issue, AddLabel("tier:support"), Assign(bench.alice))
    (body,) = bench.bodies("PUT", issue)
    assert body["update"] == {"labels": [{"add": "tier:support"}]}
    assert body["fields"] == {"assignee": {"accountId": bench.alice}}
    assert not any("/user/" in path for _, path, _ in bench.asked())


def test_what_is_so_already_sends_no_edit(bench: JiraBench, issue: str) -> None:
    apply(bench, issue, Assign(bench.alice))
    bench.asked()
    apply(bench, issue, AddLabel("KIND:BUG"), Assign(bench.alice), Unassign(bench.bob), SetState(open=True))
    assert sent(bench, issue) == ["GET"]


def test_taking_somebody_off_leaves_another_one_assigned(bench: JiraBench, issue: str) -> None:
    apply(bench, issue, Assign(bench.alice))
    apply(bench, issue, Unassign(bench.bob))
    assert [one.id for one in read(bench, issue).issue.assignees] == [bench.alice]
    apply(bench, issue, Unassign(bench.alice))
    assert read(bench, issue).issue.assignees == ()


@pytest.mark.parametrize(
    "case",
    [
        ("priority", "Low", "Low"),
        ("priority", "low", "Low"),
        ("issuetype", "Incident", "Incident"),
        ("issuetype", "incident", "Incident"),
        ("timeoriginalestimate", "1d 4h", "43200"),
        ("timeoriginalestimate", "7200", "7200"),
        ("Severity", "major", "major"),
        ("Severity", "MAJOR", "major"),
        ("Due by", "2026-11-30T17:00:00+02:00", "2026-11-30T15:00:00Z"),
        ("Target date", "2026-12-01T00:30:00+01:00", "2026-12-01"),
        ("Target date", "2026-12-01", "2026-12-01"),
        ("duedate", "2026-11-30T23:30:00-05:00", "2026-11-30"),
    ],
)
def test_native_fields_are_set_by_name_and_read_back(bench: JiraBench, issue: str, case: tuple[str, str, str]) -> None:
    name, value, shown = case
    bench.store.add_field("Target date", type="date")
    bench.tracker = bench.make(fields=["Severity", "Due by", "Target date"])
    apply(bench, issue, SetField(name, value))
    snapshot = read(bench, issue)
    assert snapshot.issue.fields[name] == shown
    last = [event for event in snapshot.events if event.kind == "field" and event.name == name][-1]
    assert last.after == shown
    if name != "issuetype":
        apply(bench, issue, SetField(name, None))
        assert name not in read(bench, issue).issue.fields


def test_a_day_that_is_none_is_refused(bench: JiraBench, issue: str) -> None:
    with pytest.raises(WriteRefused, match="takes a day such as 2026-11-23, not 'soon'"):
        apply(bench, issue, SetField("duedate", "soon"))


def test_a_title_and_a_text_are_written(bench: JiraBench, issue: str) -> None:
    apply(bench, issue, SetField("title", "It fails\nat once"), SetField("body", "Since **Monday**"))
    now = read(bench, issue).issue
    assert (now.title, now.body) == ("It fails at once", "Since **Monday**")


def test_a_priority_that_the_scheme_lacks_is_one_clear_message(service: JiraBench) -> None:
    issue = service.create_issue("key-user-1", "It fails")
    with pytest.raises(WriteRefused, match=r"jira: .*priority: The priority selected is invalid.*nothing was written"):
        apply(service, issue, SetField("priority", "Highest"), PostComment("Hello", "status"))
    assert read(service, issue).comments == ()


def test_a_deactivated_user_is_one_clear_message(bench: JiraBench, issue: str) -> None:
    with pytest.raises(WriteRefused, match="User 'acc-left-1' cannot be assigned issues"):
        apply(bench, issue, Assign("acc-left-1"))


def test_an_unknown_field_is_one_clear_message(bench: JiraBench, issue: str) -> None:
    with pytest.raises(Exception, match="Jira has no field 'Severty'"):
        apply(bench, issue, SetField("Severty", "major"))


def test_j15_a_comment_in_a_service_project_is_internal_when_posted_and_when_edited(service: JiraBench) -> None:
    issue = service.create_issue("key-user-1", "It fails")
    answer = apply(service, issue, PostComment("First", "status"))
    (comment,) = read(service, issue).comments
    assert (comment.internal, comment.marker, comment.body) == (True, "status", "First")
    kept = service.store.data.comments[int(comment.id)]
    kept.properties.clear()
    apply(service, issue, EditComment(answer.comments["status"], "Second", "status"))
    assert kept.properties[MARKER]["key"] == "status"
    assert kept.properties[INTERNAL] == {"internal": True}


def test_j15_a_public_comment_takes_an_option_and_stays_public_when_edited(service: JiraBench) -> None:
    issue = service.create_issue("key-user-1", "It fails")
    with pytest.raises(WriteRefused, match="public_status"):
        apply(service, issue, PostComment("For all", "public", internal=False))
    assert read(service, issue).comments == ()
    service.tracker = service.make(public_status=True)
    answer = apply(service, issue, PostComment("For all", "public", internal=False))
    apply(service, issue, EditComment(answer.comments["public"], "For all, again", "public"))
    (comment,) = read(service, issue).comments
    assert (comment.internal, comment.body) == (False, "For all, again")


def test_in_a_project_of_an_unknown_kind_nothing_is_said(
    bench: JiraBench, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(bench.tracker, JiraTracker)
    unknown = msgspec.structs.replace(bench.tracker._access.project("DEV"), kind="novelty")
    monkeypatch.setattr(bench.tracker._access, "project", lambda *_, **__: unknown)
    with pytest.raises(WriteRefused, match=r"unknown kind \(novelty\)"):
        apply(bench, issue, AddLabel("tier:support"), PostComment("Hello", "status"))
    assert "tier:support" not in read(bench, issue).issue.labels


def test_a_comment_that_is_too_long_is_cut_where_people_see_it(bench: JiraBench, issue: str) -> None:
    apply(bench, issue, PostComment("```\n" + "x" * (LONGEST_TEXT + 100), "status"))
    (comment,) = read(bench, issue).comments
    assert comment.body.endswith("*(cut here: Jira takes no more than 32,767 characters)*")


def test_a_comment_that_is_gone_is_deleted_all_the_same(bench: JiraBench, issue: str) -> None:
    answer = apply(bench, issue, PostComment("Hello", "status"))
    bench.store.delete_comment(int(answer.comments["status"]), "tierkeeper")
    apply(bench, issue, DeleteComment(answer.comments["status"]))


def test_j1_a_comment_whose_answer_is_lost_is_sent_once_and_unknown(bench: JiraBench, issue: str) -> None:
    bench.box.faults.add("cut-after-write", match="^POST .*/comment", times=1)
    found = bench.tracker.apply(bench.ref(issue), bench.queue, [PostComment("Hello", "status")])
    assert isinstance(found, Unknown)
    assert [comment.marker for comment in read(bench, issue).comments] == ["status"]


def test_j17_a_limit_on_one_issue_stops_nothing_else(bench: JiraBench, issue: str) -> None:
    other = bench.create_issue(bench.bob, "Another one")
    key = bench.store.key(bench.store.issue(issue))
    bench.box.faults.add("rate-limit", reason="jira-per-issue-on-write", issue=key, retry_after=600)
    with pytest.raises(OutOfBudget, match="Jira slows writes to this issue, and to no other") as slow:
        apply(bench, issue, AddLabel("tier:support"))
    assert slow.value.one_issue
    apply(bench, other, AddLabel("tier:support"))


def test_a_limit_on_everything_is_out_of_budget(bench: JiraBench, issue: str) -> None:
    bench.box.faults.add("rate-limit", match="^PUT", retry_after=600)
    with pytest.raises(OutOfBudget):
        apply(bench, issue, AddLabel("tier:support"))


def test_j18_watchers_are_mailed_unless_an_option_says_otherwise(bench: JiraBench, issue: str) -> None:
    apply(bench, issue, AddLabel("tier:support"))
    assert not any("notifyUsers" in path for _, path, _ in bench.asked())
    with pytest.raises(Exception, match="admin"):
        apply(bench, issue, AddLabel("tier:dev"), tracker=bench.make(notify=False))


def test_nothing_is_written_to_an_issue_that_was_moved(bench: JiraBench, issue: str) -> None:
    bench.store.move_issue(issue, "HELP", bench.alice)
    with pytest.raises(Moved, match="the issue was moved: it is HELP-1 now"):
        apply(bench, issue, AddLabel("tier:support"))
    bench.advance(timedelta(minutes=1))
