"""TR04 to TR08 and TR18 over HTTP: the border between support and development, by a click and by a command."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_world import REPO, World, world
from jira_desk import JiraDesk, jira_desk

LISTED = "  kind: {{values: [question, incident, configuration, bug, feature]{kind}}}\n"
LISTED += "  severity: {{values: [blocker, major, minor]{severity}}}\n"
NATIVE = """\
  estimate: {jira: {field: timeoriginalestimate}}
  spent: {jira: {field: timespent}}
"""
LABELS = (
    *("kind:question", "kind:configuration", "kind:bug", "kind:feature", "severity:blocker", "severity:minor"),
    *("estimate:1h", "estimate:4h", "estimate:8h", "estimate:1d1m", "estimate:2d"),
    *(f"flag:TR{code}" for code in ("04", "05", "06", "07", "08", "18")),
)
Rules = Callable[[str], World]


@pytest.fixture(params=[world, jira_desk], ids=["github", "jira"])
def rules(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rules]:
    """Gives the desk with these rules alone, its facets in Jira's own fields or in GitHub's labels."""
    made: World
    with request.param(tmp_path) as made:
        jira = isinstance(made, JiraDesk)
        if isinstance(made, JiraDesk):
            made.box.store.add_field("Severity", type="option", options=["Blocker", "Major", "Minor"])
            made.box.store.add_project("CUS")
            made.project = "CUS"
        else:
            for name in LABELS:
                made.box.store.add_label(REPO, name)
        facets = LISTED.format(
            kind=", jira: {field: issuetype}" if jira else "", severity=", jira: {field: Severity}" if jira else ""
        )

        def lay(text: str) -> World:
            made.extra = f"facets:\n{facets}{NATIVE if jira else ''}"
            written = made.policy_text().replace("rules:\n  TR01:\n  TR02:\n  TR03:\n", f"rules:\n{text}\n")
            assert text in written
            made.policy_text = lambda: written  # type: ignore[method-assign]  # the scenario's own policy
            return made

        yield lay


def sets(desk: World, who: str, number: int, **values: str) -> None:
    """As people do it: on Jira in the field, on GitHub the new label on and the old one off."""
    for facet, value in values.items():
        if isinstance(desk, JiraDesk):
            fields: dict[str, object] = {
                "kind": {"issuetype": {"name": value.capitalize()}},
                "severity": {desk.box.store.field("Severity").id: {"value": value.capitalize()}},
                "estimate": {"timetracking": {"originalEstimate": value}},
            }
            desk.call(who, "PUT", f"/issue/{desk.project}-{number}", {"fields": fields[facet]})
            continue
        old = [label for label in desk.labels(number) if label.startswith(f"{facet}:")]
        desk.labels_issue(who, number, f"{facet}:{value}")
        for label in old:
            desk.unlabels(who, number, label)


def shown(desk: World, number: int, facet: str) -> str:
    """The facet's value, as the tracker shows it."""
    if isinstance(desk, JiraDesk):
        severity = desk.box.store.field("Severity").id
        fields = desk.call("desk-leader", "GET", f"/issue/{desk.project}-{number}")["fields"]
        native = {"kind": fields["issuetype"]["name"], "severity": (fields.get(severity) or {}).get("value")}
        return str({**native, "estimate": fields["timeoriginalestimate"]}[facet]).casefold()
    return ",".join(label.split(":", 1)[1] for label in sorted(desk.labels(number)) if label.startswith(f"{facet}:"))


def with_support(desk: World) -> int:
    """An issue that support has, and a run behind it."""
    desk.cycle()
    number = desk.reports("key-user-1", "Export fails")
    desk.hands("help-desk-1", number, "support")
    desk.later()
    desk.run_quiet()
    assert desk.tier(number) == {"support"}
    return number


def hands_on(desk: World, number: int) -> set[str]:
    """support-1 hands it to development; where it is after the run."""
    desk.hands("support-1", number, "development")
    return settled(desk, number)


def says(desk: World, who: str, number: int, text: str) -> set[str]:
    """Somebody writes a comment; where the issue is after the run."""
    desk.later(5)
    desk.says(who, number, text)
    desk.later(5)
    desk.run_quiet()
    return desk.tier(number)


def settled(desk: World, number: int) -> set[str]:
    desk.later()
    desk.run_quiet()
    return desk.tier(number)


def test_a_handover_before_any_look_is_put_back_and_goes_once_work_is_recorded(rules: Rules) -> None:
    desk = rules("  TR04: {minimum: 1h}")
    number = with_support(desk)
    assert hands_on(desk, number) == {"support"}
    assert (
        "Handed to development after 0 m of recorded work; support spends 1 h on it first." in desk.comments(number)[0]
    )
    if isinstance(desk, JiraDesk):
        seconds = {"timeSpentSeconds": 3600}
        desk.call("support-1", "POST", f"/issue/{desk.project}-{number}/worklog", seconds)
    else:
        desk.says("support-1", number, "/spent 1h read the logs")
    assert settled(desk, number) == {"support"}
    assert hands_on(desk, number) == {"development"}


def test_a_command_before_any_look_is_refused_and_a_finding_in_it_is_enough(rules: Rules) -> None:
    desk = rules("  TR04:")
    number = with_support(desk)
    assert says(desk, "support-1", number, "/handover development please") == {"support"}
    assert "Not carried out" in desk.comments(number)[0]
    assert says(desk, "support-1", number, "/spent 30m\n\n/handover development it is in the code") == {"development"}


def test_a_feature_request_needs_no_look(rules: Rules) -> None:
    desk = rules("  TR04:")
    number = with_support(desk)
    sets(desk, "support-1", number, kind="feature")
    assert hands_on(desk, number) == {"development"}


def test_a_missing_estimate_is_shown_until_there_is_one(rules: Rules) -> None:
    desk = rules("  TR05:")
    number = with_support(desk)
    assert hands_on(desk, number) == {"development"}
    assert "flag:TR05" in desk.labels(number)
    assert "nobody estimated the work" in desk.comments(number)[0]
    says(desk, "dev-1", number, "/estimate 1d 1m in three modules")
    assert shown(desk, number, "estimate") == ("28860" if isinstance(desk, JiraDesk) else "1d1m")
    assert "flag:TR05" not in desk.labels(number)


def test_two_who_do_not_agree_are_shown_until_one_of_them_does(rules: Rules) -> None:
    desk = rules("  TR05:")
    number = with_support(desk)
    sets(desk, "support-1", number, estimate="4h")
    desk.later(5)
    sets(desk, "dev-1", number, estimate="2d")
    assert settled(desk, number) == {"support"}
    assert "flag:TR05" in desk.labels(number)
    assert "with support, 4 h counts" in desk.comments(number)[0]
    assert hands_on(desk, number) == {"development"}
    told = desk.comments(number)[0]
    assert "with development, 2 d counts" in told or "with development, 16 h counts" in told
    says(desk, "support-1", number, "/estimate 2d")
    assert "flag:TR05" not in desk.labels(number)


def test_what_blocks_nobody_stays_with_support_and_a_blocker_goes(rules: Rules) -> None:
    desk = rules("  TR06:")
    number = with_support(desk)
    sets(desk, "support-1", number, severity="minor")
    assert hands_on(desk, number) == {"support"}
    assert "Handed to development with the severity minor" in desk.comments(number)[0]
    sets(desk, "support-1", number, severity="blocker")
    desk.later()
    assert hands_on(desk, number) == {"development"}


def test_a_command_sets_the_severity_and_one_that_is_misspelt_is_one_line(rules: Rules) -> None:
    desk = rules("  TR06:")
    number = with_support(desk)
    assert says(desk, "support-1", number, "/severity bloker") == {"support"}
    assert 'The severity cannot be "bloker"' in desk.comments(number)[0]
    assert "Did you mean" in desk.comments(number)[0]
    assert says(desk, "support-1", number, "/handover development") == {"support"}
    assert says(desk, "support-1", number, "/severity blocker nobody can log in") == {"support"}
    assert shown(desk, number, "severity") == "blocker"
    assert says(desk, "support-1", number, "/handover development") == {"development"}


def test_four_hours_of_work_stay_and_two_days_go(rules: Rules) -> None:
    desk = rules("  TR07:")
    number = with_support(desk)
    sets(desk, "support-1", number, estimate="4h")
    assert hands_on(desk, number) == {"support"}
    assert "4 h of work was handed to development; up to 1 d stays with support." in desk.comments(number)[0]
    sets(desk, "support-1", number, estimate="2d")
    desk.later()
    assert hands_on(desk, number) == {"development"}


def test_a_command_estimates_and_a_banana_is_one_line(rules: Rules) -> None:
    desk = rules("  TR07:")
    number = with_support(desk)
    assert says(desk, "support-1", number, "/estimate banana") == {"support"}
    assert '"banana" is no amount of work' in desk.comments(number)[0]
    assert len(desk.comments(number)) == 1
    assert says(desk, "support-1", number, "/estimate 8h\n\n/handover development") == {"support"}
    assert shown(desk, number, "estimate") == ("28800" if isinstance(desk, JiraDesk) else "8h")
    assert says(desk, "support-1", number, "/estimate 1d 1m\n\n/handover development") == {"development"}


def test_the_estimate_of_those_who_get_it_decides(rules: Rules) -> None:
    desk = rules("  TR07:")
    number = with_support(desk)
    sets(desk, "dev-1", number, estimate="2d")
    desk.later(5)
    sets(desk, "support-1", number, estimate="4h")
    assert hands_on(desk, number) == {"development"}


def test_a_question_stays_and_a_bug_goes_and_comes_down_once_it_is_none(rules: Rules) -> None:
    desk = rules("  TR08:")
    number = with_support(desk)
    sets(desk, "support-1", number, kind="question")
    assert hands_on(desk, number) == {"support"}
    assert "Question is with development, who take feature or bug" in desk.comments(number)[0]
    sets(desk, "support-1", number, kind="bug")
    desk.later()
    assert hands_on(desk, number) == {"development"}
    sets(desk, "dev-1", number, kind="configuration")
    assert settled(desk, number) == {"support"}
    assert "Configuration is with development" in desk.comments(number)[0]


def test_commands_say_the_kind_on_the_way_up_and_down(rules: Rules) -> None:
    desk = rules("  TR08:")
    number = with_support(desk)
    assert says(desk, "support-1", number, "/kind question\n\n/handover development") == {"support"}
    assert says(desk, "support-1", number, "/kind bug\n\n/handover development") == {"development"}
    assert shown(desk, number, "kind") == "bug"
    assert says(desk, "dev-1", number, "/kind configuration the server's name was wrong") == {"support"}
    assert shown(desk, number, "kind") == "configuration"


def test_a_feature_request_goes_on_at_once_and_work_on_it_is_flagged(rules: Rules) -> None:
    desk = rules("  TR18:")
    number = with_support(desk)
    sets(desk, "support-1", number, kind="feature")
    assert settled(desk, number) == {"development"}
    assert "A feature request is with support; it goes to development right away." in desk.comments(number)[0]
    assert "flag:TR18" not in desk.labels(number)
    says(desk, "support-1", number, "/spent 2h")
    assert "flag:TR18" in desk.labels(number)
    assert "support-1 recorded 2 h of work on a feature request" in desk.comments(number)[0]


def test_a_command_sends_a_feature_request_on_at_once_and_what_comes_back_stays(rules: Rules) -> None:
    desk = rules("  TR18:")
    number = with_support(desk)
    assert says(desk, "support-1", number, "/kind feature they want it dark") == {"development"}
    desk.hands("dev-1", number, "support")
    assert settled(desk, number) == {"support"}


def test_all_of_them_together_settle_in_one_run(rules: Rules) -> None:
    desk = rules("  TR02:\n  TR04:\n  TR05:\n  TR06:\n  TR07:\n  TR08:\n  TR18:")
    number = with_support(desk)
    assert hands_on(desk, number) == {"support"}
    assert "flag:TR05" not in desk.labels(number)
    assert "(also TR06, TR08)" in desk.comments(number)[0]
    ready = "/spent 1h\n\n/estimate 2d\n\n/severity blocker\n\n/kind bug\n\n/handover development"
    assert says(desk, "support-1", number, ready) == {"development"}
    assert says(desk, "dev-1", number, "/kind configuration") == {"support"}
