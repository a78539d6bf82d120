"""Pulling a project: one search by `updated`, pages by token, an index that lags, and nothing twice."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from jira_bench import DEV, HELP, JiraBench, jira_bench

from tierkeeper.plugins.errors import Moved, TrackerError, UnexpectedAnswer
from tierkeeper.plugins.jira.convert import milliseconds
from tierkeeper.plugins.jira.feeds import OVERLAP
from tierkeeper.plugins.model.change import AddLabel, PostComment
from tierkeeper.plugins.testing import Read

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def bench() -> Iterator[JiraBench]:
    with jira_bench(DEV) as made:
        yield made


def pull(bench: JiraBench, read: Read | None = None) -> Read:
    read = read or Read()
    read.pull(bench.tracker, bench.queue)
    return read


def paths(bench: JiraBench) -> list[str]:
    return [f"{method} {path.removeprefix('/rest/api/3').partition('?')[0]}" for method, path, _ in bench.asked()]


@pytest.mark.parametrize("count", [0, 1, 250])
def test_an_idle_project_costs_one_request_whatever_its_size(bench: JiraBench, count: int) -> None:
    for number in range(count):
        bench.create_issue(bench.alice, f"issue {number}", labels=["tier:support"])
    read = pull(bench)
    bench.advance(HOUR)
    pull(bench, read)
    cursor = read.cursor
    for _ in range(3):
        bench.advance(MINUTE)
        bench.asked()
        assert read.pull(bench.tracker, bench.queue) == 0
        assert paths(bench) == ["POST /search/jql"]
    assert read.cursor == cursor


def test_only_what_changed_is_asked_for_its_changelog(bench: JiraBench) -> None:
    issues = [bench.create_issue(bench.alice, f"issue {number}") for number in range(5)]
    read = pull(bench)
    bench.advance(MINUTE)
    bench.add_label(bench.bob, issues[2], "tier:support")
    bench.asked()
    bench.sent.clear()
    pull(bench, read)
    assert paths(bench) == ["POST /search/jql", "POST /changelog/bulkfetch"]
    assert bench.bodies("POST", "/changelog/bulkfetch")[0]["issueIdsOrKeys"] == [issues[2]]


def test_j4_a_token_that_comes_again_ends_in_an_error_and_keeps_what_was_read(bench: JiraBench) -> None:
    for number in range(3):
        bench.create_issue(bench.alice, f"issue {number}")
    bench.box.faults.add("short-page", size=1)
    bench.box.faults.add("repeat-token", times=20)  # without a guard it would go on until then
    read = Read()
    with pytest.raises(UnexpectedAnswer, match="names a page as the next one that came before"):
        read.pull(bench.tracker, bench.queue)
    assert read.issues
    bench.box.faults.clear()
    assert len(pull(bench, read).issues) == 3


def test_j7_a_page_shorter_than_asked_is_not_the_last(bench: JiraBench) -> None:
    for number in range(7):
        bench.create_issue(bench.alice, f"issue {number}")
    bench.box.faults.add("short-page", size=2)
    assert len(pull(bench).issues) == 7


def test_j7_fields_are_named_and_a_long_changelog_is_whole(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "It fails")
    for number in range(60):
        bench.add_label(bench.bob, issue, f"label-{number}")
    read = pull(bench)
    assert sum(event.kind == "label" for event in read.events.values()) == 60
    assert read.issues[issue].title == "It fails"


def test_j6_the_same_fields_are_asked_for_every_time_and_no_list_of_fields_is_fetched(bench: JiraBench) -> None:
    bench.create_issue(bench.alice, "It fails")
    pull(bench)
    first = bench.bodies("POST", "/search/jql")[-1]["fields"]
    pull(bench)
    assert bench.bodies("POST", "/search/jql")[-1]["fields"] == first
    assert not any(path.endswith("/field") for _, path, _ in bench.asked())


def test_j8_times_are_asked_for_in_milliseconds_which_have_no_zone(bench: JiraBench) -> None:
    bench.store.add_user("tierkeeper", token="t-tierkeeper", time_zone="Pacific/Kiritimati")
    issue = bench.create_issue(bench.alice, "It fails")
    read = pull(bench)
    bench.advance(HOUR)
    pull(bench, read)
    bench.advance(MINUTE)
    bench.add_label(bench.bob, issue, "tier:support")
    pull(bench, read)
    assert read.issues[issue].labels == ("tier:support",)
    since = bench.bodies("POST", "/search/jql")[-1]["jql"].split("updated >= ")[1].split()[0]
    assert since.isdigit()
    assert int(since) > 10**12


def test_j9_what_search_shows_minutes_late_is_not_missed(bench: JiraBench) -> None:
    quiet, busy = (bench.create_issue(bench.alice, title) for title in ("quiet", "busy"))
    read = pull(bench)
    bench.advance(10 * MINUTE)
    bench.add_label(bench.alice, quiet, "late")
    lag = bench.box.faults.add("search-lag", seconds=240)
    bench.advance(MINUTE)
    bench.add_label(bench.alice, busy, "early")
    pull(bench, read)
    assert read.issues[quiet].labels == ()
    bench.box.faults.clear()
    assert lag.hits
    bench.advance(2 * MINUTE)
    pull(bench, read)
    assert (read.issues[quiet].labels, read.issues[busy].labels) == (("late",), ("early",))
    assert {event.name for event in read.events.values() if event.kind == "label"} == {"late", "early"}


def test_j9_a_change_that_is_shown_after_a_later_one_is_not_missed(bench: JiraBench) -> None:
    quiet, busy = (bench.create_issue(bench.alice, title) for title in ("quiet", "busy"))
    read = pull(bench)
    bench.advance(10 * MINUTE)
    bench.add_label(bench.alice, busy, "early")
    pull(bench, read)
    # made four minutes ago, and shown only now
    bench.store.add_label(quiet, bench.alice, "late", at=bench.now() - 4 * MINUTE)
    pull(bench, read)
    assert read.issues[quiet].labels == ("late",)


def test_the_mark_never_passes_what_may_still_turn_up(bench: JiraBench) -> None:
    bench.create_issue(bench.alice, "It fails")
    read = pull(bench)
    bench.sent.clear()
    pull(bench, read)
    (body,) = bench.bodies("POST", "/search/jql")
    assert f"updated >= {milliseconds(bench.now() - OVERLAP)} " in body["jql"]


def test_j14_comments_beyond_the_cap_are_read_page_by_page(bench: JiraBench) -> None:
    bench.box.settings.comment_cap = 3
    issue = bench.create_issue(bench.alice, "It fails")
    said = {bench.comment(bench.bob, issue, f"comment {number}") for number in range(7)}
    read = pull(bench)
    assert set(read.comments) == said
    assert read.issues[issue].comments == 7


def test_markers_of_our_own_comments_come_with_one_request_for_all(bench: JiraBench) -> None:
    issues = [bench.create_issue(bench.alice, f"issue {number}") for number in range(3)]
    for issue in issues:
        bench.comment(bench.bob, issue, "Hello")
        bench.tracker.apply(bench.ref(issue), bench.queue, [PostComment("With **support**", "status")])
    bench.asked()
    read = pull(bench)
    assert paths(bench).count("POST /comment/list") == 1
    assert sorted(comment.marker for comment in read.comments.values()) == ["", "", "", "status", "status", "status"]


def test_our_own_writes_are_read_back_once(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "It fails")
    bench.tracker.apply(bench.ref(issue), bench.queue, [AddLabel("tier:support")])
    read = pull(bench)
    assert read.pull(bench.tracker, bench.queue) == 0


def test_pages_are_batches_and_a_broken_reading_goes_on_where_it_was(bench: JiraBench) -> None:
    for number in range(230):
        bench.create_issue(bench.alice, f"issue {number}")
        bench.advance(timedelta(seconds=10))
    read = Read()
    read.pull(bench.tracker, bench.queue, at_most=1)
    assert len(read.issues) == 100
    bench.asked()
    pull(bench, read)
    assert len(read.issues) == 230
    assert paths(bench).count("POST /search/jql") == 2


def test_an_issue_that_comes_from_another_project_brings_its_history(bench: JiraBench) -> None:
    read = pull(bench)
    key = bench.store.create_issue("HELP", bench.alice, "It fails", labels=["tier:support"])
    bench.store.add_label(key, bench.bob, "kind:bug")
    bench.advance(HOUR)
    pull(bench, read)
    bench.store.move_issue(key, "DEV", bench.bob)
    pull(bench, read)
    (issue,) = read.issues.values()
    assert issue.ref.key == "DEV-1"
    labels = [(event.name, event.actor and event.actor.id) for event in read.events.values() if event.kind == "label"]
    assert labels == [("tier:support", bench.alice), ("kind:bug", bench.bob)]


def test_a_project_key_that_moved_is_one_clear_message(bench: JiraBench) -> None:
    bench.create_issue(bench.alice, "It fails")
    read = pull(bench)
    bench.store.rename_project("DEV", "WEB")
    bench.advance(MINUTE)
    bench.store.create_issue("WEB", bench.alice, "Another one")
    with pytest.raises(Moved, match=r"jira: DEV: DEV was moved to WEB; .*change desk.yaml"):
        pull(bench, read)
    bench.advance(timedelta(days=2))
    with pytest.raises(Moved, match="DEV was moved to WEB"):
        pull(bench, read)


def test_a_cursor_of_another_project_or_of_a_newer_version_is_refused(bench: JiraBench) -> None:
    read = Read()
    read.cursor = '{"project": "99"}'
    with pytest.raises(Moved, match="another project bears the key DEV now"):
        pull(bench, read)
    read.cursor = "[]"
    with pytest.raises(TrackerError, match="cursor cannot be read"):
        pull(bench, read)


def test_in_a_service_project_it_is_known_who_may_read_a_comment() -> None:
    with jira_bench(HELP) as bench:
        issue = bench.create_issue("key-user-1", "It fails")
        for internal in (True, False):
            bench.store.comment(issue, "help-desk-1", "Look", internal=internal)
        assert [comment.internal for comment in pull(bench).comments.values()] == [True, False]
