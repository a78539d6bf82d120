"""Whose turn it is to be written, and what one tracker's trouble leaves to the others."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tierkeeper.plugins.errors import AuthenticationFailed, OutOfBudget, TierkeeperError, WriteRefused
from tierkeeper.plugins.model.desk import Queue
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.sync.turns import Due, Left, written_in_turn

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def due(name: str, tracker: str, count: int, creates: int = 0) -> Due:
    queue = Queue(name=name, tracker=tracker, place=name)
    return Due(queue=queue, refs=[Ref(name, str(index), str(index)) for index in range(count)], creates=creates)


class Scribe:
    """Writes down whose turn it was; raises what it is told to, from the n-th call for a queue on."""

    def __init__(self, **raises: tuple[int, TierkeeperError]) -> None:
        self.wrote: list[str] = []
        self.failed: list[str] = []
        self._raises = raises

    def write(self, queue: Queue, ref: Ref) -> None:
        after, error = self._raises.get(queue.name, (99, None))
        if error is not None and int(ref.id) >= after:
            raise error
        self.wrote.append(f"{queue.name}{ref.id}")

    def fail(self, ref: Ref, _error: TierkeeperError) -> None:
        self.failed.append(f"{ref.queue}{ref.id}")


def test_queues_take_turns() -> None:
    scribe = Scribe()
    assert (
        written_in_turn([due("a", "one", 3), due("b", "one", 1), due("c", "two", 2)], scribe.write, scribe.fail) == []
    )
    assert scribe.wrote == ["a0", "b0", "c0", "a1", "c1", "a2"]


def test_a_tracker_that_is_dry_stops_all_its_queues_and_no_other() -> None:
    scribe = Scribe(a=(1, OutOfBudget("dry", until=NOW)))
    left = written_in_turn(
        [due("a", "one", 4, creates=4), due("b", "one", 3, creates=6), due("c", "two", 3)], scribe.write, scribe.fail
    )
    assert scribe.wrote == ["a0", "b0", "c0", "c1", "c2"]
    assert [(one.queue.name, [ref.id for ref in one.refs], one.creates) for one, _ in left] == [
        ("a", ["1", "2", "3"], 3),
        ("b", ["1", "2"], 4),
    ]
    assert scribe.failed == []


def test_an_expired_token_stops_its_tracker_too() -> None:
    scribe = Scribe(a=(0, AuthenticationFailed("expired")))
    ((left, error),) = written_in_turn([due("a", "one", 2), due("c", "two", 1)], scribe.write, scribe.fail)
    assert (left.queue.name, len(left.refs), str(error)) == ("a", 2, "expired")
    assert scribe.wrote == ["c0"]


def test_a_limit_on_one_issue_and_a_refused_write_concern_that_issue_alone() -> None:
    slow = OutOfBudget("this issue was written too often", until=NOW)
    slow.one_issue = True
    scribe = Scribe(a=(2, slow), b=(1, WriteRefused("no")))
    assert written_in_turn([due("a", "one", 3), due("b", "one", 2)], scribe.write, scribe.fail) == []
    assert (scribe.wrote, scribe.failed) == (["a0", "b0", "a1"], ["b1", "a2"])


def test_what_is_left_is_said_with_its_day_where_that_is_another_one() -> None:
    left = Left(queue="webapp", issues=1, why="why", goes_on=NOW, done_by=NOW.replace(day=24, second=1))
    assert left.said(BERLIN, NOW) == (
        "webapp: 1 issue not written; goes on at 10:00 CET, done by about 2026-11-24 10:01 CET (why)"
    )
    assert Left(queue="webapp", issues=12, why="why").said(BERLIN, NOW) == (
        "webapp: 12 issues not written; goes on with the next run (why)"
    )
