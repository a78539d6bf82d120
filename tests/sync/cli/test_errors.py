"""What a person is told when something is wrong, and the exit code."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command_line import TOKEN, Call, now, write_policy
from desk_world import World

from tierkeeper.sync.cli import checking
from tierkeeper.sync.cycle import Cycle
from tierkeeper.sync.ledger import Lease, Ledger
from tierkeeper.sync.report import Report

HOLDER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from tierkeeper.sync.ledger import Lease
with Lease(Path(sys.argv[1]), holder="tierkeeper run", start=datetime.now(UTC)):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_wrong_policy_is_shown_with_its_lines_and_nothing_is_done(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("from: support, to: development", "from: support, to: developement"))
    for command in ("check", "plan", "run", "status"):
        result = cli(command)
        assert result.code == 2
        assert result.out == ""
        assert 'handovers[2].to: unknown tier "developement"' in result.err
        assert "desk.yaml:24" in result.err
        assert "^^^^^^^^^^^^" in result.err
        assert result.err.endswith("Nothing was read or written.\n")
    assert not (tmp_path / "desk.sqlite").exists()
    assert desk.box.requests == []


def test_a_missing_policy_is_a_usage_error(cli: Call) -> None:
    result = cli("run")
    assert result.code == 2
    assert result.err == "tierkeeper: there is no policy desk.yaml; name one with --policy or TIERKEEPER_POLICY\n"


def test_a_policy_that_is_not_text_is_a_usage_error(cli: Call, tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_bytes(b"desk: \xff\xfe")
    result = cli("check")
    assert (result.code, "is not UTF-8 text" in result.err) == (2, True)


@pytest.mark.parametrize("arguments", [["nonsense"], ["run", "--nonsense"], ["run", "--max-changes", "x"], ["explain"]])
def test_what_typer_refuses_ends_with_2(cli: Call, arguments: list[str]) -> None:
    result = cli(*arguments)
    assert result.code == 2
    assert "Usage:" in result.err


def test_a_false_time_never_reaches_a_real_tracker(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, (desk.box.url, "https://api.github.com"))
    for command in ("plan", "run"):
        result = cli(command, *now(desk))
        assert result.code == 2
        assert "--now works only against a sandbox" in result.err
    assert not (tmp_path / "desk.sqlite").exists()


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23T10:00:00", "yesterday"])
def test_a_moment_needs_its_offset(desk: World, cli: Call, text: str) -> None:
    result = cli("run", "--now", text)
    assert result.code == 2
    assert "expected a date, a time and an offset" in result.err


def test_the_lease_of_another_process_ends_with_3_and_names_it(desk: World, cli: Call, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "desk.sqlite")], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            for command in ("run", "plan"):
                result = cli(command, *now(desk))
                assert result.code == 3
                assert f"process {holder.pid}" in result.err
        finally:
            holder.kill()
    assert cli("run", *now(desk)).code == 0


def test_readers_need_no_lease(desk: World, cli: Call, tmp_path: Path) -> None:
    assert cli("run", *now(desk)).code == 0
    with Lease(tmp_path / "desk.sqlite", holder="tierkeeper run", start=datetime.now(UTC)):
        assert [cli(*command).code for command in (["status"], ["plan", "--offline"])] == [0, 0]


@pytest.mark.parametrize("command", [["status"], ["explain", "1"], ["plan", "--offline"]])
def test_no_ledger_yet_is_said(desk: World, cli: Call, command: list[str]) -> None:
    result = cli(*command)
    assert result.code == 1
    assert "there is no ledger at desk.sqlite yet" in result.err


@pytest.mark.parametrize("command", ["run", "status"])
def test_a_broken_ledger_is_said_with_a_remedy(desk: World, cli: Call, tmp_path: Path, command: str) -> None:
    (tmp_path / "desk.sqlite").write_bytes(b"no database at all" * 100)
    result = cli(command)
    assert result.code == 1
    assert "is not a SQLite database. Name another file, or move this one away." in result.err


@pytest.mark.parametrize("command", ["run", "status"])
def test_a_ledger_that_was_cut_short_is_said_with_a_remedy(
    desk: World, cli: Call, tmp_path: Path, command: str
) -> None:
    place = tmp_path / "desk.sqlite"
    assert cli("run", *now(desk)).code == 0
    place.write_bytes(place.read_bytes()[:10_000])
    result = cli(command)
    assert result.code == 1
    assert "tierkeeper ledger rebuild" in result.err


@pytest.mark.parametrize("command", ["run", "status"])
def test_a_newer_ledger_is_left_alone(desk: World, cli: Call, tmp_path: Path, command: str) -> None:
    with Ledger.open(tmp_path / "desk.sqlite", desk="Web application") as ledger, ledger._writing() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '99' WHERE name = 'version'")
    result = cli(command)
    assert result.code == 1
    assert "was written by a newer Tierkeeper" in result.err


def test_a_ledger_that_cannot_be_locked_is_said(desk: World, cli: Call, tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite.lock").mkdir()
    result = cli("run")
    assert result.code == 1
    assert "cannot be written" in result.err


def test_another_desks_ledger_is_left_alone(desk: World, cli: Call, tmp_path: Path) -> None:
    Ledger.open(tmp_path / "desk.sqlite", desk="Another desk").close()
    result = cli("run")
    assert result.code == 1
    assert "belongs to the desk 'Another desk'" in result.err


@pytest.mark.parametrize("where", ["plan", "run"])
def test_a_wrong_token_is_a_problem_of_its_queue(
    desk: World, cli: Call, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "wrong-but-still-secret")
    result = cli(where, *now(desk))
    assert result.code == 1
    assert "queue webapp: github: our account" in result.err
    assert "the queue was not looked at" in result.err
    assert "wrong-but-still-secret" not in result.out + result.err


def test_no_token_says_where_it_is_looked_for(desk: World, cli: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    result = cli("run", *now(desk))
    assert result.code == 1
    assert "set GITHUB_TOKEN in the environment, or GITHUB_TOKEN_FILE" in result.err


def test_a_token_file_that_is_missing_is_a_usage_error(desk: World, cli: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("GITHUB_TOKEN_FILE", "/nowhere/token")
    result = cli("run", *now(desk))
    assert (result.code, "GITHUB_TOKEN_FILE names /nowhere/token" in result.err) == (2, True)


def test_a_missing_repository_is_a_problem_of_its_queue(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("repository: example/webapp", "repository: example/nothing"))
    result = cli("run", *now(desk))
    assert result.code == 1
    assert "queue webapp" in result.err
    assert "example/nothing" in result.err


def test_no_secret_is_ever_printed_or_kept(
    desk: World, cli: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = "ghp_PlantedSecretPlantedSecret"
    desk.box.store.add_token("tierkeeper", planted)
    monkeypatch.setenv("GITHUB_TOKEN", planted)
    desk.reports("user-1", f"I found {planted} lying around", ("instance:berlin-01",))
    desk.later()
    commands = (["check", "--live"], ["plan"], ["run"], ["explain", "1"], ["status"], ["plan", "--json"])
    for command in commands:
        timed = now(desk) if command[0] != "check" else ()
        result = cli(*command, *timed)
        assert planted not in result.out + result.err, command
    for file in tmp_path.glob("desk.sqlite.lock"):
        assert planted not in file.read_text()
    desk.later()
    hidden = TOKEN + "-never-in-a-title"
    desk.box.store.add_token("tierkeeper", hidden)
    monkeypatch.setenv("GITHUB_TOKEN", hidden)
    assert cli("run", *now(desk)).code == 0
    for file in tmp_path.glob("desk.sqlite*"):
        assert hidden.encode() not in file.read_bytes()


def test_a_defect_is_told_in_one_line(desk: World, cli: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_asked: object, **_named: object) -> int:
        raise ValueError(f"odd\nthing with {TOKEN}")

    monkeypatch.setattr(checking, "check", broken)
    cli("run", *now(desk))
    result = cli("check")
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert "ValueError: odd thing with ***" in result.err
    assert "TIERKEEPER_DEBUG=1" in result.err


def test_a_defect_in_a_run_is_kept_in_the_ledger(desk: World, cli: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_cycle: Cycle) -> Report:
        raise ValueError("odd")

    monkeypatch.setattr(Cycle, "run", broken)
    assert cli("run", *now(desk)).code == 1
    runs = cli("status", "--json").json["runs"]
    assert [run["exit_code"] for run in runs] == [1]
    assert runs[0]["ended"] is not None


def test_ctrl_c_ends_with_130_and_a_word(cli: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_asked: object, **_named: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(checking, "check", stopped)
    result = cli("check")
    assert result.code == 130
    assert result.err.strip().endswith("the next run goes on from there.")


def test_a_closed_pipe_is_no_error() -> None:
    reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    reader.wait()
    done = subprocess.run(
        [sys.executable, "-m", "tierkeeper.sync.cli.main", "check", "--schema"],
        stdout=reader.stdin,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    assert reader.stdin is not None
    reader.stdin.close()
    assert done.stderr == ""
    assert done.returncode in {1, -signal.SIGPIPE, 141}
