"""A mirror that has another name in the policy, or none any more: its pairs are left alone, and the run says so."""

from pathlib import Path

import msgspec
import pytest
from mirror_world import PAIRINGS, MirrorWorld, mirror_world

from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links
from tierkeeper.sync.report import Report


def renamed(world: MirrorWorld, name: str) -> None:
    world.mirror = name


def strays_told(report: Report) -> list[str]:
    return [one for one in report.problems if one.startswith("mirror to-dev: the policy has none of that name")]


@pytest.mark.parametrize("pairing", PAIRINGS)
def test_a_run_names_the_mirror_and_counts_its_pairs_until_the_name_is_back(pairing: str, tmp_path: Path) -> None:
    with mirror_world(pairing, tmp_path) as world:
        for title in ("Export fails", "Import fails"):
            world.desk.report("key-user-1", title, "It stops.", ("tier:development",))
        world.later()
        world.run_quiet()
        renamed(world, "to-team")
        report = world.cycle()
        (line,) = strays_told(report)
        assert "2 pairs" in line
        assert report.exit_code == 1
        assert len(world.dev.issues()) == 2
        (line,) = strays_told(world.cycle(write=False))
        assert "mirror release" in line
        renamed(world, "to-dev")
        world.run()


def test_pairs_that_were_let_go_are_told_of_no_more(tmp_path: Path) -> None:
    with mirror_world("github-github", tmp_path) as world:
        world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:development",))
        world.later()
        world.run_quiet()
        renamed(world, "to-team")
        (line,) = strays_told(world.cycle())
        assert "the pair of desk#1 was made by it" in line
        with Ledger.open(world.ledger_path, desk="Web application") as ledger:
            (link,) = Links(ledger).all()
            Links(ledger).put(msgspec.structs.replace(link, ended="let go"))
        assert strays_told(world.cycle()) == []
