"""`tierkeeper mirror` and what `status`, `run` and the figures say of mirrors."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import TOKEN, Call, Result
from mirror_world import MirrorWorld, mirror_world

from tierkeeper.plugins.jira.sandbox.catalog import LINK_TYPES


@pytest.fixture
def world(tmp_path: Path, cli: Call, monkeypatch: pytest.MonkeyPatch) -> Iterator[MirrorWorld]:
    """Two issues for development, of which the first is refused there."""
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    with mirror_world("jira-github", tmp_path) as made:
        (tmp_path / "desk.yaml").write_text(made.policy_text(), encoding="utf-8")
        for number in (1, 2):
            made.desk.report("key-user-1", f"Issue {number}", "It stops.", ("tier:development",))
        made.later()
        made.github.faults.add("server-error", status=422, match=r"POST /repos/example/webapp/issues$", times=1)
        yield made


def run(cli: Call, world: MirrorWorld, *more: str) -> Result:
    return cli("run", "--now", world.github.now.isoformat(), *more)


def test_list_shows_pairs_and_what_was_put_aside_and_why(cli: Call, world: MirrorWorld) -> None:
    assert run(cli, world).code == 1
    shown = cli("mirror", "list", "--json").json
    assert shown["mirrors"] == [
        {"mirror": "to-dev", "source": "desk", "targets": ["dev"], "pairs": 1, "unknown": 0},
    ]
    (held,) = shown["put_aside"]
    assert (held["issue"], held["attempts"], held["twin"]) == ("HELP-1", 1, "")
    assert "422" in held["reason"]
    text = cli("mirror", "list").out
    assert "to-dev  desk → dev  1 pair" in text
    assert "HELP-1  1 attempt  since" in text
    assert cli("status", "--json").json["put_aside"] == shown["put_aside"]
    status = cli("status").out
    assert "put aside by the mirrors" in status
    assert ", 1 problem, as of" in status


def test_a_refused_twin_keeps_its_reason_and_one_without_an_answer_is_not_known_to_be_made(
    cli: Call, world: MirrorWorld
) -> None:
    for _ in range(3):
        run(cli, world)
        assert "422" in cli("mirror", "list", "--json").json["put_aside"][0]["reason"]
        world.github.faults.add("server-error", status=422, match=r"POST /repos/example/webapp/issues$", times=1)
        world.later(600)
    world.github.faults.clear()
    world.github.faults.add("cut-after-write", match=r"POST /repos/example/webapp/issues$", times=1)
    run(cli, world)
    assert "to-dev  desk → dev  2 pairs, 1 not known to be made" in cli("mirror", "list").out
    assert "whether its twin was made is not known yet" in cli("explain", "HELP-1").out
    world.later(600)
    assert run(cli, world).code == 0
    assert len(world.dev.issues()) == 2


def test_plan_and_run_count_pairs_apart_and_show_each_issue_once(cli: Call, world: MirrorWorld) -> None:
    planned = cli("plan", "--now", world.github.now.isoformat()).out
    assert "0 issues to write (0 changes) · 2 pairs of twins to bring in step" in planned
    world.github.faults.clear()
    done = run(cli, world).out
    assert "2 issues written · 2 pairs of twins brought in step" in done
    assert (done.count("HELP-1  Issue 1"), done.count("status comment  made on the twin")) == (1, 2)
    assert "brought in step" not in run(cli, world).out


def test_explain_names_the_twin_and_what_was_put_aside(cli: Call, world: MirrorWorld) -> None:
    run(cli, world)
    aside, pair = cli("explain", "HELP-1").out, cli("explain", "HELP-2").out
    assert "put aside by its mirror (1 attempt, again 2026-11-23" in aside
    assert "its twin is dev#1, by the mirror to-dev" in pair
    twin = cli("explain", "dev#1", "--json").json
    assert (twin["now"], twin["twins"]) == (
        [],
        [{"mirror": "to-dev", "other": "HELP-2", "is_source": False, "ended": ""}],
    )
    assert "the twin of HELP-2, by the mirror to-dev: the rules judge that one" in cli("explain", "dev#1").out
    assert cli("mirror", "release", "dev#1").code == 0
    assert "no longer linked to dev#1: let go on" in cli("explain", "HELP-2").out


def test_a_plan_from_the_ledger_alone_judges_no_twin(cli: Call, world: MirrorWorld) -> None:
    run(cli, world)
    cli("plan", "--now", world.github.now.isoformat())  # reads what the run wrote
    assert cli("status", "--json").json["queues"][1]["due"] == 1
    assert cli("plan", "--offline", "--json").json["judged"] == 2


def test_retry_has_it_tried_with_the_next_run(cli: Call, world: MirrorWorld) -> None:
    run(cli, world)
    assert run(cli, world).code == 0
    assert len(world.dev.issues()) == 1
    assert cli("mirror", "retry").out == "HELP-1: tried with the next run.\n"
    assert "again with the next run" in cli("mirror", "list").out
    assert run(cli, world).code == 0
    assert len(world.dev.issues()) == 2
    assert cli("mirror", "retry").out == "Nothing was put aside.\n"
    assert cli("mirror", "retry", "HELP-2", "--json").json["issues"] == ["HELP-2"]


def test_what_was_dropped_stays_out_until_it_changes(cli: Call, world: MirrorWorld) -> None:
    run(cli, world)
    assert "HELP-2 was not put aside" in cli("mirror", "drop", "HELP-2").err
    assert cli("mirror", "drop", "HELP-1", "--json").json["issues"] == ["HELP-1"]
    for _ in range(3):
        world.later(600)
        assert run(cli, world).code == 0
    assert len(world.dev.issues()) == 1
    assert "flag:mirror" not in next(one.labels for one in world.desk.issues() if one.title == "Issue 1")
    shown = cli("mirror", "list", "--json").json
    assert (shown["put_aside"], shown["dropped"]) == ([], ["HELP-1"])
    assert "dropped, until they change" in cli("mirror", "list").out
    world.desk.rename("support-1", world.desk.issues()[0].id, "Issue 1 again")
    world.later()
    assert run(cli, world).code == 0
    assert sorted(one.title for one in world.dev.issues()) == ["Issue 1 again", "Issue 2"]
    assert cli("mirror", "list", "--json").json["dropped"] == []


def test_an_issue_that_nobody_knows_is_told(cli: Call, world: MirrorWorld) -> None:
    run(cli, world)
    done = cli("mirror", "drop", "HELP-9")
    assert done.code == 2
    assert "the ledger knows no issue 'HELP-9'" in done.err


def test_the_figures_count_pairs_and_what_was_put_aside(cli: Call, world: MirrorWorld, tmp_path: Path) -> None:
    run(cli, world, "--metrics", "desk.prom")
    text = (tmp_path / "desk.prom").read_text(encoding="utf-8")
    assert 'tierkeeper_mirror_links{desk="Web application",mirror="to-dev"} 1' in text
    assert 'tierkeeper_mirror_put_aside{desk="Web application"} 1' in text
    assert 'tierkeeper_last_run_carried{desk="Web application",command="run"} 1' in text


def test_check_live_finds_what_keeps_twins_from_being_made(
    cli: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    with mirror_world("github-jira", tmp_path) as there:
        (tmp_path / "desk.yaml").write_text(there.policy_text(), encoding="utf-8")
        found = cli("check", "--live", "--json").json["findings"]
        assert not [one for one in found if one["fatal"] or "no account" in one["message"]]
        there.jira.store.add_field("Root cause")
        there.jira.store.project("DEV").required.append(there.jira.store.field("Root cause").id)
        text = there.policy_text().replace("  dev-2: {github: dev-2, jira: acc-dev-2}", "  dev-2: {jira: acc-dev-2}")
        (tmp_path / "desk.yaml").write_text(text, encoding="utf-8")
        done = cli("check", "--live", "--json")
    said = {one["message"]: one["fatal"] for one in done.json["findings"]}
    assert done.code == 1
    assert said["an issue cannot be made without the field 'Root cause', and no mirror fills it"] is True
    assert said["dev-2: no account on github; they are not assigned there"] is False


def test_check_live_finds_a_public_target_of_a_private_mirror(
    cli: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    with mirror_world("jira-github", tmp_path) as there:
        there.github.store.repository("example/webapp").private = False
        (tmp_path / "desk.yaml").write_text(there.policy_text(), encoding="utf-8")
        done = cli("check", "--live", "--json")
    (problem,) = [one for one in done.json["findings"] if one["fatal"]]
    assert (problem["key"], done.code) == ("mirrors.to-dev", 1)
    assert "example/webapp is public" in problem["message"]


def test_check_live_finds_kinds_of_links_and_labels_that_the_target_lacks(
    cli: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    with mirror_world("github-jira", tmp_path) as there:
        (tmp_path / "desk.yaml").write_text(there.policy_text(), encoding="utf-8")
        assert not any("links" in one["message"] for one in cli("check", "--live", "--json").json["findings"])
        monkeypatch.delitem(LINK_TYPES, "Blocks")
        findings = cli("check", "--live", "--json").json["findings"]
    (problem,) = [one for one in findings if "links" in one["message"]]
    assert problem["message"] == "DEV has no links of the kind Blocks: twins are not linked so"
    assert (problem["key"], problem["fatal"]) == ("mirrors.to-dev", False)


def test_check_names_the_mirrors_and_makes_the_labels_that_they_give(
    cli: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    with mirror_world("jira-github", tmp_path) as there:
        there.extra = ", labels: {regression: 'kind: regression'}, values: {priority: {urgent: P0}}"
        (tmp_path / "desk.yaml").write_text(there.policy_text(), encoding="utf-8")
        assert "to-dev  desk → dev · tier development" in cli("check").out
        missing = [one["message"] for one in cli("check", "--live", "--json").json["findings"]]
        assert any("kind: regression" in one and "priority:P0" in one for one in missing)
        made = cli("check", "--live", "--create-labels", "--json").json
    assert {"kind: regression", "priority:P0"} <= set(made["created_labels"]["dev"])
    assert made["mirrors"] == [
        {"name": "to-dev", "source": "desk", "targets": ["dev"], "when": {"tier": ["development"]}}
    ]
