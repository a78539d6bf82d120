"""`rules`: what is installed, and one rule's manual."""

from pathlib import Path

from command_line import Call, write_policy
from desk_world import World


def test_rules_that_the_policy_does_not_name_are_off(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("  TR01:\n", ""))
    for command in (["rules"], ["rules", "list"]):
        modes = {rule["code"]: rule["mode"] for rule in cli(*command, "--json").json["rules"]}
        assert (modes["TR01"], modes["TR02"]) == ("off", "enforce")
    assert "TR01  off" in cli("rules").out


def test_rules_are_listed_without_a_policy(cli: Call) -> None:
    result = cli("rules")
    assert (result.code, "TR01  off" in result.out) == (0, True)


def test_a_rule_is_explained_with_its_options_and_its_place(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("  TR01:\n", "  TR01: {most: 3}\n"))
    result = cli("rules", "explain", "tr01")
    for part in ("TR01  enforce in desk.yaml:26", "**Why.**", "most    default 10    here 3"):
        assert part in result.out
    options = cli("rules", "explain", "TR01", "--json").json["options"]
    assert {"name": "most", "default": "10", "value": "3"} in options


def test_a_rule_is_explained_while_the_policy_is_wrong(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("  TR01:\n", "  TR01: {nonsense: 3}\n"))
    result = cli("rules", "explain", "TR01")
    assert (result.code, "warning: desk.yaml has 1 problem" in result.err) == (0, True)


def test_an_unknown_rule_offers_the_nearest(cli: Call) -> None:
    result = cli("rules", "explain", "TR011")
    assert result.code == 2
    assert 'no rule "TR011" is installed; did you mean "TR01"?' in result.err
