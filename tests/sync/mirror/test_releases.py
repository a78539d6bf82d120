"""For which release an issue is meant: milestones and fix versions, by their names. Over HTTP."""

from typing import Any

from mirror_world import GitHubEnd, MirrorWorld, handed_over, twin_of

from tierkeeper.plugins.jira.sandbox.records import Named


def make_release(end: Any, name: str) -> None:
    if isinstance(end, GitHubEnd):
        end.store.add_milestone(end.place, name, "support-1")
    else:
        project = end.store.project(end.place)
        project.versions.append(Named(id=f"{project.id}{len(project.versions)}", name=name))


def mean(end: Any, by: str, issue: str, *names: str) -> None:
    if isinstance(end, GitHubEnd):
        numbers = {one.title: one.number for one in end.store.repository(end.place).milestones.values()}
        end.store.set_milestone(end.place, int(issue), numbers[names[0]] if names else None, by)
    else:
        ids = {one.name: one.id for one in end.store.project(end.place).versions}
        end.store.set_field(issue, f"acc-{by}", "fixVersions", [ids[name] for name in names])


def meant(end: Any, issue: str) -> list[str]:
    if isinstance(end, GitHubEnd):
        found = end.get(f"/issues/{issue}")["milestone"]
        return [found["title"]] if found else []
    return [one["name"] for one in end.get(f"/issue/{issue}?fields=fixVersions")["fields"]["fixVersions"]]


def test_the_release_is_carried_by_its_name(world: MirrorWorld) -> None:
    for end in (world.desk, world.dev):
        for name in ("1.0", "1.1, second try"):
            make_release(end, name)
    issue = handed_over(world)
    mean(world.desk, "support-1", issue, "1.0")
    world.later()
    world.run_quiet()
    twin = twin_of(world)
    assert meant(world.dev, twin) == ["1.0"]
    mean(world.dev, "dev-1", twin, "1.1, second try")
    world.later()
    world.run_quiet()
    assert meant(world.desk, issue) == ["1.1, second try"]
    mean(world.desk, "support-1", issue)
    world.later()
    world.run_quiet()
    assert meant(world.dev, twin) == []


def test_a_release_that_the_other_side_does_not_have_is_left_out_and_told_once(world: MirrorWorld) -> None:
    make_release(world.desk, "2.0")
    make_release(world.desk, "3.0")
    make_release(world.dev, "3.0")
    issue = handed_over(world)
    mean(world.desk, "support-1", issue, "2.0")
    told: list[str] = []
    for title in ("Export fails", "Export stops", "Export stops again"):
        world.desk.rename("support-1", issue, title)
        world.later()
        told += world.run().notices
    assert sum("has no milestone or version '2.0'" in one for one in told) == 1
    twin = twin_of(world)
    assert (meant(world.desk, issue), meant(world.dev, twin)) == (["2.0"], [])
    mean(world.desk, "support-1", issue, "3.0")
    world.later()
    world.run_quiet()
    assert meant(world.dev, twin) == ["3.0"]


def test_other_versions_stay_when_one_is_exchanged(to_jira: MirrorWorld) -> None:
    world = to_jira
    for name in ("1.0", "1.1", "2.0"):
        make_release(world.desk, name)
        make_release(world.dev, name)
    issue = handed_over(world)
    mean(world.desk, "support-1", issue, "1.0")
    world.later()
    world.run_quiet()
    twin = twin_of(world)
    mean(world.dev, "dev-1", twin, "1.0", "2.0")
    mean(world.desk, "support-1", issue, "1.1")
    world.later()
    world.run_quiet()
    assert set(meant(world.dev, twin)) == {"1.1", "2.0"}
    assert meant(world.desk, issue) == ["1.1"]
