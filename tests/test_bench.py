"""The benchmark's own desk stays a desk: it is made from the tests' policy, which others edit."""

from bench.run import FIGURES
from bench.samples import desk
from house import ROOT

from tierkeeper.plugins.host import load_plugins


def test_the_benchmarks_desk_has_every_rule_on_tiers_and_priority_and_needs_to_look_for() -> None:
    policy = desk()
    bundled = {
        code
        for code, rule in load_plugins().rules.items()
        if rule.__module__.startswith("tierkeeper.rules.bundled.") and rule.group != "promises"
    }
    assert {rule.code for rule in policy.rules} == bundled
    terms = policy.desk.terms("help-desk", "support")
    assert terms is not None
    assert list(terms.needs) == ["environment", "tried"]


def test_every_figure_is_on_the_page_of_benchmarks() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert [name for name in FIGURES if f"| `{name}` |" not in page] == []
