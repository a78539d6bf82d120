"""The whole command line against a Jira by another hand: valid answers, and unlike those of our own sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import TOKEN, Call
from desk_world import PEOPLE, POLICY
from odd_jira import OddJira
from odd_server import GARBLED, Asked, Said

from tierkeeper.plugins.transport.ports import SystemWall
from tierkeeper.sync.ledger import Ledger


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OddJira]:
    """A desk whose policy is ./desk.yaml. Nobody waits in earnest."""
    monkeypatch.setattr(SystemWall, "sleep", lambda *_: None)
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    with OddJira() as made:
        text = POLICY.format(mode="enforce", url=made.site, developers="{people: [dev-1]}", needs="", rules="")
        text = text.replace("github: {plugin: github,", 'jira: {plugin: jira, email: "t@example.org",')
        text = text.replace("{tracker: github, repository: example/webapp}", "{tracker: jira, project: HELP}")
        people = "".join(f'  {name}: {{jira: "qm:{name}"}}\n' for name in PEOPLE)
        (tmp_path / "desk.yaml").write_text(f"{text}people:\n{people}")
        yield made


def run(odd: OddJira, cli: Call, code: int = 0) -> str:
    result = cli("run", "--now", odd.later())
    said = result.out + result.err
    assert result.code == code, said
    assert TOKEN not in said
    return said


def wrong_handover(odd: OddJira, cli: Call) -> str:
    issue = odd.opens("qm:key-user-1", "Export f\u00e4llt aus", "instance:berlin-01", "tier:help-desk")
    run(odd, cli)
    odd.labelled("qm:user-2", issue, "instance:berlin-01", "tier:development")
    return issue


def test_a_desk_is_read_and_written_and_the_second_run_is_empty(odd: OddJira, cli: Call) -> None:
    issue = wrong_handover(odd, cli)
    run(odd, cli)
    assert "tier:help-desk" in odd.issues[issue]["labels"]
    assert "tier:development" not in odd.issues[issue]["labels"]
    assert odd.ours(issue)
    before = odd.writes()
    run(odd, cli)
    run(odd, cli)
    assert odd.writes() == before


def test_what_may_not_be_asked_is_said_by_check_and_ends_in_no_traceback(odd: OddJira, cli: Call) -> None:
    odd.opens(None, "Export fails", body="plain text of an old version")
    refused = cli("check", "--live")
    assert "Zugriff verweigert" in refused.out + refused.err
    assert refused.code == 1
    odd.permits = True
    allowed = cli("check", "--live")
    assert "one by one" in allowed.out + allowed.err
    assert allowed.code == 0, allowed.out + allowed.err


def test_a_search_that_is_refused_is_named_as_it_was_asked_and_is_no_write(odd: OddJira, cli: Call) -> None:
    refused = Said(400, {"errorMessages": ["Das Feld fehlt"]})
    odd.wrong = lambda asked: refused if asked.path == ("search", "jql") else None
    told = run(odd, cli, code=1)
    assert "/search/jql answered 400: Das Feld fehlt" in told
    assert "POST http" in told
    assert "nothing was written" not in told


def test_all_pages_are_read_without_a_total_and_with_the_last_one_marked_only(odd: OddJira, cli: Call) -> None:
    for number in range(60):
        odd.opens("qm:key-user-1", f"Number {number}", "instance:berlin-01")
    busy = odd.opens(None, "Busy", "instance:berlin-01")
    for number in range(60):
        odd.says(None if number % 3 else "qm:key-user-1", busy, None if number % 2 else {"type": "doc", "content": []})
        odd.labelled(None, busy, "instance:berlin-01", f"n{number}")
    run(odd, cli)
    assert cli("status", "--json").json["queues"][0]["issues"] == 61
    with Ledger.open(Path("desk.sqlite"), desk="Web application") as ledger:
        known = ledger.history("webapp", busy)
    assert known is not None
    assert len({one.id for one in known.history.comments}) == 60
    assert len([one for one in known.history.events if one.kind == "label" and one.after]) == 61
    before = len(odd.writes())
    run(odd, cli)
    assert len(odd.writes()) == before


@pytest.mark.parametrize("said", GARBLED, ids=lambda said: f"{said.status}")
def test_a_write_whose_answer_was_garbled_is_found_and_not_done_twice(odd: OddJira, cli: Call, said: Said) -> None:
    issue = wrong_handover(odd, cli)

    def wrong(asked: Asked) -> Said | None:
        if asked.method not in {"POST", "PUT"} or odd.reads_by_post(asked):
            return None
        odd.answer(asked)
        return said

    odd.wrong = wrong
    run(odd, cli, code=1)
    odd.wrong = lambda _: None
    for _ in range(3):
        odd.later(hours=1)
        run(odd, cli)
    assert len(odd.ours(issue)) == 1
    assert len([one for one in odd.histories[issue] if one["author"]["accountId"] == odd.own]) == 1
