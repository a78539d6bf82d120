"""Issues that people move between queues of the desk: the pair stays one where a mirror leads there. Over HTTP."""

import pytest
from mirror_world import OWN, GitHubEnd, JiraEnd, MirrorWorld

from tierkeeper.plugins.model.mirror import Link
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links

DAY = 86_400 + 61


def another(end: GitHubEnd | JiraEnd) -> GitHubEnd | JiraEnd:
    """A second place on the same tracker."""
    return GitHubEnd(end.box, "example/other") if isinstance(end, GitHubEnd) else JiraEnd(end.box, "OTHER")


def move(end: GitHubEnd | JiraEnd, issue: str, to: GitHubEnd | JiraEnd) -> str:
    """Somebody moves it there; its id from then on."""
    if isinstance(end, GitHubEnd):
        return str(end.store.transfer_issue(end.place, int(issue), to.place, "dev-1"))
    end.store.move_issue(issue, to.place, "acc-dev-1")
    return issue


def link_of(world: MirrorWorld) -> Link:
    with Ledger.open(world.ledger_path, desk="Web application", read_only=True) as ledger:
        (link,) = Links(ledger).all()
        return link


def verdicts_of(world: MirrorWorld) -> list[str]:
    """The events that were judged on the source."""
    source = link_of(world).source
    with Ledger.open(world.ledger_path, desk="Web application", read_only=True) as ledger:
        known = ledger.history(source.queue, source.id)
        assert known is not None
        return [one.event for one in known.history.verdicts]


def pair_of(world: MirrorWorld) -> tuple[str, str]:
    """A pair with a comment on either side, and a command that was given on the twin."""
    issue = world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:development",))
    world.desk.comment("support-1", issue, "It is the paging.")
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.dev.comment("dev-1", twin.id, "Found it.")
    world.later()
    world.run_quiet()
    return issue, twin.id


def test_a_twin_that_is_moved_to_another_queue_of_its_mirror_stays_in_step(world: MirrorWorld) -> None:
    other = another(world.dev)
    world.queues = f"  other: {other.queue}\n"
    world.extra = ", by_component: {Search: other}"
    issue, twin = pair_of(world)
    move(world.dev, twin, other)
    world.later()
    world.run()
    world.later()
    report = world.run()
    assert any("stay twins" in line for line in report.notices), report.notices
    world.later()
    world.run_quiet()
    assert world.dev.issues() == []
    (there,) = other.issues()
    assert [text for _, text in there.comments if "It is the paging." in text] != []
    assert len(there.comments) == 2
    world.desk.rename("support-1", issue, "Export stops")
    other.comment("dev-1", there.id, "Done.")
    world.later()
    world.run_quiet()
    (source,), (there,) = world.desk.issues(), other.issues()
    assert there.title == "Export stops"
    assert [sum(said in text for _, text in source.comments) for said in ("Found it.", "Done.")] == [1, 1]
    assert there.status.startswith("Twin of ")
    assert not link_of(world).ended


def test_a_command_on_a_twin_that_was_moved_is_not_carried_out_again(world: MirrorWorld) -> None:
    other = another(world.dev)
    world.queues = f"  other: {other.queue}\n"
    world.extra = ", by_component: {Search: other}"
    world.rules = "{PO03: {mode: enforce, roles: {priority: [support, developers]}}}"
    issue, twin = pair_of(world)
    world.dev.comment("dev-1", twin, "/priority low it can wait")
    world.later()
    world.run_quiet()
    before = verdicts_of(world)
    assert any("comment:" in one for one in before), before
    move(world.dev, twin, other)
    world.desk.comment("support-1", issue, "Noted.")
    for _ in range(3):
        world.later(DAY)
        world.run()
    assert not link_of(world).ended
    assert verdicts_of(world) == before


def test_a_pair_goes_on_under_the_mirror_that_leads_to_where_its_twin_was_moved(world: MirrorWorld) -> None:
    other = another(world.dev)
    world.queues = f"  other: {other.queue}\n"
    world.mirrors = "  to-other: {from: desk, to: other, when: {tier: support}, comments: none}\n"
    issue, twin = pair_of(world)
    move(world.dev, twin, other)
    world.later(DAY)
    world.run()
    world.later()
    world.run_quiet()
    assert link_of(world).mirror == "to-other"
    (there,) = other.issues()
    assert [text for by, text in there.comments if by in {OWN, f"acc-{OWN}"}] == []  # that mirror carries none
    world.desk.rename("support-1", issue, "Export stops")
    world.later()
    world.run_quiet()
    assert [one.title for one in other.issues()] == ["Export stops"]
    assert world.dev.issues() == []


def test_a_source_that_is_moved_to_where_a_mirror_leads_to_its_twin_gets_no_second_one(world: MirrorWorld) -> None:
    other = another(world.desk)
    world.queues = f"  other: {other.queue}\n"
    world.mirrors = "  from-other: {from: other, to: dev, when: {tier: development}}\n"
    issue, twin = pair_of(world)
    moved = move(world.desk, issue, other)
    world.later()
    world.cycle()
    world.later()
    world.cycle()
    world.later()
    world.run_quiet()
    assert [one.id for one in world.dev.issues()] == [twin]
    other.rename("support-1", moved, "Export stops")
    world.later()
    world.run_quiet()
    assert [one.title for one in world.dev.issues()] == ["Export stops"]
    assert link_of(world).mirror == "from-other"


@pytest.mark.parametrize("world", ["jira-jira", "github-github"], indirect=True)
def test_a_twin_that_is_moved_to_its_source_s_queue_gets_no_twin_of_its_own(world: MirrorWorld) -> None:
    _, twin = pair_of(world)
    move(world.dev, twin, world.desk)
    world.later()
    world.cycle()
    world.later(DAY)
    world.cycle()
    world.later()
    world.run_quiet()
    assert world.dev.issues() == []
    assert len(world.desk.issues()) == 2
    assert "moved to" in link_of(world).ended


@pytest.mark.parametrize("world", ["jira-github", "github-github"], indirect=True)
def test_a_twin_that_is_moved_to_a_public_place_of_a_private_mirror_is_written_to_no_more(world: MirrorWorld) -> None:
    other = another(world.dev)
    world.queues = f"  other: {other.queue}\n"
    world.extra = ", by_component: {Search: other}"
    issue, twin = pair_of(world)
    world.github.store.repository(other.place).private = False
    move(world.dev, twin, other)
    world.desk.comment("support-1", issue, "The password is in the log.")
    world.later(DAY)
    report = world.cycle()
    assert any("is public, and the mirror is private" in problem for problem in report.problems), report.problems
    assert not any("stay twins" in notice for notice in report.notices), report.notices
    world.later(DAY)
    world.cycle()
    (there,) = other.issues()
    assert "The password is in the log." not in "".join(text for _, text in there.comments)


@pytest.mark.parametrize("world", ["github-jira", "jira-jira"], indirect=True)
def test_a_project_with_another_key_stops_its_mirror_until_the_policy_names_it(world: MirrorWorld) -> None:
    issue, _ = pair_of(world)
    world.jira.store.rename_project("DEV", "SHOP")
    world.desk.rename("support-1", issue, "Export stops")
    world.later(DAY)
    report = world.cycle()
    assert any("DEV was moved to SHOP" in problem for problem in report.problems), report.problems
    world.dev.place = "SHOP"
    world.dev.queue = "{tracker: jira, project: SHOP}"
    world.later(120)
    world.run_quiet()
    assert [one.title for one in world.dev.issues()] == ["Export stops"]
    assert not link_of(world).ended


@pytest.mark.parametrize("world", ["github-github"], indirect=True)
def test_what_looks_like_a_moved_twin_while_that_is_still_there_is_put_aside(world: MirrorWorld) -> None:
    pair_of(world)
    (twin,) = world.dev.issues()
    world.desk.report(OWN, "A copy", twin.text, ("tier:development",))
    world.later()
    report = world.cycle()
    assert any("which is still there" in problem for problem in report.problems), report.problems
    assert report.exit_code == 1
    assert len(world.dev.issues()) == 1
    assert not link_of(world).ended


def test_a_twin_that_was_deleted_after_it_was_moved_ends_the_link(world: MirrorWorld) -> None:
    other = another(world.dev)
    world.queues = f"  other: {other.queue}\n"
    world.extra = ", by_component: {Search: other}"
    _, twin = pair_of(world)
    moved = move(world.dev, twin, other)
    if isinstance(other, GitHubEnd):
        other.store.delete_issue(other.place, int(moved), "dev-1")
    else:
        other.store.delete_issue(moved, "acc-dev-1")
    for _ in range(4):
        world.later(DAY)
        world.cycle()
    world.later()
    world.run_quiet()
    assert "the twin is not there any more" in link_of(world).ended
    assert (world.dev.issues(), other.issues()) == ([], [])
