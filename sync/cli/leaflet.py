"""A page for the desk's people: blocks of text, shown as Markdown or as HTML. Everything in it is escaped."""

import html
from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from tierkeeper.plugins.markup.text import markdown, plain

_STYLE = """\
:root { color-scheme: light dark; --line: #8884; --shade: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2.2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .8rem .4rem 0; text-align: left; vertical-align: top; }
th { font-weight: 600; white-space: nowrap; }
code { background: var(--shade); border-radius: .2rem; padding: .1rem .3rem; }
ol li, ul li { margin: .3rem 0; }
"""


class Format(StrEnum):
    """How a page is written."""

    MARKDOWN = "markdown"
    HTML = "html"


class Code(str):
    """A piece of text that is shown as code."""

    __slots__ = ()


Text = Sequence[str]
"""Pieces of one line, some of them `Code`."""


class Heading(msgspec.Struct, frozen=True):
    """The title of a part."""

    text: str


class Words(msgspec.Struct, frozen=True):
    """A paragraph."""

    text: Text


class Items(msgspec.Struct, frozen=True):
    """A list; `ordered`: with numbers."""

    items: Sequence[Text]
    ordered: bool = False


class Table(msgspec.Struct, frozen=True):
    """Rows below their heads."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Text]]


Block = Heading | Words | Items | Table


class Leaflet(msgspec.Struct, frozen=True):
    """A page: its title and its blocks."""

    title: str
    blocks: Sequence[Block]

    def shown(self, how: Format) -> str:
        """The page's text."""
        return _html(self) if how is Format.HTML else _markdown(self)


def pieces(text: str) -> list[str]:
    """A sentence of our own: what stands in backticks is code."""
    return [Code(part) if index % 2 else part for index, part in enumerate(text.split("`")) if part]


# Markdown


def _markdown(page: Leaflet) -> str:
    parts = [f"# {markdown(page.title)}"]
    for block in page.blocks:
        if isinstance(block, Heading):
            parts.append(f"## {markdown(block.text)}")
        elif isinstance(block, Words):
            parts.append(_marked(block.text))
        elif isinstance(block, Items):
            parts.append("\n".join(f"{'1.' if block.ordered else '-'} {_marked(item)}" for item in block.items))
        else:
            rows = [[markdown(head) for head in block.heads], ["---"] * len(block.heads)]
            rows += [[_marked(cell) for cell in row] for row in block.rows]
            parts.append("\n".join(f"| {' | '.join(row)} |" for row in rows))
    return "\n\n".join(parts) + "\n"


def _marked(text: Text) -> str:
    shown = [_span(piece) if isinstance(piece, Code) else _spaced(piece, markdown(piece)) for piece in text]
    return "".join(shown).strip()


def _span(code: str) -> str:
    """Code as Markdown shows it, in a table too; what would end it does not."""
    safe = plain(code).replace("`", "'").replace("|", "\\|")
    return f"`{safe}`"


def _spaced(piece: str, shown: str) -> str:
    """A piece as it is shown, with the spaces that part it from its neighbours."""
    return f"{' ' * piece[:1].isspace()}{shown}{' ' * piece[-1:].isspace()}" if shown else " " * bool(piece)


# HTML


def _html(page: Leaflet) -> str:
    title = html.escape(plain(page.title))
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{title}</title>",
        f"<style>\n{_STYLE}</style>",
        "</head>",
        "<body>",
        f"<h1>{title}</h1>",
        *(line for block in page.blocks for line in _block(block)),
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"<h2>{html.escape(plain(block.text))}</h2>"
    elif isinstance(block, Words):
        yield f"<p>{_tagged(block.text)}</p>"
    elif isinstance(block, Items):
        tag = "ol" if block.ordered else "ul"
        yield f"<{tag}>"
        yield from (f"<li>{_tagged(item)}</li>" for item in block.items)
        yield f"</{tag}>"
    else:
        yield '<div class="wide"><table>'
        yield f"<thead><tr>{''.join(f'<th>{html.escape(plain(head))}</th>' for head in block.heads)}</tr></thead>"
        yield "<tbody>"
        for row in block.rows:
            yield f"<tr>{''.join(f'<td>{_tagged(cell)}</td>' for cell in row)}</tr>"
        yield "</tbody></table></div>"


def _tagged(text: Text) -> str:
    found = []
    for piece in text:
        shown = html.escape(_spaced(piece, plain(piece)))
        found.append(f"<code>{shown}</code>" if isinstance(piece, Code) else shown)
    return "".join(found).strip()
