"""Texts from one tracker's format into the other's.

Both ways go through one tree, Atlassian's document format itself: `markdown_reader` makes it, `markdown_writer` reads
it. Another format has its place beside them, as one more reader and one more writer of the same tree.
"""

from typing import Any

from tierkeeper.plugins.markup.context import (
    GITHUB_LONGEST,
    JIRA_LONGEST,
    Context,
    Converted,
    Losses,
    Node,
    content_of,
    paragraph,
    text_node,
)
from tierkeeper.plugins.markup.cutting import shortened, size_of
from tierkeeper.plugins.markup.links import safe_address
from tierkeeper.plugins.markup.markdown_reader import read_markdown
from tierkeeper.plugins.markup.markdown_writer import MarkdownWriter

__all__ = ["GITHUB_LONGEST", "JIRA_LONGEST", "Context", "Converted", "to_adf", "to_markdown"]

_CUT = "cut"
_MOST_READ = 5
"""How often the longest text is read at the most: what lies behind would be cut, and shall cost nothing."""


def to_adf(markdown: str, context: Context) -> Converted[Node]:
    """Markdown, as GitHub writes it, as a document that Jira takes."""
    losses = Losses()
    longest = JIRA_LONGEST if context.longest is None else context.longest
    read = markdown[: longest * _MOST_READ]
    blocks = read_markdown(read, context, losses)
    if len(read) < len(markdown) or sum(map(size_of, blocks)) > longest:
        losses.add(_CUT)
        notice = _notice(longest, context)
        blocks = [*shortened(blocks, longest - size_of(notice), size_of), notice]
    return Converted({"type": "doc", "version": 1, "content": blocks}, losses.all())


def to_markdown(adf: Any, context: Context) -> Converted[str]:
    """A document as Markdown that GitHub takes; whatever is no document has no text."""
    losses = Losses()
    longest = GITHUB_LONGEST if context.longest is None else context.longest
    blocks = content_of(adf) if isinstance(adf, dict) else []
    text = "\n\n".join(MarkdownWriter(context, losses).blocks(blocks))
    if len(text) > longest:
        losses.add(_CUT)
        text = _cut_text(blocks, longest, context)
    return Converted(text, losses.all())


def _cut_text(blocks: list[Node], longest: int, context: Context) -> str:
    """As much Markdown as fits: what a part of a block takes is known when it is written, so it may take more tries."""

    def written(*parts: Node) -> str:
        return "\n\n".join(MarkdownWriter(context, Losses()).blocks(parts))

    notice = _notice(longest, context)
    room = longest - len(written(notice))
    while True:
        text = written(*shortened(blocks, room, lambda block: len(written(block)) + 2), notice)
        if len(text) <= longest or room <= 0:
            return text
        room -= max(len(text) - longest, longest // 50, 1)


def _notice(longest: int, context: Context) -> Node:
    """What stands where a text was cut: why, and where all of it is."""
    said = f"Cut here: {longest:,} characters is the most that fits."
    address = safe_address(context.original)
    if address is None:
        return paragraph([text_node(said, {"type": "em"})])
    link = {"type": "link", "attrs": {"href": address}}
    return paragraph([text_node(f"{said} ", {"type": "em"}), text_node("The whole text", link)])
