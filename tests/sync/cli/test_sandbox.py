"""`sandbox`: a GitHub of one's own, from another process."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from command_line import Call, write_policy
from desk_world import World

from tierkeeper.sync.cli.main import main


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    command = [sys.executable, "-m", "tierkeeper.sync.cli.main", "sandbox", *arguments, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        text = ""
        try:
            while not text.endswith("}\n") or text.count("{") != text.count("}"):
                line = process.stdout.readline()
                assert line, process.communicate()
                text += line
            yield process, json.loads(text)
        finally:
            process.terminate()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_told_to_stop_and_keeps_its_state(desk: World, tmp_path: Path, stop: signal.Signals) -> None:
    policy, state = write_policy(tmp_path, desk), tmp_path / "state.json"
    with serving("--like", str(policy), "--state", str(state)) as (process, answer):
        tokens = {user["login"]: user["token"] for user in answer["users"]}
        headers = {"Authorization": f"Bearer {tokens['support-1']}"}
        assert requests.get(f"{answer['url']}/user", headers=headers, timeout=10).json()["login"] == "support-1"
        process.send_signal(stop)
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    with serving("serve", "--state", str(state)) as (_, again):
        assert again["users"] == answer["users"]
        assert again["repositories"] == ["example/webapp"]


def test_a_desk_runs_against_it(desk: World, cli: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.extra = (
        "facets:\n  priority: {values: [high, low], github: {field: Priority}}\n"
        "  finding: {github: {field: Finding}}\n  due: {github: {field: Target date}}\n"
    )
    policy = write_policy(tmp_path, desk)
    with serving("--like", str(policy)) as (_, answer):
        policy.write_text(policy.read_text().replace(desk.box.url, answer["url"]))
        monkeypatch.setenv("GITHUB_TOKEN", next(u["token"] for u in answer["users"] if u["login"] == "tierkeeper"))
        checked = cli("check", "--create-labels")
        assert (checked.code, "field" in checked.out) == (0, False)
        assert cli("run").code == 0


def test_a_port_in_use_is_said(desk: World, cli: Call) -> None:
    port = desk.box.url.rpartition(":")[2]
    result = cli("sandbox", "--port", port)
    assert result.code == 2
    assert f"port {port} of 127.0.0.1 cannot be used" in result.err


def test_a_file_that_is_no_state_is_said(cli: Call, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{nonsense")
    result = cli("sandbox", "serve", "--state", "state.json")
    assert (result.code, "is no state of a sandbox" in result.err) == (2, True)


def test_the_missing_extra_is_named() -> None:
    code = (
        "import sys\n"
        "sys.modules['uvicorn'] = None\n"
        "from tierkeeper.sync.cli.main import main\n"
        "sys.exit(main(['sandbox']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "pip install 'tierkeeper[sandbox]'" in done.stderr


def test_main_takes_its_arguments_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["tierkeeper", "--version"])
    assert main() == 0
