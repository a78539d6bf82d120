"""One request from bytes to answer: where it came in, who asks, which faults befall it, which route."""

import base64
import threading
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from tierkeeper.plugins.jira.sandbox import (
    routes_attachments,
    routes_changelog,
    routes_comments,
    routes_edit,
    routes_issues,
    routes_links,
    routes_people,
    routes_projects,
    routes_properties,
    routes_search,
    routes_transitions,
    routes_worklogs,
)
from tierkeeper.plugins.jira.sandbox.faults import Fault, Faults
from tierkeeper.plugins.jira.sandbox.messages import NO_ISSUE, Refusal, Request, Router, Unauthorized
from tierkeeper.plugins.jira.sandbox.records import Token, User
from tierkeeper.plugins.jira.sandbox.settings import Settings
from tierkeeper.plugins.jira.sandbox.store import Store
from tierkeeper.plugins.sandbox.clock import Clock, http_date
from tierkeeper.plugins.sandbox.wire import Answer, Raw

GATEWAY = "/ex/jira/"
API = ("/rest/api/3/", "/rest/api/latest/")
_PARTS = (
    routes_attachments,
    routes_changelog,
    routes_comments,
    routes_edit,
    routes_issues,
    routes_links,
    routes_people,
    routes_projects,
    routes_properties,
    routes_search,
    routes_transitions,
    routes_worklogs,
)


class Entrance(NamedTuple):
    """Where a request came in: by the gateway of which cloud, or on the site; and the path behind it."""

    cloud: str | None
    path: str


class Api:
    """Jira's REST API over a store."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self.clock = clock
        self.store = store
        self.faults = Faults()
        self.settings = Settings()
        self._router = Router()
        for part in _PARTS:
            self._router.include(part.ROUTES)

    @property
    def lock(self) -> "threading.RLock":
        """The store's."""
        return self.store.lock

    def faults_for(self, raw: Raw) -> dict[str, Fault]:
        """Return the faults that befall a request; a match never sees the gateway."""
        path = _entrance(raw.path).path
        target = f"{path}?{raw.query}" if raw.query else path

        def befalls(fault: Fault) -> bool:
            return not fault.issue or (raw.method != "GET" and self._is_about(path, fault.issue))

        return self.faults.take(f"{raw.method} {target}", befalls=befalls)

    def _is_about(self, path: str, issue: str) -> bool:
        """Whether a path is below an issue, or below what belongs to it."""
        words = path.split("/")
        if len(words) < 6 or words[4] != "issue":  # noqa: PLR2004 - "", rest, api, 3, issue, KEY
            return False
        named, wanted = self.store.find_issue(unquote(words[5])), self.store.find_issue(issue)
        return named is not None and named is wanted

    def login_of(self, raw: Raw) -> str:
        """Return who a request is from, by handle, or nobody."""
        token = self._token(raw)
        return "" if token is None else self.store.data.users[token.account_id].handle

    def handle(self, raw: Raw, faults: dict[str, Fault]) -> Answer:
        """Answer a request."""
        try:
            self._refuse_by_fault(faults)
            answer = self._dispatch(raw, faults)
        except Refusal as refusal:
            answer = refusal.answer()
        late = faults.get("server-error")
        if late is not None and late.written:
            answer = Refusal(late.status or 502, "Internal server error").answer()
        headers = {
            "Date": http_date(self.clock.now),
            "Content-Type": "application/json;charset=UTF-8",
            "Cache-Control": "no-cache, no-store, no-transform",
            "X-RateLimit-Limit": "350",
        }
        if "near-limit" in faults:
            headers["X-RateLimit-NearLimit"] = "true"
        answer.headers = headers | answer.headers
        return answer

    @staticmethod
    def _refuse_by_fault(faults: dict[str, Fault]) -> None:
        """Refuse as a fault asks for, before anything is done."""
        broken, limited = faults.get("server-error"), faults.get("rate-limit")
        if broken is not None and not broken.written:
            raise Refusal(broken.status or 502, "Internal server error")
        if limited is None:
            return
        headers = {"RateLimit-Reason": limited.reason, "X-RateLimit-Remaining": "0"}
        if limited.retry_after is not None:
            headers["Retry-After"] = str(limited.retry_after)
        raise Refusal(limited.status or 429, "Rate limit exceeded.", headers=headers)

    def _dispatch(self, raw: Raw, faults: dict[str, Fault]) -> Answer:
        entrance = _entrance(raw.path)
        if entrance.path == "/_edge/tenant_info":
            return Answer({"cloudId": self.store.data.cloud_id})
        user = self._authenticate(raw, entrance)
        if "rename" in faults:
            self.store.rename_project(faults["rename"].project, faults["rename"].to)
        prefix = next((one for one in API if entrance.path.startswith(one)), None)
        segments = [] if prefix is None else entrance.path.removeprefix(prefix).rstrip("/").split("/")
        found = self._router.find(raw.method, [unquote(segment) for segment in segments])
        if found is None:
            raise Refusal(404, "Not found: this sandbox has no such resource.")
        request = Request(self.store, self.settings, user, f"http://{raw.headers.get('host', '127.0.0.1')}")
        request.method, request.body, request.faults = raw.method, raw.body, faults
        request.headers = raw.headers
        request.pairs = parse_qsl(raw.query, keep_blank_values=True)
        handler, request.args = found
        answer = handler(request)
        if user is None and answer.status == 404:  # noqa: PLR2004 - not found
            raise Refusal(404, NO_ISSUE)
        return answer

    def _authenticate(self, raw: Raw, entrance: Entrance) -> User | None:
        """Return who asks: scoped tokens at the gateway only, the others on the site only, nobody without a token."""
        at_gateway = entrance.cloud is not None
        if at_gateway and entrance.cloud != self.store.data.cloud_id:
            raise Refusal(404, "Not found: no such cloud.")
        if not raw.headers.get("authorization"):
            if at_gateway:
                raise Unauthorized(at_gateway=True)
            return None
        token = self._token(raw)
        if token is None or (token.scopes is not None) is not at_gateway:
            raise Unauthorized(at_gateway=at_gateway)
        if token.scopes is not None and not _in_scope(raw.method, entrance.path, token.scopes):
            raise Unauthorized(at_gateway=True, scope="wanted")
        return self.store.data.users[token.account_id]

    def _token(self, raw: Raw) -> Token | None:
        """Return the token that a request bears, if it is good: basic with the account's e-mail, or bearer."""
        scheme, _, value = raw.headers.get("authorization", "").partition(" ")
        name = None
        if scheme.lower() == "basic":
            try:
                name, _, value = base64.b64decode(value).decode().partition(":")
            except ValueError:
                return None
        token = self.store.data.tokens.get(value.strip())
        if token is None or (token.expires is not None and token.expires <= self.clock.milliseconds):
            return None
        user = self.store.data.users[token.account_id]
        is_right = user.active and (token.scopes is not None if name is None else name.lower() == user.email.lower())
        return token if is_right else None


def _entrance(path: str) -> Entrance:
    """Split a path into the gateway, if it came that way, and the rest."""
    if not path.startswith(GATEWAY):
        return Entrance(None, path)
    cloud, _, rest = path.removeprefix(GATEWAY).partition("/")
    return Entrance(cloud, f"/{rest}")


_READING_POSTS = ("/search/jql", "/search/approximate-count", "/bulkfetch", "/changelog/list", "/comment/list")


def _in_scope(method: str, path: str, scopes: list[str]) -> bool:
    """Whether scopes allow a request: the classic ones, which are all that this sandbox knows."""
    if path.endswith(("/myself", "/serverInfo")) or any(part in path for part in ("/user", "/group")):
        return bool({"read:jira-user", "read:me"} & set(scopes)) or path.endswith("/serverInfo")
    reading = method == "GET" or path.endswith(_READING_POSTS)
    return ("read:jira-work" if reading else "write:jira-work") in scopes
