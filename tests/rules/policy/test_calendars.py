"""Calendars of a policy: which one is the desk's, what is so when it is left out, what the fingerprint sees."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.host import Host
from tierkeeper.rules.calendars import closures
from tierkeeper.rules.policy import Policy, load_policy
from tierkeeper.sync.cli.desks import load as load_file

Load = Callable[[str], Policy]

CALENDARS = """\
calendars:
  office: {hours: {mon-fri: ["08:00-18:00"]}, holidays: {country: DE, region: BE}, ical: days.ics}
  kolkata: {zone: Asia/Kolkata, hours: {mon-fri: ["09:30-18:30"]}}
  sun: {union: [office, kolkata]}
  always: 24x7
"""
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_without_a_calendar_the_desk_never_closes_and_its_days_are_those_of_its_zone(small: str, load: Load) -> None:
    desk = load(small).desk
    assert list(desk.calendars) == ["24x7"]
    assert desk.calendar.zone == "Europe/Berlin"
    assert desk.calendar.add(SUNDAY, timedelta(hours=9)) == SUNDAY + timedelta(hours=9)
    assert desk.calendar.add_days(SUNDAY, 0, target="end_of_day") == datetime(2026, 11, 22, 23, tzinfo=UTC)


def test_the_desks_calendar_is_the_one_that_the_policy_names(small: str, load: Load) -> None:
    desk = load(small + CALENDARS + "calendar: office\n").desk
    assert desk.calendar is desk.calendars["office"]
    assert desk.calendar.next_opening(SUNDAY) == datetime(2026, 11, 24, 7, tzinfo=UTC)  # the file closes Monday


def test_calendars_may_be_named_and_not_be_the_desks(small: str, load: Load) -> None:
    desk = load(small + CALENDARS).desk
    assert list(desk.calendars) == ["24x7", "office", "kolkata", "always", "sun"]
    assert desk.calendar.name == "24x7"
    assert [calendar.zone for calendar in desk.calendars.values()] == [
        "Europe/Berlin",
        "Europe/Berlin",
        "Asia/Kolkata",
        "Europe/Berlin",
        "Europe/Berlin",
    ]


def test_a_union_may_stand_before_its_members(small: str, load: Load) -> None:
    desk = load(small + 'calendars:\n  sun: {union: [office]}\n  office: {hours: {sun: ["14:00-15:00"]}}\n').desk
    assert desk.calendars["sun"].next_opening(SUNDAY) == datetime(2026, 11, 22, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('mon-fri: ["08', 'mon-thu: ["08'),
        ("08:00-18:00", "08:00-18:00:01"),
        ("region: BE", "region: BB"),
        (", ical: days.ics", ""),
        ("zone: Asia/Kolkata", "zone: Asia/Kathmandu"),
        ("union: [office, kolkata]", "union: [office]"),
        ("union: [office, kolkata]", "boundary: next_opening, union: [office, kolkata]"),
        ("union: [office, kolkata]", "day_target: end_of_day, union: [office, kolkata]"),
        ("calendars:", "calendar: office\ncalendars:"),
        ("always: 24x7", "often: 24x7"),
        ("holidays:", "dates: {12-24: closed}, holidays:"),
    ],
)
def test_what_is_counted_on_changes_the_fingerprint(small: str, load: Load, before: str, after: str) -> None:
    assert before in CALENDARS
    assert load(small + CALENDARS.replace(before, after)).fingerprint != load(small + CALENDARS).fingerprint


def test_a_change_of_the_ical_file_changes_the_fingerprint_and_its_name_does_not(small: str, host: Host) -> None:
    def read(text: str, name: str = "days.ics") -> str:
        policy = small + CALENDARS.replace("days.ics", name)
        return load_policy(policy, file="desk.yaml", host=host, beside=lambda _: text).fingerprint

    plain, more = "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "BEGIN:VCALENDAR\nX-A:B\nEND:VCALENDAR\n"
    assert read(plain) == read(plain, "other.ics") != read(more)


def test_another_version_of_the_holidays_library_changes_the_fingerprint(
    small: str, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_country, without = small + CALENDARS, small + CALENDARS.replace("holidays: {country: DE, region: BE}, ", "")
    before = [load(text).fingerprint for text in (with_country, without)]
    closures.holidays_version.cache_clear()
    monkeypatch.setattr(closures, "version", lambda _: "9999.1")
    after = [load(text).fingerprint for text in (with_country, without)]
    closures.holidays_version.cache_clear()
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_a_policy_that_is_read_alone_has_no_files_beside_it(small: str, host: Host) -> None:
    with pytest.raises(PolicyError, match="read without the files beside it"):
        load_policy(small + CALENDARS, file="desk.yaml", host=host)


DESK = """\
desk: Web application
roles: {support: {people: [anna-berg]}}
tiers: [{name: support, role: support}]
calendar: office
"""


def test_the_ical_file_stands_beside_the_policy(tmp_path: Path) -> None:
    policy, days = tmp_path / "desk.yaml", tmp_path / "days.ics"
    policy.write_text(DESK + CALENDARS, encoding="utf-8")
    days.write_bytes(b"\xef\xbb\xbfBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    assert load_file(policy).policy.desk.calendar.next_opening(SUNDAY) == datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file or directory"), (b"\xff\xfe\x00", "it is not UTF-8 text")]
)
def test_an_ical_file_that_cannot_be_read_is_a_fault_of_the_policy_with_its_line(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    policy = tmp_path / "desk.yaml"
    policy.write_text(DESK + CALENDARS, encoding="utf-8")
    if content is not None:
        (tmp_path / "days.ics").write_bytes(content)
    with pytest.raises(PolicyError) as caught:
        load_file(policy)
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (6, "calendars.office.ical")
    assert f'the file "days.ics" cannot be read: {said}' in problem.message
