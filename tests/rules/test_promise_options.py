"""Options of the rules on promises that do not fit the desk are found when the policy is read."""

from pathlib import Path
from typing import Any

import pytest

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.testing.benches import read_desk, set_up

WRONG: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a share of nothing": ("PR02", {"ladder": [{"at": "0%", "tell": "owner"}]}, "rules.PR02.ladder[0].at", "at most"),
    "a share without per cent": ("PR02", {"ladder": [{"at": 0.75, "tell": "owner"}]}, "rules.PR02.ladder[0].at", "75%"),
    "two moments": (
        "PR02",
        {"ladder": [{"at": "75%", "after": "1h", "tell": "lead"}]},
        "rules.PR02.ladder[0]",
        "one of",
    ),
    "no moment": (
        "PR02",
        {"ladder": [{"tell": "lead"}]},
        "rules.PR02.ladder[0]",
        "exactly one of at, before and after",
    ),
    "days that are left": (
        "PR02",
        {"ladder": [{"before": "1bd", "tell": "lead"}]},
        "rules.PR02.ladder[0].before",
        "counted in time",
    ),
    "nobody": ("PR02", {"ladder": [{"at": "75%", "tell": "ownr"}]}, "rules.PR02.ladder[0].tell", 'called "ownr"'),
    "no day": ("PR02", {"ladder": [{"at": "75%", "tell": "lead", "days": []}]}, "rules.PR02.ladder[0].days", "no day"),
    "a day that is none": (
        "PR02",
        {"ladder": [{"at": "75%", "tell": "lead", "days": ["someday"]}]},
        "rules.PR02.ladder[0].days[0]",
        "someday",
    ),
    "a step twice": (
        "PR02",
        {"ladder": [{"at": "75%", "tell": "lead"}, {"at": "75%", "tell": "lead", "days": ["mon"]}]},
        "rules.PR02.ladder[1]",
        "a second step",
    ),
    "a clock": ("PR02", {"clocks": ["answer"]}, "rules.PR02.clocks[0]", "first response"),
    "a time without an offset": ("PR02", {"since": "2026-11-23T17:00:00"}, "rules.PR02.since", "timezone"),
    "a question in business time": ("PR03", {"near": "1bh"}, "rules.PR03.near", "expected elapsed time"),
    "a wait that takes no time": ("PR03", {"longest": {"vendor": "0bd"}}, "rules.PR03.longest.vendor", "at once"),
}


def four_level(**laid_over: Any) -> Any:
    return read_desk(laid_over, like=None, folder=Path())


@pytest.mark.parametrize(("code", "options", "place", "said"), WRONG.values(), ids=WRONG)
def test_an_option_that_does_not_fit_is_named_with_its_place(
    code: str, options: dict[str, Any], place: str, said: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        set_up(four_level(), code, options, load_plugins())
    problem = caught.value.problems[0]
    assert problem.key == place
    assert said in f"{problem.message} {problem.hint}"


def test_a_wait_for_what_the_facet_does_not_have_is_named() -> None:
    desk = four_level(facets={"waiting": {"values": ["reporter", "vendor"]}}, promises={"pause_on": ["reporter"]})
    with pytest.raises(PolicyError, match='the facet "waiting" has no value "supplier"'):
        set_up(desk, "PR03", {"longest": {"supplier": "2bd"}}, load_plugins())
    set_up(desk, "PR03", {"longest": {"vendor": "2bd"}}, load_plugins())


def test_a_leader_is_told_only_where_somebody_leads() -> None:
    bare = [{"name": "key-users", "role": {"by": "instance"}}, {"name": "support", "role": "support"}]
    desk = four_level(leader=None, tiers=bare, handovers=[])
    with pytest.raises(PolicyError, match="nobody leads, so that no lead can be told"):
        set_up(desk, "PR02", {"ladder": [{"at": "75%", "tell": "lead"}]}, load_plugins())
    set_up(desk, "PR02", {"ladder": [{"at": "75%", "tell": "support-1"}]}, load_plugins())
