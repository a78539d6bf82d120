"""The text of a twin: a part that is ours, between two lines that say so, and what people wrote around it."""

import re
from datetime import datetime

import msgspec

from tierkeeper.plugins.markup.text import digest, markdown

_BEGINS = re.compile(r"^[*_]*Mirrored from[*_ ]", re.MULTILINE)
_ENDS = re.compile(r"^[*_]*End of what is mirrored\b.*$", re.MULTILINE)
_END = "End of what is mirrored. What stands below is not touched."


class Parts(msgspec.Struct, frozen=True):
    """A twin's text: ours (None where our lines are gone), and what stands above and below it."""

    above: str
    ours: str | None
    below: str


def region(text: str, *, key: str, url: str, reporter: str, at: datetime) -> str:
    """Our part: where it comes from, who reported it and when, and the text."""
    origin = f"[{markdown(key)}]({url})" if url else markdown(key)
    head = f"Mirrored from {origin}, reported by {markdown(reporter) or 'somebody'} on {at:%d %b %Y %H:%M %Z}."
    return "\n\n".join(part for part in (head, text.strip("\n"), _END) if part)


def withdrawn(key: str) -> str:
    """Our part of a twin whose source may no longer be read by all who read the twin."""
    return f"Mirrored from {markdown(key)}, which not everybody may read: what it said is no longer shown.\n\n{_END}"


def parts(body: str) -> Parts:
    """Take a twin's text apart. Without both of our lines none of it is ours."""
    begins = _BEGINS.search(body)
    ends = _ENDS.search(body, begins.end()) if begins is not None else None
    if begins is None or ends is None:
        return Parts("", None, body.strip())
    return Parts(body[: begins.start()].strip(), body[begins.start() : ends.end()], body[ends.end() :].strip())


def joined(ours: str, body: str) -> str:
    """A twin's text with our part renewed: what people wrote around it stays where it is."""
    around = parts(body)
    return "\n\n".join(part for part in (around.above, ours, around.below) if part)


def mark(text: str) -> str:
    """What tells one text from another, however its lines are broken: trackers do that in their own way."""
    return digest(" ".join(text.split()))


def said_by(name: str, at: datetime, text: str) -> str:
    """A comment carried over: who said it, and when."""
    return f"**{markdown(name) or 'Somebody'}** wrote on {at:%d %b %Y %H:%M %Z}:\n\n{text}"


def short_title(text: str, longest: int) -> str:
    """One line that both sides can hold."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
