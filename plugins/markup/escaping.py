"""Text as Markdown that shows it as it is: nothing in it works as markup, calls anybody or links by itself."""

import re

from tierkeeper.plugins.markup.links import harmless

_SPECIAL = (
    r"\\(?=[^\w\s]|_|$)"  # before what it would escape
    r"|[`*~]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # inside a word it does nothing
    r"|<(?=[A-Za-z/!?]|$)"
    r"|&(?=#?\w+;)"
    r"|(?<=\])\("
)
_ANYWHERE = re.compile(_SPECIAL)
_IN_LINKS = re.compile(rf"{_SPECIAL}|[\[\]]")
_LINE = re.compile(r"#{1,6}(?=\s|$)|[-+](?=\s|$)|=+\s*$|[-:|][-:|\s]*$|>|\[|(?P<number>\d{1,9})(?=[.)](?:\s|$))")
_BOX = re.compile(r"\[[ xX]\](?:\s+|$)")
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_RUN = re.compile(r"`+")


def escaped(text: str, *, line: bool, task: bool = False, link: bool = False) -> str:
    """A piece of text. `line`: it begins a line; `task`: it begins a list item; `link`: it stands in a link."""
    shown = (_IN_LINKS if link else _ANYWHERE).sub(r"\\\g<0>", text)
    box = _BOX.match(shown) if task else None
    begin = box.end() if box else 0
    if line and (found := _LINE.match(shown, begin)):
        at = found.end("number") if found["number"] else begin
        shown = f"{shown[:at]}\\{shown[at:]}"
    return harmless(shown)


def html_text(text: str) -> str:
    """Text between tags, on one line."""
    return harmless(" ".join(text.translate(_HTML).split()))


def code_span(text: str) -> str:
    """Text as code among words."""
    text = text.replace("\n", " ")
    longest = max((len(run) for run in _RUN.findall(text)), default=0)
    fence = "`" * (longest + 1 if longest else 1)
    pads = text[0] == "`" or text[-1] == "`" or (text[0] == text[-1] == " " and text.strip(" "))
    return f"{fence} {text} {fence}" if pads else f"{fence}{text}{fence}"


def fence_for(text: str) -> str:
    """The fence around a block of code: longer than any inside."""
    longest = max((len(run) for run in _RUN.findall(text)), default=0)
    return "`" * max(3, longest + 1)


def destination(address: str) -> str:
    """An address in a link."""
    address = re.sub(r"&(?=#?\w+;)", "&amp;", address)
    return f"<{address}>" if "(" in address or ")" in address else address
