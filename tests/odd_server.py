"""A loopback server by another hand: valid answers, and as unlike our sandboxes' as the contracts allow.

No ETag, no Date, no rate headers, names of headers in lower case, bodies in chunks and at times packed, fields that
nobody asked for. What a platform's own odd server knows is in its subclass: `answer`.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Asked(NamedTuple):
    method: str
    path: tuple[str, ...]
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


class Said(NamedTuple):
    """An answer; `body` is sent as JSON, or as it is where it is bytes."""

    status: int = 200
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()


GARBLED = [
    Said(201, b"<html>Welcome</html>", (("content-type", "text/html"),)),
    Said(502, b"<html>Bad gateway</html>", (("content-type", "text/html"),)),
    Said(200, b""),
    Said(202, {"message": "taken"}),
]
"""What may come back for a write that was done: from something in between, or not at all."""


class OddServer:
    """A context manager. `wrong` may answer in place of the platform; `log` is all that was asked."""

    prefix = ""

    def __init__(self) -> None:
        self.now = START
        self.dated = False
        self.log: list[Asked] = []
        self.wrong: Callable[[Asked], Said | None] = lambda _: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return self.site + self.prefix

    def later(self, **span: float) -> str:
        """Let time go by; the new time as the command line takes it."""
        self.now += timedelta(**(span or {"minutes": 5}))
        return self.now.isoformat()

    def writes(self) -> list[Asked]:
        return [one for one in self.log if one.method != "GET" and not self.reads_by_post(one)]

    def reads_by_post(self, asked: Asked) -> bool:  # noqa: ARG002  # a subclass's matter
        return False

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def __enter__(self) -> Any:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler_of(odd: OddServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            text = self.rfile.read(length)
            parts = urlsplit(self.path)
            asked = Asked(
                self.command,
                tuple(unquote(part) for part in parts.path.removeprefix(odd.prefix).strip("/").split("/")),
                {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
                json.loads(text) if text else None,
                {name.lower(): value for name, value in self.headers.items()},
            )
            odd.log.append(asked)
            self._say(odd.wrong(asked) or odd.answer(asked), packed=len(odd.log) % 3 == 0)

        def _say(self, said: Said, *, packed: bool) -> None:
            body = said.body if isinstance(said.body, bytes) else b"" if said.body is None else _written(said.body)
            self.send_response_only(said.status)
            given = dict(said.headers) | ({"date": format_datetime(odd.now, usegmt=True)} if odd.dated else {})
            if not isinstance(said.body, bytes):
                given["content-type"] = "application/json;charset=UTF-8"
            if body and packed:
                body, given["content-encoding"] = gzip.compress(body), "gzip"
            if body:
                given["transfer-encoding"] = "chunked"
            elif said.status != 204:
                given["content-length"] = "0"
            for name, value in given.items():
                self.send_header(name, value)
            self.end_headers()
            for start in range(0, len(body), 700):
                piece = body[start : start + 700]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            if body:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for verb in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{verb}", Handler.do_any)
    return Handler


def _written(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, indent=1).encode()
