"""What crosses the wire: one request out, one answer back, or none."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from tierkeeper.plugins.errors import UnexpectedAnswer

T = TypeVar("T")

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for a body that is not what it should be; the last where it is nested without end."""

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s;,\"]+))?)*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


class Answer(msgspec.Struct, frozen=True):
    """What a server said, whatever its status. The keys of `headers` are in lower case; `url` is what was asked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def json(self) -> Any:
        """Give the body as plain Python values."""
        return self.decode(Any)

    def decode(self, kind: type[T]) -> T:
        """Give the body as `kind`, a msgspec type: faster and smaller than plain values."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except UNREADABLE as error:
            raise UnexpectedAnswer(
                f"{self.place} answered {self.status} with a body that does not read as expected ({error}); "
                "something between here and the tracker may have answered in its place",
                status=self.status,
            ) from error

    def links(self) -> dict[str, str]:
        """Give the targets of the Link header by their relation."""
        found: dict[str, str] = {}
        for target, parameters in _LINK.findall(self.headers.get("link", "")):
            relation = _REL.search(parameters)
            for name in (relation[1] or relation[2] or "").lower().split() if relation else ():
                found.setdefault(name, target)
        return found

    @property
    def date(self) -> datetime | None:
        """The server's own time (UTC) when it answered, if it said so."""
        return http_date(self.headers.get("date", ""))

    @property
    def place(self) -> str:
        """The URL for a message: host and path only, since queries and user parts may hold secrets."""
        return shown(self.url)

    def __repr__(self) -> str:
        return f"Answer({self.status}, {self.place!r}, {len(self.body)} bytes)"

    def __rich_repr__(self) -> Any:
        # msgspec's own would print headers and body
        yield self.status
        yield self.place


class Cut(Exception):  # a fact about the wire, caught by the policy; nobody else sees it
    """No answer came. `sent` is False only if it is certain that nothing reached the server."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class Unknown(msgspec.Struct, frozen=True):
    """A write was sent and its outcome is not known: look it up before anything is sent again."""

    reason: str


class NotModified(msgspec.Struct, frozen=True):
    """The page is as it was. Only if it was the `last_page` does that mean that nothing is new.

    `newest` is what the caller noted about the page's newest item when it was read.
    """

    last_page: bool
    newest: str


class Send(Protocol):
    """One HTTP request, whatever the answer's status; no retry, no redirect, no sleep."""

    def __call__(self, method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:
        """Send `json` (None: no body) to `path`, which starts at the base URL; raise `Cut` if no answer came.

        An `Upload` is sent as it is; into a `Download` goes the body of an answer that is good.
        """
        ...


def http_date(text: str) -> datetime | None:
    """Read an HTTP date; None if it is not one."""
    try:
        read = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def shown(url: str) -> str:
    """Give a URL for a message: without user part, query and fragment, without control characters, not too long."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(a URL that cannot be read)"
    plain = f"{parts.scheme}://{host}{parts.path}" if host else parts.path
    return "".join(mark if mark.isprintable() else "?" for mark in plain)[:200]
