"""Comments that go without an event: the daily census finds them by their number, and nothing else tells of them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from census_world import PROJECT, known, listing, next_day, with_help_desk
from desk_world import OWN, World, world
from jira_desk import JiraDesk, jira_desk
from msgspec.structs import replace

from tierkeeper.plugins.memory import MemoryTracker
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.event import Gone, Snapshot
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.tracker import Listed
from tierkeeper.sync.census import Census
from tierkeeper.sync.ledger import Ledger


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        yield made


@pytest.fixture
def large(desk: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A desk whose feeds are not read again from the beginning, as those of a small repository are."""
    monkeypatch.setattr("tierkeeper.plugins.github.keyset.SMALL", 0)
    return desk


def test_our_status_comment_deleted_without_a_trace_is_written_again_by_the_next_census(large: World) -> None:
    desk = large
    number = with_help_desk(desk)
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    (said,) = desk.comments(number)
    _pass_by(desk)
    _delete_comments(desk, number, OWN)
    desk.later(3600)
    desk.run_quiet()
    assert desk.comments(number) == [], "nothing in the feeds tells of it"
    report = next_day(desk)
    assert report.written == 1
    assert desk.comments(number) == [said]
    desk.run_quiet()
    next_day(desk)
    assert desk.comments(number) == [said]


def test_a_persons_comment_deleted_without_a_trace_is_forgotten_and_nothing_is_told(large: World) -> None:
    desk = large
    number = with_help_desk(desk)
    for text in ("Since when?", "Since Monday."):
        desk.says("user-1", number, text)
    _pass_by(desk)
    _delete_comments(desk, number, "user-1", 1)
    held = desk.comments(number)
    before = len(desk.writes())
    report = next_day(desk)
    assert [comment.body for comment in known(desk, number).history.comments if "Since" in comment.body] == [
        "Since Monday."
    ]
    assert (report.written, report.notices) == (0, [])
    assert desk.comments(number) == held
    assert len(desk.writes()) == before
    assert report.census > listing(desk)
    assert next_day(desk).census == listing(desk), "the counts are equal: no look"


def _pass_by(desk: World) -> None:
    """Let another issue change, so that the feeds do not begin at this one."""
    desk.later(1800)
    desk.reports("user-1", "Another one")
    desk.later(61)
    desk.run_quiet()


def _delete_comments(desk: World, number: int, author: str, most: int = 100) -> None:
    """As if nothing had been there: no event, and the issue is not touched."""
    store = desk.box.store
    if isinstance(desk, JiraDesk):
        jira = desk.box.store
        issue = jira.issue(f"{PROJECT}-{number}")
        for key in [one for one in issue.comments if jira.data.comments[one].author == desk.ids[author]][:most]:
            jira.data.comments.pop(key)
            issue.comments.remove(key)
        return
    found = desk.call(OWN, "GET", f"/issues/{number}/comments")
    for comment in [one["id"] for one in found if one["user"]["login"] == author][:most]:
        store.delete_comment(comment, "desk-leader")


def test_a_comment_that_the_tracker_counts_and_shows_to_nobody_is_looked_for_once(tmp_path: Path) -> None:
    class Shy(MemoryTracker):
        def census(self, queue: Queue) -> Iterator[Listed]:
            return (one._replace(comments=one.comments + 1) for one in super().census(queue))

        def read(self, ref: Ref, queue: Queue) -> Snapshot | Gone:
            found = super().read(ref, queue)
            assert isinstance(found, Snapshot)
            counted = replace(found.issue, comments=found.issue.comments + 1)
            return replace(found, issue=counted)

    tracker, queue = Shy(), Queue(name="memory", tracker="memory", place="")
    issue = tracker.create_issue("user-1", "It fails")
    said = tracker.comment("user-1", issue, "Since Monday.")
    looks = []
    with Ledger.open(tmp_path / "desk.sqlite", desk="Desk") as ledger:
        for batch in tracker.pull(queue, ""):
            ledger.store(queue.name, batch, now=tracker.now)
        for day in range(5):
            if day == 3:
                tracker.delete_comment(said)
            looks.append(Census(tracker, ledger, queue, tracker.now).hold().looked)
            tracker.advance(timedelta(days=1))
    assert looks == [0, 1, 0, 1, 0]


def test_a_comment_that_left_a_closed_issue_is_missed_when_it_is_opened_again(tmp_path: Path) -> None:
    with world(tmp_path) as desk:
        number = with_help_desk(desk)
        desk.hands("user-2", number, "development")
        desk.later()
        desk.run_quiet()
        desk.call("help-desk-1", "PATCH", f"/issues/{number}", {"state": "closed"})
        desk.later()
        desk.run_quiet()
        (closed,) = desk.comments(number)
        _pass_by(desk)
        _delete_comments(desk, number, OWN)
        next_day(desk)
        desk.call("help-desk-1", "PATCH", f"/issues/{number}", {"state": "open"})
        desk.later()
        desk.run_quiet()
        (opened,) = desk.comments(number)
        assert "closed" in closed
        assert "answers or hands it on" in opened
