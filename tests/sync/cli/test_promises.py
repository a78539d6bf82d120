"""`promises`: what is due next across queues, from the ledger alone; and the promises of `explain` and `check`."""

from pathlib import Path

import pytest
from command_line import Call, now, write_policy
from desk_world import World, minutes

PROMISES = """\
calendars: {always: 24x7}
promises:
  targets:
    - {when: {kind: [feature]}, promise: none}
    - {first_response: 1h, resolution: 4h}
rules:
  PR01:
"""


@pytest.fixture
def desk(desk: World, tmp_path: Path) -> World:
    """The desk, which promises something."""
    desk.box.store.add_label("example/webapp", "kind:feature")
    desk.box.store.add_label("example/webapp", "waiting:vendor")
    write_policy(tmp_path, desk, ("rules:\n", PROMISES))
    return desk


def three(desk: World, cli: Call) -> None:
    """One that is late, one that waits, one that is answered; and a feature."""
    for title, labels in (("Late", ()), ("Waits", ("waiting:vendor",)), ("Answered", ()), ("New", ("kind:feature",))):
        desk.reports("key-user-1", title, ("instance:berlin-01", *labels))
    desk.says("help-desk-1", 3, "Which browser?")
    desk.later(minutes(61))
    assert cli("run", *now(desk)).code == 0


def test_it_lists_what_is_due_first_across_queues_without_a_request(desk: World, cli: Call) -> None:
    three(desk, cli)
    before = len(desk.box.requests)
    answer = cli("promises", "--json").json
    assert len(desk.box.requests) == before
    listed = [(one["issue"], one["clock"], one["standing"], one["due"]) for one in answer["promises"]]
    assert listed == [
        ("webapp#1", "first response:1", "breached", "2026-11-23T09:00:00Z"),
        ("webapp#1", "resolution:1", "ok", "2026-11-23T12:00:00Z"),
        ("webapp#3", "resolution:1", "ok", "2026-11-23T12:00:00Z"),
        ("webapp#2", "first response:1", "paused", None),
        ("webapp#2", "resolution:1", "paused", None),
    ]
    assert (answer["promised"], answer["breached"], answer["paused"], answer["without"]) == (5, 1, 2, 1)
    assert answer["promises"][0]["line"].startswith("desk.yaml:")


def test_it_tells_people_when_what_and_who(desk: World, cli: Call) -> None:
    three(desk, cli)
    shown = cli("promises", "--most", "1").out
    assert "2026-11-23 10:00 CET  breached  webapp#1  first answer within 1h" in shown
    assert "5 promises · 1 breached · 0 at risk · 2 paused · 1 issue without a promise · 4 more not shown" in shown
    assert "waits for the vendor" in cli("promises").out


def test_another_moment_is_told_as_it_was_and_will_be(desk: World, cli: Call) -> None:
    three(desk, cli)
    desk.closes("help-desk-1", 1)
    desk.later()
    cli("run", *now(desk))
    assert "webapp#1" not in cli("promises").out
    then = cli("promises", "--at", "2026-11-23T08:50:00Z", "--json").json
    assert [one["standing"] for one in then["promises"] if one["issue"] == "webapp#1"] == ["at-risk", "ok"]
    later = cli("promises", "--at", "2026-11-23T12:00:00Z", "--json").json
    assert [one["standing"] for one in later["promises"] if one["issue"] == "webapp#3"] == ["breached"]


def test_a_moment_that_is_none_is_refused(desk: World, cli: Call) -> None:
    three(desk, cli)
    result = cli("promises", "--at", "tomorrow")
    assert (result.code, result.out) == (2, "")


def test_explain_shows_the_clocks_and_keeps_their_outcomes_out_of_the_verdicts(desk: World, cli: Call) -> None:
    three(desk, cli)
    answer = cli("explain", "3", "--json").json
    assert [(one["clock"], one["state"], one["kept"]) for one in answer["clocks"]] == [
        ("first response:1", "met", True),
        ("resolution:1", "running", False),
    ]
    assert answer["verdicts"] == []
    assert "promise: any issue → 1h (desk.yaml:" in cli("explain", "3").out


def test_check_makes_the_labels_of_the_standings(desk: World, cli: Call) -> None:
    made = cli("check", "--create-labels", "--json").json["created_labels"]["webapp"]
    assert {"sla:ok", "sla:at-risk", "sla:breached", "sla:paused"} <= set(made)


def test_a_rule_on_promises_without_any_is_found_with_its_line(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("rules:\n", "rules:\n  PR01:\n"))
    result = cli("check")
    assert result.code == 2
    assert "rules.PR01: nothing is promised" in result.err
