"""HTML that cannot be had unescaped: text is escaped unless it was made here."""

import html
import re
from datetime import UTC, datetime

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_VOID = frozenset({"hr", "br", "meta", "link"})
SAFE_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
"""How an address must begin to be a link."""


class Html(str):
    """Text that is HTML already: made by `tag`, `text` or `joined`, from text that was escaped."""

    __slots__ = ()


def text(words: str) -> Html:
    """Text as HTML shows it, without control characters."""
    return words if isinstance(words, Html) else Html(html.escape(without_controls(words)))


def without_controls(words: str) -> str:
    """The same text without what HTML has no place for; line ends and tabs stay."""
    return _CONTROL.sub("", words)


def joined(*parts: str, between: str = "") -> Html:
    """Parts one after the other, each escaped unless it is HTML."""
    return Html(text(between).join(text(part) for part in parts))


def tag(name: str, /, *content: str, **attributes: str | None) -> Html:
    """An element; what is not HTML is escaped. `class_` is the class; an attribute that is None is left out."""
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(without_controls(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{shown}>" if name in _VOID else f"<{name}{shown}>{joined(*content)}</{name}>")


def link(words: str, href: str) -> Html:
    """A link out of the page, if it is a safe one, else its words."""
    return tag("a", words, href=href, rel="noopener noreferrer nofollow") if SAFE_LINK.match(href) else text(words)


def moment(at: datetime) -> Html:
    """A time for people and for machines, in UTC."""
    at = at.astimezone(UTC)
    return tag("time", f"{at.day} {at:%b %Y, %H:%M}", datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}")
