"""A line to sandboxes that were not started: each request is answered in the thread that asks, without a socket.

The clients are the real ones, and so is what they send; only what carries it is left out, for tests that ask a lot.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from tierkeeper.plugins.sandbox.wire import Raw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierkeeper.plugins.sandbox.server import Sandbox


@contextmanager
def on_a_line(*boxes: Sandbox) -> Iterator[None]:
    """Answer what is asked of these; each has a port of its own, on which nobody listens."""
    there = {box.url: box for box in boxes}
    original = HTTPAdapter.send

    def send(self: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        box = there.get(f"{parts.scheme}://{parts.netloc}")
        if box is None:
            return original(self, request, *args, **options)
        headers = {"host": parts.netloc, **{name.lower(): str(value) for name, value in request.headers.items()}}
        raw = Raw(request.method or "GET", parts.path, parts.query, headers, _body(request))
        return _answer(box, request, raw, patience=options["timeout"])

    HTTPAdapter.send = send  # type: ignore[method-assign]  # put back below
    try:
        yield
    finally:
        HTTPAdapter.send = original  # type: ignore[method-assign]  # as it was


def _body(request: requests.PreparedRequest) -> bytes:
    """What is sent; a file comes in pieces."""
    body: Any = request.body or b""
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b"".join(body)


def _answer(box: Sandbox, request: requests.PreparedRequest, raw: Raw, *, patience: float) -> requests.Response:
    """What the sandbox answers; the error of a connection that it cuts, or of one that it answers too late."""
    faults = box.application.api.faults_for(raw)
    answer = box.application.answer(raw, faults)
    if "latency" in faults and faults["latency"].seconds >= patience:
        raise requests.ReadTimeout(request=request)
    if answer is None:
        raise requests.ConnectionError("Connection aborted.", request=request)
    response = requests.Response()
    response.status_code, response.url, response.request = answer.status, request.url or "", request
    response.headers.update(answer.headers)
    response._content = answer.body
    response._content_consumed = True  # type: ignore[attr-defined]  # as requests does once it has read the body
    return response
