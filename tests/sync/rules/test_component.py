"""TR09 over HTTP: the team that built the component gets the issue: by a GitHub team, and by Jira's component leads."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import REPO, World, world
from jira_desk import JiraDesk, jira_desk


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        exporters = "{github: {team: example/exporters}}"
        if isinstance(made, JiraDesk):
            made.box.store.add_project("SHOP", components=["Export", "Mail"], component_leads={"Export": "dev-1"})
            made.project = "SHOP"
            made.extra = "facets: {component: {jira: {field: components}}}\n"
            exporters = "{jira: {component_lead: SHOP/Export}}"
        else:
            for name in ("component:export", "component:mail", "flag:TR09"):
                made.box.store.add_label(REPO, name)
            made.box.store.add_team("example", "exporters", members=["dev-1"])
        made.developers += f"\n  exporters: {exporters}"
        made.extra += "components: {export: {role: exporters}, mail: {people: [dev-2]}}\n"
        made.rules = ["TR09:"]
        yield made


def says_component(desk: World, number: int, name: str) -> None:
    if isinstance(desk, JiraDesk):
        change = {"update": {"components": [{"set": [{"name": name.capitalize()}]}]}}
        desk.call("support-1", "PUT", f"/issue/SHOP-{number}", change)
    else:
        desk.labels_issue("support-1", number, f"component:{name}")


def with_support(desk: World) -> int:
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    for who, tier in (("key-user-1", "help-desk"), ("help-desk-1", "support")):
        desk.hands(who, number, tier)
        desk.later()
        desk.run_quiet()
    return number


def test_an_issue_goes_to_the_team_that_built_its_component(desk: World) -> None:
    number = with_support(desk)
    says_component(desk, number, "export")
    desk.hands("support-1", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"development"}
    assert desk.assignees(number) == {"dev-1"}
    assert "export was built by dev-1; what goes to development about it is theirs." in desk.comments(number)[0]
    desk.assigns_nobody("dev-1", number)
    desk.later()
    desk.run_quiet()
    assert desk.assignees(number) == set()
    assert "flag:TR09" in desk.labels(number)


def test_a_handover_without_a_component_is_put_back_and_goes_with_one(desk: World) -> None:
    number = with_support(desk)
    desk.hands("support-1", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"support"}
    assert desk.assignees(number) == set()
    assert "Name the component (export, mail), then hand it on again." in desk.comments(number)[0]
    says_component(desk, number, "mail")
    desk.says("support-1", number, "/handover development it is the mailer")
    desk.later()
    desk.run_quiet()
    assert (desk.tier(number), desk.assignees(number)) == ({"development"}, {"dev-2"})


def test_another_lead_is_known_a_day_later(desk: World) -> None:
    number = with_support(desk)
    says_component(desk, number, "export")
    if isinstance(desk, JiraDesk):
        project = desk.box.store.project("SHOP")
        project.component_leads[project.components[0].id] = desk.ids["dev-2"]
    else:
        desk.box.store.add_team_member("example", "exporters", "dev-2")
    desk.later(24 * 3600)
    desk.hands("support-1", number, "development")
    desk.later()
    desk.run_quiet()
    assert "dev-2" in desk.assignees(number)
