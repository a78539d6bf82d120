"""Keys by which two issues find each other: a line in our own comment that nobody sees rendered."""

import re
from urllib.parse import quote, unquote

_LINE = re.compile(r"^<!-- tierkeeper-twin:([^\s>]+) -->[ \t]*\r?$", re.MULTILINE)


def key_line(key: str) -> str:
    """The line that holds a key."""
    return f"<!-- tierkeeper-twin:{quote(key, safe=':')} -->"


def keys_in(text: str) -> frozenset[str]:
    """The keys that a text holds."""
    return frozenset(unquote(found) for found in _LINE.findall(text))


def without_keys(text: str) -> str:
    """The text without such lines, for trackers that would show them."""
    return _LINE.sub("", text).rstrip() if "<!-- tierkeeper-twin:" in text else text
