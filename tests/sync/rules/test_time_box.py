"""TR13 over HTTP: held too long, passed on too easily; one line, a label, and nothing twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import World, world
from jira_desk import jira_desk


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        made.rules = ["TR13: {mode: flag, boxes: {help-desk: 4h, support: 2bh}}"]
        made.extra = 'calendars: {office: {hours: {mon-fri: ["09:00-18:00"]}}}\ncalendar: office\n'
        yield made


def with_help_desk(desk: World) -> int:
    number = desk.reports("key-user-1", "Export fails", ("instance:berlin-01",))
    desk.later()
    desk.run_quiet()
    desk.hands("key-user-1", number, "help-desk")
    desk.later()
    desk.run_quiet()
    return number


def test_an_issue_held_too_long_is_offered_for_handover_when_its_box_ends(desk: World) -> None:
    number = with_help_desk(desk)
    desk.later(3 * 3600)
    desk.run_quiet()
    assert "flag:TR13" not in desk.labels(number)
    desk.later(3600)
    desk.run_quiet()
    assert "flag:TR13" in desk.labels(number)
    assert "With help desk since 23 Nov 2026 09:01 CET; their time box of 4 hours ended" in desk.comments(number)[0]
    assert "/handover support" in desk.comments(number)[0]
    desk.says("help-desk-1", number, "/handover support it is the export job")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"support"}
    assert "flag:TR13" not in desk.labels(number)


def test_an_office_that_is_closed_holds_nothing(desk: World) -> None:
    number = with_help_desk(desk)
    desk.says("help-desk-1", number, "It is the export job.")
    desk.later(7.5 * 3600)  # 16:31
    desk.hands("help-desk-1", number, "support")
    desk.later(12 * 3600)  # through the night
    desk.run_quiet()
    assert "flag:TR13" not in desk.labels(number)
    desk.later(6 * 3600)  # 10:31 and more
    desk.run_quiet()
    assert "ended on 24 Nov 2026 09:3" in desk.comments(number)[0]


def test_what_went_on_unread_is_flagged_and_a_word_afterwards_takes_that_back(desk: World) -> None:
    number = with_help_desk(desk)
    desk.hands("help-desk-1", number, "support")
    desk.later()
    desk.run_quiet()
    assert "flag:TR13" in desk.labels(number)
    assert "help-desk-1 handed it to support less than 5 minutes after help desk got it" in desk.comments(number)[0]
    desk.says("help-desk-1", number, "It is the export job.")
    desk.later()
    desk.run_quiet()
    assert "flag:TR13" not in desk.labels(number)


def test_a_handover_that_is_put_back_neither_stops_the_box_nor_is_too_easy(desk: World) -> None:
    number = with_help_desk(desk)
    desk.later(4 * 3600)
    desk.run_quiet()
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"help-desk"}
    assert "flag:TR13" in desk.labels(number)
