"""A real incident log: what the ledger holds after a year of cycles is what stands in the file."""

from pathlib import Path

import pytest
from bench.real_log import EXAMPLE, FLAGGED, LOG, PUBLISHED, count_rows, data_folder, desk_at, log_file, replay

from tierkeeper.sync.eventlog.changes import read_log
from tierkeeper.sync.eventlog.logmap import read_map
from tierkeeper.sync.eventlog.roles import roles_of

INCIDENTS = 1_000


@pytest.fixture(scope="module")
def log() -> Path:
    found = log_file()
    if found is None:
        pytest.skip(f"{LOG} is not in {data_folder()}; TIERKEEPER_DATA names another folder")
    return found


def test_the_independent_count_of_the_whole_log_gives_the_published_totals(log: Path) -> None:
    assert count_rows(log) == PUBLISHED


@pytest.mark.slow
def test_the_ledger_holds_what_the_file_says_of_the_first_thousand_incidents(log: Path, tmp_path: Path) -> None:
    outcome = replay(log, tmp_path, incidents=INCIDENTS)
    assert outcome.issues == INCIDENTS
    assert outcome.incomplete == 0
    assert outcome.counts == count_rows(log, INCIDENTS)
    assert outcome.flags == FLAGGED
    assert outcome.problems == []


def test_the_page_on_the_log_has_these_counts_and_no_others() -> None:
    page = (EXAMPLE.parents[1] / "docs" / "real-log.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:4] for line in page.splitlines() if line.startswith(("| TR", "| PO"))]
    assert {code.strip(): int(count) for code, _, count in rows} == FLAGGED


def test_the_examples_roles_are_those_who_act_in_the_log(log: Path) -> None:
    logmap = read_map(EXAMPLE / "map.yaml")
    roles = roles_of(read_log(log, logmap), logmap)
    desk = desk_at("http://127.0.0.1:8080").desk
    assert {name: role.people for name, role in desk.roles.items()} == roles
