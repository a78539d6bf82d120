"""Both sides name each other, in all four pairings; what ends a link is seen on both."""

from typing import Any

from mirror_world import OWN, GitHubEnd, JiraEnd, MirrorWorld

from tierkeeper.plugins.markup.keys import keys_in
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links


def handed_over(world: MirrorWorld, title: str = "Export fails") -> str:
    issue: str = world.desk.report("key-user-1", title, "It stops.", ("tier:support",))
    world.later(10)
    world.desk.label("support-1", issue, "tier:development")
    world.desk.unlabel("support-1", issue, "tier:support")
    world.later()
    return issue


def shown(end: Any, issue: str) -> str:
    """How people of the other side call it."""
    return str(end.store.key(end.store.issue(issue))) if isinstance(end, JiraEnd) else f"{end.place}#{issue}"


def remote_links(end: JiraEnd, issue: str) -> list[Any]:
    found: list[Any] = end.get(f"/issue/{issue}/remotelink")
    return found


def delete(end: Any, issue: str) -> None:
    if isinstance(end, GitHubEnd):
        end.store.delete_issue(end.place, int(issue), "dev-1")
    else:
        end.store.delete_issue(issue, "acc-dev-1")


def test_both_sides_name_each_other_and_the_second_run_writes_nothing(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    (source,), (twin,) = world.desk.issues(), world.dev.issues()
    name = shown(world.dev, twin.id)
    assert f"Twin in development: [{name}](" in source.status.replace("\\#", "#")
    assert shown(world.desk, issue) in twin.status.replace("\\#", "#")
    assert "With development" in twin.status
    assert "support-1" not in twin.status
    if isinstance(world.desk, GitHubEnd):
        (key,) = keys_in(source.status)
        assert key.endswith(f":to-dev:dev:{twin.id}")
    else:
        (link,) = remote_links(world.desk, issue)
        assert link["object"]["title"] == name
        assert link["globalId"].endswith(f":to-dev:dev:{twin.id}")


def test_the_first_run_says_it_all(world: MirrorWorld) -> None:
    handed_over(world)
    world.run()
    before = len(world.writes())
    world.later(1)
    world.run()
    assert world.writes()[before:] == []


def test_the_twin_says_how_its_source_stands(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    world.desk.close("support-1", issue)
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert "**Closed**" in twin.status
    assert not twin.open


def test_readers_of_a_public_twin_are_not_led_to_the_source(world: MirrorWorld) -> None:
    world.extra = ", audience: public"
    issue = handed_over(world)
    world.run()
    (twin,) = world.dev.issues()
    assert twin.status.startswith("**With development**")
    assert shown(world.desk, issue) not in twin.status


def test_a_status_comment_that_somebody_deleted_comes_back_once(world: MirrorWorld) -> None:
    handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    (ours,) = [one for one in said(world.dev, twin.id) if one[1].startswith("Twin of")]
    world.dev.delete_comment(OWN, ours[0])
    world.dev.comment("dev-1", twin.id, "I look into it.")
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert twin.status.startswith("Twin of")


def said(end: Any, issue: str) -> list[tuple[str, str]]:
    if isinstance(end, GitHubEnd):
        return [(str(one["id"]), one["body"]) for one in end.get(f"/issues/{issue}/comments")]
    from tierkeeper.plugins.markup.adf_text import to_markdown  # noqa: PLC0415 - only where Jira is looked at

    return [(one["id"], to_markdown(one["body"])) for one in end.get(f"/issue/{issue}/comment")["comments"]]


def test_a_twin_that_was_deleted_ends_the_link_and_no_other_is_made(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    delete(world.dev, twin.id)
    world.desk.comment("support-1", issue, "Any news?")
    world.later(86_400 + 61)
    report = world.run()
    world.run_quiet()
    assert world.dev.issues() == []
    (source,) = world.desk.issues()
    assert "no longer linked: the twin is not there any more" in source.status
    assert source.open
    assert any("no longer linked" in notice for notice in report.notices)
    if isinstance(world.desk, JiraEnd):
        assert remote_links(world.desk, issue) == []


def test_a_source_that_was_deleted_ends_the_link_and_the_twin_stays(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    delete(world.desk, issue)
    world.later(86_400 + 61)
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert twin.open
    assert twin.status.startswith("Was a twin: the source is not there any more")


def test_where_no_twin_is_yet_the_status_comment_says_so(world: MirrorWorld) -> None:
    world.rules = "{TR02: {mode: flag}}"
    issue = world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:support",))
    world.later(10)
    world.run()
    world.desk.label("dev-1", issue, "tier:key-users")
    world.desk.unlabel("dev-1", issue, "tier:support")
    world.later()
    world.run_quiet()
    (source,) = world.desk.issues()
    assert "Twin in development: none yet" in source.status
    assert world.dev.issues() == []


def test_what_was_lost_in_a_clash_is_said_and_kept(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.desk.rename("support-1", issue, "Ours")
    world.dev.rename("dev-1", twin.id, "Theirs")
    world.later()
    world.run_quiet()
    (source,) = world.desk.issues()
    assert "had a new title: “Ours” counts, not “Theirs” of its twin" in source.status
    with Ledger.open(world.ledger_path, desk="Web application") as ledger:
        (link,) = Links(ledger).all()
        assert any("clash" in act.what and "Theirs" in act.what for act in ledger.acts(link.source))
