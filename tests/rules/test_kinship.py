"""What a command names, what was joined last, how alike titles are."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.plugins.model.event import Outcome, Verdict
from tierkeeper.rules.kinship import Named, joined_to, likeness, named_issue


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("#12", Named("", "12")),
        ("12", Named("", "12")),
        ("HELP-12", Named("HELP", "HELP-12")),
        ("help-12", Named("help", "HELP-12")),
        ("example/webapp#12", Named("example/webapp", "12")),
        ("https://github.com/example/webapp/issues/12", Named("example/webapp", "12")),
        ("https://github.com/example/webapp/issues/12#issuecomment-3", Named("example/webapp", "12")),
        ("http://127.0.0.1:8080/gh/example/webapp/issues/12/", Named("example/webapp", "12")),
        ("https://example.atlassian.net/browse/HELP-12?focusedId=3", Named("HELP", "HELP-12")),
        ("https://example.atlassian.net/browse/help-12", Named("help", "HELP-12")),
        ("https://github.com/example/webapp/pull/12", None),
        ("https://example.org/", None),
        ("this", None),
        ("#", None),
        ("12a", None),
        ("#" + "1" * 40, None),
        ("HELP-", None),
    ],
)
def test_an_issue_is_named_by_number_key_repository_or_address(word: str, named: Named | None) -> None:
    assert named_issue(word) == named


@given(st.text(max_size=200))
@settings(deadline=None)
def test_whatever_a_word_is_it_names_one_issue_or_none(word: str) -> None:
    found = named_issue(word)
    assert found is None or found.key[-1:].isdecimal()


def verdict(after: str, outcome: Outcome = "allowed", facet: str = "/duplicate") -> Verdict:
    return Verdict(
        facet=facet, event=f"comment:{after}", outcome=outcome, at=datetime(2026, 11, 23, tzinfo=UTC), after=after
    )


@pytest.mark.parametrize(
    ("verdicts", "key"),
    [
        ([], ""),
        ([verdict("7")], "7"),
        ([verdict("7"), verdict("8")], "8"),
        ([verdict("7"), verdict("8", "refused")], "7"),
        ([verdict("7"), verdict("none")], ""),
        ([verdict("7", facet="tier")], ""),
    ],
)
def test_a_report_is_joined_under_what_was_said_last_and_not_refused(verdicts: list[Verdict], key: str) -> None:
    assert joined_to(verdicts) == key


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("Export fails", "Export fails", 1),
        ("Export FAILS", "the export of invoices fails", 1),
        ("Export fails", "Export broken", 0.5),
        ("Export fails", "Login loops", 0),
        ("", "Export", 0),
        ("it is on", "it is on", 0),
    ],
)
def test_titles_are_as_alike_as_the_shorter_ones_words_agree(one: str, other: str, share: float) -> None:
    assert likeness(one, other) == share


@given(st.text(), st.text())
@settings(deadline=None)
def test_likeness_is_mutual_and_a_share(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
