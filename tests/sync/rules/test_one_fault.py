"""TR14 over HTTP: reports joined under one, who hears what, and once; what is suggested; a major incident."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import REPO, World, world
from jira_desk import JiraDesk, jira_desk, text_of

from tierkeeper.plugins.model.event import Gone
from tierkeeper.sync.ledger import Ledger


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        made.rules = ["TR14: {reports: 3, words: 0.6}"]
        if not isinstance(made, JiraDesk):
            for name in ("component:export", "component:mail", "flag:TR14"):
                made.box.store.add_label(REPO, name)
        yield made


def name(desk: World, number: int) -> str:
    return f"HELP-{number}" if isinstance(desk, JiraDesk) else f"#{number}"


def reported(desk: World, title: str, who: str = "key-user-1", component: str = "export") -> int:
    return desk.reports(who, title, ("instance:berlin-01", f"component:{component}"))


def told(desk: World, number: int) -> list[str]:
    """Our comments that are not the status comment."""
    return [body for body in desk.comments(number) if "next:" not in body]


def joined(desk: World, count: int) -> list[int]:
    """An issue, and others joined under it."""
    desk.run_quiet()
    numbers = [reported(desk, f"Report {place}", f"key-user-{place % 3 + 1}") for place in range(count)]
    for number in numbers[1:]:
        desk.says("support-1", number, f"/duplicate {name(desk, numbers[0])}")
    desk.later()
    desk.run_quiet()
    return numbers


def test_an_answer_and_the_closing_reach_who_reported_the_same_once(desk: World) -> None:
    top, child = joined(desk, 2)
    assert told(desk, child) == []
    desk.says("support-1", top, "The export job was restarted.")
    desk.later()
    desk.run_quiet()
    (answer,) = told(desk, child)
    assert "under which this report was joined, was answered on 23 Nov 2026 09:01 CET: " in answer
    assert "The export job was restarted." in answer
    desk.closes("support-1", top)
    desk.later()
    desk.run_quiet()
    assert len(told(desk, child)) == 2
    assert "was closed on 23 Nov 2026 09:02 CET" in told(desk, child)[1]
    assert desk.is_open(child)
    for path in desk.ledger_path.parent.glob(f"{desk.ledger_path.name}*"):
        path.unlink()
    desk.run_quiet()
    desk.later()
    desk.run_quiet()
    assert len(told(desk, child)) == 2


def test_what_was_joined_is_closed_with_its_parent_where_the_desk_says_so(desk: World) -> None:
    desk.rules = ["TR14: {close: true}"]
    top, child = joined(desk, 2)
    desk.closes("support-1", top)
    desk.later()
    desk.run_quiet()
    assert not desk.is_open(child)
    desk.reopens("key-user-1", child)
    desk.later()
    desk.run_quiet()
    assert desk.is_open(child)


def test_a_report_joined_late_hears_the_answer_that_there_is(desk: World) -> None:
    desk.run_quiet()
    top, child = reported(desk, "Export fails"), reported(desk, "No invoices", "key-user-2")
    desk.says("support-1", top, "It is the export job.")
    desk.later()
    desk.run_quiet()
    desk.says("support-1", child, f"/duplicate {name(desk, top)}")
    desk.later()
    desk.run_quiet()
    assert len(told(desk, child)) == 1
    desk.says("support-1", child, "/duplicate none")
    desk.later()
    desk.says("support-1", top, "Done.")
    desk.later()
    desk.run_quiet()
    assert len(told(desk, child)) == 1


def test_a_major_incident_is_declared_once_with_an_owner_and_the_leader_told(desk: World) -> None:
    top, *_ = joined(desk, 3)
    assert "flag:TR14" in desk.labels(top)
    (line,) = told(desk, top)
    assert "Major incident: 3 reports of one fault (Report 0), with key users, owner desk-leader." in line
    assert desk.assignees(top) == {"desk-leader"}
    more = reported(desk, "Report 4")
    desk.says("support-1", more, f"/duplicate {name(desk, top)}")
    desk.later()
    desk.run_quiet()
    assert len(told(desk, top)) == 1
    assert "4 reports of one fault" in next(body for body in desk.comments(top) if "next:" in body)


def test_a_report_that_reads_like_an_earlier_one_is_flagged_until_it_is_joined(desk: World) -> None:
    desk.run_quiet()
    first = reported(desk, "Export of invoices fails")
    other = reported(desk, "Export of invoices fails", component="mail")
    desk.later()
    second = reported(desk, "The export of all invoices fails", "key-user-2")
    desk.later()
    desk.run_quiet()
    assert [("flag:TR14" in desk.labels(one)) for one in (first, other, second)] == [False, False, True]
    assert f"/duplicate {name(desk, first)}" in desk.comments(second)[0]
    desk.says("key-user-1", second, f"/duplicate {name(desk, first)}")
    desk.later()
    desk.run_quiet()
    assert "flag:TR14" not in desk.labels(second)


def test_what_cannot_be_joined_is_refused_in_one_line(desk: World) -> None:
    top, child = joined(desk, 2)
    alone, closed = reported(desk, "Other"), reported(desk, "Closed")
    desk.closes("support-1", closed)
    elsewhere = "OTHER-1" if isinstance(desk, JiraDesk) else "example/other#1"
    said = {
        name(desk, 4711): "There is no issue",
        elsewhere: "is not in",
        "nonsense": "names no issue",
        name(desk, child): "itself",
        name(desk, closed): "is closed",
        name(desk, alone): "An issue is no duplicate of itself",
    }
    for word, line in said.items():
        desk.says("support-1", alone, f"/duplicate {word}")
        desk.later()
        desk.run_quiet()
        assert line in desk.comments(alone)[0], word
    desk.says("support-1", top, f"/duplicate {name(desk, child)}")
    desk.later()
    desk.run_quiet()
    assert "is joined under this issue" in desk.comments(top)[0]


def test_a_report_whose_parent_is_gone_is_flagged(desk: World) -> None:
    top, child = joined(desk, 2)
    with Ledger.open(desk.ledger_path, desk="Web application") as ledger:
        queue = next(iter(desk.policy().queues))
        known = ledger.history(queue, name(desk, top).removeprefix("#"))
        assert known is not None
        ledger.mark_gone(known.history.issue.ref, Gone("deleted"))
    desk.run_quiet()
    assert "flag:TR14" in desk.labels(child)
    assert "which is not there any more" in desk.comments(child)[0]


def test_two_that_are_joined_under_each_other_at_once_make_one_pair(desk: World) -> None:
    desk.run_quiet()
    one, other = reported(desk, "One"), reported(desk, "Other")
    desk.says("support-1", one, f"/duplicate {name(desk, other)}")
    desk.says("support-1", other, f"/duplicate {name(desk, one)}")
    desk.later()
    desk.run_quiet()
    assert [len(desk.comments(number)) for number in (one, other)] == [0, 1]
    assert "is joined under this issue" in desk.comments(other)[0]


class ServiceDesk(JiraDesk):
    """The desk on a service project, where customers may be written to."""

    def policy_text(self) -> str:
        return super().policy_text().replace("plugin: jira,", "plugin: jira, public_status: true,")


def test_customers_read_what_reporters_are_told_and_not_what_leaders_are(tmp_path: Path) -> None:
    with jira_desk(tmp_path) as desk:
        desk.__class__ = ServiceDesk
        desk.box.store.add_project("SUP", kind="service_desk")
        desk.project, desk.rules = "SUP", ["TR14: {reports: 2}"]
        desk.run_quiet()
        top, child = reported(desk, "Export fails"), reported(desk, "No invoices")
        desk.says("support-1", child, f"/duplicate SUP-{top}")
        desk.later()
        desk.run_quiet()
        desk.closes("support-1", top)
        desk.later()
        desk.run_quiet()
        for number, words, public in ((top, "Major incident: 2 reports", False), (child, "was closed on", True)):
            path = f"/issue/SUP-{number}/comment?expand=properties"
            found = desk.call("desk-leader", "GET", path)["comments"]
            shown = {comment["jsdPublic"] for comment in found if words in text_of(comment["body"])}
            assert public in shown
            assert shown == {public}
