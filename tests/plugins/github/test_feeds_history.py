"""The first reading goes back as far as it may, and says what it could not have."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from github_bench import QUEUE, GitHubBench, github_bench
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sandbox_world import REPO

from tierkeeper.plugins.testing import Read

MINUTE = timedelta(minutes=1)


@pytest.fixture
def bench() -> Iterator[GitHubBench]:
    with github_bench() as made:
        yield made


def fill(bench: GitHubBench, count: int) -> None:
    for number in range(count):
        issue = bench.create_issue(bench.bob, f"issue {number}", labels=["tier:support"])
        bench.advance(MINUTE)
        if number % 3 == 0:
            bench.close(bench.bob, issue)


def test_g14_where_github_cuts_the_feed_open_issues_are_read_one_by_one_and_closed_ones_are_incomplete(
    bench: GitHubBench,
) -> None:
    fill(bench, 240)
    whole = Read()
    whole.pull(bench.tracker, bench.queue)
    bench.box.api.event_pages = 1
    cut = Read()
    cut.pull(bench.make("dev-lead"), bench.queue)
    assert cut.issues == whole.issues
    missing = {event.issue for key, event in whole.events.items() if key not in cut.events}
    assert missing
    assert missing <= cut.incomplete
    assert all(not cut.issues[key].open for key in cut.incomplete)
    covered = [key for key in cut.issues if key not in cut.incomplete]
    assert {key: event for key, event in cut.events.items() if event.issue in covered} == {
        key: event for key, event in whole.events.items() if event.issue in covered
    }


def test_g14_a_reading_of_a_cut_feed_may_be_broken_off_anywhere(bench: GitHubBench) -> None:
    fill(bench, 130)
    bench.box.api.event_pages = 1
    whole = Read()
    whole.pull(bench.tracker, bench.queue)
    broken = Read()
    for _ in range(500):
        cursor = broken.cursor
        broken.pull(bench.tracker, bench.queue, at_most=1)
        if broken.cursor == cursor:
            break
    assert broken.content() == whole.content()
    assert broken.incomplete == whole.incomplete
    bench.asked()
    assert broken.pull(bench.tracker, bench.queue) == 0
    assert [status for _, _, status in bench.asked()] == [304, 304, 304]


@pytest.mark.parametrize("zone", [timezone.utc, timezone(timedelta(hours=5, minutes=30))])  # noqa: UP017  # beside another zone
def test_g6_history_is_read_back_to_the_moment_asked_for_whatever_its_zone(bench: GitHubBench, zone: Any) -> None:
    fill(bench, 10)
    border: datetime = bench.now() - 5 * MINUTE
    read = Read()
    read.pull(bench.tracker, replace(QUEUE, history_since=border.astimezone(zone)))
    assert len(read.issues) == 10
    assert read.incomplete == {"1", "2", "3", "4", "5"}
    assert {event.issue for event in read.events.values()} >= {"6", "7", "8", "9", "10"}
    assert min(event.at for event in read.events.values()) >= border


def test_a_walk_through_many_pages_that_was_left_long_ago_is_finished_first(bench: GitHubBench) -> None:
    for number in range(350):
        bench.create_issue(bench.bob, f"issue {number}", labels=["tier:support"])
        bench.box.advance(10)
    read = Read()
    read.pull(bench.tracker, bench.queue, at_most=6)
    assert 0 < len(read.events) < 350
    bench.advance(timedelta(days=3))
    for number in range(1, 120):
        bench.remove_label(bench.bob, str(number), "tier:support")
    read.pull(bench.tracker, bench.queue)
    whole = Read()
    whole.pull(bench.make("dev-lead"), bench.queue)
    assert read.content() == whole.content()


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["create", "label", "unlabel", "comment", "edit", "close", "wait", "pull", "break"]),
        st.integers(0, 90),
    ),
    max_size=40,
)


def act(bench: GitHubBench, read: Read, kind: str, number: int) -> None:
    store = bench.store
    issue = str(number % max(1, len(store.data.issues)) + 1)
    match kind:
        case "wait":
            bench.advance(timedelta(seconds=number))
        case "pull":
            read.pull(bench.tracker, bench.queue)
        case "break":
            read.pull(bench.tracker, bench.queue, at_most=number % 3 + 1)
        case _ if kind == "create" or not store.data.issues:
            for _ in range(number):
                bench.create_issue(bench.bob, "It fails")
        case "label":
            bench.add_label(bench.alice, issue, f"label-{number % 3}")
        case "unlabel":
            bench.remove_label(bench.alice, issue, f"label-{number % 3}")
        case "comment":
            bench.comment(bench.alice, issue, f"comment {number}")
        case "edit" if store.data.comments:
            store.edit_comment(list(store.data.comments)[number % len(store.data.comments)], f"edit {number}", "dev-1")
        case "close":
            store.close(REPO, int(issue), bench.bob)


@pytest.mark.slow
@given(ACTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_between_pulls_and_wherever_they_break_off_all_is_read(acts: list[tuple[str, int]]) -> None:
    with github_bench() as bench:
        read = Read()
        for kind, number in acts:
            act(bench, read, kind, number)
        read.pull(bench.tracker, bench.queue)
        whole = Read()
        whole.pull(bench.make("dev-lead"), bench.queue)
        assert read.content() == whole.content()
        assert read.pull(bench.tracker, bench.queue) == 0
