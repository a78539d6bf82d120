"""Whatever is written, it converts: valid, harmless, the same each time, and stable from the second pass on."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markup_laws import CONTEXTS, DOCUMENT, MARKDOWN, PLAIN, check_document, check_text, keep_the_laws, validator

from tierkeeper.plugins.markup.context import GITHUB_LONGEST, Context, Node
from tierkeeper.plugins.markup.conversion import to_adf, to_markdown

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.md"))
LONG = 300_000


def test_the_corpus_is_varied() -> None:
    assert len(CORPUS) >= 25


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
@pytest.mark.parametrize("context", CONTEXTS, ids=["plain", "knowing"])
def test_texts_of_real_looking_issues_keep_the_laws(path: Path, context: Context) -> None:
    keep_the_laws(path.read_text(encoding="utf-8"), context)


@settings(max_examples=150, deadline=None)
@given(MARKDOWN, st.sampled_from(CONTEXTS))
def test_any_markdown_keeps_the_laws(markdown: str, context: Context) -> None:
    keep_the_laws(markdown, context)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.sampled_from(CONTEXTS))
def test_any_text_at_all_keeps_the_laws(text: str, context: Context) -> None:
    keep_the_laws(text, context)


@settings(max_examples=100, deadline=None)
@given(DOCUMENT, st.sampled_from(CONTEXTS))
def test_any_document_is_the_same_from_the_second_pass_on(document: Node, context: Context) -> None:
    validator()(document)
    once = to_adf(check_text(document, context), context).content
    twice = to_adf(check_text(once, context), context).content
    check_document(twice)
    assert twice == once


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=4) | st.sampled_from(["text", "table", "bulletList", "mention"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "content", "attrs", "marks", "text", "level"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_what_is_no_document_raises_nothing(document: object) -> None:
    to_markdown(document, PLAIN)
    to_markdown({"type": "doc", "content": [document, {"type": "paragraph", "content": [document]}]}, PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        ">" * 10_000 + "x",
        "> " * 10_000 + "x",
        "- " * 10_000 + "x",
        "[" * 10_000,
        "![" * 10_000 + "](x",
        "<details>" * 10_000,
        "**_~~" * 5_000,
        "`" * 9_999 + " " + "`" * 10_000,
        "<" * 10_000,
        "https://example.org/" + ")" * 10_000,
        "".join("  " * depth + "- a\n" for depth in range(150)),
    ],
    ids=lambda text: text[:8],
)
def test_hostile_nesting_is_shown_and_not_left_out(text: str) -> None:
    keep_the_laws(text, PLAIN)


@pytest.mark.parametrize("depth", [45, 5_000])
@pytest.mark.parametrize("kind", ["bulletList", "blockquote", "expand", "hologram"])
def test_documents_of_any_depth_are_read(kind: str, depth: int) -> None:
    node: Node = {"type": "paragraph", "content": [{"type": "text", "text": "the innermost"}]}
    for _ in range(depth):
        node = {"type": kind, "content": [{"type": "listItem", "content": [node]} if kind == "bulletList" else node]}
    made = to_markdown({"type": "doc", "version": 1, "content": [node]}, PLAIN)
    assert "the innermost" in made.content
    assert "deep nesting" in made.losses


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["word and **bold** [link](https://example.org)\n", "x", "[", "- item\n", "| a | b |\n", "```\nline\n", "@a #1 "],
)
def test_a_text_of_300_000_characters_takes_seconds_and_fits(piece: str) -> None:
    text = (piece * (LONG // len(piece) + 1))[:LONG]
    began = time.thread_time()
    made = to_adf(text, PLAIN)
    back = to_markdown(made.content, PLAIN)
    assert time.thread_time() - began < 20
    assert "cut" in made.losses
    check_document(made.content)
    assert len(back.content) <= GITHUB_LONGEST
