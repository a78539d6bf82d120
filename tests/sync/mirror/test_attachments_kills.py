"""A run that dies at any moment while it copies files: each is on the twin once, and none that went is left."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from deaths import died, mend
from mirror_world import OWN, MirrorWorld, mirror_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world("jira-jira", tmp_path) as there:
        there.run()
        yield there


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["before", "after", "statement"])
def test_copying_files_survives_a_death_at_every_moment(world: MirrorWorld, kind: str) -> None:
    issue = world.desk.report("key-user-1", "Issue", "It stops.", ("tier:development",))
    world.later()
    mend(world)
    store, (twin,) = world.jira.store, world.dev.issues()
    at, came, last = 0, True, None
    while came:
        at += 1
        if last is not None:
            store.delete_file(last, "key-user-1")
        last = store.add_file(issue, "key-user-1", "shot.png", f"shot {at}".encode())
        store.add_file(issue, "key-user-1", f"log {at}.txt", f"log {at}".encode())
        world.later()
        came = died(world, kind, at)
        mend(world)
        copies = [one for one in store.data.files.values() if str(one.issue) == twin.id]
        wanted = [one.content for one in store.data.files.values() if str(one.issue) == issue]
        assert Counter(one.content for one in copies) == Counter(wanted)
        assert {one.author for one in copies} == {f"acc-{OWN}"}
    assert at > 2
    before = len(world.writes())
    world.later()
    world.run()
    assert world.writes()[before:] == []


def test_a_copy_that_arrives_with_another_size_is_told_and_never_sent_again(
    world: MirrorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = world.desk.report("key-user-1", "Issue", "It stops.", ("tier:development",))
    world.later()
    world.jira.store.add_file(issue, "key-user-1", "shot.png", b"as it was")
    add = world.jira.store.add_file
    monkeypatch.setattr(world.jira.store, "add_file", lambda on, by, name, _all, **how: add(on, by, name, b"x", **how))
    world.run_quiet()
    assert sum(path.endswith("/attachments") for _, path in world.writes()) == 1
    (twin,) = world.dev.issues()
    assert "what arrived has 1 bytes and not 9" in twin.text
