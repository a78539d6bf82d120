"""`explain` and `status`: what the ledger knows, without a request."""

from pathlib import Path

import pytest
from command_line import Call, now, write_policy, wrong_handover
from desk_world import World


def test_it_says_who_when_why_and_by_which_line(desk: World, cli: Call) -> None:
    number = wrong_handover(desk, cli)
    cli("run", *now(desk))
    before = len(desk.box.requests)
    result = cli("explain", str(number))
    assert result.code == 0
    assert len(desk.box.requests) == before
    for part in (
        "open · with help-desk",
        "history complete · settled",
        "tier help-desk → development  put back  by user-2",
        "TR02 enforce (desk.yaml:27)",
        "Ask help desk to hand it on.",
        "user-2 for help-desk: no  only help-desk-1, help-desk-2",
        "nothing to do",
    ):
        assert part in result.out


def test_a_change_that_waits_says_until_when(desk: World, cli: Call) -> None:
    number = wrong_handover(desk, cli)
    cli("run", *now(desk))
    desk.hands("user-2", number, "support")
    desk.closes("user-2", number)  # which no rule of this desk judges
    cli("run", *now(desk))
    answer = cli("explain", f"webapp#{number}", "--json").json
    assert [(one["facet"], one["after"], one["by"]) for one in answer["pending"]] == [("tier", "support", "user-2")]
    assert answer["pending"][0]["until"] == "2026-11-23T08:04:03Z"
    text = cli("explain", f"example/webapp#{number}").out
    assert "waits until 2026-11-23 09:04:03 CET: people click in several steps" in text


def test_a_change_that_is_to_be_put_back_is_shown_before_the_run(desk: World, cli: Call) -> None:
    number = wrong_handover(desk, cli)
    cli("plan", *now(desk))
    answer = cli("explain", str(number), "--json").json
    assert answer["settled"] is False
    assert [(step["rule"], step["after"]) for step in answer["now"] if step["facet"]] == [("TR02", "help-desk")]


def test_the_readings_that_prove_membership_are_shown(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(
        tmp_path, desk, ("{people: [help-desk-1, help-desk-2]}", "{github: {team: example/webapp-developers}}")
    )
    number = wrong_handover(desk, cli)
    cli("run", *now(desk))
    membership = cli("explain", str(number), "--json").json["memberships"][-1]
    assert (membership["person"], membership["answer"]) == ("user-2", "no")
    assert "github team example/webapp-developers: read 2026-11-23" in membership["because"]
    assert "without them" in membership["because"]


def test_an_earlier_moment_is_explained_as_it_was(desk: World, cli: Call) -> None:
    number = wrong_handover(desk, cli)
    cli("run", *now(desk))
    answer = cli("explain", str(number), "--now", "2026-11-23T08:00:30Z", "--json").json
    assert answer["tier"] == "key-users"


@pytest.mark.parametrize(("asked", "offered"), [("21", "webapp#1"), ("webap#1", "webapp#1"), ("webapp#2", "webapp#1")])
def test_an_unknown_issue_offers_the_nearest(desk: World, cli: Call, asked: str, offered: str) -> None:
    wrong_handover(desk, cli)
    result = cli("explain", asked)
    assert result.code == 2
    assert f"knows no issue '{asked}'; did you mean {offered}?" in result.err


def test_status_shows_queues_tiers_and_runs(desk: World, cli: Call) -> None:
    wrong_handover(desk, cli)
    cli("plan", *now(desk))
    answer = cli("status", "--json").json
    queue = answer["queues"][0]
    assert (queue["issues"], queue["due"], queue["open_by_tier"]["help-desk"]) == (1, 1, 1)
    assert [run["command"] for run in answer["runs"]] == ["plan", "run", "run"]
    assert all(run["exit_code"] == 0 and run["ended"] for run in answer["runs"])
    text = cli("status").out
    assert "1 issue, 1 open · 1 for the next run" in text
    assert "last runs" in text


def test_status_lists_what_waits(desk: World, cli: Call) -> None:
    number = wrong_handover(desk, cli)
    desk.hands("user-2", number, "support")
    cli("run", *now(desk))
    answer = cli("status", "--json").json
    assert (answer["waiting"], answer["next_woken"][0]["issue"]) == (1, f"webapp#{number}")


def test_status_lists_what_keeps_failing(desk: World, cli: Call) -> None:
    number = wrong_handover(desk, cli)
    desk.box.faults.add("drop-labels")
    result = cli("run", *now(desk))
    assert result.code == 1
    answer = cli("status", "--json").json
    assert [one["issue"] for one in answer["quarantine"]] == [f"webapp#{number}"]
    assert "in quarantine" in cli("status").out
    assert "failed when it was last looked at" in cli("explain", str(number)).out
