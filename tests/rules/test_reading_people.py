"""Reading a history: who did what, for whom, and what came with the report."""

from datetime import timedelta

import msgspec
import pytest
from rule_stories import Told, at, reader

from tierkeeper.plugins.model.event import Deed
from tierkeeper.plugins.model.issue import Account
from tierkeeper.rules.reading import CLAIM_TIME, read_case
from tierkeeper.rules.testing.story import OWN


@pytest.mark.parametrize(
    ("who", "how", "kind"),
    [
        ("support-1", "", "human"),
        ("support-1", "bot", "automation"),
        ("support-1", "app", "automation"),
        ("Release-Bot", "", "automation"),
        ("unknown", "", "unknown"),
        ("tierkeeper", "", "ours"),
    ],
)
def test_who_did_it_is_told_apart(who: str, how: str, kind: str) -> None:
    issue = Told()
    issue.by(who, 10, how).label("tier:help-desk")
    assert [change.kind for change in issue.case(11).changes["tier"]] == [kind]


def test_a_deleted_account_is_unknown() -> None:
    issue = Told()
    issue.by("dev-1", 10).label("tier:development")
    history = issue.told()
    gone = [msgspec.structs.replace(event, actor=Account("ghost", kind="deleted")) for event in history.events]
    case = read_case(msgspec.structs.replace(history, events=tuple(gone)), reader(), at(11))
    assert [(change.kind, change.by) for change in case.changes["tier"]] == [("unknown", "")]


def deed(after: str, minutes: float, event: str = "comment:7") -> Deed:
    return Deed(
        facet="tier", after=after, at=at(minutes), person="key-user-1", event=event, asked=at(9), note="tried all"
    )


def test_what_we_wrote_for_a_person_is_that_persons_act() -> None:
    issue = Told()
    issue.deeds.append(deed("help-desk", 10))
    issue.by(OWN.id, 10.1).set("tier", "help-desk")
    case = issue.case(11)
    (change,) = case.changes["tier"]
    assert (change.by, change.kind, change.command, change.event) == ("key-user-1", "human", True, "comment:7")
    assert (change.asked, change.note) == (at(9), "tried all")
    assert "tier" not in case.pending
    assert case.allowed["tier"] == "help-desk"


@pytest.mark.parametrize("record", [deed("support", 10), deed("help-desk", 21)], ids=["other value", "too far away"])
def test_another_deed_does_not_make_our_write_a_persons(record: Deed) -> None:
    issue = Told()
    issue.deeds.append(record)
    issue.by(OWN.id, 10).set("tier", "help-desk")
    assert issue.case(30).changes["tier"][0].kind == "ours"


def test_of_two_deeds_the_nearer_one_counts() -> None:
    issue = Told()
    issue.deeds += [deed("help-desk", 5, "comment:1"), deed("help-desk", 10, "comment:2")]
    issue.by(OWN.id, 9).set("tier", "help-desk")
    assert issue.case(30).changes["tier"][0].event == "comment:2"


def test_what_we_put_back_soon_after_is_not_taken_for_the_deed() -> None:
    issue = Told()
    issue.deeds.append(deed("help-desk", 10))
    issue.by(OWN.id, 10).set("tier", "help-desk")
    issue.by("dev-1", 11).set("tier", "development")
    issue.by(OWN.id, 13).set("tier", "help-desk")
    assert [change.kind for change in issue.case(30).changes["tier"]] == ["human", "human", "ours"]


# Claims


@pytest.mark.parametrize(("seconds", "claimed"), [(0, True), (5, True), (5.001, False), (6, False)])
def test_what_the_author_sets_within_five_seconds_is_a_claim(seconds: float, claimed: bool) -> None:
    issue = Told("user-1")
    issue.by("user-1", seconds / 60).label("tier:help-desk")
    case = issue.case(5)
    assert (case.claims.get("tier") == "help-desk") is claimed
    assert ("tier" not in case.pending) is claimed
    assert timedelta(seconds=5) == CLAIM_TIME


def test_what_somebody_else_sets_at_once_is_no_claim() -> None:
    issue = Told("user-1")
    issue.by("help-desk-1", 0).label("tier:help-desk")
    assert issue.case(5).claims == {}
    assert issue.case(5).pending["tier"].by == "help-desk-1"
