"""One rate budget over successive runs: what runs dry goes on later, fairly, and says when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from desk_world import OWN, PEOPLE, REPO, World, world

from tierkeeper.plugins.errors import OutOfBudget
from tierkeeper.plugins.tracker import Ports
from tierkeeper.plugins.transport.ports import Kind, ManualWall
from tierkeeper.sync.budget import LedgerBudget
from tierkeeper.sync.cycle import Cycle
from tierkeeper.sync.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tierkeeper.sync.report import Report

SECOND = "example/mobile"
EVERY = 300
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
COMMENTS = r"POST /repos/.*/comments"


class Watched(LedgerBudget):
    """Notes when each create was let through."""

    let: list[datetime]

    def before(self, credential: str, kind: Kind, wall_now: datetime) -> None:
        super().before(credential, kind, wall_now)
        if kind == "create":
            self.let.append(wall_now)


class Thrifty(World):
    """A desk whose runs share one budget through the ledger; each run is a new process, so to speak."""

    two = False
    limits = (80, 500)

    def policy_text(self) -> str:
        text = super().policy_text()
        return text.replace("queues:\n", f"queues:\n  mobile: {{tracker: github, repository: {SECOND}}}\n", self.two)

    def run(self) -> Report:
        policy, wall = self.policy(), ManualWall(self.box.now)
        with Ledger.open(self.ledger_path, desk=policy.desk.name) as ledger:
            number = ledger.start_run("run", now=self.box.now, wall=self.box.now)
            budget = Watched(ledger.budgets, creates_a_minute=self.limits[0], creates_an_hour=self.limits[1])
            budget.let = self.let
            ports = Ports(budget=budget, etags=ledger.etags, kept=ledger.kept, wall=wall, secret=self.secret)
            trackers = {name: entry.plugin.make(name, entry.options, ports) for name, entry in policy.trackers.items()}
            report = Cycle(
                policy=policy,
                ledger=ledger,
                trackers=trackers,
                now=self.box.now,
                wall=wall,
                write=True,
                max_changes=1000,
                budget=budget,
            ).run()
            ledger.end_run(number, report.counts(), exit_code=report.exit_code, wall=self.box.now)
            budget.keep(wall.now())
        return report

    def begin(self) -> None:
        """The first run, so that what happens from here on is judged; and the second, for a pace to be known."""
        self.let: list[datetime] = []
        for _ in range(2):
            assert self.run().problems == []
            self.later(EVERY)

    def flood(self, count: int, repository: str = REPO) -> None:
        """So many issues that somebody hands to development, past everybody."""
        store = self.box.store
        for index in range(count):
            labels = ("instance:berlin-01",)
            number = store.create_issue(repository, "key-user-1", f"Issue {index}", labels=labels)
            store.add_labels(repository, number, ["tier:development"], "user-2")
        self.later()

    def second_queue(self) -> None:
        self.two = True
        store = self.box.store
        store.add_repository(SECOND, permissions={OWN: "admin", **PEOPLE})
        for name in ("tier:development", "instance:berlin-01", "flag:TR01", "flag:TR02"):
            store.add_label(SECOND, name)

    def comments_on(self, repository: str) -> int:
        return sum(f"/{repository}/" in path and path.endswith("/comments") for _, path in self.writes())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Thrifty]:
    """A desk in flag mode."""
    with world(tmp_path) as made:
        thrifty = Thrifty(made.box, made.ledger_path)
        thrifty.mode = "flag"
        yield thrifty


def most_within(moments: list[datetime], span: timedelta) -> int:
    """The most of these moments that lie within one span."""
    return max(sum(start <= moment < start + span for moment in moments) for start in moments)


@pytest.mark.parametrize(("count", "limits"), [(200, (80, 500)), (60, (8, 20))])
def test_a_flood_of_flags_goes_on_over_successive_runs_within_both_limits(
    desk: Thrifty, count: int, limits: tuple[int, int]
) -> None:
    desk.limits = limits
    desk.begin()
    desk.flood(count)
    reports: list[Report] = []
    ended: list[datetime] = []
    while not reports or reports[-1].problems:
        reports.append(desk.run())
        ended.append(desk.box.now)
        desk.later(EVERY)
        assert len(reports) < 60
    assert len(reports) > 1
    assert desk.comments_on(REPO) == len(desk.let) == count
    assert most_within(desk.let, MINUTE) <= limits[0]
    assert most_within(desk.let, HOUR) <= limits[1]
    (first,) = reports[0].left
    assert first.issues == count - reports[0].written
    assert reports[0].exit_code == 1
    assert f"webapp: {first.issues} issues not written; goes on at " in reports[0].problems[0]
    assert first.done_by is not None
    assert abs(first.done_by - ended[-1]) <= timedelta(minutes=10), (first.done_by, ended)
    assert desk.run().written == 0


def test_what_is_said_names_the_queue_the_count_and_the_times_of_the_desk(desk: Thrifty) -> None:
    desk.limits = (3, 3)
    desk.begin()
    desk.flood(5)
    problem = desk.run().problems[0]
    assert problem == (
        "webapp: 2 issues not written; goes on at 10:12 CET, done by about 10:12 CET "
        "(3 issues and comments were created within an hour)"
    )


def test_two_queues_on_one_credential_share_fairly_and_both_are_done_in_the_end(desk: Thrifty) -> None:
    desk.limits = (5, 5)
    desk.second_queue()
    desk.begin()
    desk.flood(30)
    desk.flood(6, SECOND)
    shares = []
    for _ in range(8):
        before = desk.comments_on(REPO), desk.comments_on(SECOND)
        desk.run()
        desk.later(3700)
        shares.append((desk.comments_on(REPO) - before[0], desk.comments_on(SECOND) - before[1]))
    assert shares[:2] == [(2, 3), (3, 2)]
    assert [sum(share) for share in shares[:7]] == [5] * 7
    assert (desk.comments_on(REPO), desk.comments_on(SECOND)) == (30, 6)


def test_a_queue_that_was_not_read_is_read_first_by_the_next_run(desk: Thrifty) -> None:
    desk.second_queue()
    desk.begin()
    desk.flood(1)
    desk.flood(1, SECOND)
    desk.box.faults.add("rate-limit", status=403, retry_after=900, match=r"example/webapp/issues\?", times=1)
    report = desk.run()
    assert [(one.queue, one.issues) for one in report.left] == [("webapp", None), ("mobile", 1)]
    assert "webapp: not read to its end, and not judged" in report.problems[0]
    assert "goes on at 09:28 CET" in report.problems[0]
    desk.later(901)
    asked = len(desk.box.requests)
    assert desk.run().problems == []
    assert next(call[1] for call in desk.box.requests[asked:] if "/repos/" in call[1]).startswith(f"/repos/{REPO}")


@pytest.mark.parametrize(("status", "after"), [(403, 900), (429, 900)])
def test_a_wait_that_the_server_asked_for_holds_in_a_new_process(desk: Thrifty, status: int, after: int) -> None:
    desk.begin()
    desk.flood(4)
    desk.box.faults.add("rate-limit", status=status, retry_after=after, match=COMMENTS, skip=1, times=1)
    report = desk.run()
    assert (report.written, report.left[0].issues, report.exit_code) == (1, 3, 1)
    desk.later(EVERY)
    asked = len(desk.box.requests)
    waiting = desk.run()
    assert len(desk.box.requests) == asked, "something was asked while the server had asked to wait"
    assert (waiting.left[0].goes_on, waiting.exit_code) == (report.left[0].goes_on, 1)
    desk.later(after)
    assert desk.run().problems == []
    assert desk.comments_on(REPO) == 5  # four, and the one that was refused
    assert all(len(desk.comments(number)) == 1 for number in range(1, 5))


def test_who_cannot_be_judged_because_a_role_was_not_read_is_left_and_not_put_in_quarantine(desk: Thrifty) -> None:
    desk.developers = "{github: {team: example/webapp-developers}}"
    desk.begin()
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01", "tier:development"))
    desk.later()
    desk.run()
    desk.hands("user-2", number, "support")
    desk.later()
    desk.box.faults.add("rate-limit", status=403, retry_after=900, match="/teams/", times=1)
    report = desk.run()
    assert [(one.queue, one.issues) for one in report.left] == [("webapp", 1)]
    with Ledger.open(desk.ledger_path, desk="Web application", read_only=True) as ledger:
        assert ledger.quarantined() == []
    desk.later(901)
    assert desk.run().problems == []
    assert "flag:TR02" in desk.labels(number)


def test_a_used_up_quota_stops_until_its_reset_and_goes_on_there(desk: Thrifty) -> None:
    desk.begin()
    desk.flood(40)
    desk.box.store.set_rate_limit(desk.token, 90)
    report = desk.run()
    assert report.left[0].issues == 40 - report.written > 0
    reset = report.left[0].goes_on
    assert reset is not None
    assert "requests are left" in report.problems[0]
    while desk.box.now < reset:
        asked = len(desk.box.requests)
        assert desk.run().exit_code == 1
        assert len(desk.box.requests) - asked <= 12, "what was kept for people was used up"
        desk.later(EVERY)
    assert desk.run().problems == []
    assert desk.comments_on(REPO) == 40


def test_trouble_with_one_tracker_holds_up_no_other_issue_twice(desk: Thrifty) -> None:
    desk.begin()
    desk.flood(3)
    desk.box.faults.add("server-error", match=r"POST /repos/.*/issues/1/labels", status=422, times=1)
    report = desk.run()
    assert report.written == 2
    assert report.left == []


def test_creates_are_counted_in_the_ledger_before_they_are_sent(tmp_path: Path) -> None:
    at = datetime.fromisoformat("2026-11-23T09:00:00+00:00")
    with Ledger.open(tmp_path / "desk.sqlite", desk="desk") as ledger:
        first = LedgerBudget(ledger.budgets, creates_a_minute=2)
        first.before("c", "create", at)
        first.before("c", "create", at)
    with Ledger.open(tmp_path / "desk.sqlite", desk="desk") as ledger:
        second = LedgerBudget(ledger.budgets, creates_a_minute=2)
        with pytest.raises(OutOfBudget) as caught:
            second.before("c", "create", at + timedelta(seconds=10))
        assert caught.value.until == at + MINUTE
        second.before("c", "create", at + MINUTE)
        third = LedgerBudget(ledger.budgets, creates_a_minute=2)
        third.before("c", "create", at - timedelta(days=300))  # a clock that was set back locks nobody out


def test_a_state_that_cannot_be_read_is_no_obstacle(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "desk.sqlite", desk="desk") as ledger:
        for state in ("nonsense", "[]", '{"saved": 1e99}', '{"saved": 9223372036854775807}'):
            ledger.budgets.save("c", state)
            LedgerBudget(ledger.budgets).before("c", "create", datetime.fromisoformat("2026-11-23T09:00:00+00:00"))
