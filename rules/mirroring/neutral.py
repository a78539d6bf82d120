"""Markdown made harmless where it stands: nobody is called, what refers to something is linked, the rest stays.

Only what Markdown reads as words is touched; code, links and tags are as they were. It goes by lines and signs rather
than by the parser's tree, which does not say where its words stood: so whoever uses it looks at the result with the
parser before it is sent.
"""

import re
from collections.abc import Iterator

from tierkeeper.plugins.markup.context import Context, Mention
from tierkeeper.plugins.markup.links import harmless, pieces, safe_address
from tierkeeper.plugins.markup.parser import tokens
from tierkeeper.plugins.markup.text import markdown

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_KEPT = re.compile(
    r"(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"  # code
    r"|\\[`\\\[\]<]|&#?\w+;"
    r"|<!--.*?-->"
    r"|</?[A-Za-z][^<>]*>"  # tags and addresses in brackets
    r"|!?\[(?:[^\[\]\\]|\\.)*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])"  # links
    r"|^[ ]{0,3}\[[^\[\]\n]+\]:[ \t]*\S.*?$",  # and where they lead
    re.DOTALL | re.MULTILINE,
)
_TAG = re.compile(r"<[^<>]*>")


def neutral(text: str, context: Context) -> str:
    """The text with persons by their names and references as links; what is not known gets a joiner."""
    lines = text.split("\n")
    done: list[str] = []
    for kind, first, last in _stretches(text, len(lines)):
        part = "\n".join(lines[first:last])
        if kind == "html":
            part = _outside_tags(_COMMENT.sub("", part))
        elif kind == "words":
            part = _words(part, context)
        done.append(part)
    return "\n".join(done)


def _stretches(text: str, count: int) -> Iterator[tuple[str, int, int]]:
    """Which lines belong together: code, HTML, the words of one block; a line that is in none stands alone."""
    owner: list[tuple[str, int, int] | None] = [None] * count
    for token in tokens(text, html=True):
        kind = {"fence": "code", "code_block": "code", "html_block": "html", "inline": "words"}.get(token.type)
        if kind is None or token.map is None:
            continue
        first, last = token.map[0], min(token.map[1], count)
        if all(one is None for one in owner[first:last]):
            owner[first:last] = [(kind, first, last)] * (last - first)
    line = 0
    while line < count:
        found = owner[line] or ("words", line, line + 1)
        yield found
        line = found[2]


def _words(text: str, context: Context) -> str:
    done, at = [], 0
    for kept in _KEPT.finditer(text):
        done += [_plain(text[at : kept.start()], text[at - 1 : at], context), _shown(kept[0])]
        at = kept.end()
    return "".join([*done, _plain(text[at:], text[at - 1 : at], context)])


def _shown(kept: str) -> str:
    """What keeps its form: a link's words call nobody, a comment goes."""
    if kept.startswith("<!--"):
        return ""
    if kept.startswith(("[", "![")):
        words, sign, target = kept.rpartition("](") if kept.endswith(")") else kept.rpartition("][")
        return f"{harmless(words)}{sign}{target}" if sign else kept
    return kept


def _plain(text: str, before: str, context: Context) -> str:
    done = []
    for piece in pieces(text, before):
        if piece.kind == "person":
            done.append(_person(piece.text, context))
        elif piece.kind == "reference" and (address := safe_address(context.reference(piece.text) or "")):
            done.append(f"[{piece.text}]({address})")
        else:
            done.append(piece.text if piece.kind in {"url", "mail"} else harmless(piece.text))
    return "".join(done)


def _person(text: str, context: Context) -> str:
    known = context.person(text.removeprefix("@"))
    name = known.name if isinstance(known, Mention) else known
    return markdown(name) if name else harmless(text)


def _outside_tags(text: str) -> str:
    done, at = [], 0
    for tag in _TAG.finditer(text):
        done += [harmless(text[at : tag.start()]), tag[0]]
        at = tag.end()
    return "".join([*done, harmless(text[at:])])
