"""Atlassian's document format as HTML, simply; what is not known here degrades to what is inside it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from tierkeeper.plugins.jira.sandbox import adf
from tierkeeper.plugins.sandbox.elements import Html, joined, link, tag, text

Json = dict[str, Any]

MOST_DEPTH = 40
"""What lies deeper is shown as plain text."""

_LOWER = 2
_MARKS = {"strong": "b", "em": "em", "code": "code", "strike": "s", "underline": "u"}
_SIMPLE = {
    "paragraph": "p",
    "bulletList": "ul",
    "taskList": "ul",
    "decisionList": "ul",
    "listItem": "li",
    "decisionItem": "li",
    "blockquote": "blockquote",
    "table": "table",
    "tableRow": "tr",
    "tableHeader": "th",
    "tableCell": "td",
}


def prose(document: Json | None) -> Html:
    """A document as HTML."""
    return Html("") if document is None else _inside(document, 0)


def _attr(node: Json, *names: str) -> str:
    attrs = node.get("attrs")
    if not isinstance(attrs, dict):
        return ""
    return next((str(attrs[name]) for name in names if attrs.get(name) not in (None, "")), "")


def _inside(node: Json, depth: int) -> Html:
    content = node.get("content")
    return _all(content, depth) if isinstance(content, list) else Html("")


def _all(nodes: Iterable[Any], depth: int) -> Html:
    return joined(*(_shown(node, depth + 1) for node in nodes if isinstance(node, dict)))


def _shown(node: Json, depth: int) -> Html:
    kind = str(node.get("type"))
    if depth > MOST_DEPTH:
        return text(adf.plain(node))
    if kind in _SIMPLE:
        return tag(_SIMPLE[kind], _inside(node, depth))
    writer = _WRITERS.get(kind)
    return writer(node, depth) if writer is not None else _inside(node, depth)


def _text(node: Json, _depth: int) -> Html:
    shown = text(str(node.get("text", "")))
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else ():
        if not isinstance(mark, dict):
            continue
        kind = str(mark.get("type"))
        if kind in _MARKS:
            shown = tag(_MARKS[kind], shown)
        elif kind == "link":
            shown = link(shown, _attr(mark, "href"))
    return shown


def _heading(node: Json, depth: int) -> Html:
    level = _attr(node, "level")
    number = int(level) if level in {"1", "2", "3", "4", "5", "6"} else 1
    return tag(f"h{min(number + _LOWER, 6)}", _inside(node, depth))


def _ordered(node: Json, depth: int) -> Html:
    start = _attr(node, "order")
    return tag("ol", _inside(node, depth), start=start if start.isascii() and start.isdigit() else None)


def _task(node: Json, depth: int) -> Html:
    return tag("li", "☑ " if _attr(node, "state") == "DONE" else "☐ ", _inside(node, depth))


def _panel(node: Json, depth: int) -> Html:
    return tag("div", _inside(node, depth), class_="panel")


def _expand(node: Json, depth: int) -> Html:
    return joined(tag("p", tag("b", _attr(node, "title"))), _inside(node, depth))


def _code(node: Json, depth: int) -> Html:
    return tag("pre", tag("code", _inside(node, depth)))


def _date(node: Json, _depth: int) -> Html:
    try:
        return text(f"{datetime.fromtimestamp(int(_attr(node, 'timestamp')) / 1000, UTC):%Y-%m-%d}")
    except (ValueError, OverflowError, OSError):
        return Html("")


def _card(node: Json, _depth: int) -> Html:
    url = _attr(node, "url")
    return link(url, url)


def _mention(node: Json, _depth: int) -> Html:
    return tag("b", "@", _attr(node, "text", "id").removeprefix("@"))


_WRITERS: dict[str, Callable[[Json, int], Html]] = {
    "text": _text,
    "hardBreak": lambda _node, _depth: tag("br"),
    "rule": lambda _node, _depth: tag("hr"),
    "heading": _heading,
    "orderedList": _ordered,
    "taskItem": _task,
    "blockTaskItem": _task,
    "panel": _panel,
    "expand": _expand,
    "nestedExpand": _expand,
    "codeBlock": _code,
    "date": _date,
    "mention": _mention,
    "emoji": lambda node, _depth: text(_attr(node, "text", "shortName")),
    "status": lambda node, _depth: tag("span", _attr(node, "text"), class_="chip"),
    "inlineCard": _card,
    "blockCard": _card,
    "embedCard": _card,
    "media": lambda node, _depth: text(f"[attachment {_attr(node, 'alt', 'id')}]"),
    "mediaInline": lambda node, _depth: text(f"[attachment {_attr(node, 'alt', 'id')}]"),
}
