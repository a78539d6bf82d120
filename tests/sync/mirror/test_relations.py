"""Parents and links between issues that both have twins: the twins get them too. In all four pairings, over HTTP."""

from typing import Any

import pytest
from mirror_world import GitHubEnd, JiraEnd, MirrorWorld

Ends = GitHubEnd | JiraEnd


def parent_of(end: Ends, title: str) -> str:
    """The title of what an issue is part of; empty: of nothing."""
    if isinstance(end, GitHubEnd):
        issues = {one["number"]: one for one in end.get("/issues?state=all&per_page=100")}
        (here,) = [one for one in issues.values() if one["title"] == title]
        above = here.get("parent_issue_url")
        return str(issues[int(above.rpartition("/")[2])]["title"]) if above else ""
    above = field_of(end, title, "parent")
    return str(above["fields"]["summary"]) if above else ""


def blockers_of(end: Ends, title: str) -> list[str]:
    """The titles of what an issue waits for, each as often as it is linked."""
    if isinstance(end, GitHubEnd):
        (number,) = [one["number"] for one in end.get("/issues?state=all&per_page=100") if one["title"] == title]
        return [one["title"] for one in end.get(f"/issues/{number}/dependencies/blocked_by")]
    return [
        one["inwardIssue"]["fields"]["summary"]
        for one in field_of(end, title, "issuelinks")
        if one["type"]["name"] == "Blocks" and "inwardIssue" in one
    ]


def field_of(end: JiraEnd, title: str, name: str) -> Any:
    (key,) = [one.id for one in end.issues() if one.title == title]
    return end.get(f"/issue/{key}?fields={name}")["fields"].get(name)


def report(world: MirrorWorld, title: str, *labels: str) -> str:
    issue: str = world.desk.report("key-user-1", title, "It stops.", labels)
    return issue


def test_twins_belong_together_as_their_sources_do(world: MirrorWorld) -> None:
    whole, part, first = (report(world, title, "tier:development") for title in ("Whole", "Part", "First"))
    world.desk.put_below("support-1", whole, part)
    world.desk.block("support-1", first, part)
    world.later()
    world.run_quiet()
    assert parent_of(world.dev, "Part") == "Whole"
    assert blockers_of(world.dev, "Part") == ["First"]
    assert blockers_of(world.dev, "First") == []


def test_two_links_of_one_second_come_both_where_we_looked_between_them(world: MirrorWorld) -> None:
    first, second, part = (report(world, title, "tier:development") for title in ("First", "Second", "Part"))
    world.later()
    world.run_quiet()
    world.desk.block("support-1", first, part)
    world.run()
    world.later(0.001)
    world.desk.block("support-1", second, part)
    world.later()
    world.run_quiet()
    assert sorted(blockers_of(world.dev, "Part")) == ["First", "Second"]


def test_a_link_that_was_made_without_an_answer_is_ours_to_take_back(world: MirrorWorld) -> None:
    first, part = (report(world, title, "tier:development") for title in ("First", "Part"))
    world.later()
    world.run_quiet()
    world.desk.block("support-1", first, part)
    world.later()
    for box in (world.github, world.jira):
        box.faults.add("cut-after-write", match="^POST .*(blocked_by|issueLink)$", times=1)
    world.cycle()
    assert blockers_of(world.dev, "Part") == ["First"]
    world.desk.unblock("support-1", first, part)
    world.later(3600)
    world.run_quiet()
    assert blockers_of(world.dev, "Part") == []


def test_the_run_that_makes_the_twins_ties_them(world: MirrorWorld) -> None:
    whole, part = (report(world, title, "tier:development") for title in ("Whole", "Part"))
    world.desk.block("support-1", part, whole)  # the one that waits has its twin first
    world.later()
    world.run()
    assert blockers_of(world.dev, "Whole") == ["Part"]
    before = len(world.writes())
    world.later(1)
    world.run()
    assert world.writes()[before:] == []


def test_a_link_comes_once_the_other_issue_has_its_twin(world: MirrorWorld) -> None:
    first, later = report(world, "First", "tier:support"), report(world, "Later", "tier:development")
    world.desk.block("support-1", first, later)
    world.desk.put_below("support-1", first, later)
    world.later()
    world.run_quiet()
    assert parent_of(world.dev, "Later") == ""
    world.desk.label("support-1", first, "tier:development")
    world.desk.unlabel("support-1", first, "tier:support")
    world.later()
    world.run_quiet()
    assert parent_of(world.dev, "Later") == "First"
    assert blockers_of(world.dev, "Later") == ["First"]


def test_what_is_parted_on_the_source_is_parted_on_the_twin(world: MirrorWorld) -> None:
    whole, part = (report(world, title, "tier:development") for title in ("Whole", "Part"))
    world.desk.put_below("support-1", whole, part)
    world.desk.block("support-1", whole, part)
    world.later()
    world.run_quiet()
    world.desk.take_out("support-1", whole, part)
    world.desk.unblock("support-1", whole, part)
    world.later()
    world.run_quiet()
    assert parent_of(world.dev, "Part") == ""
    assert blockers_of(world.dev, "Part") == []


def test_what_people_made_or_unmade_on_the_twin_stays(world: MirrorWorld) -> None:
    whole, part = (report(world, title, "tier:development") for title in ("Whole", "Part"))
    world.desk.block("support-1", whole, part)
    world.later()
    world.run_quiet()
    twins = {one.title: one.id for one in world.dev.issues()}
    world.dev.unblock("dev-1", twins["Whole"], twins["Part"])
    world.dev.put_below("dev-1", twins["Whole"], twins["Part"])
    world.later()
    world.run_quiet()
    world.desk.rename("support-1", part, "Part")
    world.desk.put_below("support-1", whole, part)
    world.later()
    world.run_quiet()
    world.desk.take_out("support-1", whole, part)
    world.later()
    world.run_quiet()
    assert blockers_of(world.dev, "Part") == []
    assert parent_of(world.dev, "Part") == "Whole"  # theirs: it was there before the source said so


def test_no_links_are_made_where_they_do_not_flow(world: MirrorWorld) -> None:
    world.extra = ", flows: {parent: {way: none}, links: {way: none}}"
    whole, part = (report(world, title, "tier:development") for title in ("Whole", "Part"))
    world.desk.put_below("support-1", whole, part)
    world.desk.block("support-1", whole, part)
    world.later()
    world.run_quiet()
    assert (parent_of(world.dev, "Part"), blockers_of(world.dev, "Part")) == ("", [])


@pytest.mark.parametrize("world", ["jira-github"], indirect=True)
def test_a_kind_of_link_that_the_target_lacks_is_told_once_and_left(world: MirrorWorld) -> None:
    one, other = (report(world, title, "tier:development") for title in ("One", "Other"))
    store = world.jira.store
    store.link("Relates", store.issue(one), store.issue(other), "acc-support-1")
    world.later()
    said = [line for line in world.run().notices if "Relates" in line]
    assert len(said) == 1
    world.later()
    assert [line for line in world.run_quiet().notices if "Relates" in line] == []
    assert len(world.dev.issues()) == 2


@pytest.mark.parametrize("world", ["github-github"], indirect=True)
def test_issues_without_links_cost_no_request_more(world: MirrorWorld) -> None:
    report(world, "Alone", "tier:development")
    world.later()
    world.run_quiet()
    assert [call for call in world.github.requests if "dependencies" in call[1] or "sub_issue" in call[1]] == []


def test_a_link_whose_answer_was_lost_is_made_once(world: MirrorWorld) -> None:
    first, later = (report(world, title, "tier:development") for title in ("First", "Later"))
    world.later()
    world.run_quiet()
    world.desk.block("support-1", first, later)
    box = world.dev.box
    box.faults.add("cut-after-write", match=r"^POST .*/(blocked_by|issueLink)$", times=1)
    world.later()
    report_ = world.cycle()
    assert report_.exit_code == 1
    box.faults.clear()
    world.later(120)
    world.run_quiet()
    assert blockers_of(world.dev, "Later") == ["First"]


def test_a_parent_that_the_twin_has_already_stays_and_is_told_once(world: MirrorWorld) -> None:
    whole, part = (report(world, title, "tier:development") for title in ("Whole", "Part"))
    world.later()
    world.run_quiet()
    twins = {one.title: one.id for one in world.dev.issues()}
    theirs = world.dev.report("dev-1", "Theirs")
    world.dev.put_below("dev-1", theirs, twins["Part"])
    world.later()
    world.run_quiet()
    world.desk.put_below("support-1", whole, part)
    world.later()
    assert [line for line in world.run().notices if "another parent" in line] != []
    world.later()
    assert [line for line in world.run_quiet().notices if "another parent" in line] == []
    assert parent_of(world.dev, "Part") == "Theirs"


def test_what_the_target_refuses_is_left_out_and_holds_nothing_up(world: MirrorWorld) -> None:
    first, later = (report(world, title, "tier:development") for title in ("First", "Later"))
    world.later()
    world.run_quiet()
    world.desk.block("support-1", first, later)
    world.desk.rename("support-1", later, "Later on")
    world.dev.box.faults.add("server-error", status=400, match=r"^POST .*/(blocked_by|issueLink)$", times=100)
    world.later()
    assert [line for line in world.run().notices if "is left out there" in line] != []
    world.later()
    world.run_quiet()
    assert blockers_of(world.dev, "Later on") == []


@pytest.mark.parametrize("world", ["github-jira", "jira-jira"], indirect=True)
def test_a_link_to_an_issue_that_is_slowed_down_is_made_later(world: MirrorWorld) -> None:
    first, later = (report(world, title, "tier:development") for title in ("First", "Later"))
    world.later()
    world.run_quiet()
    world.desk.block("support-1", first, later)
    world.jira.faults.add("rate-limit", reason="jira-per-issue-on-write", match="^POST .*/issueLink", times=1)
    world.later()
    assert any("slows writes to this issue" in problem for problem in world.cycle().problems)
    world.later(600)
    world.run_quiet()
    assert blockers_of(world.dev, "Later") == ["First"]


def test_a_link_that_the_target_takes_back_in_words_only_is_told(
    world: MirrorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, later = (report(world, title, "tier:development") for title in ("First", "Later"))
    world.desk.block("support-1", first, later)
    world.later()
    world.run_quiet()
    world.desk.unblock("support-1", first, later)
    remove = "remove_blocker" if isinstance(world.dev, GitHubEnd) else "remove_link"
    monkeypatch.setattr(world.dev.store, remove, lambda *_asked, **_how: None)
    world.later()
    told = [line for line in world.run().notices if "stays there" in line]
    assert len(told) == 1
    assert "still shows" in told[0]
    world.later()
    world.run_quiet()


def test_plan_shows_what_is_to_be_tied(world: MirrorWorld) -> None:
    first, later = (report(world, title, "tier:development") for title in ("First", "Later"))
    world.later()
    world.run_quiet()
    world.desk.block("support-1", first, later)
    world.later()
    shown = [
        step.what for plan in world.cycle(write=False).plans for step in plan.steps if step.subject == "twin relation"
    ]
    assert len(shown) == 1
    assert shown[0].startswith("+ Blocks ")


@pytest.mark.parametrize("world", ["jira-github"], indirect=True)
def test_a_restricted_issue_belongs_to_nothing_in_public_until_it_is_shown_again(world: MirrorWorld) -> None:
    world.github.store.set_private("example/webapp", private=False)
    world.extra = ", audience: public"
    first, later, last = (report(world, title, "tier:development") for title in ("First", "Later", "Last"))
    world.desk.block("support-1", first, later)
    world.later()
    world.run_quiet()
    assert blockers_of(world.dev, "Later") == ["First"]
    world.jira.store.set_field(later, "acc-support-1", "security", "Reporter only")
    world.desk.block("support-1", later, last)
    world.later()
    world.run_quiet()
    assert blockers_of(world.dev, "No longer shown") == []
    assert blockers_of(world.dev, "Last") == []
    world.jira.store.set_field(later, "acc-support-1", "security", None)
    world.later()
    world.run_quiet()
    assert blockers_of(world.dev, "Later") == ["First"]
