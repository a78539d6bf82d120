"""What a text answers: the headings and line beginnings of a report or a comment, with what follows each."""

import re
from collections.abc import Iterator

import msgspec

EMPTY = frozenset({"", "_no response_", "no response", "none given", "n/a", "tbd", "-", "?"})
"""What stands where nobody answered, in lower case."""

_HEADING = re.compile(r"^[ ]{0,3}(?:#{1,6}[ \t]+|h[1-6]\.[ \t]+)(.+?)[ \t#]*$")
_BOLD = re.compile(r"^[ ]{0,3}\*\*([^*:]{2,60}):?\*\*[ \t]*$")
_LINE = re.compile(r"^[ ]{0,3}(?:[-*][ \t]+)?\**([^\W\d_][^\W_]?(?:[^\W_]|[ -]){0,40}?)\**[ \t]*:(?!//)\**[ \t]*(.*)$")
_MAYBE = re.compile(r"[ ]{0,3}(?:[#*]|h[1-6]\.|(?:-[ \t]+)?\**[^\W\d_][^:]*:)")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ESCAPED = re.compile(r"\\([^\w\s])")
_FENCE = ("```", "~~~")


class _Answer(msgspec.Struct):
    """One that is being read: all lines below a heading, or a line and those that follow it without a gap."""

    name: str
    lines: list[str]
    below: bool


def answers(text: str) -> Iterator[tuple[str, str]]:
    """Each heading or line beginning (in lower case) with the text that answers it; one without an answer is left out.

    A heading is one of Markdown or of Jira's wiki, or a bold line. What stands in code answers, and names nothing; what
    an HTML comment hides does not count. An issue form's words for an empty answer are none.
    """
    lines = (_HIDDEN.sub("", text) if "<!--" in text else text).splitlines()
    if "\\" not in text and not any(map(_MAYBE.match, lines)):
        return  # most texts answer nothing, and are spared the rest
    reading: list[_Answer] = []
    fenced = False
    for written in lines:
        if written.lstrip().startswith(_FENCE):
            fenced = not fenced
            continue
        line = written if fenced or "\\" not in written else _ESCAPED.sub(r"\1", written)
        marked = not fenced and line.lstrip(" ")[:1] in {"#", "h", "*"}  # most lines are spared the patterns
        heading = (_HEADING.match(line) or _BOLD.match(line)) if marked else None
        if heading:
            yield from _given(reading)
            reading = [_Answer(name_of(heading.group(1)), [], below=True)]
            continue
        named = _LINE.match(line) if ":" in line and not fenced else None
        ended = named is not None or (not fenced and not line.strip() and _is_begun(reading))
        if ended and reading and not reading[-1].below:
            yield from _given([reading.pop()])
        for answer in reading:
            answer.lines.append(line)
        if named:
            reading.append(_Answer(name_of(named.group(1)), [named.group(2)], below=False))
    yield from _given(reading)


def name_of(heading: str) -> str:
    """A heading as it is compared: in lower case, without marks, dashes as spaces."""
    return " ".join(heading.strip(" *_:?").casefold().replace("-", " ").split())


def _is_begun(reading: list[_Answer]) -> bool:
    return bool(reading) and any(line.strip() for line in reading[-1].lines)


def _given(reading: list[_Answer]) -> Iterator[tuple[str, str]]:
    for answer in reading:
        said = "\n".join(answer.lines).strip()
        if said.casefold() not in EMPTY:
            yield answer.name, said
