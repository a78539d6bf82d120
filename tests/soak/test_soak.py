"""A slice of the simulation: people, faults, kills and races at random. The rest is `make soak`."""

from pathlib import Path

import pytest
from mirror_world import PAIRINGS
from soak.dice import Dice
from soak.mirror_stage import mirror_stage
from soak.play import Outcome, play, play_one, story_of
from soak.shrink import told


@pytest.mark.slow
@pytest.mark.parametrize("tracker", ["github", "jira"])
@pytest.mark.parametrize("seed", range(15))
def test_whatever_happens_every_law_holds_when_all_is_quiet(tracker: str, seed: int) -> None:
    story = Dice(seed, tracker).story()
    findings = play(tracker, story).findings
    assert not findings, f"make soak FROM={seed} SEEDS=1 TRACKER={tracker}\n{told(story, findings)}"


@pytest.mark.slow
@pytest.mark.parametrize("pairing", PAIRINGS)
@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_twins_tell_the_same_story_when_all_is_quiet(pairing: str, seed: int) -> None:
    story = story_of(seed, pairing)
    findings = play(pairing, story).findings
    assert not findings, f"make soak FROM={seed} SEEDS=1 TRACKER={pairing}\n{told(story, findings)}"


@pytest.mark.parametrize("pairing", ["jira-github", "github-jira"])
def test_a_story_without_sockets_asks_what_it_asks_over_http(pairing: str, tmp_path: Path) -> None:
    asked = []
    for served in (False, True):
        with mirror_stage(pairing, tmp_path, served=served) as there:
            for act in story_of(5, pairing):  # without latency: a connection given up in its middle may be seen late
                play_one(there, act, Outcome())
            asked.append([*there.desk.github.requests, *there.desk.jira.requests])
    assert len(asked[0]) > 50
    assert asked[0] == asked[1]


def test_a_seed_tells_the_same_story_each_time() -> None:
    assert Dice(7, "jira").story() == Dice(7, "jira").story()
    assert Dice(7, "jira").story() != Dice(8, "jira").story()
