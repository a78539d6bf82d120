"""The parser of Markdown as GitHub writes it, with what it would otherwise swallow without a word."""

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.reference import reference
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

MOST_NESTING = 100
"""Blocks that lie deeper are read as text. A list counts twice, for its items."""
_MOST_LEVELS = MOST_NESTING + 10  # for what is inside a paragraph; blocks end before

_BRACKET = re.compile(r"[\[\]]")
_MOST_OPEN = 50
"""If more brackets of a paragraph than these are never closed, such are text without a try."""


def tokens(markdown: str, *, html: bool) -> list[Token]:
    """The blocks of a text."""
    return _parser(html).parse(markdown)


def inline_tokens(markdown: str, *, html: bool) -> list[Token]:
    """The words of one line or paragraph."""
    return _parser(html).parseInline(markdown)[0].children or []


@lru_cache(maxsize=2)
def _parser(html: bool) -> MarkdownIt:  # the key of the cache
    options = {
        "html": html,
        "maxNesting": _MOST_LEVELS,
        "tasklists": True,
        "alerts": True,
        "strikethrough_single_tilde": True,
    }
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.block.ruler.before("table", "deep", _deep)
    parser.block.ruler.at("reference", _reference)
    parser.inline.ruler.at("link", _link)
    parser.inline.ruler.at("image", _image)
    parser.validateLink = _any_address  # type: ignore[assignment, method-assign]  # addresses are judged by the reader
    parser.normalizeLink = str  # type: ignore[assignment, method-assign]  # likewise
    return parser


def _any_address(_: str) -> bool:
    return True


def _deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # a rule of the parser
    """What lies too deep becomes one token: the parser would leave it out."""
    if state.level < MOST_NESTING or silent:
        return False
    token = state.push("deep", "", 0)
    token.content = state.getLines(start, end, state.blkIndent, keepLastLF=False).strip()
    state.line = end
    return True


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # a rule of the parser
    """The definition of a link; that of a footnote is text, since nothing would show it."""
    begin = state.bMarks[start] + state.tShift[start]
    return not state.src.startswith("[^", begin) and reference(state, start, end, silent)


def _link(state: StateInline, silent: bool) -> bool:  # a rule of the parser
    return _may_end(state) and link(state, silent)


def _image(state: StateInline, silent: bool) -> bool:  # a rule of the parser
    return _may_end(state) and image(state, silent)


def _may_end(state: StateInline) -> bool:
    """Whether a link that begins here can end: to find out that it cannot, the parser reads to the paragraph's end."""
    last, unclosed = _brackets(state.src)
    at = state.pos + (state.src[state.pos] == "!")
    return (state.pos < last or bool(state.env.get("references"))) and at not in unclosed


@lru_cache(maxsize=1)
def _brackets(text: str) -> tuple[int, frozenset[int]]:
    """Where the last link of a paragraph could end, and which of its brackets are never closed, if they are many."""
    opened: list[int] = []
    for found in _BRACKET.finditer(text):
        if found[0] == "[":
            opened.append(found.start())
        elif opened:
            opened.pop()
    return text.rfind("]("), frozenset(opened if len(opened) > _MOST_OPEN else ())
