"""All bundled rules at once, whatever people do: it settles, fights nobody, and speaks for no rule that is off."""

from collections import Counter
from datetime import timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st
from rule_stories import MONDAY
from whole_desk import every_rule, with_rules

from tierkeeper.plugins.model.desk import Mode
from tierkeeper.rules.testing.story import StoryIssue
from tierkeeper.rules.testing.trial import Look, Trial, unmet

PEOPLE = (
    *("key-user-1", "key-user-2", "user-7", "help-desk-1", "support-1", "support-2", "support-lead", "dev-1", "dev-2"),
    *("desk-leader", "release-bot", "unknown"),
)
VALUES = {
    "tier": ("key-users", "help-desk", "support", "development"),
    "kind": ("question", "incident", "configuration", "bug", "feature"),
    "severity": ("blocker", "major", "minor"),
    "priority": ("urgent", "high", "medium", "low"),
    "estimate": ("1h", "4h", "2d", "soon"),
    "component": ("export", "import", "other"),
    "instance": ("berlin-01", "pune-01"),
}
LINES = (
    *("It works.", "Steps: open it\nInstance: berlin-01", "Tried: a restart", "Finding: the font is missing"),
    *("Answer: fixed in 2.4", "Verified: yes\n\nLearnt: nothing new", "Reviewed: with dev-1", "> /handover support no"),
    *("/handover help-desk please", "/handover support tried: restart", "/handover development finding: a race"),
    *("/handover key-users answer: yours", "/handover nowhere", "/handover"),
    *("/decide support enough", "/decide development theirs", "/decide urgent it burns", "/decide keep as it is"),
    *("/appeal nobody can work", "/priority high the closing is on Friday", "/priority low", "/priority banana"),
    *(
        "/estimate 4h",
        "/estimate 2d",
        "/estimate banana",
        "/spent 1h read the logs",
        "/severity blocker",
        "/severity minor",
    ),
    *(
        "/kind feature",
        "/kind question",
        "/kind bug",
        "/take",
        "/release",
        "/why",
        "/duplicate none",
        "/handover support",
    ),
)
GUARDED = ("tier", "state", "priority", "severity", "kind")
LOOKS = 8

who = st.sampled_from(PEOPLE)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("sets"), who, st.sampled_from([("tier", tier) for tier in VALUES["tier"]])),
        st.tuples(st.just("sets"), who, st.sampled_from([(name, one) for name in VALUES for one in VALUES[name]])),
        st.tuples(st.just("turns"), who, st.sampled_from((("", ""), ("duplicate", "")))),
        st.tuples(st.just("says"), who, st.lists(st.sampled_from(LINES), min_size=1, max_size=3).map(tuple)),
        st.tuples(st.just("edits"), who, st.sampled_from([(line,) for line in LINES])),
        st.tuples(st.just("assigns"), who, st.sampled_from([(one,) for one in PEOPLE[3:9]])),
        st.tuples(st.just("insists"), who, st.sampled_from([("tier", tier) for tier in VALUES["tier"]])),
        st.tuples(
            st.just("insists"), who, st.sampled_from((("priority", "high"), ("kind", "bug"), ("state", "closed")))
        ),
        st.tuples(st.just("runs"), st.just(""), st.sampled_from((("0",), ("90",), ("3600",), ("100000",)))),
        st.tuples(st.just("rests"), st.just(""), st.sampled_from((("5",), ("30",), ("90",), ("3600",)))),
    ),
    max_size=14,
)
modes = st.one_of(
    st.just(dict.fromkeys(every_rule(), "enforce")),
    st.just(dict.fromkeys(every_rule(), "flag")),
    st.permutations(every_rule()).flatmap(
        lambda codes: st.fixed_dictionaries(
            {code: st.sampled_from(("off", "shadow", "flag", "enforce", "enforce")) for code in codes}
        )
    ),
).filter(lambda chosen: set(chosen.values()) != {"off"})


class Play:
    """A story that goes on, and what is counted of it."""

    def __init__(self, chosen: dict[str, Mode]) -> None:
        self.on = {code: mode for code, mode in chosen.items() if mode != "off"}
        setup = with_rules(chosen)
        self.issue = StoryIssue(setup.bench.desk, setup.queue, complete=True)
        self.trial = Trial(setup, self.issue)
        self.now = MONDAY
        self.put_back: Counter[tuple[str, str]] = Counter()

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def run(self) -> None:
        """Judge and write until nothing is left; what comes after the first time is commands that had to wait."""
        for _ in range(LOOKS):
            look = self.trial.look(self.now)
            self.note(look)
            self.trial.carry_out(look)
            again = self.trial.look(self.now)
            if look.judgement.waits_until is not None or not (waited(look) and again.judgement.verdicts):
                break
        assert writes(again) == []
        assert shown(again) == shown(look)

    def note(self, look: Look) -> None:
        judgement = look.judgement
        assert judgement.failures == []
        self.put_back.update((one.change.facet, one.change.event) for one in judgement.put_backs)
        named = {verdict.rule for verdict in judgement.verdicts} | {telling.rule for telling in judgement.tellings}
        named |= {ruling.rule for ruling in (*judgement.flags.values(), *judgement.wants.values())}
        named |= {one.ruling.rule for one in judgement.put_backs}
        assert {code for code in named if code and not code.startswith("/")} <= set(self.on)
        enforced = {one.ruling.mode for one in judgement.put_backs} | {one.mode for one in judgement.wants.values()}
        assert enforced <= {"enforce"}

    def value(self, facet: str) -> str | None:
        return self.trial.look(self.now).case.facets.get(facet)

    def insist(self, who: str, facet: str, value: str) -> None:
        """Somebody sets a value until it stands: two put-backs are the most that one value ever sees."""
        for _ in range(4):
            if self.value(facet) == value:
                return
            self.issue.set(facet, value, self.issue.hand(who, self.now))
            self.later(61 + 3600)
            self.run()
        assert self.value(facet) == value, f"{who} is fought over the {facet}"

    def act(self, verb: str, who: str, what: tuple[str, ...]) -> None:
        hand = self.issue.hand(who, self.now) if who else None
        if verb == "runs":
            self.later(float(what[0]))
            self.run()
        elif verb == "rests":
            self.later(float(what[0]))
        elif hand is None:
            raise AssertionError(verb)
        elif verb == "sets":
            self.issue.set(what[0], what[1], hand)
        elif verb == "turns":
            self.issue.turn("closed" if self.issue.open else "open", hand, *what[:1])
        elif verb == "insists":
            if who not in {"release-bot", "unknown"}:
                self.insist(who, *what)
        elif verb == "assigns":
            self.issue.assign(what[0], hand)
        else:
            edited = self.now + timedelta(seconds=5) if verb == "edits" else None
            self.issue.comment("\n\n".join(what), hand, edited=edited)


def waited(look: Look) -> bool:
    """Whether a command had to wait for what was judged or carried out before it."""
    soon = look.case.now + timedelta(seconds=1)
    return look.judgement.more or any(wake <= soon for wake in look.judgement.wakes)


def writes(look: Look) -> list[object]:
    """What a judgement would write."""
    judgement = look.judgement
    new = [verdict for verdict in judgement.verdicts if verdict.outcome != "allowed"]
    return [
        *judgement.put_backs,
        *unmet(judgement.wants, look.case).values(),
        *judgement.tellings,
        *judgement.carried,
        *new,
    ]


def shown(look: Look) -> dict[str, str]:
    """The flags, in words."""
    return {code: ruling.said for code, ruling in look.judgement.flags.items()}


INSISTED = ("insists", "key-user-1", ("tier", "development"))
TO_AND_FRO = [("sets", "key-user-1", ("tier", tier)) for tier in ("key-users", "development")]
CLOSED = [("insists", "key-user-2", ("state", "closed")), ("sets", "key-user-1", ("tier", "key-users"))]
"""What somebody insisted on is theirs, too, after another change of it was put back, or taken back."""


@example(dict.fromkeys(every_rule(), "enforce"), [INSISTED, *CLOSED])
@example(dict.fromkeys(every_rule(), "enforce"), [INSISTED, *TO_AND_FRO, *CLOSED])
@given(modes, acts)
@settings(max_examples=300, deadline=None)
def test_it_settles_puts_nothing_back_twice_and_names_no_rule_that_is_off(
    chosen: dict[str, Mode], story: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    play = Play(chosen)
    play.issue.report("Export fails", play.issue.hand("key-user-1", play.now), body="Steps: export")
    for verb, who, what in [*story, ("runs", "", ("3600",)), ("runs", "", ("100000",))]:
        play.act(verb, who, what)
    assert [change for change, times in play.put_back.items() if times > 1] == []
