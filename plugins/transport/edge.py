"""What both clients do at the edge of their libraries: addresses, tokens, and what an exception means."""

import ipaddress
import ssl
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from tierkeeper.plugins.errors import AuthenticationFailed, Unreachable, UsageError
from tierkeeper.plugins.transport.answer import Cut, shown

_REFUSED = 400

# requests names what it finds wrong with a request before it connects; asking again would change nothing
_NOT_A_REQUEST = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.URLRequired,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidJSONError,
)
_NOTHING_SENT = (
    NewConnectionError,
    ConnectTimeoutError,
    requests.exceptions.ConnectTimeout,
    ssl.SSLCertVerificationError,
)


def checked_base(url: str, what: str) -> SplitResult:
    """The parts of a server's address. Raises UsageError; `what` names it: ``a Jira site``."""
    try:
        base = urlsplit(url.rstrip("/"))
        port = base.port
    except ValueError:
        raise UsageError(f"{shown(url)} is no URL of {what}") from None
    if base.username is not None or base.password is not None or base.query or base.fragment:
        raise UsageError(f"the url of {shown(url)} holds more than scheme, host and path; give the token apart from it")
    plain = base.scheme == "http" and is_loopback(base.hostname or "")
    if not base.hostname or port == 0 or not (base.scheme == "https" or plain):
        raise UsageError(f"{shown(url)} is no https:// URL: over plain http the token could be read on the way")
    return base


def is_loopback(host: str) -> bool:
    """Whether a host is this machine's own loopback; no proxy knows the way there."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_token(token: str) -> str:
    """The token, if it can be one. Raises AuthenticationFailed."""
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise AuthenticationFailed("the token holds characters that no token has: a line break, a blank, a quote?")
    return token


def without_secret(response: requests.Response, secret: bytes) -> bytes:
    """The body of an answer. What goes into messages must not quote our token back at us."""
    body = response.content
    return body.replace(secret, b"(secret)") if response.status_code >= _REFUSED and secret else body


def reason_of(error: BaseException) -> str:
    """What an exception was made from, by the names of its kinds: messages may hold what must not be told."""
    return ": ".join(dict.fromkeys(type(link).__name__ for link in _chain(error)))


def no_answer(error: BaseException, base_url: str, *, asked: bool = True) -> Cut | Unreachable | None:
    """What it means that an exception came instead of an answer; None: nothing that the network does.

    `asked`: the request was begun.
    """
    if isinstance(error, _NOT_A_REQUEST):
        return Unreachable(
            f"{shown(base_url)} cannot be asked ({reason_of(error)}): check the tracker's `url`, the proxy settings "
            "and that the token holds no stray characters"
        )
    if isinstance(error, (requests.RequestException, HTTPError, OSError)):
        nothing_sent = any(isinstance(link, _NOTHING_SENT) for link in _chain(error))
        return Cut(reason_of(error), sent=asked and not nothing_sent)
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Walk down what an exception was made from: requests and urllib3 keep it in four different places."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        link = waiting.pop(0)
        if isinstance(link, BaseException) and id(link) not in seen:
            seen.add(id(link))
            yield link
            waiting += [*link.args, getattr(link, "reason", None), link.__cause__, link.__context__]
