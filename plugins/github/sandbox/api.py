"""One request from bytes to answer: who asks, which version, which repository, which route."""

import base64
import hashlib
import threading
from urllib.parse import parse_qsl, unquote

from tierkeeper.plugins.github.sandbox import (
    routes_comments,
    routes_events,
    routes_fields,
    routes_files,
    routes_issues,
    routes_labels,
    routes_people,
    routes_relations,
    routes_repositories,
    routes_search,
)
from tierkeeper.plugins.github.sandbox.faults import Fault, Faults
from tierkeeper.plugins.github.sandbox.limits import Limits
from tierkeeper.plugins.github.sandbox.messages import Refusal, Request, not_found
from tierkeeper.plugins.github.sandbox.records import Repository
from tierkeeper.plugins.github.sandbox.render import Renderer
from tierkeeper.plugins.github.sandbox.router import Router
from tierkeeper.plugins.github.sandbox.store import Store
from tierkeeper.plugins.sandbox.clock import Clock, http_date
from tierkeeper.plugins.sandbox.wire import Answer, Raw

PREFIX = "/api/v3"


class Api:
    """GitHub's REST API over a store."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self.clock = clock
        self.store = store
        self.faults = Faults()
        self.limits = Limits(clock)
        self.event_pages: int | None = 300
        self._renderers: dict[str, Renderer] = {}
        self._router = Router()
        for part in (
            routes_issues,
            routes_labels,
            routes_comments,
            routes_events,
            routes_fields,
            routes_files,
            routes_people,
            routes_relations,
            routes_repositories,
            routes_search,
        ):
            self._router.include(part.ROUTES)

    @property
    def lock(self) -> "threading.RLock":
        """The store's."""
        return self.store.lock

    def faults_for(self, raw: Raw) -> dict[str, Fault]:
        """Return the faults that befall a request; `/repositories/ID` may be matched by name too."""
        target = raw.target.removeprefix(PREFIX)
        spellings = [f"{raw.method} {target}"]
        parts = target.split("/", 3)
        if len(parts) > 2 and parts[1] == "repositories" and parts[2].isdigit():  # noqa: PLR2004 - "", word, id
            repository = self.store.data.repositories.get(int(parts[2]))
            if repository is not None:
                spellings.append(f"{raw.method} /repos/{'/'.join([repository.full_name, *parts[3:]])}")
        return self.faults.take(*spellings)

    def handle(self, raw: Raw, faults: dict[str, Fault]) -> Answer:
        """Answer a request."""
        request = self._request(raw)
        resource = "search" if "/search/" in raw.path else "core"
        answer = self._answer(request, raw, faults, resource)
        etag = ""
        if answer.status == 200 and raw.method == "GET":  # noqa: PLR2004 - OK
            etag = f'W/"{hashlib.blake2b(request.token.encode() + b"|" + answer.body, digest_size=32).hexdigest()}"'
            if etag in raw.headers.get("if-none-match", ""):
                answer.status, answer.body = 304, b""
        free = answer.status == 304 or raw.path.removeprefix(PREFIX) == "/rate_limit"  # noqa: PLR2004 - not modified
        token = self.store.data.tokens.get(request.token)
        if not free:
            self.limits.spend(request.token, token, resource)
        headers = {
            "Date": http_date(self.clock.now),
            "Content-Type": "application/json; charset=utf-8",
            "Cache-Control": "private, max-age=60, s-maxage=60",
            "Vary": "Accept, Authorization, Cookie, X-GitHub-OTP",
            "X-GitHub-Media-Type": "github.v3; format=json",
            **self.limits.headers(request.token, token, resource),
        }
        if etag:
            headers["ETag"] = etag
        if request.version:
            headers["X-GitHub-Api-Version-Selected"] = request.version
        answer.headers = headers | answer.headers
        return answer

    def login_of(self, raw: Raw) -> str:
        """Return who a request is from, or nobody."""
        token = self.store.data.tokens.get(_token_of(raw.headers.get("authorization", "")))
        return token.login if token else ""

    def _answer(self, request: Request, raw: Raw, faults: dict[str, Fault], resource: str) -> Answer:
        try:
            self._refuse_by_fault(faults)
            self._authenticate(request, raw)
            if raw.path.removeprefix(PREFIX) == "/rate_limit":
                return self._rate_limit(request)
            self._check_limit(request, resource)
            self._apply(request, faults)
            answer = self._dispatch(request, raw)
        except Refusal as refusal:
            answer = refusal.answer()
        late = faults.get("server-error")
        return Refusal(late.status or 502, "Server Error").answer() if late and late.written else answer

    def _refuse_by_fault(self, faults: dict[str, Fault]) -> None:
        """Refuse as a fault asks for, before anything is done."""
        broken, limited = faults.get("server-error"), faults.get("rate-limit")
        if broken is not None and not broken.written:
            raise Refusal(broken.status or 502, "Server Error")
        if limited is None:
            return
        status = limited.status or 429
        headers = {} if limited.retry_after is None else {"Retry_After": str(limited.retry_after)}
        if not limited.primary:
            message = "You have exceeded a secondary rate limit. Please wait before you try again."
            raise Refusal(status, message, **headers)
        headers |= {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": str(self.clock.seconds + limited.reset_in)}
        raise Refusal(status, "API rate limit exceeded for user ID 1.", **headers)

    def _request(self, raw: Raw) -> Request:
        host = raw.headers.get("host", "127.0.0.1")
        base = f"http://{host}{PREFIX if raw.path.startswith(PREFIX) else ''}"
        renderer = self._renderers.setdefault(base, Renderer(self.store, base))
        request = Request(self.store, renderer, raw.method, parse_qsl(raw.query, keep_blank_values=True))
        request.body = raw.body
        request.event_pages = self.event_pages
        request.token = _token_of(raw.headers.get("authorization", ""))
        return request

    def _authenticate(self, request: Request, raw: Raw) -> None:
        version = raw.headers.get("x-github-api-version")
        if version is not None and version not in routes_people.VERSIONS:
            raise Refusal(400, f"Version {version} is not supported.")
        request.version = version or routes_people.VERSIONS[0]
        if not raw.headers.get("authorization"):
            return
        token = self.store.data.tokens.get(request.token)
        if token is None:
            raise Refusal(401, "Bad credentials")
        request.person, request.app = self.store.person(token.login), token.app

    def _check_limit(self, request: Request, resource: str) -> None:
        token = self.store.data.tokens.get(request.token)
        if not self.limits.state(request.token, token, resource)["remaining"]:
            raise Refusal(403, f"API rate limit exceeded for user ID {request.person.id if request.person else 0}.")

    def _apply(self, request: Request, faults: dict[str, Fault]) -> None:
        """Let a request run into the faults that show only while it is answered."""
        request.drop_labels = "drop-labels" in faults
        request.search_lag = faults["search-lag"].seconds if "search-lag" in faults else 0.0
        request.max_page = faults["deep-page-422"].pages if "deep-page-422" in faults else None
        if "rename" in faults:
            self.store.rename_repository(faults["rename"].repository, faults["rename"].to)

    def _dispatch(self, request: Request, raw: Raw) -> Answer:
        path = raw.path.removeprefix(PREFIX)
        segments = [unquote(segment) for segment in path.strip("/").split("/")]
        request.link_path = path
        if segments[0] in ("repos", "repositories"):
            segments = self._enter(request, raw, segments)
        elif segments[0] == "organizations":
            segments = self._organization_path(segments)
        found = self._router.find(raw.method, segments)
        if found is None:
            raise not_found()
        handler, request.args = found
        return handler(request)

    def _enter(self, request: Request, raw: Raw, segments: list[str]) -> list[str]:
        """Find the repository that a path names by id or name; return the path by its name of today."""
        by_id = segments[0] == "repositories"
        home = 2 if by_id else 3
        if len(segments) < home or (by_id and not segments[1].isdigit()):
            raise not_found()
        full_name = "/".join(segments[1:3]).lower()
        key = int(segments[1]) if by_id else self.store.data.names.get(full_name, 0)
        place = self._visible(request, self.store.data.repositories.get(key))
        rest = raw.path.removeprefix(PREFIX).strip("/").split("/")[home:]
        request.link_path = "/".join([f"/repositories/{place.id}", *rest])
        if not by_id and place.full_name.lower() != full_name:
            raise self._moved(request, raw)
        if place.archived and raw.method not in ("GET", "HEAD"):
            raise Refusal(403, "Repository was archived so is read-only.")
        request.place = place
        return ["repos", place.owner, place.name, *segments[home:]]

    def _organization_path(self, segments: list[str]) -> list[str]:
        """Return the path by name for one by an organization's id, which teams' own URLs have."""
        if len(segments) > 3 and segments[2] == "team":  # noqa: PLR2004 - word, id, word, id
            return ["teams", *segments[3:]]
        for organization in self.store.data.organizations.values():
            if [str(organization.id)] == segments[1:2]:
                return ["orgs", organization.login, *segments[2:]]
        raise not_found()

    def _visible(self, request: Request, place: Repository | None) -> Repository:
        """Return a repository that who asks may see; the others are not there."""
        if place is None or not self.store.level(place, request.person.login if request.person else None):
            raise not_found()
        return place

    def _moved(self, request: Request, raw: Raw) -> Refusal:
        """Return the way to a renamed repository; a write is not done."""
        url = f"{request.render.base}{request.link_path}{'?' + raw.query if raw.query else ''}"
        if raw.method in ("GET", "HEAD"):
            return Refusal(301, "Moved Permanently", Location=url)
        return Refusal(307, "Temporary Redirect", Location=url)

    def _rate_limit(self, request: Request) -> Answer:
        token = self.store.data.tokens.get(request.token)
        core = self.limits.state(request.token, token)
        resources = {"core": core, "search": self.limits.state(request.token, token, "search")}
        shown = {"resources": resources}
        # 2026-03-10 took the doubled `rate` away
        return Answer(shown if request.version == routes_people.VERSIONS[1] else {**shown, "rate": core})


def _token_of(authorization: str) -> str:
    """Return the token of an Authorization header."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[2]
        except ValueError:
            return ""
    return value.strip()
