"""What is said of a wrong policy, to the letter. A new case is a few lines in wrong/."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.rules.policy import Policy

FOLDER = Path(__file__).parent / "wrong"


def cases() -> list[Any]:
    reader = YAML(typ="safe", pure=True)
    found = [
        (path.stem, case) for path in sorted(FOLDER.glob("*.yml")) for case in reader.load(path.read_text("utf-8"))
    ]
    for _, case in found:
        assert set(case) in ({"it", "says", how} for how in ("change", "add", "text")), case
    return [pytest.param(case, id=f"{name}: {case['it']}") for name, case in found]


def written(case: Any, small: str) -> str:
    """The policy of a case: the small one with a change, with something added, or a text of its own."""
    if "change" in case:
        before, after = case["change"]
        assert before in small
        return small.replace(before, after, 1)
    return str(case["text"]) if "text" in case else small + str(case["add"])


def spoken(text: str) -> str:
    """A message with one gap between place and key, however wide it is on the screen."""
    return re.sub(r"(?m)^(desk\.yaml:\d+:\d+) +", r"\1  ", text).rstrip()


@pytest.mark.parametrize("case", cases())
def test_a_wrong_policy_is_refused_with_place_key_and_remedy(
    case: Any, small: str, load: Callable[[str], Policy]
) -> None:
    with pytest.raises(PolicyError) as caught:
        load(written(case, small))
    assert spoken(str(caught.value)) == spoken(case["says"])
    assert all(problem.fatal and problem.line and problem.column for problem in caught.value.problems)


def test_the_cases_are_many_and_no_two_are_the_same() -> None:
    names = [param.id for param in cases()]
    assert len(names) == len(set(names)) >= 35


def test_a_file_that_is_far_too_long_is_not_read(load: Callable[[str], Policy]) -> None:
    with pytest.raises(PolicyError, match="1,000,001 characters; a policy has at most 1,000,000"):
        load("#" * 1_000_001)


def test_brackets_without_end_are_refused(load: Callable[[str], Policy]) -> None:
    with pytest.raises(PolicyError, match="nested too deeply"):
        load("[" * 5000)


def test_aliases_that_multiply_are_refused_before_they_fill_the_memory(load: Callable[[str], Policy]) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(PolicyError, match="aliases make this grow without end"):
        load("\n".join(lines))


def test_every_finding_comes_in_the_order_of_the_file(small: str, load: Callable[[str], Policy]) -> None:
    text = small.replace("eu-1, entry", "eu-9, entry").replace("{tracker: github,", "{tracker: gitlab,") + "mode: on\n"
    with pytest.raises(PolicyError) as caught:
        load(text)
    assert [problem.key for problem in caught.value.problems] == [
        "queues.webapp.tracker",
        "instances.berlin-01.server",
        "mode",
    ]
