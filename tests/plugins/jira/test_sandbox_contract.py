"""Everything the Jira sandbox answers is what Jira's own contract allows, and the checker sees what is not."""

from collections.abc import Iterator
from typing import Any

import pytest
from contracts import Contract, checked_exchanges, jira_contract
from jira_world import OWN, Client, World, doc, world

NOT_IN_THE_CONTRACT = ("/_edge/tenant_info",)
"""Paths that the sandbox answers and Jira's contract lacks."""


@pytest.fixture
def contract() -> Contract:
    return jira_contract()


@pytest.fixture
def there(contract: Contract) -> Iterator[World]:
    with world() as made, checked_exchanges(contract):
        seed(made)
        yield made


def seed(there: World) -> None:
    """Put one of everything into the world."""
    store = there.store
    key = store.create_issue("HELP", "key-user-1", "first", description="d", labels=["tier:support"], priority="High")
    store.create_issue("HELP", "customer-1", "second", fields={"Severity": None, "Due by": 1_795_420_800_000})
    store.create_issue("DEV", "dev-1", "third", assignee="dev-1", description="c")
    store.set_field(key, "support-1", "Severity", "major")
    store.set_field(key, "support-1", "Severity", None)
    store.set_field(key, "support-1", "Severity", "minor")
    store.set_field(key, "support-1", "Due by", there.box.now)
    store.set_field(key, "support-1", "description", "e")
    store.set_field(key, "support-1", "components", [store.project("HELP").components[0].id])
    store.set_field(key, "support-1", "duedate", "2026-12-01")
    store.assign(key, "support-1", "left-1")
    store.assign(key, "automation", None)
    store.set_labels(key, "automation", ["a", "b"])
    store.transition(key, "support-1", "Closed")
    store.transition(key, "support-1", "Open")
    store.comment(key, "customer-1", "public")
    store.comment(key, "support-1", "internal", internal=True, visibility=("group", "help-desk"))
    store.comment("DEV-1", "dev-1", "among us", visibility=("role", "Developers"))
    store.add_worklog(key, "support-1", 3600, comment=doc("w"))
    store.add_file(key, "support-1", "shot.png", b"shot")
    store.delete_file(store.add_file(key, "support-1", "log.txt", b"log"), "support-1")
    store.link("Blocks", store.issue(key), store.issue("DEV-1"), "support-1")
    store.set_remote_link(
        store.issue(key), "support-1", {"globalId": "g", "object": {"title": "t", "url": "https://e"}}
    )
    store.create_issue("DEV", "dev-1", "child", issue_type="Sub-task", fields={"parent": store.issue("DEV-1").id})
    store.create_issue("HELP", "dev-1", "moves")
    store.move_issue("HELP-3", "DEV", "dev-1")
    store.rename_project("DEV", "DEVS")


ONE = "/issue/HELP-1"
READS = [
    "/myself",
    "/myself?expand=groups",
    "/serverInfo",
    "/field",
    "/issuetype",
    "/status",
    "/resolution",
    "/priority",
    "/priority/search?projectId={HELP}&maxResults=2",
    "/priority/search?id=1",
    "/label",
    "/project",
    "/project/search?keys=HELP&query=h",
    "/project/HELP",
    "/project/DEV",
    "/project/NONE",
    "/project/HELP/statuses",
    "/project/HELP/components",
    "/project/HELP/role",
    "/project/HELP/role/10002",
    "/project/HELP/role/10004",
    "/project/HELP/role/10004?excludeInactiveUsers=true",
    "/project/HELP/role/7",
    "/priorityscheme",
    "/priorityscheme/{HELP}/priorities",
    "/issue/createmeta/HELP/issuetypes",
    "/issue/createmeta/HELP/issuetypes/10004",
    "/issue/createmeta/HELP/issuetypes/1",
    "/group/member?groupname=help-desk&includeInactiveUsers=true",
    "/group/member?groupname=nobody",
    "/group/bulk?groupName=help-desk",
    "/groups/picker?query=help",
    "/user?accountId=acc-dev-1",
    "/user?accountId=nobody",
    "/user/bulk?accountId=acc-dev-1&accountId=acc-left-1",
    "/user/assignable/search?project=HELP&query=dev",
    "/user/assignable/search?issueKey=HELP-1",
    "/user/search?query=dev-1",
    "/mypermissions?projectKey=HELP&permissions=EDIT_ISSUES,ADMINISTER,ADMINISTER_PROJECTS",
    "/mypermissions?permissions=FLY",
    "/issueLinkType",
    "/search?jql=project=HELP",
    "/search/jql?jql=project%3DHELP&maxResults=1",
    "/search/jql?jql=project%3DHELP&fields=*all&expand=changelog,names,schema,transitions,editmeta&properties=p",
    "/search/jql?jql=project%3DHELP&fields=summary,comment&fields=labels&reconcileIssues=10013,10014",
    "/search/jql?jql=order+by+updated",
    *(
        ONE + tail
        for tail in (
            "",
            "?expand=changelog,names,schema,transitions,editmeta&properties=*all",
            "?fields=summary,-comment",
            "?fields=-comment",
            "/editmeta",
            "/changelog?startAt=1&maxResults=2",
            "/comment?orderBy=-created&maxResults=1&expand=properties",
            "/comment/{comment}?expand=properties",
            "/comment/1",
            "/transitions",
            "/transitions?expand=transitions.fields&transitionId=11",
            "/properties",
            "/properties/none",
            "/remotelink",
            "/remotelink?globalId=g",
            "/remotelink?globalId=h",
            "/worklog?startedAfter=0&maxResults=5",
        )
    ),
    "/issue/HELP-2",
    "/issue/HELP-3",
    "/issue/DEV-1?fields=*all",
    "/issue/DEVS-1",
    "/issue/DEVS-2",
    "/issue/HELP-99",
    "/issueLink/{link}",
    "/issueLink/1",
    "/attachment/meta",
    "/attachment/{file}",
    "/attachment/1",
    "/attachment/content/{file}?redirect=false",
    "/attachment/content/{file}",
]


def path(there: World, template: str) -> str:
    store = there.store
    names = {
        "{HELP}": str(store.project("HELP").id),
        "{comment}": str(store.issue("HELP-1").comments[0]),
        "{link}": str(store.issue("HELP-1").links[0]),
        "{file}": str(store.issue("HELP-1").files[0]),
    }
    for name, value in names.items():
        template = template.replace(name, value)
    return template


@pytest.mark.parametrize("who", [OWN, "admin", "support-1", "customer-1", None])
def test_every_read_is_answered_as_the_contract_says(there: World, who: str | None) -> None:
    for one in READS:
        there.as_(who)("GET", path(there, one))


def test_the_gateway_answers_as_the_contract_says(there: World) -> None:
    there.store.add_token(OWN, "scoped", scopes=["read:jira-work", "read:jira-user"])
    client = Client(there.box.gateway, None)
    for one in READS:
        client("GET", path(there, one), Authorization="Bearer scoped")
    client("POST", "/issue", {"fields": {}}, Authorization="Bearer scoped")
    client("GET", "/myself")


def writes(there: World) -> list[tuple[str, str, Any]]:
    """Every write there is, some of them refused."""
    comment = path(there, "{comment}")
    draft = {"project": {"key": "HELP"}, "issuetype": {"name": "Incident"}, "summary": "s"}
    return [
        ("POST", "/issue", {"fields": {**draft, "description": doc("d"), "timetracking": {"originalEstimate": "1d"}}}),
        ("POST", "/issue", {"fields": draft, "properties": [{"key": "k", "value": 1}]}),
        ("POST", "/issue", {"fields": {**draft, "summary": ""}}),
        ("POST", "/issue/bulk", {"issueUpdates": [{"fields": draft}, {"fields": {}}]}),
        ("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["HELP-1", "HELP-3", "NO-1"], "properties": ["k"]}),
        ("POST", "/changelog/bulkfetch", {"issueIdsOrKeys": ["HELP-1", "DEV-1"], "maxResults": 3}),
        ("POST", "/changelog/bulkfetch", {"issueIdsOrKeys": ["HELP-1"], "fieldIds": ["labels"]}),
        (
            "POST",
            "/search/jql",
            {"jql": "project = HELP", "fields": ["*all"], "maxResults": 2, "expand": "names"},
        ),
        ("POST", "/search/approximate-count", {"jql": "project = HELP"}),
        ("PUT", f"{ONE}?notifyUsers=false&returnIssue=true", {"fields": {"summary": "t"}}),
        ("PUT", ONE, {"update": {"labels": [{"add": "c"}]}, "fields": {"customfield_1": 1}}),
        ("PUT", ONE, {"update": {"labels": [{"add": "c"}], "comment": [{"add": {"body": doc("c")}}]}}),
        ("PUT", f"{ONE}/assignee", {"accountId": "acc-dev-1"}),
        ("PUT", f"{ONE}/assignee", {"accountId": "acc-left-1"}),
        ("POST", f"{ONE}/transitions", {"transition": {"id": "11"}}),
        ("POST", f"{ONE}/transitions", {"transition": {"id": "41"}}),
        ("POST", f"{ONE}/transitions", {"transition": {"id": "41"}, "fields": {"resolution": {"name": "Done"}}}),
        ("POST", f"{ONE}/comment", {"body": doc("c"), "properties": [{"key": "k", "value": {}}]}),
        ("POST", f"{ONE}/comment", {"body": "c"}),
        ("PUT", f"{ONE}/comment/{comment}", {"body": doc("d")}),
        ("POST", "/comment/list", {"ids": [int(comment)]}),
        ("PUT", f"/comment/{comment}/properties/k", {"a": 1}),
        ("PUT", f"/comment/{comment}/properties/k", {"a": 2}),
        ("GET", f"/comment/{comment}/properties", None),
        ("GET", f"/comment/{comment}/properties/k", None),
        ("DELETE", f"/comment/{comment}/properties/k", None),
        ("PUT", f"{ONE}/properties/k", [1]),
        ("GET", f"{ONE}/properties/k", None),
        ("DELETE", f"{ONE}/properties/k", None),
        ("POST", f"{ONE}/remotelink", {"globalId": "g", "object": {"title": "t", "url": "https://e"}}),
        ("POST", f"{ONE}/remotelink", {"globalId": "h", "object": {"title": "t", "url": "https://e"}}),
        ("DELETE", f"{ONE}/remotelink?globalId=h", None),
        ("DELETE", f"{ONE}/remotelink?globalId=h", None),
        ("POST", f"{ONE}/worklog", {"timeSpentSeconds": 60, "started": "2026-11-23T10:00:00.000+0000"}),
        ("POST", f"{ONE}/worklog", {"timeSpent": "soon"}),
        (
            "POST",
            "/issueLink",
            {"type": {"name": "Relates"}, "inwardIssue": {"key": "HELP-1"}, "outwardIssue": {"key": "DEV-1"}},
        ),
        ("DELETE", path(there, "/issueLink/{link}"), None),
        ("DELETE", f"{ONE}/comment/{comment}", None),
        ("DELETE", ONE, None),
        ("GET", ONE, None),
    ]


@pytest.mark.parametrize("who", ["admin", OWN, "customer-1", None])
def test_every_write_is_answered_as_the_contract_says(there: World, who: str | None) -> None:
    for method, tail, body in writes(there):
        there.as_(who)(method, tail, body)


def test_faults_are_answered_as_the_contract_says(there: World) -> None:
    client = there.as_(OWN)
    for kind, options in {
        "rate-limit": {"retry_after": 1},
        "server-error": {"status": 503},
        "near-limit": {},
        "repeat-token": {},
        "search-lag": {"seconds": 60},
    }.items():
        there.box.faults.clear()
        there.box.faults.add(kind, **options)
        client("GET", "/search/jql?jql=project%3DHELP&fields=*all&expand=changelog")


def test_what_the_contract_lacks_is_listed(there: World, contract: Contract) -> None:
    for one in NOT_IN_THE_CONTRACT:
        assert contract.operation("GET", one) is None
        assert there.as_(None)("GET", there.box.url + one).status_code == 200


def test_the_checker_names_what_is_wrong(contract: Contract) -> None:
    def problems(method: str, path: str, body: bytes | None, answered: tuple[int, bytes]) -> str:
        url, headers = f"http://127.0.0.1{path}", {"Content-Type": "application/json"}
        return "\n".join(contract.check(method, url, body, *answered, headers))

    one = "/rest/api/3/issue/HELP-1"
    assert "not in the contract" in problems("GET", "/rest/api/3/wishes", None, (200, b"{}"))
    assert "query limit: not in the contract" in problems("GET", f"{one}?limit=1", None, (200, b"{}"))
    assert "request body: missing" in problems("PUT", one, None, (204, b""))
    assert "the contract knows" in problems("GET", one, None, (418, b"{}"))
    assert "wrong" in problems("GET", one, None, (404, b'{"errorMessages": [], "wrong": 1}'))
    assert "no document" in problems("PUT", one, b'{"fields": {"description": "text"}}', (204, b""))
    assert "no document" in problems("POST", f"{one}/comment", b'{"body": {"type": "doc"}}', (201, b'{"id": "1"}'))
    assert problems("GET", f"/ex/jira/cloud-1{one}", None, (200, b'{"id": "1"}')) == ""
    bulk = b'{"issueChangeLogs": [{"issueId": "1", "changeHistories": [{"created": "2026"}]}]}'
    asked = b'{"issueIdsOrKeys": ["1"]}'
    assert "created" in problems("POST", "/rest/api/3/changelog/bulkfetch", asked, (200, bulk))


def test_a_document_of_a_hundred_nested_lists_is_checked_at_once(there: World) -> None:
    node: dict[str, Any] = doc("x")["content"][0]
    for _ in range(100):
        node = {"type": "bulletList", "content": [{"type": "listItem", "content": [node]}]}
    said = {"body": {"type": "doc", "version": 1, "content": [node]}}
    assert there.as_(OWN)("POST", "/issue/HELP-1/comment", said).status_code == 201
