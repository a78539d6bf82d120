"""What plugins may say of mirrors, over HTTP: choose, map, hold back, enrich, take notice; each alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from mirror_world import MirrorWorld, mirror_world

from tierkeeper.plugins import Case, hookimpl
from tierkeeper.plugins.model.change import Draft
from tierkeeper.plugins.model.issue import Issue
from tierkeeper.plugins.model.mirror import Mirror

PRIORITIES = {"urgent": "1", "high": "2", "low": "3"}


@pytest.fixture(params=["jira-github", "github-jira"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world(request.param, tmp_path) as there:
        yield there


def say(world: MirrorWorld, hook: Callable[..., Any], name: str = "ours") -> None:
    """Have a plugin answer a hook."""
    world.host.register(SimpleNamespace(**{hook.__name__: hookimpl(hook)}), name)


def raising(hook: str) -> Callable[..., Any]:
    def fails(mirror: Mirror) -> None:
        raise ValueError(f"no {mirror.name} today")

    fails.__name__ = hook
    return fails


def handed_over(world: MirrorWorld, title: str = "Export fails", *labels: str) -> str:
    issue: str = world.desk.report("key-user-1", title, "It stops.", ("tier:development", *labels))
    world.later()
    return issue


def titles(world: MirrorWorld) -> list[str]:
    return sorted(one.title for one in world.dev.issues())


def test_a_plugin_chooses_which_issues_have_a_twin(world: MirrorWorld) -> None:
    def tierkeeper_mirror_choose(mirror: Mirror, case: Case) -> bool | None:
        assert mirror.name == "to-dev"
        return False if case.title.startswith("Draft:") else None

    say(world, tierkeeper_mirror_choose)
    say(world, lambda_named("tierkeeper_mirror_choose", lambda: True), "another")
    issue = handed_over(world, "Draft: export")
    handed_over(world, "Import")
    world.run_quiet()
    assert titles(world) == ["Import"]
    world.desk.rename("support-1", issue, "Export")
    world.later()
    world.run_quiet()
    assert titles(world) == ["Export", "Import"]


def lambda_named(hook: str, answer: Callable[..., Any]) -> Callable[..., Any]:
    answer.__name__ = hook
    return answer


def test_a_plugin_says_what_values_are_called_on_the_twin(world: MirrorWorld) -> None:
    def tierkeeper_mirror_map(facet: str, value: str) -> str | None:
        return PRIORITIES[value] if facet == "priority" else None

    say(world, tierkeeper_mirror_map)
    issue = handed_over(world, "Export fails", "priority:high")
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert "priority:2" in twin.labels
    world.dev.label("dev-1", twin.id, "priority:3")
    world.dev.unlabel("dev-1", twin.id, "priority:2")
    world.later()
    world.run_quiet()
    (source,) = world.desk.issues()
    assert source.id == issue
    assert "priority:low" in source.labels
    assert "priority:high" not in source.labels


def test_two_values_with_one_name_stop_the_mirror_before_anything_is_written(world: MirrorWorld) -> None:
    def tierkeeper_mirror_map(facet: str) -> str | None:
        return "some" if facet == "priority" else None

    say(world, tierkeeper_mirror_map)
    handed_over(world)
    report = world.cycle()
    assert report.exit_code == 1
    assert "mirror to-dev: plugin 'ours' gives two values of priority the name 'some'" in report.problems[0]
    assert world.dev.issues() == []
    assert world.cycle(write=False).exit_code == 1


def test_a_plugin_holds_an_issue_back_with_a_reason(world: MirrorWorld) -> None:
    held = {"why": "no severity yet"}

    def tierkeeper_mirror_hold(case: Case) -> str | None:
        return held["why"] if case.title != "Import" else None

    say(world, tierkeeper_mirror_hold)
    issue = handed_over(world)
    handed_over(world, "Import")
    report = world.run()
    assert report.exit_code == 0
    assert [notice for notice in report.notices if "no severity yet (plugin 'ours')" in notice]
    assert titles(world) == ["Import"]
    held["why"] = ""
    world.later()
    world.run_quiet()
    assert titles(world) == ["Export fails", "Import"]
    held["why"] = "the release is frozen"
    world.desk.rename("support-1", issue, "Export stops")
    world.later()
    world.run()
    assert titles(world) == ["Export fails", "Import"]


def test_plugins_enrich_a_twin_one_after_the_other(world: MirrorWorld) -> None:
    def tierkeeper_mirror_draft(case: Case, draft: Draft) -> Draft | None:
        return msgspec.structs.replace(draft, body=f"{draft.body}\n\nIt came to {case.tier}.")

    say(world, tierkeeper_mirror_draft, "first")
    say(world, lambda_named("tierkeeper_mirror_draft", lambda: None), "silent")
    say(
        world,
        lambda_named(
            "tierkeeper_mirror_draft", lambda draft: msgspec.structs.replace(draft, labels=(*draft.labels, "ui"))
        ),
        "second",
    )
    handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert twin.text.endswith("It came to development.") or "It came to development.\n" in twin.text
    assert "ui" in twin.labels


def test_what_a_plugin_adds_to_a_twin_is_redacted_too(world: MirrorWorld) -> None:
    def tierkeeper_mirror_draft(draft: Draft) -> Draft:
        return msgspec.structs.replace(draft, body=f"{draft.body}\n\nAsk anna.berg@example.com")

    say(world, tierkeeper_mirror_draft)
    handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert "Ask [redacted]" in twin.text
    assert "anna.berg" not in twin.text


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("title", {"title": "Another"}),
        ("text between our marks", {"body": "Mine"}),
        ("labels", {"labels": ()}),
    ],
)
def test_what_stays_in_step_is_not_changed_by_enriching(
    world: MirrorWorld, what: str, change: dict[str, object]
) -> None:
    say(world, lambda_named("tierkeeper_mirror_draft", lambda draft: msgspec.structs.replace(draft, **change)))
    handed_over(world)
    (problem,) = world.cycle().problems
    assert f"plugin 'ours' changed the {what} of a twin" in problem
    assert world.dev.issues() == []


def test_plugins_take_notice_of_a_twin_once(world: MirrorWorld) -> None:
    told = []

    def tierkeeper_mirror_made(mirror: Mirror, case: Case, twin: Issue) -> None:
        told.append((mirror.name, case.title, twin.ref.queue, twin.title))

    say(world, tierkeeper_mirror_made)
    handed_over(world)
    world.run_quiet()
    assert told == [("to-dev", "Export fails", "dev", "Export fails")]


@pytest.mark.parametrize("hook", ["tierkeeper_mirror_choose", "tierkeeper_mirror_hold", "tierkeeper_mirror_draft"])
def test_a_plugin_that_fails_is_named_and_its_issue_put_aside(world: MirrorWorld, hook: str) -> None:
    heard = []
    say(world, raising(hook), "broken")
    say(world, lambda_named(hook, lambda: heard.append(1)), "another")
    issue = handed_over(world)
    report = world.cycle()
    assert report.exit_code == 1
    assert f"plugin 'broken' failed in {hook}: ValueError: no to-dev today" in report.problems[0]
    assert world.dev.issues() == []
    assert heard
    assert "flag:mirror" in next(one.labels for one in world.desk.issues() if one.id == issue)


def test_a_plugin_that_fails_at_taking_notice_undoes_nothing(world: MirrorWorld) -> None:
    say(world, raising("tierkeeper_mirror_made"), "broken")
    handed_over(world)
    report = world.cycle()
    assert "plugin 'broken' failed in tierkeeper_mirror_made" in report.problems[0]
    assert titles(world) == ["Export fails"]
    world.later()
    world.run_quiet()


def test_an_answer_of_another_kind_is_the_plugins_failure(world: MirrorWorld) -> None:
    say(world, lambda_named("tierkeeper_mirror_choose", lambda: "yes"), "odd")
    handed_over(world)
    (problem,) = world.cycle().problems
    assert "plugin 'odd' answered tierkeeper_mirror_choose with 'yes'; expected bool or None" in problem
