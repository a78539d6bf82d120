"""What /why answers: of all that was decided, the last thing that people are told of."""

from typing import Any

import msgspec
import pytest
from rule_stories import Told, at, desk

from tierkeeper.plugins.model.event import Verdict
from tierkeeper.rules.bundled.commands.why import Why


def answer(issue: Told, *verdicts: Verdict, **changes: Any) -> str:
    issue.by("user-1", 60).comment("/why")
    case = msgspec.structs.replace(issue.case(61), verdicts=verdicts, **changes)
    (tell,) = Why().read(case.commands[-1], case, desk()).tells
    assert (tell.to, tell.key) == (("user-1",), "why")
    return tell.text


def verdict(outcome: Any, minutes: float = 30, **told: Any) -> Verdict:
    what = {"facet": "tier", "event": "e9", "rule": "TR02", "mode": "enforce", "said": "That is theirs.", **told}
    return Verdict(outcome=outcome, at=at(minutes), after="development", **what)


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("put back", "Last: tier development was put back on 23 Nov 2026 09:30 CET by TR02: That is theirs."),
        (
            "stands",
            "Last: tier development was set on 23 Nov 2026 09:30 CET and stands, flagged by TR02: That is theirs.",
        ),
        ("not judged", "Last: an automation set tier development on 23 Nov 2026 09:30 CET by TR02: That is theirs."),
        ("refused", "Last: a command was not carried out on 23 Nov 2026 09:30 CET by TR02: That is theirs."),
        ("set", "Last: tier development was set on 23 Nov 2026 09:30 CET by TR02: That is theirs."),
    ],
)
def test_the_last_decision_is_told_with_its_rule_and_its_reason(outcome: str, told: str) -> None:
    assert told in answer(Told(tier="support"), verdict(outcome))


def test_what_came_later_is_told_be_it_a_decision_or_a_handover() -> None:
    issue = Told(tier="support")
    issue.by("support-1", 40).set("tier", "development")
    handed = "Last: support-1 handed it from support to development on 23 Nov 2026 09:40 CET."
    assert handed in answer(issue, verdict("put back", 30))
    assert handed not in answer(issue, verdict("put back", 50))


def test_what_only_shadows_say_is_not_told() -> None:
    text = answer(Told(tier="support"), verdict("stands", mode="shadow"))
    assert "Nobody handed it over since 23 Nov 2026 09:00 CET." in text


def test_owners_flags_and_what_comes_next_are_told() -> None:
    text = answer(Told(tier="support"), owners=("support-1",), flags={"TR10": "It came back twice."})
    assert text.startswith("It is with support, owner support-1. ")
    assert text.endswith("Flagged: TR10: It came back twice. Next: support-1 answers or hands it on.")
