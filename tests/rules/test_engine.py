"""The engine: rules are heard one by one, and what they decide is merged."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from rule_stories import Told, at, bench, desk, rule

from tierkeeper.plugins import Case, Decision, Desk, Flag, Refuse, Tell, Wake, Want
from tierkeeper.plugins.errors import MembershipUnknown
from tierkeeper.plugins.model.desk import Mode
from tierkeeper.rules.engine import judge
from tierkeeper.rules.rulings import Judgement, words


def refuse(case: Case, _desk: Desk) -> Sequence[Decision]:
    return [Refuse(case.pending["tier"], facts={"why": "no"}, remedy="Ask {why}.")] if "tier" in case.pending else []


def want(facet: str, value: str | tuple[str, ...] | None) -> Any:
    return lambda _case, _desk: [Want(facet, value, facts={"why": f"{value}"})]


def quiet(_case: Case, _desk: Desk) -> Sequence[Decision]:
    return []


def handed(who: str = "dev-1", kind: str = "", *, complete: bool = True) -> Told:
    issue = Told(tier="help-desk", complete=complete)
    issue.by(who, 10, kind).set("tier", "development")
    return issue


def outcomes(judgement: Judgement) -> list[str]:
    return [verdict.outcome for verdict in judgement.verdicts]


# Merging


def test_refuse_beats_want_whatever_the_order() -> None:
    for rules in (
        [rule("AA01", want("tier", "support")), rule("AA02", refuse)],
        [rule("AA02", refuse), rule("AA01", want("tier", "support"))],
    ):
        result = judge(handed().case(12), bench(*rules))
        assert [(one.value, one.ruling.rule) for one in result.put_backs] == [("help-desk", "AA02")]
        assert result.wants == {}
        assert [ruling.rule for ruling in result.lost] == ["AA01"]


def test_of_several_wants_the_first_wins_and_the_others_are_kept_as_lost() -> None:
    rules = [rule(f"AA0{number}", want("priority", value)) for number, value in enumerate(("high", "low", "medium"))]
    result = judge(Told().case(5), bench(*rules))
    assert {facet: (ruling.rule, ruling.value) for facet, ruling in result.wants.items()} == {
        "priority": ("AA00", "high")
    }
    assert [(ruling.rule, ruling.value) for ruling in result.lost] == [("AA01", "low"), ("AA02", "medium")]


def test_wants_of_different_facets_do_not_meet() -> None:
    rules = [rule("AA01", want("priority", "high")), rule("AA02", want("owner", ("support-1",)))]
    result = judge(Told().case(5), bench(*rules))
    assert list(result.wants) == ["priority", "owner"]
    assert result.lost == []


def test_of_several_refusals_the_first_gives_the_reason_and_the_rest_are_listed() -> None:
    rules = [rule("AA01", refuse), rule("AA02", quiet), rule("AA03", refuse), rule("AA04", refuse)]
    result = judge(handed().case(12), bench(*rules))
    assert [(verdict.rule, verdict.others) for verdict in result.verdicts] == [("AA01", ("AA03", "AA04"))]
    assert [verdict.said for verdict in result.verdicts] == ["AA01 said no."]
    assert [verdict.remedy for verdict in result.verdicts] == ["Ask no."]


def test_the_first_of_the_strongest_mode_counts() -> None:
    modes: list[tuple[str, Mode]] = [("AA01", "shadow"), ("AA02", "flag"), ("AA03", "enforce"), ("AA04", "enforce")]
    result = judge(handed().case(12), bench(*[(rule(code, refuse), mode) for code, mode in modes]))
    assert [(verdict.rule, verdict.others) for verdict in result.verdicts] == [("AA03", ("AA04", "AA02", "AA01"))]
    assert [one.ruling.rule for one in result.put_backs] == ["AA03"]


def test_a_put_back_to_nothing_goes_to_what_is_wanted() -> None:
    issue = Told()
    issue.by("dev-1", 10).set("tier", "development")
    result = judge(issue.case(12), bench(rule("AA01", refuse), rule("AA02", want("tier", "key-users"))))
    assert [one.value for one in result.put_backs] == ["key-users"]
    assert result.lost == []


def test_a_put_back_to_a_mere_claim_goes_to_what_is_wanted() -> None:
    issue = Told("user-1")
    issue.by("user-1", 0).label("tier:help-desk")
    issue.by("user-1", 10).set("tier", "development")
    result = judge(issue.case(12), bench(rule("AA01", refuse), rule("AA02", want("tier", "key-users"))))
    assert [one.value for one in result.put_backs] == ["key-users"]


def test_a_want_in_flag_mode_does_not_say_where_a_put_back_goes() -> None:
    issue = Told()
    issue.by("dev-1", 10).set("tier", "development")
    result = judge(issue.case(12), bench(rule("AA01", refuse), (rule("AA02", want("tier", "key-users")), "flag")))
    assert [one.value for one in result.put_backs] == [None]


def test_a_want_in_flag_mode_is_a_flag_and_in_shadow_a_shadow() -> None:
    flagged = judge(Told().case(5), bench((rule("AA01", want("priority", "high")), "flag")))
    assert (list(flagged.flags), flagged.wants, flagged.shadows) == (["AA01"], {}, [])
    shadowed = judge(Told().case(5), bench((rule("AA01", want("priority", "high")), "shadow")))
    assert (shadowed.flags, shadowed.wants, [one.rule for one in shadowed.shadows]) == ({}, {}, ["AA01"])


def test_a_value_that_people_changed_twice_is_theirs_and_flagged() -> None:
    issue = Told()
    for minutes in (1, 11):
        issue.by("tierkeeper", minutes).set("priority", "high")
        issue.by("support-1", minutes + 5).set("priority", "low")
        judged = judge(issue.case(minutes + 7), bench(rule("AA01", want("priority", "high"))))
        assert (list(judged.wants), list(judged.flags)) == ((["priority"], []) if minutes == 1 else ([], ["AA01"]))


def test_flags_wakes_and_tellings_come_through_each_in_its_mode() -> None:
    def say(case: Case, _desk: Desk) -> Sequence[Decision]:
        return [Flag(facts={"why": "red"}), Tell(("desk-leader",), "Look.", "k"), Wake(case.now + timedelta(hours=1))]

    result = judge(Told().case(5), bench(rule("AA01", say), (rule("AA02", say), "flag"), (rule("AA03", say), "shadow")))
    assert {code: ruling.said for code, ruling in result.flags.items()} == {
        "AA01": "AA01 said red.",
        "AA02": "AA02 said red.",
    }
    assert [telling.rule for telling in result.tellings] == ["AA01", "AA02"]
    assert [ruling.rule for ruling in result.shadows] == ["AA03"]
    assert result.wakes == [at(65)] * 3


# Isolation


def fail(_case: Case, _desk: Desk) -> Sequence[Decision]:
    raise ZeroDivisionError("division by zero")


def test_a_rule_that_raises_is_named_with_its_issue_and_the_others_are_heard() -> None:
    heard: list[str] = []

    def listen(case: Case, _desk: Desk) -> Sequence[Decision]:
        heard.append(case.ref.key)
        return []

    result = judge(handed().case(12), bench(rule("AA01", fail), rule("AA02", listen)))
    assert [str(failure) for failure in result.failures] == [
        "DESK-1: rule AA01 failed: ZeroDivisionError: division by zero; the issue is left as it is"
    ]
    assert isinstance(result.failures[0].__cause__, ZeroDivisionError)
    assert heard == ["DESK-1"]


def test_nothing_is_decided_about_an_issue_whose_rule_failed() -> None:
    result = judge(handed().case(12), bench(rule("AA01", refuse), rule("AA02", fail)))
    assert (result.verdicts, result.put_backs, result.wants) == ([], [], {})


def test_what_a_rule_says_before_it_raises_does_not_count() -> None:
    def half(case: Case, desk: Desk) -> Any:
        yield Flag()
        yield from fail(case, desk)

    result = judge(Told().case(5), bench(rule("AA01", half)))
    assert (len(result.failures), result.flags) == (1, {})


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([Want("severity", "major")], "it wants 'severity', which is not among its wants"),
        (["help"], "it yielded 'help', which is no decision"),
        ([None], "it yielded None, which is no decision"),
    ],
)
def test_a_decision_that_a_rule_may_not_take_is_its_error(said: list[Any], message: str) -> None:
    result = judge(Told().case(5), bench(rule("AA01", lambda _case, _desk: said)))
    assert [message in str(failure) for failure in result.failures] == [True]


def test_refusing_what_it_does_not_guard_is_a_rules_error() -> None:
    blind = rule("AA01", refuse, guards=frozenset())
    result = judge(handed().case(12), bench(blind, rule("AA02", quiet)))
    assert "it refuses a change of 'tier', which is not among its guards" in str(result.failures[0])


# What is not known


def unknown(_case: Case, _desk: Desk) -> Sequence[Decision]:
    raise MembershipUnknown("dev-1", "help-desk", at(10))


def test_where_membership_is_not_known_nobody_is_judged_and_a_notice_says_so() -> None:
    result = judge(handed().case(12), bench(rule("AA01", unknown)))
    assert (result.verdicts, result.put_backs, result.failures) == ([], [], [])
    assert result.unknown == [
        "DESK-1: it is not known whether dev-1 was in help-desk at 2026-11-23 08:10:00 UTC, so AA01 judged nobody"
    ]


def unknowable(_case: Case, _desk: Desk) -> Sequence[Decision]:
    raise MembershipUnknown("dev-1", "help-desk", at(10), final=True)


def test_what_nobody_can_ever_judge_is_not_judged_once_and_for_all_and_the_operator_is_told() -> None:
    result = judge(handed().case(12), bench(rule("AA01", unknowable), rule("AA02", quiet)))
    assert [(one.outcome, one.rule, one.said) for one in result.verdicts] == [("not judged", "", "")]
    assert (result.put_backs, result.unknown, result.failures, result.flags) == ([], [], [], {})
    assert len(result.given_up) == 1
    assert "whether dev-1 was in help-desk at 2026-11-23 08:10:00 UTC, and never will be" in result.given_up[0]
    assert "what they did to the tier stands, not judged" in result.given_up[0]


def test_once_it_is_kept_that_it_was_not_judged_nothing_more_is_said_of_it() -> None:
    court = bench(rule("AA01", unknowable))
    issue = handed()
    issue.verdicts.extend(judge(issue.case(12), court).verdicts)
    assert judge(issue.case(13), court).given_up == []


def test_what_a_later_reading_may_tell_waits_though_another_rule_will_never_know() -> None:
    result = judge(handed().case(12), bench(rule("AA01", unknowable), rule("AA02", unknown)))
    assert (result.verdicts, result.given_up, len(result.unknown)) == ([], [], 1)


def test_a_rule_that_will_never_know_keeps_nothing_from_being_judged_that_it_does_not_guard() -> None:
    blind = rule("AA01", unknowable, guards=frozenset({"priority"}))
    result = judge(handed().case(12), bench(blind, rule("AA02", refuse)))
    assert [one.outcome for one in result.verdicts] == ["put back"]
    assert outcomes(judge(handed().case(12), bench(blind, rule("AA02", quiet)))) == ["allowed"]


@pytest.mark.parametrize("said", [unknown, unknowable])
def test_a_rule_that_knows_enough_refuses_all_the_same(said: Callable[[Case, Desk], Sequence[Decision]]) -> None:
    result = judge(handed().case(12), bench(rule("AA01", said), rule("AA02", refuse)))
    assert result.given_up == []
    assert [one.ruling.rule for one in result.put_backs] == ["AA02"]


def test_nobody_is_judged_by_a_history_with_holes() -> None:
    result = judge(handed(complete=False).case(12), bench(rule("AA01", refuse)))
    assert (result.verdicts, result.put_backs) == ([], [])


# Who did it


@pytest.mark.parametrize(
    ("who", "kind", "outcome", "told"),
    [
        ("dev-1", "", "put back", "AA01"),
        ("mover", "bot", "not judged", "AA01"),
        ("dev-1", "app", "not judged", "AA01"),
        ("release-bot", "", "not judged", "AA01"),
        ("unknown", "", "not judged", ""),
    ],
)
def test_only_what_a_human_did_is_put_back(who: str, kind: str, outcome: str, told: str) -> None:
    result = judge(handed(who, kind).case(12), bench(rule("AA01", refuse)))
    assert [(verdict.outcome, verdict.rule) for verdict in result.verdicts] == [(outcome, told)]
    assert bool(result.put_backs) is (outcome == "put back")


def test_what_nobody_refuses_is_allowed() -> None:
    assert outcomes(judge(handed().case(12), bench(rule("AA01", quiet)))) == ["allowed"]


def test_a_facet_that_no_rule_guards_is_not_judged() -> None:
    issue = Told()
    issue.by("dev-1", 10).set("priority", "low")
    assert outcomes(judge(issue.case(12), bench(rule("AA01", quiet)))) == []


def test_nothing_is_put_back_before_enforcing_began() -> None:
    court = bench(rule("AA01", refuse))
    for began, outcome in ((at(10), "put back"), (at(10.1), "stands"), (None, "stands")):
        later = msgspec.structs.replace(court, desk=msgspec.structs.replace(desk(), enforce_from=began))
        assert outcomes(judge(handed().case(12), later)) == [outcome]


def test_a_value_set_again_stands_and_the_leader_is_told_once() -> None:
    issue = handed()
    issue.by("tierkeeper", 12).set("tier", "help-desk")
    issue.by("dev-2", 20).set("tier", "development")
    result = judge(issue.case(22), bench(rule("AA01", refuse)))
    assert outcomes(result) == ["stands"]
    assert [(telling.to, telling.key.split(":")[:2]) for telling in result.tellings] == [
        (("desk-leader",), ["stands", "tier"])
    ]


def test_what_stands_by_the_last_word_is_not_wanted_elsewhere_by_another_rule() -> None:
    issue = handed()
    away = rule("AA02", want("tier", "support"))
    assert judge(issue.case(12), bench(rule("AA01", quiet), away)).wants["tier"].value == "support"
    issue.by("tierkeeper", 12).set("tier", "help-desk")
    issue.by("dev-2", 20).set("tier", "development")
    result = judge(issue.case(22), bench(rule("AA01", refuse), away))
    assert (outcomes(result), result.wants, list(result.flags)) == (["stands"], {}, ["AA02"])


def test_a_facet_left_empty_gets_its_last_value_back() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).unlabel("tier:help-desk")
    result = judge(issue.case(12), bench((rule("AA01", quiet), "flag"), rule("AA02", quiet)))
    assert [(one.value, one.ruling.rule) for one in result.put_backs] == [("help-desk", "AA02")]
    assert "taken away" in result.verdicts[0].said


# When


def test_an_issue_waits_while_a_human_may_still_be_clicking() -> None:
    issue = handed()
    for minutes, waits in ((10, True), (10.99, True), (11, False), (12, False)):
        result = judge(issue.case(minutes), bench(rule("AA01", refuse)))
        assert result.waits_until == (at(11) if waits else None)
        assert bool(result.verdicts) is not waits


def test_nobody_waits_for_an_automation() -> None:
    assert judge(handed("release-bot").case(10.1), bench(rule("AA01", refuse))).waits_until is None


def test_an_issue_that_a_lead_opted_out_is_left_alone() -> None:
    issue = handed()
    issue.by("support-lead", 11).label("tierkeeper:off")
    result = judge(issue.case(13), bench(rule("AA01", refuse), rule("AA02", want("priority", "high"))))
    assert result == Judgement()


# Words


def test_a_message_says_what_is_known_and_never_fails() -> None:
    assert words("{who} gave it to {tier} {0}", {"who": "dev-1 {tier}"}) == "dev-1 {tier} gave it to (tier) (0)"
