"""The ASGI application: bytes in, bytes out, and the faults that belong to the connection."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Protocol

from tierkeeper.plugins.sandbox.control import Control
from tierkeeper.plugins.sandbox.faults import Fault
from tierkeeper.plugins.sandbox.pages import Pages
from tierkeeper.plugins.sandbox.wire import Answer, Call, Raw

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
TRANSPORT = "tierkeeper.transport"
"""Where the scope carries the connection, so that it can be cut."""


class Service(Protocol):
    """A platform's API: which faults befall a request, who asks, and the answer."""

    @property
    def lock(self) -> "threading.RLock":
        """Keeps tests from changing what is being read."""

    def faults_for(self, raw: Raw) -> Mapping[str, Fault]:
        """Return the faults that befall a request, by kind."""

    def login_of(self, raw: Raw) -> str:
        """Return who a request is from, or nobody."""

    def handle(self, raw: Raw, faults: Any) -> Answer:
        """Answer a request; `faults` is what `faults_for` returned."""


class Application:
    """What uvicorn runs."""

    def __init__(self, api: Service, control: Control, pages: Pages) -> None:
        self.api = api
        self.control = control
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        raw = Raw(
            method=scope["method"],
            path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0],
            query=scope["query_string"].decode("latin-1"),
            headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
            body=await _read(receive),
        )
        if raw.path.startswith("/_sandbox/"):
            await _write(send, self.control.handle(raw))
            return
        if self.pages.takes(raw):
            with self.api.lock:
                page = self.pages.answer(raw)
            await _write(send, page)
            return
        faults = self.api.faults_for(raw)
        if "latency" in faults:
            await asyncio.sleep(faults["latency"].seconds)
        answer = self.answer(raw, faults)
        if answer is None:
            await _cut(scope, receive)
        else:
            await _write(send, answer)

    def answer(self, raw: Raw, faults: Mapping[str, Fault]) -> Answer | None:
        """Answer a request to the API, and note it; None where the connection is cut without a word."""
        answer = None
        login = self.api.login_of(raw)
        if "cut-before-write" not in faults:
            with self.api.lock:
                answer = self.api.handle(raw, faults)
        if "cut-after-write" in faults:
            answer = None
        self.control.requests.append(Call(raw.method, raw.target, 0 if answer is None else answer.status, login))
        return answer


async def _read(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _write(send: Send, answer: Answer) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
    if answer.status not in (204, 304):
        headers.append((b"Content-Length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _cut(scope: Scope, receive: Receive) -> None:
    """Close the connection without a word, and wait until it is closed."""
    scope[TRANSPORT].close()
    while (await receive())["type"] != "http.disconnect":
        pass
