"""Search in the Jira sandbox: the JQL that it knows, pages by token, times in the caller's zone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from jira_world import OWN, START, START_MS, World, world


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        for number in range(1, 7):
            at = START + timedelta(minutes=number, seconds=30)
            made.store.create_issue(
                "HELP", "key-user-1" if number % 3 else "customer-1", f"t{number}", labels=[f"l{number % 2}"], at=at
            )
        made.store.create_issue("DEV", "dev-1", "elsewhere", at=START)
        made.store.create_issue("SECRET", "dev-1", "hidden", at=START)
        yield made


def keys(there: World, jql: str, who: str = OWN) -> list[str]:
    return [one["key"] for one in there.as_(who).get(f"/search/jql?jql={quote(jql)}&fields=key")["issues"]]


def numbers(there: World, jql: str, who: str = OWN) -> str:
    return "".join(key.partition("-")[2] for key in keys(there, jql, who))


def refusal(there: World, jql: str) -> str:
    status, messages, _ = there.as_(OWN).refused("POST", "/search/jql", {"jql": jql})
    assert status == 400
    return messages[0]


def test_an_answer_has_ids_only_and_no_total(there: World) -> None:
    body = there.as_(OWN).post("/search/jql", {"jql": "project = DEV"})
    assert body == {"issues": [{"id": str(there.store.issue("DEV-1").id)}], "isLast": True}


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("project = HELP", "654321"),
        ("project in (HELP, DEV) ORDER BY key", "1123456"),
        ("project = help ORDER BY created ASC", "123456"),
        ("project = HELP ORDER BY updated DESC, key ASC", "654321"),
        ("project = HELP AND labels = l1 ORDER BY key DESC", "531"),
        ("project = HELP AND labels in (l1, l0) AND creator = acc-customer-1 ORDER BY key", "36"),
        ("project = HELP AND labels not in (l1) ORDER BY key", "246"),
        ("key in (HELP-2, 'DEV-1') ORDER BY key ASC", "12"),
        ("issuekey = help-3", "3"),
        ("project = HELP AND key > HELP-4 ORDER BY key", "56"),
        ("project = HELP AND status = Open AND issuetype = Question AND priority = Medium ORDER BY key", "123456"),
        ("project = HELP AND statusCategory = done", ""),
        ("project = HELP AND assignee is EMPTY AND resolution is empty ORDER BY key", "123456"),
        ("project = HELP AND reporter = currentUser()", ""),
        ('project = HELP AND summary ~ "t4"', "4"),
        ('project = HELP AND Severity is EMPTY AND "Severity" is not empty', ""),
        (f"project = HELP AND updated >= {START_MS + 4 * 60_000} ORDER BY updated", "456"),
        (f"project = HELP AND updated > {START_MS + 270_000} ORDER BY updated", "56"),
        (
            f"project = HELP AND updated >= {START_MS + 270_000} AND updated <= {START_MS + 330_000} ORDER BY updated",
            "45",
        ),
        ('project = HELP AND created < "2026-11-23 08:03" ORDER BY created', "12"),
    ],
)
def test_what_the_sandbox_knows_of_jql_is_found(there: World, jql: str, found: str) -> None:
    assert numbers(there, jql) == found


def test_dates_are_read_in_the_callers_zone_by_the_minute(there: World) -> None:
    assert numbers(there, 'project = HELP AND updated >= "2026-11-23 08:05" ORDER BY updated') == "56"
    for handle, clock in (("key-user-1", "09:05"), ("help-desk-1", "13:35"), ("dev-1", "03:05")):
        jql = f'project = HELP AND updated >= "2026-11-23 {clock}" ORDER BY updated'
        assert numbers(there, jql, handle) == "56"
    assert numbers(there, 'project = HELP AND updated >= "2026-11-23 08:05"', "key-user-1") == "654321"
    assert "Date value" in refusal(there, 'updated >= "2026-11-23 08:05:30"')


@pytest.mark.parametrize(
    ("jql", "message"),
    [
        ("", "Unbounded JQL queries are not allowed here"),
        ("ORDER BY updated", "Unbounded JQL queries are not allowed here"),
        ("project = NONE", "The value 'NONE' does not exist for the field 'project'."),
        ("key = HELP-99", "An issue with key 'HELP-99' does not exist for field 'key'."),
        ("wishes = 1", "Field 'wishes' does not exist"),
        ("project = HELP OR project = DEV", "Expecting 'AND' or 'ORDER BY' but got 'OR'"),
        ("(project = HELP)", "this sandbox does not know '('"),
        ("NOT project = HELP", "does not know 'NOT'"),
        ("project = HELP AND updated >= -5m", "Date value '-5m' for field 'updated' is invalid"),
        ("project = HELP AND updated in (1)", "The operator 'in' is not supported by the 'updated' field."),
        ("assignee in membersOf(x)", "Unable to find JQL function 'membersOf()'."),
        ("project = HELP ORDER BY summary", "Not able to sort using field 'summary'."),
        ("project = HELP ORDER BY " + ", ".join(["key"] * 8), "The maximum number of orderBy fields is 7."),
        ("status = Nowhere", "The value 'Nowhere' does not exist for the field 'status'."),
        ("project is nothing", "Expecting 'EMPTY'"),
        ("project =", "Expecting a value but got 'the end'"),
        ('summary ~ "open', "is not understood"),
    ],
)
def test_anything_else_is_refused_and_says_why(there: World, jql: str, message: str) -> None:
    assert message in refusal(there, jql)


def test_what_one_may_not_see_is_not_found(there: World) -> None:
    assert keys(there, "creator = acc-dev-1 ORDER BY key", "dev-1") == ["DEV-1"]
    assert keys(there, "creator = acc-dev-1 ORDER BY key") == ["DEV-1", "SECRET-1"]
    assert numbers(there, "project = HELP ORDER BY key", "customer-1") == "36"
    assert "does not exist" in there.as_("dev-1").refused("POST", "/search/jql", {"jql": "project = SECRET"})[1][0]


@pytest.mark.parametrize(
    "jql",
    ["project = HELP ORDER BY updated ASC", "project = HELP ORDER BY created DESC", "project = HELP ORDER BY key"],
)
def test_pages_follow_one_another_by_token_until_the_last(there: World, jql: str) -> None:
    found, token, sizes = list[str](), None, list[int]()
    while True:
        body: dict[str, Any] = {"jql": jql, "fields": ["key"], "maxResults": 4}
        page = there.as_(OWN).post("/search/jql", body if token is None else {**body, "nextPageToken": token})
        found += [one["key"] for one in page["issues"]]
        sizes.append(len(page["issues"]))
        token = page.get("nextPageToken")
        assert page["isLast"] is (token is None)
        if token is None:
            break
    assert (sizes, len(set(found))) == ([4, 2], 6)


def test_an_issue_that_is_touched_between_two_pages_is_seen_again_and_none_is_missed(there: World) -> None:
    body: dict[str, Any] = {"jql": "project = HELP ORDER BY updated ASC", "fields": ["key"], "maxResults": 3}
    first = there.as_(OWN).post("/search/jql", body)
    there.box.advance(3600)
    there.store.add_label("HELP-1", "support-1", "new")
    second = there.as_(OWN).post("/search/jql", {**body, "nextPageToken": first["nextPageToken"]})
    found = [one["key"] for one in first["issues"] + second["issues"]]
    assert (set(found), found[-1]) == ({f"HELP-{number}" for number in range(1, 7)}, "HELP-6")
    third = there.as_(OWN).post("/search/jql", {**body, "nextPageToken": second["nextPageToken"]})
    assert [one["key"] for one in third["issues"]] == ["HELP-1"]


def test_a_token_that_is_none_or_another_querys_is_refused(there: World) -> None:
    page = there.as_(OWN).post("/search/jql", {"jql": "project = HELP", "maxResults": 1})
    other = {"jql": "project = DEV", "nextPageToken": page["nextPageToken"]}
    for body in (other, {"jql": "project = HELP", "nextPageToken": "xyz"}):
        assert there.as_(OWN).refused("POST", "/search/jql", body)[0] == 400


def test_a_page_is_shorter_than_was_asked_for_once_fields_are_wanted(there: World) -> None:
    there.box.settings.page_cap = 2
    client = there.as_(OWN)
    page = client.post("/search/jql", {"jql": "project = HELP", "fields": ["summary"], "maxResults": 5})
    assert (len(page["issues"]), page["isLast"]) == (2, False)
    assert len(client.post("/search/jql", {"jql": "project = HELP", "maxResults": 5})["issues"]) == 5


def test_fields_properties_and_names_are_chosen(there: World) -> None:
    there.store.issue("HELP-1").properties.update(p=1, q=2)
    severity = there.store.field("Severity").id
    body: dict[str, Any] = {
        "jql": "key = HELP-1",
        "fields": ["summary", severity],
        "properties": ["p"],
        "expand": "names,schema",
    }
    page = there.as_(OWN).post("/search/jql", body)
    (issue,) = page["issues"]
    assert (issue["fields"], issue["properties"]) == ({"summary": "t1", severity: None}, {"p": 1})
    assert page["names"] == {"summary": "Summary", severity: "Severity"}
    assert page["schema"][severity]["custom"].endswith(":select")
    several = there.as_(OWN).get("/search/jql?jql=key%3DHELP-1&fields=summary,labels&fields=*all,-labels")["issues"][0]
    assert "labels" not in several["fields"]
    assert "comment" not in there.as_(OWN).get("/search/jql?jql=key%3DHELP-1&fields=*navigable")["issues"][0]["fields"]
    assert (
        there.as_(OWN).refused("POST", "/search/jql", {"jql": "key = HELP-1", "properties": list("abcdef")})[0] == 400
    )
    assert there.as_(OWN).refused("POST", "/search/jql", {"jql": "key = HELP-1", "wish": 1})[0] == 400
    assert there.as_(OWN).refused("GET", "/search/jql?jql=key%3DHELP-1&startAt=1")[0] == 400


def test_counts_are_told_and_the_old_search_is_gone(there: World) -> None:
    assert there.as_(OWN).post("/search/approximate-count", {"jql": "project = HELP"}) == {"count": 6}
    for method in ("GET", "POST"):
        status, messages, _ = there.as_(OWN).refused(method, "/search?jql=project=HELP")
        assert (status, "/rest/api/3/search/jql" in messages[0]) == (410, True)


def test_a_changelog_is_cut_at_forty_in_search_and_whole_elsewhere(there: World) -> None:
    for number in range(45):
        there.store.set_labels("HELP-1", "support-1", [f"n{number}"])
    client = there.as_(OWN)
    cut = client.get("/search/jql?jql=key%3DHELP-1&fields=key&expand=changelog")["issues"][0]["changelog"]
    assert (len(cut["histories"]), cut["histories"][0]["items"][0]["toString"], cut["total"]) == (40, "n44", 45)
    assert len(client.get("/issue/HELP-1?expand=changelog")["changelog"]["histories"]) == 45
    page = client.get("/issue/HELP-1/changelog?startAt=40&maxResults=100")
    assert (page["total"], page["isLast"], len(page["values"])) == (45, True, 5)


def test_changelogs_of_many_come_oldest_first_by_token_and_are_filtered_by_field(there: World) -> None:
    for minute, key in enumerate(("HELP-2", "HELP-1", "HELP-2", "DEV-1")):
        there.store.set_labels(key, "support-1", [f"m{minute}"], at=START + timedelta(hours=1, minutes=minute))
    there.store.set_field("HELP-1", "support-1", "summary", "new", at=START + timedelta(hours=2))
    client, asked = there.as_(OWN), ["HELP-1", str(there.store.issue("HELP-2").id), "DEV-1", "NO-1"]
    body: dict[str, Any] = {"issueIdsOrKeys": asked, "maxResults": 2}
    seen, token = list[tuple[int, str]](), None
    while True:
        page = client.post("/changelog/bulkfetch", body if token is None else {**body, "nextPageToken": token})
        for one in page["issueChangeLogs"]:
            seen += [(entry["created"], one["issueId"]) for entry in one["changeHistories"]]
        token = page.get("nextPageToken")
        if token is None:
            break
    assert [at for at, _ in sorted(seen)] == [START_MS + 3_600_000 + minute * 60_000 for minute in range(4)] + [
        START_MS + 7_200_000
    ]
    filtered = client.post("/changelog/bulkfetch", {"issueIdsOrKeys": asked, "fieldIds": ["summary"]})
    assert [len(one["changeHistories"]) for one in filtered["issueChangeLogs"]] == [1]
    assert client.refused("POST", "/changelog/bulkfetch", {"issueIdsOrKeys": []})[0] == 400
    assert client.refused("POST", "/changelog/bulkfetch", {"issueIdsOrKeys": ["HELP-1"] * 1001})[0] == 400
    assert client.refused("POST", "/changelog/bulkfetch", {**body, "fieldIds": [str(n) for n in range(11)]})[0] == 400
    assert client.refused("POST", "/changelog/bulkfetch", {**body, "nextPageToken": "x"})[0] == 400
    assert client.refused("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["HELP-1"] * 101})[0] == 400
