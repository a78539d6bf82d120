"""People's Markdown as HTML, as a tracker shows it: comments of HTML are hidden, any other HTML is shown as text."""

import re
from collections.abc import Iterable
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tierkeeper.plugins.sandbox.elements import SAFE_LINK, Html, without_controls

_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LOWER = 2
_LOWEST = 6


def prose(markdown: str) -> Html:
    """Markdown as HTML. Headings are lowered below those of the page, images are their descriptions."""
    parser = _parser()
    tokens = parser.parse(without_controls(markdown))
    _tame(tokens)
    return Html(parser.renderer.render(tokens, parser.options, {}))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    """The parser; it sees HTML only so that its comments can be hidden."""
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    parser.validateLink = lambda url: SAFE_LINK.match(url) is not None  # type: ignore[method-assign]  # its own way to say which links are good
    return parser


def _tame(tokens: Iterable[Token]) -> None:
    """Make text of HTML and of images: no HTML of people's is passed on, and the page loads nothing."""
    for token in tokens:
        if token.type in {"html_inline", "html_block"}:
            token.type, token.content = "text", _HIDDEN.sub("", token.content)
        elif token.type == "image":
            token.type, token.content = "text", f"[image: {token.content or token.attrs.get('src', '')}]"
            token.children = None
        elif token.type == "link_open":
            token.attrSet("rel", "noopener noreferrer nofollow")
        elif token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + _LOWER, _LOWEST)}"
        _tame(token.children or ())
