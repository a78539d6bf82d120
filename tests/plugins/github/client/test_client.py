"""GitHub's client against a real loopback server: one request out, the true answer back, the library's habits off."""

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import responses

from tierkeeper.plugins.errors import (
    AuthenticationFailed,
    Moved,
    OutOfBudget,
    UnexpectedAnswer,
    Unreachable,
    UsageError,
)
from tierkeeper.plugins.github.client import ClientOptions, GitHubClient
from tierkeeper.plugins.transport.answer import Answer, Cut, Unknown
from tierkeeper.plugins.transport.policy import Transport
from tierkeeper.plugins.transport.ports import ManualWall, MemoryBudget, MemoryEtags

TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def transport_for(client: GitHubClient) -> Transport:
    return Transport(
        client.send,
        credential=client.credential,
        base_url=client.base_url,
        budget=MemoryBudget(),
        etags=MemoryEtags(),
        wall=ManualWall(NOW),
        patience=timedelta(seconds=30),
    )


def test_an_answer_comes_back_whole_and_the_request_names_version_agent_and_token(
    server: Any, client: GitHubClient
) -> None:
    server.says(418, b"\xff\x00raw", X_Thing="a")
    answer = client.send("PATCH", "/x?b=2&a=1&empty=", {"title": "ü"}, {"X-Mine": "1"})
    assert (answer.status, answer.body, answer.headers["x-thing"]) == (418, b"\xff\x00raw", "a")
    assert answer.url == f"{server.url}/x?b=2&a=1&empty="
    method, path, body = server.asked[0]
    assert (method, path, json.loads(body)) == ("PATCH", "/x?b=2&a=1&empty=", {"title": "ü"})
    sent = server.headers[0]
    assert (sent["authorization"], sent["user-agent"]) == (f"token {TOKEN}", "tierkeeper")
    assert (sent["x-github-api-version"], sent["accept"]) == ("2022-11-28", "application/vnd.github+json")
    assert sent["x-mine"] == "1"


def test_g1_a_502_on_a_post_counts_one_request(server: Any, client: GitHubClient) -> None:
    server.says(502)
    assert isinstance(transport_for(client).create("/repos/o/r/issues", {"title": "x"}), Unknown)
    assert len(server.asked) == 1


def test_g1_a_connection_cut_after_the_post_was_read_counts_one_request(server: Any, client: GitHubClient) -> None:
    server.hangs_up()
    assert isinstance(transport_for(client).create("/repos/o/r/issues", {"title": "x"}), Unknown)
    assert len(server.asked) == 1


def test_g1_a_connection_that_was_idle_and_is_cut_is_not_used_twice(server: Any, client: GitHubClient) -> None:
    client.send("GET", "/warm-up", None, {})
    server.hangs_up()
    assert isinstance(transport_for(client).create("/repos/o/r/issues", {"title": "x"}), Unknown)
    assert [method for method, _, _ in server.asked] == ["GET", "POST"]


def test_g1_an_answer_cut_in_its_middle_is_a_cut(server: Any, client: GitHubClient) -> None:
    def half(handler: Any) -> None:
        handler.send_response(201)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"{")
        handler.close_connection = True

    server.act = half
    with pytest.raises(Cut) as caught:
        client.send("POST", "/x", {}, {})
    assert caught.value.sent


@pytest.mark.parametrize("status", [429, 403, 500, 502, 202])
def test_g2_g10_nothing_sleeps_or_asks_again_in_the_library(server: Any, client: GitHubClient, status: int) -> None:
    # 202: PyGithub would sleep and ask again for ever
    server.says(status, b"{}", Retry_After="600", X_RateLimit_Remaining="0")
    assert client.send("GET", "/x", None, {}).status == status
    assert len(server.asked) == 1


def test_headers_that_make_no_sense_do_not_hide_the_answer(server: Any, client: GitHubClient) -> None:
    server.says(201, b"1", X_RateLimit_Remaining="many", X_RateLimit_Limit="x", X_RateLimit_Reset="soon", Date="now")
    assert client.send("POST", "/x", {}, {}).json() == 1


def test_g2_a_429_without_a_header_is_out_of_budget_for_a_minute(server: Any, client: GitHubClient) -> None:
    server.says(429)
    with pytest.raises(OutOfBudget) as caught:
        transport_for(client).get("/x")
    assert caught.value.until == NOW + timedelta(seconds=60)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_g3_g4_g5_no_redirect_is_followed(server: Any, client: GitHubClient, status: int) -> None:
    server.says(status, Location=f"{server.url}/repositories/7/issues")
    transport = transport_for(client)
    with pytest.raises(Moved):
        transport.get("/repos/o/r/issues?state=all&since=2026-01-01T00:00:00Z")
    with pytest.raises(Moved):
        transport.create("/repos/o/r/issues", {})
    assert len(server.asked) == 2


def test_g9_another_thread_is_refused(server: Any, client: GitHubClient) -> None:
    caught: list[str] = []

    def elsewhere() -> None:
        try:
            client.send("GET", "/x", None, {})
        except RuntimeError as error:
            caught.append(str(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert ["another thread" in said for said in caught] == [True]
    assert server.asked == []


def test_g10_requests_follow_each_other_at_once(server: Any, client: GitHubClient) -> None:
    for method in ("GET", "POST", "POST", "GET", "PATCH", "DELETE"):
        client.send(method, "/x", None, {})  # a sleep would raise
    assert len(server.asked) == 6


def test_g11_an_escaped_slash_stays_escaped(server: Any, client: GitHubClient) -> None:
    client.send("DELETE", "/repos/o/r/issues/1/labels/tier%2F2", None, {})
    assert server.asked[0][1] == "/repos/o/r/issues/1/labels/tier%2F2"


def test_g19_pages_of_a_server_under_a_path_keep_to_it(server: Any) -> None:
    link = f'<{server.url}/api/v3/repositories/7/issues?page=2>; rel="next"'
    server.act = lambda handler: handler.say(200, b"[]", **({} if "page=2" in handler.path else {"Link": link}))
    client = GitHubClient(ClientOptions(url=f"{server.url}/api/v3/", token=TOKEN))
    assert len(list(transport_for(client).pages("/repos/o/r/issues"))) == 2
    assert [path for _, path, _ in server.asked] == ["/api/v3/repos/o/r/issues", "/api/v3/repositories/7/issues?page=2"]
    server.says(200, b"[]", Link='<http://127.0.0.1:1/x>; rel="next"')
    with pytest.raises(UnexpectedAnswer):
        list(transport_for(client).pages("/repos/o/r/issues"))
    client.close()


def test_p3_nothing_is_cached_in_memory_or_on_disk(
    server: Any, client: GitHubClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    server.says(200, b"[]", Cache_Control="private, max-age=60", ETag='"a"')
    transport = transport_for(client)
    for _ in range(2):
        transport.get("/x")
    assert len(server.asked) == 2
    assert list(tmp_path.iterdir()) == []


def test_g15_a_304_comes_through(server: Any, client: GitHubClient) -> None:
    server.act = lambda handler: (
        handler.say(304) if handler.headers["If-None-Match"] == '"a"' else handler.say(200, b"[]", ETag='"a"')
    )
    transport = transport_for(client)
    assert isinstance(transport.get_if_changed("/x"), Answer)
    assert not isinstance(transport.get_if_changed("/x"), Answer)


@responses.activate
def test_g20_the_public_host_is_asked_with_its_port() -> None:
    responses.get("https://api.github.com:443/user", json={"login": "x"}, status=200)
    client = GitHubClient(ClientOptions(token=TOKEN))
    assert client.send("GET", "/user", None, {}).json() == {"login": "x"}


def test_a_server_that_is_not_there_got_nothing() -> None:
    client = GitHubClient(ClientOptions(url="http://127.0.0.1:1", token=TOKEN))
    with pytest.raises(Cut) as caught:
        client.send("POST", "/x", {}, {})
    assert not caught.value.sent
    with pytest.raises(Unreachable, match="nothing was sent"):
        transport_for(client).create("/x", {})
    client.close()


def test_a_server_that_does_not_answer_in_time_may_have_got_it(server: Any) -> None:
    release = threading.Event()

    def wait(_: Any) -> None:
        release.wait(10)

    server.act = wait
    client = GitHubClient(ClientOptions(url=server.url, token=TOKEN, timeout=0.1))
    with pytest.raises(Cut, match="ReadTimeout") as caught:
        client.send("POST", "/x", {}, {})
    release.set()
    assert caught.value.sent
    client.close()


def test_a_token_echoed_by_the_server_is_in_no_message(server: Any) -> None:
    odd = "Zq7pLm2Xw9"  # nothing marks it as a token
    client = GitHubClient(ClientOptions(url=server.url, token=odd))
    server.says(401, json.dumps({"message": f"no such token {odd}"}).encode())
    with pytest.raises(AuthenticationFailed) as caught:
        transport_for(client).get(f"/x?token={odd}")
    shown = [str(caught.value), repr(caught.value), repr(client), repr(ClientOptions(token=odd)), client.credential]
    assert not [text for text in shown if odd in text]
    client.close()


@pytest.mark.parametrize("path", ["x", "//evil.example/x", "https://evil.example/x", ""])
def test_a_path_that_is_none_is_refused(server: Any, client: GitHubClient, path: str) -> None:
    with pytest.raises(ValueError, match="one slash"):
        client.send("GET", path, None, {})
    assert server.asked == []


@pytest.mark.parametrize(
    "url",
    ["http://github.example", "ftp://127.0.0.1", "https://u:pw@x.example", "https://", "https://x:a", "https://x?a=pw"],
)
def test_a_url_that_would_give_the_token_away_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        GitHubClient(ClientOptions(url=url, token=TOKEN))
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("token", ["", None, "abc\n", "x y", "tökén"])
def test_a_token_that_is_none_is_refused(token: str | None) -> None:
    with pytest.raises(AuthenticationFailed) as caught:
        GitHubClient(ClientOptions(token=token))
    assert not token or token not in str(caught.value)


def test_p4_the_github_package_costs_nothing_until_a_client_is_made() -> None:
    code = "import sys, tierkeeper.plugins.github, tierkeeper.plugins.transport.policy; print('github' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
