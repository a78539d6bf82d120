"""Every bundled rule has its manual, its file and its cases, all under one name."""

import inspect
import re
from pathlib import Path

import pytest

from tierkeeper.plugins import Rule
from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.testing.collect import installed

CASES = Path(__file__).parent / "cases"
BUNDLED = {code: rule for code, rule in load_plugins().rules.items() if rule.__module__.startswith("tierkeeper.rules.")}
SECTIONS = ("Why.", "Lets pass.", "Options.", "When not to use it.")
SAYS = ("Refuses.", "Flags.", "Wants.")

every_rule = pytest.mark.parametrize("rule", BUNDLED.values(), ids=BUNDLED)


def sections(rule: type[Rule]) -> dict[str, str]:
    """The parts of a manual by their headings."""
    parts = re.split(r"^\*\*([^*]+)\*\*\s*", rule.manual(), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def test_every_plugin_that_is_installed_loads() -> None:
    assert installed().failures == []
    assert BUNDLED


@every_rule
def test_a_manual_begins_with_one_sentence_that_people_are_told(rule: type[Rule]) -> None:
    assert re.fullmatch(r"[^\n]{10,160}[.]", rule.message())
    assert rule.manual().split("\n")[1] == "", "the first line stands alone"


@every_rule
def test_a_manual_has_every_section_with_something_in_it(rule: type[Rule]) -> None:
    found = sections(rule)
    missing = [section for section in SECTIONS if len(found.get(section, "").split()) < 1]
    assert missing == []
    assert set(found) & set(SAYS)
    assert next(iter(found)) == "Why."
    assert list(found)[-2:] == ["Options.", "When not to use it."]


@every_rule
def test_a_manual_says_what_the_rule_may_do(rule: type[Rule]) -> None:
    found = sections(rule)
    by_options = "__init__" in vars(rule)  # what it guards follows from its options
    assert (bool(rule.guards) or by_options) == ("Refuses." in found)
    assert bool(rule.wants) == ("Wants." in found)


@every_rule
def test_every_option_is_named_under_options_and_no_other(rule: type[Rule]) -> None:
    said = sections(rule)["Options."]
    options = {field.alias or name for name, field in rule.Options.model_fields.items()}
    assert {option for option in options if f"`{option}`" not in said} == set()
    assert bool(options) or said.strip() == "None."
    assert inspect.getdoc(rule.Options)


@every_rule
def test_every_option_has_a_default(rule: type[Rule]) -> None:
    assert rule.Options() == rule().options


@every_rule
def test_code_class_file_and_cases_share_their_name(rule: type[Rule]) -> None:
    assert re.fullmatch(r"[A-Z]{2}\d{2}", rule.code)
    assert rule.__module__ == f"tierkeeper.rules.bundled.{rule.group}.{snake(rule.__name__)}"
    module = inspect.getmodule(rule)
    assert module is not None
    assert (module.__doc__ or "").startswith(f"{rule.code}: ")
    cases = CASES / rule.group / f"{snake(rule.__name__)}.yml"
    assert cases.is_file(), f"{cases.name} is missing"
    assert cases.read_text(encoding="utf-8").startswith(f"rule: {rule.code}\n")


def test_codes_are_unique_whatever_the_capitals() -> None:
    codes = [code.casefold() for code in installed().rules]
    assert len(codes) == len(set(codes))


def test_a_group_has_one_pair_of_letters() -> None:
    letters = {(rule.group, rule.code[:2]) for rule in BUNDLED.values()}
    assert len(letters) == len({group for group, _ in letters}) == len({code for _, code in letters})


def test_no_file_of_cases_is_left_behind() -> None:
    known = {(rule.group, snake(rule.__name__)) for rule in BUNDLED.values()}
    assert {(path.parent.name, path.stem) for path in CASES.rglob("*.yml")} - known == set()
