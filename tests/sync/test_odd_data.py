"""Odd and hostile data over HTTP: one clear message or none, nothing half done, the rest goes on."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from desk_world import OWN, REPO, World, world

from tierkeeper.plugins.model.event import Snapshot
from tierkeeper.sync.ledger import Ledger


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def at_help_desk(desk: World, **report: str) -> int:
    number = desk.reports(
        "key-user-1", report.get("title", "Export fails"), ("instance:berlin-01",), report.get("body", "")
    )
    desk.later()
    desk.run_quiet()
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    return number


@pytest.mark.parametrize(
    "body",
    [
        "",
        "x" * 65_536,
        "\x00\x07 bell \x1b[31m red \u202e reversed",
        "/handover\n" * 40,
        "<!-- tierkeeper:status -->",
        "@everyone #1 `code` | table |",
    ],
)
def test_any_body_is_read_and_nothing_in_it_acts(desk: World, body: str) -> None:
    number = at_help_desk(desk, body=body)
    assert desk.tier(number) == {"help-desk"}
    assert desk.comments(number) == []


def test_a_deleted_account_is_never_judged(desk: World) -> None:
    number = at_help_desk(desk)
    desk.hands("user-2", number, "development")
    desk.box.store.delete_user("user-2")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"development"}
    assert desk.comments(number) == []


def test_a_unicode_login_and_a_title_full_of_markup_are_shown_and_not_interpreted(desk: World) -> None:
    desk.box.store.add_user("zoë-müller", token="t-zoe")
    desk.box.store.set_permission(REPO, "zoë-müller", "triage")
    number = at_help_desk(desk, title="**bold** @all <script>")
    desk.box.store.add_labels(REPO, number, ["tier:support"], "zoë-müller")
    desk.box.store.remove_label(REPO, number, "tier:help-desk", "zoë-müller")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert "zoë-müller" in desk.comments(number)[0]


def test_somebody_elses_comment_with_our_marker_is_not_taken_for_ours(desk: World) -> None:
    number = at_help_desk(desk)
    desk.says("user-2", number, "**With development**\n\n<!-- tierkeeper:status -->")
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert len(desk.comments(number, by="user-2")) == 1
    assert len(desk.comments(number, by=OWN)) == 1


def test_a_reason_in_a_command_cannot_break_the_status_comment(desk: World) -> None:
    number = at_help_desk(desk)
    desk.says("user-1", number, "/handover nowhere")
    desk.later(5)
    desk.run_quiet()
    desk.says("help-desk-1", number, "/handover support a | b @desk-leader <!-- x --> **c**")
    desk.later(5)
    desk.run_quiet()
    comment = desk.comments(number)[0]
    assert "@desk-leader" not in comment
    assert r"a \| b" in comment


def test_many_commands_in_one_comment_get_one_line_and_change_nothing(desk: World) -> None:
    number = at_help_desk(desk)
    desk.says("help-desk-1", number, "\n\n".join(["/handover support please"] * 40))
    desk.later(5)
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert desk.comments(number)[0].count("Not carried out") == 1


def test_an_edited_comment_never_runs_a_command(desk: World) -> None:
    number = at_help_desk(desk)
    comment = desk.says("help-desk-1", number, "I looked at it.")
    desk.later(5)
    desk.run_quiet()
    desk.call("help-desk-1", "PATCH", f"/issues/comments/{comment}", {"body": "/handover support"})
    desk.later(5)
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert "Write a new comment" in desk.comments(number)[0]


def test_a_wrong_token_is_one_clear_problem_and_nothing_is_judged(desk: World) -> None:
    desk.token = "wrong"
    report = desk.cycle()
    assert report.exit_code == 1
    assert len(report.problems) == 1
    assert "the token is missing, wrong or expired" in report.problems[0]
    assert "not looked at" in report.problems[0]


def test_an_account_without_the_right_to_label_says_so_and_the_rest_goes_on(desk: World) -> None:
    first, second = at_help_desk(desk), at_help_desk(desk)
    desk.box.store.set_permission(REPO, OWN, "read")
    desk.hands("user-2", first, "development")
    desk.hands("help-desk-1", second, "support")
    desk.later()
    report = desk.cycle()
    assert report.exit_code == 1
    assert any("label" in problem and f"#{first}" in problem for problem in report.problems)
    assert desk.tier(second) == {"support"}


def test_a_comment_that_was_deleted_is_noticed_by_the_count(desk: World) -> None:
    number = at_help_desk(desk)
    comment = desk.says("help-desk-1", number, "Wrong issue, sorry.")
    desk.later()
    desk.run_quiet()
    desk.call("help-desk-1", "DELETE", f"/issues/comments/{comment}")
    desk.labels_issue("help-desk-1", number, "flag:TR01")
    desk.later()
    desk.run_quiet()
    policy = desk.policy()
    with Ledger.open(desk.ledger_path, desk=policy.desk.name) as ledger:
        known = ledger.history("webapp", str(number))
        assert known is not None
        assert known.history.comments == ()


def test_the_opt_out_label_counts_if_a_lead_set_it(desk: World) -> None:
    number = at_help_desk(desk)
    desk.box.store.add_label(REPO, "tierkeeper:off")
    desk.labels_issue("user-2", number, "tierkeeper:off")
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    desk.unlabels("user-2", number, "tierkeeper:off")
    desk.labels_issue("support-lead", number, "tierkeeper:off")
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"development"}


def test_a_snapshot_that_its_history_contradicts_is_looked_at_again_and_judged(desk: World) -> None:
    number = at_help_desk(desk)
    desk.hands("user-2", number, "development")
    desk.later()
    desk.cycle(write=False)
    with Ledger.open(desk.ledger_path, desk="Web application") as ledger:
        known = ledger.history("webapp", str(number))
        assert known is not None
        stale = msgspec.structs.replace(known.history.issue, labels=("instance:berlin-01",))
        held = Snapshot(issue=stale, events=known.history.events, comments=known.history.comments)
        ledger.store_snapshot("webapp", held, now=desk.box.now)
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert "Put back from development" in desk.comments(number)[0]
