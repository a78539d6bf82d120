"""Cutting a document to what fits: at the end of a block, else of a line, an item or a row, else of a word."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from tierkeeper.plugins.markup.context import Node, content_of, joined, kind_of, text_node

_BLOCK = 4
"""What a node counts beside its text: about what its signs would take in any format."""
_OF_WORDS = frozenset({"codeBlock", "paragraph", "heading", "taskItem"})
_SMALLEST = 200
"""A block is cut only if so much of it can stay."""


def size_of(node: Node) -> int:
    """The characters of a block: its text and its addresses, and a few for what holds them."""
    size = 0
    waiting = [node]
    while waiting:
        one = waiting.pop()
        size += len(one.get("text", "")) + (0 if kind_of(one) == "text" else _BLOCK)
        size += sum(len(value) for value in one.get("attrs", {}).values() if isinstance(value, str))
        size += sum(len(mark.get("attrs", {}).get("href", "")) + _BLOCK for mark in one.get("marks", []))
        waiting += one.get("content", [])
    return size


def shortened(blocks: Sequence[Node], room: int, measure: Callable[[Node], int]) -> list[Node]:
    """The first blocks that fit, and of the next one as much as does."""
    kept: list[Node] = []
    for block in blocks:
        size = measure(block)
        if size <= room:
            kept.append(block)
            room -= size
            continue
        if room >= _SMALLEST or not kept:
            kept += _part(block, room, measure)
        break
    return kept


def _part(block: Node, room: int, measure: Callable[[Node], int]) -> list[Node]:
    """The beginning of a block; nothing where not even its first part fits."""
    units = _units(block)

    def first(count: int) -> Node:
        return {**block, "content": _made(block, units[:count])}

    count = bisect_right(range(1, len(units) + 1), room, key=lambda number: measure(first(number)))
    if kind_of(block) in _OF_WORDS or count == len(units):
        return [first(count)] if count else []
    begun = [unit for unit in units[count : count + 1] if isinstance(unit, dict)]
    rest = _part(begun[0], room - measure(first(count)), measure) if begun else []
    return [{**block, "content": [*content_of(first(count)), *rest]}] if count or rest else []


def _units(block: Node) -> list[Node] | list[str]:
    """What a block may be cut between: lines of code, words, or the blocks inside it."""
    content = content_of(block)
    if kind_of(block) == "codeBlock":
        return "".join(str(one.get("text", "")) for one in content).split("\n")
    if kind_of(block) in _OF_WORDS:
        return [part for node in content for part in _words(node)]
    return content


def _words(node: Node) -> list[Node]:
    """A long text as pieces that end at a blank, so far as it has any."""
    text = str(node.get("text", ""))
    if len(text) <= _SMALLEST:
        return [node]
    found: list[Node] = []
    while text:
        end = text.rfind(" ", 0, _SMALLEST) + 1 or _SMALLEST
        found.append({**node, "text": text[:end]})
        text = text[end:]
    return found


def _made(block: Node, units: Sequence[Node] | Sequence[str]) -> list[Node]:
    if kind_of(block) == "codeBlock":
        text = "\n".join(str(unit) for unit in units)
        return [text_node(text)] if text else []
    return joined(unit for unit in units if isinstance(unit, dict))
