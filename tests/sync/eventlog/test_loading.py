"""From changes to a sandbox, and the command that does it."""

import json
from pathlib import Path

import pytest
from log_samples import MAP, log_of, log_text

from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.sync.cli.main import main
from tierkeeper.sync.eventlog.github_target import GitHubTarget
from tierkeeper.sync.eventlog.loading import Loader
from tierkeeper.sync.eventlog.logmap import parse_map

ROWS = (
    "1,1/3/2016 09:00,4,12,New,70,?",
    "1,1/3/2016 10:00,5,13,New,24,?",
    "1,1/3/2016 11:00,9,13,Closed,24,?",
    "1,9/3/2016 12:00,4,13,New,24,?",
)
DESK = "desk: Incidents\nroles: {}\ntiers: [{name: support, role: support}]\n"


def test_issues_have_the_logs_history_actors_and_times(tmp_path: Path) -> None:
    box, logmap = GitHubSandbox(), parse_map(MAP, "map.yaml")
    loader = Loader(GitHubTarget(box.store, logmap))
    for week in log_of(tmp_path, *ROWS).weeks():
        loader.apply(week)
    events = box.store.data.events.values()
    assert [(event.kind, event.actor, event.label or event.assignee) for event in events] == [
        ("labeled", "agent-4", "group:70"),
        ("labeled", "agent-4", "priority:high"),
        ("labeled", "agent-4", "tier:help-desk"),
        ("assigned", "agent-4", "resolver-12"),
        ("unlabeled", "agent-5", "group:70"),
        ("unlabeled", "agent-5", "tier:help-desk"),
        ("labeled", "agent-5", "group:24"),
        ("labeled", "agent-5", "tier:support"),
        ("unassigned", "agent-5", "resolver-12"),
        ("assigned", "agent-5", "resolver-13"),
        ("closed", "agent-9", None),
        ("reopened", "agent-4", None),
    ]
    issue = box.store.issue("example/incidents", 1)
    assert (issue.author, issue.state, issue.assignees) == ("caller-7", "open", ["resolver-13"])
    assert issue.updated == max(event.at for event in events)


def test_who_acts_may_triage_and_who_only_reports_may_read(tmp_path: Path) -> None:
    box, logmap = GitHubSandbox(), parse_map(MAP, "map.yaml")
    Loader(GitHubTarget(box.store, logmap)).apply(next(log_of(tmp_path, *ROWS).weeks()))
    permissions = box.store.repository("example/incidents").permissions
    assert permissions["agent-4"] == permissions["resolver-12"] == "triage"
    assert "caller-7" not in permissions


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text(log_text(*ROWS))
    (tmp_path / "map.yaml").write_text(MAP)
    (tmp_path / "desk.yaml").write_text(DESK)
    return tmp_path


def test_the_command_writes_a_state_that_a_sandbox_starts_from(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["sandbox", "load", "log.csv", "--map", "map.yaml", "--desk", "desk.yaml", "--json"]
    assert main(arguments) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["incidents"], said["rows"], said["events"], said["people"]) == (1, 4, 12, 6)
    box = GitHubSandbox(state=folder / "sandbox.json")
    assert box.now.isoformat() == "2016-03-15T00:00:00+00:00"
    assert box.store.data.tokens[said["token"]].login == "tierkeeper"
    assert "resolver-13" in (folder / "desk.yaml").read_text()


def test_the_command_says_what_is_there_and_how_to_go_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "load", "log.csv", "--map", "map.yaml", "--state", "box.json"]) == 0
    said = capsys.readouterr().out
    assert "example/incidents  1 incident, 2016-03-01 to 2016-03-09" in said
    assert "4 rows made 12 events by 6 people" in said
    assert "tierkeeper sandbox serve --state box.json" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["log.csv", "--map", "map.yaml", "--state", "desk.yaml"], "desk.yaml is there already"),
        (["log.csv", "--map", "map.yaml", "--state", "no/box.json"], "there is no folder"),
        (["log.csv", "--map", "map.yaml", "--desk", "none.yaml"], "its roles cannot be written"),
        (["log.csv", "--map", "desk.yaml"], "desk.yaml:1:1"),
        (["none.csv", "--map", "map.yaml"], "the log none.csv cannot be read"),
        (["empty.csv", "--map", "map.yaml"], "there is no incident in empty.csv"),
    ],
)
def test_what_cannot_be_loaded_is_told_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (folder / "empty.csv").write_text(log_text())
    before = sorted(path.name for path in folder.iterdir())
    assert main(["sandbox", "load", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == before
    assert (folder / "desk.yaml").read_text() == DESK
