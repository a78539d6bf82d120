"""What people wrote under a heading, or behind a name that begins a line."""

import pytest

from tierkeeper.plugins import headed

CASES = {
    "a line": ("Learnt: nothing new", [("learnt", "nothing new")]),
    "a line in bold, in a list": ("* **Steps:** open, export", [("steps", "open, export")]),
    "a line that goes on below": ("Learnt:\nsee the handbook", [("learnt", "see the handbook")]),
    "a heading": ("## What was tried\n\nA restart.", [("what was tried", "A restart.")]),
    "a heading with code below": ("## Finding\n```\nx: 1\n```", [("finding", "```\nx: 1\n```")]),
    "a line below a heading": ("## More\nSteps: open", [("more", "Steps: open"), ("steps", "open")]),
    "nothing below a heading": ("## Steps\n\n## Tried\n\nyes", [("tried", "yes")]),
    "an empty answer of a form": ("### Steps\n\n_No response_", []),
    "a name that nothing follows": ("Steps: -", []),
    "a name inside of code": ("```\nSteps: open\n```", []),
    "a link, which is no name": ("Learnt:\nhttps://example.org/x", [("learnt", "https://example.org/x")]),
    "prose": ("It is slow, as ever.", []),
}


@pytest.mark.parametrize(("text", "found"), CASES.values(), ids=CASES)
def test_each_heading_and_name_is_told_with_what_follows_it(text: str, found: list[tuple[str, str]]) -> None:
    assert list(headed(text)) == found
