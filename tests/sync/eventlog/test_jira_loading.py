"""From changes to a Jira sandbox, and the command that does it."""

import json
from pathlib import Path

import pytest
from log_samples import JIRA_MAP, log_of, log_text

from tierkeeper.plugins.errors import UsageError
from tierkeeper.plugins.jira.sandbox import JiraSandbox
from tierkeeper.sync.cli.main import main
from tierkeeper.sync.eventlog.changes import Opening, read_log
from tierkeeper.sync.eventlog.jira_target import JiraTarget
from tierkeeper.sync.eventlog.loading import Loader
from tierkeeper.sync.eventlog.logmap import parse_map

ROWS = (
    "1,1/3/2016 09:00,4,12,New,70,?",
    "1,1/3/2016 10:00,5,13,New,24,?",
    "1,1/3/2016 11:00,9,13,Closed,24,?",
    "1,9/3/2016 12:00,4,?,New,24,?",
)


def load(box: JiraSandbox, folder: Path, *rows: str) -> Loader:
    loader = Loader(JiraTarget(box.store, parse_map(JIRA_MAP, "map.yaml")))
    for week in log_of(folder, *rows, columns=JIRA_MAP).weeks():
        loader.apply(week)
    return loader


def test_issues_have_the_logs_changelog_actors_and_times(tmp_path: Path) -> None:
    box = JiraSandbox()
    assert load(box, tmp_path, *ROWS).issues == (str(box.store.issue("INC-1").id),)
    told = [
        (entry.author, [(item.field, item.before_text, item.after_text) for item in entry.items])
        for entry in box.store.data.histories.values()
    ]
    before, after = "group:70 tier:help-desk", "group:24 tier:support"
    assert told == [
        ("agent-4", [("labels", "", before), ("priority", "Low", "High"), ("assignee", None, "resolver-12")]),
        ("agent-5", [("labels", before, after), ("assignee", "resolver-12", "resolver-13")]),
        ("agent-9", [("resolution", None, "Done"), ("status", "Open", "Closed")]),
        ("agent-4", [("resolution", "Done", None), ("status", "Closed", "Open")]),
        ("agent-4", [("assignee", "resolver-13", None)]),
    ]
    issue = box.store.issue("INC-1")
    assert (issue.creator, issue.values["reporter"], issue.values["assignee"]) == ("caller-7", "caller-7", None)
    assert issue.updated == max(entry.at for entry in box.store.data.histories.values())


def test_an_issue_goes_by_the_workflow_and_each_way_is_an_entry(tmp_path: Path) -> None:
    box = JiraSandbox()
    load(box, tmp_path, *ROWS, "1,9/3/2016 13:00,9,?,Closed,24,?", "1,9/3/2016 14:00,4,?,New,24,?")
    ways = [item.after_text for entry in box.store.data.histories.values() for item in entry.items]
    assert [text for text in ways if text in {"Open", "Closed"}] == ["Closed", "Open", "Closed", "Open"]


def test_the_opening_is_before_the_first_change(tmp_path: Path) -> None:
    log = log_of(tmp_path, *ROWS, columns=JIRA_MAP)
    box = JiraSandbox()
    load(box, tmp_path, *ROWS)
    assert isinstance(log.changes[0], Opening)
    assert box.store.issue("INC-1").created == round(log.changes[0].at.timestamp() * 1000)


def test_a_priority_that_the_map_does_not_name_is_added_to_the_project(tmp_path: Path) -> None:
    box = JiraSandbox()
    logmap = parse_map(JIRA_MAP.replace('"1": High', '"9": High'), "map.yaml")
    loader = Loader(JiraTarget(box.store, logmap))
    path = tmp_path / "log.csv"
    path.write_text(log_text(*ROWS))
    for week in read_log(path, logmap).weeks():
        loader.apply(week)
    names = [box.store.data.priorities[key].name for key in box.store.project("INC").priorities]
    assert names == ["High", "Low", "1"]


def test_a_label_with_a_blank_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'log\.csv:2: the label "group:Group 70" has a blank'):
        log_of(tmp_path, "1,1/3/2016 09:00,4,?,New,Group 70,?", columns=JIRA_MAP)


def test_the_command_writes_a_state_that_a_sandbox_starts_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text(log_text(*ROWS))
    (tmp_path / "map.yaml").write_text(JIRA_MAP)
    assert main(["sandbox", "load", "log.csv", "--map", "map.yaml", "--state", "box.json"]) == 0
    said = capsys.readouterr().out
    assert "queues: {incidents: {tracker: jira, project: INC}}" in said
    assert "JIRA_EMAIL=tierkeeper@example.org JIRA_TOKEN=tierkeeper-token tierkeeper run" in said
    assert main(["sandbox", "load", "log.csv", "--map", "map.yaml", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["platform"], answer["project"], answer["repository"]) == ("jira", "INC", "")
    assert (answer["incidents"], answer["rows"], answer["events"], answer["people"]) == (1, 4, 5, 6)
    box = JiraSandbox(state=tmp_path / "box.json")
    assert box.now.isoformat() == "2016-03-15T00:00:00+00:00"
    assert box.store.issue("INC-1").values["labels"] == ["group:24", "tier:support"]
