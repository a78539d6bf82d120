"""What mirrors ask of the trackers, counted at the sandboxes: the small version of `make bench`."""

from bench.mirrors import CHANGED, ECHO, STEP, asked, change, fill, idle_of, link_many
from mirror_world import MirrorWorld

ISSUES = 6
EACH = {"github": 3, "jira": 4}
"""A create and two comments; Jira's answer to a create shows nothing, so that it is looked at. Its link is one more."""
FEEDS = {"github": 3, "jira": 3}


def in_step(world: MirrorWorld) -> None:
    """Run until nothing is read twice any more."""
    for _ in range(4):
        if asked(world).requests == idle_of(world.pairing):
            return
    raise AssertionError("the cycles do not come to rest")


def test_a_pair_costs_its_writes_and_the_rest_costs_what_changed(world: MirrorWorld) -> None:
    source, target = world.pairing.split("-")
    made = fill(world, ISSUES)
    first = asked(world).requests.total()
    assert first <= ISSUES * (EACH[target] + (source == "jira")) + FEEDS[source] + FEEDS[target]
    assert asked(world).requests.total() <= ECHO
    in_step(world)
    twins = [one.id for one in world.dev.issues()]
    for end, issues in ((world.desk, made), (world.dev, twins)):
        change(world, end, issues[:CHANGED], "title or priority")
        assert asked(world).requests.total() <= STEP
        in_step(world)
    assert [one.title for one in world.desk.issues()] == [one.title for one in world.dev.issues()]
    link_many(world, 100)
    assert asked(world).requests == idle_of(world.pairing)
