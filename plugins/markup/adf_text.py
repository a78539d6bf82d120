"""Atlassian's document format into Markdown, plain enough for commands and for quoting.

People write these documents, and apps do: every node that is not known here degrades to the text inside it, whatever
is not a document gives no text, and lists of any depth are read, the deepest of them without their indentation.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

Lines = list[str]

MOST_DEPTH = 40
"""Blocks that lie deeper are read as text, line by line."""

_MARKS = {"strong": "**", "em": "*", "strike": "~~"}
INLINE = frozenset(
    {"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "placeholder", "mediaInline"}
)
_CARDS = frozenset({"inlineCard", "blockCard", "embedCard"})
_LISTS = frozenset({"bulletList", "orderedList", "taskList", "decisionList"})
_MEDIA = frozenset({"media", "mediaInline"})


def to_markdown(document: Any) -> str:
    """The text of a document; empty for what is none."""
    return "\n".join(_blocks(_content(document), 0)).strip("\n") if isinstance(document, dict) else ""


def _kind(node: dict[str, Any]) -> str:
    return str(node.get("type"))


def _is_inline(node: dict[str, Any]) -> bool:
    return _kind(node) in INLINE


def _content(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = node.get("content")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _attr(node: dict[str, Any], *names: str) -> str:
    attrs = node.get("attrs")
    if not isinstance(attrs, dict):
        return ""
    return next((str(attrs[name]) for name in names if attrs.get(name)), "")


def _blocks(nodes: Iterable[dict[str, Any]], depth: int) -> Lines:
    """Blocks with an empty line between them. Inline nodes that stand among them make a paragraph."""
    lines: Lines = []
    for inline, group in groupby(nodes, key=_is_inline):
        found = list(group)
        for part in [_inline(found).split("\n")] if inline else [_block(node, depth) for node in found]:
            if part:
                lines += ["", *part] if lines else part
    return lines


def _block(node: dict[str, Any], depth: int) -> Lines:
    kind = _kind(node)
    if depth >= MOST_DEPTH:
        return flat(node)
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(node, depth)
    if kind in _CARDS:
        return [_attr(node, "url")]
    return _blocks(_content(node), depth + 1) or _named_text(node)


def _named_text(node: dict[str, Any]) -> Lines:
    """What stands in a node without content: its text, if it has any."""
    text = node.get("text") or _attr(node, "text", "title", "url")
    return str(text).split("\n") if text else []


def _paragraph(node: dict[str, Any], depth: int) -> Lines:
    if any(not _is_inline(one) and one.get("content") for one in _content(node)):
        return _blocks(_content(node), depth + 1)
    text = _inline(_content(node))
    return text.split("\n") if text else []


def _heading(node: dict[str, Any], depth: int) -> Lines:
    level = _attr(node, "level")
    marks = "#" * min(max(int(level) if level.isdigit() else 1, 1), 6)
    return [f"{marks} {' '.join(_paragraph(node, depth))}".rstrip()]


def _list(node: dict[str, Any], depth: int) -> Lines:
    order = _attr(node, "order")
    start = int(order) if order.isdigit() else 1
    lines: Lines = []
    for number, item in enumerate(_content(node)):
        if _kind(item) in _LISTS:
            lines += [f"  {line}".rstrip() for line in _block(item, depth + 1)]
            continue
        sign = f"{start + number}." if _kind(node) == "orderedList" else "-"
        if _kind(item) in {"taskItem", "blockTaskItem"}:
            sign = f"- [{'x' if _attr(item, 'state') == 'DONE' else ' '}]"
        lines += _item(item, sign, depth)
    return lines


def _item(item: dict[str, Any], sign: str, depth: int) -> Lines:
    """One item: its paragraphs and lists close together, as people write them."""
    inner: Lines = []
    for inline, group in groupby(_content(item), key=_is_inline):
        if inline:
            inner += _inline(group).split("\n")
        else:
            inner += [line for node in group for line in _block(node, depth + 1)]
    first, *rest = inner or [""]
    indent = " " * (len(sign.split(" ", maxsplit=1)[0]) + 1)
    return [f"{sign} {first}".rstrip(), *(f"{indent}{line}".rstrip() for line in rest)]


def _quote(node: dict[str, Any], depth: int) -> Lines:
    return [f"> {line}".rstrip() for line in _blocks(_content(node), depth + 1)]


def _code(node: dict[str, Any], depth: int) -> Lines:  # noqa: ARG001  # as all writers
    text = "".join(str(one.get("text", "")) for one in _content(node))
    fence = "```"
    while fence in text:
        fence += "`"
    return [f"{fence}{_attr(node, 'language')}", *text.split("\n"), fence]


def _expand(node: dict[str, Any], depth: int) -> Lines:
    title = _attr(node, "title")
    inner = _blocks(_content(node), depth + 1)
    return [f"**{title}**", *(["", *inner] if inner else [])] if title else inner


def _table(node: dict[str, Any], depth: int) -> Lines:
    rows = [[_cell(cell, depth) for cell in _content(row)] for row in _content(node)]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return []
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
    return [lines[0], f"|{'---|' * width}", *lines[1:]]


def _cell(cell: dict[str, Any], depth: int) -> str:
    lines = [line.strip() for line in _blocks(_content(cell), depth + 1)]
    return " ".join(line for line in lines if line).replace("|", r"\|")


def _attachment(node: dict[str, Any], depth: int) -> Lines:
    if _kind(node) in _MEDIA:
        return [_media(node)]
    return [line for one in _content(node) for line in _block(one, depth + 1)]


def _media(node: dict[str, Any]) -> str:
    name = _attr(node, "alt", "url")
    return f"[attachment: {name}]" if name else "[attachment]"


_WRITERS: dict[str, Callable[[dict[str, Any], int], Lines]] = {
    "paragraph": _paragraph,
    "caption": _paragraph,
    "heading": _heading,
    "bulletList": _list,
    "orderedList": _list,
    "taskList": _list,
    "decisionList": _list,
    "blockquote": _quote,
    "codeBlock": _code,
    "expand": _expand,
    "nestedExpand": _expand,
    "table": _table,
    "mediaSingle": _attachment,
    "mediaGroup": _attachment,
    "media": _attachment,
    "rule": lambda _node, _depth: ["---"],
}


def _inline(nodes: Iterable[dict[str, Any]]) -> str:
    """Text with its marks; a mark goes around all neighbours that bear it."""
    pieces: list[tuple[tuple[str, ...], str]] = []
    for node in nodes:
        marks, text = _marks(node), _piece(node)
        if pieces and pieces[-1][0] == marks:
            pieces[-1] = marks, pieces[-1][1] + text
        elif text:
            pieces.append((marks, text))
    return "".join(_wrapped(text, marks) for marks, text in pieces)


def _marks(node: dict[str, Any]) -> tuple[str, ...]:
    given = node.get("marks")
    found = []
    for mark in given if isinstance(given, list) else ():
        kind = _kind(mark) if isinstance(mark, dict) else ""
        if kind == "link":
            found.append(f"link {_attr(mark, 'href')}")
        elif kind == "code" or kind in _MARKS:
            found.append(kind)
    return tuple(sorted(found))


def _wrapped(text: str, marks: tuple[str, ...]) -> str:
    inner = text.strip()
    if not inner or not marks:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if "code" in marks:
        inner = f"`{inner}`" if "`" not in inner else f"`` {inner} ``"
    else:
        for mark in marks:
            sign = _MARKS.get(mark, "")
            inner = f"{sign}{inner}{sign}"
    target = next((mark.removeprefix("link ") for mark in marks if mark.startswith("link ")), "")
    if target and target != text.strip():
        inner = f"[{inner}]({target})"
    return f"{before}{inner}{after}"


def _piece(node: dict[str, Any]) -> str:
    reader = _PIECES.get(_kind(node))
    if reader is not None:
        return reader(node)
    # one without content would be read as itself for ever
    return _attr(node, "text", "url") or (" ".join(flat(node)) if _content(node) else "")


def _mention(node: dict[str, Any]) -> str:
    return "@" + _attr(node, "text", "id").removeprefix("@")


def _day(timestamp: str) -> str:
    try:
        return f"{datetime.fromtimestamp(int(timestamp) / 1000, UTC):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):
        return ""


_PIECES: dict[str, Callable[[dict[str, Any]], str]] = {
    "text": lambda node: str(node.get("text", "")),
    "hardBreak": lambda _: "\n",
    "mention": _mention,
    "emoji": lambda node: _attr(node, "text", "shortName"),
    "date": lambda node: _day(_attr(node, "timestamp")),
    "mediaInline": _media,
    "placeholder": lambda _: "",
}


def flat(node: dict[str, Any]) -> Lines:
    """The text below a node, a line a block, without recursion: however deep it is."""
    lines: Lines = []
    line: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        content = _content(one)
        if content or _kind(one) == "paragraph":
            if line:
                lines.append("".join(line))
                line = []
            waiting += reversed(content)
        elif _is_inline(one):
            line.append(_piece(one))
        else:
            line += _named_text(one)
    return [*lines, *(["".join(line)] if line else [])]
