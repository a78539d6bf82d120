"""What is new is read once, at the price of what is new."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from github_bench import GitHubBench, github_bench
from sandbox_world import PATH, REPO

from tierkeeper.plugins.errors import Moved, TrackerError
from tierkeeper.plugins.testing import Read

MINUTE = timedelta(minutes=1)
ISSUES = f"{PATH}/issues?"
EVENTS = f"{PATH}/issues/events?"
COMMENTS = f"{PATH}/issues/comments?"


@pytest.fixture
def bench() -> Iterator[GitHubBench]:
    with github_bench() as made:
        yield made


def idle(bench: GitHubBench, read: Read) -> list[int]:
    bench.asked()
    assert read.pull(bench.tracker, bench.queue) == 0
    return [status for _, _, status in bench.asked()]


@pytest.mark.parametrize("count", [0, 1, 40, 99, 100, 300])
def test_an_idle_cycle_costs_three_requests_that_answer_304(bench: GitHubBench, count: int) -> None:
    for number in range(count):
        issue = bench.create_issue(bench.bob, f"issue {number}", labels=["tier:support"])
        bench.comment(bench.alice, issue, "Hello")
        bench.box.advance(1)
    bench.advance(5 * MINUTE)
    read = Read()
    read.pull(bench.tracker, bench.queue)
    assert len(read.issues) == len(read.comments) == count
    idle(bench, read)  # may ask under a new URL once
    assert idle(bench, read) == [304, 304, 304]
    bench.advance(60 * MINUTE)
    assert idle(bench, read) == [304, 304, 304]


def test_after_a_change_the_very_next_idle_cycle_answers_304(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    read = Read()
    read.pull(bench.tracker, bench.queue)
    bench.advance(5 * MINUTE)
    bench.add_label(bench.alice, issue, "tier:support")
    bench.comment(bench.alice, issue, "Hello")
    assert read.pull(bench.tracker, bench.queue) == 3
    assert idle(bench, read) == [304, 304, 304]


def test_g8_no_request_is_made_for_a_single_issue(bench: GitHubBench) -> None:
    for number in range(90):
        bench.create_issue(bench.bob, f"issue {number}", labels=["tier:support"])
    bench.asked()
    read = Read()
    read.pull(bench.tracker, bench.queue)
    assert len(read.issues) == 90
    paths = [path.partition("?")[0] for _, path, _ in bench.asked()]
    assert {path for path in paths if path.rpartition("/")[2].isdigit()} == set()
    assert len(paths) <= 6


def test_g12_an_issue_that_is_touched_between_two_pages_is_not_missed_and_nor_is_its_neighbour(
    bench: GitHubBench,
) -> None:
    for number in range(250):
        bench.create_issue(bench.bob, f"issue {number}")
        bench.box.advance(1)
    read = Read()
    for turn, batch in enumerate(bench.tracker.pull(bench.queue, "")):
        read.take(batch)
        if turn < 2:
            for number in range(5):
                bench.box.advance(1)
                bench.add_label(bench.alice, str(turn * 100 + 1 + number), "touched")
    assert set(read.issues) == {str(number) for number in range(1, 251)}
    assert {key for key, issue in read.issues.items() if issue.labels} == {
        *map(str, range(1, 6)),
        *map(str, range(101, 106)),
    }


def test_two_hundred_and_fifty_issues_of_one_second_are_all_read(bench: GitHubBench) -> None:
    for number in range(250):
        bench.create_issue(bench.bob, f"issue {number}")
    for waited in (0, 30, 61):
        bench.box.advance(waited)
        read = Read()
        read.pull(bench.tracker, bench.queue)
        assert len(read.issues) == 250
        assert idle(bench, read)
    idle(bench, read)
    assert idle(bench, read) == [304, 304, 304]


def test_g15_a_304_on_a_full_first_page_does_not_hide_the_second(bench: GitHubBench) -> None:
    for number in range(150):
        bench.create_issue(bench.bob, f"issue {number}")
    read = Read()
    read.pull(bench.tracker, bench.queue)
    read.pull(bench.tracker, bench.queue)
    bench.add_label(bench.alice, "149", "touched")
    bench.asked()
    read.pull(bench.tracker, bench.queue)
    answered = [(path, status) for _, path, status in bench.asked() if path.startswith(ISSUES)]
    assert answered[0][1] == 304
    assert read.issues["149"].labels == ("touched",)


def test_g15_another_token_does_not_inherit_what_the_first_one_saw(bench: GitHubBench) -> None:
    bench.create_issue(bench.bob, "It fails")
    Read().pull(bench.tracker, bench.queue)
    read = Read()
    read.pull(bench.make("dev-lead"), bench.queue)
    assert len(read.issues) == 1


def test_g16_pull_requests_are_dropped_and_move_the_cursor(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    for number in range(120):
        bench.box.advance(1)
        pull = bench.store.add_pull_request(REPO, bench.bob, f"pull {number}", labels=["tier:support"])
    bench.store.comment(REPO, pull, bench.alice, "on a pull request")
    bench.advance(5 * MINUTE)
    read = Read()
    read.pull(bench.tracker, bench.queue)
    assert set(read.issues) == {issue}
    assert (read.events, read.comments) == ({}, {})
    idle(bench, read)
    assert idle(bench, read) == [304, 304, 304]


@pytest.mark.parametrize("late", [1, 30, 59])
def test_what_github_shows_up_to_a_minute_late_is_not_missed(bench: GitHubBench, late: int) -> None:
    for number in range(160):
        bench.create_issue(bench.bob, f"issue {number}", labels=["new"])
    bench.advance(MINUTE)
    bench.create_issue(bench.bob, "the newest", labels=["new"])
    read = Read()
    read.pull(bench.tracker, bench.queue)
    before = bench.now() - timedelta(seconds=late)
    hidden = str(bench.store.create_issue(REPO, bench.bob, "late", labels=["late"], at=before))
    said = str(bench.store.comment(REPO, int(hidden), bench.bob, "late", at=before))
    read.pull(bench.tracker, bench.queue)
    assert hidden in read.issues
    assert said in read.comments
    assert [event for event in read.events.values() if event.name == "late"]


def test_a_change_within_the_second_that_was_read_is_seen(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "It fails")
    read = Read()
    read.pull(bench.tracker, bench.queue)
    bench.add_label(bench.alice, issue, "tier:support")
    read.pull(bench.tracker, bench.queue)
    assert read.issues[issue].labels == ("tier:support",)
    assert len(read.events) == 1


def test_a_pull_broken_off_after_every_single_batch_reads_the_same(bench: GitHubBench) -> None:
    for number in range(230):
        issue = bench.create_issue(bench.bob, f"issue {number}", labels=["tier:support"])
        if number % 2:
            bench.comment(bench.alice, issue, "Hello")
        bench.box.advance(number % 3)
    whole = Read()
    whole.pull(bench.tracker, bench.queue)
    for step in range(1, whole.batches + 1):
        broken = Read()
        for _ in range(50):
            cursor = broken.cursor
            broken.pull(bench.tracker, bench.queue, at_most=step)
            if broken.cursor == cursor:
                break
        assert broken.content() == whole.content()


def test_g4_a_repository_renamed_meanwhile_is_an_error_that_names_the_new_name(bench: GitHubBench) -> None:
    bench.create_issue(bench.bob, "It fails")
    read = Read()
    read.pull(bench.tracker, bench.queue)
    bench.store.rename_repository(REPO, "example/portal")
    with pytest.raises(Moved, match=r"github: example/webapp: .*renamed to example/portal.*desk\.yaml"):
        read.pull(bench.tracker, bench.queue)


def test_another_repository_under_the_old_name_is_not_taken_for_ours(bench: GitHubBench) -> None:
    read = Read()
    bench.create_issue(bench.bob, "It fails")
    read.pull(bench.tracker, bench.queue)
    bench.store.rename_repository(REPO, "example/portal")
    bench.store.add_repository(REPO, permissions={"tierkeeper": "admin"})
    bench.advance(timedelta(days=2))
    with pytest.raises(Moved, match="another repository bears the name example/webapp now"):
        read.pull(bench.tracker, bench.queue)


def test_a_repository_is_looked_up_once_a_day(bench: GitHubBench) -> None:
    read = Read()
    for _ in range(3):
        read.pull(bench.tracker, bench.queue)
    assert [path for _, path, _ in bench.asked()].count(PATH) == 1
    bench.advance(timedelta(days=1, seconds=1))
    read.pull(bench.make(), bench.queue)
    assert [path for _, path, _ in bench.asked()].count(PATH) == 1


def test_a_cursor_that_cannot_be_read_says_what_to_do(bench: GitHubBench) -> None:
    with pytest.raises(TrackerError, match="rebuild the ledger"):
        list(bench.tracker.pull(bench.queue, "{nonsense"))


def test_logins_and_labels_in_any_script_come_through(bench: GitHubBench) -> None:
    issue = bench.create_issue(bench.bob, "Zu groß: 名前 🚒", "tè\u0301xt", labels=["größe:名前", "🚒"])
    read = Read()
    read.pull(bench.tracker, bench.queue)
    assert read.issues[issue].labels == ("größe:名前", "🚒")
    assert (read.issues[issue].title, read.issues[issue].body) == ("Zu groß: 名前 🚒", "tè\u0301xt")


def test_what_a_deleted_account_did_has_no_known_actor(bench: GitHubBench) -> None:
    bench.store.add_user("leaver")
    issue = bench.create_issue("leaver", "It fails", labels=["tier:support"])
    bench.comment("leaver", issue, "Bye")
    bench.store.delete_user("leaver")
    read = Read()
    read.pull(bench.tracker, bench.queue)
    assert [event.actor for event in read.events.values()] == [None]
    author, commenter = read.issues[issue].author, next(iter(read.comments.values())).author
    assert author is not None
    assert commenter is not None
    assert (author.kind, commenter.kind) == ("deleted", "deleted")
