"""Writing under trouble: cuts, kills, races, dropped labels. Nothing twice, nothing lost, nobody overwritten."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from desk_world import REPO, World, world

from tierkeeper.plugins.github.tracker import GitHubTracker
from tierkeeper.plugins.model.change import Applied, Change, Unknown
from tierkeeper.sync.ledger import Ledger


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def refused_handover(desk: World) -> int:
    """An issue of the help desk that a stranger just handed to development; the wait is over."""
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    desk.hands("user-2", number, "development")
    desk.later()
    return number


def settled(desk: World, number: int) -> None:
    """After quiet: put back once, one status comment, an empty run."""
    for _ in range(3):
        desk.later(600)
        desk.cycle()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    statuses = [body for body in desk.comments(number) if "tierkeeper:status" in body]
    assert len(statuses) == 1
    assert "Put back from development" in statuses[0]
    events = [call for call in desk.writes() if call[1].endswith(f"/issues/{number}/labels")]
    assert len(events) <= 2


@pytest.mark.parametrize("kind", ["cut-after-write", "cut-before-write"])
@pytest.mark.parametrize(
    "match", [r"POST /repos/.*/comments", r"POST /repos/.*/labels", r"DELETE /repos/.*/labels", r"GET /repos/.*/events"]
)
def test_a_cut_connection_at_any_write_leaves_one_put_back_and_one_comment(desk: World, match: str, kind: str) -> None:
    number = refused_handover(desk)
    desk.box.faults.add(kind, match=match, times=1)
    desk.cycle()
    settled(desk, number)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_after_the_comment_was_written_makes_no_second_one(desk: World, status: int) -> None:
    number = refused_handover(desk)
    desk.box.faults.add("server-error", match=r"POST /repos/.*/comments", status=status, written=True, times=1)
    report = desk.cycle()
    assert report.exit_code == 1
    settled(desk, number)


def test_a_secondary_limit_ends_the_cycle_cleanly_and_the_next_one_goes_on(desk: World) -> None:
    number = refused_handover(desk)
    desk.box.faults.add("rate-limit", status=403, retry_after=3600, match=r"POST /repos/.*/comments", times=1)
    report = desk.cycle()
    assert report.exit_code == 1
    assert any("not written" in problem for problem in report.problems)
    settled(desk, number)


def test_labels_that_the_tracker_drops_are_an_error_and_the_issue_is_tried_again_later(desk: World) -> None:
    number = refused_handover(desk)
    desk.box.faults.add("drop-labels", match=r"POST /repos/.*/labels", times=1)
    report = desk.cycle()
    assert report.exit_code == 1
    assert any("tier:help-desk" in problem for problem in report.problems)
    assert desk.cycle().problems == []
    settled(desk, number)


def test_a_persons_change_that_falls_between_our_look_and_our_write_comes_back(
    desk: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = refused_handover(desk)
    write = GitHubTracker.apply
    meddled: list[int] = []

    def meddle(self: GitHubTracker, ref: Any, queue: Any, changes: Sequence[Change]) -> Applied | Unknown:
        if not meddled:
            meddled.append(1)
            desk.hands("help-desk-1", number, "support")
        return write(self, ref, queue, changes)

    monkeypatch.setattr(GitHubTracker, "apply", meddle)
    desk.cycle()
    assert desk.tier(number) == {"support"}
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"support"}


def test_a_person_who_takes_it_back_before_we_write_is_left_alone(desk: World) -> None:
    number = refused_handover(desk)
    desk.cycle(write=False)
    desk.hands("user-2", number, "help-desk")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert desk.comments(number) == []


def test_a_deleted_status_comment_is_made_again_once_when_there_is_something_to_say(desk: World) -> None:
    number = refused_handover(desk)
    desk.run_quiet()
    comment = desk.call("desk-leader", "GET", f"/issues/{number}/comments")[0]["id"]
    desk.call("tierkeeper", "DELETE", f"/issues/comments/{comment}")
    desk.hands("help-desk-1", number, "support")
    desk.later()
    desk.cycle()
    desk.later(600)
    desk.run_quiet()
    assert len(desk.comments(number)) <= 1


def test_a_second_status_comment_is_removed(desk: World) -> None:
    number = refused_handover(desk)
    desk.run_quiet()
    body = desk.comments(number)[0]
    desk.says("tierkeeper", number, body)
    desk.later()
    desk.run_quiet()
    assert len(desk.comments(number)) == 1


def test_a_renamed_repository_stops_its_queue_and_writes_nothing(desk: World) -> None:
    number = refused_handover(desk)
    desk.box.store.rename_repository(REPO, "example/shop")
    report = desk.cycle()
    assert report.exit_code == 1
    assert any("example/shop" in problem for problem in report.problems)
    assert number
    assert desk.writes() == []


class Killed(BaseException):
    """The process ends here."""


def test_a_kill_between_any_two_calls_leaves_one_put_back_and_one_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = ("open_intent", "close_intent", "record", "judged", "store_snapshot", "store", "judged_many")
    point = 0
    while True:
        folder = tmp_path / str(point)
        folder.mkdir()
        with world(folder) as desk:
            number = refused_handover(desk)
            with monkeypatch.context() as patch:
                reached = _kill_at(point, steps, patch)
                with suppress(Killed):
                    desk.cycle()
            if not reached:
                break
            settled(desk, number)
        point += 1
    assert point > 5


def _kill_at(point: int, steps: tuple[str, ...], patch: pytest.MonkeyPatch) -> list[int]:
    """Let the ledger's calls end the process just after the one with this number."""
    count = 0
    reached: list[int] = []

    def killing(name: str) -> Any:
        call = getattr(Ledger, name)

        def method(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            done = call(*arguments, **options)
            count += 1
            if count - 1 == point:
                reached.append(point)
                raise Killed
            return done

        return method

    for name in steps:
        patch.setattr(Ledger, name, killing(name))
    return reached


@pytest.mark.parametrize("lost", [1, 2])
def test_a_restored_word_whose_answer_is_lost_is_asked_for_again_and_told_of_if_that_is_lost_too(
    desk: World, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    number = refused_handover(desk)
    write = GitHubTracker.apply
    calls: list[int] = []

    def meddle(self: GitHubTracker, ref: Any, queue: Any, changes: Sequence[Change]) -> Applied | Unknown:
        calls.append(1)
        if len(calls) == 1:
            desk.hands("help-desk-1", number, "support")
        elif len(calls) <= 1 + lost:
            return Unknown("no answer came")
        return write(self, ref, queue, changes)

    monkeypatch.setattr(GitHubTracker, "apply", meddle)
    report = desk.cycle()
    told = [problem for problem in report.problems if "whether theirs was restored is not known" in problem]
    assert len(told) == lost - 1
    if lost == 1:
        assert desk.tier(number) == {"support"}
