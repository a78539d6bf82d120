"""Our account, members, permissions, tokens: what must be right before anything else is."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from jira_bench import DEV, HELP, JiraBench, jira_bench

from tierkeeper.plugins.errors import AuthenticationFailed
from tierkeeper.plugins.hookspecs import PROJECT
from tierkeeper.plugins.jira import plugin
from tierkeeper.plugins.jira.options import JiraOptions
from tierkeeper.plugins.jira.plugin import make_jira
from tierkeeper.plugins.model.change import AddLabel, Applied, UnknownMembers
from tierkeeper.plugins.model.desk import RoleSource
from tierkeeper.plugins.testing import Read
from tierkeeper.plugins.tracker import FieldSpec, Ports, Tracker, TrackerPlugin

GROUP = RoleSource("jira", "group", "help-desk")


@pytest.fixture
def bench() -> Iterator[JiraBench]:
    with jira_bench(DEV) as made:
        yield made


def role(name: str) -> RoleSource:
    return RoleSource("jira", "project_role", name)


def ids(found: object) -> set[str]:
    assert isinstance(found, frozenset), found
    return {account.id for account in found}


def said(bench: JiraBench, tracker: Tracker | None = None) -> str:
    return "\n".join(str(problem) for problem in (tracker or bench.tracker).check(bench.queue, ()))


def test_the_plugin_hands_in_jira_without_importing_the_jira_package() -> None:
    (handed,) = plugin.tierkeeper_trackers()
    assert isinstance(handed, TrackerPlugin)
    assert (handed.name, handed.place, handed.assignees) == ("jira", "project", 1)
    assert PROJECT == "tierkeeper"


def test_our_account_is_looked_up_once_a_day(bench: JiraBench) -> None:
    assert bench.tracker.account().id == "acc-tierkeeper"
    bench.make().account()
    assert [path for _, path, _ in bench.asked()].count("/rest/api/3/myself") == 1
    bench.advance(timedelta(days=2))
    bench.make().account()
    assert [path for _, path, _ in bench.asked()].count("/rest/api/3/myself") == 1


def test_a_group_is_read_page_by_page_without_those_who_left(bench: JiraBench) -> None:
    for number in range(70):
        bench.store.add_user(f"agent-{number}")
    bench.store.add_group("help-desk", members=[f"agent-{number}" for number in range(70)])
    found = ids(bench.tracker.members(GROUP))
    assert len(found) == 71
    assert "acc-left-1" not in found
    assert ids(bench.tracker.members(RoleSource("jira", "group", bench.store.group("help-desk").id))) == found


def test_j13_a_project_role_is_read_with_the_groups_in_it_and_never_by_a_self_link(bench: JiraBench) -> None:
    bench.store.project("HELP").roles[bench.store.role("Service Desk Team").id].append("support-1")
    bench.store.add_token("tierkeeper", "t-scoped", scopes=["read:jira-work", "read:jira-user", "write:jira-work"])
    scoped = bench.make(token="t-scoped", cloud_id=bench.store.data.cloud_id, gateway=bench.box.url)
    assert ids(scoped.members(role("HELP/Service Desk Team"))) == {"acc-help-desk-1", "acc-support-1"}
    assert all(path.startswith("/ex/jira/") for _, path, _ in bench.asked())


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (RoleSource("jira", "group", "nobody"), "does not exist.*Browse users and groups"),
        (role("HELP/Leaders"), "HELP has no role 'Leaders'; it has Administrators"),
        (role("Leaders"), "write 'Leaders' as `PROJECT/Leaders`"),
        (role("NONE/Leaders"), "No project could be found"),
        (role("DEV/Developers"), "administrator of the project"),
        (RoleSource("jira", "component_lead", "HELP/Nothing"), "HELP has no component 'Nothing'; it has "),
        (RoleSource("jira", "component_lead", "Export"), "write 'Export' as `PROJECT/component`"),
        (RoleSource("jira", "team", "x"), "Jira has groups"),
    ],
)
def test_members_that_cannot_be_read_are_unknown_with_a_remedy(
    bench: JiraBench, source: RoleSource, words: str
) -> None:
    found = bench.tracker.members(source)
    assert isinstance(found, UnknownMembers)
    assert re.search(words, found.reason), found.reason


def test_a_group_that_may_not_be_read_is_unknown(bench: JiraBench) -> None:
    bench.store.set_global_permission("USER_PICKER", ["support-1"])
    found = bench.tracker.members(GROUP)
    assert isinstance(found, UnknownMembers)
    assert "You do not have permission to browse users and groups" in found.reason


def test_a_desk_that_is_set_up_well_has_nothing_wrong(bench: JiraBench) -> None:
    bench.create_issue(bench.alice, "It fails")
    assert said(bench, bench.make(fields=["Severity"])) == ""


def test_missing_permissions_are_named_with_what_they_are_for(bench: JiraBench) -> None:
    bench.store.project("DEV").permissions |= {"ADD_COMMENTS": [], "TRANSITION_ISSUES": []}
    text = said(bench)
    assert "lacks TRANSITION_ISSUES, needed to change a status" in text
    assert "lacks ADD_COMMENTS" in text
    assert "EDIT_ISSUES" not in text


def test_fields_that_are_missing_or_on_no_screen_are_found(bench: JiraBench) -> None:
    bench.create_issue(bench.alice, "It fails")
    bench.store.project("DEV").edit_screen = ["summary", "labels"]
    text = said(bench, bench.make(fields=["Severity", "Sevrity"]))
    assert "Jira has no field 'Sevrity'" in text
    assert "the field 'Severity' is not on the edit screen" in text


def test_a_field_for_a_time_that_holds_none_is_found(bench: JiraBench) -> None:
    bench.store.add_field("Target date", type="date")
    fits = [FieldSpec(name, "due", time=True) for name in ("Due by", "Target date", "duedate")]
    assert "is a time" not in "\n".join(map(str, bench.tracker.check(bench.queue, (), fits)))
    wrong = FieldSpec("Severity", "due", time=True)
    (problem,) = [one for one in bench.tracker.check(bench.queue, (), [wrong]) if "is a time" in str(one)]
    assert "the field 'Severity' is of the type option, and the due is a time" in str(problem)


def test_a_project_that_moved_is_found(bench: JiraBench) -> None:
    bench.store.rename_project("DEV", "WEB")
    assert "DEV was moved to WEB" in said(bench)


def test_j20_an_expired_token_is_one_clear_message(bench: JiraBench) -> None:
    bench.store.add_token("tierkeeper", "t-old", expires=bench.now() - timedelta(days=1))
    old = bench.make(token="t-old")
    for act in (old.account, lambda: Read().pull(old, bench.queue), lambda: old.members(GROUP)):
        with pytest.raises(AuthenticationFailed, match=r"expired: make a new one; API tokens end after a year at most"):
            act()
    assert "make a new one" in said(bench, old)


def test_j20_a_token_with_scopes_works_through_the_gateway_only(bench: JiraBench) -> None:
    bench.store.add_token("tierkeeper", "t-scoped", scopes=["read:jira-work", "read:jira-user", "write:jira-work"])
    with pytest.raises(AuthenticationFailed, match="works through the gateway only: give `cloud_id`"):
        bench.make(token="t-scoped").account()
    behind = {"cloud_id": bench.store.data.cloud_id, "gateway": bench.box.url}
    issue = bench.create_issue(bench.alice, "It fails")
    for email in ("tierkeeper@example.org", ""):
        scoped = bench.make(token="t-scoped", email=email, **behind)
        assert isinstance(scoped.apply(bench.ref(issue), bench.queue, [AddLabel(f"by:{email[:1] or 'x'}")]), Applied)


def test_j20_a_token_without_a_scope_is_one_clear_message(bench: JiraBench) -> None:
    bench.store.add_token("tierkeeper", "t-narrow", scopes=["read:jira-user"])
    narrow = bench.make(token="t-narrow", cloud_id=bench.store.data.cloud_id, gateway=bench.box.url)
    with pytest.raises(AuthenticationFailed, match=r"scope does not match.*needs the scopes read:jira-work"):
        Read().pull(narrow, bench.queue)


def test_a_tracker_without_credentials_says_which_it_wants(bench: JiraBench) -> None:
    ports = Ports(bench.budget, bench.etags, bench.kept, bench.wall, lambda _: None)
    with pytest.raises(AuthenticationFailed, match="set HELP_DESK_TOKEN or JIRA_TOKEN in the environment"):
        make_jira("help-desk", JiraOptions(url=bench.box.url), ports)


def test_the_mail_address_may_be_a_secret(bench: JiraBench) -> None:
    secrets = {"JIRA_TOKEN": "t-tierkeeper", "JIRA_EMAIL": "tierkeeper@example.org"}
    ports = Ports(bench.budget, bench.etags, bench.kept, bench.wall, secrets.get)
    assert make_jira("jira", JiraOptions(url=bench.box.url), ports).account().id == "acc-tierkeeper"


def test_a_service_project_needs_no_more() -> None:
    with jira_bench(HELP) as bench:
        assert said(bench) == ""


def test_the_lead_of_a_component_is_read_and_one_who_left_leads_nothing(bench: JiraBench) -> None:
    bench.store.add_project(
        "SHOP", components=["Export", "Mail", "Old"], component_leads={"Export": "support-1", "Old": "left-1"}
    )
    found = {name: ids(bench.tracker.members(lead(f"SHOP/{name}"))) for name in ("export", "Mail", "Old")}
    assert found == {"export": {"acc-support-1"}, "Mail": set(), "Old": set()}


def lead(name: str) -> RoleSource:
    return RoleSource("jira", "component_lead", name)
