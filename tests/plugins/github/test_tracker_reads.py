"""One issue read now, and the look for what may have been created."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import msgspec
import pytest
from github_bench import GitHubBench, github_bench
from sandbox_world import PATH, REPO

from tierkeeper.plugins.errors import FeatureOff, Moved, NotFound
from tierkeeper.plugins.github.convert import RawIssue
from tierkeeper.plugins.github.reading import is_elsewhere
from tierkeeper.plugins.model.change import Created, Draft, Hint, Marker, NotThere, Unclear, Unknown
from tierkeeper.plugins.model.event import Gone, Snapshot
from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.paths import utc_stamp

MARKER = Marker("Web application", "help-7")


@pytest.fixture
def bench() -> Iterator[GitHubBench]:
    with github_bench() as made:
        yield made


def meanwhile(bench: GitHubBench, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None], *, times: int) -> None:
    """Let something happen right after the issue itself was read."""
    transport = bench.tracker._access.transport  # type: ignore[attr-defined]  # a test looks inside
    send, left = transport.send, [times]

    def sending(method: str, path: str, json: object, headers: dict[str, str]) -> object:
        answer = send(method, path, json, headers)
        if path.rpartition("/")[2].isdigit() and left[0]:
            left[0] -= 1
            act()
        return answer

    monkeypatch.setattr(transport, "send", sending)


def read(bench: GitHubBench, issue: str | int) -> Snapshot:
    found = bench.tracker.read(bench.ref(issue), bench.queue)
    assert isinstance(found, Snapshot)
    return found


def test_an_issue_is_read_with_three_requests(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "It fails", labels=["tier:support"])
    bench.comment(bench.alice, issue, "Hello")
    found = read(bench, issue)
    assert (found.issue.labels, len(found.events), len(found.comments)) == (("tier:support",), 1, 1)
    assert len(bench.asked()) == 3


def test_all_pages_of_events_and_comments_are_read(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    for number in range(130):
        bench.add_label(bench.alice, issue, f"label {number % 90}")
        bench.remove_label(bench.alice, issue, f"label {number % 90}")
        bench.comment(bench.alice, issue, "Hello")
    found = read(bench, issue)
    assert (len(found.events), len(found.comments)) == (260, 130)


def test_labels_are_never_older_than_the_events_that_explain_them(
    bench: GitHubBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    meanwhile(bench, monkeypatch, lambda: bench.add_label(bench.alice, issue, "tier:support"), times=1)
    found = read(bench, issue)
    assert found.issue.labels == ("tier:support",)
    assert len(found.events) == 1


def test_an_event_that_bears_the_second_after_its_issues_is_not_lost(
    bench: GitHubBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    bench.add_label(bench.alice, issue, "tier:support")
    transport = bench.tracker._access.transport  # type: ignore[attr-defined]  # a test looks inside
    send = transport.send

    def earlier(method: str, path: str, json: object, headers: dict[str, str]) -> Answer:
        answer: Answer = send(method, path, json, headers)
        if not path.rpartition("/")[2].isdigit():
            return answer
        shown = answer.json()
        shown["updated_at"] = utc_stamp(datetime.fromisoformat(shown["updated_at"]) - timedelta(seconds=1))
        return msgspec.structs.replace(answer, body=msgspec.json.encode(shown))

    monkeypatch.setattr(transport, "send", earlier)
    assert [event.name for event in read(bench, issue).events] == ["tier:support"]
    assert len(bench.asked()) == 3


def test_an_issue_that_changes_faster_than_it_is_read_shows_no_event_from_after_it_was_read(
    bench: GitHubBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    names = iter(range(100))

    def change() -> None:
        bench.advance(timedelta(seconds=1))
        bench.add_label(bench.alice, issue, f"label {next(names)}")

    meanwhile(bench, monkeypatch, change, times=100)
    found = read(bench, issue)
    assert len(found.issue.labels) == len(found.events)
    assert len(bench.asked()) <= 9


def test_g5_a_transferred_issue_is_gone_and_says_where_it_went(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    bench.store.transfer_issue(REPO, int(issue), "example/secret", "dev-1")
    found = bench.tracker.read(bench.ref(issue), bench.queue)
    assert isinstance(found, Gone)
    assert found.reason == "moved"
    assert "/issues/1" in found.location


@pytest.mark.parametrize(
    ("number", "repository", "elsewhere"),
    [
        (31, "https://api/repos/Example/WebApp", False),
        (7, "https://api/repos/example/webapp", True),
        (31, "https://api/repos/example/other", True),
        (31, "https://api/repos/other-example/webapp", True),
    ],
)
def test_g5_an_answer_with_another_number_or_repository_is_another_issue(
    number: int, repository: str, elsewhere: bool
) -> None:
    moment = "2026-11-23T08:00:00Z"
    row = {"number": number, "title": "t", "state": "open", "created_at": moment, "updated_at": moment}
    raw = msgspec.convert(row | {"repository_url": repository}, RawIssue)
    assert bool(is_elsewhere(raw, "example/webapp", "31")) is elsewhere


def test_a_deleted_issue_and_one_that_never_was_are_told_apart(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    bench.delete_issue(issue)
    assert bench.tracker.read(bench.ref(issue), bench.queue) == Gone("deleted")
    assert bench.tracker.read(bench.ref(99), bench.queue) == Gone("not found")


def test_an_issue_is_not_called_gone_when_it_is_the_repository_that_cannot_be_seen(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    bench.store.set_private(REPO, private=True)
    bench.store.set_permission(REPO, "tierkeeper", "none")
    with pytest.raises(NotFound, match=r"github: example/webapp#1: "):
        bench.tracker.read(bench.ref(issue), bench.queue)


def test_an_issue_is_not_called_deleted_when_issues_are_switched_off(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    bench.store.set_has_issues(REPO, has_issues=False)
    with pytest.raises(FeatureOff, match="switched off"):
        bench.tracker.read(bench.ref(issue), bench.queue)


def test_an_issue_is_not_called_moved_when_it_is_the_repository_that_was_renamed(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    bench.store.rename_repository(REPO, "example/portal")
    with pytest.raises(Moved, match="renamed to example/portal"):
        bench.tracker.read(bench.ref(issue), bench.queue)


@pytest.mark.parametrize("fault", ["cut-after-write", "cut-before-write"])
def test_a_create_without_an_answer_is_unknown_sent_once_and_looked_up(bench: GitHubBench, fault: str) -> None:
    bench.box.faults.add(fault, match="^POST", times=1)
    hint = Hint(since=bench.now(), account=bench.tracker.account())
    made = bench.tracker.create(bench.queue, Draft(title="Twin", body="b"), MARKER)
    assert isinstance(made, Unknown)
    assert [method for method, *_ in bench.asked()].count("POST") == 1
    found = bench.tracker.find(bench.queue, MARKER, hint)
    assert isinstance(found, Created if fault == "cut-after-write" else NotThere)


def test_g13_what_was_created_is_found_without_search_which_lags(bench: GitHubBench) -> None:
    bench.box.faults.add("search-lag", seconds=3600)
    hint = Hint(since=bench.now(), account=bench.tracker.account())
    bench.tracker.create(bench.queue, Draft(title="Twin", body="b"), MARKER)
    bench.asked()
    assert isinstance(bench.tracker.find(bench.queue, MARKER, hint), Created)
    assert {path.partition("?")[0] for _, path, _ in bench.asked()} == {f"{PATH}/issues"}


def test_what_was_created_is_found_on_a_later_page_and_when_it_is_closed(bench: GitHubBench) -> None:
    own = bench.tracker.account()
    hint = Hint(since=bench.now(), account=own)
    for _ in range(120):
        bench.create_issue(own.id, "another")
    made = bench.tracker.create(bench.queue, Draft(title="Twin", body="b"), MARKER)
    assert isinstance(made, Created)
    bench.close(bench.bob, made.issue.ref.id)
    found = bench.tracker.find(bench.queue, MARKER, hint)
    assert isinstance(found, Created)
    assert found.issue.ref == made.issue.ref


def test_g6_the_look_begins_at_the_same_moment_in_whatever_zone_it_is_given(bench: GitHubBench) -> None:
    since = bench.now().astimezone(timezone(timedelta(hours=5, minutes=30)))
    bench.tracker.create(bench.queue, Draft(title="Twin", body="b"), MARKER)
    found = bench.tracker.find(bench.queue, MARKER, Hint(since=since, account=bench.tracker.account()))
    assert isinstance(found, Created)
    assert "since=2026-11-23T07:55:00Z" in bench.asked()[-1][1]


def test_somebody_elses_issue_with_our_marker_is_not_ours(bench: GitHubBench) -> None:
    made = bench.tracker.create(bench.queue, Draft(title="Twin", body="b"), MARKER)
    assert isinstance(made, Created)
    bench.create_issue(bench.bob, "copied", made.issue.body)
    found = bench.tracker.find(bench.queue, MARKER, Hint(since=bench.now(), account=bench.tracker.account()))
    assert isinstance(found, Created)
    assert found.issue.ref == made.issue.ref


@pytest.mark.parametrize("options", [{"kind": "server-error"}, {"kind": "deep-page-422", "pages": 0}])
def test_a_look_that_fails_rules_nothing_out(bench: GitHubBench, options: dict[str, object]) -> None:
    hint = Hint(since=bench.now(), account=bench.tracker.account())
    bench.box.faults.add(str(options.pop("kind")), match="/issues", **options)
    assert isinstance(bench.tracker.find(bench.queue, MARKER, hint), Unclear)
