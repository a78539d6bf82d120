"""The sandbox's comments, history, relations and fields follow GitHub's rules."""

from collections.abc import Iterator

import pytest
from sandbox_world import PATH, REPO, START, World, world


@pytest.fixture
def there() -> Iterator[World]:
    with world() as made:
        yield made


def test_comments_are_listed_by_issue_and_by_repository_from_a_time_on(there: World) -> None:
    for number in (1, 2):
        there.store.create_issue(REPO, "key-user-1", "t")
        there.store.comment(REPO, number, "key-user-1", f"c{number}")
        there.box.advance(60)
    dev = there.as_("dev-1")
    assert [one["body"] for one in dev.get(f"{PATH}/issues/comments")] == ["c1", "c2"]
    newest = dev.get(f"{PATH}/issues/comments?sort=updated&direction=desc&since=2026-11-23T08:01:00Z")
    assert [one["body"] for one in newest] == ["c2"]
    assert dev.get(f"{PATH}/issues/1/comments?since=2026-11-23T08:00:01Z") == []
    assert [one["body"] for one in dev.get(f"{PATH}/issues/1/comments?since=2026-11-23T08:00:00Z")] == ["c1"]


def test_a_comment_is_edited_and_deleted_by_its_author_or_with_write_access(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    key = there.store.comment(REPO, 1, "key-user-1", "first")
    there.box.advance(60)
    path = f"{PATH}/issues/comments/{key}"
    assert there.as_("support-1")("PATCH", path, {"body": "x"}).status_code == 403
    edited = there.as_("key-user-1")("PATCH", path, {"body": "second"}).json()
    assert (edited["body"], edited["updated_at"]) == ("second", "2026-11-23T08:01:00Z")
    assert there.as_("dev-1").get(f"{PATH}/issues/1")["comments"] == 1
    assert there.as_("dev-1")("DELETE", path).status_code == 204
    assert there.as_("dev-1")("GET", path).status_code == 404
    assert there.as_("dev-1").get(f"{PATH}/issues/1")["comments"] == 0


def test_the_same_reaction_twice_is_one(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    key = there.store.comment(REPO, 1, "key-user-1", "c")
    dev = there.as_("dev-1")
    for path in (f"{PATH}/issues/1", f"{PATH}/issues/comments/{key}"):
        assert dev("POST", f"{path}/reactions", {"content": "eyes"}).status_code == 201
        assert dev("POST", f"{path}/reactions", {"content": "eyes"}).status_code == 200
        assert dev.get(path)["reactions"]["eyes"] == 1
        reaction = dev.get(f"{path}/reactions")[0]
        assert dev("DELETE", f"{path}/reactions/{reaction['id']}").status_code == 204
        assert dev.get(f"{path}/reactions") == []


def test_a_locked_issue_takes_comments_from_writers_only(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "t")
    assert there.as_("support-1")("PUT", f"{PATH}/issues/1/lock", {"lock_reason": "resolved"}).status_code == 204
    assert there.as_("key-user-1")("POST", f"{PATH}/issues/1/comments", {"body": "x"}).status_code == 403
    assert there.as_("dev-1")("POST", f"{PATH}/issues/1/comments", {"body": "x"}).status_code == 201
    assert there.as_("support-1")("DELETE", f"{PATH}/issues/1/lock").status_code == 204
    assert [one["event"] for one in there.as_("dev-1").get(f"{PATH}/issues/1/events")] == ["locked", "unlocked"]


def test_the_timeline_has_comments_among_the_events(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t", labels=["a"])
    there.store.comment(REPO, 1, "key-user-1", "c")
    there.store.close(REPO, 1, "dev-1", "not_planned")
    entries = there.as_("dev-1").get(f"{PATH}/issues/1/timeline")
    assert [one["event"] for one in entries] == ["labeled", "commented", "closed"]
    assert (entries[1]["user"]["login"], entries[2]["state_reason"]) == ("key-user-1", "not_planned")


def test_history_can_be_seeded_in_the_past_and_is_listed_by_time(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "late", at=START.replace(day=20), labels=["b"])
    there.store.create_issue(REPO, "key-user-1", "early", at=START.replace(day=10), labels=["a"])
    events = there.as_("dev-1").get(f"{PATH}/issues/events")
    assert [one["created_at"][:10] for one in events] == ["2026-11-20", "2026-11-10"]
    assert [one["issue"]["title"] for one in events] == ["late", "early"]
    assert there.as_("dev-1").get(f"{PATH}/issues/events/{events[0]['id']}")["label"]["name"] == "b"


def test_ids_of_events_and_comments_strictly_rise(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t", labels=["a", "b"])
    first, second = (there.store.comment(REPO, 1, "dev-1", "c") for _ in range(2))
    ids = [one["id"] for one in there.as_("dev-1").get(f"{PATH}/issues/1/events")]
    assert ids == sorted(set(ids))
    assert ids[-1] < first < second


def test_pull_requests_come_among_the_issues_with_a_key_of_their_own(there: World) -> None:
    there.store.add_pull_request(REPO, "dev-1", "change", labels=["a"])
    there.store.create_issue(REPO, "dev-1", "t")
    listed = there.as_("dev-1").get(f"{PATH}/issues")
    assert [(one["title"], "pull_request" in one) for one in listed] == [("t", False), ("change", True)]
    assert "pull_request" in there.as_("dev-1").get(f"{PATH}/issues/events")[0]["issue"]


def test_what_lists_leave_out_is_there_in_a_single_look(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    assert "closed_by" not in there.as_("dev-1").get(f"{PATH}/issues")[0]
    assert "closed_by" in there.as_("dev-1").get(f"{PATH}/issues/1")


def test_what_an_app_does_names_the_app_and_is_a_bots(there: World) -> None:
    there.store.add_app("tidy", token="t-app")
    there.store.set_permission(REPO, "tidy[bot]", "write")
    there.store.create_issue(REPO, "dev-1", "t")
    app = there.as_("app")
    app("POST", f"{PATH}/issues/1/labels", ["a"])
    comment = app("POST", f"{PATH}/issues/1/comments", {"body": "c"}).json()
    event = app.get(f"{PATH}/issues/1/events")[0]
    assert (event["actor"]["login"], event["actor"]["type"]) == ("tidy[bot]", "Bot")
    assert event["performed_via_github_app"]["slug"] == comment["performed_via_github_app"]["slug"] == "tidy"
    there.store.add_labels(REPO, 1, ["b"], "dev-1", performed_via_app="other")
    assert app.get(f"{PATH}/issues/1/events")[1]["performed_via_github_app"]["slug"] == "other"


def test_a_deleted_account_is_a_ghost_and_its_events_have_no_actor(there: World) -> None:
    there.store.create_issue(REPO, "key-user-1", "t")
    there.store.comment(REPO, 1, "key-user-1", "c")
    there.store.edit_title(REPO, 1, "u", "key-user-1")
    there.store.delete_user("key-user-1")
    dev = there.as_("dev-1")
    assert dev.get(f"{PATH}/issues/1")["user"]["login"] == "ghost"
    assert dev.get(f"{PATH}/issues/1/comments")[0]["user"]["login"] == "ghost"
    assert dev.get(f"{PATH}/issues/1/events")[0]["actor"] is None
    assert dev("GET", "/users/key-user-1").status_code == 404
    assert there.as_("key-user-1")("GET", "/user").status_code == 401


def test_sub_issues_and_dependencies_are_named_by_id(there: World) -> None:
    for _ in range(2):
        there.store.create_issue(REPO, "dev-1", "t")
    dev, second = there.as_("dev-1"), there.store.issue(REPO, 2).id
    assert dev("POST", f"{PATH}/issues/1/sub_issues", {"sub_issue_id": second}).status_code == 201
    assert dev.get(f"{PATH}/issues/2/parent")["number"] == 1
    assert dev.get(f"{PATH}/issues/1")["sub_issues_summary"]["total"] == 1
    assert dev("POST", f"{PATH}/issues/1/sub_issues", {"sub_issue_id": second}).status_code == 422
    assert dev("DELETE", f"{PATH}/issues/1/sub_issue", {"sub_issue_id": second}).status_code == 200
    assert dev("POST", f"{PATH}/issues/1/dependencies/blocked_by", {"issue_id": second}).status_code == 201
    assert [one["number"] for one in dev.get(f"{PATH}/issues/2/dependencies/blocking")] == [1]
    assert dev("DELETE", f"{PATH}/issues/1/dependencies/blocked_by/{second}").status_code == 200
    assert dev.get(f"{PATH}/issues/1/dependencies/blocked_by") == []


def test_a_milestone_leaves_an_event(there: World) -> None:
    there.store.create_issue(REPO, "dev-1", "t")
    dev = there.as_("dev-1")
    assert dev("POST", f"{PATH}/milestones", {"title": "1.0"}).json()["number"] == 1
    assert dev("PATCH", f"{PATH}/issues/1", {"milestone": 1}).json()["milestone"]["open_issues"] == 1
    assert [one["number"] for one in dev.get(f"{PATH}/issues?milestone=1")] == [1]
    dev("PATCH", f"{PATH}/issues/1", {"milestone": None})
    assert [one["event"] for one in dev.get(f"{PATH}/issues/1/events")] == ["milestoned", "demilestoned"]


def test_types_and_fields_are_the_organizations_and_leave_github_like_traces(there: World) -> None:
    there.store.add_issue_type("example", "Bug")
    field = there.store.add_issue_field("example", "Priority", options=["Urgent", "High"])
    there.store.create_issue(REPO, "dev-1", "t")
    dev, path = there.as_("dev-1"), f"{PATH}/issues/1"
    assert [one["name"] for one in dev.get(f"{PATH}/issue-types")] == ["Bug"]
    assert [one["id"] for one in dev.get("/orgs/example/issue-fields")] == [field.id]
    value = {"issue_field_values": [{"field_id": field.id, "value": "High"}]}
    shown = dev("PATCH", path, {"type": "bug", **value}).json()
    (given,) = shown["issue_field_values"]
    assert (shown["type"]["name"], given["single_select_option"]["name"]) == ("Bug", "High")
    assert given["value"] == given["single_select_option"]["id"]
    wrong = {"issue_field_values": [{"field_id": field.id, "value": "Whenever"}]}
    assert dev("POST", f"{path}/issue-field-values", wrong).status_code == 422
    assert dev("PUT", f"{path}/issue-field-values", {"issue_field_values": []}).json() == []
    assert dev("DELETE", f"{path}/issue-field-values/{field.id}").status_code == 404
    assert [one["event"] for one in dev.get(f"{path}/events")] == ["issue_type_added"]
    assert dev("PATCH", path, {"type": "Wish"}).status_code == 422


def test_a_type_is_dropped_without_a_word_when_one_may_not_write(there: World) -> None:
    there.store.add_issue_type("example", "Bug")
    response = there.as_("support-1")("POST", f"{PATH}/issues", {"title": "t", "type": "Bug"})
    assert (response.status_code, response.json()["type"]) == (201, None)


def test_relations_follow_an_issue_that_is_transferred_and_forget_one_that_is_deleted(there: World) -> None:
    for title in ("parent", "child", "blocker"):
        there.store.create_issue(REPO, "dev-1", title)
    parent, child, blocker = (there.store.issue(REPO, number) for number in (1, 2, 3))
    there.store.add_sub_issue(parent, child, "dev-1")
    there.store.add_blocker(parent, blocker, "dev-1")
    there.store.add_repository("example/shop", permissions={"dev-1": "write"})
    there.store.transfer_issue(REPO, 2, "example/shop", "dev-1")
    there.store.delete_issue(REPO, 3)
    dev = there.as_("dev-1")
    assert [one["html_url"] for one in dev.get(f"{PATH}/issues/1/sub_issues")] == [
        f"{there.box.url}/example/shop/issues/1"
    ]
    assert dev.get("/repos/example/shop/issues/1/parent")["number"] == 1
    assert dev.get(f"{PATH}/issues/1/dependencies/blocked_by") == []
