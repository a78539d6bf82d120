"""A ledger that was lost: every pair is found again from both trackers alone, nothing is doubled or overwritten."""

import re
from typing import Any

import pytest
from mirror_world import OWN, START, GitHubEnd, MirrorWorld

from tierkeeper.plugins.jira.convert import LINK
from tierkeeper.plugins.markup.adf_text import to_markdown
from tierkeeper.plugins.transport.ports import ManualWall
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.mirror.reunion import Reunion, matchmaker
from tierkeeper.sync.rebuild import Refill


def linked(world: MirrorWorld, title: str = "Export fails") -> tuple[str, str]:
    """An issue and its twin, with a comment on each side."""
    issue = world.desk.report("key-user-1", title, "It stops.", ("tier:support", "priority:high"))
    world.desk.comment("key-user-1", issue, "Since Monday.")
    world.later(10)
    world.desk.label("support-1", issue, "tier:development")
    world.desk.unlabel("support-1", issue, "tier:support")
    world.later()
    world.run_quiet()
    twin = next(one for one in world.dev.issues() if one.title == title)
    world.dev.comment("dev-1", twin.id, "Found it.")
    world.later()
    world.run_quiet()
    return issue, twin.id


def comment_id(end: Any, issue: str, text: str) -> str:
    """Which comment says this."""
    if isinstance(end, GitHubEnd):
        return next(str(one["id"]) for one in end.get(f"/issues/{issue}/comments") if one["body"] == text)
    said = end.get(f"/issue/{issue}/comment")["comments"]
    return next(str(one["id"]) for one in said if to_markdown(one["body"]) == text)


def forget_origin(end: Any, issue: str) -> None:
    """Somebody takes away what our create left on the twin, and our comment there."""
    (shown,) = end.issues()
    end.delete_comment("dev-1", comment_id(end, issue, shown.status))
    if isinstance(end, GitHubEnd):
        end.rewrite("dev-1", issue, re.sub("<!--.*-->", "", shown.text))
    else:
        del end.store.issue(issue).properties[LINK]


def lose(world: MirrorWorld) -> None:
    for part in world.ledger_path.parent.glob(f"{world.ledger_path.name}*"):
        part.unlink()
    world.later(600)


def rebuild(world: MirrorWorld) -> Reunion:
    lose(world)
    policy, wall = world.policy(), ManualWall(world.github.now)
    with Ledger.open(world.ledger_path, desk=policy.desk.name) as ledger:
        trackers = world.trackers(policy, ledger)
        refill = Refill(ledger=ledger, queues=policy.queues, trackers=trackers, now=world.github.now, wall=wall)
        assert refill.run() == []
        return matchmaker(policy, ledger, trackers, now=world.github.now, wall=wall, host=world.host).find()


def sides(world: MirrorWorld) -> tuple[object, ...]:
    """All that people see on both sides."""
    shown = [*world.desk.issues(), *world.dev.issues()]
    return tuple((one.title, one.text, one.open, one.labels, one.comments) for one in shown)


def test_every_pair_is_found_again_and_nothing_is_written(world: MirrorWorld) -> None:
    linked(world)
    linked(world, "Login loops")
    before, writes = sides(world), len(world.writes())
    found = rebuild(world)
    assert (found.pairs, found.differing, found.half) == (2, [], [])
    world.run()
    world.later(61)
    world.run()
    assert world.writes()[writes:] == []
    assert sides(world) == before


def test_after_a_rebuild_both_sides_stay_in_step(world: MirrorWorld) -> None:
    issue, twin = linked(world)
    rebuild(world)
    world.run()
    world.later()
    world.desk.rename("support-1", issue, "Export stops")
    world.desk.rewrite("key-user-1", issue, "It stops at 70 %.")
    world.dev.comment("dev-1", twin, "Done.")
    world.later()
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert there.title == "Export stops"
    assert "70 %" in there.text
    assert [sum(said in text for _, text in source.comments) for said in ("Found it.", "Done.")] == [1, 1]
    assert sum("Since Monday." in text for _, text in there.comments) == 1


def test_a_pair_that_differs_is_shown_and_not_overwritten(world: MirrorWorld) -> None:
    issue, twin = linked(world)
    world.dev.rename("dev-1", twin, "Theirs")
    found = rebuild(world)
    assert found.pairs == 1
    (line,) = found.differing
    assert line.endswith(": title")
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert (source.title, there.title) == ("Export fails", "Theirs")
    world.desk.rename("support-1", issue, "Ours, then")
    world.later()
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), world.dev.issues()
    assert (source.title, there.title) == ("Ours, then", "Ours, then")


def test_what_only_one_side_says_is_no_pair(world: MirrorWorld) -> None:
    issue, twin = linked(world)
    (source,) = world.desk.issues()
    world.desk.delete_comment(OWN, comment_id(world.desk, issue, source.status))
    found = rebuild(world)
    assert found.pairs == 0
    (line,) = found.half
    assert "does not name it" in line
    with Ledger.open(world.ledger_path, desk="Web application") as ledger:
        assert Links(ledger).all() == []
    assert twin


def test_a_lost_ledger_makes_no_second_twin_even_without_a_rebuild(world: MirrorWorld) -> None:
    linked(world)
    before = sides(world)
    lose(world)
    world.run()
    world.later(61)
    world.run_quiet()
    assert sides(world) == before
    with Ledger.open(world.ledger_path, desk="Web application") as ledger:
        (link,) = Links(ledger).all()
        assert link.target is not None


def test_a_ledger_that_began_by_a_slow_clock_makes_no_second_twin(world: MirrorWorld) -> None:
    linked(world)
    lose(world)
    with Ledger.open(world.ledger_path, desk="Web application") as ledger:
        ledger.begin(START)  # by the tracker's clock the issue was not reported before that
    world.run()
    world.later()
    world.run_quiet()
    assert len(world.dev.issues()) == 1


def test_an_issue_that_names_a_twin_nobody_knows_gets_no_second_one(world: MirrorWorld) -> None:
    issue, twin = linked(world)
    forget_origin(world.dev, twin)
    lose(world)
    report = world.cycle()
    assert any("names a twin that this ledger does not know" in problem for problem in report.problems)
    assert report.exit_code == 1
    assert len(world.dev.issues()) == 1
    assert issue


def let_go(world: MirrorWorld, *, by_hand: bool) -> str:
    """An issue and its twin that go their own ways."""
    issue, twin = linked(world)
    if by_hand:
        forget_origin(world.dev, twin)
        world.later()
        world.run()
    policy, wall = world.policy(), ManualWall(world.github.now)
    with Ledger.open(world.ledger_path, desk=policy.desk.name) as ledger:
        trackers = world.trackers(policy, ledger)
        matchmaker(policy, ledger, trackers, now=world.github.now, wall=wall, host=world.host).release(
            *(link.source for link in Links(ledger).all())
        )
    world.later()
    world.run_quiet()
    assert "no longer linked" in world.desk.issues()[0].status
    return issue


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_pair_that_was_let_go_stays_so_in_a_new_ledger(world: MirrorWorld, *, by_hand: bool, rebuilt: bool) -> None:
    issue = let_go(world, by_hand=by_hand)
    before = sides(world)
    if rebuilt:
        assert rebuild(world).pairs == 0
    else:
        lose(world)
    world.run()
    assert sides(world) == before
    world.desk.rename("support-1", issue, "Ours alone")
    world.later()
    world.run_quiet()
    assert [one.title for one in world.dev.issues()] == ["Export fails"]
    assert "no longer linked" in world.desk.issues()[0].status


def test_what_crossed_while_a_search_lags_is_not_sent_again_by_a_new_ledger(between_jiras: MirrorWorld) -> None:
    world = between_jiras
    issue, twin = linked(world)
    world.later(600)
    world.dev.comment("dev-1", twin, "It is the cache.")
    world.desk.comment("support-1", issue, "Any news?")
    world.run()
    world.jira.faults.add("search-lag", match="/search", seconds=900)
    rebuild(world)
    world.jira.faults.clear()
    world.run()
    world.later()
    world.run_quiet()
    ((source,), (there,)) = world.desk.issues(), world.dev.issues()
    assert sum("It is the cache." in text for _, text in source.comments) == 1
    assert sum("Any news?" in text for _, text in there.comments) == 1
