"""Where each block of Atlassian's document format may stand, and what it becomes where it may not."""

from collections.abc import Callable, Iterable, Mapping

from tierkeeper.plugins.markup.context import (
    MARKS,
    Losses,
    Node,
    content_of,
    joined,
    kind_of,
    paragraph,
    text_node,
    trimmed,
)

RULE = "———"

_LISTS = frozenset({"bulletList", "orderedList"})
_PLAIN = _LISTS | {"paragraph", "codeBlock", "mediaSingle"}
_RICH = _PLAIN | {"heading", "taskList", "rule"}
_INSIDE: Mapping[str, frozenset[str]] = {
    "listItem": _PLAIN | {"taskList"},
    "blockquote": _PLAIN,
    "panel": _RICH,
    "expand": _RICH | {"panel", "blockquote", "table", "nestedExpand"},
    "nestedExpand": _RICH | {"panel", "blockquote"},
}
_NAMES = {
    "blockquote": "quote",
    "nestedExpand": "fold",
    "expand": "fold",
    "panel": "alert",
    "taskList": "task list",
}
_PLACES = {
    "blockquote": "a quote",
    "listItem": "a list",
    "panel": "an alert",
    "expand": "a fold",
    "nestedExpand": "a fold in a fold",
}


def fitted(parent: str, blocks: Iterable[Node], losses: Losses) -> list[Node]:
    """Blocks as they may stand in `parent`, at least one; what may not stand there is shown in plainer form."""
    allowed = _INSIDE[parent]
    found: list[Node] = []
    waiting = list(reversed(list(blocks)))
    while waiting:
        block = waiting.pop()
        kind = kind_of(block)
        if kind in allowed:
            found += [block] if kind != "paragraph" or "content" in block else []
        elif kind == "expand" and "nestedExpand" in allowed:
            found.append({**block, "type": "nestedExpand", "content": fitted("nestedExpand", block["content"], losses)})
        else:
            losses.add(f"{_NAMES.get(kind, kind)} in {_PLACES[parent]}")
            waiting += reversed(_PLAINER[kind](block))
    return found or [paragraph([])]


def bold(content: Iterable[Node]) -> list[Node]:
    """Inline content in bold; code cannot be bold."""
    return [
        {**node, "marks": sorted([*node.get("marks", []), {"type": "strong"}], key=_place)}
        if kind_of(node) == "text" and not any(kind_of(mark) in {"code", "strong"} for mark in node.get("marks", []))
        else node
        for node in content
    ]


def _place(mark: Node) -> int:
    kind = kind_of(mark)
    return -1 if kind == "link" else MARKS.index(kind) if kind in MARKS else len(MARKS)


def marked_item(item: Node, sign: str) -> Node:
    """A list item that says in its text what only a task could hold."""
    first, *rest = item["content"] or [paragraph([])]
    if kind_of(first) != "paragraph":
        return {**item, "content": [paragraph([text_node(sign.strip())]), first, *rest]}
    return {**item, "content": [paragraph(_prefixed(sign, first.get("content", []))), *rest]}


def task_sign(state: object) -> str:
    """How a task is written."""
    return "[x] " if state in {True, "DONE"} else "[ ] "


def _prefixed(prefix: str, content: list[Node]) -> list[Node]:
    if content and kind_of(content[0]) == "text" and "marks" not in content[0]:
        return [text_node(prefix + content[0]["text"]), *content[1:]]
    return [text_node(prefix), *content] if content else [text_node(prefix.strip())]


def _from_heading(block: Node) -> list[Node]:
    return [paragraph(bold(content_of(block)))] if content_of(block) else []


def _from_quote(block: Node) -> list[Node]:
    return [
        paragraph(_quoted_lines(content_of(one))) if kind_of(one) == "paragraph" else one for one in content_of(block)
    ]


def _quoted_lines(content: list[Node]) -> list[Node]:
    lines: list[list[Node]] = [[]]
    for node in content:
        if kind_of(node) == "hardBreak":
            lines.append([])
        else:
            lines[-1].append(node)
    found: list[Node] = []
    for number, line in enumerate(lines):
        found += ([{"type": "hardBreak"}] if number else []) + _prefixed("> ", line)
    return found


def _from_table(block: Node) -> list[Node]:
    return [paragraph(words) for row in content_of(block) if (words := _row(row))]


def _row(row: Node) -> list[Node]:
    found: list[Node] = []
    for number, cell in enumerate(content_of(row)):
        found += [text_node(" | ")] if number else []
        found += [one for block in content_of(cell) for one in _words(block)]
    return trimmed(joined(found))


def _words(block: Node) -> list[Node]:
    """What a cell holds: words, or an image, which is an address here."""
    if kind_of(block) != "mediaSingle":
        return content_of(block)
    attrs = content_of(block)[0]["attrs"]
    link = {"type": "link", "attrs": {"href": attrs["url"]}}
    return [text_node(attrs.get("alt") or attrs["url"], link)]


def _from_panel(block: Node) -> list[Node]:
    return [_title(str(block["attrs"]["panelType"]).capitalize()), *content_of(block)]


def _from_fold(block: Node) -> list[Node]:
    title = block.get("attrs", {}).get("title", "")
    return [*([_title(title)] if title else []), *content_of(block)]


def _title(text: str) -> Node:
    return paragraph(bold([text_node(text)]))


def _from_tasks(block: Node) -> list[Node]:
    """Tasks as a list, those below an item inside of it."""
    items: list[Node] = []
    for one in content_of(block):
        if kind_of(one) == "taskItem":
            item = {"type": "listItem", "content": [paragraph(content_of(one))]}
            items.append(marked_item(item, task_sign(one["attrs"]["state"])))
        elif items:
            items[-1]["content"] += _from_tasks(one)
        else:
            items.append({"type": "listItem", "content": _from_tasks(one)})
    return [{"type": "bulletList", "content": items}]


_PLAINER: Mapping[str, Callable[[Node], list[Node]]] = {
    "heading": _from_heading,
    "blockquote": _from_quote,
    "table": _from_table,
    "rule": lambda _: [paragraph([text_node(RULE)])],
    "panel": _from_panel,
    "expand": _from_fold,
    "nestedExpand": _from_fold,
    "taskList": _from_tasks,
}
