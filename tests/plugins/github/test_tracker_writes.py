"""Writes: the fewest requests, sent once, and believed only when the answer shows them."""

from collections.abc import Iterator

import pytest
from github_bench import GitHubBench, github_bench
from sandbox_world import PATH, REPO

from tierkeeper.plugins.errors import Moved, NotFound, PermissionDenied, WriteRefused
from tierkeeper.plugins.github.writes import LONGEST_TEXT, with_marker
from tierkeeper.plugins.model.change import (
    Acknowledge,
    AddLabel,
    Applied,
    Assign,
    Change,
    Created,
    DeleteComment,
    Draft,
    EditComment,
    Marker,
    PostComment,
    RemoveLabel,
    SetField,
    SetState,
    Unassign,
    Unknown,
)
from tierkeeper.plugins.tracker import Tracker

MARKER = Marker("Web application", "help-7")


@pytest.fixture
def bench() -> Iterator[GitHubBench]:
    with github_bench() as made:
        yield made


@pytest.fixture
def issue(bench: GitHubBench) -> str:
    made = bench.create_issue(bench.bob, "It fails", labels=["tier:key-users", "kind:bug"])
    bench.asked()
    return made


def apply(bench: GitHubBench, issue: str, *changes: Change, tracker: Tracker | None = None) -> Applied:
    found = (tracker or bench.tracker).apply(bench.ref(issue), bench.queue, changes)
    assert isinstance(found, Applied), found
    return found


def methods(bench: GitHubBench) -> list[str]:
    return [f"{method} {path.removeprefix(PATH + '/issues/')}" for method, path, _ in bench.asked()]


def test_all_that_is_wanted_is_written_with_the_fewest_requests_in_order(bench: GitHubBench, issue: str) -> None:
    changes: list[Change] = [
        PostComment("Hello", "status"),
        SetState(open=False, reason="not planned"),
        RemoveLabel("tier:key-users"),
        Assign("dev-1"),
        AddLabel("tier:support"),
        SetField("title", "It fails at once"),
        AddLabel("sla:at-risk"),
        Assign("support-1"),
    ]
    found = apply(bench, issue, *changes)
    assert methods(bench) == [
        f"POST {issue}/labels",
        f"DELETE {issue}/labels/tier%3Akey-users",
        f"PATCH {issue}",
        f"POST {issue}/assignees",
        f"POST {issue}/comments",
    ]
    assert found.requests == 5
    assert found.labels is not None
    assert set(found.labels) == {"kind:bug", "tier:support", "sla:at-risk"}
    assert found.updated == bench.now()
    stored = bench.store.issue(REPO, int(issue))
    assert (stored.state, stored.state_reason, stored.title) == ("closed", "not_planned", "It fails at once")
    assert stored.assignees == ["dev-1", "support-1"]


def test_nothing_to_write_is_no_request(bench: GitHubBench, issue: str) -> None:
    assert apply(bench, issue) == Applied()
    assert bench.asked() == []


def test_g11_labels_are_added_and_removed_one_by_one_and_never_replaced(bench: GitHubBench, issue: str) -> None:
    bench.add_label(bench.bob, issue, "tier/2")
    bench.add_label(bench.bob, issue, "größe 名#?%")
    found = apply(bench, issue, RemoveLabel("tier/2"), RemoveLabel("größe 名#?%"), AddLabel("tier:support"))
    assert found.labels == ("tier:key-users", "kind:bug", "tier:support")
    assert {method for method, *_ in bench.asked()} == {"POST", "DELETE"}


def test_g11_a_label_that_is_gone_already_is_fine_and_the_others_are_known(bench: GitHubBench, issue: str) -> None:
    assert apply(bench, issue, RemoveLabel("tier:nowhere")).labels == ("tier:key-users", "kind:bug")


def test_a_label_that_somebody_else_set_meanwhile_is_left_and_shown(bench: GitHubBench, issue: str) -> None:
    bench.add_label(bench.bob, issue, "theirs")
    assert "theirs" in (apply(bench, issue, AddLabel("tier:support")).labels or ())


@pytest.mark.parametrize("login", ["tierkeeper", "key-user-1"])
def test_g7_a_label_that_github_dropped_without_a_word_is_an_error_that_names_it(
    bench: GitHubBench, issue: str, login: str
) -> None:
    bench.box.faults.add("drop-labels")
    with pytest.raises((WriteRefused, PermissionDenied), match=r"github: example/webapp#1: "):
        apply(bench, issue, AddLabel("tier:support"), tracker=bench.make(login))


def test_g7_the_message_says_which_label_and_what_to_do(bench: GitHubBench, issue: str) -> None:
    bench.box.faults.add("drop-labels")
    with pytest.raises(WriteRefused, match=r"did not set 'tier:support': no right to label\? .*triage"):
        apply(bench, issue, AddLabel("tier:support"))


def test_g7_an_issue_created_without_its_labels_is_an_error_that_names_it(bench: GitHubBench) -> None:
    draft = Draft(title="Twin", body="b", labels=("tier:support",))
    with pytest.raises(WriteRefused, match=r"example/webapp: #1 was created without 'tier:support'"):
        bench.make("key-user-1").create(bench.queue, draft, MARKER)


def test_g7_somebody_who_cannot_be_assigned_is_an_error(bench: GitHubBench, issue: str) -> None:
    with pytest.raises(WriteRefused, match="stranger cannot be assigned: not a collaborator"):
        apply(bench, issue, Assign("stranger"))


def test_g3_a_renamed_repository_takes_no_write_and_says_so(bench: GitHubBench, issue: str) -> None:
    bench.store.rename_repository(REPO, "example/portal")
    writes: tuple[Change, ...] = (
        AddLabel("x"),
        RemoveLabel("kind:bug"),
        SetState(open=False),
        Assign("dev-1"),
        PostComment("b", "k"),
    )
    before = len(bench.store.data.events), len(bench.store.data.comments)
    for change in writes:
        with pytest.raises(Moved, match=r"github: example/webapp#1: "):
            apply(bench, issue, change)
    with pytest.raises(Moved):
        bench.tracker.create(bench.queue, Draft(title="t", body="b"), MARKER)
    assert (len(bench.store.data.events), len(bench.store.data.comments)) == before
    assert len(bench.store.data.issues) == 1


def test_g5_nothing_is_written_to_an_issue_that_was_transferred(bench: GitHubBench, issue: str) -> None:
    bench.store.transfer_issue(REPO, int(issue), "example/secret", "dev-1")
    before = len(bench.store.data.comments)
    with pytest.raises((Moved, NotFound)):
        apply(bench, issue, PostComment("b", "k"))
    assert len(bench.store.data.comments) == before


@pytest.mark.parametrize("kind", ["cut-after-write", "server-error"])
def test_g1_a_comment_whose_outcome_is_unknown_is_not_sent_again(bench: GitHubBench, issue: str, kind: str) -> None:
    options = {"written": True} if kind == "server-error" else {}
    bench.box.faults.add(kind, match="^POST", times=1, **options)
    found = bench.tracker.apply(
        bench.ref(issue), bench.queue, [SetState(open=False), PostComment("b", "k"), PostComment("c", "l")]
    )
    assert isinstance(found, Unknown)
    assert "written before that: state" in found.reason
    assert len(bench.store.data.comments) == 1


def test_what_failed_later_says_what_was_written_before(bench: GitHubBench, issue: str) -> None:
    with pytest.raises(
        WriteRefused, match=r"written before that: labels tier:support, label kind:bug taken off, state"
    ):
        apply(
            bench,
            issue,
            AddLabel("tier:support"),
            RemoveLabel("kind:bug"),
            SetState(open=False),
            Assign("stranger"),
        )


def test_a_comment_is_posted_edited_and_deleted_under_its_marker(bench: GitHubBench, issue: str) -> None:
    made = apply(bench, issue, PostComment("Hello\r\n  \r\nthere  ", "status"))
    key = made.comments["status"]
    comment = bench.store.data.comments[int(key)]
    assert comment.body == "Hello\n  \nthere\n\n<!-- tierkeeper:status -->"
    apply(bench, issue, EditComment(key, "Goodbye", "status"))
    assert comment.body == "Goodbye\n\n<!-- tierkeeper:status -->"
    apply(bench, issue, DeleteComment(key))
    assert bench.store.data.comments == {}
    apply(bench, issue, DeleteComment(key))


def test_a_comment_is_acknowledged_by_one_reaction_of_ours_however_often_it_is_asked_for(
    bench: GitHubBench, issue: str
) -> None:
    said = bench.comment(bench.alice, issue, "/appeal it is worse than that")
    assert apply(bench, issue, Acknowledge(said)).requests == 1
    assert apply(bench, issue, Acknowledge(said)).requests == 1
    assert [status for _, path, status in bench.asked() if path.endswith("/reactions")] == [201, 200]
    comment = bench.store.data.comments[int(said)]
    reactions = [bench.store.data.reactions[key] for key in comment.reactions]
    assert [(one.author, one.content) for one in reactions] == [("tierkeeper", "+1")]


def test_a_reaction_whose_answer_is_lost_may_be_sent_again(bench: GitHubBench, issue: str) -> None:
    said = bench.comment(bench.alice, issue, "/appeal it is worse than that")
    bench.box.faults.add("cut-after-write", match="^POST .*/reactions", times=1)
    bench.tracker.apply(bench.ref(issue), bench.queue, [Acknowledge(said)])
    apply(bench, issue, Acknowledge(said))
    assert len(bench.store.data.comments[int(said)].reactions) == 1


def test_a_comment_that_is_gone_needs_no_reaction(bench: GitHubBench, issue: str) -> None:
    said = bench.comment(bench.alice, issue, "/appeal it is worse than that")
    bench.store.delete_comment(int(said), bench.alice)
    apply(bench, issue, Acknowledge(said))


def test_a_person_is_taken_off(bench: GitHubBench, issue: str) -> None:
    apply(bench, issue, Assign("dev-1"), Assign("support-1"))
    apply(bench, issue, Unassign("DEV-1"))
    assert bench.store.issue(REPO, int(issue)).assignees == ["support-1"]


def test_a_reopened_issue_is_open(bench: GitHubBench, issue: str) -> None:
    apply(bench, issue, SetState(open=False))
    apply(bench, issue, SetState(open=True))
    assert bench.store.issue(REPO, int(issue)).state == "open"


def test_a_field_that_github_does_not_have_is_refused(bench: GitHubBench, issue: str) -> None:
    with pytest.raises(WriteRefused, match="no field 'priority'"):
        apply(bench, issue, SetField("priority", "high"))
    with pytest.raises(WriteRefused, match="no field 'priority'"):
        bench.tracker.create(bench.queue, Draft(title="t", body="b", fields={"priority": "high"}), MARKER)
    assert bench.asked() == []


def test_control_characters_are_left_out(bench: GitHubBench, issue: str) -> None:
    made = apply(bench, issue, PostComment("a\x00b\x1b[31m\tc\ud800\x85d", "status"))
    body = bench.store.data.comments[int(made.comments["status"])].body
    assert body.splitlines()[0] == "ab[31m\tcd"


def test_a_text_that_is_too_long_is_cut_visibly_and_keeps_its_marker(bench: GitHubBench, issue: str) -> None:
    made = apply(bench, issue, PostComment("x" * 70_000, "status"))
    body = bench.store.data.comments[int(made.comments["status"])].body
    assert len(body) == LONGEST_TEXT
    assert body.endswith("takes no more than 65,536 characters)*\n\n<!-- tierkeeper:status -->")
    assert len(with_marker("x" * 70_000, "desk", "key")) == LONGEST_TEXT


def test_a_created_issue_shows_what_was_asked_and_bears_its_marker(bench: GitHubBench) -> None:
    draft = Draft(title="Twin\nof 7", body="It fails", labels=("tier:support",), assignees=("dev-1",))
    made = bench.tracker.create(bench.queue, draft, MARKER)
    assert isinstance(made, Created)
    assert made.issue.title == "Twin of 7"
    assert made.issue.body == "It fails\n\n<!-- tierkeeper:Web%20application:help-7 -->"
    assert len(bench.asked()) == 1
