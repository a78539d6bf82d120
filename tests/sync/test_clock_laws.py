"""Laws of promises: a second run finds nothing to do, and runs that were late or missed change nothing in the end."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from clock_stories import Story, a_desk, targets
from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.plugins import Desk, Duration
from tierkeeper.plugins.model.change import AddLabel, EditComment, PostComment, RemoveLabel
from tierkeeper.plugins.model.desk import Facet, FacetMap
from tierkeeper.plugins.model.issue import Comment
from tierkeeper.plugins.model.promise import SLA, Goal, TierGoal
from tierkeeper.rules.bundled.promises.promise_label import PromiseLabel
from tierkeeper.rules.engine import Bench, judge
from tierkeeper.rules.policy import ActiveRule
from tierkeeper.rules.reading import Reader, read_case
from tierkeeper.rules.settling import settle
from tierkeeper.rules.testing.story import OWN, Hand
from tierkeeper.sync.plan import IssuePlan
from tierkeeper.sync.planning import plan_issue

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
EVER = datetime(2000, 1, 1, tzinfo=UTC)
STANDINGS = ("ok", "at-risk", "breached", "paused")

Act = tuple[int, str, str, str]
"""After so many minutes somebody does something with a value."""

_AMOUNTS = st.sampled_from(["0m", "30m", "2h", "1bh", "4bh", "1bd", "2bd"])
_KINDS = ("first_response", "next_update", "resolution", "time_to_own", "keep_in_the_loop")
_ACTS = st.one_of(
    st.tuples(st.just("says"), st.sampled_from(["key-user-1", "help-desk-1", "support-1"]), st.just("")),
    st.tuples(st.just("waiting"), st.just("help-desk-1"), st.sampled_from(["reporter", "vendor", ""])),
    st.tuples(st.just("priority"), st.just("support-lead"), st.sampled_from(["urgent", "low"])),
    st.tuples(st.just("tier"), st.just("help-desk-1"), st.sampled_from(["help-desk", "support"])),
    st.tuples(st.just("state"), st.just("help-desk-1"), st.sampled_from(["open", "closed"])),
    st.tuples(st.just("owner"), st.just("support-1"), st.sampled_from(["support-1", "help-desk-2"])),
    st.tuples(st.just(SLA), st.just("help-desk-2"), st.sampled_from([*STANDINGS, ""])),
)
_STORIES = st.lists(st.tuples(st.integers(0, 4000), _ACTS), max_size=10).map(
    lambda made: sorted((at, *act) for at, act in made)
)


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    """A desk that promises something."""
    promised = st.dictionaries(st.sampled_from(_KINDS), _AMOUNTS, min_size=1)
    urgent = Goal(name="u", place="u", when={"priority": ("urgent",)}, targets=targets(draw(promised)))
    others = Goal(name="o", place="o", targets=targets(draw(promised)), calendar=draw(st.sampled_from(["", "24x7"])))
    between = targets(draw(st.dictionaries(st.sampled_from(["own", "hold"]), _AMOUNTS)))
    court = a_desk(
        goals=draw(st.sampled_from([(urgent,), (urgent, others)])),
        tiers=(TierGoal(tier="support", place="t", targets=between),) if between else (),
        at_risk=draw(st.sampled_from([0.75, 0.1, Duration("30m"), Duration("1bh")])),
        on_change=draw(st.sampled_from(["carry_elapsed", "recompute_from_start", "restart"])),
        reopening=draw(st.sampled_from(["continue", "new_cycle", "restart"])),
        revisit=draw(st.sampled_from(["continue", "restart"])),
        announce=draw(st.sampled_from(["in_passing", "always"])),
    )
    kept = Facet(SLA, STANDINGS, {"story": FacetMap("label", "sla:")}, writer="ours")
    return msgspec.structs.replace(court, facets={**court.facets, SLA: kept})


class Played(Story):
    """A story that people and runs take part in."""

    def act(self, at: datetime, what: str, by: str, value: str) -> None:
        hand = self.hand(by, at)
        if what == "says":
            self.comment("Which browser?", hand)
        elif what == "owner":
            self.assign(value, hand)
        elif what == SLA:
            for name in [one for one in self.history().issue.labels if one.startswith("sla:")]:
                self.unlabel(name, hand)
            if value:
                self.label(f"sla:{value}", hand)
        elif what != "state" or (value == "open") != self.open:
            self.set(what, value or None, hand)

    def plan(self, now: datetime, court: Desk) -> IssuePlan:
        bench = Bench(rules=(ActiveRule(PromiseLabel(), "flag"),), desk=court)
        history = self.history()
        case = read_case(history, Reader(desk=court, tracker="story", own=OWN.id, since=EVER), now)
        judgement = judge(case, bench)
        settle(case, bench, judgement)
        assert not judgement.failures
        return plan_issue(history, case, judgement, bench, "flag:")

    def run(self, now: datetime, court: Desk) -> None:
        """A run, and a second one that must find nothing to do."""
        self.carry_out(self.plan(now, court), Hand(OWN, now))
        again = self.plan(now, court)
        assert (again.changes, again.steps, again.verdicts) == ([], [], [])

    def carry_out(self, plan: IssuePlan, hand: Hand) -> None:
        self.verdicts.extend(plan.verdicts)
        for change in plan.changes:
            if isinstance(change, AddLabel):
                self.label(change.name, hand)
            elif isinstance(change, RemoveLabel):
                self.unlabel(change.name, hand)
            elif isinstance(change, PostComment):
                self._post(f"s{len(self._comments)}", change.body, change.marker, hand)
            else:
                assert isinstance(change, EditComment)
                kept = next(one for one in self._comments if one.id == change.id)
                self._comments.remove(kept)
                self._post(kept.id, change.body, kept.marker, hand)

    def _post(self, id_: str, body: str, marker: str, hand: Hand) -> None:
        self._comments.append(
            Comment(id=id_, issue=self.ref.id, at=hand.at, updated=hand.at, body=body, author=OWN, marker=marker)
        )

    def label_now(self) -> set[str]:
        return {one for one in self.history().issue.labels if one.startswith("sla:")}


def played(story: Sequence[Act], looks: Sequence[int], court: Desk) -> set[str]:
    """The label after the story, with runs in between at those minutes, and one at the end."""
    issue = Played("mon 9:00")
    ahead = sorted([*((at, 0, act) for at, *act in story), *((at, 1, []) for at in looks)], key=lambda one: one[:2])
    for minutes, kind, act in ahead:
        at = START + timedelta(minutes=minutes)
        if kind:
            issue.run(at, court)
        else:
            issue.act(at, *act)
    issue.run(START + timedelta(minutes=4001), court)
    return issue.label_now()


@settings(max_examples=150, deadline=None)
@given(court=desks(), story=_STORIES, looks=st.lists(st.integers(0, 4000), max_size=5))
def test_a_second_run_is_empty_and_the_runs_in_between_make_no_difference(
    court: Desk, story: Sequence[Act], looks: Sequence[int]
) -> None:
    assert played(story, looks, court) == played(story, [], court)
