"""`tierkeeper mirror adopt` and `release`, and what `ledger rebuild` says of twins."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import TOKEN, Call, Result
from mirror_world import MirrorWorld, mirror_world


@pytest.fixture
def world(tmp_path: Path, cli: Call, monkeypatch: pytest.MonkeyPatch) -> Iterator[MirrorWorld]:
    """An issue at support, and one that a developer made for it by hand."""
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    with mirror_world("jira-github", tmp_path) as made:
        (tmp_path / "desk.yaml").write_text(made.policy_text(), encoding="utf-8")
        made.desk.report("key-user-1", "Export fails", "It stops.", ("tier:support",))
        made.dev.report("dev-1", "Export broken", "See the desk.", ("tier:support",))
        made.later()
        assert run(cli, made).code == 0
        yield made


def run(cli: Call, world: MirrorWorld) -> Result:
    world.later()
    return cli("run", "--now", world.github.now.isoformat())


def test_two_issues_are_made_a_pair_and_let_go(cli: Call, world: MirrorWorld) -> None:
    done = cli("mirror", "adopt", "HELP-1", "dev#1")
    assert done.code == 0
    assert "dev#1 is the twin of HELP-1 from now on. The next run names each on the other." in done.out
    assert "They differ in title" in done.out
    assert run(cli, world).code == 0
    assert "Twin of [HELP" in world.dev.issues()[0].status
    assert "1 pair\n" in cli("mirror", "list").out
    gone = cli("mirror", "release", "HELP-1", "--json")
    assert (gone.code, gone.json["command"]) == (0, "mirror release")
    assert gone.json["pairs"] == [{"mirror": "to-dev", "source": "HELP-1", "twin": "dev#1"}]
    assert "0 pairs\n" in cli("mirror", "list").out
    done = run(cli, world)
    assert (done.code, "no longer linked to dev#1: let go on" in done.out) == (0, True)
    assert "Was the twin of" in world.dev.issues()[0].status
    again = cli("mirror", "adopt", "HELP-1", "example/webapp#1", "--mirror", "to-dev", "--json")
    assert (again.code, again.json["mirror"], again.json["differing"]) == (0, "to-dev", ["title"])
    assert "go their own ways" in cli("mirror", "release", "dev#1").out


def test_several_pairs_are_let_go_at_once_or_none(cli: Call, world: MirrorWorld) -> None:
    world.desk.report("key-user-1", "Login loops", "Again.", ("tier:development",))
    assert cli("mirror", "adopt", "HELP-1", "dev#1").code == 0
    assert run(cli, world).code == 0
    world.desk.report("key-user-1", "Nobody's", "Again.", ("tier:support",))
    assert run(cli, world).code == 0
    refused = cli("mirror", "release", "HELP-1", "HELP-3")
    assert (refused.code, "HELP-3 is no part of a pair" in refused.err) == (2, True)
    assert "2 pairs\n" in cli("mirror", "list").out
    assert cli("mirror", "list", "--json").json["pairs"] == []
    assert [one["source"] for one in cli("mirror", "list", "--pairs", "--json").json["pairs"]] == ["HELP-1", "HELP-2"]
    assert "to-dev  HELP-2  dev#2" in cli("mirror", "list", "--pairs").out
    said = cli("mirror", "release", "HELP-1", "dev#1", "HELP-2").out.splitlines()
    assert [line.partition(" go ")[0] for line in said] == ["HELP-1 and dev#1", "HELP-2 and dev#2"]
    assert "0 pairs\n" in cli("mirror", "list").out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("adopt", "dev#1", "HELP-1"), "no mirror leads from dev to desk; name the source first"),
        (("adopt", "HELP-1", "dev#1", "--mirror", "other"), "no mirror 'other' leads from desk to dev"),
        (("adopt", "HELP-1", "dev#9"), "the ledger knows no issue 'dev#9'"),
        (("release", "HELP-1"), "HELP-1 is no part of a pair"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    cli: Call, world: MirrorWorld, asked: tuple[str, ...], said: str
) -> None:
    before = len(world.writes())
    done = cli("mirror", *asked)
    assert done.code == 2
    assert said in done.err
    assert len(world.writes()) == before


def test_an_issue_that_is_gone_is_not_adopted(cli: Call, world: MirrorWorld) -> None:
    world.dev.store.delete_issue(world.dev.place, 1, "dev-1")
    done = cli("mirror", "adopt", "HELP-1", "dev#1")
    assert done.code == 2
    assert "dev#1 is not there any more" in done.err


def test_a_rebuild_finds_the_pairs_and_shows_what_differs(cli: Call, world: MirrorWorld) -> None:
    world.desk.report("key-user-1", "Login loops", "Again.", ("tier:development",))
    assert cli("mirror", "adopt", "HELP-1", "dev#1").code == 0
    assert run(cli, world).code == 0
    assert len(world.dev.issues()) == 2
    world.later(600)
    done = cli("ledger", "rebuild", "--now", world.github.now.isoformat())
    assert done.code == 0
    assert "2 pairs of twins found again. What differs is left as it is:" in done.out
    assert "HELP-1 and dev#1: title" in done.out
    before = len(world.writes())
    assert run(cli, world).code == 0
    assert len(world.writes()) == before
    twin = next(one for one in world.dev.issues() if one.title == "Login loops")
    shown = next(one for one in world.dev.get(f"/issues/{twin.id}/comments") if one["body"].startswith("Twin of"))
    world.dev.delete_comment("dev-1", str(shown["id"]))
    world.dev.rewrite("dev-1", twin.id, "Somebody wrote over all of it.")
    world.later(600)
    answer = cli("ledger", "rebuild", "--json", "--now", world.github.now.isoformat()).json
    assert (answer["pairs"], answer["differing"]) == (1, ["HELP-1 and dev#1: title"])
    assert answer["half"] == ["HELP-2 names dev#2, which does not name it"]
