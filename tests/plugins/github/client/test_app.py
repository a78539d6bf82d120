"""A GitHub App: its token is asked for when needed; without one nothing is sent."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tierkeeper.plugins.errors import AuthenticationFailed, OutOfBudget, TrackerError, UnexpectedAnswer
from tierkeeper.plugins.github.client import AppCredentials, ClientOptions, GitHubClient
from tierkeeper.plugins.transport.answer import Cut


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(*pem).decode()


def app_client(server: Any, key: str) -> GitHubClient:
    return GitHubClient(
        ClientOptions(url=server.url, app=AppCredentials(app_id=7, installation_id=42, private_key=key), timeout=5)
    )


def test_an_app_gets_its_token_once_and_uses_it(server: Any, private_key: str) -> None:
    minted = json.dumps({"token": "ghs_made", "expires_at": "2099-01-01T00:00:00Z"}).encode()
    server.act = lambda handler: handler.say(201, minted) if "access_tokens" in handler.path else handler.say(200, b"1")
    client = app_client(server, private_key)
    assert [client.send("GET", "/x", None, {}).json() for _ in range(2)] == [1, 1]
    assert [path for _, path, _ in server.asked] == ["/app/installations/42/access_tokens", "/x", "/x"]
    assert server.headers[-1]["authorization"] == "token ghs_made"
    assert client.credential == "installation-42"
    client.close()


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda handler: handler.say(401, b'{"message": "Bad credentials"}'), AuthenticationFailed),
        (lambda handler: handler.say(404, b'{"message": "Not Found"}'), AuthenticationFailed),
        (lambda handler: handler.say(403, b'{"message": "x"}', Retry_After="60"), OutOfBudget),
        (lambda handler: handler.say(429), OutOfBudget),
        (lambda handler: handler.say(201, b"{not json"), UnexpectedAnswer),
        (lambda handler: handler.say(201, b'{"token": 5, "expires_at": 5}'), UnexpectedAnswer),
        (lambda handler: handler.say(301, Location="https://elsewhere.example/x"), UnexpectedAnswer),
    ],
)
def test_an_app_that_gets_no_token_sends_nothing(
    server: Any, private_key: str, act: Callable[[Any], None], expected: type[TrackerError]
) -> None:
    server.act = act
    client = app_client(server, private_key)
    with pytest.raises(expected) as caught:
        client.send("POST", "/repos/o/r/issues", {}, {})
    assert caught.value.__context__ is None
    assert len(server.asked) == 1
    client.close()


@pytest.mark.parametrize("act", [lambda handler: handler.hang_up(), lambda handler: handler.say(502)])
def test_trouble_while_an_app_gets_its_token_is_a_cut_before_anything_was_sent(
    server: Any, private_key: str, act: Callable[[Any], None]
) -> None:
    server.act = act
    client = app_client(server, private_key)
    with pytest.raises(Cut) as caught:
        client.send("POST", "/repos/o/r/issues", {}, {})
    assert not caught.value.sent
    assert len(server.asked) == 1  # with PyGithub's own retries it would be eleven
    client.close()


def test_an_apps_key_that_cannot_sign_is_refused_at_once_and_not_quoted(server: Any) -> None:
    with pytest.raises(AuthenticationFailed, match="cannot sign") as caught:
        app_client(server, "-----BEGIN s3cret-----")
    assert caught.value.__context__ is None
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(AppCredentials(app_id=7, installation_id=42, private_key="s3cret"))
