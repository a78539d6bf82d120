"""Issues whose older events the first reading left out: what they are until they matter, and from then on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import OWN, REPO, World, world

from tierkeeper.sync.ledger import Ledger


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def a_cut_history(desk: World) -> int:
    """A closed issue whose events lie behind a hundred others, where the tracker ends its feed in the first run."""
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later(10)
    desk.hands("key-user-1", number, "help-desk")
    desk.closes("key-user-1", number)
    other = desk.reports("dev-1", "Many labels")
    desk.labels_issue("dev-1", other, *(f"noise-{count}" for count in range(60)))
    desk.call("dev-1", "DELETE", f"/issues/{other}/labels")
    desk.later()
    desk.box.faults.add("deep-page-422", pages=1, match="/repositories/[0-9]+/issues/events")
    assert desk.cycle().problems == []
    return number


def is_whole(desk: World, number: int) -> bool:
    with Ledger.open(desk.ledger_path, desk="Web application") as ledger:
        known = ledger.history("webapp", str(number))
    assert known is not None
    named = {event.name for event in known.history.events}
    assert known.history.complete is ("instance:berlin-01" in named)
    return known.history.complete


def test_a_closed_issue_of_which_nothing_new_is_known_is_left_incomplete(desk: World) -> None:
    number = a_cut_history(desk)
    desk.later()
    desk.run_quiet()
    assert not is_whole(desk, number)


def test_one_that_is_opened_again_is_read_whole_and_judged_like_any_other(desk: World) -> None:
    number = a_cut_history(desk)
    desk.reopens("key-user-1", number)
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    assert is_whole(desk, number)
    assert desk.tier(number) == {"help-desk"}


def test_one_that_cannot_be_looked_at_is_looked_at_again_later(desk: World) -> None:
    number = a_cut_history(desk)
    desk.reopens("key-user-1", number)
    desk.later()
    desk.box.faults.add("server-error", status=502, match=f"/issues/{number}/events", times=4)
    assert any("its older events are not read yet" in problem for problem in desk.cycle().problems)
    assert not is_whole(desk, number)
    desk.later(3600)
    desk.run_quiet()
    assert is_whole(desk, number)


def test_an_issue_that_comes_from_another_repository_brings_its_history(desk: World) -> None:
    store, other = desk.box.store, "example/other"
    store.add_repository(other, permissions={OWN: "admin"})
    for label in ("tier:help-desk", "tier:support"):
        store.add_label(other, label)
    number = store.create_issue(other, "key-user-1", "Export fails", labels=("tier:help-desk",))
    desk.later(10)
    store.add_labels(other, number, ["tier:support"], "help-desk-1")
    desk.later(3600)
    desk.run_quiet()
    number = store.transfer_issue(other, number, REPO, "desk-leader")
    desk.later()
    desk.run_quiet()
    with Ledger.open(desk.ledger_path, desk="Web application") as ledger:
        known = ledger.history("webapp", str(number))
    assert known is not None
    said = [event.name or event.kind for event in known.history.events]
    assert said == ["tier:help-desk", "tier:support", "moved", "tier:help-desk"]
    assert desk.tier(number) == {"support"}


def test_a_tier_that_was_lost_on_the_way_from_another_repository_comes_back(desk: World) -> None:
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    desk.box.store.add_repository("example/other", permissions={OWN: "admin"})
    there = desk.box.store.transfer_issue(REPO, number, "example/other", "desk-leader")
    desk.later()
    assert desk.cycle().problems == []
    number = desk.box.store.transfer_issue("example/other", there, REPO, "desk-leader")
    assert desk.tier(number) == set()
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}


def test_an_issue_whose_tier_went_without_a_word_is_said_to_be_unexplained(desk: World) -> None:
    assert desk.cycle().problems == []
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.hands("user-2", number, "development")
    desk.box.store.issue(REPO, number).labels.clear()
    desk.later()
    assert any("its history does not explain its tier" in problem for problem in desk.cycle().problems)
