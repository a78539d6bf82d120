"""What is wrong with the options of the rules on priority is found with the policy, with its place."""

from pathlib import Path
from typing import Any

import pytest

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.testing.benches import read_desk, set_up

HOST = load_plugins()


def faults(rule: str, options: dict[str, Any], **desk: object) -> str:
    made = read_desk(desk, like=None, folder=Path())
    try:
        set_up(made, rule, options, HOST)
    except PolicyError as error:
        return str(error)
    return ""


TIERS: list[dict[str, object]] = [
    {"name": "key-users", "role": {"by": "instance"}},
    {"name": "help-desk", "role": "help-desk"},
    {"name": "support", "role": "support", "priority_owner": "support-lead"},
]
NOBODY = [{key: value for key, value in tier.items() if key != "priority_owner"} for tier in TIERS]
OTHERS = {"handovers": None, "leader": None}


@pytest.mark.parametrize(
    ("rule", "options", "said"),
    [
        ("PO01", {"to": ["suport"]}, 'rules.PO01.to[0]: unknown tier "suport"'),
        ("PO01", {"to": ["key-users"]}, 'nothing is handed up to "key-users", the lowest tier'),
        ("PO01", {"grace": "1bh"}, "rules.PO01.grace: expected elapsed time (m, h, d), got 1bh"),
        ("PO01", {"set_by": "somebody"}, "rules.PO01.set_by"),
        ("PO02", {"days": []}, "rules.PO02.days: no day is left to tell anybody"),
        ("PO02", {"days": ["funday"]}, "rules.PO02.days[0]"),
        ("PO02", {"answer_within": "0h"}, "rules.PO02.answer_within: all would be told at once"),
        ("PO02", {"answer_within": "4"}, "rules.PO02.answer_within"),
        (
            "PO03",
            {"roles": {"severity": ["suport"]}},
            'rules.PO03.roles.severity[0]: no role and no tier is called "sup',
        ),
        ("PO03", {"roles": {"severity": []}}, "rules.PO03.roles.severity: nobody may set the severity"),
        ("PO03", {"roles": {"owner": ["support"]}}, "rules.PO03.roles.owner: who is assigned cannot be guarded"),
        ("PO03", {"roles": {"colour": ["support"]}}, 'it works on the facet "colour", and no tracker keeps that'),
        (
            "PO03",
            {"roles": {"priority": ["developers"]}},
            "support-lead orders the work of support and may not set the",
        ),
        ("PO04", {"receiving": ["suport"]}, 'rules.PO04.receiving[0]: unknown tier "suport"'),
        ("PO04", {"before": "1bd"}, "rules.PO04.before: expected elapsed time (m, h, d), got 1bd"),
    ],
)
def test_an_option_that_does_not_fit_the_desk_is_found_with_its_place(
    rule: str, options: dict[str, Any], said: str
) -> None:
    assert said in faults(rule, options)


def test_options_that_fit_are_let_pass() -> None:
    assert faults("PO01", {"to": ["support"], "set_by": "tier"}) == ""
    assert faults("PO02", {"answer_within": "4bh", "days": ["sat"]}) == ""
    assert faults("PO03", {"roles": {"severity": ["support", "key-users"], "priority": ["support"]}}) == ""
    assert faults("PO04", {"receiving": ["development"], "reason": False}) == ""


def test_a_desk_where_nobody_leads_hears_no_appeal_and_orders_no_work() -> None:
    assert "nobody leads a tier or the desk" in faults("PO02", {}, tiers=NOBODY, **OTHERS)
    said = faults("PO04", {}, tiers=NOBODY, **OTHERS)
    assert 'nobody orders the work of "help-desk"' in said
    assert 'nobody orders the work of "support"' in said
    assert 'nobody orders the work of "support"' not in faults("PO04", {}, tiers=TIERS, **OTHERS)
