"""What in a text is an address, a reference to an issue or the name of a person, and which addresses may be linked."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tierkeeper.plugins.markup.text import WORD_JOINER, without_controls

_SAFE = re.compile(r"(?:https?://[^\s/?#]|mailto:[^\s:])", re.IGNORECASE)
_UNSAFE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_TO_ENCODE = re.compile(r'[\s"<>\\^`{|}]')
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TRAILING = ".,;:!?\"'*_~"

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_FOUND = re.compile(
    rf"(?P<url>(?<![A-Za-z0-9{WORD_JOINER}])(?:https?://|www\.(?=[A-Za-z0-9]))[^\s<>{WORD_JOINER}]+)"
    rf"|(?P<mail>(?<![A-Za-z0-9._+{WORD_JOINER}/-])[A-Za-z0-9][A-Za-z0-9._+-]{{0,63}}"
    rf"@{_LABEL}(?:\.{_LABEL}){{1,8}}(?![A-Za-z0-9@/_-]))"
    rf"|(?P<reference>(?<![\w/#&@.{WORD_JOINER}-])(?:(?:[A-Za-z0-9][A-Za-z0-9-]{{0,38}}/[A-Za-z0-9._-]{{1,100}})?"
    rf"#{WORD_JOINER}?\d{{1,10}}|[A-Z][A-Z0-9_]{{1,9}}-{WORD_JOINER}?\d{{1,10}})(?![\w-]))"
    rf"|(?P<person>(?<![A-Za-z0-9_@])@{WORD_JOINER}?[A-Za-z0-9][A-Za-z0-9:_-]{{0,126}}(?<![:_-])"
    r"(?:/[A-Za-z0-9][A-Za-z0-9-]{0,99})?)",
)
_HARMLESS = re.compile(rf"(?<=[@#]){WORD_JOINER}(?=[A-Za-z0-9])|(?<=GH-){WORD_JOINER}(?=\d)")
_PINGS = re.compile(r"(?<![A-Za-z0-9_])@(?=[A-Za-z0-9])|#(?=\d)|\bGH-(?=\d)")


class Piece(NamedTuple):
    """A part of a text: `kind` is text, url, mail, reference or person."""

    kind: str
    text: str


def pieces(text: str, before: str = "") -> Iterator[Piece]:
    """A text cut into what means something and what is only text; `before`: the character that it stands behind.

    What was made harmless is text.
    """
    whole, done = before + text, len(before)
    for found in _FOUND.finditer(whole, done):
        kind, part = str(found.lastgroup), found.group()
        if kind == "url":
            part = _without_trailing(part)
            if not (part.partition("://")[2] or part.partition(".")[2]):
                continue
        if found.start() > done:
            yield Piece("text", whole[done : found.start()])
        yield Piece("text" if WORD_JOINER in part else kind, part)
        done = found.start() + len(part)
    if done < len(whole):
        yield Piece("text", whole[done:])


def _without_trailing(url: str) -> str:
    """An address as GitHub ends it: without the punctuation behind it or a bracket that was opened before it."""
    end, unopened = len(url), url.count(")") - url.count("(")
    while end and (url[end - 1] in _TRAILING or (url[end - 1] == ")" and unopened > 0)):
        end -= 1
        unopened -= url[end] == ")"
    return url[:end]


def address_of(piece: Piece) -> str | None:
    """Where an address in a text leads."""
    if piece.kind == "mail":
        return f"mailto:{piece.text}"
    return safe_address(piece.text if "://" in piece.text[:8] else f"http://{piece.text}")


def safe_address(address: str) -> str | None:
    """The address as it may stand in any link: a page or a mail address, nothing that runs; None for all else."""
    clean = clean_text(address).strip()
    if not _SAFE.match(clean):
        return None
    return _TO_ENCODE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()), clean)


def has_scheme(address: str) -> bool:
    """Whether an address that is not safe is more than a path."""
    return bool(_UNSAFE.match("".join(clean_text(address).split())))


def clean_text(text: str) -> str:
    """Text without control characters and halves of characters; halves that belong together are joined."""
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return without_controls(text.replace("\r\n", "\n").replace("\r", "\n"))


def harmless(text: str) -> str:
    """Text in which GitHub finds no person to call and no issue to link, though people see no difference."""
    return _PINGS.sub(lambda found: found.group() + WORD_JOINER, text)


def as_written(text: str) -> str:
    """The text as it was before `harmless`."""
    return _HARMLESS.sub("", text)


def references(hash_url: str = "", projects: Callable[[str], str | None] | None = None) -> Callable[[str], str | None]:
    """The addresses of references. `hash_url`: the issues of the source's repository, for ``#12``.

    That ends in ``/owner/name/issues/``, and other repositories are its neighbours; `projects` gives the address of
    ``ABC-7``, or None for what only looks like a key (``UTF-8``).
    """

    def address(reference: str) -> str | None:
        name, sign, number = reference.rpartition("#")
        if not sign:
            return projects(reference) if projects is not None else None
        if not hash_url:
            return None
        site = hash_url.rstrip("/").rsplit("/", maxsplit=3)[0]
        return f"{site}/{name}/issues/{number}" if name else f"{hash_url}{number}"

    return address
