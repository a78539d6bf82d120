"""Issue fields of an organisation: read by the policy's names, written beside what others set, checked when asked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from github_bench import GitHubBench, github_bench
from sandbox_world import REPO

from tierkeeper.plugins.errors import PermissionDenied, TrackerError, WriteRefused
from tierkeeper.plugins.model.change import AddLabel, Applied, Change, Created, Draft, Hint, Marker, SetField, SetState
from tierkeeper.plugins.model.event import Snapshot
from tierkeeper.plugins.tracker import FieldSpec, Tracker

KINDS = {
    "Priority": ("single_select", ["Urgent", "High", "Low"]),
    "Parts": ("multi_select", ["Shop", "Search"]),
    "Effort": ("number", []),
    "Finding": ("text", []),
    "Target date": ("date", []),
}
MARKER = Marker("Web application", "help-7")


@pytest.fixture
def bench() -> Iterator[GitHubBench]:
    with github_bench() as made:
        made.store.add_organization("example", members=["tierkeeper", made.alice])
        for name, (kind, options) in KINDS.items():
            made.store.add_issue_field("example", name, kind, options)
        made.tracker = made.make(fields=list(KINDS))
        yield made


@pytest.fixture
def issue(bench: GitHubBench) -> str:
    made = bench.create_issue(bench.bob, "It fails")
    bench.asked()
    return made


def fields_of(bench: GitHubBench, issue: str) -> dict[str, str]:
    found = bench.tracker.read(bench.ref(issue), bench.queue)
    assert isinstance(found, Snapshot)
    return found.issue.fields


@pytest.mark.parametrize(
    "case",
    [
        ("Priority", "urgent", "Urgent"),
        ("Parts", "search, SHOP", "Shop, Search"),
        ("Effort", "2.50", "2.5"),
        ("Finding", "the cache", "the cache"),
        ("Target date", "2026-11-24", "2026-11-24"),
        ("Target date", "2026-11-24T00:30:00+01:00", "2026-11-24"),
        ("Target date", "2026-11-24T23:30:00-05:00", "2026-11-24"),
    ],
)
def test_a_field_is_written_read_back_and_emptied(bench: GitHubBench, issue: str, case: tuple[str, str, str]) -> None:
    name, value, shown = case
    bench.tracker.apply(bench.ref(issue), bench.queue, [SetField(name, value)])
    assert [method for method, path, _ in bench.asked() if path.endswith("/issue-field-values")] == ["POST"]
    assert fields_of(bench, issue) == {name: shown}
    (batch,) = [batch for batch in bench.tracker.pull(bench.queue, "") if batch.issues]
    assert batch.issues[0].fields == {name: shown}
    for _ in range(2):  # one that is empty already is as good
        assert isinstance(bench.tracker.apply(bench.ref(issue), bench.queue, [SetField(name, None)]), Applied)
        assert fields_of(bench, issue) == {}


def test_what_others_set_stays_and_all_goes_with_the_fewest_requests(bench: GitHubBench, issue: str) -> None:
    bench.tracker.apply(bench.ref(issue), bench.queue, [SetField("Effort", "3")])
    bench.asked()
    changes: list[Change] = [
        SetField("Priority", "high"),
        SetState(open=False),
        AddLabel("x"),
        SetField("Target date", "2026-11-24"),
    ]
    bench.tracker.apply(bench.ref(issue), bench.queue, changes)
    assert [method for method, _, _ in bench.asked()] == ["POST", "PATCH", "POST"]
    assert fields_of(bench, issue) == {"Effort": "3", "Priority": "High", "Target date": "2026-11-24"}


def test_definitions_are_asked_for_once_a_day_and_not_at_all_without_a_field(bench: GitHubBench, issue: str) -> None:
    for _ in range(2):
        bench.tracker = bench.make(fields=["Target date"])
        fields_of(bench, issue)
    assert [path for _, path, _ in bench.asked()].count("/orgs/example/issue-fields") == 1
    bench.advance(timedelta(days=1, seconds=1))
    bench.tracker = bench.make()
    fields_of(bench, issue)
    assert "/orgs/example/issue-fields" not in [path for _, path, _ in bench.asked()]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (SetField("Priority", "whenever"), "no choice 'whenever': it has Urgent, High, Low"),
        (SetField("Effort", "much"), "takes a number, not 'much'"),
        (SetField("Target date", "soon"), "takes a day such as 2026-11-24, not 'soon'"),
        (SetField("Severity", "major"), "no field 'Severity'"),
    ],
)
def test_a_value_that_a_field_cannot_hold_is_refused_before_anything_is_written(
    bench: GitHubBench, issue: str, change: SetField, message: str
) -> None:
    fields_of(bench, issue)
    bench.asked()
    with pytest.raises(WriteRefused, match=message):
        bench.tracker.apply(bench.ref(issue), bench.queue, [AddLabel("x"), change])
    assert bench.asked() == []


def test_an_account_that_may_only_label_may_set_no_field(bench: GitHubBench, issue: str) -> None:
    helper = bench.make("support-1", fields=["Effort"])
    with pytest.raises(PermissionDenied):
        helper.apply(bench.ref(issue), bench.queue, [SetField("Effort", "3")])


def test_a_new_issue_is_given_its_fields(bench: GitHubBench) -> None:
    bench.store.add_milestone(REPO, "1.0", bench.alice)
    wanted = {"Priority": "low", "Target date": "2026-11-24T08:00:00+01:00", "milestone": "1.0"}
    made = bench.tracker.create(bench.queue, Draft(title="Twin", body="It fails", fields=wanted), MARKER)
    assert isinstance(made, Created)
    assert made.issue.fields == {"Priority": "Low", "Target date": "2026-11-24", "milestone": "1.0"}
    found = bench.tracker.find(bench.queue, MARKER, Hint(since=bench.now(), account=bench.tracker.account()))
    assert isinstance(found, Created)
    assert found.issue == made.issue


def test_a_new_issue_whose_fields_were_dropped_is_an_error(bench: GitHubBench) -> None:
    helper = bench.make("support-1", fields=["Effort"])
    with pytest.raises(WriteRefused, match=r"Effort do not hold what was asked for.*write role"):
        helper.create(bench.queue, Draft(title="Twin", body="It fails", fields={"Effort": "3"}), MARKER)


def test_a_field_that_is_not_there_stops_the_reading_with_what_there_is(bench: GitHubBench, issue: str) -> None:
    bench.tracker = bench.make(fields=["Due date"])
    with pytest.raises(
        TrackerError, match=r"example has no issue field 'Due date' \(it has: Priority, .*Target date\)"
    ):
        fields_of(bench, issue)
    bench.store.add_issue_field("example", "due DATE", "date")  # made today
    assert fields_of(bench, issue) == {}


def test_where_no_organisation_shows_fields_the_reading_says_so(bench: GitHubBench) -> None:
    bench.store.data.organizations["example"].members.pop("tierkeeper")
    with pytest.raises(PermissionDenied, match="example shows no issue fields: they are an organisation's"):
        list(bench.tracker.pull(bench.queue, ""))


def said(bench: GitHubBench, *specs: FieldSpec, tracker: Tracker | None = None) -> str:
    return "\n".join(map(str, (tracker or bench.tracker).check(bench.queue, (), specs)))


def test_fields_that_fit_are_no_problem(bench: GitHubBench) -> None:
    fits = [
        FieldSpec("target DATE", "due", time=True),
        FieldSpec("Finding", "due", time=True),
        FieldSpec("priority", "priority", ("high", "low")),
        FieldSpec("Parts", "component"),
        FieldSpec("milestone", "release"),
    ]
    assert said(bench, *fits) == ""


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (FieldSpec("Due", "due", time=True), "example has no issue field 'Due'; it has: Priority, Parts"),
        (FieldSpec("Effort", "due", time=True), "'Effort' is of the type number, and the due is a day"),
        (FieldSpec("Priority", "priority", ("high", "medium")), "'Priority' has no choice medium"),
        (FieldSpec("Target date", "priority", ("high",)), "is of the type date, and the priority is one of high"),
    ],
)
def test_a_field_that_is_missing_or_of_another_type_is_found(bench: GitHubBench, spec: FieldSpec, message: str) -> None:
    assert message in said(bench, spec)


def test_an_account_that_may_not_set_fields_or_sees_none_is_found(bench: GitHubBench) -> None:
    spec = FieldSpec("Target date", "due", time=True)
    assert "support-1 may not set issue fields here" in said(bench, spec, tracker=bench.make("support-1"))
    bench.store.data.organizations.clear()
    assert "example shows no issue fields" in said(bench, spec)
