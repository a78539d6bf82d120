"""The sandbox's issues, labels, assignees and comments follow GitHub's rules."""

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_world import PATH, REPO, World, world


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        yield made


def labels(there: World, number: int) -> list[str]:
    return [label["name"] for label in there.as_("tierkeeper").get(f"{PATH}/issues/{number}")["labels"]]


def test_an_issue_is_created_with_labels_and_assignees_and_its_history_says_who_did_it(there: World) -> None:
    body = {"title": "It fails", "body": "b", "labels": ["tier:support", "new"], "assignees": ["support-1"]}
    response = there.as_("dev-1")("POST", f"{PATH}/issues", body)
    assert response.status_code == 201
    assert response.headers["Location"] == response.json()["url"]
    assert [label["name"] for label in response.json()["labels"]] == ["tier:support", "new"]
    events = there.as_("dev-1").get(f"{PATH}/issues/1/events")
    assert [(one["event"], one["actor"]["login"]) for one in events] == [
        ("labeled", "dev-1"),
        ("labeled", "dev-1"),
        ("assigned", "dev-1"),
    ]
    assert {one["created_at"] for one in events} == {"2026-11-23T08:00:00Z"}
    assert (events[2]["assignee"]["login"], events[2]["assigner"]["login"]) == ("support-1", "dev-1")


@pytest.mark.parametrize(("login", "kept"), [("key-user-1", []), ("support-1", ["tier:support"])])
def test_labels_that_one_may_not_set_are_dropped_without_a_word(there: World, login: str, kept: list[str]) -> None:
    response = there.as_(login)("POST", f"{PATH}/issues", {"title": "t", "labels": ["tier:support", "unknown"]})
    assert response.status_code == 201
    assert labels(there, 1) == kept


def test_a_reader_may_comment_and_close_their_own_issue_but_not_label_or_close_anothers(there: World) -> None:
    mine = there.as_("key-user-1")
    there.store.create_issue(REPO, "dev-1", "theirs")
    assert mine("POST", f"{PATH}/issues", {"title": "mine"}).status_code == 201
    assert mine("PATCH", f"{PATH}/issues/2", {"state": "closed"}).status_code == 200
    assert mine("PATCH", f"{PATH}/issues/2", {"state": "open"}).json()["state_reason"] == "reopened"
    assert mine("PATCH", f"{PATH}/issues/1", {"state": "closed"}).status_code == 403
    assert mine("POST", f"{PATH}/issues/1/labels", {"labels": ["tier:support"]}).status_code == 403
    assert mine("POST", f"{PATH}/issues/1/comments", {"body": "me too"}).status_code == 201


def test_who_may_triage_labels_with_what_is_there_but_makes_no_label(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    triage = there.as_("support-1")
    assert triage("POST", f"{PATH}/issues/1/labels", {"labels": ["TIER:support"]}).status_code == 200
    assert labels(there, 1) == ["tier:support"]
    assert triage("POST", f"{PATH}/issues/1/labels", {"labels": ["unknown"]}).status_code == 403


def test_post_adds_labels_put_replaces_them_and_an_absent_one_cannot_be_removed(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t", labels=["a"])
    dev = there.as_("dev-1")
    assert [one["name"] for one in dev("POST", f"{PATH}/issues/1/labels", ["a", "b/c"]).json()] == ["a", "b/c"]
    assert dev("DELETE", f"{PATH}/issues/1/labels/b/c").status_code == 404
    assert [one["name"] for one in dev("DELETE", f"{PATH}/issues/1/labels/b%2Fc").json()] == ["a"]
    assert dev("DELETE", f"{PATH}/issues/1/labels/b%2Fc").status_code == 404
    dev("PUT", f"{PATH}/issues/1/labels", {"labels": ["z"]})
    assert labels(there, 1) == ["z"]
    events = dev.get(f"{PATH}/issues/1/events")
    assert [(one["event"], one["label"]["name"]) for one in events] == [
        ("labeled", "a"),
        ("labeled", "b/c"),
        ("unlabeled", "b/c"),
        ("unlabeled", "a"),
        ("labeled", "z"),
    ]


def test_a_patch_with_labels_erases_what_somebody_else_put_there(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t", labels=["theirs"])
    there.as_("dev-1")("PATCH", f"{PATH}/issues/1", {"labels": ["mine"]})
    assert labels(there, 1) == ["mine"]


def test_a_deleted_or_renamed_label_leaves_no_trace_in_the_history(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t", labels=["a", "b"])
    there.box.advance(60)
    dev = there.as_("dev-1")
    assert dev("DELETE", f"{PATH}/labels/a").status_code == 204
    assert dev("PATCH", f"{PATH}/labels/b", {"new_name": "c"}).json()["name"] == "c"
    assert labels(there, 1) == ["c"]
    assert len(dev.get(f"{PATH}/issues/1/events")) == 2
    assert dev.get(f"{PATH}/issues/1")["updated_at"] == "2026-11-23T08:00:00Z"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/issues", {"title": " "}),
        ("/issues", {"title": "x" * 1025}),
        ("/issues", {"title": "x", "body": "x" * 65_537}),
        ("/issues", {"title": "x", "labels": ["x" * 51]}),
        ("/issues", {"title": "x", "labels": [f"l{n}" for n in range(101)]}),
        ("/issues", {"title": "x", "assignees": ["stranger"]}),
        ("/issues/1/comments", {"body": ""}),
        ("/issues/1/comments", {"body": "x" * 65_537}),
        ("/issues/1/reactions", {"content": "beer"}),
        ("/labels", {"name": "TIER:SUPPORT"}),
        ("/labels", {"name": "x", "color": "green"}),
    ],
)
def test_what_github_would_not_take_is_422_and_names_the_field(there: World, path: str, body: dict[str, str]) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    response = there.as_("dev-1")("POST", PATH + path, body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] in {"title", "body", "name", "labels", "assignees", "content", "color"}


@pytest.mark.parametrize(
    "wrong", [{"type": "Wish"}, {"milestone": 7}, {"issue_field_values": [{"field_id": 7, "value": "x"}]}]
)
def test_what_is_refused_is_not_written_in_part(there: World, wrong: dict[str, Any]) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    dev = there.as_("dev-1")
    assert dev("POST", f"{PATH}/issues", {"title": "new", **wrong}).status_code == 422
    assert dev("PATCH", f"{PATH}/issues/1", {"title": "changed", "state": "closed", **wrong}).status_code == 422
    assert [one["title"] for one in dev.get(f"{PATH}/issues")] == ["t"]


def test_the_longest_title_and_body_are_taken(there: World) -> None:
    response = there.as_("dev-1")("POST", f"{PATH}/issues", {"title": "x" * 1024, "body": "ü" * 65_536})
    assert response.status_code == 201


def test_a_hundred_labels_are_the_most_that_an_issue_bears(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t", labels=[f"l{n}" for n in range(99)])
    dev = there.as_("dev-1")
    assert dev("POST", f"{PATH}/issues/1/labels", ["L1", "one-more"]).status_code == 200
    assert dev("POST", f"{PATH}/issues/1/labels", ["too-much"]).status_code == 422


def test_closing_has_a_reason_and_says_who(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "t")
    dev = there.as_("dev-1")
    shown = dev("PATCH", f"{PATH}/issues/1", {"state": "closed", "state_reason": "duplicate"}).json()
    assert (shown["state_reason"], shown["closed_by"]["login"]) == ("duplicate", "dev-1")
    assert shown["closed_at"] == "2026-11-23T08:00:00Z"
    assert dev("PATCH", f"{PATH}/issues/1", {"state": "closed", "state_reason": "boring"}).status_code == 422
    shown = dev("PATCH", f"{PATH}/issues/1", {"state": "open"}).json()
    assert (shown["state_reason"], shown["closed_at"], shown["closed_by"]) == ("reopened", None, None)
    assert [one["event"] for one in dev.get(f"{PATH}/issues/1/events")] == ["closed", "reopened"]


def test_a_new_title_leaves_a_renamed_event_and_a_new_body_none(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "old", "b")
    dev = there.as_("dev-1")
    dev("PATCH", f"{PATH}/issues/1", {"title": "new", "body": "other"})
    events = dev.get(f"{PATH}/issues/1/events")
    assert [one.get("rename") for one in events] == [{"from": "old", "to": "new"}]


def test_a_change_to_what_is_already_so_changes_nothing(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t", "b", labels=["a"])
    there.box.advance(60)
    dev = there.as_("dev-1")
    dev("PATCH", f"{PATH}/issues/1", {"title": "t", "body": "b", "labels": ["a"], "state": "open"})
    dev("POST", f"{PATH}/issues/1/labels", ["a"])
    assert dev.get(f"{PATH}/issues/1")["updated_at"] == "2026-11-23T08:00:00Z"


def test_assignees_that_cannot_have_the_issue_are_left_out_without_a_word(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "t")
    response = there.as_("support-1")("POST", f"{PATH}/issues/1/assignees", {"assignees": ["dev-1", "stranger"]})
    assert response.status_code == 201
    assert [one["login"] for one in response.json()["assignees"]] == ["dev-1"]
    there.as_("key-user-1")("DELETE", f"{PATH}/issues/1/assignees", {"assignees": ["dev-1"]})
    assert there.store.issue(REPO, 1).assignees == ["dev-1"]
    there.as_("support-1")("DELETE", f"{PATH}/issues/1/assignees", {"assignees": ["dev-1"]})
    assert there.store.issue(REPO, 1).assignees == []
    assert there.as_("support-1")("GET", f"{PATH}/issues/1/assignees/key-user-1").status_code == 204
    assert there.as_("support-1")("GET", f"{PATH}/assignees/stranger").status_code == 404


def test_the_actor_of_an_assignment_may_be_the_assignee_and_the_assigner_did_it(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "t")
    there.store.add_assignees(REPO, 1, ["dev-1"], "support-1", actor_is_assignee=True)
    event = there.as_("dev-1").get(f"{PATH}/issues/1/events")[0]
    assert [event[key]["login"] for key in ("actor", "assignee", "assigner")] == ["dev-1", "dev-1", "support-1"]
