"""What every conversion of text must keep, and the texts and documents to try it with."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import fastjsonschema
import pytest
from contracts import DOCUMENTS, contracts_folder
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tierkeeper.plugins.markup.context import Context, Node
from tierkeeper.plugins.markup.conversion import to_adf, to_markdown

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
PING = re.compile(r"(?<![A-Za-z0-9_])@[A-Za-z0-9]")
ISSUE = re.compile(r"(?:^|[^&])#\d")
SAFE = ("https://", "http://", "mailto:")
HTML = {"<br>", "<details>", "</details>"}
TAG = re.compile(r"</?(?:ins|sub|sup|strong|em|del|summary)>")

PLAIN = Context()
KNOWING = Context(
    person={"anna": "Anna Berg", "5b10": "Anna Berg"}.get,
    reference={"#12": "https://example.org/issues/12", "ABC-7": "https://example.org/browse/ABC-7"}.get,
    attachment={"shot.png": "https://example.org/files/shot.png", "log.txt": "https://example.org/files/log.txt"}.get,
    original="https://example.org/original",
)
CONTEXTS = [PLAIN, KNOWING]


@cache
def validator() -> Callable[[Node], Any]:
    """Atlassian's own schema, by fastjsonschema: others do not finish on deep lists."""
    path = contracts_folder() / DOCUMENTS
    if not path.exists():
        pytest.skip(f"no {DOCUMENTS} in {path.parent}: put it there, or name its folder in TIERKEEPER_CONTRACTS")
    check: Callable[[Node], Any] = fastjsonschema.compile(json.loads(path.read_bytes()))
    return check


def keep_the_laws(markdown: str, context: Context) -> str:
    """Check a text's way there and back; its normal form."""
    made = to_adf(markdown, context)
    assert to_adf(markdown, context) == made
    check_document(made.content)
    normal = check_text(made.content, context)
    again = to_adf(normal, context)
    check_document(again.content)
    assert check_text(again.content, context) == normal
    return normal


def check_document(document: Node) -> None:
    """Whether a document is valid and holds nothing that harms."""
    assert not CONTROL.search("".join(strings(document)))
    assert all(address.startswith(SAFE) for address in addresses(document))
    validator()(document)


def check_text(document: Any, context: Context) -> str:
    """The document's Markdown, which must be harmless where GitHub shows it."""
    made = to_markdown(document, context)
    assert to_markdown(document, context) == made
    assert not CONTROL.search(made.content)
    check_shown(made.content)
    return made.content


def check_shown(markdown: str) -> None:
    """Whether nobody is called, nothing is linked by itself and no HTML but ours is passed on."""
    parser = MarkdownIt("commonmark", {"html": True, "tasklists": True, "maxNesting": 20})
    for block in parser.enable(["table", "strikethrough"]).parse(markdown):
        if block.type == "html_block":
            assert all(part in HTML or TAG.match(part) for part in re.findall(r"<[^>]*>", block.content)), block.content
            assert not PING.search(block.content)
        inside = 0
        for token in block.children or []:
            inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            if token.type in {"link_open", "image"}:
                target = str(token.attrs.get("href") or token.attrs.get("src"))
                assert target.lower().startswith(SAFE), target
            elif token.type == "html_inline":
                assert token.content in HTML or TAG.match(token.content), token.content
            elif token.type == "text" and not inside:
                assert not PING.search(token.content), token.content
                assert not ISSUE.search(token.content), token.content


def strings(node: Any) -> Iterator[str]:
    """Every string in a document."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for inner in node.values():
            yield from strings(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from strings(inner)


def addresses(node: Any) -> Iterator[str]:
    """Every address in a document that may be followed."""
    if isinstance(node, dict):
        yield from (str(value) for name, value in node.items() if name in {"href", "url"})
        for inner in node.values():
            yield from addresses(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from addresses(inner)


_PIECES = (
    "a|b c| |  |\n|\n\n|*|**|_|__|~~|~|`|```|```py\n|[|]|(|)|](|![|<|<b>|</b>|<br>|<details>|<summary>s</summary>|"
    "</details>|<!-- c -->|&amp;|&|&#64;x|\\|- |* |1. |3) |- [ ] |- [x] |> |> [!NOTE]\n|    |# |#|---|===|***|@anna|"
    "@bob/x|#12|o/r#3|ABC-7|GH-4|https://example.org/a_b*c*|www.example.org|a@example.org|「太字」|é|\u3000|\u200b|"
    "\U0001f600|!|:smile:|\t|<u>|</u>|<code>|</code>|<a href='https://example.org'>|</a>|<p>|<div>\n|-|[^1]|[a]|\r\n|\x00|"
    "\ud800|javascript:x|[j](javascript:x)|`a\\b`|$|%|'|\"|\u00a0|_x_|**y**|~~z~~|\u202e"
)
PIECES = [
    *_PIECES.split("|"),
    "|",
    "`x|y`",
    "| a | b |\n|---|:-:|\n| c | d |\n",
    "![i](https://example.org/i.png)",
    "[l](https://example.org/a_(b))",
    "[a]: https://example.org/z\n",
    "<img src='https://example.org/q.png' alt=z>",
]
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)

_WORDS = (
    "a|b c| |*x|_|`|[x]|[ ] t|](y)|#|# h|- z|1. o|> q|\\|&amp;|<b>|@anna|#12|GH-1|https://example.org/a|m@example.org|!|"
    "「x」|é|:smile:|~|===|---|```|(p)|[!NOTE]|</details>|a\nb|\x00|@bob"
)
WORDS = st.sampled_from(_WORDS.split("|"))
MARKS: list[Node] = [
    {"type": "strong"},
    {"type": "em"},
    {"type": "strike"},
    {"type": "underline"},
    {"type": "link", "attrs": {"href": "https://example.org/(a"}},
    {"type": "link", "attrs": {"href": "javascript:x"}},
    {"type": "subsup", "attrs": {"type": "sub"}},
    {"type": "textColor", "attrs": {"color": "#ff0000"}},
]
OTHERS: list[Node] = [
    {"type": "hardBreak"},
    {"type": "mention", "attrs": {"id": "5b10", "text": "@Anna"}},
    {"type": "emoji", "attrs": {"shortName": ":x:", "text": "\u274c"}},
    {"type": "status", "attrs": {"text": "OPEN", "color": "red"}},
    {"type": "date", "attrs": {"timestamp": "1795392000000"}},
    {"type": "inlineCard", "attrs": {"url": "https://example.org/card"}},
    {"type": "mediaInline", "attrs": {"id": "shot.png", "collection": ""}},
    {"type": "text", "text": "co`de|", "marks": [{"type": "code"}]},
]


def _text(words: str, marks: list[Node]) -> Node:
    kinds = {mark["type"]: mark for mark in marks}
    return {"type": "text", "text": words} | ({"marks": list(kinds.values())} if marks else {})


INLINE = st.lists(
    st.builds(_text, WORDS, st.lists(st.sampled_from(MARKS), max_size=2)) | st.sampled_from(OTHERS), max_size=4
)


def _node(kind: str, **attrs: Any) -> Callable[[list[Node]], Node]:
    return lambda content: {"type": kind} | ({"attrs": attrs} if attrs else {}) | {"content": content}


def _many(blocks: st.SearchStrategy[Node]) -> st.SearchStrategy[list[Node]]:
    return st.lists(blocks, min_size=1, max_size=3)


PARAGRAPH = INLINE.map(_node("paragraph"))
HEADING = INLINE.map(_node("heading", level=2))
CODE = st.sampled_from(["x", "```\ny", "a\n\n b", "\ttab\n", "`", "</details>"]).map(
    lambda text: {"type": "codeBlock", "attrs": {"language": "c++"}, "content": [{"type": "text", "text": text}]}
)
MEDIA = st.sampled_from(
    [
        {"type": "external", "url": "https://example.org/x.png", "alt": "a]b"},
        {"type": "file", "id": "1", "collection": "", "alt": "log.txt"},
        {"type": "file", "id": "2", "collection": "", "alt": "gone.bin"},
    ]
).map(
    lambda attrs: {"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [{"type": "media", "attrs": attrs}]}
)
TASKS = _many(INLINE.map(_node("taskItem", localId="x", state="DONE"))).map(_node("taskList", localId="y"))
SIMPLE = PARAGRAPH | CODE | MEDIA


def _lists(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    items = _many(_many(inner).map(_node("listItem")))
    return items.map(_node("bulletList")) | items.map(_node("orderedList", order=3)) | items.map(_node("orderedList"))


LISTS = st.recursive(SIMPLE, lambda inner: _lists(inner | TASKS), max_leaves=5)
QUOTE = _many(LISTS).map(_node("blockquote"))
PANEL = _many(LISTS | HEADING | TASKS).map(_node("panel", panelType="warning"))
ROWS = _many(
    _many(PARAGRAPH).map(_node("tableHeader")) | _many(PARAGRAPH | _lists(PARAGRAPH)).map(_node("tableCell", colspan=2))
)
TABLE = _many(ROWS.map(_node("tableRow"))).map(_node("table"))
FLAT = LISTS | HEADING | TASKS | QUOTE | PANEL | st.just({"type": "rule"})
FOLD = _many(FLAT | TABLE | _many(FLAT).map(_node("nestedExpand", title="in <b>"))).map(
    _node("expand", title="@anna #12")
)
DOCUMENT = _many(FLAT | TABLE | FOLD).map(lambda content: {"type": "doc", "version": 1, "content": content})
