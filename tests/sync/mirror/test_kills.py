"""A run that dies at any moment of the mirrors' turn: one twin of each issue, no comment twice, nothing left undone.

It dies before a write is sent, after the server did it and before anybody knew, and before each ledger statement.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from deaths import died, mend
from mirror_world import OWN, MirrorWorld, mirror_world


@pytest.fixture(params=["jira-github", "github-jira"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MirrorWorld]:
    with mirror_world(request.param, tmp_path) as there:
        there.run()
        yield there


def check(world: MirrorWorld) -> None:
    """One twin an issue, each with each comment once; and what people said on the twin once at the source."""
    sources, twins = world.desk.issues(), world.dev.issues()
    assert Counter(one.title for one in twins) == Counter(one.title for one in sources)
    for one in twins:
        said = Counter(text for by, text in one.comments if by == OWN and "wrote on" in text)
        assert all(count == 1 for count in said.values()), said
        assert sum("Since Monday." in text for text in said) == 1
    for one in sources:
        said = Counter(text for by, text in one.comments if by == OWN and "wrote on" in text)
        assert all(count == 1 for count in said.values()), said


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["before", "after", "statement"])
def test_making_a_twin_survives_a_death_at_every_moment(world: MirrorWorld, kind: str) -> None:
    at, came = 0, True
    while came:
        at += 1
        issue = world.desk.report("key-user-1", f"Issue {at}", "It stops.", ("tier:development",))
        world.desk.comment("key-user-1", issue, "Since Monday.")
        world.later()
        came = died(world, kind, at)
        mend(world)
    assert at > 2
    check(world)
    before = len(world.writes())
    world.later()
    world.run()
    assert world.writes()[before:] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["before", "after", "statement"])
def test_carrying_over_survives_a_death_at_every_moment(world: MirrorWorld, kind: str) -> None:
    issue = world.desk.report("key-user-1", "Issue 0", "It stops.", ("tier:development",))
    world.desk.comment("key-user-1", issue, "Since Monday.")
    world.later()
    mend(world)
    (twin,) = world.dev.issues()
    at, came = 0, True
    while came:
        at += 1
        world.desk.rename("support-1", issue, f"Issue {at}")
        world.desk.comment("support-1", issue, f"Down {at}.")
        world.dev.comment("dev-1", twin.id, f"Up {at}.")
        world.later()
        came = died(world, kind, at)
        mend(world)
        (source,), (other,) = world.desk.issues(), world.dev.issues()
        assert (source.title, other.title) == (f"Issue {at}", f"Issue {at}")
        assert sum(f"Up {at}." in text for _, text in source.comments) == 1
        assert sum(f"Down {at}." in text for _, text in other.comments) == 1
    assert at > 2
    check(world)
