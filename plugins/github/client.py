"""The only file that imports PyGithub: authentication, connection, and one `send`.

PyGithub would follow a 301 without its query, sleep and ask again on a 202, guess the encoding of a body and, with
its defaults, retry and throttle. So it gets a connection that shows it an empty success whatever came back, and the
true answer is taken from that connection. What it is used for: tokens, also those of an App, and headers.

Importing `github` takes over half a second: import this module when a GitHub tracker is made, not before.
"""

import hashlib
import json
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec
import requests
from github import Auth, Github, GithubException
from github.Requester import HTTPSRequestsConnectionClass, RequestsResponse

from tierkeeper.plugins.errors import (
    AuthenticationFailed,
    TrackerError,
    UnexpectedAnswer,
)
from tierkeeper.plugins.transport.answer import Answer, Cut, shown
from tierkeeper.plugins.transport.edge import (
    checked_base,
    checked_token,
    is_loopback,
    no_answer,
    reason_of,
    without_secret,
)
from tierkeeper.plugins.transport.files import PIECE, Download
from tierkeeper.plugins.transport.limits import rate_limit
from tierkeeper.plugins.transport.ports import SystemWall, out_of_budget
from tierkeeper.plugins.transport.refusals import clean

_OK = 200
_SERVER_TROUBLE = 500
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_HOPS = 3


@dataclass(frozen=True, kw_only=True)
class AppCredentials:
    """A GitHub App's installation. The key is PEM text."""

    app_id: int | str
    installation_id: int
    private_key: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ClientOptions:
    """What a client needs to know. Either `token` or `app`; `timeout` in seconds, for connecting and for each read."""

    url: str = "https://api.github.com"
    token: str | None = field(default=None, repr=False)
    app: AppCredentials | None = None
    timeout: float = 15
    user_agent: str = "tierkeeper"
    api_version: str = "2022-11-28"


class GitHubClient:
    """One connection to one GitHub with one credential, for the thread that made it.

    `credential` names the token without being it.
    """

    def __init__(self, options: ClientOptions) -> None:
        base = checked_base(options.url, "a GitHub server")
        self.base_url = base.geturl()
        self._auth, self.credential = _authentication(options)
        self._secret = (options.token or "").encode()
        self._site = _origin(self.base_url.replace("://api.", "://", 1))
        self._timeout = options.timeout
        self._files = requests.Session()
        self._files.trust_env = not is_loopback(base.hostname or "")
        self._thread = threading.get_ident()
        self._wire = _Wire(base, timeout=options.timeout)
        self._requester = Github(
            auth=self._auth,
            base_url=self.base_url,
            timeout=math.ceil(
                options.timeout
            ),  # PyGithub takes whole seconds; only an App's token is asked for with it
            user_agent=options.user_agent,
            per_page=100,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
            api_version=options.api_version,
        ).requester

    def __repr__(self) -> str:
        return f"GitHubClient({shown(self.base_url)!r}, {self.credential!r})"

    def send(self, method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:
        """Send one request and give the answer whatever its status; raise `Cut` if none came.

        A file that a text leads to is asked for by its whole address.
        """
        if threading.get_ident() != self._thread:
            raise RuntimeError(
                "this GitHubClient belongs to another thread: PyGithub mixes up answers; make one a thread"
            )
        if isinstance(json, Download):
            return self._file(path, json)
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError(f"a path starts with one slash, unlike {shown(path)!r}")
        body = None if json is None else msgspec.to_builtins(json)
        self._wire.expect(self.base_url, path)
        try:
            self._requester.requestJson(
                method, path, headers={"Accept": "application/vnd.github+json", **headers}, input=body, cnx=self._wire
            )
        except Exception as error:  # noqa: BLE001  # the edge: all that the library can raise becomes ours
            trouble = self._translated(error)
        else:
            return self._answer(path)
        # raised out here it carries no context: the library's own messages quote headers, and so the token
        raise trouble

    def _file(self, url: str, into: Download) -> Answer:
        """Read a file. The token goes to GitHub itself; where that leads on to a store of files, it stays behind."""
        self._wire.asked = True
        try:
            return self._downloaded(url, into)
        except Exception as error:  # noqa: BLE001  # the edge, as above
            trouble = self._translated(error)
        raise trouble

    def _downloaded(self, url: str, into: Download) -> Answer:
        headers = {"User-Agent": "tierkeeper", "Accept": "*/*"}
        own = {**headers, **self._credentials()} if _origin(url) == self._site else headers
        for _ in range(_MOST_HOPS):
            with self._files.get(url, headers=own, stream=True, timeout=self._timeout, allow_redirects=False) as found:
                target = urljoin(url, found.headers.get("location", ""))
                if found.status_code not in _REDIRECTS or not _is_safe(target):
                    return self._kept_file(found, url, into)
                url, own = target, headers
        raise UnexpectedAnswer(f"{shown(url)} leads on and on: no file was found there")

    def _credentials(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if self._requester.auth is not None:
            self._requester.auth.authentication(found)
        return found

    def _kept_file(self, found: requests.Response, url: str, into: Download) -> Answer:
        if found.status_code == _OK:
            into.take(found.iter_content(PIECE))
        kept = {name.lower(): value for name, value in found.headers.items()}
        return Answer(status=found.status_code, headers=kept, body=b"", url=url)

    def close(self) -> None:
        """Close the connections."""
        self._files.close()
        self._wire.close()
        self._requester.close()

    def _answer(self, path: str) -> Answer:
        kept = self._wire.kept
        if kept is None:
            raise UnexpectedAnswer(f"PyGithub returned without asking {shown(self.base_url + path)}")
        headers = {name.lower(): value for name, value in kept.headers.items()}
        body = without_secret(kept, self._secret)
        return Answer(status=kept.status_code, headers=headers, body=body, url=self.base_url + path)

    def _translated(self, error: Exception) -> Cut | TrackerError:
        asked = self._wire.asked
        if isinstance(error, GithubException) and not asked:
            return self._no_token(error)
        trouble = no_answer(error, self.base_url, asked=asked)
        if trouble is not None:
            return trouble
        reason = reason_of(error)
        if asked:
            return Cut(reason, sent=True)
        return UnexpectedAnswer(f"{shown(self.base_url)} gave no usable token for the request ({reason})")

    def _no_token(self, error: GithubException) -> Cut | TrackerError:
        """Translate what came back when PyGithub asked for an App's token: the request itself was never sent."""
        headers = {name.lower(): str(value) for name, value in (error.headers or {}).items()}
        body = json.dumps(error.data, default=str).encode()
        answer = Answer(error.status, headers, body, f"{self.base_url}/app/installations")
        now = SystemWall().now()
        if limit := rate_limit(answer, now):
            return out_of_budget("no token for the App", now + limit.wait_after(1), status=error.status)
        if error.status >= _SERVER_TROUBLE:
            return Cut(f"no token for the App, GitHub answered {error.status}", sent=False)
        return AuthenticationFailed(
            f"{answer.place} answered {error.status} when asked for the App's token: {clean(error.message or '')}; "
            "check app id, installation id and private key, and that the App is still installed",
            status=error.status,
        )


class _Wire(HTTPSRequestsConnectionClass):
    """PyGithub's connection, with its own memory: it keeps the answer and shows PyGithub an empty success."""

    def __init__(self, base: SplitResult, *, timeout: float) -> None:
        host = base.hostname or ""
        super().__init__(f"[{host}]" if ":" in host else host, base.port or (80 if base.scheme == "http" else 443))
        self.timeout = timeout  # type: ignore[assignment]  # requests takes fractions of a second; PyGithub's type does not say so
        self.protocol = base.scheme
        self.session.mount("http://", self.adapter)
        self.session.trust_env = not is_loopback(host)  # no proxy knows the way to this machine's own loopback
        self.asked = False
        self.kept: requests.Response | None = None
        self._target = ""

    def expect(self, base_url: str, path: str) -> None:
        """Prepare for one request."""
        self.asked = False
        self.kept = None
        self._target = urlsplit(base_url).path + path

    def getresponse(self) -> RequestsResponse:
        """Send, and keep what comes back."""
        self.url = self._target  # PyGithub sorts the query and drops its blank values; ETags go by the exact URL
        self.asked = True
        self.kept = super().getresponse().response
        return _EmptySuccess(self.kept)


class _EmptySuccess(RequestsResponse):
    """What PyGithub gets to see: nothing to follow, to wait for, to decode or to raise."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(response)
        self.status = 200
        self.headers = requests.structures.CaseInsensitiveDict()

    def read(self) -> str:
        """Give nothing to decode."""
        return ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".casefold()


def _is_safe(url: str) -> bool:
    """Whether a redirect may be followed: nobody on the way shall read what a file says."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _authentication(options: ClientOptions) -> tuple[Auth.Auth, str]:
    if options.token and options.app is None:
        token = checked_token(options.token)
        return Auth.Token(token), hashlib.sha256(token.encode()).hexdigest()[:16]
    if options.app is not None and not options.token:
        return _app_authentication(options.app)
    raise AuthenticationFailed(f"give a token or a GitHub App for {shown(options.url)}, one of the two")


def _app_authentication(app: AppCredentials) -> tuple[Auth.Auth, str]:
    unusable = False
    try:
        auth = Auth.AppAuth(app.app_id, app.private_key)
        auth.create_jwt()
    except Exception:  # noqa: BLE001  # whatever the key libraries raise means the same, and may quote the key
        unusable = True
    if unusable:
        raise AuthenticationFailed(f"the private key of GitHub App {app.app_id} cannot sign: give its PEM text, whole")
    return auth.get_installation_auth(app.installation_id), f"installation-{app.installation_id}"
