"""Reading a history: what the facets were, who changed them, what waits for judgement."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_stories import Told, at, desk, reader

from tierkeeper.plugins.model.event import Event, History, Outcome, Verdict
from tierkeeper.rules.reading import read_case
from tierkeeper.rules.testing.story import OWN

PEOPLE = ("key-user-1", "help-desk-1", "support-1", "dev-1", "release-bot", "unknown", OWN.id)
TIERS = ("key-users", "help-desk", "support", "development")

acts = st.lists(
    st.tuples(
        st.sampled_from(("label", "unlabel", "set", "assign", "unassign", "turn", "comment", "priority", "off")),
        st.sampled_from(PEOPLE),
        st.sampled_from(TIERS),
        st.sampled_from((0.0, 0.05, 0.5, 2.0)),
    ),
    max_size=12,
)


def happen(issue: Told, act: tuple[str, str, str, float], minutes: float) -> None:
    verb, who, tier, _ = act
    labels = {name.casefold() for name in issue.told().issue.labels}
    assigned = {account.id for account in issue.told().issue.assignees}
    hand = issue.hand(who, at(minutes))
    if verb == "label":
        issue.label(f"Tier:{tier.title()}", hand)
    elif verb == "unlabel" and f"tier:{tier}" in labels:
        issue.unlabel(f"tier:{tier}", hand)
    elif verb == "set":
        issue.set("tier", tier, hand)
    elif verb == "assign":
        issue.assign(tier, hand)
    elif verb == "unassign" and tier in assigned:
        issue.unassign(tier, hand)
    elif verb == "turn":
        issue.turn("closed" if issue.open else "open", hand)
    elif verb == "comment":
        issue.comment(f"/handover {tier}", hand)
    elif verb == "priority":
        issue.set("priority", {"key-users": "low", "help-desk": None}.get(tier, "high"), hand)
    elif verb == "off" and who != "unknown":
        off = "tierkeeper:off" in labels
        (issue.unlabel if off else issue.label)("tierkeeper:off", issue.hand("support-lead", at(minutes)))


@given(acts, st.data())
@settings(deadline=None)
def test_an_earlier_time_reads_as_if_nothing_had_happened_since(
    story: list[tuple[str, str, str, float]], data: Any
) -> None:
    issue = Told()
    minutes = 0.0
    known: dict[float, History] = {minutes: issue.told()}
    for act in story:
        minutes += act[3]
        happen(issue, act, minutes)
        known[minutes] = issue.told()
    then = data.draw(st.sampled_from(sorted(known)))
    assert read_case(issue.told(), reader(), at(then)) == read_case(known[then], reader(), at(then))


@given(acts)
@settings(deadline=None)
def test_what_is_pending_leads_from_the_last_allowed_value_to_todays(story: list[tuple[str, str, str, float]]) -> None:
    issue = Told()
    minutes = 0.0
    for act in story:
        minutes += act[3]
        happen(issue, act, minutes)
    case = issue.case(minutes + 5)
    for facet, change in case.pending.items():
        assert change.after == case.facets.get(facet)
        assert change.before == case.allowed[facet]
        assert change.before != change.after
        assert change.kind != "ours"


# Labels


def test_one_label_off_and_another_on_within_a_minute_is_one_change() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).unlabel("tier:help-desk")
    issue.by("help-desk-1", 11).label("tier:support")
    assert [(change.before, change.after) for change in issue.case(12).changes["tier"][1:]] == [
        ("help-desk", "support")
    ]


def test_what_we_put_back_at_once_is_no_part_of_what_somebody_took_away() -> None:
    issue = Told(tier="key-users")
    issue.by("key-user-1", 10).set("tier", "help-desk")
    issue.by("key-user-1", 10).unlabel("tier:help-desk")
    issue.by("tierkeeper", 10).label("tier:key-users")
    issue.by("dev-1", 11).unlabel("tier:key-users")
    case = issue.case(13)
    assert [(change.before, change.after, change.kind) for change in case.changes["tier"][1:]] == [
        ("key-users", "help-desk", "human"),
        ("help-desk", None, "human"),
        (None, "key-users", "ours"),
        ("key-users", None, "human"),
    ]
    assert None in case.refused["tier"], "nobody's tier was put back once, and is not again"


def test_a_longer_gap_is_a_change_to_nothing_and_one_from_nothing() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).unlabel("tier:help-desk")
    issue.by("help-desk-1", 11.1).label("tier:support")
    made = [(change.before, change.after) for change in issue.case(12).changes["tier"][1:]]
    assert made == [("help-desk", None), (None, "support")]
    assert [(change.before, change.after) for change in issue.case(12).handovers] == [("help-desk", "support")]


def test_the_same_label_off_and_on_again_is_not_lost() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).unlabel("tier:help-desk")
    issue.by("help-desk-1", 10.5).label("tier:help-desk")
    case = issue.case(12)
    assert [change.after for change in case.changes["tier"]] == ["help-desk", None, "help-desk"]
    assert case.handovers == ()
    assert "tier" not in case.pending


def test_of_two_labels_the_one_set_last_counts_and_the_other_one_when_it_goes() -> None:
    issue = Told(tier="help-desk")
    issue.by("support-1", 10).label("tier:support")
    assert issue.case(11).tier == "support"
    issue.by("support-1", 20).unlabel("tier:support")
    assert issue.case(21).tier == "help-desk"
    assert "tier" not in issue.case(21).pending


def test_labels_are_read_in_any_capitals_and_spelled_as_the_policy_does() -> None:
    issue = Told()
    issue.by("key-user-1", 10).label("TIER:Help-Desk")
    case = issue.case(11)
    assert case.tier == "help-desk"
    issue.by("key-user-1", 20).unlabel("tier:help-desk")
    assert issue.case(21).facets["tier"] is None


def test_a_tier_that_nobody_handed_on_is_the_lowest() -> None:
    case = Told().case(1)
    assert (case.tier, case.facets["tier"], case.handovers) == ("key-users", None, ())


def test_todays_labels_are_believed_and_a_history_that_does_not_explain_them_is_not() -> None:
    issue = Told(tier="help-desk")
    issue.by("dev-1", 10).set("tier", "development")
    history = issue.told()
    other = msgspec.structs.replace(history, issue=msgspec.structs.replace(history.issue, labels=("tier:support",)))
    assert "tier" in read_case(other, reader(), at(20)).untrusted
    assert not read_case(history, reader(), at(20)).untrusted


def test_a_label_that_a_move_took_off_without_a_word_went_with_the_move() -> None:
    issue = Told(tier="help-desk")
    issue.by("dev-1", 10).set("tier", "development")
    history = issue.told()
    actor = history.events[-1].actor
    moved = Event(id="9001", issue=history.issue.ref.id, at=at(20), kind="moved", actor=actor)
    bare = msgspec.structs.replace(
        history, events=(*history.events, moved), issue=msgspec.structs.replace(history.issue, labels=())
    )
    case = read_case(bare, reader(), at(30))
    assert not case.untrusted
    lost = case.pending["tier"]
    assert (lost.after, lost.at, lost.event, lost.by) == (None, at(20), "9001", "dev-1")
    again = msgspec.structs.replace(history.events[-1], id="9002", at=at(20), name="tier:support", after="tier:support")
    back = msgspec.structs.replace(bare.issue, labels=("tier:support",))
    case = read_case(msgspec.structs.replace(bare, events=(*bare.events, again), issue=back), reader(), at(30))
    assert (case.tier, case.untrusted) == ("support", frozenset())  # set in the same second, after the move
    kept = read_case(msgspec.structs.replace(bare, issue=history.issue), reader(), at(30))
    assert (kept.tier, kept.untrusted) == ("development", frozenset())


def test_an_instance_tells_its_server_and_its_entry_point() -> None:
    issue = Told()
    issue.by("key-user-1", 0).set("instance", "berlin-01")
    case = issue.case(1)
    assert (case.server, case.entry_point) == ("eu-1", "shop")


# Owners


def test_the_owner_is_who_was_assigned_last_at_any_time() -> None:
    issue = Told()
    for minutes, person in ((1, "support-1"), (2, "support-2")):
        issue.by("support-lead", minutes).assign(person)
    issue.by("support-lead", 3).unassign("support-1")
    issue.by("support-lead", 4).assign("support-1")
    assert issue.case(2).owners == ("support-1", "support-2")
    assert issue.case(3).owners == ("support-2",)
    assert issue.case(5).owners == ("support-2", "support-1")
    assert "owner" not in issue.case(5).pending


# What waits for judgement


def test_nothing_before_judging_began_waits_for_judgement() -> None:
    issue = Told(tier="help-desk")
    issue.by("dev-1", 10).set("tier", "development")
    assert issue.case(11, since=at(10)).pending["tier"].after == "development"
    assert issue.case(11, since=at(10.1)).pending == {}
    assert issue.case(11, since=None).pending == {}


@pytest.mark.parametrize(
    ("outcome", "allowed", "refused"),
    [
        ("allowed", "development", frozenset()),
        ("stands", "development", frozenset()),
        ("not judged", "development", frozenset()),
        ("put back", "help-desk", frozenset({"development"})),
    ],
)
def test_every_verdict_but_put_back_counts_as_allowed(outcome: Outcome, allowed: str, refused: frozenset[str]) -> None:
    issue = Told(tier="help-desk")
    issue.by("dev-1", 10).set("tier", "development")
    event = issue.case(11).pending["tier"].event
    issue.verdicts.append(Verdict(facet="tier", event=event, outcome=outcome, at=at(11)))
    case = issue.case(12)
    assert "tier" not in case.pending
    assert case.allowed["tier"] == allowed
    assert case.refused.get("tier", frozenset()) == refused


def test_our_write_after_a_persons_is_a_put_back_even_if_nobody_remembers_the_verdict() -> None:
    issue = Told(tier="help-desk")
    issue.by("dev-1", 10).set("tier", "development")
    issue.by(OWN.id, 12).set("tier", "help-desk")
    case = issue.case(13)
    assert case.allowed["tier"] == "help-desk"
    assert case.refused["tier"] == {"development"}


def test_an_allowed_change_forgets_what_was_put_back_before() -> None:
    issue = Told(tier="help-desk")
    issue.by("dev-1", 10).set("tier", "development")
    issue.by(OWN.id, 12).set("tier", "help-desk")
    issue.by("help-desk-1", 20).set("tier", "support")
    event = issue.case(21).pending["tier"].event
    issue.verdicts.append(Verdict(facet="tier", event=event, outcome="allowed", at=at(21)))
    assert issue.case(22).refused == {}


def test_a_handover_carries_the_estimate_and_the_priority_of_its_moment() -> None:
    issue = Told(tier="support")
    issue.by("support-1", 10).set("estimate", "4h")
    issue.by("support-lead", 11).set("priority", "high")
    issue.by("support-1", 12).set("tier", "development")
    issue.by("support-1", 13).set("estimate", "2d")
    change = issue.case(14).last_handover(to="development")
    assert change is not None
    assert (str(change.estimate), change.priority) == ("4 h", "high")
    assert str(issue.case(14).estimate) == "2 d"


# Opting out


@pytest.mark.parametrize(
    ("who", "out"),
    [("support-lead", True), ("desk-leader", True), ("help-desk-1", True), ("support-1", False), ("unknown", False)],
)
def test_the_opt_out_label_counts_if_a_lead_set_it(who: str, out: bool) -> None:
    issue = Told()
    issue.by(who, 10).label("Tierkeeper:OFF")
    assert issue.case(9).opted_out is False
    assert issue.case(11).opted_out is out
    issue.by("dev-1", 20).unlabel("tierkeeper:off")
    assert issue.case(21).opted_out is False
    assert issue.case(11).opted_out is out


def test_the_opt_out_label_counts_by_who_set_it_last() -> None:
    issue = Told()
    issue.by("support-lead", 10).label("tierkeeper:off")
    issue.by("dev-1", 11).unlabel("tierkeeper:off")
    issue.by("dev-2", 12).label("tierkeeper:off")
    assert issue.case(13).opted_out is False


def test_a_desk_without_an_opt_out_label_opts_nothing_out() -> None:
    issue = Told()
    issue.by("support-lead", 10).label("tierkeeper:off")
    assert issue.case(11, desk=msgspec.structs.replace(desk(), opt_out="")).opted_out is False


# Replies


def test_our_own_comments_are_no_replies_and_an_edited_one_says_so() -> None:
    issue = Told()
    issue.by(OWN.id, 1).comment("where it is")
    issue.by("support-1", 2).comment("which browser?")
    issue.by("support-2", 3).comment("none", edited=at(4), internal=True)
    replies = issue.case(10).replies
    assert [(reply.by, reply.edited, reply.internal) for reply in replies] == [
        ("support-1", False, False),
        ("support-2", True, True),
    ]
