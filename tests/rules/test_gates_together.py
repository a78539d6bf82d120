"""Gates that contradict each other are found when the policy is read; each of them alone is right."""

from pathlib import Path

import pytest

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.policy import load_policy

EXAMPLE = Path(__file__).parents[2] / "examples" / "four-level-desk" / "desk.yaml"


def with_rules(rules: str) -> str:
    """The example's desk, with these rules alone."""
    text = EXAMPLE.read_text(encoding="utf-8")
    before, _, after = text.partition("\nrules:")
    rest = after.split("\n")
    end = next(at for at, line in enumerate(rest[1:], 1) if line and not line.startswith((" ", "#")))
    return f"{before}\nrules:\n{rules}\n" + "\n".join(rest[end:])


@pytest.mark.parametrize(
    "rules", ["  TR08: {kinds: [bug]}\n", "  TR08: {kinds: [bug]}\n  TR18: {mode: off}\n", "  TR18:\n  TR08:\n"]
)
def test_gates_that_agree_are_taken(rules: str) -> None:
    assert load_policy(with_rules(rules), file="desk.yaml", host=load_plugins()).rules


@pytest.mark.parametrize("rules", ["  TR08: {kinds: [bug]}\n  TR18:\n", "  TR18:\n  TR08: {kinds: [bug]}\n"])
def test_a_kind_that_is_sent_on_and_kept_out_is_named_with_its_line(rules: str) -> None:
    text = with_rules(rules)
    with pytest.raises(PolicyError) as failed:
        load_policy(text, file="desk.yaml", host=load_plugins())
    line = next(at for at, one in enumerate(text.split("\n"), 1) if "TR08" in one)
    (problem,) = failed.value.problems
    assert str(problem).startswith(f"desk.yaml:{line}:")
    assert "rules.TR08.kinds: TR18 sends feature requests to development, and these kinds keep them out" in str(problem)
    assert "add feature, or leave TR18 out" in str(problem)
