"""Seventeen ways in which mirrors lose or double issues, and the tests that fail here without what prevents each.

`FAULTS` names them; what no other file shows is shown below it.
"""

from pathlib import Path
from typing import Any

import pytest
from mirror_world import MirrorWorld

from tierkeeper.sync.ledger import Ledger
from tierkeeper.sync.ledger.links import Links

TESTS = Path(__file__).parents[2]

FAULTS = {
    "L1 pages are counted over a set that our own writes move": (
        "plugins/github/test_feeds.py::test_g12_an_issue_that_is_touched_between_two_pages_is_not_missed_and_nor_is_its_neighbour",
        "plugins/jira/test_feeds.py::test_pages_are_batches_and_a_broken_reading_goes_on_where_it_was",
    ),
    "L2 the cursor is the local clock, or passes what failed": (
        "plugins/github/test_feeds.py::test_what_github_shows_up_to_a_minute_late_is_not_missed",
        "plugins/jira/test_feeds.py::test_j9_a_change_that_is_shown_after_a_later_one_is_not_missed",
        "sync/mirror/test_trouble.py::test_an_issue_that_fails_is_put_aside_with_a_label_and_the_rest_goes_on",
    ),
    "L3 the last writer wins, issue by issue": (
        "rules/mirroring/test_merge.py::test_what_one_side_changed_is_carried_over",
        "sync/mirror/test_links.py::test_what_was_lost_in_a_clash_is_said_and_kept",
    ),
    "L4 an answer is lost, or the run dies between create and record": (
        "sync/mirror/test_kills.py::test_making_a_twin_survives_a_death_at_every_moment",
        "sync/mirror/test_kills.py::test_carrying_over_survives_a_death_at_every_moment",
        "sync/cli/test_odd_mirror.py::test_one_twin_is_made_and_stays_in_step_whatever_comes_back",
        "sync/mirror/test_other_mirrors_faults.py::test_while_nobody_can_tell_whether_a_twin_was_made_none_is",
    ),
    "L5 search is behind": (
        "plugins/jira/test_feeds.py::test_j9_what_search_shows_minutes_late_is_not_missed",
        "plugins/github/test_tracker_reads.py::test_g13_what_was_created_is_found_without_search_which_lags",
        "sync/mirror/test_other_mirrors_faults.py::test_a_twin_that_search_does_not_show_yet_is_found",
    ),
    "L6 a library sends a create again": (
        "plugins/transport/test_writes.py::test_g1_a_create_whose_connection_is_cut_is_sent_once",
        "plugins/jira/test_client.py::test_j1_a_post_whose_answer_is_cut_is_sent_once",
    ),
    "L7 two runs overlap": (
        "sync/ledger/test_lease.py::test_a_lease_held_by_another_process_is_refused_and_its_holder_named",
        "sync/cli/test_errors.py::test_the_lease_of_another_process_ends_with_3_and_names_it",
    ),
    "L8 comments are told apart by their number or their text": (
        "sync/mirror/test_other_mirrors_faults.py::test_comments_that_say_the_same_are_as_many_on_the_twin",
        "sync/mirror/test_mirror_path.py::test_edited_and_deleted_comments_follow",
    ),
    "L9 news is dropped since something else was under way": (
        "sync/mirror/test_other_mirrors_faults.py::test_what_had_to_wait_is_carried_over_though_nothing_new_comes",
        "sync/mirror/test_other_mirrors_faults.py::test_what_a_run_writes_by_itself_is_no_old_news_to_the_mirror",
        "sync/mirror/test_trouble.py::test_a_tracker_in_trouble_is_left_alone_and_its_marks_stay",
    ),
    "L10 one issue that fails stops all": (
        "sync/mirror/test_trouble.py::test_an_issue_that_fails_is_put_aside_with_a_label_and_the_rest_goes_on",
        "sync/mirror/test_trouble.py::test_it_is_tried_less_and_less_often",
    ),
    "L11 a listing that is cut short is read as deletion": (
        "sync/test_census.py::test_a_listing_that_breaks_off_has_no_consequence",
        "sync/test_census.py::test_issues_that_are_missing_from_the_listing_but_there_stay",
        "sync/mirror/test_moves.py::test_a_short_listing_ends_and_closes_nothing",
    ),
    "L12 text is scrubbed to ASCII, or cut without a word": (
        "sync/mirror/test_other_mirrors_faults.py::test_every_script_crosses_as_it_is",
        "sync/mirror/test_texts.py::test_a_text_that_is_too_long_is_cut_and_its_comments_too",
    ),
    "L13 an issue of another type is deleted and made anew": (
        "sync/mirror/test_other_mirrors_faults.py::test_what_is_no_longer_for_the_mirror_keeps_its_twin",
    ),
    "L14 a transition is guessed by its name, and each failure is a comment": (
        "plugins/jira/test_transitions.py::test_j16_a_way_is_found_by_where_it_leads_not_by_its_name",
        "plugins/jira/test_transitions.py::test_of_two_closed_statuses_none_is_guessed_and_the_one_that_is_named_is_taken",
        "sync/mirror/test_flows.py::test_a_status_is_reached_over_several_hops_and_only_what_changed_is_carried",
        "sync/mirror/test_other_mirrors_faults.py::test_a_status_that_cannot_be_reached_is_no_comment_however_often_it_fails",
    ),
    "L15 our own writes are read back as news": (
        "sync/mirror/test_mirror_path.py::test_an_issue_that_goes_to_development_has_one_twin_there",
        "sync/mirror/test_costs.py::test_a_pair_costs_its_writes_and_the_rest_costs_what_changed",
        "sync/mirror/test_other_mirrors_faults.py::test_a_text_that_is_written_twice_in_a_row_is_no_clash",
    ),
    "L16 mentions call people, and references lead elsewhere": (
        "sync/mirror/test_crossing.py::test_nobody_is_called_on_the_twin",
        "sync/mirror/test_texts.py::test_a_repositorys_references_lead_into_it",
        "rules/mirroring/test_render.py::test_whatever_is_written_nobody_is_called",
    ),
    "L17 what is private goes where anybody reads": (
        "sync/mirror/test_crossing.py::test_nothing_that_is_redacted_is_in_any_request",
        "sync/mirror/test_crossing.py::test_a_public_repository_stops_a_private_mirror",
        "sync/mirror/test_crossing.py::test_what_only_a_role_sees_does_not_go_public_and_what_becomes_so_is_deleted",
        "sync/mirror/test_crossing.py::test_an_issue_with_a_security_level_gets_no_public_twin",
        "sync/mirror/test_hooks.py::test_what_a_plugin_adds_to_a_twin_is_redacted_too",
    ),
}


def test_each_fault_has_its_tests() -> None:
    assert [fault.split()[0] for fault in FAULTS] == [f"L{number}" for number in range(1, 18)]
    for place in (one for places in FAULTS.values() for one in places):
        file, _, name = place.partition("::")
        assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8"), place


def handed_over(world: MirrorWorld, title: str = "Export fails", body: str = "It stops.") -> str:
    issue: str = world.desk.report("key-user-1", title, body, ("tier:development",))
    world.later()
    return issue


def tried_at_once(world: MirrorWorld) -> Any:
    """What was put aside is tried again now."""
    with Ledger.open(world.ledger_path, desk="Web application") as ledger:
        Links(ledger).mark([one.ref for one in Links(ledger).held()])
    return world.cycle()


@pytest.mark.parametrize("world", ["github-jira", "jira-jira"], indirect=True)
def test_while_nobody_can_tell_whether_a_twin_was_made_none_is(world: MirrorWorld) -> None:
    handed_over(world)
    world.jira.faults.add("cut-after-write", match=r"^POST .*/issue$", times=1)
    assert "may have been made" in world.cycle().problems[0]
    world.jira.faults.add("server-error", status=500, match="issue/bulkfetch", times=100)
    world.later(300)
    assert "cannot be told yet" in tried_at_once(world).problems[0]
    assert len(world.dev.issues()) == 1
    world.jira.faults.clear()
    world.later(300)
    world.run_quiet()
    assert len(world.dev.issues()) == 1


@pytest.mark.parametrize("world", ["github-jira", "jira-jira"], indirect=True)
def test_a_twin_that_search_does_not_show_yet_is_found(world: MirrorWorld) -> None:
    world.run()
    handed_over(world)
    world.jira.faults.add("cut-after-write", match=r"^POST .*/issue$", times=1)
    world.cycle()
    world.jira.faults.add("search-lag", seconds=86_400)
    world.later(120)
    world.cycle()
    assert len(world.dev.issues()) == 1
    world.jira.faults.clear()
    world.later(600)
    world.run_quiet()
    assert len(world.dev.issues()) == 1


def test_comments_that_say_the_same_are_as_many_on_the_twin(world: MirrorWorld) -> None:
    issue = handed_over(world)
    said = [world.desk.comment("support-1", issue, "Me too.") for _ in range(3)]
    world.run_quiet()

    def shown() -> list[str]:
        (twin,) = world.dev.issues()
        return [text for _, text in twin.comments]

    assert ["Me too." in text for text in shown()] == [True, True, True]
    world.desk.delete_comment("support-1", said[1])
    world.desk.comment("support-1", issue, "Not any more.")  # as many as before
    world.later()
    world.run_quiet()
    assert [("Me too." in text, "Not any more." in text) for text in shown()] == [
        (True, False),
        (True, False),
        (False, True),
    ]


def test_what_had_to_wait_is_carried_over_though_nothing_new_comes(world: MirrorWorld) -> None:
    world.rules = "{PO03: {mode: enforce, roles: {priority: [support, developers]}}}"
    handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.dev.label("dev-1", twin.id, "priority:low")
    for _ in range(3):
        world.later(10)
        world.run()
    assert "priority:low" not in world.desk.issues()[0].labels  # somebody may still be clicking
    world.later(60)
    world.run_quiet()
    assert "priority:low" in world.desk.issues()[0].labels


def test_what_a_run_writes_by_itself_is_no_old_news_to_the_mirror(world: MirrorWorld) -> None:
    world.rules = "{TR02: {mode: enforce}}"
    issue = world.desk.report("key-user-1", "Export fails", "It stops.", ("tier:support",))
    world.later()
    world.run_quiet()
    world.desk.comment("support-1", issue, "/handover development it is cut")
    world.later()
    for _ in range(3):
        world.run()
        world.later()
    assert [one.title for one in world.dev.issues()] == ["Export fails"]


def test_every_script_crosses_as_it_is(world: MirrorWorld) -> None:
    words = "Größe 一二三 сервер ευρώ 👩‍💻 שלום naïve"
    issue = handed_over(world, f"Export: {words}", f"It says {words}.")
    world.desk.comment("support-1", issue, f"Here too: {words}")
    world.run_quiet()
    (twin,) = world.dev.issues()
    assert twin.title == f"Export: {words}"
    assert f"It says {words}." in twin.text
    assert [text for _, text in twin.comments if f"Here too: {words}" in text]


def test_what_is_no_longer_for_the_mirror_keeps_its_twin(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    for new, old in (("tier:support", "tier:development"), ("tier:development", "tier:support")):
        world.desk.label("support-1", issue, new)
        world.desk.unlabel("support-1", issue, old)
        world.desk.rename("support-1", issue, f"Export fails, {new}")
        world.later()
        world.run_quiet()
        assert [(one.id, one.title, one.open) for one in world.dev.issues()] == [
            (twin.id, f"Export fails, {new}", True)
        ]


def test_a_text_that_is_written_twice_in_a_row_is_no_clash(world: MirrorWorld) -> None:
    issue = handed_over(world)
    for text in ("It stops at 80 %.", "It stops at 70 %.", "It stops at 60 %."):
        world.run()
        world.desk.rewrite("support-1", issue, text)
        world.later()
    world.run_quiet()
    (source,), (twin,) = world.desk.issues(), world.dev.issues()
    assert "60 %" in twin.text
    assert "had a new text" not in source.status


@pytest.mark.parametrize("world", ["github-jira", "jira-jira"], indirect=True)
def test_a_status_that_cannot_be_reached_is_no_comment_however_often_it_fails(world: MirrorWorld) -> None:
    issue = handed_over(world)
    world.run_quiet()
    (twin,) = world.dev.issues()
    world.jira.faults.add("server-error", status=400, match=r"POST .*/transitions", times=100)
    world.desk.close("support-1", issue)
    for _ in range(3):
        world.later(3600)
        assert world.cycle().exit_code == 1
    (source,) = world.desk.issues()
    assert "flag:mirror" in source.labels
    assert (source.comments, world.dev.issues()[0].comments) == ([], [])
    world.jira.faults.clear()
    world.later(86_400)
    world.run_quiet()
    assert not next(one for one in world.dev.issues() if one.id == twin.id).open
