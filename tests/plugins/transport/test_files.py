"""However large a file is, memory holds one piece of it: through both clients, over a real connection."""

import hashlib
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from tempfile import TemporaryFile
from typing import BinaryIO, cast

import pytest

from tierkeeper.plugins.github.client import ClientOptions as GitHubOptions
from tierkeeper.plugins.github.client import GitHubClient
from tierkeeper.plugins.jira.client import ClientOptions as JiraOptions
from tierkeeper.plugins.jira.client import JiraClient
from tierkeeper.plugins.model.attachment import File
from tierkeeper.plugins.transport.files import PIECE, Download, Upload

PIECES = 400
SIZE = PIECES * PIECE
LITTLE = 4_000_000
"""Far below the size of the file: what connections and the interpreter take, and some pieces."""


class Files(BaseHTTPRequestHandler):
    """Gives and takes a large file; holds none."""

    protocol_version = "HTTP/1.1"
    taken = 0
    chunked = False

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(SIZE))
        self.end_headers()
        with suppress(ConnectionError):  # nobody has to read it all
            for _ in range(PIECES):
                self.wfile.write(bytes(PIECE))

    def do_POST(self) -> None:
        left = int(self.headers.get("Content-Length", 0))
        type(self).chunked = "Transfer-Encoding" in self.headers
        while left:
            left -= len(self.rfile.read(min(left, PIECE)))
        type(self).taken = int(self.headers.get("Content-Length", 0))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < LITTLE
    finally:
        tracemalloc.stop()


def jira(url: str, into: Download) -> Callable[[], object]:
    client = JiraClient(JiraOptions(url=url, token="t-1"))
    return lambda: client.send("GET", "/attachment/content/1?redirect=false", into, {})


def github(url: str, into: Download) -> Callable[[], object]:
    client = GitHubClient(GitHubOptions(url=url, token="t-1"))
    return lambda: client.send("GET", f"{url}/user-attachments/assets/1", into, {})


@pytest.mark.parametrize("ask", [jira, github])
def test_a_large_file_is_read_in_little_memory(url: str, ask: Callable[[str, Download], Callable[[], object]]) -> None:
    with TemporaryFile() as store:
        into = Download(cast("BinaryIO", store), SIZE)
        read = ask(url, into)
        with little_memory():
            read()
        assert (into.size, into.too_large, store.tell()) == (SIZE, False, SIZE)
        assert into.digest == hashlib.sha256(bytes(SIZE)).hexdigest()


def test_no_more_of_a_file_is_read_than_may_be(url: str) -> None:
    with TemporaryFile() as store:
        into = Download(cast("BinaryIO", store), 2 * PIECE)
        jira(url, into)()
        assert into.too_large
        assert store.tell() <= 2 * PIECE


def test_a_large_file_is_sent_in_little_memory_with_its_length(url: str) -> None:
    client = JiraClient(JiraOptions(url=url, token="t-1"))
    with TemporaryFile() as store:
        store.truncate(SIZE)
        file = File(name="a", mime="", size=SIZE, digest="0" * 64, content=cast("BinaryIO", store))
        upload = Upload(file)
        with little_memory():
            assert client.send("POST", "/issue/1/attachments", upload, {}).status == 200
    assert Files.taken == len(upload)
    assert not Files.chunked
