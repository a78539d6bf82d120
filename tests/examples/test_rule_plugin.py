"""The example of a rule in a package of its own does what it says."""

import importlib
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.rules.testing.case_file import read_cases
from tierkeeper.rules.testing.play import run_case

EXAMPLE = Path(__file__).parents[2] / "examples" / "rule-plugin"
CASES = EXAMPLE / "tests" / "cases" / "handovers" / "weekend_handover.yml"


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host with what is installed, that was given the example's plugin as its entry point names it."""
    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    points = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    made = load_plugins()
    for name, module in points["tierkeeper"].items():
        made.register(importlib.import_module(module), name)
    return made


def test_every_case_of_the_example_holds(host: Host) -> None:
    assert host.failures == []
    cases = read_cases(CASES, host)
    assert len(cases) >= 8
    for case in cases:
        run_case(case)


def test_the_options_in_its_readme_are_the_rules(host: Host) -> None:
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    rule = host.rules["WE01"]
    assert "WE01: {mode: flag, days: [saturday, sunday]}" in readme
    assert set(rule.Options.model_fields) == {"days", "but"}
    assert all(f"`{option}`" in rule.manual() for option in rule.Options.model_fields)


def test_its_hook_keeps_drafts_out_of_mirrors(host: Host) -> None:
    said = [
        [one.answer for one in host.hear("tierkeeper_mirror_choose", bool, {"case": SimpleNamespace(title=title)})]
        for title in ("Draft: export", "Export")
    ]
    assert said == [[False], []]
