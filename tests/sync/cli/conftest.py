"""A desk on a GitHub sandbox, and the command line pointed at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import TOKEN, Call, Result, write_policy
from desk_world import World, world

from tierkeeper.sync.cli import vault
from tierkeeper.sync.cli.main import main


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command line in a folder of its own. What it prints never holds a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(vault, "_given", set())
    for name in ("TIERKEEPER_POLICY", "TIERKEEPER_LEDGER", "TIERKEEPER_DEBUG", "GITHUB_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    capsys.readouterr()

    def call(*arguments: str) -> Result:
        code = main(arguments)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err + printed.out
        return Result(code, printed.out, printed.err)

    return call


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    """A desk whose policy is ./desk.yaml."""
    with world(tmp_path) as made:
        write_policy(tmp_path, made)
        yield made
