"""A document in Atlassian's format as Markdown that reads back as the same document."""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from tierkeeper.plugins.markup.adf_text import INLINE, flat
from tierkeeper.plugins.markup.context import (
    Context,
    Losses,
    Node,
    attribute,
    content_of,
    kind_of,
    paragraph,
    text_node,
)
from tierkeeper.plugins.markup.escaping import code_span, escaped, fence_for, html_text
from tierkeeper.plugins.markup.inline_writer import InlineWriter
from tierkeeper.plugins.markup.links import clean_text
from tierkeeper.plugins.markup.markdown_reader import PANELS

MOST_DEPTH = 40
"""Blocks that lie deeper are written as text, line by line."""

_ALERTS = {panel: alert for alert, panel in PANELS.items()} | {"tip": "TIP"}
_BULLETS = frozenset({"bulletList", "taskList", "decisionList"})
_LISTS = _BULLETS | {"orderedList"}
_TASKS = frozenset({"taskItem", "blockTaskItem"})
_TIGHT = re.compile(r"(?:[-*]|1[.)]) \S")
_CLOSING = re.compile(r"(?:^|(?<=\s))(?=#+$)")
_CELL_PIPE = re.compile(r"\\?\|")
_HIGHEST_START = 999_999_999


class MarkdownWriter:
    """Writes blocks, one text each."""

    def __init__(self, context: Context, losses: Losses) -> None:
        self._losses = losses
        self._inline = InlineWriter(context, losses)
        self._writers: Mapping[str, Callable[[Node, int], str]] = {
            "paragraph": lambda node, _: self._paragraph(node),
            "caption": lambda node, _: self._paragraph(node),
            "heading": self._heading,
            "blockquote": lambda node, depth: _quoted(self._joined(content_of(node), depth)),
            "panel": self._panel,
            "codeBlock": lambda node, _: self._code(node),
            "rule": lambda _, depth: "___" if depth else "---",
            "expand": self._fold,
            "nestedExpand": self._fold,
            "table": lambda node, _: self._table(node),
            "mediaSingle": self._media,
            "mediaGroup": self._media,
            "media": lambda node, _: self._inline.media(node),
            "blockCard": lambda node, _: self._card(node),
            "embedCard": lambda node, _: self._card(node),
        }

    def blocks(self, nodes: Iterable[Node], depth: int = 0, *, sign: str = "", task: bool = False) -> list[str]:
        """The blocks that show something. `sign`: that of the list around them; `task`: they begin a list item."""
        found: list[str] = []
        family, last = "", sign
        for node in _with_paragraphs(nodes):
            kind = kind_of(node)
            this = "bullets" if kind in _BULLETS else kind
            if kind in _LISTS and depth < MOST_DEPTH:
                pair = "-*" if this == "bullets" else ".)"
                chosen = pair[1] if last == pair[0] and this == (family or this) else pair[0]
                shown = self._list(node, depth, chosen)
            else:
                chosen = ""
                shown = (
                    self._paragraph(node, task=task and not found) if kind == "paragraph" else self._block(node, depth)
                )
            if shown:
                found.append(shown)
                family, last = this, chosen
        return found

    def _joined(self, nodes: Iterable[Node], depth: int) -> str:
        return "\n\n".join(self.blocks(nodes, depth + 1))

    def _block(self, node: Node, depth: int) -> str:
        if depth >= MOST_DEPTH:
            self._losses.add("deep nesting")
            lines = [escaped(" ".join(clean_text(line).split()), line=True) for line in flat(node)]
            return "\n".join(line for line in lines if line)
        self._inline.marks_of(node)
        writer = self._writers.get(kind_of(node))
        if writer is not None:
            return writer(node, depth)
        if kind_of(node) in {"layoutSection", "layoutColumn"}:
            self._losses.add("columns")
        else:
            known = "xtension" in kind_of(node)
            self._losses.add("extension" if known else "unknown content")
        text = node.get("text") or attribute(node, "text", "title", "url")
        return self._joined(content_of(node), depth) or self._inline.write([text_node(str(text))] if text else [])

    def _paragraph(self, node: Node, *, task: bool = False) -> str:
        if node.get("marks"):
            self._losses.add("alignment of text")
        return self._inline.write(content_of(node), task=task)

    def _heading(self, node: Node, _: int) -> str:
        level = attribute(node, "level").partition(".")[0]
        signs = "#" * min(max(int(level) if level.isascii() and level.isdigit() else 1, 1), 6)
        if node.get("marks"):
            self._losses.add("alignment of text")
        text = _CLOSING.sub(r"\\", self._inline.write(content_of(node), one_line=True))
        return f"{signs} {text}".rstrip()

    def _panel(self, node: Node, depth: int) -> str:
        alert = _ALERTS.get(attribute(node, "panelType"))
        if alert is None:
            self._losses.add("panel of one's own")
        inner = self._joined(content_of(node), depth)
        return _quoted(f"[!{alert or 'NOTE'}]" + (f"\n{inner}" if inner else ""))

    @staticmethod
    def _code(node: Node) -> str:
        text = clean_text("".join(str(one.get("text") or "") for one in content_of(node)))
        fence = fence_for(text)
        language = next(iter(clean_text(attribute(node, "language")).replace("`", "").split()), "")
        return "\n".join([f"{fence}{language}", *([text] if text else []), fence])

    def _fold(self, node: Node, depth: int) -> str:
        title = html_text(clean_text(attribute(node, "title")))
        head = f"<details>\n<summary>{title}</summary>" if title else "<details>"
        inner = self._joined(content_of(node), depth)
        return "\n\n".join(part for part in (head, inner, "</details>") if part)

    def _media(self, node: Node, depth: int) -> str:
        found = []
        for one in _linked(node):
            if kind_of(one) == "media":
                found.append(self._inline.media(one))
            else:
                self._losses.add("caption")
                found.append(self._block(one, depth))
        return "\n\n".join(part for part in found if part)

    def _card(self, node: Node) -> str:
        return self._inline.write([{"type": "inlineCard", "attrs": node.get("attrs")}])

    # Lists

    def _list(self, node: Node, depth: int, sign: str) -> str:
        kind = kind_of(node)
        if kind == "decisionList":
            self._losses.add("decision")
        number = _start(node)
        lines: list[str] = []
        for is_list, group in groupby(content_of(node), key=lambda one: kind_of(one) in _LISTS):
            if is_list:
                lines.append(self._below(list(group), depth, lines, sign))
                continue
            for item in group:
                marker = f"{number}{sign}" if kind == "orderedList" else sign
                number = min(number + 1, _HIGHEST_START)
                lines.append(self._item(item, depth, marker, sign))
        return "\n".join(line for line in lines if line)

    def _below(self, lists: list[Node], depth: int, before: list[str], sign: str) -> str:
        """Lists that lie in a list without an item around them: they belong to the item before them."""
        inner = "\n".join(self.blocks(lists, depth + 1, sign="" if before else sign))
        return _indented(inner, 2) if before else inner

    def _item(self, item: Node, depth: int, marker: str, sign: str) -> str:
        box = ""
        content = content_of(item)
        if kind_of(item) in _TASKS:
            box = "[x] " if attribute(item, "state") == "DONE" else "[ ] "
        parts = self.blocks(content, depth + 1, sign=sign, task=not box)
        text = parts[0] if parts else ""
        for part in parts[1:]:
            text += ("\n" if "\n\n" not in text and _TIGHT.match(part) else "\n\n") + part
        width = len(marker) + 1
        return f"{marker} {box}{_indented(text, width)[width:]}".rstrip()

    # Tables

    def _table(self, node: Node) -> str:
        rows = [content_of(row) for row in content_of(node)]
        shown = [[self._cell(cell, padded) for cell in row for padded in _columns(cell)] for row in rows]
        width = max((len(row) for row in shown), default=0)
        if not width:
            return ""
        first = rows[0]
        is_headed = bool(first) and all(kind_of(cell) == "tableHeader" for cell in first)
        others = [cell for row in rows[is_headed:] for cell in row]
        if any(kind_of(cell) == "tableHeader" for cell in others):
            self._losses.add("header column")
        if any(
            attribute(cell, name) not in {"", "1"} for row in rows for cell in row for name in ("colspan", "rowspan")
        ):
            self._losses.add("merged cells")
        if any(attribute(cell, "background") for row in rows for cell in row):
            self._losses.add("cell colour")
        lines = [
            f"| {' | '.join(row + [''] * (width - len(row)))} |"
            for row in [*([] if is_headed else [list[str]()]), *shown]
        ]
        return "\n".join([lines[0], f"|{'---|' * width}", *lines[1:]])

    def _cell(self, cell: Node, padded: bool) -> str:  # whether it only fills a merged place
        if padded:
            return ""
        blocks = list(_with_paragraphs(content_of(cell)))
        if len(blocks) > 1 or any(kind_of(block) not in {"paragraph", "mediaSingle"} for block in blocks):
            self._losses.add("blocks in a table cell")
        lines = [line for block in blocks for line in self._cell_lines(block, 0)]
        return _CELL_PIPE.sub(_shown_pipe, "<br>".join(line for line in lines if line))

    def _cell_lines(self, block: Node, depth: int) -> list[str]:
        """A block in a cell, a line each for what it holds."""
        kind = kind_of(block)
        if depth >= MOST_DEPTH:
            return [escaped(clean_text(line), line=False) for line in flat(block)]
        if kind in {"paragraph", "heading", "taskItem", "decisionItem", "caption"}:
            return [self._inline.write(content_of(block), one_line=True)]
        if kind == "codeBlock":
            text = clean_text("".join(str(one.get("text") or "") for one in content_of(block)))
            return [code_span(line) for line in text.split("\n") if line.strip()]
        if kind == "listItem":
            lines = [line for one in content_of(block) for line in self._cell_lines(one, depth + 1)]
            return [f"• {line}" if not number else line for number, line in enumerate(lines)]
        if kind in {"media", "blockCard", "embedCard"}:
            return [self._inline.media(block) if kind == "media" else self._card(block)]
        content = _linked(block) if kind == "mediaSingle" else content_of(block)
        title = clean_text(attribute(block, "title"))
        inner = [self._inline.write([text_node(title, {"type": "strong"})], one_line=True)] if title else []
        inner += [line for one in _with_paragraphs(content) for line in self._cell_lines(one, depth + 1)]
        return inner or [self._inline.write([text_node(line) for line in flat(block)], one_line=True)]


def _linked(media: Node) -> list[Node]:
    """What is in a frame for media; its own link is that of each which has none."""
    return [
        {**one, "marks": media.get("marks")} if kind_of(one) == "media" and not one.get("marks") else one
        for one in content_of(media)
    ]


def _columns(cell: Node) -> list[bool]:
    """The columns that a cell takes: the first holds it, the others are empty."""
    span = attribute(cell, "colspan").partition(".")[0]
    return [False] + [True] * (min(int(span), 100) - 1 if span.isascii() and span.isdigit() else 0)


def _shown_pipe(found: re.Match[str]) -> str:
    """A bar in a cell: behind a backslash the two platforms would count differently."""
    return "\\&#124;" if found[0] == "\\|" else "\\|"


def _start(node: Node) -> int:
    order = attribute(node, "order").partition(".")[0]
    return min(int(order), _HIGHEST_START) if order.isascii() and order.isdigit() else 0 if _is_zero(node) else 1


def _is_zero(node: Node) -> bool:
    attrs = node.get("attrs")
    return isinstance(attrs, dict) and attrs.get("order") == 0


def _with_paragraphs(nodes: Iterable[Node]) -> Iterable[Node]:
    """Blocks; inline nodes that stand among them make a paragraph."""
    for is_inline, group in groupby(nodes, key=lambda node: kind_of(node) in INLINE):
        if is_inline:
            yield paragraph(list(group))
        else:
            yield from group


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def _indented(text: str, width: int) -> str:
    return "\n".join(" " * width + line if line else line for line in text.split("\n"))
