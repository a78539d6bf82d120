"""Comments that have other ids since their issue was moved: what is known of them is known of them still."""

from datetime import UTC, datetime, timedelta

from tierkeeper.plugins.model.event import History
from tierkeeper.plugins.model.issue import Account, Comment, Issue, Ref
from tierkeeper.plugins.model.mirror import Carried, Link
from tierkeeper.sync.mirror.moves import Moved, compared, heard_as

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HERE, THERE = Ref("dev", "1", "1"), Ref("other", "7", "7")


def comment(id_: str, number: int, by: str = "dev-1", marker: str = "") -> Comment:
    at = NOW + timedelta(minutes=number)
    return Comment(id=id_, issue="1", at=at, updated=at, body=f"No. {number}", author=Account(by), marker=marker)


def history(*comments: Comment) -> History:
    return History(issue=Issue(ref=HERE, title="It fails", created=NOW, updated=NOW, open=True), comments=comments)


def test_comments_are_found_again_by_their_author_time_and_marker() -> None:
    before = history(comment("1", 1), comment("2", 1, "dev-2"), comment("3", 2, "tierkeeper", "twin:a"))
    now = [comment("21", 1), comment("22", 1, "dev-2"), comment("23", 2, "tierkeeper", "twin:a"), comment("24", 9)]
    assert compared(before, now) == Moved(comments={"1": "21", "2": "22", "3": "23"})


def test_comments_that_kept_their_ids_are_not_taken_for_others() -> None:
    before = history(comment("1", 1), comment("2", 2))
    assert compared(before, [comment("1", 1), comment("9", 5)]) == Moved()


def test_what_crossed_is_known_by_the_ids_of_today_on_both_sides() -> None:
    source, twin = Moved(comments={"1": "11"}), Moved(comments={"5": "55"})
    sent = (Carried("1", "5", "x"), Carried("2", "6", "y"))
    assert source.carried(sent, twin) == (Carried("11", "55", "x"), Carried("2", "6", "y"))


def test_what_was_heard_has_its_first_name_however_often_the_twin_is_moved() -> None:
    link = Link(mirror="to-dev", source=Ref("desk", "3", "3"), place="other", sent=NOW, target=THERE)
    first = heard_as(link, HERE, history(comment("1", 1)), Moved(comments={"1": "21"}))
    assert first == {"other:21": "dev:1"}
    again = Link(
        mirror="to-dev", source=link.source, place="third", sent=NOW, target=Ref("third", "9", "9"), heard_as=first
    )
    assert heard_as(again, THERE, history(comment("21", 1)), Moved(comments={"21": "31"})) == {"third:31": "dev:1"}
