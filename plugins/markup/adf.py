"""Our own Markdown into Atlassian's document format: valid, and the same text gives the same document.

What ADF has no place for degrades where it stands: a heading in a list becomes bold, a table in a quote becomes lines,
HTML stays text. Nothing random is made (no local ids), so that documents can be compared.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from tierkeeper.plugins.markup.text import without_controls

Node = dict[str, Any]
Mark = dict[str, Any]

_MENTION = re.compile(r"(?<![\w@.])@([A-Za-z0-9][A-Za-z0-9:_-]{2,127})(?<![:_-])")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MARKS = {"strong": "strong", "em": "em", "s": "strike"}
_LISTS = {"bullet_list": "bulletList", "ordered_list": "orderedList"}
_IN_ITEMS = frozenset({"paragraph", "bulletList", "orderedList", "codeBlock"})
_MOST_NESTING = 100
_RULE = "———"


def to_adf(text: str, names: Mapping[str, str] | None = None) -> Node:
    """Markdown as a document. ``@account`` becomes a mention; `names` gives the names shown for accounts."""
    tree = SyntaxTreeNode(_parser().parse(_SURROGATE.sub("", without_controls(text))))
    content = _Writer(names or {}).blocks(tree.children)
    return {"type": "doc", "version": 1, "content": content}


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    options = {"html": False, "maxNesting": _MOST_NESTING}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"])


class _Writer:
    """Writes one document."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._writers: dict[str, Callable[[SyntaxTreeNode], list[Node]]] = {
            "paragraph": lambda node: [self._paragraph(node)],
            "heading": self._heading,
            "bullet_list": self._list,
            "ordered_list": self._list,
            "blockquote": self._quote,
            "fence": self._code,
            "code_block": self._code,
            "hr": lambda _: [{"type": "rule"}],
            "table": self._table,
        }

    def blocks(self, nodes: Iterable[SyntaxTreeNode]) -> list[Node]:
        """All blocks, as they may stand in a document."""
        found: list[Node] = []
        for node in nodes:
            writer = self._writers.get(node.type)
            found += writer(node) if writer is not None else [_paragraph(_text(node.content))]
        return found

    def _paragraph(self, node: SyntaxTreeNode) -> Node:
        return _paragraph(self._inline(node.children))

    def _heading(self, node: SyntaxTreeNode) -> list[Node]:
        content = self._inline(node.children)
        level = int(node.tag[1:])
        return [{"type": "heading", "attrs": {"level": level}} | ({"content": content} if content else {})]

    def _list(self, node: SyntaxTreeNode) -> list[Node]:
        items = [
            {"type": "listItem", "content": self._inside(item.children) or [_paragraph([])]} for item in node.children
        ]
        if not items:
            return []
        made: Node = {"type": _LISTS[node.type]}
        if node.type == "ordered_list" and (start := int(node.attrs.get("start", 1))) != 1:
            made["attrs"] = {"order": start}
        return [made | {"content": items}]

    def _quote(self, node: SyntaxTreeNode) -> list[Node]:
        return [{"type": "blockquote", "content": self._inside(node.children) or [_paragraph([])]}]

    def _inside(self, nodes: Iterable[SyntaxTreeNode]) -> list[Node]:
        """Blocks as they may stand in a list item or a quote."""
        return [made for block in self.blocks(nodes) for made in _degraded(block)]

    @staticmethod
    def _code(node: SyntaxTreeNode) -> list[Node]:
        language = (node.info or "").split()[:1]
        made: Node = {"type": "codeBlock"}
        if language:
            made["attrs"] = {"language": language[0]}
        content = node.content.removesuffix("\n")
        return [made | ({"content": _text(content)} if content else {})]

    def _table(self, node: SyntaxTreeNode) -> list[Node]:
        rows = [
            {"type": "tableRow", "content": [self._cell(cell) for cell in row.children]}
            for part in node.children
            for row in part.children
        ]
        return [{"type": "table", "content": rows}]

    def _cell(self, cell: SyntaxTreeNode) -> Node:
        kind = "tableHeader" if cell.type == "th" else "tableCell"
        return {"type": kind, "content": [_paragraph(self._inline(cell.children))]}

    def _inline(self, nodes: Iterable[SyntaxTreeNode]) -> list[Node]:
        """Text with its marks; neighbours with the same marks are one."""
        joined: list[Node] = []
        for node in nodes:
            for made in self._marked(node, []):
                last = joined[-1] if joined else {}
                if made["type"] == last.get("type") == "text" and made.get("marks") == last.get("marks"):
                    joined[-1] = {**last, "text": last["text"] + made["text"]}
                else:
                    joined.append(made)
        return joined

    def _marked(self, node: SyntaxTreeNode, marks: list[Mark]) -> Iterator[Node]:
        match node.type:
            case "inline" | "image":
                yield from self._within(node, marks)
            case "strong" | "em" | "s":
                yield from self._within(node, _with(marks, {"type": _MARKS[node.type]}))
            case "link":
                href = str(node.attrs.get("href", ""))
                linked = _with(marks, {"type": "link", "attrs": {"href": href}})
                yield from self._within(node, linked if _SAFE_LINK.match(href) else marks)
            case "code_inline":
                yield from _text(node.content, [*_only_links(marks), {"type": "code"}])
            case "hardbreak":
                yield {"type": "hardBreak"}
            case "softbreak":
                yield from _text(" ", marks)
            case _:
                yield from self._words(node.content, marks)

    def _within(self, node: SyntaxTreeNode, marks: list[Mark]) -> Iterator[Node]:
        for child in node.children:
            yield from self._marked(child, marks)

    def _words(self, text: str, marks: list[Mark]) -> Iterator[Node]:
        """Text with the people that it mentions."""
        done = 0
        for found in _MENTION.finditer(text):
            yield from _text(text[done : found.start()], marks)
            account = found[1]
            yield {"type": "mention", "attrs": {"id": account, "text": f"@{self._names.get(account, account)}"}}
            done = found.end()
        yield from _text(text[done:], marks)


def _text(text: str, marks: list[Mark] | None = None) -> list[Node]:
    if not text:
        return []
    return [{"type": "text", "text": text} | ({"marks": marks} if marks else {})]


def _paragraph(content: list[Node]) -> Node:
    return {"type": "paragraph"} | ({"content": content} if content else {})


def _with(marks: list[Mark], mark: Mark) -> list[Mark]:
    return marks if any(one["type"] == mark["type"] for one in marks) else [*marks, mark]


def _only_links(marks: list[Mark]) -> list[Mark]:
    return [mark for mark in marks if mark["type"] == "link"]


def _degraded(block: Node) -> list[Node]:
    """A block as it may stand in a list item or a quote: what may not becomes paragraphs."""
    kind = block["type"]
    if kind in _IN_ITEMS:
        return [block]
    if kind == "heading":
        return [_paragraph([_bold(node) for node in block.get("content", [])])]
    if kind == "blockquote":
        return list(block["content"])
    if kind == "table":
        return [_paragraph(_row_text(row)) for row in block["content"]]
    return [_paragraph(_text(_RULE))]


def _bold(node: Node) -> Node:
    marks = node.get("marks", [])
    if node["type"] != "text" or any(mark["type"] == "code" for mark in marks):
        return node
    return {**node, "marks": _with(marks, {"type": "strong"})}


def _row_text(row: Node) -> list[Node]:
    content: list[Node] = []
    for number, cell in enumerate(row["content"]):
        content += _text(" | ") if number else []
        content += cell["content"][0].get("content", [])
    return content
