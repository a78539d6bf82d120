"""What a conversion is told about the two places, and what it gives back."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

Node = dict[str, Any]
Content = TypeVar("Content")

MARKS = ("strong", "em", "strike", "underline")
"""The marks without attributes that both formats have, in the order in which they are written into a document."""
JIRA_LONGEST = 32_767
"""The most characters that Jira takes in a description or a comment."""
GITHUB_LONGEST = 65_536
"""The most characters that GitHub takes in a body or a comment."""


class Mention(msgspec.Struct, frozen=True):
    """A person who is really called, not only named: for our own text alone."""

    account: str
    name: str


class Converted(msgspec.Struct, Generic[Content], frozen=True):
    """A text in its new form, and what that form could not hold: each loss one short phrase, in order, none twice."""

    content: Content
    losses: tuple[str, ...] = ()


def _unknown(_: str) -> None:
    """Say that nothing is known."""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What the text alone does not tell.

    `person`: the shown name of an account of the source, written as plain text that calls nobody (a `Mention` calls
    them); None where the account is not known, which leaves what was written, made harmless.
    `reference`: the address of ``#12``, ``owner/name#12`` or ``ABC-7`` as the source means it; None leaves it unlinked.
    `attachment`: the address of a file by its name, id or relative address; None where there is none to be had.
    `longest`: how many characters the target takes; None stands for the format's usual limit.
    `original`: where the whole text is, said where it had to be cut.
    `html`: whether HTML in Markdown means something, as it does on GitHub; else it is text.
    """

    person: Callable[[str], str | Mention | None] = _unknown
    reference: Callable[[str], str | None] = _unknown
    attachment: Callable[[str], str | None] = _unknown
    longest: int | None = None
    original: str = ""
    html: bool = True


class Losses:
    """Gathers what a conversion could not hold."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def add(self, what: str) -> None:
        """Note a loss; the same one counts once."""
        self._found[what] = None

    def all(self) -> tuple[str, ...]:
        """What was noted, in order."""
        return tuple(self._found)


def kind_of(node: Mapping[str, Any]) -> str:
    """A node's type, whatever stands there."""
    return str(node.get("type"))


def content_of(node: Mapping[str, Any]) -> list[Node]:
    """The nodes inside a node; whatever is none is not there."""
    found = node.get("content")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def attribute(node: Mapping[str, Any], *names: str) -> str:
    """The first of these attributes that says something, as text."""
    attrs = node.get("attrs")
    if not isinstance(attrs, dict):
        return ""
    return next((str(attrs[name]) for name in names if attrs.get(name)), "")


def text_node(text: str, *marks: Node) -> Node:
    """A piece of text with its marks."""
    return {"type": "text", "text": text} | ({"marks": list(marks)} if marks else {})


def paragraph(content: list[Node]) -> Node:
    """A paragraph."""
    return {"type": "paragraph"} | ({"content": content} if content else {})


def joined(nodes: Iterable[Node]) -> list[Node]:
    """Inline nodes with neighbours of the same marks made one."""
    found: list[Node] = []
    for node in nodes:
        last = found[-1] if found else {}
        if node["type"] == last.get("type") == "text" and node.get("marks") == last.get("marks"):
            found[-1] = {**last, "text": last["text"] + node["text"]}
        else:
            found.append(node)
    return found


def trimmed(nodes: Iterable[Node]) -> list[Node]:
    """Inline nodes as Markdown reads them: no line begins or ends with a blank, and no break stands at either end."""
    found: list[Node] = []
    begins = True
    for node in (*nodes, _END):
        is_break = node["type"] in {"hardBreak", "end"}
        if is_break:
            _strip_end(found, breaks=node is _END)
        one = {**node, "text": node["text"].lstrip()} if begins and _is_words(node) else node
        if one.get("text", "x") and (found or one["type"] != "hardBreak"):
            found.append(one)
            begins = is_break
    return found[:-1]


_END: Node = {"type": "end"}


def _strip_end(found: list[Node], *, breaks: bool) -> None:
    while found:
        last = found[-1]
        if _is_words(last):
            if text := last["text"].rstrip():
                found[-1] = {**last, "text": text}
                return
        elif not (breaks and last["type"] == "hardBreak"):
            return
        found.pop()


def _is_words(node: Node) -> bool:
    return node["type"] == "text" and all(kind_of(mark) != "code" for mark in node.get("marks", []))
