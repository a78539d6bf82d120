"""Messages: what happened, where, what to do; the server's words made safe; never a secret."""

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from tierkeeper.plugins.errors import NotFound, TrackerError, UnexpectedAnswer
from tierkeeper.plugins.transport.answer import Answer, Unknown, shown
from tierkeeper.plugins.transport.refusals import check, clean, server_message

SECRETS = [
    "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz",
    "ATATT3xFfGF0abcDEF-_=0123",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "0123456789abcdef0123456789abcdef01234567",
]


def answer(status: int, body: object = b"", **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Answer(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, content, "https://t.example/x"
    )


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 422, 429, 500])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_no_message_holds_a_secret(bench: Any, secret: str, status: int, method: str) -> None:
    said = {"message": f"bad token {secret}", "errors": [f"Authorization: Bearer {secret}"]}
    bench.server.says(status, body=said, location=f"https://u:{secret}@t.example/x?access_token={secret}")
    transport = bench.transport()
    try:
        if method == "GET":
            transport.get(f"/x?access_token={secret}")
        outcome = transport.create(f"/x?token={secret}", {"secret": secret})
        texts = [str(outcome), repr(outcome)]
        assert isinstance(outcome, Unknown)
    except TrackerError as error:
        texts = [str(error), repr(error), str(error.__cause__)]
    assert not [text for text in [*texts, repr(transport)] if secret in text]


def test_an_answer_shows_neither_headers_nor_body_nor_query() -> None:
    hidden = Answer(200, {"set-cookie": "s3cret"}, b"s3cret", "https://u:s3cret@t.example/x?token=s3cret")
    assert repr(hidden) == "Answer(200, 'https://t.example/x', 6 bytes)"
    assert "s3cret" not in "".join(str(part) for part in hidden.__rich_repr__())


@pytest.mark.parametrize(
    "text", ["Authorization: Basic dXNlcjpwYXNzd29yZA==", "https://me:hunter22@t.example/", "?password=hunter22&a=1"]
)
def test_what_looks_like_a_secret_is_taken_out(text: str) -> None:
    assert "(secret)" in clean(text)
    assert "hunter22" not in clean(text)
    assert "dXNl" not in clean(text)


def test_ordinary_words_are_left_alone() -> None:
    text = "Basic authentication is not allowed; the token expired"
    assert clean(text) == text


def test_the_servers_words_are_one_line_without_control_characters() -> None:
    said = server_message(answer(422, {"message": "a\x1b[31m\nb\u202ec" + "x" * 400}))
    assert said.startswith("a [31m b c")
    assert len(said) == 300


def test_the_words_of_both_platforms_are_found() -> None:
    github = {"message": "Validation Failed", "errors": [{"field": "title", "code": "missing"}, "too long"]}
    assert server_message(answer(422, github)) == "Validation Failed; title missing; too long"
    jira = {"errorMessages": ["No issue"], "errors": {"summary": "is required"}}
    assert server_message(answer(400, jira)) == "No issue; summary: is required"


@pytest.mark.parametrize("body", [b"<html>nginx</html>", b"\xff\xfe", b"[1]", b'"x"', b"null", b'{"errors": 5}'])
def test_a_body_in_no_known_shape_says_nothing(body: bytes) -> None:
    assert server_message(answer(500, body, content_type="text/html")) == ""


def test_plain_text_is_quoted() -> None:
    assert server_message(answer(403, b"Site down", content_type="text/plain")) == "Site down"


def test_a_message_says_what_where_and_what_to_do() -> None:
    with pytest.raises(NotFound) as caught:
        check(answer(404, {"message": "Not Found"}), method="GET")
    said = "GET https://t.example/x answered 404: Not Found; check the name, and that the account may see it"
    assert str(caught.value) == said


def test_the_right_that_github_names_is_passed_on() -> None:
    with pytest.raises(TrackerError, match="the account needs issues=write"):
        check(answer(403, x_accepted_github_permissions="issues=write"), method="POST")


def test_a_url_that_cannot_be_read_is_not_shown() -> None:
    assert shown("http://[bad") == "(a URL that cannot be read)"


def test_a_body_that_is_not_what_was_expected_is_our_error() -> None:
    with pytest.raises(UnexpectedAnswer, match="x answered 200"):
        answer(200, b"<html>").json()
    with pytest.raises(UnexpectedAnswer):
        answer(200, {"a": 1}).decode(list[int])
    assert answer(200, [1]).decode(list[int]) == [1]


def test_links_are_read_by_relation() -> None:
    header = '<https://t.example/x?a=1,2&page=2>; rel="next", <https://t.example/x?page=9>; title="a, b"; rel=last'
    assert answer(200, link=header).links() == {
        "next": "https://t.example/x?a=1,2&page=2",
        "last": "https://t.example/x?page=9",
    }
    assert answer(200).links() == {}


def test_the_date_is_read_as_utc() -> None:
    assert answer(200, date="Mon, 02 Nov 2026 09:00:00 GMT").date == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert answer(200, date="yesterday").date is None
    assert answer(200).date is None


def test_p4_the_policy_imports_no_sdk() -> None:
    code = (
        "import sys, tierkeeper.plugins.transport.policy, tierkeeper.plugins.transport.ports\n"
        "print([name for name in ('github', 'jira', 'requests', 'urllib3', 'sqlalchemy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
