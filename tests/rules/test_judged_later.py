"""A change that may still become right is judged later, if a rule wants that."""

from collections.abc import Sequence
from datetime import timedelta

from rule_stories import Told, at, bench, rule

from tierkeeper.plugins import Case, Decision, Desk, Refuse, Wake
from tierkeeper.rules.engine import judge
from tierkeeper.rules.rulings import Judgement


def refuse(case: Case, _desk: Desk) -> Sequence[Decision]:
    return [Refuse(case.pending["tier"])] if "tier" in case.pending else []


def handed() -> Told:
    issue = Told(tier="help-desk")
    issue.by("dev-1", 10).set("tier", "development")
    return issue


def outcomes(judgement: Judgement) -> list[str]:
    return [verdict.outcome for verdict in judgement.verdicts]


def later(case: Case, _desk: Desk) -> Sequence[Decision]:
    """Wants the handover judged half an hour after it was made, and refuses it."""
    change = case.pending.get("tier")
    return [Wake(change.at + timedelta(minutes=30), change), *refuse(case, _desk)] if change is not None else []


def test_a_change_that_a_rule_wants_judged_later_gets_no_verdict_before() -> None:
    issue = handed()
    for rules in ([rule("AA01", later)], [rule("AA01", refuse), rule("AA02", later)]):
        early = judge(issue.case(39), bench(*rules))
        assert (early.verdicts, early.put_backs, early.wakes) == ([], [], [at(40)])
        assert outcomes(judge(issue.case(40), bench(*rules))) == ["put back"]


def test_a_rule_in_shadow_holds_no_verdict_up() -> None:
    judged = judge(handed().case(12), bench((rule("AA01", later), "shadow"), rule("AA02", refuse)))
    assert outcomes(judged) == ["put back"]
