"""Inline nodes of Atlassian's document format as words of Markdown that read back as the same nodes."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace

from tierkeeper.plugins.markup.adf_text import flat
from tierkeeper.plugins.markup.context import Context, Losses, Mention, Node, attribute, kind_of
from tierkeeper.plugins.markup.emoji import with_emoji
from tierkeeper.plugins.markup.escaping import code_span, destination, escaped
from tierkeeper.plugins.markup.links import Piece, address_of, clean_text, pieces, safe_address

_SIGNS = {"strong": "**", "em": "_", "strike": "~~"}
_TAGS = {"strong": "strong", "em": "em", "strike": "del", "underline": "ins", "sub": "sub", "sup": "sup"}
_ORDER = ("underline", "sub", "sup", "strong", "em", "strike")
_LINK = "link "
_LOST_MARKS = {
    "textColor": "text colour",
    "backgroundColor": "text colour",
    "annotation": "remark on a part of the text",
    "border": "border of an image",
    "breakout": "width of a block",
    "fontSize": "text size",
}
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp|heic)$", re.IGNORECASE)
_ENTITY = re.compile(r"&#?\w+;")


class _Atom(NamedTuple):
    """A piece of words: `kind` is text, code, raw (Markdown already) or break; its marks from the outermost inward."""

    kind: str
    text: str
    marks: tuple[str, ...] = ()


_BREAK = _Atom("break", "\n")


class InlineWriter:
    """Writes the words of paragraphs, headings and cells."""

    def __init__(self, context: Context, losses: Losses) -> None:
        self._context = context
        self._losses = losses
        self._readers: Mapping[str, Callable[[Node], list[_Atom]]] = {
            "text": self._text,
            "hardBreak": lambda _: [_BREAK],
            "mention": self._mention,
            "emoji": self._emoji,
            "date": self._date,
            "status": self._status,
            "inlineCard": self._card,
            "mediaInline": lambda node: [_Atom("raw", self.media(node))],
            "placeholder": self._placeholder,
        }

    def write(self, nodes: Iterable[Node], *, one_line: bool = False, task: bool = False) -> str:
        """The words. `one_line`: in a heading or a cell; `task`: at the beginning of a list item."""
        atoms = [atom for node in nodes for atom in self._atoms(node)]
        atoms = _hoisted(_around_breaks(_merged(self._linked(_merged(atoms)))))
        return _Line(one_line=one_line, task=task).write(_merged(atoms))

    def _linked(self, atoms: Sequence[_Atom]) -> Iterator[_Atom]:
        """Words with their addresses and references as links, as they would be when read."""
        before = ""
        for atom in atoms:
            if atom.kind == "text" and not (atom.marks and atom.marks[0].startswith(_LINK)):
                for piece in pieces(atom.text, before):
                    address = self._address(piece)
                    link = (_LINK + address,) if address else ()
                    yield atom._replace(text=piece.text, marks=(*link, *atom.marks))
            else:
                yield atom
            before = atom.text[-1:] if atom.kind == "text" else ""

    def _address(self, piece: Piece) -> str | None:
        if piece.kind == "reference":
            found = self._context.reference(piece.text)
            return safe_address(found) if found else None
        return address_of(piece) if piece.kind in {"url", "mail"} else None

    def media(self, node: Node) -> str:
        """An image or a file as Markdown: shown, linked, or named."""
        self.marks_of(node)
        name = " ".join(clean_text(attribute(node, "alt")).split())
        external = safe_address(attribute(node, "url"))
        found = next((one for key in (name, attribute(node, "id")) if key and (one := self._file(key))), None)
        url = external or found
        label = escaped(name, line=False, link=True)
        link = _link_of(node.get("marks"))
        if url is None:
            self._losses.add("attachment")
            said = f"attachment: {label}" if name else "attachment"
            return f"[{said}]({destination(link)})" if link else said
        if external is None and name and not _PICTURE.search(name):
            return f"[{label}]({destination(url)})"
        shown = f"![{label}]({destination(url)})"
        return f"[{shown}]({destination(link)})" if link and link != url else shown

    def _file(self, name: str) -> str | None:
        found = self._context.attachment(name)
        return safe_address(found) if found else None

    def _atoms(self, node: Node) -> list[_Atom]:
        reader = self._readers.get(kind_of(node))
        if reader is not None:
            return reader(node)
        known = kind_of(node) in {"inlineExtension", "extension"}
        self._losses.add("extension" if known else "unknown content")
        return self._lines(attribute(node, "text", "url") or " ".join(flat(node)), ())

    def _lines(self, text: str, marks: tuple[str, ...]) -> list[_Atom]:
        found: list[_Atom] = []
        for number, line in enumerate(clean_text(text).split("\n")):
            found += [_BREAK] if number else []
            found += [_Atom("text", with_emoji(line), marks)] if line else []
        return found

    def _text(self, node: Node) -> list[_Atom]:
        marks = self.marks_of(node)
        kinds = {kind_of(mark) for mark in marks}
        names = {attribute(mark, "type") if kind_of(mark) == "subsup" else kind_of(mark) for mark in marks}
        link = _link_of(marks)
        if link is None and "link" in kinds:
            self._losses.add("link to what is no page")
        outer = (_LINK + link,) if link else ()
        if "code" in kinds:
            text = clean_text(str(node.get("text", ""))).replace("\n", " ")
            return [_Atom("code", text, outer)] if text.strip() else []
        if names >= {"sub", "sup"}:
            names.discard("sup")
        return self._lines(str(node.get("text", "")), (*outer, *(mark for mark in _ORDER if mark in names)))

    def marks_of(self, node: Node) -> list[Node]:
        """The marks of a node; those that Markdown has no sign for are told as losses."""
        given = node.get("marks")
        marks = [mark for mark in given if isinstance(mark, dict)] if isinstance(given, list) else []
        for mark in marks:
            if kind_of(mark) in _LOST_MARKS:
                self._losses.add(_LOST_MARKS[kind_of(mark)])
            if attribute(mark, "title"):
                self._losses.add("link title")
        return marks

    def _placeholder(self, _: Node) -> list[_Atom]:
        self._losses.add("placeholder")
        return []

    def _mention(self, node: Node) -> list[_Atom]:
        self._losses.add("mention")
        person = self._context.person(attribute(node, "id"))
        name = person.name if isinstance(person, Mention) else person or attribute(node, "text")
        return self._lines(" ".join(name.split()).lstrip("@") or "somebody", ())

    def _emoji(self, node: Node) -> list[_Atom]:
        shown = with_emoji(attribute(node, "text") or attribute(node, "shortName"))
        if shown.startswith(":"):
            self._losses.add("emoji of one's own")
        return self._lines(shown, ())

    def _date(self, node: Node) -> list[_Atom]:
        self._losses.add("date")
        try:
            moment = datetime.fromtimestamp(int(attribute(node, "timestamp")) / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return []
        return [_Atom("text", f"{moment:%Y-%m-%d}")]

    def _status(self, node: Node) -> list[_Atom]:
        self._losses.add("status")
        return self._lines(attribute(node, "text"), ("strong",))

    def _card(self, node: Node) -> list[_Atom]:
        self._losses.add("card")
        url = safe_address(attribute(node, "url"))
        return [_Atom("text", url, (_LINK + url,))] if url else self._lines(attribute(node, "url"), ())


def _link_of(marks: object) -> str | None:
    for mark in marks if isinstance(marks, list) else []:
        if isinstance(mark, dict) and kind_of(mark) == "link":
            return safe_address(attribute(mark, "href"))
    return None


def _merged(atoms: Iterable[_Atom]) -> list[_Atom]:
    """Neighbours of the same kind and marks as one."""
    found: list[_Atom] = []
    for atom in atoms:
        if found and atom.kind in {"text", "code"} and (atom.kind, atom.marks) == (found[-1].kind, found[-1].marks):
            found[-1] = atom._replace(text=found[-1].text + atom.text)
        else:
            found.append(atom)
    return found


def _around_breaks(atoms: Sequence[_Atom]) -> list[_Atom]:
    """Lines without blanks at their ends, and no break at either end, as Markdown reads them."""
    found: list[_Atom] = []
    begins = True
    for atom in (*atoms, _BREAK):
        if atom.kind == "break":
            while found and found[-1].kind == "text" and not found[-1].text.rstrip():
                found.pop()
            if found and found[-1].kind == "text":
                found[-1] = found[-1]._replace(text=found[-1].text.rstrip())
        one = atom._replace(text=atom.text.lstrip()) if atom.kind == "text" and begins else atom
        if one.text and (found or one.kind != "break"):
            found.append(one)
            begins = one.kind == "break"
    while found and found[-1].kind == "break":
        found.pop()
    return found


def _hoisted(atoms: Sequence[_Atom]) -> list[_Atom]:
    """Blanks at the ends of marked words, and breaks, bear no mark but those that both their neighbours have."""
    split: list[_Atom] = []
    for atom in atoms:
        if atom.kind != "text" or not atom.marks:
            split.append(atom)
            continue
        core = atom.text.strip()
        lead = len(atom.text) - len(atom.text.lstrip()) if core else len(atom.text)
        parts = (atom.text[:lead], core, atom.text[lead + len(core) :])
        split += [atom._replace(text=part) for part in parts if part]
    solid = [number for number, atom in enumerate(split) if atom.kind != "break" and atom.text.strip()]
    found = list(split)
    for before, after in pairwise([-1, *solid, len(split)]):
        around = [split[place].marks for place in (before, after) if 0 <= place < len(split)]
        common = tuple(mark for mark in around[0] if mark in around[1]) if len(around) > 1 else ()
        for place in range(before + 1, after):
            own = common if split[place].kind == "break" else split[place].marks
            found[place] = split[place]._replace(marks=tuple(mark for mark in common if mark in own))
    return found


class _Line:
    """Writes atoms one after the other; which sign a mark gets is decided when its neighbours are known."""

    def __init__(self, *, one_line: bool, task: bool) -> None:
        self._one_line = one_line
        self._task = task
        self._out: list[str] = []
        self._open: list[tuple[str, int]] = []
        self._pairs: list[tuple[str, int, int]] = []

    def write(self, atoms: Sequence[_Atom]) -> str:
        """The words."""
        for place, atom in enumerate(atoms):
            self._marks(atom.marks if not self._is_bare(atoms, place) else atom.marks[1:])
            if atom.kind == "break":
                alone = "break" not in {atoms[place - 1].kind, atoms[place + 1].kind}
                self._out.append("\n" if alone and not self._one_line else "<br>")
            elif atom.kind == "code":
                self._add(code_span(atom.text))
            elif atom.kind == "raw":
                self._add(atom.text)
            elif self._is_bare(atoms, place):
                self._add(f"<{atom.text}>")
            else:
                self._text(atom.text)
        self._marks(())
        self._resolve()
        return "".join(self._out)

    @staticmethod
    def _is_bare(atoms: Sequence[_Atom], place: int) -> bool:
        """Whether this is a link that shows its own address."""
        atom = atoms[place]
        if atom.kind != "text" or not atom.marks or not atom.marks[0].startswith(_LINK) or _ENTITY.search(atom.text):
            return False
        neighbours = [atoms[one].marks[:1] for one in (place - 1, place + 1) if 0 <= one < len(atoms)]
        target = atom.marks[0].removeprefix(_LINK)
        (piece, *more) = list(pieces(atom.text))
        same = not more and piece.kind in {"url", "mail"} and piece.text[:4] != "www." and address_of(piece) == target
        return same and atom.marks[:1] not in neighbours

    def _marks(self, wanted: tuple[str, ...]) -> None:
        """Close the marks that end here and open those that begin."""
        same = 0
        for (mark, _), other in zip(self._open, wanted, strict=False):
            if mark != other:
                break
            same += 1
        while len(self._open) > same:
            mark, began = self._open.pop()
            link = mark.startswith(_LINK)
            self._out.append(f"]({destination(mark.removeprefix(_LINK))})" if link else "*")
            if not link:
                self._pairs.append((mark, began, len(self._out) - 1))
        for mark in wanted[same:]:
            if mark.startswith(_LINK):
                self._add("[")
            else:
                self._out.append("*")
            self._open.append((mark, len(self._out) - 1))

    def _add(self, shown: str) -> None:
        """Add what may not join with what stands before it."""
        last = self._out[-1] if self._out else ""
        if shown.startswith("[") and last.endswith("!"):
            self._out[-1] = f"{last[:-1]}\\!"
        self._out.append(f"\\{shown}" if shown.startswith("(") and last.endswith("]") else shown)

    def _text(self, text: str) -> None:
        begins = not self._one_line and (not self._out or self._out[-1] == "\n")
        is_link = bool(self._open) and self._open[0][0].startswith(_LINK)
        self._add(escaped(text, line=begins, task=self._task and not self._out, link=is_link))

    def _resolve(self) -> None:
        for mark, opened, closed in self._pairs:
            works = mark in _SIGNS and self._flanks(mark, opened, closed)
            self._out[opened] = _SIGNS[mark] if works else f"<{_TAGS[mark]}>"
            self._out[closed] = _SIGNS[mark] if works else f"</{_TAGS[mark]}>"

    def _flanks(self, mark: str, opened: int, closed: int) -> bool:
        """Whether Markdown would take the sign for what it is: it depends on what stands on both sides of it."""
        opens, other = _sides(self._out[opened - 1] if opened else "\n", self._out[opened + 1])
        other_close, closes = _sides(
            self._out[closed - 1], self._out[closed + 1] if closed + 1 < len(self._out) else "\n"
        )
        if mark != "em":
            return opens and closes
        before = self._out[opened - 1][-1] if opened else "\n"
        after = self._out[closed + 1][0] if closed + 1 < len(self._out) else "\n"
        return opens and closes and (not other or _is_sign(before)) and (not other_close or _is_sign(after))


def _sides(left: str, right: str) -> tuple[bool, bool]:
    """Whether a sign between these could begin a mark, and whether it could end one."""
    before, after = left[-1], right[0]
    blank_before, blank_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    opens = not blank_after and (not _is_sign(after) or blank_before or _is_sign(before))
    closes = not blank_before and (not _is_sign(before) or blank_after or _is_sign(after))
    return opens, closes


def _is_sign(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)
