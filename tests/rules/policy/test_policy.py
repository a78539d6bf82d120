"""What a right policy becomes."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any, Self

import pytest
from pydantic import model_validator

from tierkeeper.plugins import Effort, Rule, RuleOptions, hookimpl
from tierkeeper.plugins.errors import PluginError, PolicyError
from tierkeeper.plugins.host import Host
from tierkeeper.plugins.model.desk import FacetMap, RoleSource
from tierkeeper.rules.policy import Policy, load_policy

Load = Callable[[str], Policy]


def test_what_is_not_said_has_its_default(small: str, load: Load) -> None:
    policy = load(small)
    assert (policy.mode, policy.enforce_from, policy.max_changes, policy.wait) == (
        "flag",
        None,
        50,
        timedelta(seconds=60),
    )
    assert (policy.flag_prefix, policy.desk.effort_day, policy.desk.opt_out, policy.desk.leader) == (
        "flag:",
        480,
        "",
        "",
    )
    assert policy.warnings == ()


def test_tiers_keep_their_order_and_their_roles(small: str, load: Load) -> None:
    desk = load(small).desk
    assert desk.tier_names == ("key-users", "help-desk", "support", "development")
    assert [tier.role for tier in desk.tiers] == ["", "help-desk", "support", "developers"]
    assert desk.roles["support"].sources == (RoleSource("jira", "project_role", "Support"),)
    assert desk.roles["support"].people == ("anna-berg",)


def test_facets_are_labels_where_the_policy_does_not_say_otherwise(small: str, load: Load) -> None:
    facets = load(small).desk.facets
    assert facets["tier"].maps == {"jira": FacetMap("label", "tier:"), "github": FacetMap("label", "tier:")}
    assert facets["entry_point"].maps["github"] == FacetMap("label", "entry-point:")
    assert facets["priority"].maps == {"jira": FacetMap("field", "priority"), "github": FacetMap("label", "priority:")}
    assert facets["owner"].maps["jira"].kind == "assignee"
    assert facets["state"].maps["github"] == FacetMap("state")


def test_a_tier_has_the_tiers_as_its_values(small: str, load: Load) -> None:
    assert load(small).desk.facets["tier"].values == ("key-users", "help-desk", "support", "development")


def test_a_facet_can_be_a_set_of_statuses(small: str, load: Load) -> None:
    kept = "jira: {status: {urgent: Now, high: Soon, low: Later}}"
    facet = load(small.replace("jira: {field: priority}", kept)).desk.facets["priority"]
    assert facet.maps["jira"] == FacetMap("status", "", {"urgent": "Now", "high": "Soon", "low": "Later"})


def test_only_trackers_with_a_queue_keep_facets(small: str, load: Load) -> None:
    text = small.replace("  webapp: {tracker: github, repository: example/webapp}\n", "")
    assert set(load(text).desk.facets["tier"].maps) == {"jira"}


def test_rules_keep_the_order_of_the_policy_and_those_that_are_off_are_left_out(small: str, load: Load) -> None:
    text = small[: small.index("rules:")] + "rules: {TR07: {mode: shadow}, TR02: {mode: off}, TR01: }\n"
    assert [(rule.code, rule.mode) for rule in load(text).rules] == [("TR07", "shadow"), ("TR01", "flag")]


def test_an_effort_among_a_rules_options_is_counted_in_the_teams_days(small: str, load: Load) -> None:
    text = small.replace("{border: 2d}", "{border: 2d, steps: [1d]}") + "effort_day: 6h\n"
    options: Any = load(text).rules[1].rule.options
    assert options.border.minutes == 720
    assert options.steps == (Effort("1d", day_minutes=360),)


def test_enforcing_begins_at_a_time_in_utc(small: str, load: Load) -> None:
    policy = load(small + "mode: enforce\nenforce_from: 2026-12-01T01:00:00+01:00\n")
    assert policy.enforce_from == policy.desk.enforce_from == datetime(2026, 12, 1, tzinfo=UTC)
    assert policy.enforce_from is not None
    assert policy.enforce_from.tzinfo is UTC


def test_every_key_has_its_line_for_evidence(small: str, load: Load) -> None:
    policy = load(small)
    assert policy.line_of("tiers[2].lead") == "desk.yaml:27"
    assert policy.places["tiers[2].lead"] == (27, 42)
    assert policy.line_of("rules.TR07") == "desk.yaml:35"
    assert policy.line_of("rules.TR01") == "desk.yaml:34"
    assert policy.line_of("leader") == "desk.yaml"


def test_a_person_goes_by_one_name_whichever_account_is_written(small: str, load: Load) -> None:
    desk = load(small.replace("lead: anna-berg", "lead: anna") + "leader: BEN-HOLM\n").desk
    assert (desk.tiers[2].lead, desk.leader) == ("anna-berg", "ben-holm")


def test_a_name_that_is_nearly_a_persons_is_a_warning(small: str, load: Load) -> None:
    (warning,) = load(small.replace("lead: anna-berg", "lead: anna-brg")).warnings
    assert (warning.fatal, warning.key, warning.line) == (False, "tiers[2].lead", 27)
    assert warning.message == 'nobody under people is called "anna-brg"'
    assert warning.hint == 'did you mean "anna-berg"?'


def test_names_that_differ_in_their_number_are_different_people(small: str, load: Load) -> None:
    text = small.replace("ben-holm:", "help-desk-1:").replace("[anna-berg]", "[help-desk-2]")
    assert load(text).warnings == ()


def test_a_facet_that_is_nearly_a_known_one_is_a_warning(small: str, load: Load) -> None:
    text = small.replace("facets:", "facets:\n  severty: {jira: {label: 'sev:'}}")
    assert [warning.hint for warning in load(text).warnings] == ['did you mean "severity"?']


def test_without_a_queue_there_is_a_warning_and_still_a_desk(load: Load) -> None:
    text = "desk: Small\nroles: {all: {people: [ann]}}\ntiers: [{name: support, role: all}]\nrules: {TR02: }\n"
    policy = load(text)
    assert [warning.message for warning in policy.warnings] == ["no queue: there is nothing to look at"]
    assert policy.desk.tier_names == ("support",)


def test_a_section_with_nothing_in_it_counts_as_absent(small: str, load: Load) -> None:
    text = small + "bots:\nleader:\nopt_out:\nenforce_from:\n"
    assert load(text).fingerprint == load(small).fingerprint


def test_anchors_and_merges_are_read(small: str, load: Load) -> None:
    text = small.replace(
        "  berlin-01: {server: eu-1, entry_point: shop}\n",
        "  berlin-01: &eu {server: eu-1, entry_point: shop}\n  berlin-02: {<<: *eu, key_users: [dora-lind]}\n",
    )
    instance = load(text).desk.instances["berlin-02"]
    assert (instance.server, instance.entry_point, instance.key_users) == ("eu-1", "shop", ("dora-lind",))


def test_words_that_older_yaml_took_for_something_else_stay_words(small: str, load: Load) -> None:
    values = load(small.replace("[urgent, high, low]", "[9:00, yes, on, no]")).desk.facets["priority"].values
    assert values == ("9:00", "yes", "on", "no")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(small: str, load: Load) -> None:
    policy = load("\ufeff" + small.replace("\n", "\r\n"))
    assert policy.fingerprint == load(small).fingerprint
    assert policy.line_of("tiers[2].lead") == "desk.yaml:27"


def test_bots_are_compared_without_their_capitals(small: str, load: Load) -> None:
    assert load(small + "bots: [Release-Bot]\n").desk.bots == {"release-bot"}


def test_a_plugin_that_failed_to_load_is_named_where_it_is_missed(small: str) -> None:
    host = Host()
    host.register(object(), "good")
    host.failures.append(PluginError("plugin 'acme-rules' could not be imported", plugin="acme-rules"))
    with pytest.raises(PolicyError, match="failed to load: acme-rules"):
        load_policy(small, file="desk.yaml", host=host)


class Stubborn(Rule):
    """It does not fit."""

    code = "ZZ01"
    group = "own"

    class Options(RuleOptions):
        """Two that belong together."""

        least: int = 1
        most: int = 9
        breaks: bool = False
        steps: Mapping[str, frozenset[Effort]] = {}

        @model_validator(mode="after")
        def _in_order(self) -> Self:
            if self.least > self.most:
                raise ValueError("least is more than most")
            return self

    def __init__(self, options: RuleOptions | None = None) -> None:
        super().__init__(options)
        if getattr(options, "breaks", False):
            raise RuntimeError("it broke")


class _StubbornPlugin:
    @hookimpl
    def tierkeeper_rules(self) -> list[type[Rule]]:
        return [Stubborn]


DESK = "desk: Small\nroles: {all: {people: [ann]}}\ntiers: [{name: support, role: all}]\neffort_day: 6h\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("{least: 5, most: 2}", "rules.ZZ01: least is more than most"),
        ("{breaks: true}", "rules.ZZ01: the rule failed to start: RuntimeError: it broke"),
        ("{breaks: perhaps}", 'rules.ZZ01.breaks: expected true or false, got "perhaps"'),
        ("{steps: {a: 1h}}", 'rules.ZZ01.steps.a: expected a list, got "1h"'),
        ("{most: [1]}", "rules.ZZ01.most: expected a whole number, got a list"),
    ],
)
def test_what_a_rule_of_a_stranger_refuses_has_a_place_too(options: str, said: str) -> None:
    host = Host()
    host.register(_StubbornPlugin(), "stubborn")
    with pytest.raises(PolicyError) as caught:
        load_policy(f"{DESK}rules: {{ZZ01: {options}}}\n", file="desk.yaml", host=host)
    assert said in str(caught.value)


def test_efforts_deep_in_options_are_counted_in_the_teams_days_too() -> None:
    host = Host()
    host.register(_StubbornPlugin(), "stubborn")
    policy = load_policy(f"{DESK}rules: {{ZZ01: {{steps: {{a: [1d]}}}}}}\n", file="desk.yaml", host=host)
    options: Any = policy.rules[0].rule.options
    assert {effort.minutes for effort in options.steps["a"]} == {360}


def test_a_large_desk_is_read_in_seconds(small: str, load: Load) -> None:
    places = "".join(f"  place-{n}: {{server: eu-1, key_users: [user-{n * 7919}-x]}}\n" for n in range(1500))
    people = "".join(f'  person-{n}: {{github: "account-{n}"}}\n' for n in range(500))
    text = small.replace("instances:\n", "instances:\n" + places).replace("people:\n", "people:\n" + people)
    began = perf_counter()
    assert len(load(text).desk.instances) == 1501
    assert perf_counter() - began < 15


def test_a_person_is_one_by_name_by_either_account_and_by_address(small: str, load: Load) -> None:
    for word in ("anna-berg", "5B10", "Anna", "ANNA@example.org"):
        text = small.replace("people: [anna-berg]", f'people: ["{word}"]')
        desk = load(text).desk
        assert desk.roles["support"].people == ("anna-berg",)
    assert {desk.person_of("jira", "5b10"), desk.person_of("github", "anna")} == {"anna-berg"}


def test_an_instance_without_key_users_is_the_fallbacks(small: str, load: Load) -> None:
    text = small.replace("{key_users: [carla-diaz]}", "").replace("tiers:\n", "fallback: {key_users: [Anna]}\ntiers:\n")
    assert load(text).desk.fallback == ("anna-berg",)
