"""Paths and times as they go into a URL."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tierkeeper.plugins.errors import UnexpectedAnswer, UsageError
from tierkeeper.plugins.transport.paths import path_within, quote_segment, utc_stamp


def test_g6_a_time_with_another_offset_is_converted() -> None:
    in_kolkata = datetime(2026, 11, 2, 12, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert utc_stamp(in_kolkata) == "2026-11-02T06:30:00Z"


def test_g6_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="no time zone"):
        utc_stamp(datetime(2026, 11, 2, 12, 0))  # noqa: DTZ001  # a naive one is the point


def test_a_time_is_cut_to_the_second_never_rounded_up() -> None:
    assert utc_stamp(datetime(2026, 11, 2, 12, 0, 59, 999_999, tzinfo=UTC)) == "2026-11-02T12:00:59Z"


def test_g11_a_slash_in_a_label_is_escaped() -> None:
    assert quote_segment("tier/2") == "tier%2F2"
    assert quote_segment("tier: süd?#%") == "tier%3A%20s%C3%BCd%3F%23%25"


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_g11_a_name_that_no_escape_can_carry_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="rename"):
        quote_segment(name)


@pytest.mark.parametrize(
    ("base", "link", "path"),
    [
        ("https://t.example", "https://t.example/a?page=2", "/a?page=2"),
        ("https://t.example", "https://t.example:443/a", "/a"),
        ("https://T.example/", "https://t.example/a", "/a"),
        ("https://t.example/api/v3", "https://t.example/api/v3/a?b=c%20d", "/a?b=c%20d"),
        ("http://127.0.0.1:8123", "http://127.0.0.1:8123/a", "/a"),
        ("https://t.example/api/v3", "/api/v3/a", "/a"),
    ],
)
def test_a_link_is_taken_from_the_base_url_on(base: str, link: str, path: str) -> None:
    assert path_within(base, link, seen_at=f"{base}/x") == path


@pytest.mark.parametrize("link", ["https://t.example/other/a", "https://t.example/api/v33/a", "http://[bad/a"])
def test_g19_a_link_beside_the_base_url_is_refused(link: str) -> None:
    with pytest.raises(UnexpectedAnswer, match="was not followed"):
        path_within("https://t.example/api/v3", link, seen_at="https://t.example/api/v3/x")
