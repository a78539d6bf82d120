"""What never crosses: each of the default patterns, one's own, and the laws of both."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.rules.mirroring.redact import REDACTED, Redaction, compiled, restored

DEFAULT = Redaction()

TAKEN = [
    ("mail to anna.berg@example.org now", "mail to [redacted] now"),
    ("Anna <anna.berg@example.org>, <mailto:b@example.org>", "Anna [redacted], [redacted]"),
    ("see (https://wiki.corp/x?y=1), <https://wiki.corp/x>.", "see ([redacted]), [redacted]."),
    ("https://app:s3cret@example.org/x and https://example.org", "[redacted] and https://example.org"),
    ("jörg@münchen.example", "[redacted]"),
    ("ghp_0123456789abcdefghijABCDEFGHIJ", "[redacted]"),
    ("github_pat_11ABCDEFG0123456789_abcdefgh", "[redacted]"),
    ("xoxb-123456789012-abcdef", "[redacted]"),
    ("https://hooks.slack.com/services/T0/B0/abc", "[redacted]"),
    ("key AKIAIOSFODNN7EXAMPLE.", "key [redacted]."),
    ("aws_secret_access_key = wJalrXUtnFEMI/K7", "aws_secret_access_key = [redacted]"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln", "[redacted]"),
    ("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"),
    ("a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb", "a\n[redacted]\nb"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn", "[redacted]"),
    ("postgres://app:s3cret@db/x", "postgres://[redacted]@db/x"),
    ("on db01.corp.internal:5432", "on [redacted]:5432"),
    ("at 10.20.30.40 and 172.16.0.1 and 192.168.1.1/24", "at [redacted] and [redacted] and [redacted]/24"),
    ("fe80::1ff:fe23:4567:890a", "[redacted]"),
]
KEPT = [
    "version 1.2.3 at 10:20, 8.8.8.8, 172.32.0.1",
    "@anna said #12 at https://example.org/a?b=c",
    "internal matters, local time",
    "a: b @ c",
    "",
]


@pytest.mark.parametrize(("text", "shown"), TAKEN)
def test_the_default_patterns_take_it_out(text: str, shown: str) -> None:
    assert DEFAULT(text) == shown
    assert DEFAULT(shown) == shown


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert DEFAULT(text) == text
    assert not DEFAULT.finds([text])


def test_ones_own_patterns_come_beside_the_default_ones_or_in_their_place() -> None:
    assert Redaction([r"CUST-\d+"])("CUST-1 a@example.org") == "[redacted] [redacted]"
    assert Redaction([r"CUST-\d+"], defaults=False)("CUST-1 a@example.org") == "[redacted] a@example.org"
    assert Redaction(defaults=False)("a@example.org") == "a@example.org"


PIECES = st.lists(
    st.sampled_from([one for text, _ in TAKEN for one in (text, text[: len(text) // 2], text[len(text) // 2 :])])
    | st.text(max_size=8)
    | st.sampled_from(["[redacted]", "[", "]", "@", ".", "\n", " ", "10", "://", ":"]),
    max_size=8,
)
OWN = st.lists(st.sampled_from([r"\d+", "^a", "a$", "re", r"\[", "redacted", "b+c", "(a|b)+"]), max_size=3)


@settings(max_examples=300, deadline=None)
@given(PIECES.map("".join), OWN)
def test_once_is_enough_and_nothing_is_left(text: str, own: list[str]) -> None:
    redaction = Redaction(own)
    shown = redaction(text)
    assert redaction(shown) == shown
    for part in shown.split(REDACTED):
        assert not any(compiled(pattern).search(part) for pattern in own)


@settings(max_examples=200, deadline=None)
@given(PIECES.map("".join))
def test_what_was_taken_out_is_put_back(text: str) -> None:
    if REDACTED not in text and "\n" not in text and text.isprintable():
        assert restored(DEFAULT(text), text, DEFAULT) == text


def test_what_came_back_otherwise_stays_as_it_is() -> None:
    assert restored("[redacted] and [redacted]", "a@example.org", DEFAULT) == "[redacted] and [redacted]"
    assert restored("New", "a@example.org", DEFAULT) == "New"
    assert restored("Now: [redacted]!", "a@example.org fails", DEFAULT) == "Now: a@example.org!"


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}", "(x+x+)+y"])
def test_no_pattern_hangs(pattern: str) -> None:
    redaction = Redaction([pattern], defaults=False)
    began = time.process_time()
    redaction("a" * 60_000 + "!" + "x" * 5_000)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("pattern", "why"), [("(?<=a)b", "perl operator"), ("(", "missing"), ("a*", "empty text"), (r"\1", "escape")]
)
def test_a_pattern_that_cannot_be_is_refused_with_its_reason(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        compiled(pattern)
