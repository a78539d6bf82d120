"""A map that is wrong says where, and what was expected."""

from pathlib import Path

import pytest
from log_samples import JIRA_MAP, MAP, log_of, log_text

from tierkeeper.plugins.errors import PolicyError, UsageError
from tierkeeper.sync.eventlog.changes import read_log
from tierkeeper.sync.eventlog.logmap import parse_map, read_map
from tierkeeper.sync.eventlog.roles import roles_of, with_roles

DESK = """\
desk: Incidents # kept
roles:
  support:
    people: [old]

# about tiers
tiers: []
"""


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("dates:", "date:", "map.yaml:2:1", 'did you mean "dates"?'),
        ('groups: ["70"]', "groups: [70]", "map.yaml:16:34", "expected text, got the number 70"),
        ('"agent-{}"', '"agent"', "map.yaml:9:30", "expected {} once"),
        ("closed: [Closed]", "closed: []", "map.yaml:11:32", "expected at least one"),
        ("- {name: help-desk", "- {name: all}\n    - {name: help-desk", "map.yaml:16:7", '"help-desk" can never be'),
        ("Europe/Berlin", "Europe/Bonn", "map.yaml:3:12", 'unknown time zone "Europe/Bonn"'),
        ("example/incidents", "incidents", "map.yaml:1:13", "expected owner/name"),
        (MAP, "", "map.yaml:1:1", "a map is a mapping"),
        (
            "repository: example/incidents\n",
            "",
            "map.yaml:1:1",
            "expected either a repository or a project, got neither",
        ),
        ("example/incidents\n", "example/incidents\nproject: INC\n", "map.yaml:2:1", "a project, got both"),
        ("bots:", "priority: {column: priority, values: {}}\nbots:", "map.yaml:22:1", "has no priority of its own"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, place: str, said: str) -> None:
    with pytest.raises(PolicyError) as raised:
        parse_map(MAP.replace(old, new, 1), "map.yaml")
    assert place in str(raised.value)
    assert said in str(raised.value)


def test_a_projects_key_is_checked_and_so_is_the_priority(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"map\.yaml:1:10  project: expected a project's key"):
        parse_map(JIRA_MAP.replace("INC", "Incidents"), "map.yaml")
    (tmp_path / "log.csv").write_text(log_text())
    with pytest.raises(PolicyError, match='the log has no column "prio"'):
        read_log(tmp_path / "log.csv", parse_map(JIRA_MAP.replace("column: priority", "column: prio"), "map.yaml"))


def test_a_column_that_the_log_does_not_have_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(log_text())
    with pytest.raises(PolicyError) as raised:
        read_log(tmp_path / "log.csv", parse_map(MAP.replace("[category, category#2]", "[categori]"), "map.yaml"))
    assert str(raised.value).startswith('map.yaml:7:8  body[0]: the log has no column "categori"')
    assert 'did you mean "category"?' in str(raised.value)


def test_a_map_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_map(tmp_path / "map.yaml")


def test_who_often_enough_left_an_issue_with_a_tier_or_had_it_there_acts_for_it(tmp_path: Path) -> None:
    log = log_of(
        tmp_path,
        *("1,1/3/2016 09:00,4,12,New,70,?" for _ in range(3)),  # 4 brings it there, and leaves it there twice
        *("1,1/3/2016 10:00,9,?,New,70,?" for _ in range(3)),  # 9 is a bot
        *("1,1/3/2016 10:00,5,?,New,24,?" for _ in range(2)),  # 5 hands it on, and leaves it there once
    )
    found = roles_of(log, parse_map(MAP, "map.yaml"))
    assert found == {"development": (), "help-desk": ("agent-4", "resolver-12"), "support": ()}


def test_roles_are_written_and_nothing_else_of_the_desk_is_touched() -> None:
    written = with_roles(DESK, {"support": ("a-1", "a-2")}, file="desk.yaml", at_least=2)
    before, _, rest = DESK.partition("roles:\n")
    after = rest.partition("people: [old]\n")[2]
    assert written.startswith(before)
    assert written.endswith(after)
    assert "  support:\n    people: [\n      a-1, a-2\n    ]\n" in written
    assert with_roles(written, {"support": ("a-1", "a-2")}, file="desk.yaml", at_least=2) == written


def test_a_desk_without_roles_is_told() -> None:
    with pytest.raises(UsageError, match=r"desk\.yaml has no roles"):
        with_roles("desk: x\n", {}, file="desk.yaml", at_least=1)
