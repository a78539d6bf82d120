"""Commands in comments: what is one, and what it asks for.

A command stands at the start of a line of plain text: never in a quote, a list, code or an HTML comment.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

import msgspec
from markdown_it import MarkdownIt

_COMMAND = re.compile(r"^/([a-z][a-z-]*)(?:[ \t]+(.*))?$")
_MAYBE = re.compile(r"^[ ]{0,3}/[a-z]", re.MULTILINE)

_TICKS = re.compile(r"`+")
_OPENS = re.compile(r"\\.|`+|<!--", re.DOTALL)

MOST_READ = 65_536
"""Characters of a comment that are looked at; GitHub's own limit."""


class Command(msgspec.Struct, frozen=True):
    """`name` without its slash, and the rest of its line."""

    name: str
    rest: str

    @property
    def first(self) -> str:
        """The first word after the name."""
        return self.rest.split(maxsplit=1)[0] if self.rest else ""

    @property
    def reason(self) -> str:
        """What follows the first word."""
        return self.rest.split(maxsplit=1)[1].strip() if len(self.rest.split(maxsplit=1)) > 1 else ""


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark")


def read_commands(body: str) -> Iterator[Command]:
    """The commands of a comment's text (Markdown), in order."""
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


def _in_paragraph(text: str) -> Iterator[Command]:
    for line in _joined(text).split("\n"):
        found = _COMMAND.match(line.strip())
        if found:
            yield Command(found.group(1), (found.group(2) or "").strip())


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
