"""No exception of PyGithub, requests or urllib3 gets out of `send` as itself."""

import ssl
from collections.abc import Iterator

import github
import jwt
import pytest
import requests
import urllib3.exceptions

from tierkeeper.plugins.errors import TrackerError
from tierkeeper.plugins.github.client import ClientOptions, GitHubClient
from tierkeeper.plugins.transport.answer import Cut

SECRET = "Zq7pLm2Xw9"


def family(parent: type[BaseException]) -> Iterator[type[BaseException]]:
    yield parent
    for child in parent.__subclasses__():
        yield from family(child)


def made(kind: type[BaseException]) -> BaseException:
    """An instance that quotes a header, however its constructor looks."""
    quoted = f"Authorization: token {SECRET}"
    if issubclass(kind, github.GithubException):
        return kind(401, {"message": quoted}, {"X-Quoted": quoted}, quoted)
    error = kind.__new__(kind)
    error.args = (quoted,)
    return error


LIBRARY_ERRORS = sorted(
    {
        *family(github.GithubException),
        *family(requests.RequestException),
        *family(urllib3.exceptions.HTTPError),
        *family(jwt.exceptions.PyJWTError),
        github.BadAttributeException,
        *(OSError, ssl.SSLError, TimeoutError, ConnectionResetError, BrokenPipeError),
        *(RuntimeError, AssertionError, UnicodeEncodeError, KeyError, TypeError, ValueError),
    },
    key=lambda kind: f"{kind.__module__}.{kind.__qualname__}",
)


@pytest.fixture
def client() -> Iterator[GitHubClient]:
    client = GitHubClient(ClientOptions(url="http://127.0.0.1:1", token=SECRET))
    yield client
    client.close()


@pytest.mark.parametrize("kind", LIBRARY_ERRORS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("moment", ["while the request is under way", "before it"])
def test_what_a_library_raises_becomes_ours(
    client: GitHubClient, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException], moment: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise made(kind)

    if moment == "before it":
        monkeypatch.setattr(client._auth, "authentication", fail)
    else:
        monkeypatch.setattr(client._wire.session, "post", fail)
    with pytest.raises((Cut, TrackerError)) as caught:
        client.send("POST", "/x", {}, {})
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    if isinstance(caught.value, Cut):
        surely_not = (
            requests.exceptions.ConnectTimeout,
            urllib3.exceptions.ConnectTimeoutError,
            urllib3.exceptions.NewConnectionError,
        )
        assert caught.value.sent == (moment != "before it" and not issubclass(kind, surely_not))


def test_a_certificate_that_is_not_trusted_means_that_nothing_was_sent(
    client: GitHubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        untrusted = urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed"))
        raise requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(None, "/x", untrusted))  # type: ignore[arg-type]  # no pool in a test

    monkeypatch.setattr(client._wire.session, "post", fail)
    with pytest.raises(Cut, match="SSLCertVerificationError") as caught:
        client.send("POST", "/x", {}, {})
    assert not caught.value.sent
