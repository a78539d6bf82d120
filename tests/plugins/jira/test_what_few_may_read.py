"""What Jira says of who may read: security levels, comments for a few; and texts that keep what people wrote."""

import json
from collections.abc import Iterator

import pytest
from jira_bench import JiraBench, jira_bench

from tierkeeper.plugins.jira.texts import document, renewed
from tierkeeper.plugins.model.event import Snapshot
from tierkeeper.plugins.testing.bench import Read


@pytest.fixture
def bench() -> Iterator[JiraBench]:
    with jira_bench() as there:
        yield there


def read(bench: JiraBench, issue: str) -> Snapshot:
    found = bench.tracker.read(bench.ref(issue), bench.queue)
    assert isinstance(found, Snapshot)
    return found


def test_an_issue_with_a_security_level_is_restricted_and_is_seen_to_become_so(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "Hole", "How to get in")
    seen = Read()
    seen.pull(bench.tracker, bench.queue)
    assert not seen.issues[issue].restricted
    bench.store.set_field(issue, bench.alice, "security", "Reporter only")
    seen.pull(bench.tracker, bench.queue)
    assert seen.issues[issue].restricted
    assert read(bench, issue).issue.restricted


def test_a_comment_for_a_role_is_internal_and_documents_are_kept_as_they_came(bench: JiraBench) -> None:
    issue = bench.create_issue(bench.alice, "It fails", "It stops")
    bench.store.comment(issue, bench.alice, "for a few", visibility=("role", "Administrators"))
    bench.store.set_role(bench.project, "Administrators", ["tierkeeper"])
    shown = read(bench, issue)
    (said,) = shown.comments
    assert said.internal
    assert json.loads(said.document)["type"] == "doc"
    assert json.loads(shown.issue.document)["type"] == "doc"


def test_who_may_not_see_the_permission_scheme_takes_the_project_for_private(bench: JiraBench) -> None:
    bench.store.set_permission(bench.project, "BROWSE_PROJECTS", ["*", "anyone"])
    assert bench.tracker.audience(bench.queue) == "private"
    bench.store.set_permission(bench.project, "ADMINISTER_PROJECTS", ["tierkeeper"])
    assert bench.tracker.audience(bench.queue) == "public"


def test_a_renewed_text_keeps_blocks_that_read_the_same() -> None:
    call = {"type": "mention", "attrs": {"id": "1", "text": "@Anna"}}
    notes = {"type": "paragraph", "content": [call, {"type": "text", "text": " knows"}]}
    known = {"type": "doc", "version": 1, "content": [*document("before")["content"], notes]}
    made = renewed("after\n\nAnna knows", known)
    assert made["content"] == [*document("after")["content"], notes]
    assert renewed("after", None) == document("after")
