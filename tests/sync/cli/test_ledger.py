import sqlite3
from pathlib import Path

import pytest
from command_line import Call, now, write_policy, wrong_handover
from desk_world import World

from tierkeeper.sync.ledger import Lease, Ledger, schema


def test_show_counts_what_is_held(cli: Call, desk: World, tmp_path: Path) -> None:
    wrong_handover(desk, cli)
    assert cli("run", *now(desk)).code == 0
    shown = cli("ledger", "show", "--json").json
    assert (shown["command"], shown["desk"], shown["version"]) == ("ledger show", "Web application", schema.version())
    assert Path(shown["file"]).resolve() == tmp_path / "desk.sqlite"
    assert shown["bytes"] >= (tmp_path / "desk.sqlite").stat().st_size
    assert shown["began"]
    (queue,) = shown["queues"]
    held = {name: queue[name] for name in ("queue", "in_policy", "issues", "open", "gone", "comments")}
    assert held == {"queue": "webapp", "in_policy": True, "issues": 1, "open": 1, "gone": 0, "comments": 1}
    assert queue["events"] > 3
    assert queue["acts"] > 0
    assert queue["verdicts"] > 0
    assert queue["age"] is not None
    text = cli("ledger", "show").out
    assert "webapp  1 issue, 1 open · last news" in text
    assert "verdicts" in text


def test_show_names_a_queue_that_the_policy_lost(cli: Call, desk: World, tmp_path: Path) -> None:
    wrong_handover(desk, cli)
    write_policy(tmp_path, desk, ("webapp: {tracker", "other: {tracker"))
    text = cli("ledger", "show").out
    assert "other  0 issues, 0 open · never read" in text
    assert "webapp  not in the policy · 1 issue" in text


@pytest.mark.parametrize("command", ["show", "migrate"])
def test_without_a_ledger_it_says_what_makes_one(cli: Call, desk: World, command: str) -> None:
    assert desk.box.url
    done = cli("ledger", command)
    assert done.code == 1
    assert "there is no ledger at" in done.err


def test_migrate_hands_the_ledger_to_the_new_name_only_when_asked(cli: Call, desk: World, tmp_path: Path) -> None:
    wrong_handover(desk, cli)
    write_policy(tmp_path, desk, ("desk: Web application", "desk: Shop"))
    refused = cli("run", *now(desk))
    assert refused.code == 1
    assert "`tierkeeper ledger migrate --rename`" in refused.err
    assert cli("ledger", "migrate").code == 1
    done = cli("ledger", "migrate", "--rename")
    assert done.code == 0
    assert "belongs to 'Shop' now" in done.out
    assert cli("run", *now(desk)).code == 0
    again = cli("ledger", "migrate", "--rename", "--json").json
    assert (again["desk_before"], again["desk"]) == ("Shop", "Shop")


def test_migrate_brings_an_older_version_up(cli: Call, desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong_handover(desk, cli)
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, lambda connection: connection.exec_driver_sql("SELECT 1")))
    before = schema.version() - 1
    older = cli("ledger", "show")
    assert older.code == 1
    assert "`tierkeeper ledger migrate`" in older.err
    done = cli("ledger", "migrate")
    assert done.code == 0
    assert f"from version {before} to {before + 1}" in done.out
    assert f"is of version {before + 1}, as it should be" in cli("ledger", "migrate").out
    assert cli("ledger", "show").code == 0


def test_rebuild_keeps_the_old_file_and_says_what_is_lost(cli: Call, desk: World, tmp_path: Path) -> None:
    number = wrong_handover(desk, cli)
    assert cli("run", *now(desk)).code == 0
    desk.later()
    done = cli("ledger", "rebuild", *now(desk))
    assert done.code == 0
    assert "was made anew from the trackers: webapp 1 issue." in done.out
    assert "is not put back, told or run as a command" in done.out
    (old,) = tmp_path.glob("desk-until-*.sqlite")
    assert old.name in done.out
    with Ledger.open(old, desk="Web application", read_only=True) as ledger:
        assert ledger.acts()
    with Ledger.open(tmp_path / "desk.sqlite", desk="Web application", read_only=True) as ledger:
        assert ledger.acts() == []
        assert ledger.began is not None
    before = desk.comments(number)
    assert cli("run", *now(desk)).code == 0
    assert len(desk.comments(number)) == len(before) == 1
    writes = len(desk.writes())
    assert cli("run", *now(desk)).code == 0
    assert len(desk.writes()) == writes
    assert not list(tmp_path.glob("*.rebuilding*"))
    assert cli("explain", str(number)).code == 0


def test_rebuild_replaces_a_damaged_ledger(cli: Call, desk: World, tmp_path: Path) -> None:
    wrong_handover(desk, cli)
    (tmp_path / "desk.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert cli("run", *now(desk)).code == 1
    done = cli("ledger", "rebuild", "--json", *now(desk))
    assert (done.code, done.json["lost"], done.json["queues"][0]["issues"]) == (0, None, 1)
    assert cli("run", *now(desk)).code == 0


def test_rebuild_that_breaks_off_leaves_the_old_one_and_goes_on_where_it_stopped(
    cli: Call, desk: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong_handover(desk, cli)
    monkeypatch.setenv("GITHUB_TOKEN", "t-nobody")
    failed = cli("ledger", "rebuild", *now(desk))
    assert failed.code == 1
    assert "The ledger is as it was" in failed.err
    assert not list(tmp_path.glob("desk-until-*"))
    assert cli("ledger", "show", "--json").json["queues"][0]["acts"] >= 0
    monkeypatch.setenv("GITHUB_TOKEN", "t-tierkeeper")
    assert cli("ledger", "rebuild", *now(desk)).code == 0
    assert len(list(tmp_path.glob("desk-until-*.sqlite"))) == 1


def test_rebuild_needs_the_lease_and_its_own_desk(cli: Call, desk: World, tmp_path: Path) -> None:
    wrong_handover(desk, cli)
    with Lease(tmp_path / "desk.sqlite", holder="tierkeeper run", start=desk.box.now):
        held = cli("ledger", "rebuild", *now(desk))
        assert held.code == 3
        assert "tierkeeper run" in held.err
    write_policy(tmp_path, desk, ("desk: Web application", "desk: Shop"))
    refused = cli("ledger", "rebuild", *now(desk))
    assert refused.code == 1
    assert "belongs to the desk 'Web application'" in refused.err


def test_rebuild_works_only_by_the_present_on_a_real_tracker(cli: Call, desk: World, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, (desk.box.url, "https://api.github.com"))
    assert cli("ledger", "rebuild", *now(desk)).code == 2


def test_two_rebuilds_within_a_second_keep_both_old_files(cli: Call, desk: World, tmp_path: Path) -> None:
    wrong_handover(desk, cli)
    for _ in range(3):
        assert cli("ledger", "rebuild", "--quiet", *now(desk)).code == 0
    old = list(tmp_path.glob("desk-until-*.sqlite"))
    assert len(old) == 3
    for path in old:
        assert sqlite3.connect(path).execute("PRAGMA quick_check").fetchone() == ("ok",)
