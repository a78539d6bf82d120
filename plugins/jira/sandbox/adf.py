"""Atlassian's document format, loosely: enough to refuse what is none, and to count and read its text."""

from typing import Any

Json = dict[str, Any]

_BLOCKS = {
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "taskList",
    "decisionList",
    "codeBlock",
    "blockquote",
    "rule",
    "panel",
    "table",
    "mediaSingle",
    "mediaGroup",
    "expand",
    "nestedExpand",
    "blockCard",
    "embedCard",
    "extension",
    "bodiedExtension",
    "layoutSection",
}
_INSIDE = {
    "listItem",
    "taskItem",
    "blockTaskItem",
    "decisionItem",
    "tableRow",
    "tableCell",
    "tableHeader",
    "media",
    "mediaInline",
    "layoutColumn",
    "caption",
}
_INLINE = {"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "placeholder", "inlineExtension"}
_KNOWN = _BLOCKS | _INSIDE | _INLINE
_BREAKING = _BLOCKS | _INSIDE


def document(text: str) -> Json:
    """A document of one paragraph a line."""
    paragraphs: list[Json] = [
        {"type": "paragraph", "content": [{"type": "text", "text": line}]} if line else {"type": "paragraph"}
        for line in text.split("\n")
    ]
    return {"type": "doc", "version": 1, "content": paragraphs}


def is_document(node: Any) -> bool:
    """Whether Jira would take this for a document; depth does not matter."""
    if not isinstance(node, dict) or node.get("type") != "doc" or node.get("version") != 1:
        return False
    content = node.get("content")
    if not isinstance(content, list) or not all(
        isinstance(one, dict) and one.get("type") in _BLOCKS for one in content
    ):
        return False
    waiting: list[Any] = list(content)
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict) or one.get("type") not in _KNOWN:
            return False
        if one["type"] == "text" and (not isinstance(one.get("text"), str) or not one["text"]):
            return False
        inner = one.get("content", [])
        if not isinstance(inner, list) or (one["type"] in _INLINE and inner):
            return False
        waiting.extend(inner)
    return True


def plain(node: Json | None) -> str:
    """The text of a document, a line a block."""
    if node is None:
        return ""
    lines, line = list[str](), list[str]()
    waiting: list[Json] = [node]
    while waiting:
        one = waiting.pop()
        kind = one.get("type")
        if kind == "text":
            line.append(one["text"])
        elif kind == "hardBreak" or (kind in _BREAKING and line):
            lines.append("".join(line))
            line = []
        elif kind in ("mention", "emoji", "status"):
            line.append(str(one.get("attrs", {}).get("text", "")))
        waiting.extend(reversed(one.get("content", [])))
    return "\n".join([*lines, "".join(line)])
