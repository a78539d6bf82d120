"""Issues in the Jira sandbox: created, edited, taken through their workflow, and what is refused on the way."""

from collections.abc import Iterator
from typing import Any

import pytest
from jira_world import OWN, World, doc, world

DRAFT: dict[str, Any] = {"project": {"key": "HELP"}, "issuetype": {"name": "Incident"}, "summary": "It fails"}
NOT_ON_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        made.store.create_issue("HELP", "key-user-1", "first", labels=["a"])
        yield made


def items(there: World, key: str = "HELP-1") -> list[list[tuple[Any, ...]]]:
    """The changelog, each entry as (field id, from, fromString, to, toString)."""
    values = there.as_(OWN).get(f"/issue/{key}/changelog")["values"]
    names = ("fieldId", "from", "fromString", "to", "toString")
    return [[tuple(item[name] for name in names) for item in one["items"]] for one in values]


def test_an_issue_is_created_with_its_properties_and_labels_at_once(there: World) -> None:
    fields = {**DRAFT, "labels": ["tierkeeper-mirror"], "description": doc("d"), "components": [{"name": "Web"}]}
    body = {"fields": fields, "properties": [{"key": "tierkeeper.link", "value": {"to": "x"}}]}
    made = there.as_(OWN).post("/issue", body)
    assert (made["key"], made["self"]) == ("HELP-2", f"{there.box.url}/rest/api/3/issue/{made['id']}")
    shown = there.as_(OWN).get("/issue/HELP-2?properties=tierkeeper.link")
    assert shown["properties"] == {"tierkeeper.link": {"to": "x"}}
    assert (shown["fields"]["labels"], shown["fields"]["description"]) == (["tierkeeper-mirror"], doc("d"))
    assert shown["fields"]["created"] == "2026-11-23T08:00:00.000+0000"
    assert shown["fields"]["creator"]["accountId"] == shown["fields"]["reporter"]["accountId"] == "acc-tierkeeper"
    assert (shown["fields"]["priority"]["name"], shown["fields"]["status"]["name"]) == ("Medium", "Open")
    assert items(there, "HELP-2") == []


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"summary": " "}, {"summary": "You must specify a summary of the issue."}),
        ({"status": {"name": "Closed"}}, {"status": NOT_ON_SCREEN.format("status")}),
        ({"resolution": {"name": "Done"}}, {"resolution": NOT_ON_SCREEN.format("resolution")}),
        ({"customfield_1": 1}, {"customfield_1": NOT_ON_SCREEN.format("customfield_1")}),
        ({"timeoriginalestimate": 60}, {"timeoriginalestimate": NOT_ON_SCREEN.format("timeoriginalestimate")}),
        ({"labels": ["a b"]}, {"labels": "The label 'a b' contains spaces which is invalid."}),
        ({"priority": {"name": "Lowest"}}, {"priority": "The priority selected is invalid."}),
        ({"issuetype": {"name": "Story"}}, {"issuetype": "The issue type selected is invalid."}),
        ({"assignee": {"accountId": "acc-left-1"}}, {"assignee": "User 'acc-left-1' cannot be assigned issues."}),
        ({"assignee": {"accountId": "acc-x"}}, {"assignee": "Specify a valid value for assignee"}),
        ({"summary": "s" * 256}, {"summary": "Summary can't exceed 255 characters."}),
        (
            {"description": doc("d" * 32_768)},
            {"description": "The entered text is too long. It exceeds the allowed limit of 32,767 characters."},
        ),
        (
            {"timetracking": {"originalEstimate": "soon"}},
            {"timetracking_originalestimate": "'soon' is not a valid duration."},
        ),
    ],
)
def test_what_a_field_does_not_take_is_refused_by_name_and_nothing_is_created(
    there: World, fields: dict[str, Any], errors: dict[str, str]
) -> None:
    refused = there.as_(OWN).refused("POST", "/issue", {"fields": {**DRAFT, **fields}})
    assert refused == (400, [], errors)
    assert there.store.project("HELP").last_number == 1


def test_a_text_where_a_document_belongs_and_a_name_where_an_account_belongs_are_refused(there: World) -> None:
    fields = {**DRAFT, "description": "text", "assignee": {"name": "dev-1"}}
    _, _, errors = there.as_(OWN).refused("POST", "/issue", {"fields": fields})
    assert "Atlassian Document" in errors["description"]
    assert "GDPR strict mode" in errors["assignee"]


def test_the_longest_description_is_taken(there: World) -> None:
    assert there.as_(OWN)("POST", "/issue", {"fields": {**DRAFT, "description": doc("d" * 32_767)}}).status_code == 201


def test_a_comment_inside_a_create_is_refused(there: World) -> None:
    update = {"comment": [{"add": {"body": doc("c")}}]}
    _, _, errors = there.as_(OWN).refused("POST", "/issue", {"fields": DRAFT, "update": update})
    assert errors == {"comment": NOT_ON_SCREEN.format("comment")}


def test_a_project_that_is_not_there_or_not_seen_is_not_valid(there: World) -> None:
    for key in ("NONE", "SECRET"):
        body = {"fields": {**DRAFT, "project": {"key": key}}}
        assert there.as_("dev-1").refused("POST", "/issue", body)[2] == {"project": "valid project is required"}


def test_a_field_that_must_be_filled_and_a_field_off_the_screen(there: World) -> None:
    severity = there.store.field("Severity").id
    screens: Any = {"create": ["summary", "Severity"], "edit": ["summary"], "required": ["Severity"]}
    there.store.add_project("OPS", screens=screens)
    body = {"project": {"key": "OPS"}, "issuetype": {"name": "Task"}, "summary": "s"}
    client = there.as_(OWN)
    assert client.refused("POST", "/issue", {"fields": body})[2] == {severity: "Severity is required."}
    assert client.refused("POST", "/issue", {"fields": {**body, severity: {"value": "huge"}}})[2] == {
        severity: "Option 'huge' is not valid"
    }
    client.post("/issue", {"fields": {**body, severity: {"value": "major"}}})
    refused = client.refused("PUT", "/issue/OPS-1", {"fields": {severity: {"value": "minor"}}})
    assert refused[2] == {severity: NOT_ON_SCREEN.format(severity)}
    meta = client.get("/issue/createmeta/OPS/issuetypes/10001")["fields"]
    assert {one["key"]: one["required"] for one in meta} == {
        "project": True,
        "issuetype": True,
        "summary": True,
        severity: True,
    }
    assert list(client.get("/issue/OPS-1/editmeta")["fields"]) == ["summary"]


def test_one_edit_is_one_history_entry_with_an_item_a_field(there: World) -> None:
    severity, due = there.store.field("Severity"), there.store.field("Due by").id
    there.box.advance(1.5)
    body = {
        "fields": {
            "priority": {"name": "High"},
            "assignee": {"accountId": "acc-support-1"},
            severity.id: {"value": "major"},
            due: "2026-12-01T10:00:00.000+0100",
        },
        "update": {"labels": [{"add": "b"}, {"remove": "a"}, {"add": "c"}], "summary": [{"set": "second"}]},
    }
    assert there.as_(OWN)("PUT", "/issue/HELP-1", body).status_code == 204
    time = "2026-12-01T09:00:00.000+0000"
    assert items(there) == [
        [
            ("priority", "3", "Medium", "2", "High"),
            ("assignee", None, None, "acc-support-1", "support-1"),
            (severity.id, None, None, severity.options[1].id, "major"),
            (due, None, None, time, time),
            ("labels", "", "a", "", "b c"),
            ("summary", None, "first", None, "second"),
        ]
    ]
    fields = there.as_(OWN).get("/issue/HELP-1")["fields"]
    assert (fields["updated"], fields[due], fields[severity.id]["value"]) == (
        "2026-11-23T08:00:01.500+0000",
        time,
        "major",
    )


def test_an_edit_that_changes_nothing_leaves_no_trace(there: World) -> None:
    there.box.advance(60)
    assert there.as_(OWN)("PUT", "/issue/HELP-1", {"update": {"labels": [{"add": "a"}]}}).status_code == 204
    assert items(there) == []
    assert there.as_(OWN).get("/issue/HELP-1?fields=updated")["fields"]["updated"] == "2026-11-23T08:00:00.000+0000"


def test_an_edit_stands_or_falls_as_a_whole(there: World) -> None:
    body = {"fields": {"summary": "second", "status": {"name": "Closed"}}, "update": {"labels": [{"add": "a b"}]}}
    _, _, errors = there.as_(OWN).refused("PUT", "/issue/HELP-1", body)
    assert set(errors) == {"status", "labels"}
    assert items(there) == []
    twice = {"fields": {"labels": []}, "update": {"labels": [{"add": "b"}]}}
    assert set(there.as_(OWN).refused("PUT", "/issue/HELP-1", twice)[2]) == {"labels"}


def test_mails_are_held_back_by_project_administrators_only(there: World) -> None:
    edit = {"fields": {"summary": "quiet"}}
    status, messages, _ = there.as_("support-1").refused("PUT", "/issue/HELP-1?notifyUsers=false", edit)
    assert (status, "admin" in messages[0]) == (403, True)
    shown = there.as_(OWN)("PUT", "/issue/HELP-1?notifyUsers=false&returnIssue=true", edit)
    assert (shown.status_code, shown.json()["fields"]["summary"]) == (200, "quiet")


def test_an_estimate_is_written_as_people_write_it_and_read_in_seconds(there: World) -> None:
    body = {"fields": {"timetracking": {"originalEstimate": "1d 2h"}}}
    there.as_(OWN)("PUT", "/issue/HELP-1", body)
    fields = there.as_(OWN).get("/issue/HELP-1")["fields"]
    assert (fields["timeoriginalestimate"], fields["timetracking"]["originalEstimate"]) == (36_000, "1d 2h")
    assert items(there)[0][0] == ("timeoriginalestimate", None, None, "36000", "36000")
    there.as_(OWN).post("/issue/HELP-1/worklog", {"timeSpent": "2h"})
    fields = there.as_(OWN).get("/issue/HELP-1")["fields"]
    assert (fields["timespent"], fields["timeestimate"], fields["worklog"]["total"]) == (7_200, 28_800, 1)


def test_an_issue_is_assigned_by_account_id_and_to_nobody(there: World) -> None:
    client = there.as_(OWN)
    assert client("PUT", "/issue/HELP-1/assignee", {"accountId": "acc-dev-1"}).status_code == 204
    assert client.get("/issue/HELP-1")["fields"]["assignee"]["accountId"] == "acc-dev-1"
    assert client("PUT", "/issue/HELP-1/assignee", {"accountId": None}).status_code == 204
    assert client.get("/issue/HELP-1")["fields"]["assignee"] is None
    assert client.refused("PUT", "/issue/HELP-1/assignee", {"accountId": "acc-left-1"})[0] == 400
    assert client.refused("PUT", "/issue/HELP-1/assignee", {"accountId": "acc-customer-1"})[0] == 400


def test_a_status_changes_by_the_transitions_that_its_workflow_has_there(there: World) -> None:
    client = there.as_(OWN)

    def ways() -> dict[str, str]:
        return {one["id"]: one["to"]["name"] for one in client.get("/issue/HELP-1/transitions")["transitions"]}

    def go(key: str, **more: Any) -> tuple[int, str]:
        response = client("POST", "/issue/HELP-1/transitions", {"transition": {"id": key}, **more})
        return response.status_code, response.text

    assert ways() == {"11": "In Progress"}
    assert go("41") == (400, '{"errorMessages":["Transition id \'41\' is not valid for this issue."],"errors":{}}')
    assert go("11")[0] == 204
    assert ways() == {"21": "Waiting", "41": "Closed", "51": "Open"}
    assert go("41") == (400, '{"errorMessages":[],"errors":{"resolution":"Resolution is required."}}')
    assert "summary" in go("41", fields={"resolution": {"name": "Done"}, "summary": "s"})[1]
    assert (
        go("41", fields={"resolution": {"name": "Won't Do"}}, update={"comment": [{"add": {"body": doc("c")}}]})[0]
        == 204
    )
    fields = client.get("/issue/HELP-1")["fields"]
    assert (fields["status"]["name"], fields["statusCategory"]["key"]) == ("Closed", "done")
    assert (fields["resolution"]["name"], fields["resolutiondate"]) == ("Won't Do", "2026-11-23T08:00:00.000+0000")
    assert fields["comment"]["total"] == 1
    assert [one[0] for one in items(there)[-1]] == ["resolution", "status"]
    assert go("51")[0] == 204
    assert client.get("/issue/HELP-1")["fields"]["resolution"] is None
    assert client("POST", "/issue/HELP-1/transitions", {"transition": {"id": 11}}).status_code == 204


def test_the_fields_of_a_transition_are_told_on_request(there: World) -> None:
    there.store.transition("HELP-1", "support-1", "In Progress")
    shown = there.as_(OWN).get("/issue/HELP-1/transitions?expand=transitions.fields&transitionId=41")["transitions"][0]
    assert (shown["hasScreen"], shown["fields"]["resolution"]["required"]) == (True, True)
    assert shown["fields"]["resolution"]["allowedValues"][0]["name"] == "Done"
    assert "fields" not in there.as_(OWN).get("/issue/HELP-1/transitions")["transitions"][0]


def test_a_moved_issue_is_found_by_its_old_key_and_keeps_its_id(there: World) -> None:
    there.store.create_issue("DEV", "dev-1", "other")
    before = there.as_(OWN).get("/issue/HELP-1")["id"]
    assert there.store.move_issue("HELP-1", "DEV", "dev-1") == "DEV-2"
    shown = there.as_(OWN).get("/issue/HELP-1?fields=project")
    assert (shown["id"], shown["key"], shown["fields"]["project"]["key"]) == (before, "DEV-2", "DEV")
    assert items(there)[-1][1] == ("issuekey", None, "HELP-1", None, "DEV-2")
    fetched = there.as_(OWN).post("/issue/bulkfetch", {"issueIdsOrKeys": ["HELP-1", "HELP-7"], "fields": ["summary"]})
    assert [one["key"] for one in fetched["issues"]] == ["DEV-2"]
    assert [one["id"] for one in fetched["issueErrors"]] == ["HELP-7"]


def test_a_project_that_got_another_key_answers_to_the_old_one(there: World) -> None:
    there.store.rename_project("HELP", "DESK")
    assert there.as_(OWN).get("/project/HELP")["key"] == "DESK"
    assert there.as_(OWN).get("/issue/HELP-1")["key"] == "DESK-1"
    found = there.as_(OWN).get("/search/jql?jql=project%3DHELP&fields=key")["issues"]
    assert [one["key"] for one in found] == ["DESK-1"]


def test_a_deleted_issue_is_not_there_and_only_some_may_delete(there: World) -> None:
    there.store.create_issue(
        "HELP", "dev-1", "child", issue_type="Incident", fields={"parent": there.store.issue("HELP-1").id}
    )
    assert there.as_("support-1").refused("DELETE", "/issue/HELP-1")[0] == 403
    assert there.as_("admin").refused("DELETE", "/issue/HELP-1")[0] == 400
    assert there.as_("admin")("DELETE", "/issue/HELP-1?deleteSubtasks=true").status_code == 204
    message = "Issue does not exist or you do not have permission to see it."
    assert there.as_(OWN).refused("GET", "/issue/HELP-1") == (404, [message], {})
    assert there.as_(OWN).refused("GET", "/issue/HELP-2")[0] == 404


def test_properties_of_an_issue_are_set_read_and_deleted(there: World) -> None:
    client, path = there.as_(OWN), "/issue/HELP-1/properties/tierkeeper.link"
    assert [client("PUT", path, {"n": number}).status_code for number in (1, 2)] == [201, 200]
    assert client.get(path) == {"key": "tierkeeper.link", "value": {"n": 2}}
    assert [one["key"] for one in client.get("/issue/HELP-1/properties")["keys"]] == ["tierkeeper.link"]
    assert client.refused("PUT", path, "v" * 32_768)[0] == 400
    assert [client("DELETE", path).status_code for _ in range(2)] == [204, 404]


def test_a_remote_link_of_the_same_global_id_is_replaced_and_what_is_not_sent_is_gone(there: World) -> None:
    client, thing = there.as_(OWN), {"title": "t", "url": "https://example.org"}
    first = client("POST", "/issue/HELP-1/remotelink", {"globalId": "g", "object": thing, "relationship": "mirrors"})
    second = client("POST", "/issue/HELP-1/remotelink", {"globalId": "g", "object": {**thing, "title": "u"}})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    (link,) = client.get("/issue/HELP-1/remotelink")
    assert (link["object"]["title"], "relationship" in link) == ("u", False)
    assert set(client.refused("POST", "/issue/HELP-1/remotelink", {"globalId": "h"})[2]) == {"title", "url"}


def test_issues_are_linked_with_an_empty_answer(there: World) -> None:
    there.store.create_issue("DEV", "dev-1", "other")
    ends = {"inwardIssue": {"key": "HELP-1"}, "outwardIssue": {"key": "DEV-1"}}
    response = there.as_(OWN)("POST", "/issueLink", {"type": {"name": "Blocks"}, **ends})
    assert (response.status_code, response.content) == (201, b"")
    (link,) = there.as_(OWN).get("/issue/DEV-1")["fields"]["issuelinks"]
    assert (link["type"]["name"], link["inwardIssue"]["key"]) == ("Blocks", "HELP-1")
    update = {"issuelinks": [{"add": {"type": {"name": "Relates"}, "outwardIssue": {"key": "NO-1"}}}]}
    assert there.as_(OWN).refused("PUT", "/issue/HELP-1", {"update": update})[0] == 400
