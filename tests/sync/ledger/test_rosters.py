from datetime import timedelta

from ledger_samples import NOW, minutes

from tierkeeper.plugins.model.desk import Reading, RoleSource
from tierkeeper.sync.ledger import Ledger

TEAM = RoleSource("github", "team", "example/developers")
GROUP = RoleSource("jira", "group", "support")


def seen(after: float, *members: str) -> Reading:
    return Reading(NOW + minutes(after), frozenset(members))


def test_readings_come_back_by_source_oldest_first(ledger: Ledger) -> None:
    for source, reading in ((TEAM, seen(5, "bo")), (GROUP, seen(0, "mara")), (TEAM, seen(0, "bo", "cy"))):
        ledger.add_reading(source, reading)
    rosters = ledger.rosters(NOW + minutes(10))
    assert rosters[TEAM].readings == (seen(0, "bo", "cy"), seen(5, "bo"))
    assert rosters[GROUP].readings == (seen(0, "mara"),)


def test_what_was_read_later_than_the_time_of_judgement_is_left_out(ledger: Ledger) -> None:
    ledger.add_reading(TEAM, seen(0, "bo"))
    ledger.add_reading(TEAM, seen(10, "bo", "cy"))
    assert ledger.rosters(NOW + minutes(9))[TEAM].was_member("cy", NOW + minutes(1)) is None
    assert ledger.rosters(NOW + minutes(10))[TEAM].was_member("cy", NOW + minutes(1)) is True
    assert ledger.rosters(NOW - minutes(1)) == {}


def test_readings_are_kept_for_thirty_days_and_the_newest_for_good(ledger: Ledger) -> None:
    month = 30 * 24 * 60
    ledger.add_reading(GROUP, seen(-2 * month, "old"))
    ledger.add_reading(TEAM, seen(-month - 1, "gone"))
    ledger.add_reading(TEAM, seen(-month, "kept"))
    ledger.add_reading(TEAM, seen(0, "bo"))
    rosters = ledger.rosters(NOW + timedelta(days=99))
    assert rosters[TEAM].readings == (seen(-month, "kept"), seen(0, "bo"))
    assert rosters[GROUP].readings == (seen(-2 * month, "old"),)


def test_equal_sets_of_members_are_stored_once_and_lost_ones_are_dropped(ledger: Ledger) -> None:
    for after in range(20):
        ledger.add_reading(TEAM, seen(after, "bo", "cy"))
    ledger.add_reading(TEAM, seen(60 * 24 * 60, "bo"))
    stored = ledger._connection.exec_driver_sql("SELECT count(*) FROM members").scalar()
    assert stored == 1


def test_a_second_reading_of_the_same_moment_takes_the_place_of_the_first(ledger: Ledger) -> None:
    ledger.add_reading(TEAM, seen(0, "bo"))
    ledger.add_reading(TEAM, seen(0, "cy"))
    assert ledger.rosters(NOW)[TEAM].readings == (seen(0, "cy"),)
