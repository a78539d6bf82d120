"""The Jira sandbox knows who asks, by which entrance, and who may see whom."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from jira_world import OWN, Client, World, doc, world


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        made.store.create_issue("HELP", "key-user-1", "first")
        yield made


@pytest.fixture
def gateway(there: World) -> Iterator[Client]:
    client = Client(there.box.gateway, None)
    yield client
    client.session.close()


def test_a_token_needs_the_e_mail_of_its_account(there: World) -> None:
    client = Client(there.box.url, None)
    for auth in (("dev-1@example.org", "wrong"), ("support-1@example.org", "t-dev-1"), ("", "t-dev-1")):
        client.session.auth = auth
        response = client("GET", "/myself")
        assert (response.status_code, response.headers["X-Seraph-LoginReason"]) == (401, "AUTHENTICATED_FAILED")
        assert response.json()["message"] == "Client must be authenticated to access this resource."
    client.session.auth = ("DEV-1@example.org", "t-dev-1")
    assert client.get("/myself")["accountId"] == "acc-dev-1"


def test_a_token_ends_when_it_expires_is_revoked_or_its_account_sleeps(there: World) -> None:
    there.store.add_token("dev-1", "short", expires=there.box.now + timedelta(days=1))
    client = Client(there.box.url, ("dev-1@example.org", "short"))
    assert client("GET", "/myself").status_code == 200
    there.box.advance(86_400)
    assert client("GET", "/myself").status_code == 401
    there.store.revoke_token("t-support-1")
    assert there.as_("support-1")("GET", "/myself").status_code == 401
    there.store.set_active("dev-1", active=False)
    assert there.as_("dev-1")("GET", "/myself").status_code == 401


def test_a_stranger_learns_what_the_server_is_and_nothing_else(there: World) -> None:
    info = there.as_(None).get("/serverInfo")
    assert (info["deploymentType"], info["baseUrl"]) == ("Cloud", there.box.url)
    for path in ("/myself", "/field", "/project/HELP", "/issue/HELP-1", "/search/jql?jql=key%3DHELP-1"):
        assert there.as_(None)("GET", path).status_code == 401


def test_scoped_tokens_work_at_the_gateway_only_and_the_others_on_the_site_only(there: World, gateway: Client) -> None:
    there.store.add_token(OWN, "scoped", scopes=["read:jira-work", "read:jira-user"])
    on_site = Client(there.box.url, (f"{OWN}@example.org", "scoped"))
    assert on_site("GET", "/myself").status_code == 401
    assert on_site("GET", "/myself", Authorization="Bearer t-dev-1").status_code == 401
    assert gateway("GET", "/myself").json() == {"code": 401, "message": "Unauthorized"}
    for header in ("Bearer t-tierkeeper", "Bearer wrong", "Basic !"):
        assert gateway("GET", "/myself", Authorization=header).status_code == 401
    assert gateway("GET", "/myself", Authorization="Bearer scoped").json()["accountId"] == "acc-tierkeeper"
    gateway.session.auth = (f"{OWN}@example.org", "scoped")
    assert gateway.get("/issue/HELP-1")["key"] == "HELP-1"
    assert gateway.post("/search/approximate-count", {"jql": "project = HELP"}) == {"count": 1}


def test_a_scope_that_is_missing_is_named_as_the_reason(there: World, gateway: Client) -> None:
    there.store.add_token(OWN, "reader", scopes=["read:jira-work"])
    gateway.session.headers["Authorization"] = "Bearer reader"
    response = gateway("POST", "/issue/HELP-1/comment", {"body": doc("c")})
    assert (response.status_code, response.json()["message"]) == (401, "Unauthorized; scope does not match")
    assert gateway("GET", "/myself").status_code == 401
    assert gateway("GET", "/serverInfo").status_code == 200


def test_self_links_name_the_site_also_behind_the_gateway(there: World, gateway: Client) -> None:
    there.store.add_token(OWN, "scoped", scopes=["read:jira-work"])
    gateway.session.headers["Authorization"] = "Bearer scoped"
    link = gateway.get("/issue/HELP-1")["self"]
    assert link == f"{there.box.url}/rest/api/3/issue/{there.store.issue('HELP-1').id}"
    assert gateway("GET", link).status_code == 401
    assert gateway("GET", f"{there.box.url}/_edge/tenant_info").json() == {
        "cloudId": there.box.gateway.rpartition("/")[2]
    }
    assert gateway("GET", f"{there.box.url}/ex/jira/elsewhere/rest/api/3/myself").status_code == 404


def test_what_the_sandbox_lacks_is_not_found(there: World) -> None:
    assert there.as_(OWN).refused("GET", "/dashboard")[0] == 404
    assert there.as_(OWN).refused("PUT", "/myself", {})[0] == 404
    assert there.as_(OWN)("GET", f"{there.box.url}/rest/api/latest/myself").status_code == 200
    assert there.as_(OWN)("GET", f"{there.box.url}/rest/api/2/myself").status_code == 404
    assert there.as_(OWN).refused("POST", "/issue", "text")[1] == ["INVALID_INPUT"]
    assert there.as_(OWN).session.post(f"{there.box.url}/rest/api/3/issue", data="{", timeout=10).status_code == 400


def test_an_account_shows_its_kind_zone_and_only_its_own_e_mail(there: World) -> None:
    myself = there.as_("help-desk-1").get("/myself?expand=groups")
    assert (myself["timeZone"], myself["emailAddress"]) == ("Asia/Kolkata", "help-desk-1@example.org")
    assert [one["name"] for one in myself["groups"]["items"]] == ["help-desk"]
    other = there.as_("help-desk-1").get("/user?accountId=acc-automation")
    assert (other["accountType"], "emailAddress" in other) == ("app", False)
    assert there.as_("dev-1").refused("GET", "/user?username=automation")[0] == 400
    bulk = there.as_("dev-1").get("/user/bulk?accountId=acc-left-1&accountId=acc-customer-1&accountId=nobody")
    assert [(one["accountType"], one["active"]) for one in bulk["values"]] == [("atlassian", False), ("customer", True)]


def test_a_group_is_read_by_those_who_may_browse_people(there: World) -> None:
    dev = there.as_("dev-1")
    assert [one["accountId"] for one in dev.get("/group/member?groupname=help-desk")["values"]] == ["acc-help-desk-1"]
    page = dev.get("/group/member?groupname=help-desk&includeInactiveUsers=true&maxResults=1&startAt=1")
    assert (page["total"], page["isLast"], page["values"][0]["accountId"]) == (2, True, "acc-left-1")
    (group,) = dev.get("/group/bulk?groupName=help-desk")["values"]
    assert dev.get(f"/group/member?groupId={group['groupId']}")["total"] == 1
    assert dev.get("/groups/picker?query=desk")["groups"][0]["name"] == "help-desk"
    assert dev.refused("GET", "/group/member?groupname=nobody")[0] == 404
    there.store.set_global_permission("USER_PICKER", ["group:help-desk"])
    assert dev.refused("GET", "/group/member?groupname=help-desk")[0] == 403
    assert there.as_("admin")("GET", "/group/member?groupname=help-desk").status_code == 200
    there.store.remove_group_member("help-desk", "help-desk-1")
    assert there.as_("admin").get("/group/member?groupname=help-desk")["total"] == 0


def test_a_role_shows_its_actors_to_the_projects_administrators(there: World) -> None:
    there.store.set_role("HELP", "Service Desk Team", ["group:help-desk", "support-1", "left-1"])
    url = there.as_(OWN).get("/project/HELP/role")["Service Desk Team"]
    actors = there.as_(OWN)("GET", f"{url}?excludeInactiveUsers=true").json()["actors"]
    assert [one["type"].split("-")[1] for one in actors] == ["group", "user"]
    assert (actors[0]["actorGroup"]["name"], actors[1]["actorUser"]["accountId"]) == ("help-desk", "acc-support-1")
    assert there.as_("dev-1")("GET", url).status_code == 401


def test_permissions_are_told_in_a_project_on_the_site_and_for_an_issue(there: World) -> None:
    def held(who: str, query: str) -> dict[str, bool]:
        shown = there.as_(who).get(f"/mypermissions?{query}")["permissions"]
        return {name: one["havePermission"] for name, one in shown.items()}

    asked = "permissions=EDIT_ISSUES,ADMINISTER_PROJECTS,ADMINISTER"
    assert held(OWN, f"projectKey=HELP&{asked}") == {
        "EDIT_ISSUES": True,
        "ADMINISTER_PROJECTS": True,
        "ADMINISTER": False,
    }
    assert held("dev-1", f"issueKey=HELP-1&{asked}")["ADMINISTER_PROJECTS"] is False
    assert held("admin", asked) == {"EDIT_ISSUES": True, "ADMINISTER_PROJECTS": True, "ADMINISTER": True}
    there.store.set_permission("HELP", "EDIT_ISSUES", ["role:Service Desk Team"])
    assert held("dev-1", f"projectKey=HELP&{asked}")["EDIT_ISSUES"] is False
    assert there.as_("dev-1").refused("PUT", "/issue/HELP-1", {"fields": {"summary": "s"}})[0] == 403
    assert there.as_("help-desk-1")("PUT", "/issue/HELP-1", {"fields": {"summary": "s"}}).status_code == 204
    assert there.as_("dev-1").refused("GET", "/mypermissions")[0] == 400


def test_a_project_says_its_kind_and_one_out_of_sight_is_not_there(there: World) -> None:
    shown = there.as_("dev-1").get("/project/HELP")
    assert (shown["projectTypeKey"], shown["simplified"]) == ("service_desk", False)
    assert [one["key"] for one in there.as_("dev-1").get("/project/search")["values"]] == ["DEV", "HELP"]
    assert there.as_("dev-1").refused("GET", "/project/SECRET")[0] == 404
    assert [one["name"] for one in there.as_("dev-1").get("/project/HELP/statuses")[0]["statuses"]][-1] == "Closed"


def test_priorities_come_from_the_projects_scheme(there: World) -> None:
    client, key = there.as_(OWN), there.store.project("HELP").id
    assert len(client.get("/priority")) == 5
    assert [one["name"] for one in client.get(f"/priority/search?projectId={key}")["values"]] == [
        "High",
        "Medium",
        "Low",
    ]
    assert [one["name"] for one in client.get(f"/priorityscheme/{key}/priorities")["values"]] == [
        "High",
        "Medium",
        "Low",
    ]
    assert there.as_("admin").get("/priorityscheme")["total"] == 3


def test_those_who_can_be_assigned_are_found(there: World) -> None:
    found = [one["accountId"] for one in there.as_(OWN).get("/user/assignable/search?project=HELP&query=1")]
    assert "acc-dev-1" in found
    assert not {"acc-left-1", "acc-customer-1"} & set(found)
    assert there.as_(OWN).refused("GET", "/user/assignable/search")[0] == 400


def test_labels_in_use_are_listed(there: World) -> None:
    there.store.set_labels("HELP-1", OWN, ["b", "a"])
    assert there.as_(OWN).get("/label?maxResults=1000")["values"] == ["a", "b"]
