"""`tierkeeper demo`: ends by itself, tells what was put back, and says what is missing where it cannot play."""

import sys
from pathlib import Path

import pytest
from command_line import Call


def test_it_plays_the_week_on_both_trackers_and_ends_with_an_empty_run(cli: Call) -> None:
    result = cli("demo")
    assert result.code == 0
    assert "TR01 enforce" in result.out
    assert "HELP-1" in result.out
    assert "3 requests to GitHub, 3 to Jira, 0 issues written." in result.out
    assert "webapp#6 comments: Answer: it is fixed" in result.out
    assert "+ 1 on the source" in result.out
    assert "acts," in result.out.splitlines()[-1]


def test_a_folder_that_is_not_empty_is_refused(cli: Call, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    result = cli("demo", "--folder", str(tmp_path))
    assert result.code == 2
    assert "name an empty folder" in result.err
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".txt"] == ["mine.txt"]


def test_without_the_extra_it_says_how_to_get_it(cli: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("tierkeeper.sync.demo", "uvicorn"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tierkeeper.sync.demo.show", None)
    result = cli("demo")
    assert result.code == 2
    assert "pip install 'tierkeeper[sandbox]'" in result.err
