"""Any document that Atlassian's schema allows: it converts, comes back valid and the same, and what is lost is told."""

import re
from collections.abc import Iterator
from typing import Any

import fastjsonschema
from markup_laws import PLAIN, check_document, check_text, validator
from random_documents import RandomDocument, schema

from tierkeeper.plugins.markup import adf_text
from tierkeeper.plugins.markup.context import Node
from tierkeeper.plugins.markup.conversion import to_adf, to_markdown

SEEDS = 60
WORD = re.compile(r"word\d+x")

SHOWN = {
    ("text", "text"),
    ("status", "text"),
    ("emoji", "text"),
    ("mention", "text"),
    ("expand", "title"),
    ("nestedExpand", "title"),
    ("inlineCard", "url"),
    ("blockCard", "url"),
    ("embedCard", "url"),
    ("media", "alt"),
}
"""What people read of a node: all of it is in its Markdown."""

TOLD = {("link", "title"): "link title", ("placeholder", "text"): "placeholder"}
"""What Markdown has no place for."""

SILENT = {
    "doc": "",
    "hardBreak": "at the end of a line there is none",
    "emoji": "its sign is text",
    "paragraph": "an empty one is nothing",
    "mediaGroup": "it shows what mediaSingle shows",
    "blockTaskItem": "a task like others",
    "table": "without a cell it is nothing",
    "tableRow": "likewise",
    "dataConsumer": "nobody sees it",
    "fragment": "likewise",
}
"""The nodes and marks that may be missing afterwards without a word about it, and why."""


def documents(likely: float = 0.5) -> Iterator[Node]:
    for seed in range(SEEDS):
        document = RandomDocument(seed, likely=likely).of("doc_node")
        if is_valid(document):
            yield document


def is_valid(document: Node) -> bool:
    """The dice know nothing of what two parts of a rule forbid together."""
    try:
        validator()(document)
    except fastjsonschema.JsonSchemaException:
        return False
    return True


def words(node: Any, kind: str = "") -> Iterator[tuple[tuple[str, str], str]]:
    """Every word of a document, with the kind of its node and the name of its place."""
    if isinstance(node, list):
        for one in node:
            yield from words(one, kind)
    elif isinstance(node, dict):
        kind = kind if "type" not in node or kind == "media" else str(node["type"])
        for name, value in node.items():
            if isinstance(value, str):
                yield from (((kind, name), found) for found in WORD.findall(value))
            else:
                yield from words(value, kind if name == "attrs" else "")


def kinds(node: Any) -> set[str]:
    """The kinds of nodes and marks in a document."""
    if isinstance(node, list):
        return {kind for one in node for kind in kinds(one)}
    if not isinstance(node, dict):
        return set()
    own = {str(node["type"])} if "type" in node else set()
    return own | {kind for name, value in node.items() if name != "attrs" for kind in kinds(value)}


def test_the_dice_know_every_kind_of_node_and_mark_and_every_place_for_words() -> None:
    tried = [*documents(0.7), *documents(0.5), *documents(0.3)]
    known = {kind for one in tried for kind in kinds(one)}
    all_kinds = {
        kind
        for name, rule in schema()["definitions"].items()
        if name.endswith(("_node", "_mark"))
        for kind in rule.get("properties", {}).get("type", {}).get("enum", ())
    }
    assert known == all_kinds
    assert {place for one in tried for place, _ in words(one)} >= SHOWN | TOLD.keys()


def test_any_valid_document_converts_and_comes_back_valid_and_the_same() -> None:
    for document in documents():
        once = to_adf(check_text(document, PLAIN), PLAIN).content
        check_document(once)
        twice = to_adf(check_text(once, PLAIN), PLAIN).content
        assert twice == once


def test_what_people_read_is_in_the_markdown_and_in_the_text_for_commands() -> None:
    for document in documents():
        made, plain = to_markdown(document, PLAIN), adf_text.to_markdown(document)
        for place, word in words(document):
            if place in SHOWN:
                assert word in made.content, (place, word)
                assert word in plain, (place, word)
            elif place in TOLD:
                assert TOLD[place] in made.losses


def test_a_node_or_mark_that_is_gone_is_told() -> None:
    names = [name for name in schema()["definitions"] if name.endswith("_node") and name != "doc_node"]
    for name in names:
        for seed in range(12):
            node = RandomDocument(seed, likely=0.3).of(name)
            alone: Node = {"type": "doc", "version": 1, "content": [node]}
            among: Node = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [node]}]}
            for document in filter(is_valid, (alone, among)):
                made = to_markdown(document, PLAIN)
                gone = kinds(document) - kinds(to_adf(made.content, PLAIN).content)
                assert made.losses or gone <= SILENT.keys(), (name, gone, document)


def test_a_sign_without_words_is_not_read_for_ever() -> None:
    inline = [
        {"type": "text", "text": "/close"},
        {"type": "status", "attrs": {"text": "", "color": "red"}},
        {"type": "inlineCard", "attrs": {"data": {"name": "x"}}},
    ]
    document = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": inline}]}
    assert adf_text.to_markdown(document) == "/close"
