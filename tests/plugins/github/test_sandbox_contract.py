"""Everything the sandbox answers is what GitHub's own contract allows, and the checker sees what is not."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from contracts import Contract, checked_exchanges, github_contract
from sandbox_world import PATH, REPO, World, world


@pytest.fixture
def contract() -> Contract:
    return github_contract()


@pytest.fixture
def there(contract: Contract) -> Iterator[World]:
    with world() as made, checked_exchanges(contract):
        seed(made)
        yield made


def seed(there: World) -> None:
    """Put one of everything into the world."""
    store = there.store
    store.create_issue(REPO, "key-user-1", "first", "b", labels=["tier:support"], assignees=["dev-1"])
    store.create_issue(REPO, "key-user-1", "second", None)
    store.add_pull_request(REPO, "dev-1", "change")
    key = store.comment(REPO, 1, "key-user-1", "c", performed_via_app="tidy")
    store.react(store.issue(REPO, 1), "dev-1", "eyes")
    store.react(store.data.comments[key], "dev-1", "+1")
    store.add_milestone(REPO, "1.0", "dev-1")
    store.set_milestone(REPO, 1, 1, "dev-1")
    store.edit_title(REPO, 1, "renamed", "dev-1")
    store.remove_label(REPO, 1, "tier:support", "dev-1", performed_via_app="tidy")
    store.remove_assignees(REPO, 1, ["dev-1"], "dev-lead")
    store.add_labels(REPO, 1, ["kind:bug"], "support-1")
    store.lock_issue(REPO, 1, "dev-1", "spam")
    store.unlock_issue(REPO, 1, "dev-1")
    store.close(REPO, 1, "dev-1", "duplicate")
    store.reopen(REPO, 1, "dev-1")
    first, second = store.issue(REPO, 1), store.issue(REPO, 2)
    store.add_sub_issue(first, second, "dev-1")
    store.add_blocker(first, second, "dev-1")
    store.add_issue_type("example", "Bug")
    store.add_issue_type("example", "Feature")
    store.set_type(REPO, 1, "Bug", "dev-1")
    store.set_type(REPO, 1, "Feature", "dev-1")
    store.set_type(REPO, 1, None, "dev-1")
    store.set_type(REPO, 1, "Bug", "dev-1")
    store.set_field(REPO, 1, store.add_issue_field("example", "Priority", options=["High"]).id, "High")
    store.set_field(REPO, 1, store.add_issue_field("example", "Teams", "multi_select", ["a", "b"]).id, ["a", "b"])
    store.set_field(REPO, 1, store.add_issue_field("example", "Effort", "number").id, 2.5)
    store.set_field(REPO, 1, store.add_issue_field("example", "Target date", "date").id, "2026-12-01")


READS = [
    "/user",
    "/users/dev-1",
    "/users/nobody",
    "/rate_limit",
    "/meta",
    "/versions",
    "/orgs/example",
    "/orgs/example/members?role=admin&per_page=1",
    "/orgs/example/members/dev-1",
    "/orgs/example/memberships/dev-1",
    "/orgs/example/teams",
    "/orgs/example/teams/webapp",
    "/orgs/example/teams/webapp-developers",
    "/orgs/example/teams/webapp/teams",
    "/orgs/example/teams/webapp/members?per_page=1",
    "/orgs/example/teams/webapp/memberships/dev-1",
    "/search/issues?q=renamed+repo:example/webapp&sort=updated&order=asc&per_page=1",
    "/search/issues?q=second",
    "/search/issues",
    "/user/repos",
    "/orgs/example/repos?per_page=1",
    "/orgs/example/issue-types",
    "/orgs/example/issue-fields",
    PATH,
    "/repos/example/nothing",
    *(
        PATH + tail
        for tail in (
            "/issues?state=all&per_page=2",
            "/issues?state=all&labels=a,b&assignee=*&creator=dev-1&milestone=1&sort=comments&direction=asc",
            "/issues?since=2026-11-23T08:00:00Z&sort=updated",
            "/issues?state=ajar",
            "/issues/1",
            "/issues/2",
            "/issues/3",
            "/issues/99",
            "/issues/1/labels",
            "/issues/1/comments?since=2026-11-23T08:00:00Z",
            "/issues/1/events?per_page=3&page=2",
            "/issues/1/timeline?per_page=100",
            "/issues/1/reactions?content=eyes",
            "/issues/1/sub_issues",
            "/issues/1/parent",
            "/issues/2/parent",
            "/issues/1/dependencies/blocked_by",
            "/issues/2/dependencies/blocking",
            "/issues/1/assignees/dev-1",
            "/issues/comments?sort=updated&direction=desc&since=2026-11-23T08:00:00Z",
            "/issues/events?per_page=5",
            "/labels",
            "/labels/kind%3Abug",
            "/issue-types",
            "/issues/1/issue-field-values",
            "/milestones?state=all",
            "/milestones/1",
            "/assignees",
            "/assignees/dev-1",
            "/collaborators",
            "/collaborators/dev-1",
            "/collaborators/stranger/permission",
        )
    ),
]


@pytest.mark.parametrize("login", ["tierkeeper", "stranger", None])
def test_every_read_is_answered_as_the_contract_says(there: World, login: str | None) -> None:
    client = there.as_(login)
    for path in READS:
        response = client("GET", path)
        for link in response.links.values():
            client("GET", link["url"])
        if "ETag" in response.headers:
            assert client("GET", path, If_None_Match=response.headers["ETag"]).status_code == 304


def writes(there: World) -> list[tuple[str, str, Any]]:
    store = there.store
    field = next(iter(store.data.organizations["example"].fields))
    child, comment = store.issue(REPO, 3).id, store.issue(REPO, 1).comments[0]
    return [
        ("POST", "/issues", {"title": "t", "body": "b", "labels": ["a", "b"], "assignees": ["dev-1"], "milestone": 1}),
        ("POST", "/issues", {"title": " "}),
        ("PATCH", "/issues/1", {"title": "n", "body": None, "state": "closed", "state_reason": "not_planned"}),
        ("PATCH", "/issues/1", {"state": "open", "labels": ["x"], "assignees": ["dev-1"], "milestone": None}),
        ("POST", "/issues/1/labels", {"labels": ["a"]}),
        ("POST", "/issues/1/labels", ["b"]),
        ("PUT", "/issues/1/labels", {"labels": ["a", "c"]}),
        ("DELETE", "/issues/1/labels/c", None),
        ("DELETE", "/issues/1/labels/c", None),
        ("DELETE", "/issues/1/labels", None),
        ("POST", "/issues/1/assignees", {"assignees": ["dev-lead"]}),
        ("DELETE", "/issues/1/assignees", {"assignees": ["dev-lead"]}),
        ("POST", "/issues/1/comments", {"body": "c"}),
        ("POST", "/issues/1/comments", {"body": ""}),
        ("PATCH", f"/issues/comments/{comment}", {"body": "d"}),
        ("POST", f"/issues/comments/{comment}/reactions", {"content": "rocket"}),
        ("DELETE", f"/issues/comments/{comment}", None),
        ("POST", "/issues/1/reactions", {"content": "heart"}),
        ("PUT", "/issues/1/lock", {"lock_reason": "off-topic"}),
        ("DELETE", "/issues/1/lock", None),
        ("POST", "/issues/1/sub_issues", {"sub_issue_id": child}),
        ("DELETE", "/issues/1/sub_issue", {"sub_issue_id": child}),
        ("POST", "/issues/1/dependencies/blocked_by", {"issue_id": child}),
        ("DELETE", f"/issues/1/dependencies/blocked_by/{child}", None),
        ("POST", "/issues/2/issue-field-values", {"issue_field_values": [{"field_id": field, "value": "High"}]}),
        ("PUT", "/issues/2/issue-field-values", {"issue_field_values": []}),
        ("DELETE", f"/issues/1/issue-field-values/{field}", None),
        ("PATCH", "/issues/2", {"type": "Bug", "issue_field_values": [{"field_id": field, "value": "High"}]}),
        ("POST", "/labels", {"name": "new", "color": "ff0000", "description": "d"}),
        ("PATCH", "/labels/new", {"new_name": "newer"}),
        ("DELETE", "/labels/newer", None),
        ("POST", "/milestones", {"title": "2.0"}),
        ("PATCH", "", {"name": "shop"}),
        ("POST", "/issues", {"title": "lost"}),
    ]


@pytest.mark.parametrize("login", ["tierkeeper", "key-user-1", None])
def test_every_write_is_answered_as_the_contract_says(there: World, login: str | None) -> None:
    for method, tail, body in writes(there):
        there.as_(login)(method, PATH + tail, body)


def test_what_was_moved_deleted_limited_or_left_by_the_dead_is_answered_as_the_contract_says(there: World) -> None:
    there.store.transfer_issue(REPO, 2, "example/secret", "tierkeeper")
    there.store.delete_issue(REPO, 3)
    there.store.delete_user("dev-1")
    client = there.as_("tierkeeper")
    for path in READS:
        client("GET", path)
        client("GET", f"/api/v3{path}", X_GitHub_Api_Version="2026-03-10")
    for kind, options in {
        "rate-limit": {"status": 429, "times": 1},
        "server-error": {"status": 503, "times": 1},
        "deep-page-422": {"pages": 0, "times": 1},
    }.items():
        there.box.faults.add(kind, **options)
        client("GET", f"{PATH}/issues")
    there.store.set_rate_limit("t-tierkeeper", 0)
    assert client("GET", PATH).status_code == 403


def test_the_checker_names_what_is_wrong_with_a_request(contract: Contract) -> None:
    def problems(method: str, path: str, body: bytes | None = None, status: int = 404) -> str:
        answer, headers = b'{"message": "Not Found"}', {"Content-Type": "application/json"}
        return "\n".join(contract.check(method, f"http://127.0.0.1{path}", body, status, answer, headers))

    assert "not in the contract" in problems("GET", "/repos/example/webapp/wishes")
    assert "not in the contract" in problems("PATCH", f"{PATH}/issues/1/labels")
    assert "query per-page: not in the contract" in problems("GET", f"{PATH}/issues?per-page=1")
    assert 'query per_page: (all): "many"' in problems("GET", f"{PATH}/issues?per_page=many")
    assert '"ajar" is not one of' in problems("GET", f"{PATH}/issues?state=ajar")
    assert "request body: missing" in problems("POST", f"{PATH}/issues")
    assert '"title" is a required property' in problems("POST", f"{PATH}/issues", b"{}")
    assert "state_reason" in problems("PATCH", f"{PATH}/issues/1", b'{"state_reason": "boring"}')
    assert "none expected" in problems("GET", f"{PATH}/issues", b"{}")
    assert problems("PATCH", "/repositories/7/issues/1", b'{"state_reason": null}') == ""


def test_the_checker_names_what_is_wrong_with_an_answer(contract: Contract) -> None:
    def problems(path: str, status: int, answer: bytes, media: str = "application/json") -> str:
        url = f"http://127.0.0.1{path}"
        return "\n".join(contract.check("GET", url, None, status, answer, {"content-type": media}))

    assert "the contract knows" in problems(f"{PATH}/issues", 418, b"{}")
    assert '"number" is a required property' in problems(f"{PATH}/issues", 200, b'[{"id": 1}]')
    assert "content type 'text/html'" in problems(f"{PATH}/issues", 200, b"[]", "text/html")
    assert "no body expected" in problems(f"{PATH}/assignees/dev-1", 204, b"{}")


def test_what_breaks_the_contract_fails_the_test_though_the_client_swallows_it(contract: Contract) -> None:
    with world() as there, pytest.raises(AssertionError, match="per-page"), checked_exchanges(contract):
        there.as_("dev-1")("GET", f"{PATH}/issues?per-page=1")


def test_only_githubs_exchanges_are_checked_and_the_hook_is_taken_off_again(contract: Contract) -> None:
    original = requests.adapters.HTTPAdapter.send
    with world() as there, checked_exchanges(contract) as problems:
        there.as_(None)("GET", "/_sandbox/clock")
        there.as_(None)("GET", "/rest/api/3/serverInfo")
        assert problems == []
    assert requests.adapters.HTTPAdapter.send is original


def test_without_the_contract_a_test_is_skipped_and_told_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("TIERKEEPER_CONTRACTS", str(tmp_path))
    from contracts import github_document  # noqa: PLC0415 - not the cached one

    with pytest.raises(pytest.skip.Exception, match=r"no github-issues\.openapi\.json in"):
        github_document()
