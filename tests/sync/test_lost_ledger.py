"""A ledger that is lost amid a history repeats nothing: not a comment, a put-back, a telling or a command."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_world import World, world
from jira_desk import jira_desk

from tierkeeper.plugins.tracker import Ports
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.rebuild import Refill, put_in_place, unfinished

Lose = Callable[[World], None]


def delete(desk: World) -> None:
    for path in desk.ledger_path.parent.glob(f"{desk.ledger_path.name}*"):
        path.unlink()


def rebuild(desk: World) -> None:
    policy, wall = desk.policy(), ManualWall(desk.box.now)
    with Ledger.open(unfinished(desk.ledger_path), desk=policy.desk.name) as ledger:
        ports = Ports(budget=MemoryBudget(), etags=ledger.etags, kept=ledger.kept, wall=wall, secret=desk.secret)
        trackers = {name: entry.plugin.make(name, entry.options, ports) for name, entry in policy.trackers.items()}
        refill = Refill(ledger=ledger, queues=policy.queues, trackers=trackers, now=desk.box.now, wall=wall)
        assert refill.run() == []
    put_in_place(desk.ledger_path, desk.box.now)


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        yield made


@pytest.fixture(params=[delete, rebuild], ids=["deleted", "rebuilt"])
def lose(request: pytest.FixtureRequest) -> Lose:
    found: Lose = request.param
    return found


def with_help_desk(desk: World) -> int:
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    return number


def said(desk: World, number: int) -> list[str]:
    """The first line of each of our comments that says something: what it is, without its marker."""
    return [next((line for line in body.splitlines() if line.strip()), "") for body in desk.comments(number)]


def test_what_was_put_back_and_set_again_still_stands_and_nobody_is_told_twice(desk: World, lose: Lose) -> None:
    number = with_help_desk(desk)
    for _ in range(2):
        desk.hands("user-2", number, "development")
        desk.later()
        desk.run_quiet()
    before = said(desk, number)
    assert len(before) == 2
    lose(desk)
    desk.run_quiet()
    desk.later(600)
    desk.run_quiet()
    assert desk.tier(number) == {"development"}
    assert len(desk.comments(number)) == len(before)


def test_a_put_back_stays_put_back_with_its_one_status_comment(desk: World, lose: Lose) -> None:
    number = with_help_desk(desk)
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    lose(desk)
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert len(desk.comments(number)) == 1


def test_a_command_is_not_carried_out_again_after_people_went_on(desk: World, lose: Lose) -> None:
    number = with_help_desk(desk)
    desk.says("help-desk-1", number, "/handover support cache was cleared")
    desk.run_quiet()
    desk.later()
    desk.hands("support-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    lose(desk)
    desk.run_quiet()
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}


def test_a_command_of_this_very_moment_is_not_carried_out_again(desk: World, lose: Lose) -> None:
    number = with_help_desk(desk)
    desk.says("help-desk-1", number, "/handover support cache was cleared")
    desk.run_quiet()
    assert desk.tier(number) == {"support"}
    desk.hands("support-1", number, "help-desk")
    lose(desk)
    for _ in range(3):
        desk.run_quiet()
        desk.later()
    assert desk.tier(number) == {"help-desk"}


def test_what_nobody_had_judged_yet_stands(desk: World, lose: Lose) -> None:
    number = with_help_desk(desk)
    desk.hands("user-2", number, "development")
    desk.says("user-1", number, "/handover support please")
    desk.later()
    lose(desk)
    desk.run_quiet()
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"development"}
    assert desk.comments(number) == []


def test_what_people_do_afterwards_is_judged_as_ever(desk: World, lose: Lose) -> None:
    number = with_help_desk(desk)
    lose(desk)
    desk.run_quiet()
    desk.later()
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert len(desk.comments(number)) == 1


class History:
    """People who do this and that, by a seed."""

    def __init__(self, desk: World, seed: int) -> None:
        self.desk, self.dice = desk, random.Random(seed)  # a seed is wanted here
        self.numbers: list[int] = []

    def act(self) -> None:
        desk, dice = self.desk, self.dice
        if len(self.numbers) < 3 or dice.random() < 0.1:
            who = dice.choice(["key-user-1", "key-user-1", "user-1"])
            self.numbers.append(desk.reports(who, "It fails", ("instance:berlin-01",) if who != "user-1" else ()))
            return
        number = dice.choice(self.numbers)
        tier = dice.choice(["key-users", "help-desk", "support", "development"])
        who = dice.choice(["key-user-1", "help-desk-1", "support-1", "dev-1", "user-2"])
        kind = dice.random()
        if kind < 0.55:
            desk.hands(who, number, tier)
        elif kind < 0.8:
            desk.says(who, number, f"/handover {tier} because")
        elif kind < 0.9:
            desk.says(who, number, "Any news?")
        elif labels := sorted(label for label in desk.labels(number) if label.startswith("tier:")):
            desk.unlabels(who, number, dice.choice(labels))

    def go_on(self, steps: int) -> None:
        for _ in range(steps):
            self.act()
            self.desk.later(self.dice.choice([0, 3, 30, 61, 200]))
            if self.dice.random() < 0.6:
                assert self.desk.cycle().problems == []

    def rest(self) -> None:
        """Run until there is nothing left to do."""
        for _ in range(6):
            self.desk.later()
            before = len(self.desk.writes())
            assert self.desk.cycle().problems == []
            if len(self.desk.writes()) == before:
                return
        pytest.fail("it never comes to rest")

    def holds(self) -> None:
        for number in self.numbers:
            bodies = self.desk.comments(number)
            told = [body for body in bodies if "again after it was put back" in body]
            assert len(bodies) - len(told) <= 1, f"{number} has a second status comment: {bodies}"
            twice = [body for body, count in Counter(told).items() if count > 1]
            assert not twice, f"{number}: told twice"

    def stand(self) -> dict[int, tuple[set[str], set[str], int]]:
        desk = self.desk
        return {
            number: (desk.tier(number), desk.assignees(number), len(desk.comments(number))) for number in self.numbers
        }


@pytest.mark.parametrize("seed", range(4))
def test_a_loss_at_rest_changes_nothing_that_people_see_but_the_words(desk: World, lose: Lose, seed: int) -> None:
    history = History(desk, seed)
    assert desk.cycle().problems == []
    desk.later()
    history.go_on(25)
    history.rest()
    before = history.stand()
    lose(desk)
    desk.run_quiet()
    desk.later(600)
    desk.run_quiet()
    assert history.stand() == before
    history.holds()
    history.go_on(10)
    history.rest()
    history.holds()


@pytest.mark.parametrize("seed", range(100, 104))
def test_a_loss_at_any_moment_puts_back_tells_and_runs_nothing_that_lies_before(
    desk: World, lose: Lose, seed: int
) -> None:
    history = History(desk, seed)
    assert desk.cycle().problems == []
    desk.later()
    history.go_on(20)
    before = history.stand()
    lose(desk)
    desk.run_quiet()
    desk.later()
    desk.run_quiet()
    for number, (tiers, _, comments) in history.stand().items():
        old_tiers, _, old_comments = before[number]
        wanted = tiers == {"key-users"} and desk.assignees(number)  # the way in of an issue that nobody judged yet
        assert tiers <= old_tiers or wanted, f"{number} went from {old_tiers} to {tiers}"
        assert comments == old_comments or wanted
    history.holds()
    history.go_on(10)
    history.rest()
    history.holds()
