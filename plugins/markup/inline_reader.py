"""Words of Markdown as the inline nodes of Atlassian's document format."""

from collections.abc import Iterable, Sequence
from html import unescape

from markdown_it.token import Token

from tierkeeper.plugins.markup import html, links
from tierkeeper.plugins.markup.context import MARKS, Context, Losses, Mention, Node, joined, text_node, trimmed
from tierkeeper.plugins.markup.emoji import with_emoji

IMAGE = "image"
"""An image among words; no node of the format, but what becomes one."""
_OPENED = {"strong_open": "strong", "em_open": "em", "s_open": "strike"}
_CLOSED = {"strong_close": "strong", "em_close": "em", "s_close": "strike"}
_SUBSUP = frozenset({"sub", "sup"})


class InlineReader:
    """Reads the words of one paragraph after the other."""

    def __init__(self, context: Context, losses: Losses) -> None:
        self._context = context
        self._losses = losses
        self._open: list[str] = []
        self._links: list[str | None] = []
        self._targets: list[str] = []
        self._found: list[Node] = []

    def read(self, tokens: Iterable[Token]) -> list[Node]:
        """The nodes of a paragraph; images are left to `with_images`."""
        self._open, self._links, self._targets, self._found = [], [], [], []
        for token in tokens:
            self._token(token)
        return trimmed(joined(self._found))

    def _token(self, token: Token) -> None:
        kind = token.type
        if kind == "text":
            self._text(token.content)
        elif kind in _OPENED:
            self._open.append(_OPENED[kind])
        elif kind in _CLOSED:
            self._close(_CLOSED[kind])
        elif kind in {"softbreak", "hardbreak"}:
            self._found.append({"type": "hardBreak"})
        elif kind == "code_inline":
            self._code(token.content)
        elif kind == "link_open":
            if token.attrs.get("title"):
                self._losses.add("link title")
            self._open_link(str(token.attrs.get("href", "")))
        elif kind == "link_close":
            self._close_link()
        elif kind == "image":
            self._image(str(token.attrs.get("src", "")), "".join(one.content or " " for one in token.children or []))
        elif kind == "html_inline":
            self._html(token.content)
        else:
            self._text(token.content)

    def _close(self, mark: str) -> bool:
        if mark not in self._open:
            return False
        del self._open[len(self._open) - 1 - self._open[::-1].index(mark)]
        return True

    def _marks(self) -> list[Node]:
        """The marks that are open, each once, in one order; code bears none but links."""
        link = next((one for one in reversed(self._links) if one), None)
        opened = {"code"} & set(self._open) or set(self._open)
        if opened == {"code"} and len(set(self._open)) > 1:
            self._losses.add("formatting of code")
        found: list[Node] = [{"type": "link", "attrs": {"href": link}}] if link else []
        for mark in (*MARKS, "sub", "sup", "code"):
            if mark in opened and not (mark == "sup" and "sub" in opened):
                is_subsup = mark in _SUBSUP
                found.append({"type": "subsup", "attrs": {"type": mark}} if is_subsup else {"type": mark})
        return found

    def _plain(self, text: str) -> None:
        text = links.as_written(text)
        if text:
            self._found.append(text_node(text, *self._marks()))

    def _text(self, text: str) -> None:
        """Text with what means something in it; in code and links nothing does."""
        if "code" in self._open or any(self._links):
            self._plain(text)
            return
        for piece in links.pieces(with_emoji(text)):
            if piece.kind == "person":
                self._person(piece.text)
                continue
            address = self._address(piece)
            if address is None:
                self._plain(piece.text)
            else:
                self._links.append(address)
                self._plain(piece.text)
                self._links.pop()

    def _address(self, piece: links.Piece) -> str | None:
        if piece.kind in {"url", "mail"}:
            return links.address_of(piece)
        found = self._context.reference(piece.text) if piece.kind == "reference" else None
        return links.safe_address(found) if found else None

    def _person(self, text: str) -> None:
        person = self._context.person(text.removeprefix("@"))
        if isinstance(person, Mention):
            self._found.append({"type": "mention", "attrs": {"id": person.account, "text": f"@{person.name}"}})
            return
        self._losses.add("mention")
        self._plain(links.clean_text(person) if person else text)

    def _code(self, text: str) -> None:
        self._open.append("code")
        if text:
            self._found.append(text_node(text, *self._marks()))
        self._open.pop()

    def _open_link(self, href: str) -> None:
        address = links.safe_address(href)
        self._targets.append(href)
        self._links.append(address or self._file(href))

    def _close_link(self) -> None:
        if not self._links:
            return
        address, target = self._links.pop(), self._targets.pop()
        if address is None:
            self._losses.add("link to what is no page")
            if target and not target.startswith("#") and not links.has_scheme(target):
                self._plain(f" ({links.clean_text(target)})")

    def _file(self, target: str) -> str | None:
        found = self._context.attachment(target)
        return links.safe_address(found) if found else None

    def _image(self, source: str, description: str) -> None:
        url = self._file(source) or links.safe_address(source)
        words = links.as_written(" ".join(links.clean_text(description).split()))
        if url is None:
            self._losses.add("image without a page")
            self._plain(words or "image")
            return
        link = next((one for one in reversed(self._links) if one), None)
        self._found.append({"type": IMAGE, "url": url, "alt": words, "link": link})

    def _html(self, text: str) -> None:
        if html.is_comment(text):
            self._losses.add("HTML comment")
            return
        tag = html.tag_of(text)
        if tag is not None and tag.name == "br":
            self._found.append({"type": "hardBreak"})
        elif tag is not None and tag.name == "img" and not tag.closing:
            self._image(tag.attributes.get("src", ""), tag.attributes.get("alt", ""))
        elif tag is not None and tag.name in html.MARKS and not tag.closing:
            self._open.append(html.MARKS[tag.name])
        elif tag is not None and tag.name in html.MARKS and self._close(html.MARKS[tag.name]):
            return
        elif tag is not None and tag.name == "a" and (self._links or not tag.closing):
            self._anchor(tag)
        else:
            self._losses.add("HTML")
            if tag is None or tag.name not in html.SILENT:
                self._plain(unescape(text))

    def _anchor(self, tag: html.Tag) -> None:
        if tag.closing:
            self._close_link()
        else:
            self._open_link(tag.attributes.get("href", "#"))


def with_images(content: Sequence[Node], losses: Losses) -> list[Node]:
    """Inline content with images as links: among words the format shows no image from elsewhere."""
    found: list[Node] = []
    for node in content:
        if node["type"] == IMAGE:
            losses.add("image among words")
            link = {"type": "link", "attrs": {"href": node["link"] or node["url"]}}
            found.append(text_node(node["alt"] or node["url"], link))
        else:
            found.append(node)
    return joined(found)


def image_lines(content: Sequence[Node]) -> list[list[Node]]:
    """Inline content cut into blocks: each image that shares its line with no words is one by itself."""
    if all(node["type"] != IMAGE for node in content):
        return [list(content)] if content else []
    blocks: list[list[Node]] = [[]]
    for line in _lines(content):
        alone = [node for node in line if node["type"] == IMAGE]
        if alone and all(node["type"] == IMAGE or not node.get("text", "x").strip() for node in line):
            blocks += [*([one] for one in alone), []]
        else:
            blocks[-1] += ([{"type": "hardBreak"}] if blocks[-1] else []) + line
    return [found for block in blocks if (found := trimmed(block))]


def _lines(content: Sequence[Node]) -> list[list[Node]]:
    lines: list[list[Node]] = [[]]
    for node in content:
        if node["type"] == "hardBreak":
            lines.append([])
        else:
            lines[-1].append(node)
    return lines
