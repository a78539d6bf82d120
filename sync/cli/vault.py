"""The secrets that this process was given, so that none of them is ever printed."""

import json
from urllib.parse import quote

from tierkeeper.sync.settings import secret

SHORTEST = 6
"""Shorter ones are no secrets, and would be found in every second word."""

_given: set[str] = set()


def given(name: str) -> str | None:
    """A secret by its name; it is remembered, and printed nowhere."""
    value = secret(name)
    if value and len(value) >= SHORTEST:
        _given.add(value)
    return value


def redacted(text: str) -> str:
    """The text without any secret that was given out, as it stands, in JSON, or in an address."""
    for value in _given:
        for form in {value, json.dumps(value)[1:-1], quote(value, safe="")}:
            text = text.replace(form, "***")
    return text
