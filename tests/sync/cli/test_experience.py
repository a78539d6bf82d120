"""`promises --experience`: what reporters got beside what is promised, in business time where the target is in it."""

from pathlib import Path

import pytest
from command_line import Call, now, write_policy
from desk_world import World

from tierkeeper.sync.cli.experience import part_below, spoken

HOUR = 3600.0
PROMISES = """
calendars: {office: {hours: {mon-fri: ["09:00-17:00"]}}}
calendar: office
promises:
  targets:
    - {when: {priority: high}, first_response: 2bh, resolution: 8h}
"""


@pytest.fixture
def answered(desk: World, cli: Call, tmp_path: Path) -> World:
    """Three issues of high priority, answered after 1, 1½ and 3 hours, closed an hour later; and one without."""
    desk.mode = "flag"
    desk.box.store.add_label("example/webapp", "priority:high")
    policy = write_policy(tmp_path, desk)
    policy.write_text(policy.read_text() + PROMISES)
    assert cli("run", *now(desk)).code == 0
    numbers = [desk.reports("key-user-1", f"Fault {at}", ("instance:berlin-01", "priority:high")) for at in range(3)]
    other = desk.reports("key-user-1", "A question", ("instance:berlin-01",))
    for hours, number in ((1.0, numbers[0]), (0.5, numbers[1]), (1.5, numbers[2])):
        desk.later(hours * HOUR)
        desk.says("support-1", number, "It is the export job.")
    desk.later(HOUR)
    for number in numbers:
        desk.closes("support-1", number)
    desk.says("support-1", other, "Yes.")
    assert cli("run", *now(desk)).code == 0
    return desk


def test_each_line_has_what_was_promised_and_what_they_got(answered: World, cli: Call) -> None:
    found = cli("promises", "--experience", "--json", "--at", answered.box.now.isoformat()).json
    lines = {(line["priority"], line["name"]): line for line in found["lines"]}
    first = lines["high", "first response"]
    assert (first["promised"], first["business"], first["count"], first["missed"]) == (["2bh"], True, 3, 1)
    assert first["median"] == pytest.approx(1.5 * HOUR, abs=5)
    assert first["ninetieth"] == pytest.approx(3 * HOUR, abs=5)
    solved = lines["high", "resolution"]
    assert (solved["promised"], solved["business"], solved["count"], solved["missed"]) == (["8h"], False, 3, 0)
    assert solved["median"] == pytest.approx(4 * HOUR, abs=5)
    assert (lines["", "first response"]["promised"], lines["", "first response"]["count"]) == ([], 1)
    assert ("", "resolution") not in lines


def test_the_table_says_it_to_people(answered: World, cli: Call) -> None:
    out = cli("promises", "--experience", "--at", answered.box.now.isoformat()).out
    row = next(line for line in out.splitlines() if "first response" in line and "high" in line)
    assert " ".join(row.split()) == "any high first response 2bh 1 bh 30 min 3 bh 00 min 1 (33%) 3"


def test_what_is_older_than_the_weeks_is_left_out(answered: World, cli: Call) -> None:
    answered.later(8 * 24 * HOUR)
    found = cli("promises", "--experience", "--json", "--weeks", "1", "--at", answered.box.now.isoformat()).json
    assert found["lines"] == []


def test_it_looks_back_from_any_moment(answered: World, cli: Call) -> None:
    earlier = "2026-11-23T10:00:00Z"
    found = cli("promises", "--experience", "--json", "--at", earlier).json
    assert [(line["name"], line["count"]) for line in found["lines"]] == [("first response", 2)]


def test_a_part_is_a_time_that_somebody_had() -> None:
    times = [float(number) for number in range(1, 11)]
    assert (part_below(times, 0.5), part_below(times, 0.9), part_below([7.0], 0.9)) == (5.0, 9.0, 7.0)


def test_business_hours_are_never_made_days() -> None:
    assert [spoken(100 * HOUR, "bh"), spoken(100 * HOUR, "h"), spoken(90, "h")] == ["100 bh 00 min", "4.2 d", "2 min"]
