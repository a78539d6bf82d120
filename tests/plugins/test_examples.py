"""The examples of the platforms' own contracts, and what real ones look like besides, keep their meaning."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
import pytest
from contracts import contracts_folder, github_contract, jira_contract

from tierkeeper.plugins.github import convert as github
from tierkeeper.plugins.github.access import Repository
from tierkeeper.plugins.jira import convert as jira
from tierkeeper.plugins.jira.history import RawHistory, Words, events_of
from tierkeeper.plugins.model.issue import Account, Issue, Ref

Json = dict[str, Any]
WEBHOOKS = "github-webhook-examples-issues.json"


def below(node: Any) -> Iterator[Json]:
    """Every object in a value."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from below(inner)


def examples(document: Json) -> Iterator[Json]:
    """Every object in the examples of a contract; Jira has them as text."""
    for node in below(document):
        for one in node["examples"].values() if isinstance(node.get("examples"), dict) else ():
            yield from below(one.get("value") if isinstance(one, dict) else None)
        one = node.get("example")
        with suppress(ValueError):  # some are words, and some begin like JSON
            one = json.loads(one) if isinstance(one, str) else one
        yield from below(one)


@pytest.fixture(scope="module")
def of_github() -> list[Json]:
    path = contracts_folder() / WEBHOOKS
    if not path.exists():
        pytest.skip(f"no {WEBHOOKS} in {path.parent}: put it there, or name its folder in TIERKEEPER_CONTRACTS")
    hooks = [one for kind in json.loads(path.read_bytes()) for one in below(kind["examples"])]
    return [*examples(github_contract().document), *hooks]


@pytest.fixture(scope="module")
def of_jira() -> list[Json]:
    return list(examples(jira_contract().document))


def with_keys(found: list[Json], *keys: str) -> list[Json]:
    """The objects that have these; there must be some."""
    chosen = [one for one in found if set(keys) <= one.keys()]
    assert len(chosen) >= 5
    return chosen


def issue_of(given: Json) -> Issue:
    return github.to_issue(msgspec.convert(given, github.RawIssue), "webapp")


def test_githubs_examples_of_issues_keep_their_meaning(of_github: list[Json]) -> None:
    for given in with_keys(of_github, "number", "title", "state", "user", "created_at", "comments", "repository_url"):
        issue = issue_of(given)
        assert issue.labels == tuple(one["name"] for one in given["labels"])
        assert issue.open is (given["state"] == "open")
        assert issue.author is not None
        assert issue.author.id == given["user"]["login"]
        assert issue.created == datetime.fromisoformat(given["created_at"])
        assert (issue.body, issue.reason) == (given["body"] or "", given.get("state_reason") or "")
        assert [one.id for one in issue.assignees] == [one["login"] for one in given.get("assignees") or []]
        assert issue.comments == given["comments"]


@pytest.mark.parametrize(
    "odd",
    [
        {"user": None},
        {"user": {"login": "ghost", "type": "User"}},
        {"user": {"login": "mona", "type": "Organization"}, "author_association": "MANNEQUIN"},
        {"body": None, "assignee": None, "assignees": None, "milestone": None, "closed_by": None},
        {"labels": ["plain", {"id": 1, "name": None}, {"name": "named", "color": None, "default": None}]},
        {"state": "closed", "state_reason": "duplicate", "locked": True, "active_lock_reason": "too heated"},
        {"type": None, "performed_via_github_app": None, "sub_issues_summary": {}, "issue_field_values": []},
        {"type": {"id": 1, "name": "Bug"}, "pinned_comment": None, "issue_dependencies_summary": {"blocked_by": 1}},
        {"issue_field_values": [{"issue_field_id": 1, "data_type": "single_select", "value": "High", "node_id": "x"}]},
    ],
    ids=",".join,
)
def test_what_an_issue_may_lack_on_github_leaves_the_rest_as_it_is(of_github: list[Json], odd: Json) -> None:
    given = with_keys(of_github, "number", "title", "state", "user", "created_at", "comments", "repository_url")[0]
    issue = issue_of(given | odd)
    assert issue.title == given["title"]
    author = (given | odd)["user"]
    assert (issue.author.id if issue.author is not None else None) == (author["login"] if author else None)
    assert issue.labels == (("plain", "named") if "labels" in odd else issue_of(given).labels)
    assert issue.reason == odd.get("state_reason", given.get("state_reason") or "")


def test_githubs_examples_of_comments_events_people_and_repositories_are_read(of_github: list[Json]) -> None:
    for given in with_keys(of_github, "issue_url", "created_at", "updated_at", "body"):
        comment = github.to_comment(msgspec.convert(given, github.RawComment))
        assert comment is not None
        assert comment.issue == given["issue_url"].rpartition("/")[2]
        assert comment.body == given["body"]
        assert github.to_comment(msgspec.convert(given | {"user": None, "body": None}, github.RawComment)) is not None
    for given in with_keys(of_github, "event", "id", "created_at"):
        event = github.to_event(msgspec.convert(given, github.RawEvent), 7)
        assert event is None or event.actor is None or event.actor.id in json.dumps(given)
    for given in with_keys(of_github, "login", "id", "type"):
        account = github.to_account(msgspec.convert(given, github.RawUser))
        assert account is not None
        assert account.kind == ("bot" if given["type"] == "Bot" or given["login"].endswith("[bot]") else "human")
    for given in with_keys(of_github, "full_name", "private", "id"):
        assert msgspec.convert(given, Repository).full_name == given["full_name"]


def test_jiras_examples_of_comments_entries_and_people_are_read(of_jira: list[Json]) -> None:
    for given in with_keys(of_jira, "author", "created", "updated", "body", "id"):
        comment = jira.to_comment(msgspec.json.decode(msgspec.json.encode(given), type=jira.RawComment), "1")
        assert comment.at == datetime.fromisoformat(given["created"])
        assert comment.internal is (given.get("jsdPublic") is False or "visibility" in given)
    issue = Issue(ref=Ref("help", "1", "HELP-1"), title="", created=comment.at, updated=comment.at, open=True)
    for given in with_keys(of_jira, "created", "items", "id"):
        entry = msgspec.json.decode(msgspec.json.encode(given), type=RawHistory)
        assert events_of(issue, None, [entry], Words({}, {})) == []
    for given in with_keys(of_jira, "accountId", "displayName", "active"):
        account = jira.to_account(msgspec.json.decode(msgspec.json.encode(given), type=jira.RawUser))
        assert account == Account(given["accountId"], given["displayName"])


PEOPLE = [
    (None, None),
    ({"accountId": "unknown", "accountType": "unknown", "displayName": "Former user", "active": False}, None),
    ({"displayName": "Anonymous"}, None),
    (
        {"accountId": "qm:a-b:c", "accountType": "customer", "displayName": "K\u00fc"},
        Account("qm:a-b:c", "K\u00fc"),
    ),
    ({"accountId": "557058:x", "accountType": "app", "displayName": "Rovo"}, Account("557058:x", "Rovo", kind="app")),
    ({"accountId": "5b10", "emailAddress": None, "timeZone": None}, Account("5b10")),
    ({"accountId": "5b10", "accountType": None, "displayName": None}, Account("5b10")),
    ({"accountId": None, "name": "an-old-name", "key": "JIRAUSER10"}, None),
]


@pytest.mark.parametrize(("given", "expected"), PEOPLE, ids=lambda value: str(value)[:30])
def test_people_in_jira_are_who_they_are(given: Json | None, expected: Account | None) -> None:
    fields = {"created": "2026-11-23T12:00:00.000+0000", "updated": "2026-11-23T17:30:00+0530", "reporter": given}
    raw = jira.RawIssue("1", "HELP-1", msgspec.Raw(msgspec.json.encode(fields | {"assignee": given, "creator": None})))
    issue = jira.to_issue(raw, jira.decode_fields(raw), "help", custom={})
    assert issue.author == expected
    assert issue.assignees == ((expected,) if expected else ())
    assert issue.updated == issue.created


@pytest.mark.parametrize(
    "item",
    [
        {"field": "assignee", "fieldId": "assignee", "from": None, "fromString": None, "to": None, "toString": None},
        {"field": "assignee", "fieldtype": "jira", "tmpFromAccountId": "5b", "tmpToAccountId": None, "to": ""},
        {"field": "labels", "fieldId": "labels", "from": "", "fromString": "", "to": "", "toString": "b a"},
        {"field": "status", "from": "999", "fromString": "Gone", "to": None, "toString": "Nowhere"},
        {"field": "Sprint", "fieldId": "customfield_10020", "fieldtype": "custom", "from": "", "to": "1, 2"},
        {"field": "IssueParentAssociation", "fieldtype": "jira", "from": None, "to": "10"},
        {"field": "Fix Version", "fieldId": "fixVersions", "fieldtype": "plugin-of-next-year", "to": "1"},
        {"field": "timeoriginalestimate", "fieldId": "timeoriginalestimate", "from": None, "to": "3600"},
        {"field": "duedate", "fieldId": "duedate", "to": "2026-11-30", "toString": "2026-11-30 00:00:00.0"},
        {},
    ],
    ids=lambda item: item.get("field", "none"),
)
def test_an_entry_of_a_changelog_with_hardly_anything_in_it_is_read(item: Json) -> None:
    entry = {"id": "1", "created": "2026-11-23T17:30:00.000+0530", "items": [item], "author": None}
    raw = msgspec.json.decode(msgspec.json.encode(entry), type=RawHistory)
    moment = jira.moment("2026-11-23T12:00:00Z")
    issue = Issue(ref=Ref("help", "1", "HELP-1"), title="", created=moment, updated=moment, open=True)
    for event in events_of(issue, None, [raw], Words({}, {"1": False})):
        assert event.at == moment
        assert event.actor is None
        assert (event.before, event.after) != ("", "")
