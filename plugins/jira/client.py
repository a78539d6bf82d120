"""The only file that imports the jira package: authentication, connection, and one `send`.

The package would ask the server what it is before anything else, retry creates after a cut, wait otherwise than
Retry-After says, and has no time-out of its own. So it is made with all of that off; what it raises for an answer of
400 and above is turned back into that answer. Its objects are never used: behind the gateway their links are wrong.

Importing `jira` takes over a third of a second: import this module when a Jira tracker is made, not before.
"""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec
import requests
from jira import JIRA, JIRAError

from tierkeeper.plugins.errors import AuthenticationFailed, TrackerError, UnexpectedAnswer
from tierkeeper.plugins.transport.answer import Answer, Cut, shown
from tierkeeper.plugins.transport.edge import (
    checked_base,
    checked_token,
    is_loopback,
    no_answer,
    reason_of,
    without_secret,
)
from tierkeeper.plugins.transport.files import PIECE, Download, Upload
from tierkeeper.plugins.transport.paths import quote_segment

_OK = 200
_FORM = {"X-Atlassian-Token": "no-check"}
"""What Jira wants to see with every form: a page of somebody else's cannot send it."""


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
        self._timeout = options.timeout
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
        if is_loopback(urlsplit(server).hostname or ""):
            self._session.trust_env = False  # no proxy knows the way to this machine's own loopback

    def __repr__(self) -> str:
        return f"JiraClient({shown(self.base_url)!r}, {self.credential!r})"

    def send(self, method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:
        """Send one request and give the answer whatever its status; raise `Cut` if none came."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("this JiraClient belongs to another thread: make one a thread")
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError(f"a path starts with one slash, unlike {shown(path)!r}")
        url = self.base_url + path
        trouble: Cut | TrackerError
        try:
            if isinstance(json, Download):
                return self._downloaded(url, json, headers)
            if isinstance(json, Upload):
                return self._answer(self._asked(method, url, json, {**headers, **_FORM, **json.headers}), url)
            return self._answer(self._asked(method, url, _encoded(json), headers), url)
        except Exception as error:  # noqa: BLE001  # the edge: all that the library can raise becomes ours
            trouble = self._translated(error)
        # raised out here it carries no context: the library's own messages quote headers, and so the token
        raise trouble

    def _downloaded(self, url: str, into: Download, headers: Mapping[str, str]) -> Answer:
        """Ask for a file. By requests' own method: the package's reads every good answer to its end at once."""
        named = {**headers, "Accept": "*/*"}
        with requests.Session.request(
            self._session, "GET", url, headers=named, stream=True, timeout=self._timeout, allow_redirects=False
        ) as response:
            if response.status_code != _OK:
                return self._answer(response, url)
            into.take(response.iter_content(PIECE))
            return Answer(status=_OK, headers=_lower(response), body=b"", url=url)

    def _asked(
        self, method: str, url: str, body: bytes | Upload | None, headers: Mapping[str, str]
    ) -> requests.Response:
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
        body = without_secret(response, self._secret)
        return Answer(status=response.status_code, headers=_lower(response), body=body, url=url)

    def _translated(self, error: Exception) -> Cut | TrackerError:
        trouble = no_answer(error, self.base_url)
        if trouble is not None:
            return trouble
        return UnexpectedAnswer(f"{shown(self.base_url)} could not be asked ({reason_of(error)})")


def _encoded(json: object | None) -> bytes | None:
    return None if json is None else msgspec.json.encode(json)


def _lower(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _printable(token: str) -> str:
    if not token:
        raise AuthenticationFailed("there is no API token")
    return checked_token(token)


def _server(options: ClientOptions) -> str:
    """The address before ``/rest``: the site, or the site's place behind the gateway."""
    site = checked_base(options.url, "a Jira site").geturl()
    if not options.cloud_id:
        return site
    return f"{checked_base(options.gateway, 'a Jira site').geturl()}/ex/jira/{quote_segment(options.cloud_id)}"
