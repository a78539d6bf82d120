"""Whatever people do with tiers and with the state: a second look decides nothing new, nothing is put back twice."""

from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_stories import MONDAY

from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.policy import ActiveRule
from tierkeeper.rules.testing.benches import Setup, read_desk, set_up
from tierkeeper.rules.testing.outcomes import news, outcomes
from tierkeeper.rules.testing.story import StoryIssue
from tierkeeper.rules.testing.trial import Look, Trial

CODES = ("TR10", "TR11", "TR12", "TR15", "TR16", "TR17")
PEOPLE = ("key-user-1", "user-7", "help-desk-1", "support-1", "support-lead", "dev-1", "release-bot", "unknown")
TIERS = ("key-users", "help-desk", "support", "development")
SAID = ("It works.", "Verified: yes\n\nLearnt: nothing new", "/decide support enough", "/handover development yours")
LOOKS = 20

acts = st.lists(
    st.tuples(
        st.sampled_from(("hands", "hands", "turns", "turns", "says", "runs", "runs")),
        st.sampled_from(PEOPLE),
        st.sampled_from(TIERS),
        st.sampled_from(SAID),
        st.sampled_from((0, 20, 90, 3600)),
    ),
    max_size=14,
)


@cache
def all_of_them() -> Setup:
    made = [
        set_up(read_desk(None, like=None, folder=Path()), code, {"mode": "enforce"}, load_plugins()) for code in CODES
    ]
    rules = tuple(ActiveRule(one.bench.rules[0].rule, "enforce") for one in made)
    return msgspec.structs.replace(made[0], bench=msgspec.structs.replace(made[0].bench, rules=rules))


def shown(look: Look) -> dict[str, str]:
    """The flags, in words."""
    return {code: ruling.said for code, ruling in look.judgement.flags.items()}


def settle(trial: Trial, now: datetime, put_back: Counter[tuple[str, str]]) -> None:
    """Judge and write until nothing is left; what comes second is commands that had to wait for what came first."""
    look = trial.look(now)
    for _ in range(LOOKS):
        assert look.judgement.failures == []
        put_back.update((one.change.facet, one.change.event) for one in look.judgement.put_backs)
        trial.carry_out(look)
        before, look = look, trial.look(now)
        new = news(list(outcomes(before)), outcomes(look))
        waited = {"refused command", "carries", "allowed"}
        if not any(outcome.head in waited for outcome in new):
            assert new == []
            assert shown(look) == shown(before)
            return
    raise AssertionError("it never settles")


@given(acts)
@settings(max_examples=150, deadline=None)
def test_a_second_look_decides_nothing_new_and_nothing_is_put_back_twice(
    story: list[tuple[str, str, str, str, int]],
) -> None:
    setup = all_of_them()
    issue = StoryIssue(setup.bench.desk, setup.queue, complete=True)
    trial = Trial(setup, issue)
    now = MONDAY
    issue.report("Export fails", issue.hand("key-user-1", now))
    put_back: Counter[tuple[str, str]] = Counter()
    for verb, who, tier, said, seconds in [*story, ("runs", "", "", "", 3600)]:
        now += timedelta(seconds=seconds)
        if verb == "runs":
            settle(trial, now, put_back)
        elif verb == "hands":
            issue.set("tier", tier, issue.hand(who, now))
        elif verb == "turns":
            issue.turn("closed" if issue.open else "open", issue.hand(who, now))
        else:
            issue.comment(said, issue.hand(who, now))
    assert [change for change, times in put_back.items() if times > 1] == []
