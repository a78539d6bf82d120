"""PR03, /waiting and /resume over HTTP: who waits for whom, what ends it, and what is flagged; nothing twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import REPO, World, world
from jira_desk import JiraDesk, jira_desk

HOUR = 3600.0


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        made.rules = ["PR03: {longest: {vendor: 3h}}"]
        made.extra = "promises: {targets: [{resolution: 8h}]}\n"
        if not isinstance(made, JiraDesk):
            for name in ("waiting:reporter", "waiting:vendor"):
                made.box.store.add_label(REPO, name)
        yield made


def settle(desk: World) -> None:
    desk.later()
    desk.run_quiet()


def with_support(desk: World) -> int:
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    settle(desk)
    for who, tier in (("key-user-1", "help-desk"), ("help-desk-1", "support")):
        desk.hands(who, number, tier)
        settle(desk)
    return number


def waits_for(desk: World, number: int) -> set[str]:
    return {label.removeprefix("waiting:") for label in desk.labels(number) if label.startswith("waiting:")}


def test_a_wait_begins_and_ends_with_a_command(desk: World) -> None:
    number = with_support(desk)
    desk.says("support-1", number, "/waiting vendor their ticket 4711")
    settle(desk)
    assert waits_for(desk, number) == {"vendor"}
    desk.says("support-2", number, "/resume the patch is here")
    settle(desk)
    assert waits_for(desk, number) == set()


def test_the_reporters_answer_ends_the_wait_for_them(desk: World) -> None:
    number = with_support(desk)
    desk.says("support-1", number, "/waiting reporter which browser is it?")
    settle(desk)
    assert waits_for(desk, number) == {"reporter"}
    desk.later(2 * HOUR)
    desk.run_quiet()
    assert "flag:PR03" not in desk.labels(number)
    desk.says("key-user-1", number, "It is Firefox.")
    settle(desk)
    assert waits_for(desk, number) == set()


def test_flag_mode_leaves_the_label_to_people(desk: World) -> None:
    desk.mode = "flag"
    number = with_support(desk)
    desk.says("support-1", number, "Which browser is it?")
    desk.labels_issue("support-1", number, "waiting:reporter")
    settle(desk)
    desk.says("key-user-1", number, "It is Firefox.")
    settle(desk)
    assert waits_for(desk, number) == {"reporter"}
    assert "flag:PR03" in desk.labels(number)
    assert "The reporter answered on 23 Nov 2026" in desk.comments(number)[0]
    desk.unlabels("support-1", number, "waiting:reporter")
    settle(desk)
    assert "flag:PR03" not in desk.labels(number)


def test_a_wait_without_a_question_is_flagged_until_it_is_asked(desk: World) -> None:
    number = with_support(desk)
    desk.labels_issue("support-1", number, "waiting:reporter")
    settle(desk)
    assert "flag:PR03" not in desk.labels(number)
    desk.later(HOUR)
    desk.run_quiet()
    assert "flag:PR03" in desk.labels(number)
    assert "without a question to them" in desk.comments(number)[0]
    desk.says("support-1", number, "Which browser is it?")
    settle(desk)
    assert "flag:PR03" not in desk.labels(number)


def test_a_late_cycle_flags_a_wait_that_is_too_long_with_the_same_words(desk: World) -> None:
    number = with_support(desk)
    desk.labels_issue("support-1", number, "waiting:vendor")
    settle(desk)
    desk.later(30 * HOUR)
    desk.run_quiet()
    assert "flag:PR03" in desk.labels(number)
    assert "longer than 3h: until 23 Nov 2026 12:0" in desk.comments(number)[0]


def test_who_may_not_make_it_wait_is_told_so(desk: World) -> None:
    number = with_support(desk)
    desk.says("key-user-1", number, "/waiting vendor I read so")
    settle(desk)
    assert waits_for(desk, number) == set()
    assert "/waiting is for the desk's staff" in desk.comments(number)[0]


def test_label_ladder_and_waits_agree_at_every_turn(desk: World) -> None:
    desk.rules = ["PR01:", "PR02: {ladder: [{at: 50%, tell: lead}]}", "PR03:"]
    if not isinstance(desk, JiraDesk):
        for name in ("ok", "at-risk", "breached", "paused"):
            desk.box.store.add_label(REPO, f"sla:{name}")
    desk.run_quiet()
    number = with_support(desk)
    assert "sla:ok" in desk.labels(number)
    desk.says("support-1", number, "/waiting reporter which browser is it?")
    settle(desk)
    assert {"sla:paused", "waiting:reporter"} <= desk.labels(number)
    desk.later(20 * HOUR)
    desk.run_quiet()
    assert "sla:paused" in desk.labels(number)
    desk.says("key-user-1", number, "It is Firefox.")
    settle(desk)
    assert "sla:ok" in desk.labels(number)
    assert waits_for(desk, number) == set()
    desk.later(7 * HOUR)
    desk.run_quiet()
    assert "sla:at-risk" in desk.labels(number)
    assert sum("Solution is due on 24 Nov 2026 13:0" in body for body in desk.comments(number) if "@" in body) == 1
    desk.says("support-1", number, "It works again.")
    desk.closes("support-1", number)
    settle(desk)
    assert "sla:ok" in desk.labels(number)
