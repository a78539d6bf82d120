"""What flows besides title and text: states by the table, amounts, components. Over HTTP, in the pairings."""

from mirror_world import GitHubEnd, JiraEnd, MirrorWorld, handed_over, twin_of

from tierkeeper.plugins.jira.sandbox.records import Named

WORKFLOW = {"To Do": "new", "In Progress": "indeterminate", "Review": "indeterminate", "Done": "done"}


def github_state(end: GitHubEnd, issue: str) -> tuple[str, str | None]:
    found = end.get(f"/issues/{issue}")
    return found["state"], found["state_reason"]


def jira_state(end: JiraEnd, issue: str) -> tuple[str, str | None]:
    found = end.get(f"/issue/{issue}?fields=status,resolution")["fields"]
    return found["status"]["name"], found["resolution"]["name"] if found["resolution"] else None


# States

STATES = """, states: [
      {source: {state: open, status: To Do}, target: {state: open}},
      {source: {state: open, status: In Progress}, target: {state: open}, way: forward},
      {source: {state: closed}, target: {state: closed, reason: completed}},
      {source: {reason: "Won't Do"}, target: {reason: not_planned}}]"""


def test_a_reason_becomes_the_other_sides_reason(to_github: MirrorWorld) -> None:
    world = to_github
    world.extra = STATES
    issue = handed_over(world)
    world.run_quiet()
    twin = twin_of(world)
    world.desk.store.transition(issue, "acc-support-1", "In Progress")
    world.later()
    world.run_quiet()
    assert github_state(world.dev, twin)[0] == "open"
    assert jira_state(world.desk, issue)[0] == "In Progress"
    done = next(key for key, one in world.jira.store.data.statuses.items() if one.name == "Done")
    wont = next(key for key, one in world.jira.store.data.resolutions.items() if one.name == "Won't Do")
    world.desk.store.move_to(world.desk.store.issue(issue), "acc-support-1", done, {"resolution": wont})
    world.later()
    world.run_quiet()
    assert github_state(world.dev, twin) == ("closed", "not_planned")
    world.dev.reopen("dev-1", twin)
    world.later()
    world.run_quiet()
    assert jira_state(world.desk, issue) == ("To Do", None)


def test_development_says_why_and_the_workflow_is_asked_for_it(to_github: MirrorWorld) -> None:
    world = to_github
    world.extra = STATES
    world.jira.store.show_on_transition("Default", "31", ["resolution"])
    issue = handed_over(world)
    world.run_quiet()
    twin = twin_of(world)
    world.dev.store.close(world.dev.place, int(twin), "dev-1", "not_planned")
    world.later()
    world.run_quiet()
    assert jira_state(world.desk, issue) == ("Done", "Won't Do")
    assert github_state(world.dev, twin) == ("closed", "not_planned")


def test_a_workflow_with_its_own_reason_does_not_turn_the_sources(to_github: MirrorWorld) -> None:
    world = to_github
    world.extra = STATES
    issue = handed_over(world)
    world.run_quiet()
    twin = twin_of(world)
    world.dev.store.close(world.dev.place, int(twin), "dev-1", "not_planned")
    world.later()
    world.run_quiet()
    assert jira_state(world.desk, issue) == ("Done", "Done")
    assert github_state(world.dev, twin) == ("closed", "not_planned")


def test_a_status_is_reached_over_several_hops_and_only_what_changed_is_carried(between_jiras: MirrorWorld) -> None:
    world = between_jiras
    ways = [("1", "Start", "To Do", "In Progress"), ("2", "Hand in", "In Progress", "Review")]
    ways += [("3", "Close", "Review", "Done"), ("4", "Back", "Done", "To Do")]
    world.jira.store.add_workflow("steps", statuses=WORKFLOW, transitions=ways)
    world.dev = JiraEnd(world.jira, "STEPS")
    world.jira.store.project("STEPS").workflow = "steps"
    world.extra = """, states: [
      {source: {state: open, status: To Do}, target: {state: open, status: To Do}},
      {source: {state: open, status: In Progress}, target: {state: open, status: Review}},
      {source: {state: closed, status: Done}, target: {state: closed, status: Done}}]"""
    issue = handed_over(world)
    world.run_quiet()
    twin = twin_of(world)
    world.desk.store.transition(issue, "acc-support-1", "In Progress")
    world.later()
    world.run_quiet()
    assert jira_state(world.dev, twin)[0] == "Review"
    world.dev.store.transition(twin, "acc-dev-1", "Done")
    world.later()
    world.run_quiet()
    assert jira_state(world.desk, issue)[0] == "Done"


def test_a_status_that_no_row_names_is_only_open(between_jiras: MirrorWorld) -> None:
    world = between_jiras
    world.extra = ", states: [{source: {state: open, status: To Do}, target: {state: open, status: To Do}}]"
    issue = handed_over(world)
    world.run_quiet()
    twin = twin_of(world)
    world.desk.store.transition(issue, "acc-support-1", "In Progress")
    world.later()
    world.run_quiet()
    assert (jira_state(world.desk, issue)[0], jira_state(world.dev, twin)[0]) == ("In Progress", "To Do")
    world.dev.close("dev-1", twin)
    world.later()
    world.run_quiet()
    assert jira_state(world.desk, issue)[0] == "Done"


# Priority, amounts, components


def test_the_priority_belongs_to_the_side_that_the_mirror_names(world: MirrorWorld) -> None:
    world.extra = ", flows: {priority: {owner: target}}"
    issue = handed_over(world, "priority:low")
    world.run_quiet()
    twin = twin_of(world)
    for end, by, one, name in ((world.desk, "support-1", issue, "high"), (world.dev, "dev-1", twin, "urgent")):
        end.unlabel(by, one, "priority:low")
        end.label(by, one, f"priority:{name}")
    world.later()
    world.run_quiet()
    (source,), (shown,) = world.desk.issues(), world.dev.issues()
    assert {"priority:urgent"} == {label for label in source.labels | shown.labels if label.startswith("priority:")}


def test_an_estimate_in_seconds_is_an_amount_on_the_other_side(to_github: MirrorWorld) -> None:
    world = to_github
    world.facets = "  estimate: {jira: {field: timeoriginalestimate}, github: {label: 'estimate:'}}\n"
    world.dev.store.add_label(world.dev.place, "estimate:4h")
    world.dev.store.add_label(world.dev.place, "estimate:1d 30m")
    issue = handed_over(world)
    world.desk.store.set_field(issue, "acc-support-1", "timeoriginalestimate", 4 * 3600)
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert "estimate:4h" in twin.labels
    world.dev.unlabel("dev-1", twin.id, "estimate:4h")
    world.dev.label("dev-1", twin.id, "estimate:1d 30m")
    world.later()
    world.run_quiet()
    seconds = world.desk.get(f"/issue/{issue}?fields=timeoriginalestimate")["fields"]["timeoriginalestimate"]
    assert seconds == (8 * 60 + 30) * 60
    assert "estimate:1d 30m" in world.dev.issues()[0].labels


def test_components_are_labels_on_the_other_side(to_github: MirrorWorld) -> None:
    world = to_github
    world.jira.store.project("HELP").components += [Named(id="901", name="ui"), Named(id="902", name="api")]
    world.options["jira"] = ", fields: [components]"
    world.facets = "  component: {jira: {field: components}, github: {label: 'component:'}}\n"
    world.extra = ", values: {component: {ui: front end}}"
    for name in ("component:front end", "component:api"):
        world.dev.store.add_label(world.dev.place, name)
    issue = handed_over(world)
    world.desk.store.set_field(issue, "acc-support-1", "components", ["901", "902"])
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert {"component:front end", "component:api"} <= twin.labels
    world.dev.unlabel("dev-1", twin.id, "component:api")
    world.later()
    world.run_quiet()
    shown = world.desk.get(f"/issue/{issue}?fields=components")["fields"]["components"]
    assert [one["name"] for one in shown] == ["ui"]
