"""Comments in the Jira sandbox: who sees them, who may change them, what is public in a service project."""

from collections.abc import Iterator

import pytest
from jira_world import OWN, World, doc, world

from tierkeeper.plugins.jira.sandbox.adf import is_document, plain


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        made.store.create_issue("HELP", "customer-1", "request")
        made.store.create_issue("DEV", "dev-1", "task")
        yield made


def texts(there: World, who: str, key: str = "HELP-1", query: str = "") -> list[str]:
    return [plain(one["body"]) for one in there.as_(who).get(f"/issue/{key}/comment{query}")["comments"]]


def test_a_comment_in_a_service_project_is_public_unless_its_property_says_internal(there: World) -> None:
    agent = there.as_("support-1")
    public = agent.post("/issue/HELP-1/comment", {"body": doc("public")})
    internal = {"key": "sd.public.comment", "value": {"internal": True}}
    hidden = agent.post("/issue/HELP-1/comment?expand=properties", {"body": doc("internal"), "properties": [internal]})
    assert (public["jsdPublic"], hidden["jsdPublic"], hidden["properties"]) == (True, False, [internal])
    assert "jsdPublic" not in agent.post("/issue/DEV-1/comment", {"body": doc("task")})
    assert texts(there, "support-1") == ["public", "internal"]
    assert texts(there, "customer-1") == ["public"]


def test_an_edit_that_sends_no_property_leaves_an_internal_comment_internal(there: World) -> None:
    key = there.store.comment("HELP-1", "support-1", "internal", internal=True)
    shown = there.as_("support-1")("PUT", f"/issue/HELP-1/comment/{key}", {"body": doc("still")}).json()
    assert (shown["jsdPublic"], plain(shown["body"])) == (False, "still")


def test_a_customer_comments_on_their_own_request_and_does_nothing_else(there: World) -> None:
    customer = there.as_("customer-1")
    assert customer.post("/issue/HELP-1/comment", {"body": doc("/handover support")})["jsdPublic"] is True
    assert customer.refused("PUT", "/issue/HELP-1", {"fields": {"summary": "s"}})[0] == 403
    assert customer.get("/issue/HELP-1/transitions")["transitions"] == []
    there.store.create_issue("HELP", "key-user-1", "another's")
    assert customer.refused("GET", "/issue/HELP-2")[0] == 404
    assert customer.refused("POST", "/issue/DEV-1/comment", {"body": doc("c")})[0] == 404


def test_a_comment_for_a_group_or_role_is_seen_by_its_members_only(there: World) -> None:
    desk, dev = there.as_("help-desk-1"), there.as_("dev-1")
    for_group = {"body": doc("desk only"), "visibility": {"type": "group", "value": "help-desk"}}
    shown = desk.post("/issue/HELP-1/comment", for_group)
    assert (shown["visibility"]["value"], shown["jsdPublic"]) == ("help-desk", False)
    dev.post("/issue/DEV-1/comment", {"body": doc("us"), "visibility": {"type": "role", "value": "Developers"}})
    assert (texts(there, "help-desk-1"), texts(there, "dev-1")) == (["desk only"], [])
    assert (texts(there, "dev-1", "DEV-1"), texts(there, "support-1", "DEV-1")) == (["us"], [])
    assert dev.get("/issue/HELP-1")["fields"]["comment"]["total"] == 0
    refused = dev.refused("POST", "/issue/HELP-1/comment", for_group)
    assert refused[2] == {"commentLevel": "You are currently not a member of the group: help-desk."}


def test_comments_come_in_pages_and_are_capped_inside_an_issue(there: World) -> None:
    for number in range(5):
        there.box.advance(1)
        there.store.comment("HELP-1", "support-1", f"c{number}")
    assert texts(there, OWN, query="?startAt=1&maxResults=2") == ["c1", "c2"]
    assert texts(there, OWN, query="?orderBy=-created&maxResults=2") == ["c4", "c3"]
    there.box.settings.comment_cap = 3
    capped = there.as_(OWN).get("/issue/HELP-1?fields=comment")["fields"]["comment"]
    assert (len(capped["comments"]), capped["maxResults"], capped["total"]) == (3, 3, 5)
    assert there.as_(OWN).refused("GET", "/issue/HELP-1/comment?orderBy=size")[0] == 400


def test_a_comment_touches_its_issue_when_it_comes_changes_and_goes(there: World) -> None:
    def updated() -> str:
        return str(there.as_(OWN).get("/issue/HELP-1?fields=updated")["fields"]["updated"])

    key, seen = 0, []
    for step in ("add", "edit", "delete"):
        there.box.advance(60)
        if step == "add":
            key = int(there.as_(OWN).post("/issue/HELP-1/comment", {"body": doc("c")})["id"])
        elif step == "edit":
            there.as_("admin")("PUT", f"/issue/HELP-1/comment/{key}", {"body": doc("d")})
            shown = there.as_(OWN).get(f"/issue/HELP-1/comment/{key}")
            assert (shown["author"]["accountId"], shown["updateAuthor"]["accountId"]) == ("acc-tierkeeper", "acc-admin")
        else:
            assert there.as_(OWN)("DELETE", f"/issue/HELP-1/comment/{key}").status_code == 204
        seen.append(updated())
    assert seen == [f"2026-11-23T08:0{minute}:00.000+0000" for minute in (1, 2, 3)]
    assert there.as_(OWN).get("/issue/HELP-1/changelog")["total"] == 0
    assert there.as_(OWN).refused("GET", f"/issue/HELP-1/comment/{key}")[0] == 404


def test_another_ones_comment_is_changed_by_administrators_only(there: World) -> None:
    key = there.store.comment("HELP-1", "support-1", "mine")
    for method, body in (("PUT", {"body": doc("x")}), ("DELETE", None)):
        assert there.as_("dev-1").refused(method, f"/issue/HELP-1/comment/{key}", body)[0] == 400
    assert there.as_("dev-1").refused("PUT", f"/comment/{key}/properties/k", 1)[0] == 403
    assert there.as_("support-1")("PUT", f"/issue/HELP-1/comment/{key}", {"body": doc("y")}).status_code == 200


def test_properties_of_a_comment_are_set_and_read(there: World) -> None:
    client, path = there.as_(OWN), f"/comment/{there.store.comment('HELP-1', OWN, 'c')}/properties"
    assert [client("PUT", f"{path}/tierkeeper.status", {"n": n}).status_code for n in (1, 2)] == [201, 200]
    assert client.get(f"{path}/tierkeeper.status")["value"] == {"n": 2}
    listed = client.get("/issue/HELP-1/comment?expand=properties")["comments"][0]
    assert listed["properties"] == [{"key": "tierkeeper.status", "value": {"n": 2}}]
    assert client("DELETE", f"{path}/tierkeeper.status").status_code == 204
    assert client.get(path) == {"keys": []}


@pytest.mark.parametrize(
    "body",
    [
        None,
        "text",
        {"type": "doc", "content": []},
        {"type": "doc", "version": 1, "content": [{"type": "text", "text": "t"}]},
    ],
)
def test_a_body_that_is_no_document_is_refused(there: World, body: object) -> None:
    assert set(there.as_(OWN).refused("POST", "/issue/HELP-1/comment", {"body": body})[2]) == {"comment"}


def test_a_body_that_is_too_long_is_refused(there: World) -> None:
    assert there.as_(OWN)("POST", "/issue/HELP-1/comment", {"body": doc("c" * 32_767)}).status_code == 201
    _, _, errors = there.as_(OWN).refused("POST", "/issue/HELP-1/comment", {"body": doc("c" * 32_768)})
    assert "32,767" in errors["comment"]


def test_documents_are_read_loosely() -> None:
    nested = doc("deep")["content"][0]
    for _ in range(100):
        nested = {"type": "bulletList", "content": [{"type": "listItem", "content": [nested]}]}
    deep = {"type": "doc", "version": 1, "content": [nested]}
    assert (is_document(deep), plain(deep)) == (True, "deep")
    for wrong in (
        {"type": "paragraph", "content": [{"type": "text", "text": ""}]},
        {"type": "paragraph", "content": [{"type": "wish"}]},
        {"type": "paragraph", "content": "text"},
        {"type": "paragraph", "content": [{"type": "text", "text": "t", "content": [{"type": "text", "text": "t"}]}]},
    ):
        assert not is_document({"type": "doc", "version": 1, "content": [wrong]})
    broken = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "hardBreak"}]}, *doc("b")["content"]],
    }
    assert plain(broken) == "\nb"
