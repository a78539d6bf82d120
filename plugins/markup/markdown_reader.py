"""Markdown, as GitHub writes it, as a document in Atlassian's format: valid, and always the same for the same text."""

from collections.abc import Callable, Sequence
from html import unescape

from markdown_it.token import Token

from tierkeeper.plugins.markup import html
from tierkeeper.plugins.markup.context import Context, Losses, Node, content_of, kind_of, paragraph, text_node
from tierkeeper.plugins.markup.inline_reader import IMAGE, InlineReader, image_lines, with_images
from tierkeeper.plugins.markup.links import as_written, clean_text
from tierkeeper.plugins.markup.nesting import fitted, marked_item, task_sign
from tierkeeper.plugins.markup.parser import inline_tokens, tokens

PANELS = {"NOTE": "info", "TIP": "success", "IMPORTANT": "note", "WARNING": "warning", "CAUTION": "error"}
"""Alerts as panels: the same colour on both platforms."""
_HIGHEST_START = 999_999_999


def read_markdown(markdown: str, context: Context, losses: Losses) -> list[Node]:
    """The blocks of a document."""
    text = clean_text(markdown)
    if "[^" in text:
        losses.add("footnote")
    return _Reader(tokens(text, html=context.html), context, losses).blocks("")


class _Fold:
    """What is gathered between two siblings: a document's blocks, or those of one that folds."""

    def __init__(self) -> None:
        self.title = ""
        self.blocks: list[Node] = []


class _Reader:
    """Walks once over the blocks of one text."""

    def __init__(self, found: Sequence[Token], context: Context, losses: Losses) -> None:
        self._tokens = found
        self._place = 0
        self._context = context
        self._losses = losses
        self._inline = InlineReader(context, losses)
        self._tasks = 0
        self._readers: dict[str, Callable[[Token], list[Node]]] = {
            "paragraph_open": self._paragraph,
            "heading_open": self._heading,
            "bullet_list_open": self._list,
            "ordered_list_open": self._list,
            "blockquote_open": self._quote,
            "alert_open": self._alert,
            "fence": self._code,
            "code_block": self._code,
            "hr": lambda _: [{"type": "rule"}],
            "table_open": self._table,
            "deep": self._deep,
        }

    def blocks(self, end: str) -> list[Node]:
        """The blocks up to that token, which is passed."""
        folds = [_Fold()]
        while self._place < len(self._tokens):
            token = self._next()
            if token.type == end:
                break
            if token.type == "html_block":
                self._html(token.content, folds)
            else:
                folds[-1].blocks += self._readers[token.type](token)
        while len(folds) > 1:
            self._fold(folds)
        return folds[0].blocks

    def _next(self) -> Token:
        token = self._tokens[self._place]
        self._place += 1
        return token

    def _words(self) -> list[Node]:
        """The words of the block that was just opened; its end is passed."""
        found = self._inline.read(self._next().children or [])
        self._place += 1
        return found

    def _paragraph(self, _: Token) -> list[Node]:
        return self._blocks_of(self._words())

    def _blocks_of(self, words: Sequence[Node]) -> list[Node]:
        found = []
        for line in image_lines(words):
            alone = line[0] if len(line) == 1 and line[0]["type"] == IMAGE else None
            found.append(_media(alone) if alone else paragraph(with_images(line, self._losses)))
        return found

    def _heading(self, token: Token) -> list[Node]:
        content = with_images(self._words(), self._losses)
        made: Node = {"type": "heading", "attrs": {"level": int(token.tag[1:])}}
        return [made | ({"content": content} if content else {})]

    def _list(self, token: Token) -> list[Node]:
        items: list[tuple[object, list[Node]]] = []
        end = token.type.replace("open", "close")
        while (item := self._next()).type != end:
            checked = (item.meta or {}).get("checked")
            blocks = self.blocks("list_item_close")
            items.append(_empty_task(blocks) if checked is None else (checked, blocks))
        if token.type == "bullet_list_open" and all(_is_task(*item) for item in items):
            return [self._task_list(items)]
        made: Node = {"type": "orderedList" if token.tag == "ol" else "bulletList"}
        start = min(int(token.attrs.get("start", 1)), _HIGHEST_START)
        if token.tag == "ol" and start != 1:
            made["attrs"] = {"order": start}
        return [made | {"content": [self._item(*item) for item in items]}]

    def _item(self, checked: object, blocks: list[Node]) -> Node:
        item = {"type": "listItem", "content": fitted("listItem", blocks, self._losses)}
        if checked is None:
            return item
        self._losses.add("task in a list of other things")
        return marked_item(item, task_sign(checked))

    def _task_list(self, items: list[tuple[object, list[Node]]]) -> Node:
        content: list[Node] = []
        for checked, blocks in items:
            words = blocks[0].get("content", []) if blocks and kind_of(blocks[0]) == "paragraph" else []
            attrs = {"localId": self._local_id(), "state": "DONE" if checked else "TODO"}
            content.append({"type": "taskItem", "attrs": attrs} | ({"content": words} if words else {}))
            content += [block for block in blocks if kind_of(block) == "taskList"]
        return {"type": "taskList", "attrs": {"localId": self._local_id()}, "content": content}

    def _local_id(self) -> str:
        """What a task needs to be told from others: its place in the document, so that the same text is the same."""
        self._tasks += 1
        return f"task-{self._tasks}"

    def _quote(self, _: Token) -> list[Node]:
        content = self.blocks("blockquote_close")
        return [{"type": "blockquote", "content": fitted("blockquote", content, self._losses)}]

    def _alert(self, token: Token) -> list[Node]:
        self._place += 3  # its title
        content = self.blocks("alert_close")
        attrs = {"panelType": PANELS[token.info]}
        return [{"type": "panel", "attrs": attrs, "content": fitted("panel", content, self._losses)}]

    def _code(self, token: Token) -> list[Node]:
        language = (token.info or "").split()
        made: Node = {"type": "codeBlock"}
        if language:
            made["attrs"] = {"language": unescape(language[0])}
        if len(language) > 1:
            self._losses.add("second word behind a code fence")
        content = token.content.removesuffix("\n")
        return [made | ({"content": [text_node(content)]} if content else {})]

    def _table(self, _: Token) -> list[Node]:
        rows: list[Node] = []
        while (token := self._next()).type != "table_close":
            if token.type == "tr_open":
                rows.append({"type": "tableRow", "content": self._cells()})
        if len(rows) > 1 and all(not _has_words(cell) for cell in rows[0]["content"]):
            del rows[0]  # Markdown cannot leave its header out
        return [{"type": "table", "content": rows}]

    def _cells(self) -> list[Node]:
        cells: list[Node] = []
        while (token := self._next()).type != "tr_close":
            if "style" in token.attrs:
                self._losses.add("table alignment")
            kind = "tableHeader" if token.tag == "th" else "tableCell"
            cells.append({"type": kind, "content": self._blocks_of(self._words()) or [paragraph([])]})
        return cells

    def _deep(self, token: Token) -> list[Node]:
        self._losses.add("deep nesting")
        return [paragraph([text_node(" ".join(token.content.split()))])] if token.content else []

    def _html(self, text: str, folds: list[_Fold]) -> None:
        """A block of HTML: what folds opens and closes, the rest is shown."""
        for part in html.parts(text):
            if part.kind == "open":
                folds.append(_Fold())
            elif part.kind == "close" and len(folds) > 1:
                self._fold(folds)
            elif part.kind == "summary" and len(folds) > 1 and not (folds[-1].title or folds[-1].blocks):
                folds[-1].title = as_written(part.text)
            elif part.kind == "comment":
                self._losses.add("HTML comment")
            else:
                folds[-1].blocks += self._shown_html(part.text)

    def _shown_html(self, text: str) -> list[Node]:
        if html.is_inline(text):
            return self._blocks_of(self._inline.read(inline_tokens(text, html=True)))
        self._losses.add("HTML")
        return [{"type": "codeBlock", "attrs": {"language": "html"}, "content": [text_node(text)]}]

    def _fold(self, folds: list[_Fold]) -> None:
        done = folds.pop()
        attrs = {"title": done.title} if done.title else {}
        content = fitted("expand", done.blocks, self._losses)
        folds[-1].blocks.append({"type": "expand", "attrs": attrs, "content": content})


def _media(image: Node) -> Node:
    """An image by itself. Its link shows it to whoever may see it where it came from, should it not be shown here."""
    attrs = {"type": "external", "url": image["url"]} | ({"alt": image["alt"]} if image["alt"] else {})
    link = {"type": "link", "attrs": {"href": image["link"] or image["url"]}}
    media = {"type": "media", "attrs": attrs, "marks": [link]}
    return {"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [media]}


def _is_task(checked: object, blocks: list[Node]) -> bool:
    """Whether an item can be a task: a line of words, and tasks below it."""
    kinds = [kind_of(block) for block in blocks]
    return checked is not None and all(
        kind == "taskList" for kind in (kinds[1:] if kinds[:1] == ["paragraph"] else kinds)
    )


def _empty_task(blocks: list[Node]) -> tuple[object, list[Node]]:
    """An item that is nothing but an empty box, which the parser takes for words."""
    words = content_of(blocks[0]) if blocks else []
    if len(words) == 1 and words[0].get("text") in {"[ ]", "[x]", "[X]"} and "marks" not in words[0]:
        return words[0]["text"] != "[ ]", blocks[1:]
    return None, blocks


def _has_words(cell: Node) -> bool:
    return any("content" in block for block in cell["content"])
