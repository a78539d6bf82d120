"""A real server on the loopback that does one thing, whatever is asked, and notes each request."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tierkeeper.plugins.github.client import ClientOptions, GitHubClient

Act = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Notes each request whole, then does what the test said."""

    protocol_version = "HTTP/1.1"
    server: "Loopback"

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, body))
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.server.act(self)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815  # http.server's names

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Loopback(ThreadingHTTPServer):
    """A server that does one thing, whatever is asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, bytes]] = []
        self.headers: list[dict[str, str]] = []
        self.act: Act = lambda handler: handler.say(200, b"{}")
        self.url = f"http://127.0.0.1:{self.server_port}"

    def says(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.act = lambda handler: handler.say(status, body, **headers)

    def hangs_up(self) -> None:
        self.act = Handler.hang_up

    def handle_error(self, *_: object) -> None:
        """A cut connection is the test's doing."""


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as loopback:
        thread = threading.Thread(target=loopback.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield loopback
        loopback.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: float) -> None:
        raise AssertionError("something slept in a library")

    monkeypatch.setattr(time, "sleep", refuse)


@pytest.fixture
def client(server: Loopback) -> Iterator[GitHubClient]:
    made = GitHubClient(ClientOptions(url=server.url, token="ghp_0123456789abcdefghijABCDEFGHIJ012345", timeout=5))
    yield made
    made.close()
