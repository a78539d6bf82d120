"""Our Markdown as Atlassian's documents, valid and always the same; people's documents as text."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import fastjsonschema
import pytest
from contracts import DOCUMENTS, contracts_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.plugins.markup.adf import to_adf
from tierkeeper.plugins.markup.adf_text import to_markdown
from tierkeeper.plugins.markup.text import markdown

Node = dict[str, Any]


@cache
def validate() -> Callable[[Node], Any]:
    """Atlassian's own schema; by fastjsonschema, since others do not finish on deep lists."""
    path = contracts_folder() / DOCUMENTS
    if not path.exists():
        pytest.skip(f"no {DOCUMENTS} in {path.parent}")
    check: Callable[[Node], Any] = fastjsonschema.compile(json.loads(path.read_bytes()))
    return check


def doc(*content: Node) -> Node:
    return {"type": "doc", "version": 1, "content": list(content)}


def paragraph(*content: Node | str) -> Node:
    return {"type": "paragraph", "content": [text(one) if isinstance(one, str) else one for one in content]}


def text(words: str, *marks: Node) -> Node:
    return {"type": "text", "text": words} | ({"marks": list(marks)} if marks else {})


STATUS = """**With support** · owner **Anna** · next: *answers or hands it on*

Put back from development on 23 Nov 2026 09:00: needs `finding`. See [the page](https://example.org/a?b=c).

| when (CET) | from | to | by | with |
|---|---|---|---|---|
| 23 Nov 2026 09:00 | key users | help desk | Anna |  |
| 23 Nov 2026 10:00 | help desk | support | `x` \\| y | estimate 4 h |"""

TEXTS = [
    "",
    "plain",
    STATUS,
    "# One\n\n###### Six\n\n#",
    "- one\n- two\n  - three\n\n  four\n- ",
    "3. three\n4. four\n\n1. one",
    "- # heading\n- > quote\n  > - list\n- ***\n- | a |\n  |---|\n  | b |",
    "> quote\n> # heading\n> | a | b |\n> |---|---|\n> | 1 | 2 |\n> ***\n> > deeper",
    "```python x\ncode <b> @someone\n```\n\n    indented\n\n```\n```",
    "one  \ntwo\\\nthree\nfour",
    "***both*** ~~gone~~ **`code`** [`code`](https://example.org) ![alt](https://example.org/x.png)",
    "[bad](javascript:alert(1)) <script>alert(1)</script> <!-- hidden --> &amp; &#0;",
    "a\x00b\x1b[31mc\u202ed \ud800",
    "---",
    "> " * 60 + "deep",
    "- " * 60 + "deep",
    "**" * 200 + "x",
]


@pytest.mark.parametrize("source", TEXTS)
def test_our_text_makes_a_valid_document_and_always_the_same(source: str) -> None:
    made = to_adf(source)
    validate()(made)
    assert to_adf(source) == made
    assert "localId" not in json.dumps(made)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab *_`~[]()!#>-|\\\n\t1.@<&:/\"'\u2060"), max_size=120))
def test_whatever_is_written_the_document_is_valid(source: str) -> None:
    made = to_adf(source)
    validate()(made)
    to_markdown(made)


def test_a_status_comment_reads_back_as_it_was_written() -> None:
    assert to_markdown(to_adf(STATUS)) == STATUS


@pytest.mark.parametrize(
    "source",
    [
        "one\n\ntwo",
        "# heading\n\n- one\n- two\n  - three\n\n3. three\n4. four",
        "> quote\n>\n> - list",
        "```python\ncode\n\nmore\n```",
        "**bold** *both* `code` ~~gone~~ [link](https://example.org)",
        "one\ntwo",
        "---",
    ],
)
def test_markdown_survives_the_way_there_and_back(source: str) -> None:
    assert to_markdown(to_adf(source.replace("one\ntwo", "one  \ntwo"))) == source


def test_a_mention_pings_and_an_escaped_one_does_not() -> None:
    made = to_adf(f"@acc-support-1 look at {markdown('@everyone')} and a@example.org", {"acc-support-1": "Anna Berg"})
    found = [node for node in made["content"][0]["content"] if node["type"] == "mention"]
    assert found == [{"type": "mention", "attrs": {"id": "acc-support-1", "text": "@Anna Berg"}}]
    assert to_markdown(made).startswith("@Anna Berg look at ")


def test_a_link_to_something_else_than_a_page_is_plain_text() -> None:
    assert "link" not in json.dumps(to_adf("[x](javascript:alert(1)) [y](file:///etc/passwd) [z](/relative)"))


def test_a_marker_in_a_comment_does_not_survive_so_that_it_is_a_property() -> None:
    """J19: ADF has no place for comments."""
    assert to_markdown(to_adf("before\n\n<!-- tierkeeper:status -->")) == "before"


# People's documents


def test_what_people_write_is_read() -> None:
    document = doc(
        paragraph(
            "Hello ",
            {"type": "mention", "attrs": {"id": "5b10", "text": "@Anna Berg"}},
            " ",
            {"type": "emoji", "attrs": {"shortName": ":smile:", "text": "😄"}},
            " since ",
            {"type": "date", "attrs": {"timestamp": "1795392000000"}},
            " ",
            {"type": "status", "attrs": {"text": "OPEN", "color": "blue"}},
            {"type": "hardBreak"},
            "/handover support",
        ),
        {"type": "panel", "attrs": {"panelType": "info"}, "content": [paragraph("Panel")]},
        {"type": "expand", "attrs": {"title": "More"}, "content": [paragraph("Inside")]},
        {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"type": "file", "id": "1", "collection": ""}}]},
        {"type": "blockCard", "attrs": {"url": "https://example.org/x"}},
        {
            "type": "taskList",
            "attrs": {"localId": "1"},
            "content": [
                {"type": "taskItem", "attrs": {"localId": "2", "state": "DONE"}, "content": [text("done")]},
                {"type": "taskItem", "attrs": {"localId": "3", "state": "TODO"}, "content": [text("open")]},
            ],
        },
        {"type": "rule"},
    )
    assert to_markdown(document).split("\n") == [
        "Hello @Anna Berg 😄 since 2026-11-23 OPEN",
        "/handover support",
        "",
        "Panel",
        "",
        "**More**",
        "",
        "Inside",
        "",
        "[attachment]",
        "",
        "https://example.org/x",
        "",
        "- [x] done",
        "- [ ] open",
        "",
        "---",
    ]


def test_what_is_not_known_degrades_to_the_text_inside_it() -> None:
    novelty = {"type": "hologram", "content": [paragraph("seen"), {"type": "spark", "attrs": {"text": "too"}}]}
    assert to_markdown(doc(novelty, paragraph({"type": "glyph", "attrs": {"text": "g"}}))) == "seen\n\ntoo\n\ng"


@pytest.mark.parametrize(
    "broken",
    [None, "text", 5, [], {}, {"type": "doc"}, {"content": "x"}, {"content": [None, 5, {"type": ["x"]}, {"type": {}}]}],
)
def test_what_is_no_document_has_no_text(broken: object) -> None:
    assert to_markdown(broken) == ""


def test_odd_attributes_do_no_harm() -> None:
    odd: list[Node] = [
        {"type": "heading", "attrs": {"level": "many"}, "content": [text("h")]},
        {"type": "orderedList", "attrs": {"order": "x"}, "content": [{"type": "listItem"}]},
        {"type": "table", "content": [{"type": "tableRow", "content": []}]},
        paragraph({"type": "date", "attrs": {"timestamp": "never"}}, {"type": "text", "text": "x", "marks": ["?", {}]}),
        {"type": "codeBlock", "content": [text("a\n```\nb")]},
    ]
    assert to_markdown(doc(*odd)) == "# h\n\n1.\n\nx\n\n````\na\n```\nb\n````"


@pytest.mark.parametrize("depth", [100, 5000])
@pytest.mark.parametrize("kind", ["bulletList", "blockquote", "hologram"])
def test_lists_of_any_depth_are_read(kind: str, depth: int) -> None:
    node = paragraph("/handover support")
    for _ in range(depth):
        node = {"type": kind, "content": [{"type": "listItem", "content": [node]} if kind == "bulletList" else node]}
    assert to_markdown(doc(node)).endswith("/handover support")


def test_a_hundred_lists_in_one_another_directly_are_read() -> None:
    node: Node = {"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph("deep")]}]}
    for _ in range(100):
        node = {"type": "bulletList", "content": [node]}
    assert to_markdown(doc(node)).endswith("deep")
