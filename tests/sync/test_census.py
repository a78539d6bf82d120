"""The daily census over HTTP: what leaves no trace in the feeds is found, confirmed by a direct look, and acted on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from census_world import DAY, PROJECT, known, listing, next_day, with_help_desk
from desk_world import OWN, REPO, START, World, world
from jira_desk import JiraDesk, jira_desk
from soak.stage import Stage

from tierkeeper.sync.ledger import Ledger


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        yield made


@pytest.fixture
def github(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def reads(desk: World) -> list[str]:
    own = {OWN, getattr(desk, "ids", {}).get(OWN, "")}
    return [f"{call[0]} {call[1]}" for call in desk.box.requests if call[3] in own]


def test_a_day_on_which_nothing_happened_costs_the_listing_and_nothing_else(desk: World) -> None:
    with_help_desk(desk)
    desk.later(600)
    desk.cycle()
    desk.box.requests.clear()
    report = next_day(desk)
    assert report.census == listing(desk)
    assert (report.changed, report.judged, report.notices) == (0, 0, [])
    desk.box.requests.clear()
    desk.cycle()
    desk.later(3600)
    assert desk.cycle().census == 0


def test_a_deleted_issue_is_gone_and_its_wake_up_dies(desk: World) -> None:
    number = with_help_desk(desk)
    other = desk.reports("key-user-1", "Another one")
    desk.later()
    desk.cycle()
    desk.hands("user-2", number, "development")
    desk.later(10)
    assert desk.cycle().waiting == 1
    assert known(desk, number).wake_at is not None
    if isinstance(desk, JiraDesk):
        desk.box.store.delete_issue(f"{PROJECT}-{number}")
    else:
        desk.box.store.delete_issue(REPO, number)
    report = next_day(desk)
    assert known(desk, number).gone
    assert known(desk, number).wake_at is None
    assert not known(desk, other).gone
    assert [notice for notice in report.notices if "is not there any more" in notice]
    assert next_day(desk).notices == []
    assert desk.writes() == []


def test_a_moved_issue_is_gone_and_says_where_to(desk: World) -> None:
    number = with_help_desk(desk)
    if isinstance(desk, JiraDesk):
        desk.box.store.add_project("DEV")
        desk.box.store.move_issue(f"{PROJECT}-{number}", "DEV", "admin" if "admin" in desk.ids else OWN)
        place = "DEV-1"
    else:
        desk.box.store.add_repository("example/other", permissions={OWN: "admin"})
        desk.box.store.transfer_issue(REPO, number, "example/other", "desk-leader")
        place = "moved"
    next_day(desk)
    assert place in known(desk, number).gone


@pytest.mark.parametrize("went", ["deleted", "moved"])
def test_an_issue_that_went_before_it_was_written_to_is_gone_and_no_trouble(desk: World, went: str) -> None:
    number = with_help_desk(desk)
    desk.labels_issue("ci-bot", number, "tier:support")
    desk.cycle(write=False)
    if isinstance(desk, JiraDesk):
        store, key = desk.box.store, f"{PROJECT}-{number}"
        store.add_project("DEV")
        store.delete_issue(key) if went == "deleted" else store.move_issue(key, "DEV", OWN)
    else:
        github = desk.box.store
        github.add_repository("example/other", permissions={OWN: "admin"})
        leave = github.delete_issue if went == "deleted" else github.transfer_issue
        leave(REPO, number, *(["example/other", "desk-leader"] if went == "moved" else []))
    report = desk.cycle()
    assert report.problems == []
    assert [notice for notice in report.notices if "is not there any more" in notice]
    assert known(desk, number).gone


def test_what_a_lagging_index_never_showed_is_found_a_day_later(desk: World) -> None:
    with_help_desk(desk)
    number = desk.reports("user-1", "Login loops")
    held = desk.labels(number)
    desk.box.faults.add("search-lag", seconds=3000)
    desk.later(2000)
    desk.cycle()
    _forget(desk, number)
    desk.box.faults.clear()
    assert held == set()
    next_day(desk)
    assert known(desk, number).history.issue.title == "Login loops"
    assert desk.tier(number) == {"key-users"}
    desk.run_quiet()


def _forget(desk: World, number: int) -> None:
    """As if a feed had never shown the issue."""
    with Ledger.open(desk.ledger_path, desk="Web application") as ledger, ledger._writing() as connection:
        ids = [row[0] for row in connection.exec_driver_sql("SELECT id FROM issue").all()]
        for id_ in ids:
            row = connection.exec_driver_sql("SELECT key FROM issue WHERE id = ?", (id_,)).one()
            if row[0].rpartition("-")[2] == str(number):
                for table in ("issue", "snapshot"):
                    connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = ?", (id_,))
                connection.exec_driver_sql("DELETE FROM event WHERE issue = ?", (id_,))


def test_a_renamed_label_counts_by_its_new_name_and_distrusts_nothing(github: World) -> None:
    number = with_help_desk(github)
    bystander = github.reports("user-1", "Slow")
    github.later()
    github.run_quiet()
    github.box.store.rename_label(REPO, "instance:berlin-01", "instance:pune-01-old")
    github.box.store.rename_label(REPO, "tier:help-desk", "tier:desk")
    text = github.policy_text()
    for old, new in (
        ("name: help-desk, role", "name: desk, role"),
        ("to: help-desk}", "to: desk}"),
        ("from: help-desk,", "from: desk,"),
    ):
        text = text.replace(old, new)
    github.policy_text = lambda: text  # type: ignore[method-assign]  # another policy
    github.box.requests.clear()
    report = next_day(github)
    assert [notice for notice in report.notices if "tier:help-desk was renamed to tier:desk" in notice]
    assert not [call for call in reads(github) if call.startswith(f"GET /repos/{REPO}/issues/{number}")]
    history = known(github, number).history
    assert {"tier:desk", "instance:pune-01-old"} <= set(history.issue.labels)
    assert {event.name for event in history.events if event.kind == "label"} >= {"tier:desk"}
    assert github.writes() == [] or all(f"/issues/{number}/" not in path for _, path in github.writes())
    assert known(github, bystander).facets["tier"] == "key-users"
    # and what is done from there on is judged: the facet is trusted
    github.later()
    github.hands("user-2", number, "development")
    github.later()
    github.run_quiet()
    assert github.tier(number) == {"desk"}
    next_day(github)
    assert github.tier(number) == {"desk"}


@pytest.mark.parametrize("ahead", [0, 90])
def test_a_label_that_we_made_anew_in_the_run_that_found_it_renamed_keeps_its_name(github: World, ahead: float) -> None:
    with_help_desk(github)
    github.later(DAY)
    github.box.store.rename_label(REPO, "tier:key-users", "tier:old")
    number = github.reports("user-1", "Slow")
    github.later()
    assert Stage(github).cycle(skew=ahead).problems == []
    assert github.tier(number) == {"key-users"}
    next_day(github)
    assert set(known(github, number).history.issue.labels) == github.labels(number)


def test_a_label_that_was_deleted_is_seen_by_a_direct_look(github: World) -> None:
    number = with_help_desk(github)
    github.box.store.delete_label(REPO, "instance:berlin-01")
    next_day(github)
    assert known(github, number).history.issue.labels == ("tier:help-desk",)


def test_a_listing_that_breaks_off_has_no_consequence(desk: World) -> None:
    numbers = [desk.reports("key-user-1", f"issue {one}") for one in range(3)]
    desk.later()
    desk.run_quiet()
    pages = "search" if isinstance(desk, JiraDesk) else "state=open"
    skip = 1 if isinstance(desk, JiraDesk) else 0
    desk.box.faults.add("server-error", match=pages, status=400, skip=skip)
    desk.later(DAY)
    report = desk.cycle()
    assert [notice for notice in report.notices if "broke off" in notice]
    desk.box.faults.clear()
    assert not any(known(desk, number).gone for number in numbers)
    assert desk.cycle().census > 0, "it is held again in the next run"
    assert desk.cycle().census == 0


def test_issues_that_are_missing_from_the_listing_but_there_stay(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = with_help_desk(desk)
    module = "jira" if isinstance(desk, JiraDesk) else "github"
    monkeypatch.setattr(f"tierkeeper.plugins.{module}.tracker.list_open", lambda *_: iter(()))
    report = next_day(desk)
    assert report.notices == []
    assert not known(desk, number).gone
    assert report.judged == 0


def test_an_issue_that_leaves_the_filter_is_closed_here_and_due_when_it_comes_back(desk: World) -> None:
    text = desk.policy_text()
    narrow = text.replace(
        "repository: example/webapp}", 'repository: example/webapp, filter: {labels: ["instance:berlin-01"]}}'
    )
    narrow = narrow.replace(
        f"project: {PROJECT}}}", f'project: {PROJECT}, filter: {{labels: ["instance:berlin-01"]}}}}'
    )
    assert narrow != text
    desk.policy_text = lambda: narrow  # type: ignore[method-assign]  # another policy
    number = with_help_desk(desk)
    assert _open_here(desk) == 1
    desk.unlabels("support-1", number, "instance:berlin-01")
    desk.hands("user-2", number, "development")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"development"}
    assert known(desk, number).wake_at is None
    assert _open_here(desk) == 0
    assert next_day(desk).judged == 0
    desk.labels_issue("support-1", number, "instance:berlin-01")
    desk.later()
    desk.run_quiet()
    assert _open_here(desk) == 1
    assert desk.tier(number) == {"help-desk"}
    desk.unlabels("support-1", number, "instance:berlin-01")
    desk.later()
    desk.run_quiet()
    assert _open_here(desk) == 0
    desk.policy_text = lambda: text  # type: ignore[method-assign]  # the filter is gone
    desk.run_quiet()
    assert _open_here(desk) == 1


def _open_here(desk: World) -> int:
    with Ledger.open(desk.ledger_path, desk="Web application", read_only=True) as ledger:
        return sum(ledger.board().get("webapp", {}).values())


def test_the_census_goes_by_judged_time(desk: World) -> None:
    assert desk.box.now == START
    desk.cycle()
    desk.later(DAY - 1)
    assert desk.cycle().census == 0
    desk.later(1)
    assert desk.cycle().census > 0
