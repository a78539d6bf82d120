"""Commands in comments: what is one, and what it asks for.

A command stands at the start of a line of plain text: never in a quote, a list, code or an HTML comment.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from markdown_it import MarkdownIt

from tierkeeper.plugins.model.case import Command, Reply

_COMMAND = re.compile(r"^/([a-z][a-z-]*)(?:[ \t]+(.*))?$")
_MAYBE = re.compile(r"^[ ]{0,3}/[a-z]", re.MULTILINE)

_TICKS = re.compile(r"`+")
_OPENS = re.compile(r"\\.|`+|<!--", re.DOTALL)

MOST_READ = 65_536
"""Characters of a comment that are looked at; GitHub's own limit."""

COMMENT = "comment:"
"""How the events begin that a command in a comment is."""


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark")


def comment_event(comment: str, place: int = 0) -> str:
    """How the command at `place` in a comment is named where events are: ids of comments and events could be equal."""
    return f"{COMMENT}{comment}" if not place else f"{COMMENT}{comment}:{place + 1}"


def commands_of(replies: Sequence[Reply], outcomes: Mapping[str, str]) -> Iterator[Command]:
    """All commands in these comments, oldest first; `outcomes` tells how each was judged, by event."""
    for reply in replies:
        if "/" in reply.body and reply.kind == "human":
            for place, (name, rest) in enumerate(read_commands(reply.body)):
                event = comment_event(reply.comment, place)
                yield Command(name, rest, reply, event, outcomes.get(event, ""))


def read_commands(body: str) -> Iterator[tuple[str, str]]:
    """The commands of a comment's text (Markdown), in order: each without its slash, and the rest of its line."""
    text = body[:MOST_READ]
    if not _MAYBE.search(text):
        return
    depth = 0
    for token in _reader().parse(text):
        if token.type in {"blockquote_open", "bullet_list_open", "ordered_list_open"}:
            depth += 1
        elif token.type in {"blockquote_close", "bullet_list_close", "ordered_list_close"}:
            depth -= 1
        elif token.type == "inline" and not depth:
            yield from _in_paragraph(token.content)


def _in_paragraph(text: str) -> Iterator[tuple[str, str]]:
    for line in _joined(text).split("\n"):
        found = _COMMAND.match(line.strip())
        if found:
            yield found.group(1), (found.group(2) or "").strip()


def _joined(text: str) -> str:
    """The paragraph without HTML comments, and with inline code that runs over several lines in one."""
    runs: dict[int, list[int]] = {}
    for run in _TICKS.finditer(text):
        runs.setdefault(len(run.group()), []).append(run.start())
    parts, done = [], 0
    for found in _OPENS.finditer(text):
        mark, start = found.group(), found.start()
        if start < done:
            continue
        if mark == "<!--":
            end = text.find("-->", found.end())
            if end >= 0:
                parts.append(text[done:start])
                done = end + 3
        elif mark.startswith("`"):
            closing = runs.get(len(mark), [])
            place = bisect_left(closing, found.end())
            if place < len(closing):
                end = closing[place] + len(mark)
                parts += [text[done:start], text[start:end].replace("\n", " ")]
                done = end
    return "".join([*parts, text[done:]])
