"""The four-level desk, as an example of its own and for the demo."""

from pathlib import Path

import pytest

from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.policy import Policy, load_policy

EXAMPLE = Path(__file__).parents[3] / "examples" / "four-level-desk" / "desk.yaml"


@pytest.fixture
def policy() -> Policy:
    return load_policy(EXAMPLE.read_text("utf-8"), file="desk.yaml", host=load_plugins())


def test_the_four_level_desk_is_read_without_a_warning(policy: Policy) -> None:
    assert policy.warnings == ()
    assert policy.desk.tier_names == ("key-users", "help-desk", "support", "development")
    assert {rule.mode for rule in policy.rules} == {"enforce"}
    assert [rule.code for rule in policy.rules] == ["TR01", "TR02", "TR03"]


def test_it_has_five_servers_eight_entry_points_and_twentyfive_instances(policy: Policy) -> None:
    desk = policy.desk
    assert (len(desk.servers), len(desk.entry_points), len(desk.instances)) == (5, 8, 25)
    assert len({server.time_zone for server in desk.servers.values()}) == 5


def test_handovers_go_one_step_up_and_one_step_down(policy: Policy) -> None:
    names = policy.desk.tier_names
    steps = {names.index(terms.to) - names.index(terms.source) for terms in policy.desk.handovers}
    assert (steps, len(policy.desk.handovers)) == ({1, -1}, 6)
