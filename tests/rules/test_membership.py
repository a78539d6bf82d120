"""Who was in a role then: what a reading proves, and what it does not."""

from datetime import timedelta

import msgspec
import pytest
from rule_stories import Told, at, desk

from tierkeeper.plugins.errors import MembershipUnknown
from tierkeeper.plugins.model.desk import Person, Reading, Role, RoleSource, Roster

IN, OUT = frozenset({"dev-1"}), frozenset[str]()
MOMENT = at(60)


@pytest.mark.parametrize(
    ("readings", "known"),
    [
        ([], None),
        ([(-10, IN)], True),
        ([(-15, IN)], True),
        ([(-15.1, IN)], None),
        ([(-10, OUT)], None),
        ([(0, IN)], True),
        ([(0, OUT)], False),
        ([(5, IN)], True),
        ([(5, OUT)], False),
        ([(500, OUT)], False),
        ([(-10, OUT), (5, OUT)], False),
        ([(-10, OUT), (5, IN)], True),
        ([(-10, IN), (5, OUT)], True),
        ([(-100, IN), (5, OUT)], None),
        ([(-100, IN), (5, IN)], True),
        ([(-100, IN), (-10, OUT), (5, OUT)], False),
        ([(-10, OUT), (5, OUT), (6, IN)], False),
    ],
)
def test_what_readings_prove_of_a_moment(readings: list[tuple[float, frozenset[str]]], known: bool | None) -> None:
    roster = Roster(tuple(Reading(MOMENT + timedelta(minutes=minutes), who) for minutes, who in readings))
    assert roster.was_member("Dev-1", MOMENT) is known


def with_role(*sources: RoleSource, people: tuple[str, ...] = (), rosters: dict[RoleSource, Roster]) -> bool:
    role = Role("developers", people, sources)
    changed = msgspec.structs.replace(desk(), roles={**desk().roles, "developers": role}, rosters=rosters)
    return changed.is_in_role("dev-1", "developers", MOMENT)


TEAM, GROUP = RoleSource("story", "team", "developers"), RoleSource("story", "group", "web")


def test_who_is_listed_is_in_for_all_time_whatever_cannot_be_read() -> None:
    assert with_role(TEAM, people=("DEV-1",), rosters={}) is True


def test_one_source_that_proves_it_is_enough() -> None:
    assert with_role(TEAM, GROUP, rosters={GROUP: Roster((Reading(at(61), IN),))}) is True


def test_one_source_that_is_not_known_leaves_it_unknown() -> None:
    with pytest.raises(MembershipUnknown, match="whether dev-1 was in developers at 2026-11-23 09:00:00 UTC"):
        with_role(TEAM, GROUP, rosters={GROUP: Roster((Reading(at(61), OUT),))})


@pytest.mark.parametrize(
    ("team", "group", "final"),
    [
        ([(0, IN), (61, OUT)], [(61, OUT)], True),
        ([(0, IN), (61, OUT)], [(0, IN), (61, OUT)], True),
        ([(0, IN), (61, OUT)], [(59, OUT)], False),
        ([(0, IN)], [(0, IN), (61, OUT)], False),
        ([(0, IN), (60, OUT)], [(60, OUT)], True),
    ],
)
def test_it_will_never_be_known_once_every_source_was_read_after_the_moment(
    team: list[tuple[float, frozenset[str]]], group: list[tuple[float, frozenset[str]]], *, final: bool
) -> None:
    rosters = {
        source: Roster(tuple(Reading(at(minutes), who) for minutes, who in readings))
        for source, readings in ((TEAM, team), (GROUP, group))
    }
    with pytest.raises(MembershipUnknown) as unknown:
        with_role(TEAM, GROUP, rosters=rosters)
    assert unknown.value.final is final


def test_every_source_that_denies_it_makes_a_stranger() -> None:
    rosters = {source: Roster((Reading(at(61), OUT),)) for source in (TEAM, GROUP)}
    assert with_role(TEAM, GROUP, rosters=rosters) is False


def test_who_has_no_account_on_a_tracker_is_in_none_of_its_groups() -> None:
    people = {"dev-1": Person("dev-1", {"jira": "5b10"})}
    changed = msgspec.structs.replace(desk(), people=people, roles={"developers": Role("developers", (), (TEAM,))})
    assert changed.is_in_role("dev-1", "developers", MOMENT) is False


def test_a_tier_without_a_role_is_its_key_users() -> None:
    issue = Told()
    issue.by("key-user-1", 0).set("instance", "lisbon-01")
    case = issue.case(5)
    members = [person for person in ("key-user-1", "key-user-3", "dev-1") if desk().is_key_user(person, case)]
    assert members == ["key-user-3"]
    assert [desk().is_member(person, "key-users", case, at(1)) for person in ("key-user-1", "Key-User-3")] == [
        False,
        True,
    ]
    assert desk().is_member("dev-1", "no-such-tier", case, at(1)) is False
