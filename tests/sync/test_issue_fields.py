"""Facets in GitHub's issue fields: written where they are empty, read, never put back and never fought over."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_world import OWN, World, world

TIERS = ("key-users", "help-desk", "support", "development")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.box.store.add_issue_field("example", "Tier", "single_select", [one.title() for one in TIERS])
        made.extra = "facets: {tier: {github: {field: Tier}}}\n"
        made.cycle()
        yield made


def shown(desk: World, number: int) -> list[Any]:
    """The choices that the issue has in its fields."""
    found = desk.call(OWN, "GET", f"/issues/{number}")["issue_field_values"]
    return [one["single_select_option"]["name"] for one in found]


def test_a_field_is_filled_and_what_a_person_sets_in_it_stands(desk: World) -> None:
    number = desk.reports("user-2", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    assert shown(desk, number) == ["Key-Users"]
    (field,) = desk.box.store.data.organizations["example"].fields
    theirs = {"issue_field_values": [{"field_id": field, "value": "Development"}]}
    desk.call("dev-1", "POST", f"/issues/{number}/issue-field-values", theirs)
    for _ in range(2):
        desk.later()
        report = desk.run_quiet()
        assert (shown(desk, number), report.guarded) == (["Development"], 0)


def test_a_command_writes_the_field(desk: World) -> None:
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    desk.says("key-user-1", number, "/handover help-desk\n\nTried: a restart.")
    desk.later()
    desk.run_quiet()
    assert shown(desk, number) == ["Help-Desk"]


def test_check_warns_of_what_is_not_judged_there(desk: World) -> None:
    (warning,) = desk.policy().warnings
    assert "github does not tell who changed the tier there" in str(warning)
    assert "rules: TR01, TR02, TR03" in str(warning)
