"""`plan` and `run`, from a click in the tracker to what is printed."""

from pathlib import Path

import pytest
from command_line import Call, now, write_policy, wrong_handover
from desk_world import World

COUNTS = {
    "format",
    "command",
    "desk",
    "judged_as_of",
    "offline",
    "queues",
    "changed",
    "woken",
    "judged",
    "waiting",
    "first",
    "to_write",
    "to_carry",
    "written",
    "carried",
    "in_shadow",
    "guarded",
    "max_changes",
    "over",
    "requests",
    "issues",
    "left",
    "problems",
    "notices",
    "exit_code",
}


def test_a_plan_shows_what_would_be_put_back_and_writes_nothing(desk: World, cli: Call) -> None:
    number = wrong_handover(desk, cli)
    before = desk.writes()
    result = cli("plan", *now(desk))
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == ("desk Web application · 1 queue · 1 issue changed, 0 woken · judged as of 2026-11-23 09:03 CET")
    assert lines[2] == f"webapp#{number}  Export fails"
    assert lines[3].split()[:3] == ["tier", "development", "→"]
    assert "help-desk  TR02 enforce  user-2 handed it from help desk to development" in lines[3]
    assert lines[-1].endswith("nothing written: this was a plan")
    assert desk.writes() == before
    assert desk.tier(number) == {"development"}


def test_the_first_run_says_that_it_judges_nobody_for_what_lies_before_it(desk: World, cli: Call) -> None:
    desk.ledger_path.unlink(missing_ok=True)
    told = "the first run: nothing that people did before it is ever put back"
    assert [told in cli(command, *now(desk)).out for command in ("plan", "run", "run")] == [True, True, False]


def test_a_second_plan_shows_the_same_again(desk: World, cli: Call) -> None:
    wrong_handover(desk, cli)
    first, second = (cli("plan", "--json", *now(desk)).json for _ in range(2))
    assert first["issues"] == second["issues"]
    assert len(first["issues"]) == 1


def test_a_run_writes_it_and_the_next_run_writes_nothing(desk: World, cli: Call) -> None:
    number = wrong_handover(desk, cli)
    result = cli("run", *now(desk))
    assert result.code == 0
    assert desk.tier(number) == {"help-desk"}
    assert "1 issue written" in result.out
    before = desk.writes()
    again = cli("run", *now(desk))
    assert "0 issues written" in again.out
    assert desk.writes() == before


def test_the_json_of_plan_and_run_has_one_shape(desk: World, cli: Call) -> None:
    wrong_handover(desk, cli)
    for command in (["plan"], ["plan", "--offline"], ["run"]):
        answer = cli(*command, "--json", *now(desk)).json
        assert set(answer) == COUNTS
        assert answer["format"] == 1
        assert answer["judged_as_of"] == "2026-11-23T08:03:03Z"
        step = answer["issues"][0]["steps"][0]
        assert (step["facet"], step["before"], step["after"]) == ("tier", "development", "help-desk")
        assert (step["rule"], step["mode"], step["line"]) == ("TR02", "enforce", "desk.yaml:27")
        assert step["evidence"]


def test_offline_asks_nobody(desk: World, cli: Call) -> None:
    wrong_handover(desk, cli)
    online = cli("plan", "--json", *now(desk)).json
    before = len(desk.box.requests)
    result = cli("plan", "--offline", *now(desk))
    assert len(desk.box.requests) == before
    assert "1 issue due, from the ledger alone" in result.out
    assert cli("plan", "--offline", "--json", *now(desk)).json["issues"] == online["issues"]


def test_offline_takes_the_time_of_the_last_run(desk: World, cli: Call) -> None:
    wrong_handover(desk, cli)
    cli("plan", *now(desk))
    assert cli("plan", "--offline", "--json").json["judged_as_of"] == "2026-11-23T08:03:03Z"


def test_too_many_changes_are_listed_and_none_is_written(desk: World, cli: Call) -> None:
    number = wrong_handover(desk, cli)
    before = desk.writes()
    result = cli("run", "--max-changes", "0", *now(desk))
    assert result.code == 1
    assert f"webapp#{number}  Export fails" in result.out
    assert "1 over max_changes" in result.out
    assert "`tierkeeper run --max-changes 1` writes them once" in result.err
    assert desk.writes() == before
    assert cli("run", "--max-changes", "1", *now(desk)).code == 0
    assert desk.tier(number) == {"help-desk"}


def test_the_policys_limit_holds_without_the_option(desk: World, cli: Call, tmp_path: Path) -> None:
    wrong_handover(desk, cli)
    write_policy(tmp_path, desk, ("leader:", "max_changes: 0\nleader:"))
    answer = cli("run", "--json", *now(desk))
    assert (answer.code, answer.json["over"], answer.json["max_changes"]) == (1, 1, 0)


def test_quiet_says_nothing_when_all_is_well(desk: World, cli: Call) -> None:
    wrong_handover(desk, cli)
    assert cli("run", "--quiet", *now(desk)) == (0, "", "")


def test_text_from_the_tracker_is_shown_as_it_is_and_harmless(desk: World, cli: Call) -> None:
    desk.reports("user-1", "Login \x1b[31mloops\x9b [bold]on[/bold] :bomb: \u202eshop", ("instance:berlin-01",))
    desk.later()
    result = cli("plan", *now(desk))
    assert "Login [31mloops [bold]on[/bold] :bomb: shop" in result.out
    raw = cli("plan", "--json", *now(desk)).out
    assert not {"\x1b", "\x9b", "\u202e"} & set(result.out + raw)
    assert raw.isascii()


def test_an_issue_that_is_still_being_clicked_on_waits(desk: World, cli: Call) -> None:
    number = wrong_handover(desk, cli)
    desk.hands("user-2", number, "support")
    result = cli("plan", *now(desk))
    assert "1 waiting until people are done" in result.out


def test_the_environment_names_policy_and_ledger(
    desk: World, cli: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "desk.yaml").rename(tmp_path / "other.yaml")
    monkeypatch.setenv("TIERKEEPER_POLICY", "other.yaml")
    assert cli("run", *now(desk)).code == 0
    assert (tmp_path / "other.sqlite").exists()
    monkeypatch.setenv("TIERKEEPER_LEDGER", "kept/ledger.db")
    assert cli("run", *now(desk)).code == 0
    assert (tmp_path / "kept" / "ledger.db").exists()
    assert cli("status", "--ledger", "other.sqlite").code == 0
