"""What reports and comments answer: headings and line beginnings, in GitHub's and in Jira's text."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.plugins.jira.convert import text_of
from tierkeeper.plugins.markup.answers import answers

TEXTS = {
    "an issue form": (
        "### Instance\n\nberlin-01\n\n### Steps\n\nOpen it.\nPrint it.",
        {"instance": "berlin-01", "steps": "Open it.\nPrint it."},
    ),
    "a form left empty": ("### Instance\n\n_No response_\n\n### Steps\n\nn/a", {}),
    "lines": (
        "Instance: berlin-01\nSteps: open it,\nprint it\n\nThanks.",
        {"instance": "berlin-01", "steps": "open it,\nprint it"},
    ),
    "bold lines": (
        "**Entry-Point**\nshop\n\n**Version:** 4.2",
        {"entry point": "shop\n\nVersion: 4.2", "version": "4.2"},
    ),
    "wiki headings": ("h3. Instance\nberlin-01", {"instance": "berlin-01"}),
    "an answer after a gap": ("Steps:\n\nopen it", {"steps": "open it"}),
    "an answer in code": ("## Finding\n\n```\nKeyError: font\n```", {"finding": "KeyError: font"}),
    "names in code": ("```\nInstance: berlin-01\n```", {}),
    "what is hidden": ("### Steps\n\n<!-- Instance: berlin-01\nSteps: none -->", {}),
    "an address": ("See https://example.org/guide", {}),
    "other letters": ("### Lösung\n\nNeustart", {"lösung": "Neustart"}),
    "escaped marks": ("\\### Instance\n\nberlin\\-01", {"instance": "berlin-01"}),
}


@pytest.mark.parametrize(("text", "found"), TEXTS.values(), ids=TEXTS)
def test_headings_and_line_beginnings_are_answered_by_what_follows(text: str, found: dict[str, str]) -> None:
    plain = {name: answer.replace("**", "") for name, answer in answers(text)}
    assert plain == found


def test_a_heading_of_jira_is_one() -> None:
    def block(kind: str, text: str) -> dict[str, object]:
        return {"type": kind, "attrs": {"level": 3}, "content": [{"type": "text", "text": text}]}

    document = {"type": "doc", "version": 1, "content": [block("heading", "Instance"), block("paragraph", "berlin-01")]}
    assert dict(answers(text_of(msgspec.Raw(msgspec.json.encode(document))))) == {"instance": "berlin-01"}


@given(st.text(alphabet="#*h3. :\n`~<!->abÄ_\\", max_size=80))
@settings(deadline=None)
def test_any_text_is_read(text: str) -> None:
    assert all(name == name.casefold() and answer.strip() for name, answer in answers(text))


@given(st.text(alphabet="#*h3. :\n`~<!->abÄ_\\-", max_size=80))
@settings(deadline=None)
def test_what_stands_before_a_text_changes_none_of_its_answers(text: str) -> None:
    assert list(answers(f"Version: 3\n\n{text}")) == [("version", "3"), *answers(text)]
