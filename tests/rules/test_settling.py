"""What follows from what was just decided is decided with it, so that a second run finds nothing to do."""

from rule_stories import EVER, Told, bench, rule

from tierkeeper.plugins import Flag, Refuse, Rule, Tell, Want
from tierkeeper.rules.carry import judge_commands
from tierkeeper.rules.engine import judge
from tierkeeper.rules.rulings import Judgement
from tierkeeper.rules.settling import settle


def settled(told: Told, *rules: Rule, minutes: float) -> Judgement:
    case, laid = told.case(minutes), bench(*rules)
    result = judge(case, laid)
    judge_commands(case, laid, EVER, result)
    settle(case, laid, result)
    return result


def in_development() -> Rule:
    """Flags and tells of what is in development, wherever it came from."""
    return rule(
        "XX01",
        lambda case, _: [Flag(text="there"), Tell(("dev-1",), "there", "k")] if case.tier == "development" else [],
    )


def strangers() -> Rule:
    return rule("XX02", lambda case, _: [Refuse(one) for one in [case.last_handover()] if one is not None])


def test_what_is_put_back_leaves_no_flag_behind() -> None:
    told = Told(tier="support")
    told.by("dev-1", 5).set("tier", "development")
    result = settled(told, in_development(), strangers(), minutes=10)
    assert [put_back.value for put_back in result.put_backs] == ["support"]
    assert result.flags == {}


def test_what_stands_keeps_its_flag() -> None:
    told = Told(tier="support")
    told.by("dev-1", 5).set("tier", "development")
    assert list(settled(told, in_development(), minutes=10).flags) == ["XX01"]


def test_a_command_that_is_carried_out_brings_the_flag_and_the_word_that_follow_from_it() -> None:
    told = Told(tier="support")
    told.by("support-1", 5).comment("/handover development")
    result = settled(told, in_development(), minutes=10)
    assert [carried.value for carried in result.carried] == ["development"]
    assert list(result.flags) == ["XX01"]
    assert [telling.key for telling in result.tellings] == ["k"]


def test_what_a_rule_wants_once_a_command_is_carried_out_is_wanted_at_once() -> None:
    urgent = rule("XX03", lambda case, _: [Want("priority", "urgent")] if case.tier == "development" else [])
    told = Told(tier="support")
    told.by("support-1", 5).comment("/handover development")
    assert settled(told, urgent, minutes=10).wants["priority"].value == "urgent"


def test_a_command_is_not_undone_in_the_cycle_that_carries_it_out() -> None:
    always = rule("XX04", lambda case, _: [Want("tier", "support")] if case.tier == "development" else [])
    told = Told(tier="support")
    told.by("support-1", 5).comment("/handover development")
    result = settled(told, always, minutes=10)
    assert (result.wants, [carried.value for carried in result.carried]) == ({}, ["development"])


def test_what_a_command_leads_on_to_is_written_at_once_and_not_by_the_next_run() -> None:
    on = rule("XX07", lambda case, _: [Want("tier", "development")] if case.tier == "support" else [])
    told = Told(tier="help-desk")
    told.by("help-desk-1", 5).comment("/handover support")
    result = settled(told, on, minutes=10)
    assert (result.wants["tier"].value, result.carried) == ("development", [])
    assert [verdict.outcome for verdict in result.verdicts] == ["allowed"]


def test_what_one_rule_wants_may_lead_to_what_another_wants_and_ends() -> None:
    first = rule("XX05", lambda case, _: [Want("priority", "high")] if case.tier == "development" else [])
    second = rule("XX06", lambda case, _: [Want("tier", "support")] if case.priority == "high" else [])
    told = Told(tier="support")
    told.by("dev-1", 5).set("tier", "development")
    wants = settled(told, first, second, minutes=10).wants
    assert {facet: ruling.value for facet, ruling in wants.items()} == {"priority": "high", "tier": "support"}
