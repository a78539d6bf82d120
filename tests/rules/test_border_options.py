"""Options of the rules on the border that do not fit the desk are found when the policy is read."""

from pathlib import Path
from typing import Any

import pytest

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.testing.benches import read_desk, set_up

WRONG = {
    "a tier that looks": ("TR04", {"from": "suport"}, "rules.TR04.from", 'unknown tier "suport"'),
    "a tier that is handed to": ("TR04", {"to": "night"}, "rules.TR04.to", 'unknown tier "night"'),
    "a tier for itself": ("TR04", {"from": "development"}, "rules.TR04.from", "hands nothing to itself"),
    "a look with no unit": ("TR04", {"minimum": "2"}, "rules.TR04.minimum", "unit"),
    "a tier that plans": ("TR05", {"to": "night"}, "rules.TR05.to", 'unknown tier "night"'),
    "a severity": ("TR06", {"severities": ["fatal"]}, "rules.TR06.severities[0]", 'has no value "fatal"'),
    "no severity at all": ("TR06", {"severities": []}, "rules.TR06.severities", "1"),
    "a border in business time": ("TR07", {"border": "1bd"}, "rules.TR07.border", "does not belong here"),
    "a kind": ("TR08", {"kinds": ["bug", "idea"]}, "rules.TR08.kinds[1]", 'has no value "idea"'),
    "the last tier": ("TR18", {"tiers": ["development"]}, "rules.TR18.tiers[0]", "cannot go on from"),
}
RIGHT: dict[str, dict[str, Any]] = {
    "TR04": {"from": "help-desk", "to": "support", "minimum": "0.5d", "findings": []},
    "TR05": {"to": "support"},
    "TR06": {"severities": ["blocker", "major"]},
    "TR07": {"border": "2d 4h"},
    "TR08": {"kinds": ["bug"]},
    "TR18": {"tiers": ["help-desk", "support"]},
}


def four_level(**laid_over: Any) -> Any:
    return read_desk(laid_over, like=None, folder=Path())


@pytest.mark.parametrize(("code", "options", "place", "said"), WRONG.values(), ids=WRONG)
def test_an_option_that_does_not_fit_is_named_with_its_place(
    code: str, options: dict[str, Any], place: str, said: str
) -> None:
    with pytest.raises(PolicyError) as failed:
        set_up(four_level(), code, {"mode": "flag", **options}, load_plugins())
    assert place in str(failed.value)
    assert said in str(failed.value)


@pytest.mark.parametrize("code", RIGHT)
def test_options_that_fit_are_taken(code: str) -> None:
    assert set_up(four_level(), code, {"mode": "flag", **RIGHT[code]}, load_plugins()).bench.rules


def test_a_default_that_the_desk_has_no_word_for_is_found_too() -> None:
    desk = four_level(facets={"severity": {"values": ["high", "low"]}})
    with pytest.raises(PolicyError, match='the severity has no value "blocker"'):
        set_up(desk, "TR06", {"mode": "flag"}, load_plugins())
