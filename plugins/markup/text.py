"""Text that came from a tracker, made safe for where it is shown."""

import hashlib
import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_MENTION = re.compile(r"@(?=[A-Za-z0-9])")

WORD_JOINER = "\u2060"
"""Breaks a mention without being seen."""


def digest(text: str) -> str:
    """What tells one source from another: 16 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def plain(text: str, *, most: int = 0) -> str:
    """One line without control characters or characters that turn the direction of writing; cut to `most` if given."""
    line = " ".join(_CONTROL.sub("", text).split())
    return f"{line[: most - 1]}…" if most and len(line) > most else line


def without_controls(text: str) -> str:
    """The same text without control characters; line ends and tabs stay."""
    return _CONTROL.sub("", text)


def markdown(text: str, *, most: int = 0) -> str:
    """One line that Markdown shows as it is: nobody is mentioned, nothing is linked, no markup works."""
    line = plain(text, most=most)
    escaped = _MARKDOWN.sub(r"\\\1", line)
    return _MENTION.sub(f"@{WORD_JOINER}", escaped)
