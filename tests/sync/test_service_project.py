"""Jira Service Management: internal by default, a public status comment if the policy says so, customers' commands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_world import OWN
from jira_desk import JiraDesk, jira_desk

EXPANDED = "/comment?expand=properties"


class ServiceDesk(JiraDesk):
    """The desk on a service project; `public` is the policy's word on the public status comment."""

    public = False

    def policy_text(self) -> str:
        self.needs = "steps"
        return (
            super().policy_text().replace("plugin: jira,", f"plugin: jira, public_status: {str(self.public).lower()},")
        )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ServiceDesk]:
    with jira_desk(tmp_path) as made:
        made.__class__ = ServiceDesk
        assert isinstance(made, ServiceDesk)
        made.box.store.add_user("customer-1", token="t-customer-1", kind="customer")
        made.box.store.add_project("SUP", kind="service_desk")
        made.project = "SUP"
        yield made


def refused(desk: ServiceDesk) -> int:
    """An issue that a stranger handed on, put back with its reason."""
    desk.cycle()
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    return number


def comments(desk: ServiceDesk, number: int) -> list[Any]:
    found: list[Any] = desk.call("desk-leader", "GET", f"/issue/SUP-{number}{EXPANDED}")["comments"]
    return found


def test_what_we_say_is_internal_by_default(desk: ServiceDesk) -> None:
    number = refused(desk)
    assert desk.tier(number) == set()
    assert [comment["jsdPublic"] for comment in comments(desk, number)] == [False]


def test_a_public_status_comment_names_the_state_and_what_is_missing_and_no_person(desk: ServiceDesk) -> None:
    desk.public = True
    number = refused(desk)
    public = [str(comment["body"]) for comment in comments(desk, number) if comment["jsdPublic"]]
    assert len(public) == 1
    assert "without steps" in public[0]
    assert "key-user" not in public[0]
    assert len(comments(desk, number)) == 2
    desk.says("key-user-1", number, "Steps: open, export.")
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    public = [str(comment["body"]) for comment in comments(desk, number) if comment["jsdPublic"]]
    assert "help desk" in public[0]
    assert "without" not in public[0]


def test_a_customer_acts_through_commands_and_is_refused_in_one_internal_line(desk: ServiceDesk) -> None:
    desk.cycle()
    key = desk.box.store.create_issue("SUP", "customer-1", "Login loops")  # as the portal does
    number = int(key.split("-")[1])
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"key-users"}
    desk.box.store.comment(key, "customer-1", "/handover support now")
    desk.later(5)
    desk.run_quiet()
    assert desk.tier(number) == {"key-users"}
    ours = [comment for comment in comments(desk, number) if comment["author"]["accountId"] == desk.ids[OWN]]
    assert [comment["jsdPublic"] for comment in ours] == [False]
    assert "Not carried out" in str(ours[0]["body"])
