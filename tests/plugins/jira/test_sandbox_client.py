"""The real client library works against the sandbox, with every trap that it has on Jira Cloud."""

from collections.abc import Iterator
from typing import Any

import pytest
from contracts import checked_exchanges, have_jira_contract
from jira import JIRA, JIRAError
from jira_world import OWN, World, doc, world

ACCOUNT = (f"{OWN}@example.org", f"t-{OWN}")


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        if have_jira_contract():
            with checked_exchanges():
                yield made
        else:
            yield made


def connect(there: World, **options: Any) -> JIRA:
    given: dict[str, Any] = {"basic_auth": ACCOUNT, "max_retries": 0, "timeout": 10, **options}
    return JIRA(server=there.box.url, options={"rest_api_version": "3"}, **given)


@pytest.fixture
def jira(there: World) -> Iterator[JIRA]:
    client = connect(there)
    yield client
    client.close()  # type: ignore[no-untyped-call]  # the library has no type there


def test_the_client_sees_that_this_is_the_cloud(jira: JIRA) -> None:
    assert jira.deploymentType == "Cloud"
    assert jira.myself()["accountId"] == "acc-tierkeeper"
    assert {"Severity", "Due by", "Summary"} <= {one["name"] for one in jira.fields()}


def test_an_issue_lives_its_life(jira: JIRA) -> None:
    fields = {"project": {"key": "HELP"}, "issuetype": {"name": "Incident"}, "summary": "It fails", "labels": ["a"]}
    issue = jira.create_issue(fields=fields)
    issue.update(fields={"summary": "It failed", "description": doc("d")})
    issue.add_field_value("labels", "b")
    jira.transition_issue(issue, "11")
    again = jira.issue(issue.key, expand="changelog")
    assert (again.fields.summary, again.fields.labels, again.fields.status.name) == (
        "It failed",
        ["a", "b"],
        "In Progress",
    )
    assert again.raw["fields"]["description"] == doc("d")
    assert [[item.field for item in one.items] for one in again.changelog.histories] == [
        ["status"],
        ["labels"],
        ["summary", "description"],
    ]
    assert [one["name"] for one in jira.transitions(issue)] == ["Wait", "Close", "Reopen"]


def test_search_without_a_size_follows_the_tokens(there: World, jira: JIRA) -> None:
    for number in range(130):
        there.store.create_issue("HELP", "key-user-1", f"t{number}")
    assert len(jira.enhanced_search_issues("project = HELP", maxResults=0, fields="summary")) == 130
    assert len(jira.enhanced_search_issues("project = HELP", maxResults=50, fields="summary")) == 50
    assert jira.approximate_issue_count("project = HELP") == 130


def test_without_server_info_a_search_calls_what_is_gone(there: World) -> None:
    client = connect(there, get_server_info=False)
    assert client.enhanced_search_issues("project = HELP") is None
    with pytest.raises(JIRAError) as caught:
        client.search_issues("project = HELP")
    assert caught.value.status_code == 410
    client.close()  # type: ignore[no-untyped-call]  # the library has no type there


def test_an_assignee_by_name_is_refused(there: World, jira: JIRA) -> None:
    there.store.create_issue("HELP", "key-user-1", "t")
    with pytest.raises(JIRAError, match="GDPR strict mode"):
        jira.issue("HELP-1").update(assignee={"name": "dev-1"})


def test_comments_are_public_unless_told_otherwise(there: World, jira: JIRA) -> None:
    there.store.create_issue("HELP", "customer-1", "t")
    jira.add_comment("HELP-1", doc("public"))
    jira.add_comment("HELP-1", doc("internal"), is_internal=True)
    assert [one.raw["jsdPublic"] for one in jira.comments("HELP-1")] == [True, False]


def test_a_scoped_token_behind_the_gateway_is_led_astray_by_self_links(there: World) -> None:
    there.store.create_issue("HELP", "key-user-1", "t")
    there.store.add_token(OWN, "scoped", scopes=["read:jira-work", "read:jira-user", "write:jira-work"])
    client = JIRA(
        server=there.box.gateway, token_auth="scoped", max_retries=0, timeout=10, options={"rest_api_version": "3"}
    )
    issue = client.issue("HELP-1")
    with pytest.raises(JIRAError) as caught:
        issue.update(fields={"summary": "s"})
    assert caught.value.status_code in (401, 404)
    client.close()  # type: ignore[no-untyped-call]  # the library has no type there


def test_a_cut_after_the_write_leaves_the_comment_there(there: World, jira: JIRA) -> None:
    there.store.create_issue("HELP", "key-user-1", "t")
    there.box.faults.add("cut-after-write", match="POST .*/comment", times=1)
    with pytest.raises(Exception, match=r"Connection aborted|closed connection"):
        jira.add_comment("HELP-1", doc("once"))
    assert len(jira.comments("HELP-1")) == 1
