"""The status comment: what a colleague would want to know who takes over right now."""

import pytest
from rule_stories import Told, at, desk

from tierkeeper.plugins.markup.text import WORD_JOINER
from tierkeeper.plugins.model.event import Outcome, Verdict
from tierkeeper.rules.status_comment import MOST_NOTICES, MOST_ROWS, notices, status_comment


def verdict(outcome: Outcome = "put back", *, event: str = "e2", minutes: float = 12, **rest: str) -> Verdict:
    told = {"rule": "TR02", "mode": "enforce", "said": "dev-1 took it", "after": "development", **rest}
    return Verdict(facet="tier", event=event, outcome=outcome, at=at(minutes), **told)  # type: ignore[arg-type]  # all text


def text(issue: Told, *verdicts: Verdict, minutes: float = 60) -> str:
    return status_comment(issue.case(minutes), verdicts, desk())


def test_it_says_who_has_it_and_what_comes_next() -> None:
    issue = Told(tier="help-desk")
    assert text(issue) == "**With help desk** · next: *somebody of help desk answers or hands it on*"
    issue.by("help-desk-1", 5).assign("help-desk-2")
    assert text(issue).startswith("**With help desk** · owner **help-desk-2** · next: *help-desk-2 answers")
    issue.by("help-desk-1", 6).assign("help-desk-1")
    assert " · owners **help-desk-1**, **help-desk-2** · " in text(issue)
    issue.by("help-desk-1", 7).turn("closed")
    assert text(issue).endswith("next: *nothing, it is closed*")


def test_it_says_what_was_put_back_why_and_what_to_do_in_the_desks_time() -> None:
    told = verdict(remedy="Ask help desk, or write `/handover support` and why.", before="help-desk")
    assert text(Told(tier="help-desk"), told).split("\n\n")[1] == (
        "Put back from development on 23 Nov 2026 09:12: dev-1 took it. "
        "Ask help desk, or write `/handover support` and why."
    )


@pytest.mark.parametrize(
    ("outcome", "opening"),
    [
        ("stands", "Handed to development on 23 Nov 2026 09:12; it stands, flagged: dev-1 took it."),
        (
            "not judged",
            "Moved to development by an automation on 23 Nov 2026 09:12; it stands, flagged: dev-1 took it.",
        ),
        ("refused", "Not carried out on 23 Nov 2026 09:12: dev-1 took it."),
        ("set", "On 23 Nov 2026 09:12: dev-1 took it."),
    ],
)
def test_each_outcome_has_its_own_opening(outcome: Outcome, opening: str) -> None:
    assert opening in text(Told(tier="help-desk"), verdict(outcome))


def test_other_rules_that_refused_it_are_named() -> None:
    told = Verdict(
        facet="tier", event="e2", outcome="put back", at=at(12), said="it is small", mode="enforce", others=("TR05",)
    )
    assert "it is small. (also TR05)" in text(Told(), told)


def test_a_later_allowed_change_ends_a_notice_and_a_shadow_never_makes_one() -> None:
    allowed = verdict("allowed", event="e5", minutes=30, said="")
    assert notices([verdict(), allowed]) == []
    assert notices([allowed, verdict(minutes=40)]) == [verdict(minutes=40)]
    assert notices([verdict("stands", mode="shadow")]) == []


def test_the_newest_notices_are_shown_and_no_more() -> None:
    many = [verdict(event=f"e{number}", minutes=number, said=f"number {number}") for number in range(9)]
    assert [notice.said for notice in notices(many)] == [f"number {number}" for number in range(9 - MOST_NOTICES, 9)]


def test_the_table_holds_the_handovers_that_stood_with_what_went_along() -> None:
    issue = Told()
    issue.by("support-lead", 1).set("priority", "high")
    issue.by("key-user-1", 12).set("tier", "help-desk")
    issue.by("dev-1", 20).set("tier", "development")
    issue.by("tierkeeper", 22).set("tier", "help-desk")
    issue.by("help-desk-2", 40).set("estimate", "4h")
    issue.by("help-desk-2", 41).set("tier", "support")
    undone = issue.case(60).changes["tier"][1].event
    assert text(issue, verdict(event=undone, said="")).split("\n\n")[-1].split("\n") == [
        "| when (CET) | from | to | by | with |",
        "|---|---|---|---|---|",
        "| 23 Nov 2026 09:12 | key users | help desk | key-user-1 | priority high |",
        "| 23 Nov 2026 09:41 | help desk | support | help-desk-2 | priority high, estimate 4 h |",
    ]


def test_the_table_keeps_the_newest_handovers() -> None:
    issue = Told(tier="help-desk")
    for number in range(MOST_ROWS + 5):
        issue.by("help-desk-1", 10 + number).set("tier", "support" if number % 2 == 0 else "help-desk")
    rows = text(issue, minutes=99).split("\n\n")[-1].split("\n")[2:]
    assert len(rows) == MOST_ROWS
    assert "09:34" in rows[-1]


def test_the_same_state_gives_the_same_text_whenever_it_is_looked_at() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).set("tier", "support")
    assert text(issue, verdict(), minutes=60) == text(issue, verdict(), minutes=60_000)


def test_nothing_that_a_tracker_holds_works_as_markup_or_calls_anybody() -> None:
    issue = Told()
    issue.by("key-user-1", 5).label("tier:@team|<img src=x>[a](b)**")
    said = verdict(said="@everyone set it to <b>`x`</b> | [a](b)", remedy="Ask @team.")
    shown = text(issue, said)
    assert "<" not in shown.replace("\\<", "")
    assert f"@{WORD_JOINER}team" in shown
    assert "@team" not in shown
    assert "@everyone" not in shown
    assert "[a](b)" not in shown.replace("\\[a\\](b)", "")


def test_an_unknown_hand_is_called_unknown() -> None:
    issue = Told(tier="help-desk")
    issue.by("unknown", 10).set("tier", "support")
    assert "| help desk | support | unknown |" in text(issue)


def test_verdicts_of_one_moment_are_told_alike_whatever_order_they_come_in() -> None:
    told = [verdict("refused", event=f"comment:{number}", said=f"no {number}") for number in (7, 99, 100)]
    assert notices(told) == notices(told[::-1]) == told
