"""From where a reporter's place is known: what reading finds, fast, and never by guessing."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rule_stories import EVER, at, reader

from tierkeeper.plugins import Desk
from tierkeeper.plugins.errors import MembershipUnknown
from tierkeeper.plugins.host import load_plugins
from tierkeeper.plugins.model.desk import Reading, RoleSource, Roster
from tierkeeper.rules.places import Gazetteer, Report
from tierkeeper.rules.reading import read_case
from tierkeeper.rules.testing.benches import Setup, read_desk, set_up
from tierkeeper.rules.testing.story import OWN, StoryIssue

PUNE = RoleSource("story", "team", "pune")


@cache
def grouped() -> Setup:
    """The four-level desk, whose Pune office is a team."""
    over: dict[str, Any] = {
        "roles": {"pune": {"story": {"team": "pune"}}},
        "instances": {"pune-01": {"server": "in-1", "key_users": ["key-user-2"], "reporters": "pune"}},
    }
    return set_up(read_desk(over, like=None, folder=Path()), "TR02", {"mode": "enforce"}, load_plugins())


def desk(*members: str, read: float | None = 1) -> Desk:
    """The desk; the team was read so many minutes after the report."""
    rosters = {} if read is None else {PUNE: Roster((Reading(at(read), frozenset(members)),))}
    return msgspec.structs.replace(grouped().bench.desk, rosters=rosters)


def find(desk: Desk, body: str = "", by: str = "user-1", **facets: str) -> dict[str, str]:
    found = Gazetteer(desk).find(dict(facets), Report(body, at(), by))
    return {name: value for name, value in found.facets.items() if value} | {"told": ",".join(found.told.values())}


def test_a_group_tells_the_instance_and_what_follows_from_it() -> None:
    assert find(desk("user-1")) == {"instance": "pune-01", "server": "in-1", "told": "group"}
    assert find(desk("user-2")) == {"told": ""}
    assert find(desk("user-1"), by="") == {"told": ""}


def test_the_group_is_asked_only_where_nothing_else_tells() -> None:
    unread = desk(read=None)
    assert find(unread, instance="berlin-01")["entry_point"] == "shop"
    assert find(unread, "Instance: berlin-01")["told"] == "report"
    assert find(unread, entry_point="portal") == {"entry_point": "portal", "told": ""}


def test_who_is_in_the_group_not_being_known_is_said_to_rules_and_not_to_readers() -> None:
    issue = StoryIssue(desk(), grouped().queue, complete=True)
    issue.report("Export fails", issue.hand("user-1", at()))
    case = read_case(issue.history(), reader(desk=desk(read=None), since=EVER, own=OWN.id), at(2))
    assert (case.doubt, case.instance) == ("pune", None)
    with pytest.raises(MembershipUnknown, match="user-1 was in pune"):
        desk(read=None).is_key_user("key-user-1", case)
    assert desk(read=None).seems_member("key-user-1", "key-users", case)


@pytest.mark.parametrize("answer", ["Rome-07", "berlin-011", "berlin", "it is x-berlin-01", ""])
def test_a_name_that_the_policy_does_not_have_is_no_place(answer: str) -> None:
    assert find(desk(), f"### Instance\n\n{answer}") == {"told": ""}
