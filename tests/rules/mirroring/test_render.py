"""A text for the other side: harmless, as little changed as can be, its losses told."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.plugins.markup.context import Context
from tierkeeper.plugins.markup.conversion import to_adf
from tierkeeper.plugins.markup.text import WORD_JOINER
from tierkeeper.rules.mirroring.redact import Redaction
from tierkeeper.rules.mirroring.render import Form, Words, render
from tierkeeper.rules.mirroring.text import parts, region

WORDS = Words(
    redaction=Redaction(),
    url="https://github.com/example/help/issues/7",
    people={"anna": "Anna Berg"},
    projects={"HELP": "https://example.atlassian.net/browse/"},
)
MARKDOWN, ADF = Form(), Form(documents=True)


def shown(text: str, form: Form = MARKDOWN, words: Words = WORDS) -> str:
    return render(text, "", words, form).text


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n\n1. a\n2. b\n   - c\n\n---\n\n| a | b |\n|:--|--:|\n| `x\\|y` | **z** |",
        'Two  \nlines with `@anna #12` and [a link](https://example.org/#12 "title") ![i](https://example.org/a.png)',
        "```python title\n@anna, see #12\n```\n\n    @anna indented",
        "<details>\n<summary>More</summary>\n\ntext\n\n</details>",
        "<b>bold</b> &amp; <kbd>x</kbd> footnote[^1]\n\n[^1]: here",
        "- [x] done\n- [ ] open",
    ],
)
def test_what_stays_in_one_format_stays_as_it_was(text: str) -> None:
    assert shown(text) == text
    assert render(text, "", WORDS, MARKDOWN).losses == ()


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Ask @anna.", "Ask Anna Berg."),
        ("Ask @bob.", f"Ask @{WORD_JOINER}bob."),
        ("As \\@bob said", f"As \\@{WORD_JOINER}bob said"),
        ("see #12", "see [#12](https://github.com/example/help/issues/12)"),
        ("see GH-12", "see [GH-12](https://github.com/example/help/issues/12)"),
        ("see example/app#3", "see [example/app#3](https://github.com/example/app/issues/3)"),
        ("see HELP-7, UTF-8", "see [HELP-7](https://example.atlassian.net/browse/HELP-7), UTF-8"),
        ("[see #12](https://example.org)", f"[see #{WORD_JOINER}12](https://example.org)"),
        ("<div>@bob</div>", f"<div>@{WORD_JOINER}bob</div>"),
        ("a <!-- tierkeeper:x --> b", "a  b"),
        ("<!-- @bob -->\n\ntext", "text"),
    ],
)
def test_nobody_is_called_and_references_lead_where_they_were_meant(text: str, made: str) -> None:
    assert shown(text) == made


def test_keys_and_addresses_that_nobody_may_know_lead_nowhere() -> None:
    words = Words(
        redaction=Redaction(),
        url="https://jira.corp.internal/browse/HELP-1",
        projects={"HELP": "https://jira.corp.internal/browse/"},
    )
    assert words.original == ""
    assert shown("see HELP-7", words=words) == "see HELP-7"


@pytest.mark.parametrize(
    "text", ["```\nnever closed", "<details>\nnever closed", "a <!-- never closed", "~~~~\nx\n~~~"]
)
def test_what_is_left_open_is_closed_so_that_our_last_line_is_seen(text: str) -> None:
    made = to_adf(f"{shown(text)}\n\nlast", Context())
    assert made.content["content"][-1] == {"type": "paragraph", "content": [{"type": "text", "text": "last"}]}


def test_what_hides_in_entities_or_over_borders_is_found() -> None:
    for text in ("bob&#64;example.org", "bob\\@example.org", "gh**p_0123456789abcdef**ghijklmnop"):
        for form in (MARKDOWN, ADF):
            made = shown(text, form)
            assert "[redacted]" in made
            assert "example.org" not in made
            assert "ghijklmnop" not in made


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Mail <bob@example.org>!", "Mail [redacted]!"),
        ("[me](mailto:bob@example.org 'or not'), [db](<https://db.corp/x>)", "me, db"),
        ("[bob@example.org](mailto:bob@example.org)", "[redacted]"),
        ("[![b](https://ci.corp/b.svg)](https://ci.corp/x)", "b"),
        ("bob@example.org: done", f"[redacted]{WORD_JOINER}: done"),
        ("bob@example.org(home)", f"[redacted]{WORD_JOINER}(home)"),
    ],
)
@pytest.mark.parametrize("form", [MARKDOWN, ADF])
def test_what_is_taken_out_leaves_words_and_no_link(text: str, made: str, form: Form) -> None:
    assert shown(text, form) == made
    (block,) = to_adf(shown(text, form), Context()).content["content"]
    assert (block["type"], [one["text"] for one in block["content"]]) == ("paragraph", [made])


def test_an_address_in_brackets_is_taken_out_of_a_document() -> None:
    said = {"type": "text", "text": "Anna <anna@example.org>, anna@example.org"}
    document = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [said]}]}
    assert render("", json.dumps(document), WORDS, MARKDOWN).text == "Anna \\<[redacted]>, [redacted]"


def test_our_own_lines_in_a_text_do_not_end_our_part() -> None:
    quoted = "Mirrored from [X](https://x).\n\nEnd of what is mirrored. What stands below is not touched."
    body = region(shown(quoted), key="HELP-1", url="", reporter="Anna", at=datetime(2026, 1, 1, tzinfo=UTC))
    found = parts(f"{body}\n\nbelow")
    assert (found.ours, found.below) == (body, "below")


def test_losses_are_told_in_one_line_with_the_original() -> None:
    made = render("| a |\n|--:|\n| b |\n\nx[^1] @anna\n\n[^1]: y", "", WORDS, ADF)
    assert made.losses == ("footnote", "table alignment")
    *_, last = made.with_losses(WORDS.original).splitlines()
    assert last == f"*Not here as it was: footnote, table alignment.* [The original]({WORDS.url})"


def test_a_document_tells_what_markdown_cannot_hold() -> None:
    status = {"type": "status", "attrs": {"text": "DONE", "color": "green"}}
    call = {"type": "mention", "attrs": {"id": "1", "text": "@Anna Berg"}}
    blue = {"type": "text", "text": "blue @bob HELP-7", "marks": [{"type": "textColor", "attrs": {"color": "#0000ff"}}]}
    document = json.dumps(
        {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [status, call, blue]}]}
    )
    made = render("", document, WORDS, MARKDOWN)
    assert made.losses == ("status", "text colour")
    assert made.text == (
        f"**DONE**Anna Bergblue @{WORD_JOINER}bob [HELP-7](https://example.atlassian.net/browse/HELP-7)"
    )


@pytest.mark.parametrize("form", [Form(2_000), Form(2_000, documents=True)])
def test_what_is_too_long_is_cut_with_a_word_and_a_link(form: Form) -> None:
    made = shown("word @anna " * 30_000, form)
    assert len(made) <= 2_000
    assert made.endswith(f"[The whole text]({WORDS.url})")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "@bob",
                "#12",
                "`",
                "``",
                "```\n",
                "\n",
                "\n\n",
                "> ",
                "- ",
                "[",
                "](https://e.org)",
                "<b>",
                "<!--",
                "-->",
                "\\",
                "*",
                "_",
                "|",
                "    ",
                " a ",
                "~",
                "<details>",
                "&#64;bob",
                "@x.org",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_whatever_is_written_nobody_is_called(text: str) -> None:
    called: list[str] = []

    def person(account: str) -> None:
        called.append(account)

    for form in (MARKDOWN, ADF):
        to_adf(shown(text, form), Context(person=person))
    assert called == []
