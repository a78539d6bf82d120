"""`commands`: the page on what people may write in comments, from the policy and what is installed."""

from pathlib import Path

from command_line import Call, write_policy
from desk_world import World

from tierkeeper.plugins.host import load_plugins


def with_commands(folder: Path, desk: World, said: str, *changes: tuple[str, str]) -> None:
    path = write_policy(folder, desk, *changes)
    path.write_text(f"{path.read_text()}commands: {said}\n")


def test_every_command_is_there_with_its_line_its_first_sentence_and_its_example(desk: World, cli: Call) -> None:
    assert desk.box.url
    page, answer = cli("commands").out, cli("commands", "--json").json
    known = load_plugins().commands
    assert [one["name"] for one in answer["commands"]] == sorted(known)
    handover = next(one for one in answer["commands"] if one["name"] == "handover")
    assert handover["usage"] == "/handover TIER reason"
    assert handover["example"] == "/handover support tried: restart, cache cleared"
    assert (handover["who"], handover["state"]) == (["anyone"], "on")
    assert handover["plugin"].endswith(": rules")
    does = "Hands the issue to a tier, with the reason or with what the next tier needs."
    assert f"| `/handover TIER reason` | {does} | anyone |" in page
    assert all(one["does"] and one["example"].startswith(f"/{one['name']}") for one in answer["commands"])


def test_who_may_is_what_the_policy_says_in_words(desk: World, cli: Call, tmp_path: Path) -> None:
    with_commands(tmp_path, desk, "{estimate: {who: [support, key users, dev-1]}}")
    answer = cli("commands", "--json").json
    estimate = next(one for one in answer["commands"] if one["name"] == "estimate")
    assert estimate["who"] == ["the role support", "the key users of where it was reported from", "dev-1"]
    assert estimate["line"].startswith("desk.yaml:")
    shown = "the role support; the key users of where it was reported from; dev-1"
    assert f"| {shown} |" in cli("commands").out


def test_what_is_off_is_said_to_be_off(desk: World, cli: Call, tmp_path: Path) -> None:
    with_commands(tmp_path, desk, "{take: off}")
    page = cli("commands").out
    assert "- `/take`: off, the policy turned it off" in page
    assert "| `/take` |" not in page


def test_a_desk_whose_rules_are_all_in_shadow_carries_out_none(desk: World, cli: Call, tmp_path: Path) -> None:
    with_commands(tmp_path, desk, "{}", ("mode: enforce", "mode: shadow"))
    assert "No command is carried out" in cli("commands").out
    assert cli("commands", "--json").json["carried_out"] is False


def test_what_is_refused_is_explained(desk: World, cli: Call) -> None:
    assert desk.box.url
    page = cli("commands").out
    for part in ("An edited comment runs none", "more than 10 commands", "in a quote, a list, code", "may not write"):
        assert part in page


def test_it_is_written_to_a_file(desk: World, cli: Call, tmp_path: Path) -> None:
    assert desk.box.url
    assert cli("commands", "-o", "page.md").code == 0
    assert (tmp_path / "page.md").read_text("utf-8") == cli("commands").out
