"""The four-level desk on GitHub, on Jira, and on both: an example of its own, and the demo's."""

from pathlib import Path

import pytest

from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.policy import Policy, load_policy

EXAMPLES = Path(__file__).parents[3] / "examples" / "four-level-desk"
FILES = ("desk.yaml", "jira.yaml", "jira-and-github.yaml")


def read(name: str) -> Policy:
    return load_policy((EXAMPLES / name).read_text("utf-8"), file=name, host=load_plugins())


@pytest.fixture(params=FILES)
def policy(request: pytest.FixtureRequest) -> Policy:
    return read(request.param)


def test_the_four_level_desk_is_read_without_a_warning(policy: Policy) -> None:
    assert policy.warnings == ()
    assert policy.desk.tier_names == ("key-users", "help-desk", "support", "development")


def test_every_rule_on_tiers_and_priority_is_on_and_what_is_a_matter_of_judgement_is_flagged(policy: Policy) -> None:
    known = {code for code, rule in load_plugins().rules.items() if code[:2] in {"TR", "PO"} and rule.group}
    modes = {rule.code: rule.mode for rule in policy.rules if rule.code in known}
    assert set(modes) == known
    assert {code for code, mode in modes.items() if mode != "enforce"} == {"TR05", "TR13"}


def test_all_three_are_one_desk_and_differ_in_where_things_are_kept() -> None:
    github, jira, both = (read(name) for name in FILES)
    for one in (jira, both):
        assert [(rule.code, rule.mode, rule.rule.options) for rule in one.rules] == [
            (rule.code, rule.mode, rule.rule.options) for rule in github.rules
        ]
        for part in ("tiers", "handovers", "instances", "entry_points", "services", "components", "commands", "leader"):
            assert getattr(one.desk, part) == getattr(github.desk, part)
    assert [set(one.trackers) for one in (github, jira, both)] == [{"github"}, {"jira"}, {"jira", "github"}]


def test_it_has_five_servers_eight_entry_points_and_twentyfive_instances(policy: Policy) -> None:
    desk = policy.desk
    assert (len(desk.servers), len(desk.entry_points), len(desk.instances)) == (5, 8, 25)
    assert len({server.time_zone for server in desk.servers.values()}) == 5


def test_handovers_go_one_step_up_and_one_step_down(policy: Policy) -> None:
    names = policy.desk.tier_names
    steps = {names.index(terms.to) - names.index(terms.source) for terms in policy.desk.handovers}
    assert (steps, len(policy.desk.handovers)) == ({1, -1}, 6)


def test_its_work_has_owners_its_leaders_answer_to_somebody_and_nothing_is_left_lying(policy: Policy) -> None:
    desk = policy.desk
    assert [desk.ladder(tier) for tier in desk.tier_names[2:]] == [
        ("support-lead", "desk-leader"),
        ("dev-1", "support-lead", "desk-leader"),
    ]
    assert desk.fallback == ("key-user-berlin",)
    assert {name for service in desk.services.values() for name in service.entry_points} == set(desk.entry_points)
