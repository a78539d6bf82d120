"""Twins made by hand are adopted, and pairs are let go: in all four pairings."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from mirror_world import OWN, MirrorWorld

from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.model.issue import Ref
from tierkeeper.plugins.transport.ports import ManualWall
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.mirror.reunion import Matchmaker, matchmaker

T = TypeVar("T")


def by_hand(world: MirrorWorld) -> tuple[str, str]:
    """An issue at support, and one that a developer made for it; both known to the ledger."""
    issue = world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:support", "priority:high"))
    twin = world.dev.report("dev-1", "Export broken", "See the desk.", ("priority:high",))
    world.later()
    world.run()
    return issue, twin


def ask(world: MirrorWorld, what: Callable[[Matchmaker], T]) -> T:
    policy, wall = world.policy(), ManualWall(world.github.now)
    with Ledger.open(world.ledger_path, desk=policy.desk.name) as ledger:
        trackers = world.trackers(policy, ledger)
        return what(matchmaker(policy, ledger, trackers, now=world.github.now, wall=wall, host=world.host))


def refs(world: MirrorWorld, issue: str, twin: str) -> tuple[Ref, Ref]:
    with Ledger.open(world.ledger_path, desk="Web application") as ledger:
        found = [ledger.history(queue, one) for queue, one in (("desk", issue), ("dev", twin))]
        return tuple(known.history.issue.ref for known in found if known is not None)  # type: ignore[return-value]  # two


def adopted(world: MirrorWorld) -> tuple[str, str]:
    issue, twin = by_hand(world)
    source, target = refs(world, issue, twin)
    link = ask(world, lambda maker: maker.adopt(source, target))
    assert set(link.apart) == {"title"} | ({"tier"} & set(link.apart))
    return issue, twin


def test_an_adopted_pair_names_each_other_and_what_differs_stays(world: MirrorWorld) -> None:
    adopted(world)
    world.run_quiet()
    (source,), (twin,) = world.desk.issues(), world.dev.issues()
    assert "Twin in development: [" in source.status
    assert twin.status.startswith("Twin of ")
    assert (source.title, twin.title) == ("Export fails", "Export broken")
    assert twin.text.startswith("See the desk.")


def test_what_changes_after_that_is_carried_over(world: MirrorWorld) -> None:
    issue, twin = adopted(world)
    world.run_quiet()
    world.dev.rename("dev-1", twin, "Export: paging")
    world.dev.comment("dev-1", twin, "Found it.")
    world.desk.label("support-1", issue, "priority:low")
    world.desk.unlabel("support-1", issue, "priority:high")
    world.later()
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert source.title == there.title == "Export: paging"
    assert sum("Found it." in text for _, text in source.comments) == 1
    assert "priority:low" in there.labels


def test_an_adopted_issue_gets_no_twin_when_it_goes_to_development(world: MirrorWorld) -> None:
    issue, _ = adopted(world)
    world.run_quiet()
    world.desk.label("support-1", issue, "tier:development")
    world.desk.unlabel("support-1", issue, "tier:support")
    world.later()
    world.run_quiet()
    assert len(world.dev.issues()) == 1


def test_a_pair_that_is_let_go_says_so_on_both_sides_and_nothing_is_carried_over(world: MirrorWorld) -> None:
    issue, twin = adopted(world)
    world.run_quiet()
    source, _ = refs(world, issue, twin)
    ask(world, lambda maker: maker.release(source))
    world.run_quiet()
    world.desk.rename("support-1", issue, "Ours alone")
    world.desk.label("support-1", issue, "tier:development")
    world.desk.unlabel("support-1", issue, "tier:support")
    world.later()
    world.run_quiet()
    (here,), (there,) = world.desk.issues(), world.dev.issues()
    assert "no longer linked: let go on 23 Nov 2026" in here.status
    assert there.status.startswith("Was the twin of ")
    assert (here.title, there.title) == ("Ours alone", "Export broken")


def test_a_pair_that_was_let_go_can_be_adopted_again(world: MirrorWorld) -> None:
    issue, twin = adopted(world)
    world.run_quiet()
    source, target = refs(world, issue, twin)
    ask(world, lambda maker: maker.release(target))
    world.run_quiet()
    ask(world, lambda maker: maker.adopt(source, target))
    world.run_quiet()
    (here,), (there,) = world.desk.issues(), world.dev.issues()
    assert "no longer linked" not in here.status
    assert there.status.startswith("Twin of ")
    assert sum(by == OWN for by, _ in there.comments) == 0


def test_what_cannot_be_adopted_is_refused_with_the_reason(world: MirrorWorld) -> None:
    issue, twin = adopted(world)
    source, target = refs(world, issue, twin)
    with pytest.raises(UsageError, match="are a pair already"):
        ask(world, lambda maker: maker.adopt(source, target))
    with pytest.raises(UsageError, match="no mirror leads from dev to desk"):
        ask(world, lambda maker: maker.adopt(target, source))
    with pytest.raises(UsageError, match="is no part of a pair"):
        ask(world, lambda maker: maker.release(Ref("desk", "999999", "999999")))
