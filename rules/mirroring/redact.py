"""What never crosses: addresses, secrets, names of machines inside, and what the policy names besides. Pure.

Patterns are RE2's, which takes time in proportion to the text whatever the pattern is: none can hang a run.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import re2

REDACTED = "[redacted]"
"""What is shown in its place."""

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_ROUNDS = 8
"""A text in which something is found even after so many times is redacted whole."""

_KEY = r"(?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?"
_MAIL = r"[\pL\pN._%+'-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL{2,24}"
_WHOLE = (
    # private keys, to their end or to that of the text
    rf"-----BEGIN {_KEY}-----(?s:.*?)(?:-----END {_KEY}-----|\z)",
    # tokens: GitHub, GitLab, Slack, Atlassian, AWS, Google, npm, payment services, JSON web tokens
    r"(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,})",
    r"(?:xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})|https://hooks\.slack\.com/services/[\w/-]+",
    r"ATATT3[\w=-]{20,}",
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",
    r"(?:AIza[\w-]{35}|npm_[A-Za-z0-9]{30,}|[prs]k_(?:live|test)_[A-Za-z0-9]{16,})",
    r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?",
    # mail addresses, with the brackets that make a link of one
    rf"<(?:mailto:)?{_MAIL}>|{_MAIL}",
    # names and addresses of machines inside
    r"(?i)\b(?:[a-z0-9_-]+\.)+(?:local|localdomain|internal|intranet|intern|corp|lan|home\.arpa)\b",
    r"\b(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)(?:\.\d{1,3}){2}\b",
    r"(?i)\b(?:f[cd][0-9a-f]{2}|fe80):[0-9a-f:]*[0-9a-f]",
)
_BEHIND = (
    # a name and a password behind a scheme, and what follows the name of a secret
    (r"([A-Za-z][A-Za-z0-9+.-]*://)[^\s/@:]*:[^\s/@]+@", rf"\1{REDACTED}@"),
    (r"(?i)(\bauthorization:\s*(?:bearer|basic|token)\s+)[^\s\[\]`\"'<>]+", rf"\1{REDACTED}"),
    (r"(?i)(\baws_secret_access_key\s*[=:]\s*)[^\s\[\]]+", rf"\1{REDACTED}"),
)
_PAGE = re2.compile(r"<?https?://[^\s<>()\"]*\[redacted\](?:[^\s<>()\"]*[^\s<>()\".,;:!?*_`|])?>?", _OPTIONS)
"""The address of a page that something was taken out of: it leads nowhere, and goes whole."""


class Redaction:
    """Takes out of a text what never crosses. `own` are patterns beside the default ones."""

    def __init__(self, own: Sequence[str] = (), *, defaults: bool = True) -> None:
        given = [*_BEHIND, *((pattern, REDACTED) for pattern in _WHOLE)] if defaults else []
        given += [(pattern, REDACTED) for pattern in own]
        self._patterns = [(compiled(pattern), shown) for pattern, shown in given]

    def __call__(self, text: str) -> str:
        """The text with what never crosses shown as ``[redacted]``. A second time changes nothing."""
        if not self._patterns:
            return text
        parts = text.encode(errors="replace").decode().split(REDACTED)  # halves of characters are none of UTF-8's
        for _ in range(_ROUNDS):
            found: str = _PAGE.sub(REDACTED, REDACTED.join(map(self._once, parts)))
            again = found.split(REDACTED)
            if again == parts:
                return found
            parts = again
        return REDACTED

    def _once(self, text: str) -> str:
        for pattern, shown in self._patterns:
            text = REDACTED.join(pattern.sub(shown, part) for part in text.split(REDACTED))
        return text

    def finds(self, texts: Iterable[str]) -> bool:
        """Whether anything in these never crosses."""
        return any(self(text) != text for text in texts)


def restored(text: str, original: str, redaction: Redaction) -> str:
    """A text that came back, with what was taken out of `original` in its place again.

    Where its ``[redacted]`` are not those of the original, they stay.
    """
    shown = redaction(original).split(REDACTED)
    parts = text.split(REDACTED)
    taken: list[str] = []
    rest = original
    if len(parts) != len(shown) or not rest.startswith(shown[0]):
        return text
    rest = rest[len(shown[0]) :]
    for place, after in enumerate(shown[1:], 1):
        last = place == len(shown) - 1
        if last and not rest.endswith(after):
            return text
        end = len(rest) - len(after) if last else rest.find(after)
        if end < 0:
            return text
        taken.append(rest[:end])
        rest = rest[end + len(after) :]
    return "".join(part + gone for part, gone in zip(parts, [*taken, ""], strict=True))


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """A pattern as RE2 reads it. Raises ValueError with what is wrong; also where it finds something in no text."""
    try:
        made = re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        reason = error.args[0] if error.args else "it does not read"
        raise ValueError(reason.decode() if isinstance(reason, bytes) else str(reason)) from error
    if made.search("") is not None:
        raise ValueError("it is met by an empty text, and so by everything")
    return made
