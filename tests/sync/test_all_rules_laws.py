"""All rules on tiers and priority at once, random acts, real clients, both sandboxes: a second run writes nothing."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from desk_acts import acts, lay, play
from desk_world import world
from hypothesis import HealthCheck, given, settings
from jira_desk import jira_desk
from whole_desk import every_rule

from tierkeeper.sync.ledger import Ledger


@pytest.mark.parametrize("made", [world, jira_desk], ids=["github", "jira"])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts)
def test_the_second_run_writes_nothing_and_no_act_is_put_back_twice(
    made: Any, story: list[tuple[str, str, str]]
) -> None:

    with tempfile.TemporaryDirectory() as folder, made(Path(folder)) as desk:
        lay(desk)
        desk.cycle()
        number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",), "Steps: export")
        for act in story:
            play(desk, number, act)
        for seconds in (61, 61, 4000, 100_000):
            desk.later(seconds)
            desk.run_quiet(patience=5)
        assert len([body for body in desk.comments(number) if "tierkeeper:status" in body]) <= 1
        assert len(desk.tier(number)) <= 1
        with Ledger.open(desk.ledger_path, desk="Web application") as ledger:
            acts = ledger.acts()
        assert {act.rule for act in acts if act.rule and not act.rule.startswith("/")} <= set(every_rule())
        back = Counter((act.facet, act.evidence) for act in acts if act.rule and act.evidence and act.facet)
        assert [one for one, times in back.items() if times > 1] == []
