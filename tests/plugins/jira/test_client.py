"""The client: one request out, one answer back; nothing of the library's own waits, retries, look-ups or time-outs."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from subprocess import run
from sys import executable

import pytest

from tierkeeper.plugins.errors import AuthenticationFailed, Unreachable, UsageError
from tierkeeper.plugins.jira.client import ClientOptions, JiraClient
from tierkeeper.plugins.transport.answer import Cut

TOKEN = "ATATT-very-secret"
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

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815  # http.server's names

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
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


@pytest.fixture
def client(server: Loopback) -> Iterator[JiraClient]:
    made = make(server)
    yield made
    made.close()


def make(server: Loopback, **options: object) -> JiraClient:
    given = {"url": server.url, "token": TOKEN, "email": "me@example.org", "timeout": 5.0, **options}
    return JiraClient(ClientOptions(**given))  # type: ignore[arg-type]  # a test's own keywords


def test_j5_making_a_client_asks_nothing(server: Loopback, client: JiraClient) -> None:
    assert server.asked == []
    assert client.send("GET", "/myself", None, {}).status == 200
    assert [path for _, path, _ in server.asked] == ["/rest/api/3/myself"]


def test_j1_a_post_whose_answer_is_cut_is_sent_once(server: Loopback, client: JiraClient) -> None:
    server.act = Handler.hang_up
    with pytest.raises(Cut) as cut:
        client.send("POST", "/issue", {"fields": {}}, {})
    assert cut.value.sent
    assert len(server.asked) == 1


@pytest.mark.parametrize("retry_after", ["600", "1.5", "Mon, 23 Nov 2026 10:00:00 GMT", ""])
@pytest.mark.parametrize("status", [429, 503])
def test_j2_a_limit_comes_back_at_once_with_its_header(
    server: Loopback, client: JiraClient, status: int, retry_after: str
) -> None:
    headers = {"Retry_After": retry_after} if retry_after else {}
    server.says(status, b"{}", **headers)
    before = time.monotonic()
    answer = client.send("GET", "/myself", None, {})
    assert (answer.status, answer.headers.get("retry-after", "")) == (status, retry_after)
    assert time.monotonic() - before < 2
    assert len(server.asked) == 1


def test_j3_a_server_that_says_nothing_is_not_waited_for(server: Loopback) -> None:
    def slow(handler: Handler) -> None:
        time.sleep(1.5)
        handler.say(200, b"{}")

    server.act = slow
    quick = make(server, timeout=0.2)
    before = time.monotonic()
    with pytest.raises(Cut) as cut:
        quick.send("GET", "/myself", None, {})
    assert cut.value.sent
    assert time.monotonic() - before < 1.2
    quick.close()


@pytest.mark.parametrize("status", [200, 201, 204, 301, 307, 400, 401, 404, 410, 500])
def test_every_answer_comes_back_as_it_is(server: Loopback, client: JiraClient, status: int) -> None:
    body = b"" if status == 204 else b'{"a": 1}'
    server.says(status, body, Location="/elsewhere", X_Seraph_LoginReason="AUTHENTICATED_FAILED")
    answer = client.send("PUT", "/issue/1", {"x": "ä"}, {})
    assert (answer.status, answer.body, answer.headers["location"]) == (status, body, "/elsewhere")
    assert server.asked == [("PUT", "/rest/api/3/issue/1", '{"x":"ä"}'.encode())]


def test_a_refusal_never_quotes_the_token(server: Loopback, client: JiraClient) -> None:
    server.says(400, f'{{"message": "{TOKEN}"}}'.encode())
    assert TOKEN.encode() not in client.send("GET", "/myself", None, {}).body
    assert TOKEN not in repr(client)


def test_j13_with_a_cloud_everything_goes_through_the_gateway(server: Loopback) -> None:
    behind = make(server, url="https://example.atlassian.net", cloud_id="11-22", gateway=server.url)
    behind.send("GET", "/myself", None, {})
    assert server.asked[0][1] == "/ex/jira/11-22/rest/api/3/myself"
    behind.close()


def test_a_token_is_sent_with_its_address_or_as_a_bearer(server: Loopback, client: JiraClient) -> None:
    client.send("GET", "/myself", None, {})
    bearer = make(server, email="")
    bearer.send("GET", "/myself", None, {})
    bearer.close()
    assert [headers["authorization"].split()[0] for headers in server.headers] == ["Basic", "Bearer"]
    assert client.credential != bearer.credential
    assert TOKEN not in client.credential


def test_a_server_that_is_not_there_got_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    gone = JiraClient(ClientOptions(url=url, token=TOKEN, email="me@example.org", timeout=1))
    with pytest.raises(Cut) as cut:
        gone.send("POST", "/issue", {}, {})
    assert not cut.value.sent
    gone.close()


def test_a_client_belongs_to_its_thread(client: JiraClient) -> None:
    found: list[BaseException] = []

    def ask() -> None:
        try:
            client.send("GET", "/myself", None, {})
        except RuntimeError as error:
            found.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert "belongs to another thread" in str(found[0])


@pytest.mark.parametrize(
    "url",
    ["http://example.org", "ftp://127.0.0.1", "https://me:pw@example.org", "https://", "https://x/?a=b", "https://[x"],
)
def test_an_address_that_would_give_the_token_away_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        JiraClient(ClientOptions(url=url, token=TOKEN))
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize("token", ["", "with blank", "with\nbreak", "ü"])
def test_a_token_that_cannot_be_one_is_refused(token: str) -> None:
    with pytest.raises(AuthenticationFailed):
        JiraClient(ClientOptions(url="https://example.atlassian.net", token=token))


def test_a_path_starts_with_one_slash(client: JiraClient) -> None:
    for path in ("myself", "//evil.example.org/x"):
        with pytest.raises(ValueError, match="starts with one slash"):
            client.send("GET", path, None, {})


def test_what_the_library_finds_wrong_with_a_request_is_no_cut(client: JiraClient) -> None:
    with pytest.raises(Unreachable, match="cannot be asked"):
        client.send("GET", "/myself", None, {"X-Broken": "a\nb"})


def test_the_jira_package_is_imported_only_when_a_tracker_is_made() -> None:
    code = "import sys, tierkeeper.plugins.jira.plugin; sys.exit('jira' in sys.modules)"
    assert run([executable, "-c", code], check=False).returncode == 0
