"""The only file that imports the jira package: authentication, connection, and one `send`.

The package would ask the server what it is before anything else, retry creates after a cut, wait otherwise than
Retry-After says, and has no time-out of its own. So it is made with all of that off; what it raises for an answer of
400 and above is turned back into that answer. Its objects are never used: behind the gateway their links are wrong.

Importing `jira` takes over a third of a second: import this module when a Jira tracker is made, not before.
"""

import hashlib
import ipaddress
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

import msgspec
import requests
from jira import JIRA, JIRAError
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from tierkeeper.plugins.errors import AuthenticationFailed, TrackerError, UnexpectedAnswer, Unreachable, UsageError
from tierkeeper.plugins.transport.answer import Answer, Cut, shown
from tierkeeper.plugins.transport.paths import quote_segment

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


@dataclass(frozen=True, kw_only=True)
class ClientOptions:
    """What a client needs to know; `timeout` in seconds, for connecting and for each read.

    With `cloud_id` requests go through the gateway. Without `email` the token is a bearer token.
    """

    url: str
    token: str = field(repr=False)
    email: str = ""
    cloud_id: str = ""
    gateway: str = "https://api.atlassian.com"
    api: int = 3
    timeout: float = 15


class JiraClient:
    """One connection to one Jira site with one credential, for the thread that made it.

    `credential` names the token without being it.
    """

    def __init__(self, options: ClientOptions) -> None:
        token = _printable(options.token)
        server = _server(options)
        self.base_url = f"{server}/rest/api/{options.api}"
        self.credential = hashlib.sha256(f"{options.email}:{token}".encode()).hexdigest()[:16]
        self._secret = token.encode()
        self._thread = threading.get_ident()
        self._jira = JIRA(
            server,
            options={"rest_api_version": str(options.api)},
            basic_auth=(options.email, token) if options.email else None,
            token_auth=None if options.email else token,
            get_server_info=False,
            max_retries=0,
            timeout=options.timeout,
            logging=False,
        )
        self._session = self._jira._session  # noqa: SLF001  # its only door to a raw request
        self._session.headers["User-Agent"] = "tierkeeper"
        if _is_loopback(urlsplit(server).hostname or ""):
            self._session.trust_env = False  # no proxy knows the way to this machine's own loopback

    def __repr__(self) -> str:
        return f"JiraClient({shown(self.base_url)!r}, {self.credential!r})"

    def send(self, method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:
        """Send one request and give the answer whatever its status; raise `Cut` if none came."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("this JiraClient belongs to another thread: make one a thread")
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError(f"a path starts with one slash, unlike {shown(path)!r}")
        body = None if json is None else msgspec.json.encode(json)
        url = self.base_url + path
        trouble: Cut | TrackerError
        try:
            return self._answer(self._asked(method, url, body, headers), url)
        except Exception as error:  # noqa: BLE001  # the edge: all that the library can raise becomes ours
            trouble = self._translated(error)
        # raised out here it carries no context: the library's own messages quote headers, and so the token
        raise trouble

    def _asked(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> requests.Response:
        try:
            return self._session.request(method, url, data=body, headers=dict(headers), allow_redirects=False)
        except JIRAError as error:
            if isinstance(error.response, requests.Response):
                return error.response
            raise

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _answer(self, response: requests.Response, url: str) -> Answer:
        body = response.content
        if response.status_code >= _REFUSED and self._secret:
            # what goes into messages must not quote our token back at us
            body = body.replace(self._secret, b"(secret)")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status_code, headers=headers, body=body, url=url)

    def _translated(self, error: Exception) -> Cut | TrackerError:
        chain = list(_chain(error))
        reason = ": ".join(dict.fromkeys(type(link).__name__ for link in chain))
        if isinstance(error, _NOT_A_REQUEST):
            return Unreachable(
                f"{shown(self.base_url)} cannot be asked ({reason}): check the tracker's `url`, the proxy settings and "
                "that the token holds no stray characters"
            )
        if isinstance(error, (requests.RequestException, HTTPError, OSError)):
            return Cut(reason, sent=not any(isinstance(link, _NOTHING_SENT) for link in chain))
        return UnexpectedAnswer(f"{shown(self.base_url)} could not be asked ({reason})")


def _printable(token: str) -> str:
    if not token:
        raise AuthenticationFailed("there is no API token")
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise AuthenticationFailed("the token holds characters that no token has: a line break, a blank, a quote?")
    return token


def _server(options: ClientOptions) -> str:
    """The address before ``/rest``: the site, or the site's place behind the gateway."""
    site = _checked(options.url).geturl()
    if not options.cloud_id:
        return site
    return f"{_checked(options.gateway).geturl()}/ex/jira/{quote_segment(options.cloud_id)}"


def _checked(url: str) -> SplitResult:
    try:
        base = urlsplit(url.rstrip("/"))
        port = base.port
    except ValueError:
        raise UsageError(f"{shown(url)} is no URL of a Jira site") from None
    if base.username is not None or base.password is not None or base.query or base.fragment:
        raise UsageError(f"the url of {shown(url)} holds more than scheme, host and path; give the token apart from it")
    plain = base.scheme == "http" and _is_loopback(base.hostname or "")
    if not base.hostname or port == 0 or not (base.scheme == "https" or plain):
        raise UsageError(f"{shown(url)} is no https:// URL: over plain http the token could be read on the way")
    return base


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
