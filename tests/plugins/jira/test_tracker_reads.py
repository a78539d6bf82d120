"""Reading one issue, creating one, and finding what a create without an answer may have made."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from jira_bench import DEV, HELP, JiraBench, jira_bench

from tierkeeper.plugins.errors import NotFound, WriteRefused
from tierkeeper.plugins.jira.convert import LINK
from tierkeeper.plugins.jira.creating import MIRROR_LABEL
from tierkeeper.plugins.model.change import Created, Draft, Hint, Marker, NotThere, SetState, Unclear, Unknown
from tierkeeper.plugins.model.event import Gone, Snapshot

MINUTE = timedelta(minutes=1)
MARKER = Marker("Web application", "webapp#31")


@pytest.fixture
def bench() -> Iterator[JiraBench]:
    with jira_bench(DEV) as made:
        yield made


def read(bench: JiraBench, issue: str) -> Snapshot:
    found = bench.tracker.read(bench.ref(issue), bench.queue)
    assert isinstance(found, Snapshot), found
    return found


def paths(bench: JiraBench) -> list[str]:
    return [f"{method} {path.removeprefix('/rest/api/3').partition('?')[0]}" for method, path, _ in bench.asked()]


def test_what_an_issue_was_given_when_it_was_created_is_told_as_its_creators_act(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "It fails", labels=["tier:key-users", "kind:bug"])
    bench.store.set_field(issue, bench.alice, "priority", "Highest")
    bench.advance(MINUTE)
    bench.remove_label(bench.bob, issue, "kind:bug")
    events = read(bench, issue).events
    made = {(event.kind, event.name, event.after) for event in events if event.id.startswith("created:")}
    assert {("label", "tier:key-users", "tier:key-users"), ("label", "kind:bug", "kind:bug")} <= made
    assert ("field", "priority", "Medium") in made
    assert not {name for _, name, _ in made} & {"status", "resolution"}
    assert {event.actor.id for event in events if event.actor and event.id.startswith("created:")} == {bench.alice}
    assert [event.at for event in events] == sorted(event.at for event in events)


def test_what_an_app_did_is_known_as_such(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "It fails")
    bench.add_label("automation", issue, "tier:support")
    last = read(bench, issue).events[-1]
    assert last.actor is not None
    assert (last.actor.kind, last.app) == ("app", "automation")


def test_a_status_is_told_by_its_name_and_a_state_by_its_category(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "It fails")
    for status in ("In Progress", "Done", "To Do"):
        bench.advance(MINUTE)
        bench.store.transition(issue, bench.bob, status)
    events = read(bench, issue).events
    assert [(one.before, one.after) for one in events if one.name == "status"] == [
        ("To Do", "In Progress"),
        ("In Progress", "Done"),
        ("Done", "To Do"),
    ]
    assert [(one.name, one.before, one.after) for one in events if one.kind == "state"] == [
        ("Done", "open", "closed"),
        ("To Do", "closed", "open"),
    ]


def test_a_read_sees_what_search_does_not_show_yet(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "It fails")
    bench.box.faults.add("search-lag", seconds=600)
    bench.add_label(bench.alice, issue, "tier:support")
    assert read(bench, issue).issue.labels == ("tier:support",)
    assert "POST /search/jql" not in paths(bench)


def test_an_issue_that_moved_is_gone_and_says_where(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "It fails")
    bench.store.move_issue(issue, "HELP", bench.alice)
    assert bench.tracker.read(bench.ref(issue), bench.queue) == Gone("moved", "HELP-1")


def test_a_project_that_may_not_be_seen_is_an_error_not_a_missing_issue(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "It fails")
    read(bench, issue)
    bench.store.project("DEV").permissions["BROWSE_PROJECTS"] = [bench.alice]
    with pytest.raises(NotFound, match="No project could be found"):
        bench.tracker.read(bench.ref(issue), bench.queue)


def test_j14_all_comments_are_read_with_their_markers(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "It fails")
    for number in range(130):
        bench.comment(bench.bob, issue, f"comment {number}")
    assert len(read(bench, issue).comments) == 130


def test_j19_a_text_is_read_from_its_document_also_one_of_a_hundred_nested_lists(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "It fails")
    node: dict[str, object] = {"type": "paragraph", "content": [{"type": "text", "text": "/handover support"}]}
    for _ in range(100):
        node = {"type": "bulletList", "content": [{"type": "listItem", "content": [node]}]}
    bench.store.comment(issue, bench.bob, {"type": "doc", "version": 1, "content": [node]})
    (comment,) = read(bench, issue).comments
    assert comment.body.endswith("/handover support")


# Creating and finding


def hint(bench: JiraBench) -> Hint:
    return Hint(since=bench.now(), account=bench.tracker.account())


def test_j11_a_create_is_one_request_with_its_property_and_label_and_one_look(bench: JiraBench) -> None:
    bench.tracker.create(bench.queue, Draft(title="First", body=""), MARKER)  # looks up what is kept for a day
    bench.asked()
    bench.sent.clear()
    made = bench.tracker.create(
        bench.queue, Draft(title="Twin", body="It **fails**", fields={"priority": "Low"}), MARKER
    )
    assert isinstance(made, Created)
    assert (made.issue.title, made.issue.body, made.issue.fields["priority"]) == ("Twin", "It **fails**", "Low")
    (body,) = bench.bodies("POST", "/issue")
    assert body["properties"] == [{"key": LINK, "value": {"desk": "Web application", "key": "webapp#31"}}]
    assert MIRROR_LABEL in body["fields"]["labels"]
    assert [path for path in paths(bench) if path != "GET /field"] == ["POST /issue", f"GET /issue/{made.issue.ref.id}"]


def test_j12_nothing_asks_for_application_links(bench: JiraBench) -> None:
    bench.tracker.create(bench.queue, Draft(title="Twin", body=""), MARKER)
    assert not any("applinks" in path for path in paths(bench))


def test_a_title_that_is_too_long_and_several_assignees_are_dealt_with(bench: JiraBench) -> None:
    made = bench.tracker.create(bench.queue, Draft(title="x" * 300, body="y" * 40_000), MARKER)
    assert isinstance(made, Created)
    assert (len(made.issue.title), made.issue.body[-1]) == (255, "*")
    with pytest.raises(WriteRefused, match="one assignee, not 2: nothing was created"):
        bench.tracker.create(bench.queue, Draft(title="Twin", body="", assignees=("a", "b")), MARKER)


def test_j9_a_create_without_an_answer_is_found_by_its_key_while_search_is_behind(bench: JiraBench) -> None:
    bench.create_issue(bench.alice, "An old one")
    bench.advance(10 * MINUTE)
    when = hint(bench)
    bench.box.faults.add("cut-after-write", match="^POST /rest/api/3/issue$", times=1)
    assert isinstance(bench.tracker.create(bench.queue, Draft(title="Twin", body=""), MARKER), Unknown)
    bench.box.faults.add("search-lag", seconds=600)
    found = bench.tracker.find(bench.queue, MARKER, when)
    assert isinstance(found, Created)
    assert found.issue.title == "Twin"


def test_that_nothing_was_created_is_said_no_sooner_than_a_timeout_later(bench: JiraBench) -> None:
    when = hint(bench)
    assert isinstance(bench.tracker.find(bench.queue, MARKER, when), NotThere)
    assert sum(bench.wall.slept) == 15
    slow = bench.make(timeout=300)
    assert isinstance(slow.find(bench.queue, MARKER, hint(bench)), Unclear)


def test_a_property_that_somebody_else_copied_is_not_ours(bench: JiraBench) -> None:
    when = hint(bench)
    key = bench.store.create_issue(
        "DEV", bench.alice, "Copied", properties={LINK: {"desk": MARKER.desk, "key": MARKER.key}}
    )
    assert key
    assert isinstance(bench.tracker.find(bench.queue, MARKER, when), NotThere)


def test_a_twin_among_hundreds_that_came_meanwhile_is_found(bench: JiraBench) -> None:
    when = hint(bench)
    for number in range(160):
        bench.create_issue(bench.alice, f"issue {number}")
    bench.tracker.create(bench.queue, Draft(title="Twin", body=""), MARKER)
    assert isinstance(bench.tracker.find(bench.queue, MARKER, when), Created)


def test_where_the_keys_cannot_be_read_nothing_is_ruled_out(bench: JiraBench) -> None:
    bench.box.faults.add("server-error", status=503, match="/issue/bulkfetch")
    assert isinstance(bench.tracker.find(bench.queue, MARKER, hint(bench)), Unclear)


def test_a_service_project_is_read_and_written_like_any_other() -> None:
    with jira_bench(HELP) as bench:
        issue = bench.create_issue("key-user-1", "It fails")
        bench.tracker.apply(bench.ref(issue), bench.queue, [SetState(open=True, status="In Progress")])
        assert read(bench, issue).issue.fields["status"] == "In Progress"
