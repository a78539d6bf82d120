"""A real incident log on Jira: what the ledger holds after a year of cycles is what stands in the file."""

from pathlib import Path

import pytest
from bench.real_log import EXAMPLE, FILES, LOG, count_rows, data_folder, desk_at, log_file, replay

from tierkeeper.plugins.jira.sandbox import JiraSandbox
from tierkeeper.sync.eventlog.changes import read_log
from tierkeeper.sync.eventlog.jira_target import JiraTarget
from tierkeeper.sync.eventlog.loading import Loader
from tierkeeper.sync.eventlog.logmap import read_map

INCIDENTS = 1_000
REQUESTS_AN_ISSUE = 0.35
"""A cycle a week asks anew who we are, and for project and statuses; a page of new issues is two requests."""
REQUESTS_A_WRITE = 4
"""A look, the edit, a look at what came of it, the status comment."""


@pytest.fixture(scope="module")
def log() -> Path:
    found = log_file()
    if found is None:
        pytest.skip(f"{LOG} is not in {data_folder()}; TIERKEEPER_DATA names another folder")
    return found


@pytest.mark.slow
def test_the_ledger_holds_what_the_file_says_of_the_first_thousand_incidents(log: Path, tmp_path: Path) -> None:
    outcome = replay(log, tmp_path, incidents=INCIDENTS, platform="jira")
    assert outcome.issues == INCIDENTS
    assert outcome.incomplete == 0
    assert outcome.counts == count_rows(log, INCIDENTS)
    assert outcome.problems == []
    written = sum(report.written for report in outcome.reports)
    assert outcome.requests < REQUESTS_AN_ISSUE * outcome.issues + REQUESTS_A_WRITE * written


def test_the_changelogs_alone_say_how_often_the_first_incidents_were_reopened(log: Path) -> None:
    """Counted in the sandbox, so that it does not take the tracker to be right."""
    logmap = read_map(EXAMPLE / FILES["jira"][0])
    box = JiraSandbox()
    loader = Loader(JiraTarget(box.store, logmap))
    for week in read_log(log, logmap, incidents=INCIDENTS).weeks():
        loader.apply(week)
    back = [
        entry.issue
        for entry in box.store.data.histories.values()
        for item in entry.items
        if (item.field, item.before_text) == ("status", "Closed")
    ]
    assert (len(back), len(set(back))) == count_rows(log, INCIDENTS).reopenings


def test_both_examples_read_the_same_log_for_the_same_desk(log: Path) -> None:
    """What differs is where an issue's priority is kept, and the place."""
    here, there = (desk_at("http://127.0.0.1:8080", platform).desk for platform in FILES)
    assert here.roles == there.roles
    assert here.tiers == there.tiers
    assert here.bots == there.bots
    told = [read_log(log, read_map(EXAMPLE / files[0]), incidents=INCIDENTS).acted for files in FILES.values()]
    assert told[0] == told[1]
