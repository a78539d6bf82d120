"""What programs are told of a run: the line in the log, the file of figures; and what `status` does without asking."""

import json
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from command_line import Call, now, write_policy, wrong_handover
from desk_world import World

from tierkeeper.sync.cli import logs, metrics

DOCS = Path(__file__).parents[3] / "docs" / "metrics.md"
SAMPLE = re.compile(r'([a-z_]+)\{((?:[a-z]+="(?:[^"\\]|\\.)*",?)+)\} (-?[0-9.e+]+)')


@pytest.fixture(autouse=True)
def _unchosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_chosen", None)


def figures(path: Path) -> dict[str, float]:
    """The samples of a text file of Prometheus, without what says whose they are."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    found = {}
    for line in lines:
        matched = SAMPLE.fullmatch(line)
        assert matched, line
        labels = re.findall(r'([a-z]+)="([^"]*)"', matched[2])
        rest = ",".join(value for key, value in labels if key not in {"desk", "command"})
        found[f"{matched[1].removeprefix('tierkeeper_')} {rest}".strip()] = float(matched[3])
    return found


def logged(err: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in err.splitlines()]


def test_a_run_that_nobody_watches_leaves_one_line_with_its_counts(desk: World, cli: Call) -> None:
    wrong_handover(desk, cli)
    (line,) = cli("run", *now(desk)).err.splitlines()
    assert re.match(r"timestamp=\S+Z level=info event=run desk=\"Web application\" exit_code=0 seconds=", line)
    assert {"changed=1", "judged=1", "written=1", "problems=0"} <= set(line.split())
    assert re.search(r" requests_read=\d+ requests_write=\d+ requests_create=\d+$", line)


@pytest.mark.parametrize(
    ("options", "lines"),
    [((), 1), (("--quiet",), 0), (("--log-format", "off"), 0), (("--quiet", "--log-format", "text"), 1)],
)
def test_the_line_is_there_unless_it_is_not_wanted(
    desk: World, cli: Call, options: tuple[str, ...], lines: int
) -> None:
    assert len(cli("run", *options, *now(desk)).err.splitlines()) == lines


def test_as_json_every_line_of_standard_error_is_an_object(
    desk: World, cli: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIERKEEPER_LOG_FORMAT", "json")
    desk.box.faults.add("rate-limit", status=403, retry_after=900, match=r"/issues\?")
    problem, run = logged(cli("run", "--quiet", *now(desk)).err)
    assert (problem["event"], problem["level"]) == ("problem", "error")
    assert problem["message"].startswith("webapp: not read to its end")
    assert (run["event"], run["level"], run["exit_code"], run["problems"]) == ("run", "error", 1, 1)
    assert run["timestamp"].endswith("Z")


def test_a_run_that_breaks_off_is_logged_too(desk: World, cli: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("tierkeeper.sync.cycle.Cycle.run", broken)
    run, error = logged(cli("run", "--log-format", "json", "--metrics", "run.prom", *now(desk)).err)
    assert (run["event"], run["exit_code"]) == ("run", 1)
    assert "RuntimeError: boom" in error["message"]
    assert list(figures(Path("run.prom"))) == [
        f"last_run_{x}" for x in ("timestamp_seconds", "duration_seconds", "exit_code")
    ]


def test_the_figures_are_those_of_the_run(desk: World, cli: Call) -> None:
    wrong_handover(desk, cli)
    answer = cli("run", "--json", "--metrics", "run.prom", *now(desk)).json
    found = figures(Path("run.prom"))
    for outcome in ("changed", "judged", "written", "waiting"):
        assert found[f"last_run_issues {outcome}"] == answer[outcome]
    for kind, count in answer["requests"].items():
        assert found[f"last_run_requests github,{kind}"] == count
    assert found["last_run_put_back"] == 1
    assert (found["last_run_exit_code"], found["last_run_problems"], found["quarantined_issues"]) == (0, 0, 0)
    assert found["open_issues webapp,help-desk"] == 1
    assert found["last_run_timestamp_seconds"] > 1_700_000_000
    cli("plan", "--metrics", "plan.prom", *now(desk))
    assert figures(Path("plan.prom"))["last_run_put_back"] == 0
    assert [path.name for path in Path().glob(".*.tmp")] == []


def test_what_is_left_is_among_the_figures(desk: World, cli: Call) -> None:
    wrong_handover(desk, cli)
    desk.box.faults.add("rate-limit", status=403, retry_after=900, match=r"POST /repos/.*/labels")
    result = cli("run", "--json", "--metrics", "run.prom", *now(desk))
    assert (result.code, result.json["left"][0]["issues"]) == (1, 1)
    assert figures(Path("run.prom"))["last_run_left_issues webapp"] == 1


def test_every_name_is_documented_and_nothing_else(desk: World, cli: Call) -> None:
    documented = re.findall(r"^\| `(tierkeeper_\w+)`", DOCS.read_text(), re.MULTILINE)
    assert documented == list(metrics.HELP)
    wrong_handover(desk, cli)
    cli("run", "--metrics", "run.prom", *now(desk))
    written = set(re.findall(r"^# HELP (\w+)", Path("run.prom").read_text(), re.MULTILINE))
    assert set(documented) - written == {"tierkeeper_last_run_left_issues", "tierkeeper_mirror_links"}


def test_names_of_desks_queues_and_tiers_are_escaped() -> None:
    assert metrics._escaped('a "b" \\ \n c') == 'a \\"b\\" \\\\ \\n c'


def test_a_place_that_cannot_be_written_is_named_before_anything_is_done(desk: World, cli: Call) -> None:
    asked = len(desk.box.requests)
    result = cli("run", "--metrics", "no/such/folder/run.prom", *now(desk))
    assert (result.code, len(desk.box.requests)) == (2, asked)
    assert "--metrics no/such/folder/run.prom" in result.err


def test_status_and_explain_open_no_socket(desk: World, cli: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    number = wrong_handover(desk, cli)
    cli("run", *now(desk))

    def refuse(*_asked: object, **_named: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.delenv("GITHUB_TOKEN")
    assert cli("status").code == 0
    assert cli("status", "--json").json["queues"][0]["open_by_tier"]["help-desk"] == 1
    assert cli("explain", f"webapp#{number}").code == 0
    assert cli("plan", "--offline").code == 0


def test_another_runs_figures_are_left_alone(desk: World, cli: Call, tmp_path: Path) -> None:
    from tierkeeper.sync.ledger import Lease  # noqa: PLC0415  # one test only

    write_policy(tmp_path, desk)
    with Lease(tmp_path / "desk.sqlite", holder="another", start=desk.box.now):
        assert cli("run", "--metrics", "run.prom", *now(desk)).code == 3
    assert not Path("run.prom").exists()
