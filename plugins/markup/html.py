"""The HTML that people write between Markdown: what means something is read, the rest is shown."""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

MARKS = {
    "b": "strong",
    "strong": "strong",
    "i": "em",
    "em": "em",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
    "u": "underline",
    "ins": "underline",
    "sub": "sub",
    "sup": "sup",
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
}
"""Tags that are marks."""

SILENT = frozenset({"p", "div", "span", "center", "font", "picture", "source", "small", "big", "abbr", "wbr"})
"""Tags that only arrange what is inside them."""

INLINE = frozenset(MARKS) | SILENT | {"br", "img", "a"}
"""Tags whose content is read as words."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)([^<>]*?)/?>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([A-Za-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PART = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z))"
    r"|(?P<open><details\b[^<>]*>)"
    r"|(?P<close></details\s*>)"
    r"|<summary\b[^<>]*>(?P<summary>[^<]*(?:<(?!/?summary|/?details)[^<]*)*)</summary\s*>",
    re.DOTALL | re.IGNORECASE,
)


class Tag(NamedTuple):
    """One tag."""

    name: str
    closing: bool
    attributes: dict[str, str]


class Part(NamedTuple):
    """A part of a block of HTML: `kind` is comment, open, close, summary or text."""

    kind: str
    text: str


def tag_of(text: str) -> Tag | None:
    """The tag that this is; None for comments, declarations and whatever else."""
    found = _TAG.fullmatch(text)
    if found is None:
        return None
    attributes = {
        one[1].lower(): unescape(next((value for value in one.groups()[1:] if value is not None), ""))
        for one in _ATTRIBUTE.finditer(found[3])
    }
    return Tag(found[2].lower(), bool(found[1]), attributes)


def is_comment(text: str) -> bool:
    """Whether this is a comment, which nobody sees."""
    return text.startswith("<!--")


def parts(text: str) -> Iterator[Part]:
    """A block of HTML, cut at what folds and at comments."""
    done = 0
    for found in _PART.finditer(text):
        if between := text[done : found.start()].strip():
            yield Part("text", between)
        kind = str(found.lastgroup)
        yield Part(kind, plain_words(found[kind]) if kind == "summary" else found[kind])
        done = found.end()
    if rest := text[done:].strip():
        yield Part("text", rest)


def plain_words(text: str) -> str:
    """The words between the tags, on one line."""
    return " ".join(unescape(_TAG.sub("", _COMMENT.sub("", text))).split())


def is_inline(text: str) -> bool:
    """Whether nothing but words and marks stands in this piece of HTML."""
    names = {found[2].lower() for found in _TAG.finditer(text)}
    return names <= INLINE and "<" not in _TAG.sub("", text)
