"""Options that do not fit the desk are found when the policy is read: a tier, a role, a kind that it has not."""

from pathlib import Path
from typing import Any

import pytest

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.testing.benches import read_desk, set_up

WRONG = {
    "the top tier answers": ("TR12", {"answers": "development"}, "rules.TR12.answers", "is the top tier itself"),
    "no tier answers": ("TR12", {"answers": "suport"}, "rules.TR12.answers", '"suport" is no tier'),
    "a role that skips": ("TR15", {"roles": ["suport"]}, "rules.TR15.roles[0]", 'unknown role "suport"'),
    "a kind that skips": ("TR15", {"kinds": ["idea"]}, "rules.TR15.kinds[0]", 'unknown kind "idea"'),
    "a tier that closes": ("TR16", {"tiers": ["support", "suport"]}, "rules.TR16.tiers[1]", 'unknown tier "suport"'),
    "a tier for what is reopened": ("TR17", {"to": "suport"}, "rules.TR17.to", 'unknown tier "suport"'),
    "a role that reopens": ("TR17", {"roles": ["suport"]}, "rules.TR17.roles[0]", 'unknown role "suport"'),
}
RIGHT: dict[str, dict[str, Any]] = {
    "TR12": {"answers": "help-desk", "review_features": True, "duplicates": ["Doppelt"], "grace": "5m"},
    "TR15": {"roles": ["support"], "kinds": ["feature", "question"]},
    "TR16": {"tiers": ["help-desk", "support"], "reasons": ["completed"], "unanswered": []},
    "TR17": {"to": "help-desk", "roles": ["support"], "reporter": False},
}


def four_level() -> Any:
    return read_desk(None, like=None, folder=Path())


@pytest.mark.parametrize(("code", "options", "place", "said"), WRONG.values(), ids=WRONG)
def test_an_option_that_does_not_fit_is_named_with_its_place(
    code: str, options: dict[str, Any], place: str, said: str
) -> None:
    with pytest.raises(PolicyError) as failed:
        set_up(four_level(), code, {"mode": "flag", **options}, load_plugins())
    assert place in str(failed.value)
    assert said in str(failed.value)


@pytest.mark.parametrize(("code", "options"), RIGHT.items(), ids=RIGHT)
def test_an_option_that_fits_is_taken(code: str, options: dict[str, Any]) -> None:
    bench = set_up(four_level(), code, {"mode": "flag", **options}, load_plugins()).bench
    assert bench.rules[0].code == code


def test_done_is_not_done_needs_a_tier_below_the_top_one() -> None:
    alone = {**four_level(), "tiers": [{"name": "support", "role": "support"}], "handovers": []}
    with pytest.raises(PolicyError, match="no tier below the top one"):
        set_up(alone, "TR12", {"mode": "flag"}, load_plugins())


def test_a_desk_that_lists_no_kinds_takes_any() -> None:
    any_kind = {**four_level(), "facets": {"kind": {"story": {"label": "kind:"}}}}
    assert set_up(any_kind, "TR15", {"mode": "flag", "kinds": ["idea"]}, load_plugins()).bench.rules
