"""What people wrote under a heading, or behind a name that begins a line: ``Steps: log in, open the export``."""

import re
from collections.abc import Iterator

_EMPTY = {"", "_no response_", "none given", "n/a", "tbd", "-", "?"}
_HEADING = re.compile(r"^[ ]{0,3}#{1,6}[ \t]+(.+?)[ \t#]*$")
_LINE = re.compile(r"^[ ]{0,3}(?:[-*][ \t]+)?\**([A-Za-z][A-Za-z -]{1,40}?)\**[ \t]*:(?!//)\**[ \t]*(.*)$")
_FENCE = ("```", "~~~")


def headed(text: str) -> Iterator[tuple[str, str]]:
    """Each heading or name (in lower case) that something follows in this Markdown, with that.

    Code holds no names, but a heading with code below it is answered by that.
    """
    parts: list[tuple[str, list[str]]] = []
    heading: list[str] | None = None
    line_of: list[str] | None = None
    fenced = False
    for line in text.splitlines():
        if line.lstrip().startswith(_FENCE):
            fenced = not fenced
        under = None if fenced else _HEADING.match(line)
        named = None if fenced or under else _LINE.match(line)
        if under:
            heading, line_of = [], None
            parts.append((_name(under.group(1)), heading))
            continue
        if heading is not None:
            heading.append(line)
        if named:
            line_of = [named.group(2)]
            parts.append((_name(named.group(1)), line_of))
        elif line_of is not None:
            line_of.append(line)
    for name, lines in parts:
        said = "\n".join(line for line in lines if line.strip().casefold() not in _EMPTY).strip()
        if said:
            yield name, said


def _name(text: str) -> str:
    return " ".join(text.strip(" *_:").casefold().replace("-", " ").split())
