"""Values of every kind of field in the Jira sandbox: written, read, logged, refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from jira_world import OWN, START_MS, World, doc, world

from tierkeeper.plugins.jira.sandbox.clock import from_iso, length, to_length


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        for name, kind in (
            ("Score", "number"),
            ("Day", "date"),
            ("Note", "string"),
            ("Story", "text"),
            ("Who", "user"),
        ):
            made.store.add_field(name, type=kind)
        made.store.add_field("Tags", type="labels")
        made.store.create_issue("HELP", "key-user-1", "first")
        yield made


def edit(there: World, fields: dict[str, Any], update: dict[str, Any] | None = None) -> dict[str, str]:
    """Edit the first issue by names of fields; return the errors by field, or nothing."""
    named = {there.store.field(name).id: value for name, value in fields.items()}
    response = there.as_(OWN)("PUT", "/issue/HELP-1", {"fields": named, "update": update or {}})
    return {} if response.status_code == 204 else dict(response.json()["errors"])


@pytest.mark.parametrize(
    ("name", "given", "logged"),
    [
        ("Score", 2.5, (None, "2.5")),
        ("Day", "2026-12-01", ("2026-12-01", "2026-12-01")),
        ("Note", "text", (None, "text")),
        ("Story", doc("told"), (None, "told")),
        ("Tags", ["x", "y"], (None, "x y")),
        ("Due date", "2026-12-01", ("2026-12-01", "2026-12-01")),
    ],
)
def test_a_value_is_shown_as_it_was_given_and_logged_with_id_and_text(
    there: World, name: str, given: Any, logged: tuple[str | None, str]
) -> None:
    field = there.store.field(name)
    assert edit(there, {name: given}) == {}
    issue = there.as_(OWN).get("/issue/HELP-1?expand=changelog")
    assert issue["fields"][field.id] == given
    item = issue["changelog"]["histories"][0]["items"][0]
    assert (item["to"], item["toString"], item["fieldtype"]) == (*logged, "custom" if field.custom else "jira")
    assert edit(there, {name: None}) == {}
    assert not there.as_(OWN).get("/issue/HELP-1")["fields"][field.id]


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("Score", "2", "must be a number"),
        ("Score", True, "must be a number"),
        ("Day", "tomorrow", "Error parsing date string: tomorrow"),
        ("Due by", "2026-12-01T10:00:00", "must be a date time"),
        ("Note", 1, "must be a string"),
        ("Note", "n" * 32_768, "32,767"),
        ("Story", "told", "Atlassian Document"),
        ("Who", {"accountId": "nobody"}, "Specify a valid value"),
        ("Tags", "x", "array of strings"),
        ("Tags", ["x" * 256], "exceeds the maximum length"),
        ("Components", "Web", "not an array"),
        ("Components", [{"name": "Moon"}], "valid 'id' or 'name'"),
        ("Severity", {"id": "1"}, "Option '1' is not valid"),
        ("Parent", {"key": "NO-1"}, "Could not find valid"),
        ("Summary", "a\nb", "newline"),
        ("Summary", None, "Summary is required."),
        ("Reporter", {"accountId": "acc-dev-1"}, "cannot be set"),
        ("Comment", [], "cannot be set"),
        ("Time tracking", {"spent": "1d"}, "originalEstimate"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(there: World, name: str, given: Any, message: str) -> None:
    (error,) = edit(there, {name: given}).values()
    assert message in error
    assert there.as_(OWN).get("/issue/HELP-1/changelog")["total"] == 0


def test_options_people_components_and_parents_are_named_by_id_or_name(there: World) -> None:
    there.store.create_issue("HELP", "key-user-1", "parent")
    severity = there.store.field("Severity")
    web = there.store.project("HELP").components[0]
    given = {
        "Severity": {"id": severity.options[0].id},
        "Who": {"accountId": "acc-dev-1"},
        "Components": [{"id": web.id}, {"name": "Mail"}],
        "Parent": {"key": "HELP-2"},
        "Issue Type": {"name": "Incident"},
    }
    assert edit(there, given) == {}
    fields = there.as_(OWN).get("/issue/HELP-1")["fields"]
    assert fields[severity.id]["value"] == "minor"
    assert fields[there.store.field("Who").id]["displayName"] == "dev-1"
    assert [one["name"] for one in fields["components"]] == ["Web", "Mail"]
    assert (fields["parent"]["key"], fields["issuetype"]["name"]) == ("HELP-2", "Incident")
    assert [one["key"] for one in there.as_(OWN).get("/issue/HELP-2")["fields"]["subtasks"]] == ["HELP-1"]
    update = {"components": [{"remove": {"name": "Web"}}], "priority": [{"set": {"name": "Low"}}]}
    assert edit(there, {"Parent": None}, update) == {}
    fields = there.as_(OWN).get("/issue/HELP-1")["fields"]
    assert ([one["name"] for one in fields["components"]], fields["priority"]["name"]) == (["Mail"], "Low")
    assert there.as_(OWN).get("/issue/HELP-2")["fields"]["subtasks"] == []


@pytest.mark.parametrize(
    ("update", "field"),
    [
        ({"summary": [{"add": "x"}]}, "summary"),
        ({"summary": {"set": "x"}}, "summary"),
        ({"labels": [{"add": 1}]}, "labels"),
        ({"labels": [{"add": "a b"}]}, "labels"),
        ({"labels": [{"add": "a", "remove": "b"}]}, "labels"),
        ({"comment": [{"add": {"body": "text"}}]}, "comment"),
        ({"comment": [{"add": {"body": doc("c"), "properties": [{"key": "k"}]}}]}, "comment"),
        ({"status": [{"set": {"name": "Closed"}}]}, "status"),
        ({"customfield_1": [{"set": 1}]}, "customfield_1"),
        ({"timetracking": [{"edit": {"originalEstimate": "x"}}]}, "timetracking_originalestimate"),
    ],
)
def test_an_operation_that_a_field_does_not_know_is_refused(there: World, update: dict[str, Any], field: str) -> None:
    assert set(edit(there, {}, update)) == {field}


def test_operations_on_estimates_and_links_are_done(there: World) -> None:
    there.store.create_issue("DEV", "dev-1", "other")
    links = [{"add": {"type": {"name": "Blocks"}, end: {"key": "DEV-1"}}} for end in ("inwardIssue", "outwardIssue")]
    update = {"timetracking": [{"edit": {"originalEstimate": "1w", "remainingEstimate": "2d"}}], "issuelinks": links}
    assert edit(there, {}, update) == {}
    fields = there.as_(OWN).get("/issue/HELP-1")["fields"]
    assert fields["timetracking"]["originalEstimateSeconds"] == 144_000
    assert ["inwardIssue" in one for one in fields["issuelinks"]] == [True, False]
    assert there.as_(OWN)("PUT", "/issue/HELP-1", {"fields": []}).status_code == 204
    assert there.as_(OWN).refused("PUT", "/issue/HELP-1", {"fields": [1]})[0] == 400
    assert there.as_(OWN).refused("PUT", "/issue/HELP-1", {"properties": [{"key": 1}]})[0] == 400


def test_a_lagging_search_undoes_every_kind_of_value(there: World) -> None:
    early: dict[str, Any] = {
        "Score": 1,
        "Day": "2026-01-01",
        "Note": "n",
        "Tags": ["t"],
        "Who": {"accountId": "acc-dev-1"},
    }
    early |= {"Due by": "2026-01-01T00:00:00.000+0000", "Severity": {"value": "minor"}, "Due date": "2026-01-01"}
    assert edit(there, early) == {}
    before = there.as_(OWN).get("/issue/HELP-1")["fields"]
    there.box.advance(600)
    late: dict[str, Any] = {**dict.fromkeys(early), "Score": 2, "Due by": "2026-02-01T00:00:00.000+0000", "Tags": []}
    assert edit(there, late) == {}
    there.store.move_issue("HELP-1", "DEV", "dev-1")
    there.box.faults.add("search-lag", seconds=60)
    (found,) = there.as_(OWN).get("/search/jql?jql=key%3DHELP-1&fields=*all")["issues"]
    changed = {there.store.field(name).id for name in early}
    assert {name: found["fields"][name] for name in changed} == {name: before[name] for name in changed}
    assert found["fields"]["updated"] == before["updated"]


def test_time_spent_is_logged_and_refused(there: World) -> None:
    client = there.as_(OWN)
    started = {"timeSpentSeconds": 600, "started": "2026-11-20T10:00:00.000+0100", "comment": doc("w")}
    made = client.post("/issue/HELP-1/worklog", started)
    assert (made["timeSpent"], made["started"], made["comment"]) == ("10m", "2026-11-20T09:00:00.000+0000", doc("w"))
    assert client.get(f"/issue/HELP-1/worklog?startedAfter={START_MS}")["total"] == 0
    for body in ({"timeSpent": "x"}, {"timeSpentSeconds": 5}, {"timeSpent": "1h", "started": "today"}):
        assert client.refused("POST", "/issue/HELP-1/worklog", body)[2].keys() == {"timeLogged"}
    assert client.refused("POST", "/issue/HELP-1/worklog", {"timeSpent": "1h", "comment": "x"})[2].keys() == {"comment"}
    assert there.as_("customer-1").refused("POST", "/issue/HELP-1/worklog", {"timeSpent": "1h"})[0] == 404


def test_lengths_and_times_are_read_and_written() -> None:
    assert [to_length(text) for text in ("1w 1d 1h 1m", "90", "1.5h")] == [144_000 + 28_800 + 3_660, 5_400, 5_400]
    assert (length(144_060), length(0)) == ("1w 1m", "0m")
    with pytest.raises(ValueError, match="no offset"):
        from_iso("2026-01-01T00:00:00")


def test_links_are_shown_and_deleted(there: World) -> None:
    client, thing = there.as_(OWN), {"title": "t", "url": "https://example.org"}
    key = client.post("/issue/HELP-1/remotelink", {"globalId": "g", "object": thing})["id"]
    assert client.get(f"/issue/HELP-1/remotelink/{key}")["globalId"] == "g"
    assert client("DELETE", f"/issue/HELP-1/remotelink/{key}").status_code == 204
    assert client.refused("GET", f"/issue/HELP-1/remotelink/{key}")[0] == 404
    client.post("/issue/HELP-1/remotelink", {"globalId": "g", "object": thing})
    assert client("DELETE", "/issue/HELP-1/remotelink?globalId=g").status_code == 204
    assert client.refused("DELETE", "/issue/HELP-1/remotelink?globalId=g")[0] == 404
    assert client.get("/issue/HELP-1/remotelink") == []
    there.store.create_issue("DEV", "dev-1", "other")
    ends = {"inwardIssue": {"key": "HELP-1"}, "outwardIssue": {"key": "DEV-1"}}
    said = {"type": {"id": "10000"}, **ends, "comment": {"body": doc("linked")}}
    assert client("POST", "/issueLink", said).status_code == 201
    (link,) = client.get("/issue/HELP-1")["fields"]["issuelinks"]
    assert client.get(f"/issueLink/{link['id']}")["outwardIssue"]["key"] == "DEV-1"
    assert client("DELETE", f"/issueLink/{link['id']}").status_code == 204
    assert client.refused("GET", f"/issueLink/{link['id']}")[0] == 404
    assert client.refused("POST", "/issueLink", {**said, "type": {"name": "Eats"}})[0] == 404
    assert client.refused("POST", "/issueLink", {**said, "comment": {"body": "x"}})[0] == 400
    assert client.get("/issue/HELP-1/comment")["total"] == 1


def test_a_test_sets_any_field_by_name(there: World) -> None:
    store = there.store
    for name, value in (("Who", "dev-1"), ("Issue Type", "Incident"), ("Due by", there.box.now), ("Story", "told")):
        store.set_field("HELP-1", OWN, name, value)
    shown = there.as_(OWN).get("/issue/HELP-1")["fields"]
    assert shown[store.field("Due by").id] == "2026-11-23T08:00:00.000+0000"
    store.show_on_transition("Support", "11", ["Note"])
    note = store.field("Note").id
    body = {"transition": {"id": "11"}, "fields": {note: "n"}}
    assert there.as_(OWN)("POST", "/issue/HELP-1/transitions", body).status_code == 204
    store.add_issue_type("Wish")
    store.add_priority("Whenever")
    assert there.as_(OWN).get("/priority")[-1]["name"] == "Whenever"
