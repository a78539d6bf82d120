"""Issues that two mirrors claim, since two queues read one place: one twin, and the other mirror says why."""

import pytest
from mirror_world import GitHubEnd, MirrorWorld

from tierkeeper.plugins.jira.sandbox.records import Named
from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links

FLAG = "flag:mirror"


def filtered(queue: str, label: str) -> str:
    return f"{queue[:-1]}, filter: {{labels: [{label}]}}}}"


def two_queues(world: MirrorWorld) -> None:
    """Two teams share the desk's place, each with a label and a mirror of its own."""
    place = world.desk.queue
    world.desk.queue = filtered(place, "team-a")
    world.queues = f"  other: {filtered(place, 'team-b')}\n"
    world.mirrors = "  other-to-dev: {from: other, to: dev, when: {tier: development}}\n"
    if isinstance(world.desk, GitHubEnd):
        for name in ("team-a", "team-b"):
            world.github.store.add_label(world.desk.place, name)


def reported(world: MirrorWorld, *labels: str) -> str:
    issue: str = world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:development", *labels))
    world.later()
    return issue


def held(world: MirrorWorld) -> list[str]:
    with Ledger.open(world.ledger_path, desk="Web application", read_only=True) as ledger:
        return [one.reason for one in Links(ledger).held()]


def test_an_issue_in_two_queues_has_one_twin_and_the_other_mirror_says_why(world: MirrorWorld) -> None:
    two_queues(world)
    issue = reported(world, "team-a", "team-b")
    report = world.cycle()
    assert report.exit_code == 1
    (problem,) = report.problems
    assert "is in the queue desk too, and its twin is made by the mirror to-dev" in problem
    assert held(world) == [problem]
    assert FLAG in world.desk.issues()[0].labels
    world.later(3600)
    world.cycle()
    world.later(1)
    before = len(world.writes())
    world.later(3600)
    world.cycle()
    assert world.writes()[before:] == []
    assert len(world.dev.issues()) == 1
    world.desk.unlabel("support-1", issue, "team-b")
    world.later(3600)
    world.run_quiet()
    assert held(world) == []
    assert FLAG not in world.desk.issues()[0].labels
    assert len(world.dev.issues()) == 1


def test_an_issue_that_goes_from_one_queue_to_the_other_keeps_its_twin(world: MirrorWorld) -> None:
    two_queues(world)
    issue = reported(world, "team-a")
    world.run_quiet()
    world.desk.label("support-1", issue, "team-b")
    world.desk.unlabel("support-1", issue, "team-a")
    world.desk.rename("support-1", issue, "Export stops")
    world.later()
    world.run_quiet()
    assert [one.title for one in world.dev.issues()] == ["Export stops"]


def test_a_twin_is_judged_and_mirrored_by_no_other_queue_of_its_place(world: MirrorWorld) -> None:
    """A circle of places: each place's own issues have twins in the other one, and twins have none."""
    world.rules = "{TR02: {mode: enforce}}"
    world.queues = f"  back: {filtered(world.dev.queue, 'ui')}\n  up: {filtered(world.desk.queue, 'UI')}\n"
    world.mirrors = "  to-desk: {from: back, to: up, when: {tier: development}}\n"
    issue = reported(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.dev.label("dev-1", twin.id, "ui")
    world.later()
    world.run_quiet()
    assert [one.id for one in world.desk.issues()] == [issue]
    assert len(world.dev.issues()) == 1
    (source,), (twin,) = world.desk.issues(), world.dev.issues()
    assert twin.status.startswith("Twin of")
    assert "tier:development" in source.labels & twin.labels


def of_two_components(world: MirrorWorld) -> None:
    """An issue of both components that the project has."""
    world.jira.store.project("HELP").components += [Named(id="901", name="ui"), Named(id="902", name="api")]
    world.options["jira"] = ", fields: [components]"
    world.facets = "  component: {jira: {field: components}, github: {label: 'component:'}}\n"
    issue = reported(world)
    world.desk.store.set_field(issue, "acc-support-1", "components", ["901", "902"])
    world.later()


def test_an_issue_of_two_components_has_its_twin_with_the_first_team_of_the_policy(to_github: MirrorWorld) -> None:
    world = to_github
    team = GitHubEnd(world.github, "example/api")
    world.queues = f"  api-team: {team.queue}\n"
    world.extra = ", by_component: {api: api-team}"
    of_two_components(world)
    world.run_quiet()
    assert (len(team.issues()), len(world.dev.issues())) == (1, 0)


def test_of_two_mirrors_for_two_components_the_first_one_has_an_issue_of_both(
    to_github: MirrorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = to_github
    world.mirrors = "  for-ui: {from: desk, to: dev, when: {component: ui}}\n"
    of_two_components(world)
    text = world.policy_text().replace("when: {tier: development}", "when: {component: api}")
    monkeypatch.setattr(world, "policy_text", lambda: text)
    report = world.run()
    assert [line for line in report.notices if "fits the mirror for-ui, too; its twin is made by to-dev" in line]
    world.later(1)
    world.run_quiet()
    assert len(world.dev.issues()) == 1


def test_labels_choose_which_issues_have_a_twin(world: MirrorWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    text = world.policy_text().replace("when: {tier: development}", "when: {labels: [team-a, team-c]}")
    monkeypatch.setattr(world, "policy_text", lambda: text)
    if isinstance(world.desk, GitHubEnd):
        for name in ("team-a", "team-b"):
            world.github.store.add_label(world.desk.place, name)
    reported(world, "team-b")
    issue = reported(world, "team-a")
    shown = [step.reason for plan in world.cycle(write=False).plans for step in plan.steps if step.subject == "twin"]
    assert shown == ["labels is team-a"]
    world.run_quiet()
    assert len(world.dev.issues()) == 1
    world.desk.unlabel("support-1", issue, "team-a")
    world.desk.rename("support-1", issue, "Export stops")
    world.later()
    world.run_quiet()
    assert [one.title for one in world.dev.issues()] == ["Export stops"]
