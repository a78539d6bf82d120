"""What people do between our read and our write, and writes of ours that we never heard of: nothing is lost unsaid."""

from collections.abc import Callable
from typing import Any

import pytest
from mirror_world import MirrorWorld, twin_of

from tierkeeper.plugins.transport.policy import Transport


def linked(world: MirrorWorld) -> tuple[str, str]:
    """An issue in step with its twin; the ids of both."""
    source: str = world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:development",))
    world.later()
    world.run_quiet()
    (twin,) = world.dev.issues()
    return source, twin.id


def just_before_the_title_is_written(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let people act as our edit of the issue is on its way."""
    send = Transport._send
    left = [act]

    def sent(transport: Transport, ask: Any) -> Any:
        edits = ask.method in {"PATCH", "PUT"} and "comment" not in ask.path
        if edits and left:
            left.pop()()
        return send(transport, ask)

    monkeypatch.setattr(Transport, "_send", sent)


def titles(world: MirrorWorld) -> tuple[str, str]:
    (source,), (twin,) = world.desk.issues(), world.dev.issues()
    return source.title, twin.title


def told(world: MirrorWorld) -> str:
    (source,) = world.desk.issues()
    return str(source.status)


def test_a_title_that_was_written_over_unread_is_told(world: MirrorWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    source, twin = linked(world)
    world.desk.rename("support-1", source, "Ours")
    world.later()
    just_before_the_title_is_written(monkeypatch, lambda: world.dev.rename("dev-1", twin, "Theirs"))
    world.run_quiet()
    assert titles(world) == ("Ours", "Ours")
    assert "“Ours” counts, not “Theirs”" in told(world)
    assert told(world).count("Theirs") == 1


def test_where_that_sides_word_counts_it_stands_again(world: MirrorWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.extra = ", flows: {title: {owner: target}}"
    source, twin = linked(world)
    world.desk.rename("support-1", source, "Ours")
    world.later()
    just_before_the_title_is_written(monkeypatch, lambda: world.dev.rename("dev-1", twin, "Theirs"))
    world.run_quiet()
    assert titles(world) == ("Theirs", "Theirs")
    assert "“Theirs” counts, not “Ours”" in told(world)


def test_a_write_without_an_answer_is_known_by_what_people_did_after_it(world: MirrorWorld) -> None:
    source, twin = linked(world)
    world.desk.rename("support-1", source, "Ours")
    world.later()
    for box in (world.github, world.jira):
        box.faults.add("cut-after-write", match=r"^(PATCH|PUT) .*/issues?/\d+(\?|$)", times=1)
    world.cycle()
    world.github.faults.clear()
    world.jira.faults.clear()
    world.dev.rename("dev-1", twin, "Theirs, after it")
    world.later(600)
    world.run_quiet()
    assert titles(world) == ("Theirs, after it", "Theirs, after it")


def test_a_twin_that_was_closed_before_we_knew_of_it_stays_closed(world: MirrorWorld) -> None:
    world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:development",))
    world.later()
    for box in (world.github, world.jira):
        box.faults.add("cut-after-write", match=r"^POST .*/issues?$", times=1)
    assert world.cycle().problems
    (twin,) = world.dev.issues()
    world.later()
    world.dev.close("dev-1", twin.id)
    world.later(600)
    world.run_quiet()
    (source,), (twin,) = world.desk.issues(), world.dev.issues()
    assert (source.open, twin.open) == (False, False)


@pytest.mark.parametrize("world", ["github-jira", "jira-jira"], indirect=True)
def test_a_twin_that_was_closed_before_we_looked_at_it_stays_closed(
    world: MirrorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:development",))
    world.later()
    send = Transport._send

    def sent(transport: Transport, ask: Any) -> Any:
        answer = send(transport, ask)
        if (ask.method, ask.path) == ("POST", "/issue"):
            world.later(0.001)
            world.dev.close("dev-1", twin_of(world))
        return answer

    monkeypatch.setattr(Transport, "_send", sent)
    world.run_quiet()
    (source,), (twin,) = world.desk.issues(), world.dev.issues()
    assert (source.open, twin.open) == (False, False)


def test_a_note_beside_our_text_that_was_written_meanwhile_stays(
    world: MirrorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, twin = linked(world)
    (there,) = world.dev.issues()
    world.desk.rewrite("support-1", source, "It stops at 70 %.")
    world.later()
    noted = [lambda: world.dev.rewrite("dev-1", twin, f"{there.text}\n\nOur own note.")]
    send = Transport._send

    def sent(transport: Transport, ask: Any) -> Any:
        answer = send(transport, ask)
        if noted and ("/comments?" in ask.path or "/search/jql" in ask.path):  # the last of what is pulled
            noted.pop()()
        return answer

    monkeypatch.setattr(Transport, "_send", sent)
    world.run_quiet()
    (there,) = world.dev.issues()
    assert "70 %" in there.text
    assert "Our own note." in there.text


def answered(world: MirrorWorld) -> str:
    """A comment on a twin that was carried over to its source; its id."""
    _, twin = linked(world)
    comment: str = world.dev.comment("dev-1", twin, "Seen here too.")
    world.later()
    world.run_quiet()
    assert any("Seen here too." in text for _, text in world.desk.issues()[0].comments)
    return comment


def test_a_comment_whose_deletion_could_not_be_looked_at_goes_with_the_next_run(world: MirrorWorld) -> None:
    comment = answered(world)
    world.dev.delete_comment("dev-1", comment)
    world.dev.rename("dev-1", world.dev.issues()[0].id, "Export stops")
    world.later()
    boxes = (world.github, world.jira)
    for box in boxes:
        box.faults.add("server-error", match=r"^GET .*/issues?/\d+(/comment.*)?(\?.*)?$", status=503)
    assert any("could not be looked at" in notice for notice in world.cycle().notices)
    for box in boxes:
        box.faults.clear()
    world.later()
    world.run_quiet()
    assert world.desk.issues()[0].comments == []


@pytest.mark.parametrize("world", ["jira-github", "github-github"], indirect=True)
def test_a_comment_whose_deletion_only_the_census_finds_goes_in_the_same_run(
    world: MirrorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tierkeeper.plugins.github.keyset.SMALL", 0)
    comment = answered(world)
    world.later(3600)
    world.dev.report("dev-1", "Something else")
    world.run_quiet()
    world.dev.delete_comment("dev-1", comment)
    world.later(3600)
    world.run_quiet()
    assert len(world.desk.issues()[0].comments) == 1, "nothing in the feeds tells of it"
    world.later(25 * 3600)
    world.run()
    assert world.desk.issues()[0].comments == []


@pytest.mark.parametrize("world", ["jira-github", "github-github"], indirect=True)
def test_a_label_that_a_broken_write_left_beside_the_one_that_counts_goes_from_the_twin(world: MirrorWorld) -> None:
    source, twin = linked(world)
    world.dev.label("dev-1", twin, "priority:high")
    world.later()
    world.run_quiet()
    world.desk.label("support-1", source, "priority:low")
    world.desk.unlabel("support-1", source, "priority:high")
    world.later()
    world.github.faults.add("server-error", match="^DELETE .*/labels/", times=1, status=502)
    assert world.cycle().problems
    assert {"priority:high", "priority:low"} <= world.dev.issues()[0].labels
    world.later(3600)
    world.run_quiet()
    for end in (world.desk, world.dev):
        assert {one for one in end.issues()[0].labels if one.startswith("priority:")} == {"priority:low"}


@pytest.mark.parametrize("world", ["github-jira", "github-github"], indirect=True)
def test_a_label_that_a_broken_write_left_on_the_source_goes_and_what_people_put_there_stays(
    world: MirrorWorld,
) -> None:
    source, twin = linked(world)
    world.dev.label("dev-1", twin, "priority:high")
    world.later()
    world.run_quiet()
    world.dev.label("dev-1", twin, "priority:low")
    world.dev.unlabel("dev-1", twin, "priority:high")
    world.later()
    world.github.faults.add("server-error", match="^DELETE .*/labels/", times=1, status=502)
    assert world.cycle().problems
    assert {"priority:high", "priority:low"} <= world.desk.issues()[0].labels
    world.later(3600)
    world.run_quiet()
    for end in (world.desk, world.dev):
        assert {one for one in end.issues()[0].labels if one.startswith("priority:")} == {"priority:low"}
    world.desk.label("support-1", source, "priority:urgent")
    world.later()
    world.run_quiet()
    assert {"priority:low", "priority:urgent"} <= world.desk.issues()[0].labels


def test_what_is_opened_again_while_nobody_knows_whether_it_was_closed_on_the_other_side_is_open(
    world: MirrorWorld,
) -> None:
    _, twin = linked(world)
    world.dev.close("dev-1", twin)
    world.later()
    for box in (world.github, world.jira):
        box.faults.add("cut-after-write", match=r"^(PATCH .*/issues/\d+$|POST .*/transitions)", times=1)
    assert world.cycle().problems
    for box in (world.github, world.jira):
        box.faults.clear()
    world.dev.reopen("dev-1", twin)
    world.later(3600)
    world.run()
    world.later(1)
    world.run_quiet()
    assert [one.open for one in (*world.desk.issues(), *world.dev.issues())] == [True, True]
