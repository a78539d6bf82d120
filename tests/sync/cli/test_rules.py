"""`rules`: what is installed, and one rule's manual."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Call, write_policy
from desk_world import World


def test_rules_that_the_policy_does_not_name_are_off(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("  TR01:\n", ""))
    for command in (["rules"], ["rules", "list"]):
        modes = {rule["code"]: rule["mode"] for rule in cli(*command, "--json").json["rules"]}
        assert (modes["TR01"], modes["TR02"]) == ("off", "enforce")
    assert "TR01  off" in cli("rules").out


def test_rules_are_listed_without_a_policy(cli: Call) -> None:
    result = cli("rules")
    assert (result.code, "TR01  off" in result.out) == (0, True)


def test_a_rule_is_explained_with_its_options_and_its_place(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("  TR01:\n", "  TR01: {most: 3}\n"))
    result = cli("rules", "explain", "tr01")
    for part in ("TR01  enforce in desk.yaml:26", "**Why.**", "most       default 10     here 3"):
        assert part in result.out
    options = cli("rules", "explain", "TR01", "--json").json["options"]
    assert {"name": "most", "default": "10", "value": "3"} in options


def test_a_rule_is_explained_while_the_policy_is_wrong(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("  TR01:\n", "  TR01: {nonsense: 3}\n"))
    result = cli("rules", "explain", "TR01")
    assert (result.code, "warning: desk.yaml has 1 problem" in result.err) == (0, True)


def test_an_unknown_rule_offers_the_nearest(cli: Call) -> None:
    result = cli("rules", "explain", "TR011")
    assert result.code == 2
    assert 'no rule "TR011" is installed; did you mean "TR11"?' in result.err


def test_a_new_rule_package_installs_and_passes_its_own_tests(cli: Call, tmp_path: Path) -> None:
    result = cli("rules", "new", "Late Owner", "mine")
    assert (result.code, "LO01" in result.out) == (0, True)
    installed = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(installed), str(tmp_path / "mine")], check=True, timeout=120)
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path / "mine",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "5 passed" in tests.stdout, tests.stdout + tests.stderr


def test_a_new_rule_never_overwrites_anything(cli: Call, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("kept")
    result = cli("rules", "new", "late-owner", "mine")
    assert (result.code, "is there already" in result.err) == (2, True)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    "arguments", [["§§"], ["class"], ["late", "--code", "TR02"], ["late", "--code", "x"], ["9 lives"]]
)
def test_a_new_rule_needs_a_name_and_a_free_code(cli: Call, tmp_path: Path, arguments: list[str]) -> None:
    result = cli("rules", "new", *arguments)
    assert result.code == 2
    assert list(tmp_path.iterdir()) == []
