"""The page on clocks: its table of a real log is what the log says, and its picture what the clocks do."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from bench.log_promises import Incident, lines, table, target_of
from bench.real_log import LOG, data_folder, log_file
from house import ROOT

START = datetime(2016, 2, 29, 1, 16, tzinfo=UTC)


def incident(number: int, hours: float, *, kept: bool) -> Incident:
    return Incident(str(number), "3", START, START + timedelta(hours=hours), kept)


def test_the_table_in_the_docs_is_what_the_log_says() -> None:
    log = log_file()
    if log is None:
        pytest.skip(f"{LOG} is not in {data_folder()}; TIERKEEPER_DATA names another folder")
    found = list(lines(log))
    assert (sum(line.incidents for line in found), sum(line.missed for line in found)) == (24_918, 9_115)
    assert table(found) in (ROOT / "docs" / "clocks.md").read_text(encoding="utf-8")


def test_a_target_is_the_least_that_tells_kept_and_missed_apart_best() -> None:
    found = [incident(number, 4, kept=True) for number in range(30)]
    found += [incident(number, 4.1, kept=False) for number in range(30, 60)]
    assert target_of(found) == 4
    assert target_of([*found, incident(60, 9, kept=True)]) == 4


def test_no_target_is_read_off_a_few() -> None:
    found = [incident(number, 4, kept=True) for number in range(19)]
    found += [incident(number, 9, kept=False) for number in range(19, 60)]
    assert target_of(found) == 0


def test_the_picture_shows_what_the_clocks_do() -> None:
    command = [sys.executable, str(ROOT / "docs" / "pictures" / "clocks.py"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0, "docs/pictures/clocks.svg is old: run clocks.py"
