"""The four-level desk with every bundled rule on tiers and priority, at the level of stories."""

from functools import cache
from pathlib import Path

import msgspec

from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.model.desk import Mode
from tierkeeper.rules.policy import ActiveRule
from tierkeeper.rules.testing.benches import Setup, read_desk, set_up

GROUPS = ("tiers", "priority")

OPTIONS: dict[str, dict[str, object]] = {
    "TR04": {"minimum": "30m"},
    "TR12": {"review_features": True},
    "TR13": {"boxes": {"help-desk": "4h", "support": "2d", "development": "5bd"}},
    "TR14": {"severities": ["blocker"], "close": True},
    "TR17": {"roles": ["help-desk", "support"]},
    "PO03": {"roles": {"severity": ["support", "development"], "kind": ["help-desk", "support", "development"]}},
}
"""What rules are told, where the defaults would leave part of them idle."""

COMPONENTS = {"export": {"people": ["dev-1"]}, "import": {"people": ["dev-2"]}}


@cache
def every_rule() -> tuple[str, ...]:
    """Their codes."""
    bundled = "tierkeeper.rules.bundled."
    rules = load_plugins().rules.items()
    return tuple(sorted(code for code, rule in rules if rule.__module__.startswith(bundled) and rule.group in GROUPS))


@cache
def _alone(code: str) -> Setup:
    desk = read_desk({"components": COMPONENTS}, like=None, folder=Path())
    return set_up(desk, code, {"mode": "enforce", **OPTIONS.get(code, {})}, load_plugins())


def with_rules(modes: dict[str, Mode]) -> Setup:
    """The desk with these rules in these modes, in this order; what is off is left out."""
    made = {code: _alone(code) for code in modes}
    rules = tuple(ActiveRule(made[code].bench.rules[0].rule, mode) for code, mode in modes.items() if mode != "off")
    first = next(iter(made.values()))
    return msgspec.structs.replace(first, bench=msgspec.structs.replace(first.bench, rules=rules))
