"""Words of the case on handovers that stood, reasons, closing and reopening; of the desk on answers."""

import msgspec
from rule_stories import MONDAY, Told, at, desk, reader

from tierkeeper.rules.reading import read_case


def test_a_handover_that_we_put_back_did_not_stand() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).set("tier", "support")
    issue.by("support-1", 20).set("tier", "development")
    issue.by("tierkeeper", 21).set("tier", "support")
    stood = issue.case(30).stood
    assert [(change.before, change.after) for change in stood] == [("help-desk", "support")]


def test_our_own_handover_is_nobodys_and_undoes_nothing_but_its_opposite() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).set("tier", "support")
    issue.by("tierkeeper", 20).set("tier", "development")
    assert [change.after for change in issue.case(30).stood] == ["support"]


def test_a_line_with_a_command_is_no_reason_and_what_stands_beside_it_is() -> None:
    issue = Told(tier="development")
    issue.by("dev-1", 9).comment("/looked twice")
    issue.by("dev-1", 10).set("tier", "support")
    assert issue.case(20).reason_for(issue.case(20).handovers[-1]) == ""
    issue.by("dev-1", 12).comment("The font is missing.\n/looked again")
    assert issue.case(20).reason_for(issue.case(20).handovers[-1]) == "The font is missing."


def test_of_two_comments_the_nearer_one_is_the_reason() -> None:
    issue = Told(tier="development")
    issue.by("dev-1", 5).comment("Looking.")
    issue.by("dev-1", 10).set("tier", "support")
    issue.by("dev-1", 11).comment("The font is missing.")
    issue.by("support-1", 10).comment("Why?")
    assert issue.case(30).reason_for(issue.case(30).handovers[-1]) == "The font is missing."


def test_a_closing_is_known_with_its_resolution_until_the_issue_is_opened_again() -> None:
    issue = Told()
    assert (issue.case(5).closing, issue.case(5).reopening) == (None, None)
    issue.by("support-1", 10).turn("closed", reason="not_planned")
    closing = issue.case(15).closing
    assert closing is not None
    assert (closing.by, closing.resolution) == ("support-1", "not_planned")
    issue.by("key-user-1", 20).turn("open")
    reopening = issue.case(25).reopening
    assert reopening is not None
    assert (reopening.by, issue.case(25).closing) == ("key-user-1", None)


def test_judging_begins_with_the_first_run_and_with_enforcing_whichever_is_later() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).set("tier", "support")
    change = issue.case(20).handovers[-1]
    assert read_case(issue.history(), reader(since=at(10)), at(20)).is_judged(change)
    assert not read_case(issue.history(), reader(since=at(11)), at(20)).is_judged(change)
    assert not read_case(issue.history(), reader(since=None), at(20)).is_judged(change)
    late = reader(desk=msgspec.structs.replace(desk(), enforce_from=at(11)))
    assert not read_case(issue.history(), late, at(20)).is_judged(change)


def test_an_answer_is_public_by_a_human_of_the_desk_or_a_key_user_and_says_something() -> None:
    issue = Told(by="user-1")
    issue.by("key-user-1", 1).comment("It is on the second page.")
    issue.by("support-1", 2).comment("Typical.", internal=True)
    issue.by("support-1", 3).comment("/looked twice")
    issue.by("user-7", 4).comment("For me too.")
    issue.by("user-1", 5).comment("Hello?")
    issue.by("release-bot", 6).comment("Released.")
    issue.by("support-1", 7).comment("It works again.")
    case = issue.case(10)
    assert [reply.by for reply in desk().answers(case)] == ["key-user-1", "support-1"]
    assert [reply.by for reply in desk().answers(case, since=at(2))] == ["support-1"]
    assert [reply.by for reply in desk().answers(case, until=at(7))] == ["key-user-1", "support-1"]
    assert desk().answers(case, until=MONDAY) == ()


def test_what_was_put_back_to_no_tier_is_a_handover_to_the_lowest() -> None:
    issue = Told()
    issue.by("key-user-1", 1).set("tier", "help-desk")
    issue.by("tierkeeper", 2).set("tier", None)
    issue.by("dev-1", 3).set("tier", "support")
    case = issue.case(5)
    assert [(change.before, change.after, change.kind) for change in case.handovers] == [
        ("help-desk", "key-users", "ours"),
        ("key-users", "support", "human"),
    ]
