"""The Jira sandbox's clock, faults, control and memory."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from jira_world import OWN, START, World, doc, world

from tierkeeper.plugins.jira.sandbox import JiraSandbox

FRESH = "/search/jql?jql=project%3DHELP+ORDER+BY+key&fields=key,labels,updated"


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        made.store.create_issue("HELP", "key-user-1", "first", labels=["a"])
        made.store.create_issue("HELP", "key-user-1", "second")
        yield made


def test_the_clock_stands_where_it_was_set_and_dates_every_answer(there: World) -> None:
    there.box.set_now(START + timedelta(days=1))
    there.box.advance(seconds=61)
    response = there.as_("dev-1")("GET", "/myself")
    assert parsedate_to_datetime(response.headers["Date"]) == there.box.now == START + timedelta(days=1, seconds=61)
    assert abs(JiraSandbox().now - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("retry_after", [30, "Mon, 23 Nov 2026 08:00:30 GMT", None])
def test_a_limit_gives_its_reason_and_says_when_to_come_back_or_does_not(
    there: World, retry_after: int | str | None
) -> None:
    there.box.faults.add("rate-limit", retry_after=retry_after, reason="jira-quota-tenant-based", times=1)
    refused = there.as_("dev-1")("GET", "/myself")
    assert (refused.status_code, refused.headers["RateLimit-Reason"]) == (429, "jira-quota-tenant-based")
    assert refused.headers.get("Retry-After") == (None if retry_after is None else str(retry_after))
    assert there.as_("dev-1")("GET", "/myself").status_code == 200


def test_a_limit_on_writes_of_one_issue_befalls_that_issue_only_by_key_and_by_id(there: World) -> None:
    fault = there.box.faults.add("rate-limit", reason="jira-per-issue-on-write", issue="HELP-1", retry_after=5)
    client, edit = there.as_(OWN), {"fields": {"summary": "s"}}
    assert client("PUT", f"/issue/{there.store.issue('HELP-1').id}", edit).status_code == 429
    assert client("POST", "/issue/HELP-1/comment", {"body": doc("c")}).status_code == 429
    assert client("GET", "/issue/HELP-1").status_code == 200
    assert client("PUT", "/issue/HELP-2", edit).status_code == 204
    assert fault.hits == 2


def test_a_limit_that_is_near_is_announced(there: World) -> None:
    there.box.faults.add("near-limit", times=1)
    assert there.as_(OWN)("GET", "/myself").headers["X-RateLimit-NearLimit"] == "true"
    assert "X-RateLimit-NearLimit" not in there.as_(OWN)("GET", "/myself").headers


@pytest.mark.parametrize(("written", "comments"), [(False, 0), (True, 1)])
def test_a_server_error_comes_before_the_write_or_after_it(there: World, written: bool, comments: int) -> None:
    there.box.faults.add("server-error", status=503, written=written, times=1)
    assert there.as_(OWN)("POST", "/issue/HELP-1/comment", {"body": doc("c")}).status_code == 503
    assert len(there.store.issue("HELP-1").comments) == comments


@pytest.mark.parametrize(("kind", "comments"), [("cut-before-write", 0), ("cut-after-write", 1)])
def test_a_connection_is_cut_before_the_write_or_after_it(there: World, kind: str, comments: int) -> None:
    there.box.faults.add(kind, match="^POST", times=1)
    with pytest.raises(requests.ConnectionError):
        there.as_(OWN)("POST", "/issue/HELP-1/comment", {"body": doc("c")})
    assert there.as_(OWN).get("/issue/HELP-1/comment")["total"] == comments
    assert there.box.requests[0] == ("POST", "/rest/api/3/issue/HELP-1/comment", 0, OWN)


def test_a_lagging_search_finds_the_new_later_and_shows_the_changed_as_they_were(there: World) -> None:
    there.box.advance(600)
    there.store.create_issue("HELP", "key-user-1", "third")
    there.store.set_labels("HELP-1", "support-1", ["b"])
    there.box.faults.add("search-lag", seconds=60)

    def found() -> list[tuple[str, list[str]]]:
        return [(one["key"], one["fields"]["labels"]) for one in there.as_(OWN).get(FRESH)["issues"]]

    assert found() == [("HELP-1", ["a"]), ("HELP-2", [])]
    assert there.as_(OWN).get("/issue/HELP-1")["fields"]["labels"] == ["b"]
    assert [
        one["key"] for one in there.as_(OWN).post("/issue/bulkfetch", {"issueIdsOrKeys": ["HELP-3"]})["issues"]
    ] == ["HELP-3"]
    fresh = there.store.issue("HELP-3").id
    reconciled = there.as_(OWN).get(f"{FRESH}&reconcileIssues={fresh}")["issues"]
    assert [one["key"] for one in reconciled] == ["HELP-1", "HELP-2", "HELP-3"]
    there.box.advance(60)
    assert found() == [("HELP-1", ["b"]), ("HELP-2", []), ("HELP-3", [])]


def test_a_lagging_search_finds_by_the_old_and_may_show_the_new(there: World) -> None:
    there.box.advance(600)
    for field, value in (("summary", "new"), ("priority", "High"), ("description", "d"), ("duedate", "2026-12-01")):
        there.store.set_field("HELP-1", "support-1", field, value)
    there.store.set_labels("HELP-1", "support-1", ["b"])
    there.store.add_worklog("HELP-1", "support-1", 60)
    there.store.transition("HELP-1", "support-1", "Closed")
    there.box.faults.add("search-lag", seconds=60, stale=False)
    query = "/search/jql?jql=labels%3Da+AND+priority%3DMedium+AND+status%3DOpen&fields=labels,summary"
    (issue,) = there.as_(OWN).get(query)["issues"]
    assert issue["fields"] == {"labels": ["b"], "summary": "new"}
    assert there.as_(OWN).get("/search/jql?jql=labels%3Db")["issues"] == []


def test_a_token_repeats_itself_though_the_page_is_the_last(there: World) -> None:
    there.box.faults.add("repeat-token")
    body: dict[str, Any] = {"jql": "project = HELP ORDER BY key", "fields": ["key"], "maxResults": 1}
    first = there.as_(OWN).post("/search/jql", body)
    second = there.as_(OWN).post("/search/jql", {**body, "nextPageToken": first["nextPageToken"]})
    assert (second["isLast"], second["nextPageToken"]) == (True, first["nextPageToken"])


def test_a_page_is_short_though_it_is_not_the_last(there: World) -> None:
    there.box.faults.add("short-page", size=1)
    page = there.as_(OWN).get(FRESH)
    assert (len(page["issues"]), page["isLast"]) == (1, False)


def test_a_project_gets_another_key_between_two_requests(there: World) -> None:
    there.box.faults.add("rename", project="HELP", to="DESK", match="^PUT", times=1)
    assert there.as_(OWN)("PUT", "/issue/HELP-1", {"fields": {"summary": "s"}}).status_code == 204
    assert there.as_(OWN).get("/issue/HELP-1")["key"] == "DESK-1"


def test_a_fault_at_the_gateway_is_matched_without_its_prefix(there: World) -> None:
    there.box.faults.add("server-error", status=500, match="^GET /rest/api/3/myself$", times=1)
    assert requests.get(f"{there.box.gateway}/rest/api/3/myself", timeout=10).status_code == 500


def test_a_fault_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault 'drop-labels'"):
        JiraSandbox().faults.add("drop-labels")
    with pytest.raises(ValueError, match="colour"):
        JiraSandbox().faults.add("latency", colour="red")


def test_another_process_sets_the_clock_and_faults_and_reads_the_requests(there: World) -> None:
    nobody, control = there.as_(None), f"{there.box.url}/_sandbox"
    nobody("POST", f"{control}/clock", {"now": "2026-12-01T00:00:00Z", "advance": 0.5})
    assert there.box.now == datetime(2026, 12, 1, 0, 0, 0, 500_000, tzinfo=UTC)
    nobody("POST", f"{control}/faults", {"kind": "latency", "seconds": 0})
    there.as_("dev-1")("GET", "/myself")
    logged = nobody("GET", f"{control}/requests").json()
    assert logged == [{"method": "GET", "path": "/rest/api/3/myself", "status": 200, "login": "dev-1"}]


def test_what_happened_outlives_the_server(tmp_path: Path) -> None:
    state = tmp_path / "jira.json"
    with world(state) as there:
        key = there.store.create_issue("HELP", "key-user-1", "kept", labels=["a"], assignee="dev-1")
        there.store.comment(key, "help-desk-1", "c", visibility=("group", "help-desk"), properties={"k": 1})
        there.store.set_field(key, "support-1", "Severity", "major")
        there.store.rename_project("HELP", "DESK")
        there.box.advance(61)
        before = there.as_(OWN).get("/issue/DESK-1?expand=changelog")
    with world(state) as there:
        after = there.as_(OWN).get("/issue/HELP-1?expand=changelog")
        assert after["fields"]["labels"] == before["fields"]["labels"]
        assert [one["id"] for one in after["changelog"]["histories"]] == [
            one["id"] for one in before["changelog"]["histories"]
        ]
        assert (
            there.as_("help-desk-1").get("/issue/DESK-1/comment?expand=properties")["comments"][0]["properties"][0][
                "value"
            ]
            == 1
        )
        assert [one["key"] for one in there.as_(OWN).get(FRESH)["issues"]] == ["DESK-1"]


def test_a_clock_that_was_set_stands_there_again_after_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "jira.json"
    with world(state) as there:
        there.box.advance(61.5)
    assert JiraSandbox(state=state).now == START + timedelta(seconds=61.5)
    assert JiraSandbox(state=state, now=START).now == START


def test_a_test_that_names_what_is_not_there_is_told(there: World) -> None:
    store = there.store
    for attempt in (
        lambda: store.user("x"),
        lambda: store.group("x"),
        lambda: store.field("x"),
        lambda: store.project("x"),
        lambda: store.issue("X-1"),
    ):
        with pytest.raises(LookupError, match=r"[xX]"):
            attempt()
    with pytest.raises(ValueError, match="no custom field holds 'wish'"):
        store.add_field("Wish", type="wish")
