"""Writes: what may have been done is never sent again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tierkeeper.plugins.errors import (
    AuthenticationFailed,
    FeatureOff,
    Moved,
    NotFound,
    OutOfBudget,
    PermissionDenied,
    TrackerError,
    Unreachable,
    WriteRefused,
)
from tierkeeper.plugins.transport.answer import Unknown
from tierkeeper.plugins.transport.ports import MemoryBudget

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_a_create_gives_its_answer(bench: Any) -> None:
    bench.server.says(201, body={"number": 5})
    transport = bench.transport()
    answer = transport.create("/issues", {"title": "x"})
    assert not isinstance(answer, Unknown)
    assert answer.json() == {"number": 5}
    assert transport.requests == {"read": 0, "write": 0, "create": 1}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_g1_a_create_that_meets_server_trouble_is_sent_once(bench: Any, status: int) -> None:
    bench.server.says(status, retry_after="1")
    outcome = bench.transport().create("/issues", {})
    assert isinstance(outcome, Unknown)
    assert f"POST https://tracker.example/issues answered {status}" in outcome.reason
    assert len(bench.server.asked) == 1


def test_g1_a_create_whose_connection_is_cut_is_sent_once(bench: Any) -> None:
    bench.server.cuts(sent=True)
    outcome = bench.transport().create("/issues", {})
    assert isinstance(outcome, Unknown)
    assert len(bench.server.asked) == 1


def test_a_create_that_surely_was_not_sent_is_not_unknown(bench: Any) -> None:
    bench.server.cuts(sent=False)
    transport = bench.transport()
    with pytest.raises(Unreachable, match="nothing was sent"):
        transport.create("/issues", {})
    assert len(bench.server.asked) == 1
    assert transport.requests["create"] == 0


@pytest.mark.parametrize(("status", "headers"), [(429, {"retry_after": "1"}), (403, {"retry_after": "1"}), (429, {})])
def test_g1_a_create_is_not_sent_again_after_a_rate_limit_either(
    bench: Any, status: int, headers: dict[str, str]
) -> None:
    bench.server.says(status, **headers)
    with pytest.raises(OutOfBudget):
        bench.transport().create("/issues", {})
    assert len(bench.server.asked) == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_that_meets_server_trouble_is_unknown(bench: Any, method: str, status: int) -> None:
    bench.server.says(status)
    assert isinstance(bench.transport().write(method, "/x", {}), Unknown)
    assert len(bench.server.asked) == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_a_write_that_is_cut_is_unknown(bench: Any, method: str) -> None:
    bench.server.cuts(sent=True)
    assert isinstance(bench.transport().write(method, "/x", {}), Unknown)
    assert len(bench.server.asked) == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("status", [429, 503, 403])
def test_an_idempotent_write_goes_again_after_a_definite_no(bench: Any, method: str, status: int) -> None:
    bench.server.says(status, retry_after="5").says(200)
    transport = bench.transport()
    assert not isinstance(transport.write(method, "/x", {}), Unknown)
    assert bench.wall.slept == [5]
    assert transport.requests["write"] == 2


def test_an_idempotent_write_that_is_cut_on_its_second_try_is_unknown(bench: Any) -> None:
    bench.server.says(429, retry_after="5").cuts(sent=True)
    assert isinstance(bench.transport().write("PUT", "/x", {}), Unknown)
    assert len(bench.server.asked) == 2


def test_a_post_that_is_a_write_is_never_sent_again(bench: Any) -> None:
    bench.server.says(429, retry_after="5")
    with pytest.raises(OutOfBudget) as caught:
        bench.transport().write("POST", "/labels", ["a"])
    assert caught.value.until == NOW + timedelta(seconds=5)
    assert len(bench.server.asked) == 1


def test_a_limit_on_one_issue_is_named_and_does_not_stop_the_others(bench: Any) -> None:
    bench.server.says(429, retry_after="90", ratelimit_reason="jira-per-issue-on-write").says(204)
    transport = bench.transport()
    with pytest.raises(OutOfBudget, match="jira-per-issue-on-write"):
        transport.write("PUT", "/issue/1", {})
    transport.write("PUT", "/issue/2", {})
    assert bench.wall.slept == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_g3_a_redirect_of_a_write_is_an_error(bench: Any, status: int) -> None:
    bench.server.says(status, location="https://tracker.example/repositories/7/issues")
    transport = bench.transport()
    with pytest.raises(Moved):
        transport.create("/repos/old/name/issues", {})
    with pytest.raises(Moved):
        transport.write("PATCH", "/repos/old/name/issues/1", {})


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, WriteRefused),
        (401, AuthenticationFailed),
        (403, PermissionDenied),
        (404, NotFound),
        (409, WriteRefused),
        (410, NotFound),
        (413, WriteRefused),
        (422, WriteRefused),
    ],
)
def test_a_refusal_of_a_write_is_final(bench: Any, status: int, error: type[TrackerError]) -> None:
    bench.server.says(status, body={"message": "No"})
    transport = bench.transport()
    with pytest.raises(error, match="No") as caught:
        transport.create("/x", {})
    assert caught.value.status == status
    with pytest.raises(error, match="No"):
        transport.write("PUT", "/x", {})
    assert len(bench.server.asked) == 2


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_write_to_an_endpoint_that_is_not_there_turns_its_feature_off(bench: Any, status: int) -> None:
    bench.server.says(status)
    with pytest.raises(FeatureOff):
        bench.transport().write("PUT", "/x", {}, feature="pinning")
    with pytest.raises(FeatureOff):
        bench.transport().create("/x", {}, feature="sub-issues")


def test_creates_wait_for_their_own_budget_before_they_are_sent(bench: Any) -> None:
    bench.budget = MemoryBudget(creates_a_minute=2)
    bench.server.says(201)
    transport = bench.transport()
    for _ in range(3):
        transport.create("/x", {})
    assert bench.wall.slept == [60]
    transport.create("/x", {})
    with pytest.raises(OutOfBudget, match="2 issues and comments"):
        transport.create("/x", {})
    assert transport.requests["create"] == 4
