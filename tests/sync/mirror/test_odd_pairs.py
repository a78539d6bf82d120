"""Odd input: what fits badly on the other side crosses as well as it can, or is put aside with its reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror_world import MirrorWorld, mirror_world

from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Held, Links


@pytest.fixture
def from_jira(tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world("jira-github", tmp_path) as there:
        yield there


def handed_over(world: MirrorWorld, title: str, body: str = "It stops.", *labels: str) -> str:
    issue: str = world.desk.report("key-user-1", title, body, ("tier:development", *labels))
    world.later()
    return issue


def held(world: MirrorWorld) -> list[Held]:
    with Ledger.open(world.ledger_path, desk="Web application", read_only=True) as ledger:
        return Links(ledger).held()


def test_a_long_text_is_cut_where_one_sees_it_with_a_link_to_the_whole(to_jira: MirrorWorld) -> None:
    world = to_jira
    issue = handed_over(world, "Long", "Line of a log.\n\n" * 4_000)
    world.desk.comment("key-user-1", issue, "More of it.\n\n" * 4_500)
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert "Line of a log." in twin.text
    assert "example/help" in twin.text
    assert len(twin.text) < 40_000
    assert sum("More of it." in text for _, text in twin.comments) == 1


def test_three_hundred_thousand_characters_do_not_stop_a_run(world: MirrorWorld) -> None:
    handed_over(world, "Short")
    handed_over(world, "Huge", "word " * (60_000 if world.pairing.startswith("github") else 6_000))
    world.cycle()
    assert "Short" in {one.title for one in world.dev.issues()}
    twins = [one for one in world.dev.issues() if one.title == "Huge"]
    assert len(twins) + len(held(world)) == 1
    assert all(len(one.text) <= 65_536 for one in twins)


def test_a_title_of_1024_characters_is_cut_for_jira_and_never_comes_back(to_jira: MirrorWorld) -> None:
    world = to_jira
    long = "A title without an end " * 44 + "and on it go"
    assert len(long) == 1024
    handed_over(world, long)
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert len(twin.title) <= 255
    assert twin.title.endswith("…")
    assert world.desk.issues()[0].title == long


def test_labels_with_a_comma_a_slash_and_an_emoji_cross_and_go(from_jira: MirrorWorld) -> None:
    world = from_jira
    names = {"ui": "ui, forms", "net": "area/net", "hot": "🔥 hot", "löschen": "LÖSCHEN"}
    world.extra = ", labels: {" + ", ".join(f'{here}: "{there}"' for here, there in names.items()) + "}"
    for there in names.values():
        world.github.store.add_label("example/webapp", there)
    issue = handed_over(world, "Labels", "It stops.", *names)
    world.run_quiet()
    assert set(names.values()) <= world.dev.issues()[0].labels
    for here in names:
        world.desk.unlabel("support-1", issue, here)
    world.later()
    world.run_quiet()
    assert world.dev.issues()[0].labels.isdisjoint(names.values())


def test_a_hundred_labels_cross_where_they_are_mapped(world: MirrorWorld) -> None:
    names = [f"topic-{number}" for number in range(99)]
    world.extra = ", labels: {" + ", ".join(f"{name}: {name}" for name in names[:60]) + "}"
    for end in (world.desk, world.dev):
        if hasattr(end, "box") and end.place.startswith("example/"):
            for name in names:
                end.store.add_label(end.place, name)
    handed_over(world, "Labels", "It stops.", *names)
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert twin.labels & set(names) == set(names[:60])


def test_a_required_field_that_nobody_fills_puts_that_issue_aside(to_jira: MirrorWorld) -> None:
    world = to_jira
    world.jira.store.add_field("Root cause")
    project = world.jira.store.project("DEV")
    project.required.append(world.jira.store.field("Root cause").id)
    issue = handed_over(world, "Without")
    report = world.cycle()
    assert report.exit_code == 1
    (one,) = held(world)
    assert "Root cause is required" in one.reason
    assert "flag:mirror" in world.desk.issues()[0].labels
    project.required.clear()
    world.later(120)
    world.run_quiet()
    assert [(twin.title, one.ref.id) for twin in world.dev.issues()] == [("Without", issue)]


def test_a_reporter_without_a_counterpart_is_named_and_nobody_is_pinged(world: MirrorWorld) -> None:
    world.github.store.add_user("stranger")
    world.jira.store.add_user("stranger", time_zone="Etc/UTC")
    issue = world.desk.report("stranger", "From outside", "It stops.", ("tier:development",))
    world.desk.comment("key-user-1", issue, "Thank you.")
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert "reported by" in twin.text
    assert "stranger" in twin.text.lower()
    assert "@stranger" not in twin.text


def test_an_issue_that_two_mirrors_could_have_claimed_has_one_twin(world: MirrorWorld) -> None:
    world.extra = ", labels: {}}\n  to-support: {from: desk, to: dev, when: {tier: support}"
    issue = handed_over(world, "Moves on")
    world.run_quiet()
    world.desk.label("support-1", issue, "tier:support")
    world.desk.unlabel("support-1", issue, "tier:development")
    world.later()
    world.run_quiet()
    assert [one.title for one in world.dev.issues()] == ["Moves on"]
