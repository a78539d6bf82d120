"""`sandbox` with a Jira: named, or found from the state file or the desk."""

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
from command_line import Call

from tierkeeper.plugins.github.sandbox import GitHubSandbox
from tierkeeper.plugins.jira.sandbox import JiraSandbox

DESK = """\
desk: Web application
mode: flag
trackers:
  jira: {plugin: jira, url: "https://example.atlassian.net"}
queues:
  desk: {tracker: jira, project: HELP}
people:
  support-lead: {jira: "5b10a2844c20165700ede21g"}
  dev-1: {jira: "5b10a2844c20165700ede21h"}
roles:
  help-desk: {jira: {group: help-desk}}
  support: {jira: {project_role: Developers}, people: [support-lead]}
facets:
  priority: {values: [urgent, low], jira: {field: priority}}
  kind: {values: [question, bug], jira: {field: issuetype}}
  severity: {values: [minor, major], jira: {field: Severity}}
  due: {jira: {field: Due time}}
  waiting: {values: [us, user], jira: {status: {us: In hand, user: Waiting}}}
components:
  export: {people: [dev-1]}
tiers:
  - {name: help-desk, role: help-desk, lead: support-lead}
  - {name: support, role: support, lead: support-lead}
"""

ROOT = Path(__file__).parents[3]
LEAD, DEVELOPER = "5b10a2844c20165700ede21g", "5b10a2844c20165700ede21h"


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    command = [sys.executable, "-m", "tierkeeper.sync.cli.main", "sandbox", *arguments, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder) as process:
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


def kept(box: JiraSandbox | GitHubSandbox, path: Path) -> Path:
    box.store.save(path)
    return path


def test_a_state_file_says_which_platform_it_is_of(tmp_path: Path) -> None:
    box = JiraSandbox()
    box.store.add_user("tierkeeper", token="tierkeeper-token")
    box.store.add_project("INC")
    kept(box, tmp_path / "box.json")
    with serving(tmp_path, "--state", "box.json") as (process, answer):
        assert (answer["platform"], answer["projects"], answer["repositories"]) == ("jira", ["INC"], [])
        own = answer["users"][0]
        url = f"{answer['url']}/rest/api/3/myself"
        said = requests.get(url, auth=(own["email"], own["token"]), timeout=10).json()
        assert said["accountId"] == "acc-tierkeeper"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_desk_on_jira_alone_makes_a_jira_with_all_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text(DESK)
    with serving(tmp_path, "--like", "desk.yaml", "--state", "box.json") as (process, answer):
        assert (answer["platform"], answer["projects"]) == ("jira", ["HELP"])
        assert [user["login"] for user in answer["users"]] == ["tierkeeper", LEAD, DEVELOPER]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    store = JiraSandbox(state=tmp_path / "box.json").store
    project = store.project("HELP")
    assert [store.data.priorities[key].name for key in project.priorities] == ["urgent", "low"]
    assert [store.data.issue_types[key].name for key in project.issue_types] == ["question", "bug"]
    statuses = [store.data.statuses[key].name for key in store.workflow(project).statuses]
    assert statuses == ["In hand", "Waiting", "Done"]
    assert [option.name for option in store.field("Severity").options] == ["minor", "major"]
    assert store.field("Due time").kind == "datetime"
    assert {name: group.members for name, group in store.data.groups.items()} == {"help-desk": [LEAD]}
    assert project.roles[store.role("Developers").id] == [LEAD, DEVELOPER]


def test_a_repository_that_a_mirror_takes_for_private_is_private(tmp_path: Path) -> None:
    desk = ROOT / "examples" / "jira-to-github" / "desk.yaml"
    with serving(tmp_path, "--platform", "github", "--like", str(desk), "--state", "box.json") as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    store = GitHubSandbox(state=tmp_path / "box.json").store
    assert [store.repository(name).private for name in ("example/webapp", "example/importer")] == [True, True]


def test_a_project_of_twins_has_the_values_and_people_that_the_mirror_names(tmp_path: Path) -> None:
    desk = ROOT / "examples" / "github-to-jira" / "desk.yaml"
    with serving(tmp_path, "--platform", "jira", "--like", str(desk), "--state", "box.json") as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    store = JiraSandbox(state=tmp_path / "box.json").store
    named = [store.data.priorities[key].name for key in store.project("DEV").priorities]
    assert named == ["Highest", "High", "Medium", "Low"]
    assert store.data.users["acc-support-1"].name == "support-1"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--platform", "gitlab"), "there is no sandbox of 'gitlab'; there are github and jira"),
        (("--platform", "jira", "--state", "github.json"), "github.json is the state of a GitHub sandbox"),
        (("--platform", "github", "--state", "jira.json"), "leave out --platform github"),
        (("--state", "other.json"), "other.json is no state of a sandbox: it has neither a cloud nor repositories"),
    ],
    ids=["unknown", "github's", "jira's", "nobody's"],
)
def test_a_platform_that_does_not_fit_is_told(cli: Call, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    kept(GitHubSandbox(), tmp_path / "github.json")
    kept(JiraSandbox(), tmp_path / "jira.json")
    (tmp_path / "other.json").write_text("{}")
    result = cli("sandbox", "serve", *arguments)
    assert result.code == 2
    assert said in result.err


def test_it_says_how_to_point_a_desk_at_it_and_how_to_set_its_clock(tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "tierkeeper.sync.cli.main", "sandbox", "--platform", "jira"]
    command += ["--now", "2026-11-23T09:00:00+01:00"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line
            said += line
        process.terminate()
    assert "trackers: {jira: {plugin: jira, url:" in said
    assert """set its clock: curl -d '{"now": "2026-11-23T08:00:00+00:00"}' http://127.0.0.1:""" in said
    assert "JIRA_EMAIL=<the e-mail address of that account> JIRA_TOKEN=<its token> tierkeeper run" in said
