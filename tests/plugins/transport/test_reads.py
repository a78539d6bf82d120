"""Reads: tried again within bounds, conditional, page by page, on one server only."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tierkeeper.plugins.errors import (
    FeatureOff,
    Moved,
    NotFound,
    OutOfBudget,
    UnexpectedAnswer,
    Unreachable,
)
from tierkeeper.plugins.transport.answer import NotModified

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_a_read_goes_again_after_server_trouble_and_a_cut(bench: Any) -> None:
    bench.server.says(502).cuts(sent=True).says(200, body={"id": 1})
    transport = bench.transport()
    assert transport.get("/x").json() == {"id": 1}
    assert transport.requests == {"read": 3, "write": 0, "create": 0}
    assert len(bench.wall.slept) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_read_gives_up_after_four_attempts(bench: Any, status: int) -> None:
    bench.server.says(status)
    with pytest.raises(Unreachable, match=f"it answered {status}") as caught:
        bench.transport().get("/x")
    assert caught.value.status == status
    assert len(bench.server.asked) == 4


def test_a_read_without_any_answer_gives_up(bench: Any) -> None:
    bench.server.cuts(sent=False)
    transport = bench.transport()
    with pytest.raises(Unreachable, match="ConnectionError"):
        transport.get("/x")
    assert len(bench.server.asked) == 4
    assert transport.requests["read"] == 0


def test_a_refusal_of_a_read_is_final(bench: Any) -> None:
    bench.server.says(404, body={"message": "Not Found"})
    with pytest.raises(NotFound, match="Not Found"):
        bench.transport().get("/x")
    assert len(bench.server.asked) == 1


def test_all_sleeps_of_a_transport_together_stay_within_its_patience(bench: Any) -> None:
    bench.server.says(429, retry_after="25").says(200).says(429, retry_after="25").says(200)
    bench.server.says(429, retry_after="25").says(200)
    transport = bench.transport()
    transport.get("/x")
    transport.get("/x")
    with pytest.raises(OutOfBudget) as caught:
        transport.get("/x")
    assert bench.wall.slept == [25, 25]
    assert caught.value.until == NOW + timedelta(seconds=75)


def test_g2_429_without_any_header_waits_a_minute(bench: Any) -> None:
    bench.server.says(429).says(200)
    assert bench.transport().get("/x").status == 200
    assert sum(bench.wall.slept) == 60


def test_g2_a_primary_limit_never_sleeps_for_an_hour(bench: Any) -> None:
    reset = str(int(NOW.timestamp()) + 3600)
    bench.server.says(403, x_ratelimit_remaining="0", x_ratelimit_limit="5000", x_ratelimit_reset=reset)
    with pytest.raises(OutOfBudget) as caught:
        bench.transport().get("/x")
    assert caught.value.until == NOW + timedelta(hours=1)
    assert bench.wall.slept == []
    assert len(bench.server.asked) == 1


def test_g2_the_patience_holds_against_a_retry_after_too(bench: Any) -> None:
    bench.server.says(403, retry_after="61")
    with pytest.raises(OutOfBudget):
        bench.transport().get("/x")
    assert bench.wall.slept == []


def test_g2_a_used_up_graphql_quota_is_no_success(bench: Any) -> None:
    bench.server.says(200, body={"errors": [{"type": "RATE_LIMITED"}]})
    with pytest.raises(OutOfBudget):
        bench.transport(patience=timedelta()).create("/graphql", {})


def test_what_is_left_of_the_quota_stops_the_next_request_before_it_is_sent(bench: Any) -> None:
    reset = str(int(NOW.timestamp()) + 600)
    bench.server.says(200, x_ratelimit_remaining="3", x_ratelimit_limit="5000", x_ratelimit_reset=reset)
    transport = bench.transport()
    transport.get("/x")
    with pytest.raises(OutOfBudget, match="3 of 5000"):
        transport.get("/x")
    assert len(bench.server.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_g4_g5_a_redirect_of_a_read_is_not_followed(bench: Any, status: int) -> None:
    bench.server.says(status, location="https://tracker.example/repositories/7/issues")
    with pytest.raises(Moved, match="/repositories/7/issues") as caught:
        bench.transport().get("/repos/old/name/issues?state=all&since=2026-01-01T00:00:00Z")
    assert caught.value.location == "https://tracker.example/repositories/7/issues"
    assert len(bench.server.asked) == 1


@pytest.mark.parametrize("status", [404, 405, 501])
def test_an_endpoint_that_is_not_there_turns_its_feature_off(bench: Any, status: int) -> None:
    bench.server.says(status)
    with pytest.raises(FeatureOff, match="does not have issue fields"):
        bench.transport().get("/x", feature="issue fields")
    assert len(bench.server.asked) == 1


def test_a_deep_page_that_is_refused_says_so_by_its_status(bench: Any) -> None:
    bench.server.says(422, body={"message": "pagination is limited"})
    with pytest.raises(UnexpectedAnswer, match="pagination is limited") as caught:
        bench.transport().get("/x")
    assert caught.value.status == 422


def test_an_unchanged_page_is_not_sent_again(bench: Any) -> None:
    bench.server.says(200, body=[1], etag='"a"').says(304)
    transport = bench.transport()
    first = transport.get_if_changed("/x?since=1", accept="text/x", newest=lambda answer: str(answer.json()[0]))
    assert not isinstance(first, NotModified)
    assert transport.get_if_changed("/x?since=1", accept="text/x") == NotModified(last_page=True, newest="1")
    assert bench.server.headers == [{"Accept": "text/x"}, {"Accept": "text/x", "If-None-Match": '"a"'}]


def test_g15_a_304_on_a_page_with_a_next_one_does_not_mean_nothing_new(bench: Any) -> None:
    bench.server.says(200, body=[], etag='"a"', link='<https://tracker.example/x?page=2>; rel="next"').says(304)
    transport = bench.transport()
    transport.get_if_changed("/x")
    assert transport.get_if_changed("/x") == NotModified(last_page=False, newest="")


@pytest.mark.parametrize(
    ("credential", "path", "accept"), [("c2", "/x", "a"), ("c1", "/x?page=2", "a"), ("c1", "/x", "b")]
)
def test_g15_a_validator_serves_only_its_own_token_url_and_accept(
    bench: Any, credential: str, path: str, accept: str
) -> None:
    bench.server.says(200, body=[], etag='"a"')
    bench.transport().get_if_changed("/x", accept="a")
    bench.transport(credential=credential).get_if_changed(path, accept=accept)
    assert "If-None-Match" not in bench.server.headers[-1]


def test_a_304_that_nobody_asked_for_is_an_error(bench: Any) -> None:
    bench.server.says(304)
    with pytest.raises(UnexpectedAnswer):
        bench.transport().get_if_changed("/x")


def test_p3_nothing_is_served_from_a_cache(bench: Any) -> None:
    bench.server.says(200, body=1, cache_control="private, max-age=60").says(200, body=2)
    transport = bench.transport()
    assert [transport.get("/x").json(), transport.get("/x").json()] == [1, 2]


def test_pages_follow_the_link_to_the_end(bench: Any) -> None:
    bench.server.says(200, body=1, link='<https://tracker.example/repositories/7/x?page=2&a=b>; rel="next"')
    bench.server.says(200, body=2, link='<https://tracker.example/x>; rel="first"')
    assert [page.json() for page in bench.transport().pages("/x?a=b")] == [1, 2]
    assert bench.server.asked[1] == ("GET", "/repositories/7/x?page=2&a=b")


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/x?page=2",
        "http://tracker.example/x?page=2",
        "https://tracker.example:8443/x?page=2",
        "https://tracker.example.evil.example/x",
        "https://user:pass@tracker.example/x",
        "https://tracker.example@evil.example/x",
        "//evil.example/x",
        "https://tracker.example:bad/x",
    ],
)
def test_g19_a_link_to_another_server_is_never_followed(bench: Any, link: str) -> None:
    bench.server.says(200, link=f'<{link}>; rel="next"')
    with pytest.raises(UnexpectedAnswer, match="was not followed"):
        list(bench.transport().pages("/x"))
    assert len(bench.server.asked) == 1


def test_a_page_that_names_an_earlier_one_as_the_next_ends_in_an_error(bench: Any) -> None:
    bench.server.says(200, link='<https://tracker.example/x?page=2>; rel="next"')
    bench.server.says(200, link='<https://tracker.example/x>; rel="next"')
    with pytest.raises(UnexpectedAnswer, match="came before"):
        list(bench.transport().pages("/x"))
    assert len(bench.server.asked) == 2
