"""Who is assigned on one side is assigned on the other, and what becomes of those who cannot be. Over HTTP."""

from typing import Any

from mirror_world import GitHubEnd, MirrorWorld, handed_over, twin_of


def assign(end: Any, by: str, issue: str, *people: str) -> None:
    if isinstance(end, GitHubEnd):
        end.store.add_assignees(end.place, int(issue), list(people), by)
    else:
        end.store.assign(issue, f"acc-{by}", f"acc-{people[0]}")


def unassign(end: Any, by: str, issue: str, person: str) -> None:
    if isinstance(end, GitHubEnd):
        end.store.remove_assignees(end.place, int(issue), [person], by)
    else:
        end.store.assign(issue, f"acc-{by}", None)


def assigned(end: Any, issue: str) -> set[str]:
    if isinstance(end, GitHubEnd):
        return {one["login"] for one in end.get(f"/issues/{issue}")["assignees"]}
    found = end.get(f"/issue/{issue}?fields=assignee")["fields"]["assignee"]
    return {found["accountId"].removeprefix("acc-")} if found else set()


def test_who_is_assigned_is_assigned_on_the_other_side_too(world: MirrorWorld) -> None:
    issue = handed_over(world)
    assign(world.desk, "support-1", issue, "dev-1")
    world.later()
    world.run_quiet()
    twin = twin_of(world)
    assert assigned(world.dev, twin) == {"dev-1"}
    assign(world.dev, "dev-1", twin, "dev-2")
    unassign_first(world, twin)
    world.later()
    world.run_quiet()
    assert assigned(world.desk, issue) == {"dev-2"}


def unassign_first(world: MirrorWorld, twin: str) -> None:
    if isinstance(world.dev, GitHubEnd):
        unassign(world.dev, "dev-1", twin, "dev-1")


def test_nobody_whom_people_chose_is_taken_off(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    twin = twin_of(world)
    assign(world.dev, "dev-1", twin, "dev-2")
    world.later()
    world.run_quiet()
    assert assigned(world.desk, issue) == {"dev-2"}
    unassign(world.desk, "support-1", issue, "dev-2")
    world.later()
    world.run_quiet()
    assert assigned(world.dev, twin) == {"dev-2"}
    assert assigned(world.desk, issue) == set()


def test_whom_we_assigned_is_taken_off_with_the_original(world: MirrorWorld) -> None:
    issue = handed_over(world)
    assign(world.desk, "support-1", issue, "dev-1")
    world.later()
    world.run_quiet()
    twin = twin_of(world)
    unassign(world.desk, "support-1", issue, "dev-1")
    world.later()
    world.run_quiet()
    assert assigned(world.dev, twin) == set()


def test_somebody_without_a_counterpart_is_left_out_and_told_once(to_github: MirrorWorld) -> None:
    world = to_github
    world.jira.store.add_user("visitor", token="t-visitor", time_zone="Etc/UTC")
    world.jira.store.set_role("HELP", "Developers", [*("acc-key-user-1", "acc-support-1", "acc-dev-1"), "acc-visitor"])
    issue = handed_over(world)
    assign(world.desk, "support-1", issue, "visitor")
    world.later()
    told = [*world.run().notices]
    for title in ("Export stops", "Export stops again"):
        world.desk.rename("support-1", issue, title)
        world.later()
        told += world.run().notices
    assert sum("acc-visitor has no account on github" in one for one in told) == 1
    assert assigned(world.dev, twin_of(world)) == set()


def test_of_several_people_the_one_that_was_agreed_on_stays(to_jira: MirrorWorld) -> None:
    world = to_jira
    issue = handed_over(world)
    assign(world.desk, "support-1", issue, "dev-2")
    world.later()
    world.run_quiet()
    twin = twin_of(world)
    assign(world.desk, "support-1", issue, "dev-1")
    world.later()
    world.run_quiet()
    assert assigned(world.dev, twin) == {"dev-2"}
    assign(world.dev, "dev-2", twin, "support-1")
    world.later()
    world.run_quiet()
    assert assigned(world.desk, issue) == {"dev-1", "support-1"}


def test_people_stay_where_the_mirror_says_so(world: MirrorWorld) -> None:
    world.extra = ", flows: {owner: {way: none}}"
    issue = handed_over(world)
    assign(world.desk, "support-1", issue, "dev-1")
    world.later()
    world.run_quiet()
    assert assigned(world.dev, twin_of(world)) == set()
