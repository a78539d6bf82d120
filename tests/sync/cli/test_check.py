"""`check`: the policy read, the trackers asked, labels made."""

import json
from pathlib import Path

import pytest
from command_line import Call, now, write_policy
from desk_world import REPO, World

from tierkeeper.plugins.errors import PluginError
from tierkeeper.plugins.host import load_plugins
from tierkeeper.sync.cli import desks


def test_it_sums_the_desk_up(desk: World, cli: Call) -> None:
    result = cli("check")
    assert (result.code, result.err) == (0, "")
    for part in ("desk Web application", "support-1, support-2, support-lead · lead support-lead", "TR02 enforce"):
        assert part in result.out
    assert desk.box.requests == []


def test_its_json_has_tiers_queues_and_rules(desk: World, cli: Call) -> None:
    answer = cli("check", "--json").json
    assert [tier["name"] for tier in answer["tiers"]] == ["key-users", "help-desk", "support", "development"]
    assert answer["queues"] == [{"name": "webapp", "tracker": "github", "place": REPO, "labels": []}]
    assert [(rule["code"], rule["mode"], rule["line"]) for rule in answer["rules"]] == [
        ("TR01", "enforce", "desk.yaml:26"),
        ("TR02", "enforce", "desk.yaml:27"),
        ("TR03", "enforce", "desk.yaml:28"),
    ]
    assert (answer["live"], answer["exit_code"]) == (False, 0)


def test_its_json_holds_the_problems_of_a_wrong_policy(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("role: help-desk}", "role: helpdesk}"))
    result = cli("check", "--json")
    assert result.code == 2
    assert result.json["findings"][0]["key"] == "tiers[1].role"
    assert result.json["exit_code"] == 2


def test_the_schema_is_json_and_needs_no_policy(cli: Call) -> None:
    result = cli("check", "--schema")
    assert result.code == 0
    assert json.loads(result.out)["title"] == "desk.yaml"


def test_live_names_the_labels_that_are_missing_and_makes_them_when_asked(desk: World, cli: Call) -> None:
    first = cli("check", "--live")
    assert first.code == 0
    assert "labels are missing: entry-point:shop, tierkeeper:off" in first.err
    made = cli("check", "--create-labels", "--json").json
    assert made["created_labels"] == {"webapp": ["entry-point:shop", "tierkeeper:off"]}
    assert made["accounts"] == {"github": "tierkeeper"}
    assert made["findings"] == []
    assert cli("check", "--live").err == ""


def test_our_own_account_may_be_in_no_role(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("[help-desk-1, help-desk-2]", "[help-desk-1, Tierkeeper]"))
    result = cli("check", "--live")
    assert result.code == 1
    assert "roles.help-desk: our own account tierkeeper is in this role, by name" in result.err


def test_our_own_account_may_be_in_no_team(desk: World, cli: Call, tmp_path: Path) -> None:
    team = "{github: {team: example/webapp-developers}}"
    write_policy(tmp_path, desk, ("{people: [dev-1, dev-2]}", team))
    assert cli("check", "--live").code == 0
    desk.box.store.add_team_member("example", "webapp-developers", "tierkeeper")
    result = cli("check", "--live")
    assert result.code == 1
    assert "through github team example/webapp-developers" in result.err


def test_a_role_that_cannot_be_read_is_a_problem(desk: World, cli: Call, tmp_path: Path) -> None:
    write_policy(tmp_path, desk, ("{people: [dev-1, dev-2]}", "{github: {team: example/no-such-team}}"))
    result = cli("check", "--live")
    assert result.code == 1
    assert "who is in github team example/no-such-team cannot be read" in result.err


def test_a_wrong_token_fails_live_and_only_live(desk: World, cli: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "wrong-token")
    assert cli("check").code == 0
    result = cli("check", "--live")
    assert result.code == 1
    assert "tracker github: " in result.err
    assert "401" in result.err


def test_a_plugin_that_does_not_load_is_named(desk: World, cli: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    host = load_plugins()
    host.failures.append(PluginError("plugin 'acme' could not be imported: ImportError: no acme", plugin="acme"))
    monkeypatch.setattr(desks, "load_plugins", lambda: host)
    result = cli("check")
    assert result.code == 1
    assert "problem: plugin 'acme' could not be imported" in result.err
    run = cli("run", *now(desk))
    assert (run.code, "notice: plugin 'acme'" in run.err) == (0, True)


def test_a_notifier_without_its_address_is_found_live(
    desk: World, cli: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = write_policy(tmp_path, desk)
    policy.write_text(policy.read_text() + "notifiers: {chat: {plugin: apprise}}\n")
    monkeypatch.delenv("CHAT_URL", raising=False)
    result = cli("check", "--live")
    assert result.code == 1
    assert "problem: notifier chat: the notifier 'chat' needs apprise's address: set CHAT_URL" in result.err
    monkeypatch.setenv("CHAT_URL", "json://127.0.0.1/desk")
    assert "notifier chat" not in cli("check", "--live").err
