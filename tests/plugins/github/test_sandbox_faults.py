"""The sandbox's clock, limits, conditional answers, faults, control and memory."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests
from sandbox_world import PATH, REPO, START, World, world

from tierkeeper.plugins.github.sandbox import GitHubSandbox


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        made.store.create_issue(REPO, "key-user-1", "t", labels=["a"])
        yield made


def test_the_clock_stands_where_it_was_set_and_dates_every_answer(there: World) -> None:
    there.box.set_now(START + timedelta(days=1))
    there.box.advance(seconds=61)
    response = there.as_("dev-1")("GET", PATH)
    assert parsedate_to_datetime(response.headers["Date"]) == there.box.now == START + timedelta(days=1, seconds=61)


def test_without_a_time_the_clock_is_the_machines() -> None:
    assert abs(GitHubSandbox().now - datetime.now(UTC)) < timedelta(seconds=5)
    with pytest.raises(ValueError, match="time zone"):
        GitHubSandbox().set_now(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake itself


def test_a_known_etag_is_answered_304_and_costs_nothing(there: World) -> None:
    dev = there.as_("dev-1")
    first = dev("GET", f"{PATH}/issues")
    assert first.headers["ETag"].startswith('W/"')
    again = dev("GET", f"{PATH}/issues", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"] == "1"
    there.store.comment(REPO, 1, "dev-1", "c")
    assert dev("GET", f"{PATH}/issues", If_None_Match=first.headers["ETag"]).status_code == 200


def test_an_etag_belongs_to_a_token(there: World) -> None:
    etags = {there.as_(login)("GET", f"{PATH}/issues").headers["ETag"] for login in ("dev-1", "dev-lead")}
    assert len(etags) == 2


def test_each_token_has_its_own_limit_which_comes_back_after_an_hour(there: World) -> None:
    there.store.set_rate_limit("t-dev-1", 2)
    dev = there.as_("dev-1")
    assert [dev("GET", PATH).headers["X-RateLimit-Remaining"] for _ in range(2)] == ["1", "0"]
    refused = dev("GET", PATH)
    assert (refused.status_code, refused.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert int(refused.headers["X-RateLimit-Reset"]) == int(START.timestamp()) + 3600
    assert there.as_("dev-lead")("GET", PATH).status_code == 200
    assert dev.get("/rate_limit")["resources"]["core"]["remaining"] == 0
    there.box.advance(3600)
    assert dev("GET", PATH).status_code == 200


def test_searches_have_a_limit_of_their_own(there: World) -> None:
    response = there.as_("dev-1")("GET", "/search/issues?q=t")
    assert (response.headers["X-RateLimit-Resource"], response.headers["X-RateLimit-Limit"]) == ("search", "30")
    assert there.as_("dev-1").get("/rate_limit")["rate"]["used"] == 0


def test_latency_delays_an_answer(there: World) -> None:
    there.box.faults.add("latency", seconds=0.05)
    start = time.perf_counter()
    there.as_("dev-1")("GET", PATH)
    assert time.perf_counter() - start >= 0.05


@pytest.mark.parametrize("retry_after", [30, "Mon, 23 Nov 2026 08:00:30 GMT", None])
def test_a_secondary_limit_says_when_to_come_back_or_does_not(there: World, retry_after: int | str | None) -> None:
    there.box.faults.add("rate-limit", status=429, retry_after=retry_after, match="POST /repos/.*/comments", times=1)
    dev = there.as_("dev-1")
    assert dev("GET", f"{PATH}/issues/1/comments").status_code == 200
    refused = dev("POST", f"{PATH}/issues/1/comments", {"body": "c"})
    assert refused.status_code == 429
    assert refused.headers.get("Retry-After") == (None if retry_after is None else str(retry_after))
    assert dev("POST", f"{PATH}/issues/1/comments", {"body": "c"}).status_code == 201


def test_a_primary_limit_says_that_nothing_remains_until_its_reset(there: World) -> None:
    there.box.faults.add("rate-limit", status=403, primary=True, reset_in=120)
    refused = there.as_("dev-1")("GET", PATH)
    assert (refused.status_code, refused.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert int(refused.headers["X-RateLimit-Reset"]) == int(START.timestamp()) + 120


@pytest.mark.parametrize(("written", "comments"), [(False, 0), (True, 1)])
def test_a_server_error_comes_before_the_write_or_after_it(there: World, written: bool, comments: int) -> None:
    there.box.faults.add("server-error", status=502, written=written, times=1)
    assert there.as_("dev-1")("POST", f"{PATH}/issues/1/comments", {"body": "c"}).status_code == 502
    assert len(there.store.issue(REPO, 1).comments) == comments


@pytest.mark.parametrize(("kind", "comments"), [("cut-before-write", 0), ("cut-after-write", 1)])
def test_a_connection_is_cut_before_the_write_or_after_it(there: World, kind: str, comments: int) -> None:
    there.box.faults.add(kind, match="^POST", times=1)
    dev = there.as_("dev-1")
    with pytest.raises(requests.ConnectionError):
        dev("POST", f"{PATH}/issues/1/comments", {"body": "c"})
    assert len(dev.get(f"{PATH}/issues/1/comments")) == comments
    assert there.box.requests[0] == ("POST", f"{PATH}/issues/1/comments", 0, "dev-1")


def test_pages_too_deep_are_422(there: World) -> None:
    there.box.faults.add("deep-page-422", pages=2, match="/issues[?]")
    dev = there.as_("dev-1")
    assert [dev("GET", f"{PATH}/issues?page={page}").status_code for page in (2, 3)] == [200, 422]
    there.box.api.event_pages = 1
    assert [dev("GET", f"{PATH}/issues/events?page={page}").status_code for page in (1, 2)] == [200, 422]


def test_labels_are_dropped_though_the_answer_says_all_is_well(there: World) -> None:
    there.box.faults.add("drop-labels")
    dev = there.as_("dev-1")
    assert dev("POST", f"{PATH}/issues", {"title": "t", "labels": ["a"]}).json()["labels"] == []
    added = dev("POST", f"{PATH}/issues/1/labels", ["b"])
    assert (added.status_code, [one["name"] for one in added.json()]) == (200, ["a"])


def test_a_repository_is_renamed_between_two_requests(there: World) -> None:
    there.box.faults.add("rename", repository=REPO, to="example/shop", match="^POST", times=1)
    dev = there.as_("dev-1")
    assert dev("GET", f"{PATH}/issues").status_code == 200
    assert dev("POST", f"{PATH}/issues", {"title": "t"}).status_code == 307


def test_search_does_not_find_what_is_younger_than_its_lag(there: World) -> None:
    there.box.faults.add("search-lag", seconds=30)
    dev = there.as_("dev-1")
    assert dev.get("/search/issues?q=t")["total_count"] == 0
    assert len(dev.get(f"{PATH}/issues")) == 1
    there.box.advance(30)
    assert dev.get("/search/issues?q=t")["total_count"] == 1


def test_a_fault_is_matched_by_name_though_the_request_goes_by_id(there: World) -> None:
    fault = there.box.faults.add("server-error", status=500, match=f"GET {PATH}/issues", skip=1)
    key = there.store.repository(REPO).id
    statuses = [there.as_("dev-1")("GET", f"/repositories/{key}/issues").status_code for _ in range(2)]
    assert (statuses, fault.hits) == ([200, 500], 1)
    there.box.faults.clear()
    assert there.as_("dev-1")("GET", f"{PATH}/issues").status_code == 200


def test_a_fault_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault 'flood'"):
        GitHubSandbox().faults.add("flood")
    with pytest.raises(ValueError, match="colour"):
        GitHubSandbox().faults.add("latency", colour="red")


def test_requests_are_counted_with_status_and_login(there: World) -> None:
    there.as_("dev-1")("GET", f"{PATH}/issues?state=all")
    there.as_("nobody")("GET", "/user")
    assert there.box.requests == [("GET", f"{PATH}/issues?state=all", 200, "dev-1"), ("GET", "/user", 401, "")]
    there.box.requests.clear()
    assert there.box.requests == []


def test_another_process_sets_the_clock_faults_and_reads_the_requests(there: World) -> None:
    nobody = there.as_(None)
    assert nobody("POST", "/_sandbox/clock", {"now": "2026-12-01T00:00:00Z"}).json() == {
        "now": "2026-12-01T00:00:00+00:00"
    }
    nobody("POST", "/_sandbox/clock", {"advance": 60})
    assert there.box.now == datetime(2026, 12, 1, 0, 1, tzinfo=UTC)
    assert nobody.get("/_sandbox/clock") == {"now": "2026-12-01T00:01:00+00:00"}
    nobody("POST", "/_sandbox/faults", {"kind": "server-error", "status": 503, "times": 1})
    assert there.as_("dev-1")("GET", PATH).status_code == 503
    assert nobody.get("/_sandbox/requests") == [{"method": "GET", "path": PATH, "status": 503, "login": "dev-1"}]
    nobody("DELETE", "/_sandbox/requests")
    nobody("DELETE", "/_sandbox/faults")
    assert nobody.get("/_sandbox/requests") == []
    assert nobody("POST", "/_sandbox/faults", {"kind": "flood"}).status_code == 400
    assert nobody("GET", "/_sandbox/nothing").status_code == 404


def test_what_happened_outlives_the_server(tmp_path: Path) -> None:
    state = tmp_path / "github.json"
    with world(state) as there:
        there.store.create_issue(REPO, "key-user-1", "kept", labels=["a"])
        there.store.comment(REPO, 1, "dev-1", "c")
        assert there.as_(None)("POST", "/_sandbox/save").json() == {"saved": True}
        assert state.exists()
        before = there.as_("dev-1").get(f"{PATH}/issues?sort=updated")
    with world(state) as there:
        after = there.as_("dev-1").get(f"{PATH}/issues?sort=updated")
        assert [one["id"] for one in after] == [one["id"] for one in before]
        assert [one["event"] for one in there.as_("dev-1").get(f"{PATH}/issues/events")] == ["labeled"]
        assert there.as_("dev-1").get(f"{PATH}/issues/comments")[0]["body"] == "c"
        there.as_("dev-1")("POST", f"{PATH}/issues", {"title": "next"})
        assert there.store.issue(REPO, 2).id > before[0]["id"]


def test_a_clock_that_was_set_stands_there_again_after_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "github.json"
    with world(state) as there:
        there.box.advance(61)
    assert GitHubSandbox(state=state).now == START + timedelta(seconds=61)
    assert GitHubSandbox(state=state, now=START).now == START


def test_many_issues_are_listed_a_page_at_a_time_without_looking_at_all_of_them(there: World) -> None:
    for number in range(2, 5002):
        at = START + timedelta(minutes=number % 977)
        there.store.create_issue(REPO, "key-user-1", "t", labels=["a", "b", "c"], at=at)
    dev = there.as_("dev-1")
    dev.get(f"{PATH}/issues?per_page=100")
    start = time.perf_counter()
    for page in (1, 50):
        assert len(dev.get(f"{PATH}/issues?state=all&sort=updated&direction=asc&per_page=100&page={page}")) == 100
        assert len(dev.get(f"{PATH}/issues/events?per_page=100&page={page}")) == 100
    assert time.perf_counter() - start < 2
