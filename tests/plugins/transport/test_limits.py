"""What an answer's headers say about waiting."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.limits import LONGEST, back_off, rate_limit, reset_after, retry_after

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SERVER = NOW - timedelta(hours=3)  # this side's clock is three hours fast


def answer(status: int, body: bytes = b"", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"date": format_datetime(SERVER, usegmt=True), **named}, body, "https://t.example/x")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30),
        ("1.5", 1.5),
        (" 7 ", 7),
        (format_datetime(SERVER + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(SERVER - timedelta(seconds=90), usegmt=True), 0),
    ],
)
def test_retry_after_is_read_in_all_its_forms(text: str, seconds: float) -> None:
    assert retry_after(answer(429, retry_after=text), NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-5", "nan", "inf", "1e9", "Mon, 99 Nov 2026"])
def test_nonsense_in_retry_after_is_no_wait_at_all(text: str) -> None:
    assert retry_after(answer(429, retry_after=text), NOW) is None


@given(st.text(st.characters(codec="latin-1")))
@settings(deadline=None)
def test_no_text_in_a_header_raises(text: str) -> None:
    hostile = Answer(429, dict.fromkeys(("retry-after", "x-ratelimit-reset", "date", "link"), text), b"", "x")
    rate_limit(hostile, NOW)
    hostile.links()


def test_a_wait_is_never_longer_than_a_week() -> None:
    assert retry_after(answer(429, retry_after="999999999999"), NOW) == LONGEST


def test_a_reset_is_read_relative_to_the_date_of_the_same_answer() -> None:
    epoch = str(int((SERVER + timedelta(minutes=10)).timestamp()))
    assert reset_after(answer(403, x_ratelimit_reset=epoch), NOW) == timedelta(minutes=10)
    iso = (SERVER + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%MZ")
    assert reset_after(answer(429, x_ratelimit_reset=iso), NOW) == timedelta(minutes=10)


def test_a_403_is_primary_secondary_or_a_matter_of_permission() -> None:
    epoch = str(int((SERVER + timedelta(minutes=10)).timestamp()))
    primary = rate_limit(answer(403, x_ratelimit_remaining="0", x_ratelimit_reset=epoch), NOW)
    assert primary is not None
    assert (primary.primary, primary.wait) == (True, timedelta(minutes=10))
    said = b'{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}'
    secondary = rate_limit(answer(403, said, x_ratelimit_remaining="4000", x_ratelimit_reset=epoch), NOW)
    assert secondary is not None
    assert (secondary.primary, secondary.wait) == (False, None)  # the quota's reset is not the secondary limit's
    denied = b'{"message": "Resource not accessible by personal access token"}'
    assert rate_limit(answer(403, denied, x_ratelimit_remaining="4000", x_ratelimit_reset=epoch), NOW) is None


def test_a_503_is_a_limit_only_if_it_says_when_to_come_back() -> None:
    assert rate_limit(answer(503), NOW) is None
    assert rate_limit(answer(503, retry_after="9"), NOW) is not None


def test_a_wait_of_none_still_is_a_second() -> None:
    limit = rate_limit(answer(429, retry_after="0"), NOW)
    assert limit is not None
    assert limit.wait == timedelta(seconds=1)


def test_back_off_starts_at_a_minute_and_doubles_to_an_hour() -> None:
    assert [back_off(strikes) / timedelta(minutes=1) for strikes in (1, 2, 3, 7, 1000)] == [1, 2, 4, 60, 60]
