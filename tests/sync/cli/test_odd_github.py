"""The whole command line against a GitHub by another hand: valid answers, and unlike those of our own sandbox."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from command_line import TOKEN, Call
from desk_world import POLICY
from odd_github import OddGitHub
from odd_server import GARBLED, Asked, Said

from tierkeeper.plugins.transport.ports import SystemWall
from tierkeeper.sync.ledger import Ledger

LABELS = ("tier:key-users", "tier:help-desk", "tier:support", "tier:development", "instance:berlin-01")


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OddGitHub]:
    """A desk whose policy is ./desk.yaml, with forty labels: two pages. Nobody waits in earnest."""
    monkeypatch.setattr(SystemWall, "sleep", lambda *_: None)
    with OddGitHub() as made:
        made.labels = [*LABELS, *(f"other-{number}" for number in range(40))]
        text = POLICY.format(mode="enforce", url=made.url, developers="{people: [dev-1]}", needs="", rules="")
        text = text.replace("repository: example/webapp", "repository: example/web.app")
        (tmp_path / "desk.yaml").write_text(text)
        yield made


def run(odd: OddGitHub, cli: Call, code: int = 0) -> str:
    """A run in five minutes; what it says, on one line each, never with the token."""
    result = cli("run", "--now", odd.later())
    said = result.out + result.err
    assert result.code == code, said
    assert TOKEN not in said
    return said


def wrong_handover(odd: OddGitHub, cli: Call) -> int:
    number = odd.opens("key-user-1", "Export f\u00e4llt aus \u202e", "instance:berlin-01", "tier:help-desk")
    run(odd, cli)
    odd.labelled("user-2", number, "tier:help-desk", off=True)
    odd.labelled("user-2", number, "tier:development")
    return number


def test_a_desk_is_checked_read_and_written_and_the_second_run_is_empty(odd: OddGitHub, cli: Call) -> None:
    made = cli("check", "--create-labels")
    assert made.code == 0, made.out + made.err
    assert cli("check", "--live").code == 0
    number = wrong_handover(odd, cli)
    run(odd, cli)
    assert {"tier:help-desk"} == {name for name in odd.names(number) if name.startswith("tier:")}
    assert len(odd.said_by_us(number)) >= 1
    before = odd.log.copy()
    run(odd, cli)
    run(odd, cli)
    assert odd.writes() == [one for one in before if one.method != "GET"]
    assert len(set(odd.said_by_us(number))) == len(odd.said_by_us(number))


def test_pages_of_thirty_are_all_read(odd: OddGitHub, cli: Call) -> None:
    for number in range(70):
        odd.opens("key-user-1", f"Number {number}", "instance:berlin-01")
        if number % 3 == 0:
            odd.later(minutes=1)
    for number in range(65):
        odd.says(None if number % 5 == 0 else "key-user-1", 1 + number % 3, f"again {number}")
    run(odd, cli)
    assert cli("status", "--json").json["queues"][0]["issues"] == 70
    with Ledger.open(Path("desk.sqlite"), desk="Web application") as ledger:
        found = [known for number in (1, 2, 3) if (known := ledger.history("webapp", str(number))) is not None]
    comments = [one.id for known in found for one in known.history.comments]
    assert len(set(comments)) == len(comments) == len(odd.comments)
    before = len(odd.writes())
    run(odd, cli)
    assert len(odd.writes()) == before


HTML = (("content-type", "text/html"),)
WRONG: list[tuple[Said, str]] = [
    (Said(410, {"message": "Issues are disabled for this repo"}), "Issues are disabled"),
    (Said(451, {"message": "Repository access blocked", "block": {"reason": "dmca"}}), "Repository access blocked"),
    (Said(200, b"<!DOCTYPE html><title>Log in</title>", HTML), "something between"),
    (Said(200, "\ufeff[]".encode(), (("content-type", "application/json"),)), "something between"),
    (Said(301, None, (("location", "https://elsewhere.example/repos/x/y"),)), "elsewhere.example"),
    (Said(302, None, (("location", "https://elsewhere.example/login?return_to=x"),)), "elsewhere.example"),
    (Said(308, None, (("location", "//elsewhere.example/"),)), "elsewhere.example"),
    (Said(403, {"message": f"Resource not accessible; Authorization: Bearer {TOKEN}"}), "not accessible"),
    (Said(401, b"Bad credentials", (("content-type", "text/plain"),)), "wrong or expired"),
    (Said(404, b""), "check the name"),
    (Said(418, b"<html>short and stout</html>", HTML), "418"),
    (Said(502, b"<html>Bad gateway</html>", HTML), "502"),
]


def test_an_answer_that_is_wrong_is_one_clear_line_and_the_next_run_goes_on(odd: OddGitHub, cli: Call) -> None:
    number = wrong_handover(odd, cli)
    before = len(odd.writes())
    for said, words in WRONG:
        odd.wrong = partial(_instead, said)
        told = run(odd, cli, code=1)
        assert words in told
        assert len([line for line in told.splitlines() if line.startswith("problem:")]) == 1
    assert len(odd.writes()) == before
    odd.wrong = lambda _: None
    run(odd, cli)
    assert "tier:help-desk" in odd.names(number)


@pytest.mark.parametrize(
    "said",
    [
        Said(503, b"", (("retry-after", "86400"),)),
        Said(403, {"message": "You have exceeded a secondary rate limit."}),
        Said(429, b"<html>slow down</html>", HTML),
    ],
    ids=lambda said: str(said.status),
)
def test_a_server_that_wants_to_be_left_alone_is_left_alone(odd: OddGitHub, cli: Call, said: Said) -> None:
    odd.opens("key-user-1", "Export fails")
    odd.wrong = partial(_instead, said)
    assert "not read to its end" in run(odd, cli, code=1)
    before = len(odd.log)
    run(odd, cli, code=1)
    assert len(odd.log) == before


def _instead(said: Said, asked: Asked) -> Said | None:
    return said if asked.path[3:5] == ("issues",) and asked.method == "GET" else None


def test_a_link_to_another_host_is_not_followed_with_our_token(odd: OddGitHub, cli: Call) -> None:
    odd.opens("key-user-1", "Export fails")
    with OddGitHub() as thief:

        def wrong(asked: Asked) -> Said | None:
            link = f'<{thief.url}/repos/x/y/issues?page=2>; rel="next"'
            return Said(200, [], (("link", link),)) if asked.path[3:] == ("labels",) else None

        odd.wrong = wrong
        result = cli("check", "--live")
        assert result.code == 1
        assert "not followed" in result.out + result.err
        assert thief.log == []


def test_a_write_that_is_redirected_is_not_written_elsewhere(odd: OddGitHub, cli: Call) -> None:
    number = wrong_handover(odd, cli)
    with OddGitHub() as thief:
        moved = Said(307, {"message": "Moved"}, (("location", f"{thief.url}/repos/x/y/issues/1/labels"),))
        odd.wrong = lambda asked: moved if asked.method != "GET" else None
        run(odd, cli, code=1)
        assert thief.log == []
    odd.wrong = lambda _: None
    run(odd, cli)
    assert "tier:help-desk" in odd.names(number)


def test_a_label_that_no_event_explains_is_nobodys_act(odd: OddGitHub, cli: Call) -> None:
    """A feed of events that ends too early, or an import: nobody is judged by what nobody is known to have done."""
    number = wrong_handover(odd, cli)
    odd.events.clear()
    run(odd, cli)
    assert "tier:development" in odd.names(number)


@pytest.mark.parametrize("said", GARBLED, ids=lambda said: f"{said.status}")
def test_a_comment_whose_answer_was_garbled_is_found_and_not_written_twice(
    odd: OddGitHub, cli: Call, said: Said
) -> None:
    number = wrong_handover(odd, cli)

    def wrong(asked: Asked) -> Said | None:
        if asked.method != "POST" or asked.path[-1] != "comments":
            return None
        odd.answer(asked)
        return said

    odd.wrong = wrong
    assert "Traceback" not in run(odd, cli, code=1)
    odd.wrong = lambda _: None
    for _ in range(3):
        odd.later(hours=1)
        run(odd, cli)
    texts = odd.said_by_us(number)
    assert len(texts) == len(set(texts)) == 1


def test_labels_whose_writing_is_answered_with_nothing_are_looked_at(odd: OddGitHub, cli: Call) -> None:
    odd.says_nothing = True
    number = wrong_handover(odd, cli)
    run(odd, cli)
    assert "tier:help-desk" in odd.names(number)


def test_events_that_come_oldest_first_are_all_read(odd: OddGitHub, cli: Call) -> None:
    odd.oldest_first = odd.dated = True
    for count in range(20):
        odd.opens("key-user-1", f"Number {count}", "instance:berlin-01")
    number = wrong_handover(odd, cli)
    run(odd, cli)
    assert "tier:help-desk" in odd.names(number)
