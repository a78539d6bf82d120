"""From rows to changes."""

import zipfile
from pathlib import Path

import pytest
from log_samples import MAP, log_of, log_text, updates

from tierkeeper.plugins.errors import UsageError
from tierkeeper.sync.eventlog.changes import Opening, read_log
from tierkeeper.sync.eventlog.logmap import parse_map

FIRST = "1,1/3/2016 09:00,4,?,New,70,?"


def test_an_issue_is_opened_by_its_caller_when_the_log_says_in_the_logs_own_zone(tmp_path: Path) -> None:
    opening = log_of(tmp_path, FIRST).changes[0]
    assert isinstance(opening, Opening)
    assert (opening.actor, opening.at.isoformat()) == ("caller-7", "2016-03-01T07:00:00+00:00")
    assert (opening.title, opening.body) == ("Incident 1", "category: Phone\ncategory#2: Mail")


def test_an_issue_is_opened_no_later_than_its_first_row(tmp_path: Path) -> None:
    log = log_of(tmp_path, "1,1/3/2016 07:30,4,?,New,70,?")
    assert [change.at.hour for change in log.changes] == [6, 6]


def test_a_caller_who_is_not_told_is_nobody_known(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(log_text(FIRST).replace(",7,1,", ",?,1,"))
    assert read_log(path, parse_map(MAP, "map.yaml")).changes[0].actor == "ghost"


def test_the_first_row_sets_labels_and_assignee_in_the_name_of_who_made_it(tmp_path: Path) -> None:
    (made,) = updates(log_of(tmp_path, "1,1/3/2016 09:00,4,12,New,70,?"))
    assert made.on == ("group:70", "priority:high", "tier:help-desk")
    assert (made.actor, made.assigned, made.off, made.open) == ("agent-4", "resolver-12", (), None)


def test_only_what_differs_from_the_row_before_is_a_change(tmp_path: Path) -> None:
    log = log_of(tmp_path, FIRST, "1,1/3/2016 10:00,5,?,New,70,?", "1,1/3/2016 11:00,6,?,New,24,?")
    _, moved = updates(log)
    assert (log.rows, moved.actor) == (3, "agent-6")
    assert moved.off == ("group:70", "tier:help-desk")
    assert moved.on == ("group:24", "tier:support")


def test_a_group_that_is_not_told_leaves_group_and_tier_as_they_are(tmp_path: Path) -> None:
    assert len(updates(log_of(tmp_path, FIRST, "1,1/3/2016 10:00,5,?,New,?,?"))) == 1


def test_before_the_first_group_there_is_no_tier_unless_a_record_says_so(tmp_path: Path) -> None:
    log = log_of(
        tmp_path,
        "1,1/3/2016 09:00,4,?,New,?,?",
        "2,1/3/2016 09:00,4,?,New,?,3",
        "2,1/3/2016 10:00,4,?,New,?,?",
        "2,1/3/2016 11:00,4,?,New,70,?",
    )
    found = [(made.incident, made.off, made.on) for made in updates(log)]
    assert found == [
        ("1", (), ("priority:high",)),
        ("2", (), ("priority:high", "tier:development")),
        ("2", ("tier:development",), ("group:70", "tier:help-desk")),
    ]


def test_while_a_record_is_set_the_issue_is_with_development_whoever_has_it(tmp_path: Path) -> None:
    log = log_of(tmp_path, FIRST, "1,1/3/2016 10:00,4,?,New,70,3", "1,1/3/2016 11:00,4,?,New,70,?")
    assert [made.on for made in updates(log)[1:]] == [("tier:development",), ("tier:help-desk",)]


def test_an_assignee_who_is_not_told_is_nobody(tmp_path: Path) -> None:
    log = log_of(
        tmp_path, "1,1/3/2016 09:00,4,12,New,70,?", "1,1/3/2016 10:00,4,?,New,70,?", "1,1/3/2016 11:00,4,13,New,70,?"
    )
    found = [(made.unassigned, made.assigned) for made in updates(log)]
    assert found == [("", "resolver-12"), ("resolver-12", ""), ("", "resolver-13")]


def test_closing_and_opening_again_follow_the_state(tmp_path: Path) -> None:
    states = ("New", "Closed", "Closed", "Active", "Closed")
    log = log_of(tmp_path, *(f"1,1/3/2016 1{hour}:00,4,?,{state},70,?" for hour, state in enumerate(states)))
    assert [made.open for made in updates(log)] == [None, False, True, False]


def test_a_time_that_goes_back_is_taken_for_the_one_before_and_the_files_order_stays(tmp_path: Path) -> None:
    log = log_of(tmp_path, FIRST, "1,1/3/2016 08:30,5,?,New,24,?", "2,1/3/2016 08:45,4,?,New,70,?")
    found = [(made.incident, made.at.minute, made.at.hour) for made in updates(log)]
    assert found == [("2", 45, 7), ("1", 0, 8), ("1", 0, 8)]
    assert [made.actor for made in updates(log)] == ["agent-4", "agent-4", "agent-5"]


def test_weeks_begin_on_the_first_day_and_none_is_left_out(tmp_path: Path) -> None:
    log = log_of(tmp_path, FIRST, "1,15/3/2016 00:00,4,?,Closed,70,?", "1,15/3/2016 01:00,4,?,New,70,?")
    weeks = list(log.weeks())
    assert [(week.start.isoformat()[:10], len(week.changes)) for week in weeks] == [
        ("2016-03-01", 2),
        ("2016-03-08", 1),
        ("2016-03-15", 1),
    ]
    assert all(week.start <= change.at < week.end for week in weeks for change in week.changes)


def test_the_first_incidents_are_taken_with_all_their_rows(tmp_path: Path) -> None:
    rows = (FIRST, "2,1/3/2016 09:00,4,?,New,70,?", "1,1/3/2016 10:00,4,?,New,24,?")
    log = log_of(tmp_path, *rows, incidents=1)
    assert (log.incidents, log.rows, {change.incident for change in log.changes}) == (1, 2, {"1"})


def test_a_log_may_come_zipped(tmp_path: Path) -> None:
    path = tmp_path / "log.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/log.csv", "\ufeff" + log_text(FIRST))
        archive.writestr("a/readme.txt", "about it")
    assert read_log(path, parse_map(MAP, "map.yaml")).incidents == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (log_text("1,2016-03-01,4,?,New,70,?"), 'log.csv:2: updated is "2016-03-01", which is no time like'),
        (log_text(FIRST) + "1,2\n", "log.csv:3: 2 cells; the header has 12"),
        (log_text(f"1,1/3/2016 09:00,4,?,New,{'7' * 60},?"), "has more than 50 characters"),
        (log_text(FIRST) + '"1,2\n', "cannot be read: unexpected end of data"),
    ],
    ids=["time", "cells", "label", "quote"],
)
def test_a_row_that_cannot_be_read_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text)
    with pytest.raises(UsageError) as raised:
        read_log(path, parse_map(MAP, "map.yaml"))
    assert said in str(raised.value)


def test_a_log_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"number,\xff\n")
    for name in ("log.csv", "none.csv"):
        with pytest.raises(UsageError, match="cannot be read"):
            read_log(tmp_path / name, parse_map(MAP, "map.yaml"))


def test_an_archive_needs_one_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "log.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(UsageError, match="expected one CSV file"):
        read_log(path, parse_map(MAP, "map.yaml"))
