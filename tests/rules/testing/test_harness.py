"""The case harness: strict about what is written, and plain about what does not hold."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from rule_stories import rule

from tierkeeper.plugins import Case, Decision, Desk, Flag, Rule, Tell, Wake, Want, hookimpl
from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.rules.testing.case_file import read_cases
from tierkeeper.rules.testing.failure import CaseFailed
from tierkeeper.rules.testing.play import run_case

HEAD = "rule: TR02\nwith: help-desk\ncases:\n"
GOOD = """\
  - it: puts it back
    story:
      - {at: mon 10:00, by: dev-1, hands to: development}
    expect:
      - {refuse: tier, back to: help-desk}
"""


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., None]:
    def plays(text: str, host: Host | None = None) -> None:
        path = tmp_path / "cases.yml"
        path.write_text(text, encoding="utf-8")
        for case in read_cases(path, host or load_plugins()):
            run_case(case)

    return plays


Play = Callable[..., None]


def host_with(judge: Callable[[Case, Desk], Sequence[Decision]]) -> Host:
    made = rule("AA01", judge)

    class Plugin:
        @hookimpl
        def tierkeeper_rules(self) -> Iterator[type[Rule]]:
            yield type(made)

    host = Host()
    host.register(Plugin(), "mine")
    return host


def test_a_case_that_holds_says_nothing(play: Play) -> None:
    play(HEAD + GOOD)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rule: TR02", "rule: TR99", 'cases.yml:1:7  rule: no plugin brings a rule "TR99"'),
        ("with:", "width:", 'cases.yml:2:1  width: unknown key "width"'),
        ("    story:", "    tale: x\n    story:", 'cases.yml:5:5  cases[0].tale: unknown key "tale"'),
        ("by: dev-1,", "by: dev-1, why: x,", 'cases.yml:6:36  cases[0].story[0].why: unknown key "why"'),
        ("hands to:", "hands too:", "expected exactly one of reports, hands to"),
        ("hands to: development", "hands to: support, label: x", "got hands to and label"),
        ("at: mon 10:00, ", "", "a step has a time"),
        ("by: dev-1, ", "", "a step says who does it"),
        ("by: dev-1, hands to: development", "by: dev-1, tierkeeper: runs", "nobody does this"),
        ("by: dev-1, hands to: development", "tierkeeper: walks", "expected runs"),
        ("by: dev-1,", "by: dev-1, as: ghost,", "expected bot or app"),
        ("back to:", "back too:", 'unknown key "back too"'),
        ("refuse: tier, ", "", "got none"),
        ("    expect:\n      - {refuse: tier, back to: help-desk}\n", "", "nothing at all is written []"),
        ("  - it: puts it back", "  - it: ''", "a case says in one sentence"),
        ("rule: TR02", "rule: TR02\nmode: strict", "expected one of enforce, flag, shadow"),
        ("rule: TR02", "rule: TR02\nrule: TR01", '"rule" stands here twice'),
        ("rule: TR02", "rule: TR02\ndesk: three-level", 'there is no desk "three-level"; the desks are four-level'),
        ("rule: TR02", "rule: TR02\ndesk: gone.yaml", "gone.yaml cannot be read"),
        ("rule: TR02", "rule: TR02\ndesk: [a]", "expected the name of a desk"),
        ("rule: TR02", "rule: TR02\ndesk: {tiers: []}", "its desk or options cannot be used"),
        ("rule: TR02", "rule: TR02\ndesk: {queues: null}", "there is no place for a story"),
        ("rule: TR02", "rule: TR02\noptions: {border: 1d}", "its desk or options cannot be used"),
        ("mon 10:00", "monday", "expected a time such as mon 09:00"),
        ("mon 10:00", "2026-11-23T10:00:00", "has no offset"),
        ("mon 10:00", "+5s", "there is nothing before it"),
        ("hands to: development", "hands to: developement", 'did you mean "development"?'),
        ("hands to: development", "sets: {mood: bad}", 'the desk keeps no facet "mood"'),
        ("hands to: development", "sets: {priority: hihg}", 'priority cannot be "hihg"; did you mean "high"?'),
        (
            "hands to: development",
            "unlabel: wontfix",
            'it does not bear the label "wontfix"; its labels: tier:help-desk',
        ),
        ("hands to: development", "unassigns: dev-2", "dev-2 is not assigned"),
        ("hands to: development", "reopens: true", "it is open already"),
        ("hands to: development", "comments: x, edited: soon", "edited: expected a time"),
        ("by: dev-1, hands to: development", "observed: {cooks: []}", 'there is no role "cooks"'),
        ("by: dev-1, hands to: development", "observed: {support: []}", "nothing happens to an issue"),
        ("    expect", "    now: later\n    expect", "expected a time such as mon 09:00"),
        ("    expect", "    family: DESK-2\n    expect", "expected a mapping: parent, children, alike, others"),
        ("    expect", "    family: {aunt: {}}\n    expect", 'unknown key "aunt" of a family; it has parent, children'),
        ("    expect", "    family: {parent: {key: D-2}}\n    expect", "a relative needs reported"),
        ("    expect", "    family: {alike: [x]}\n    expect", "a relative needs key and reported"),
        ("    expect", "    family: {parent: {key: D-2, reported: noon}}\n    expect", "expected a time such as"),
        ("    expect", "    history: torn\n    expect", "expected complete or incomplete"),
    ],
)
def test_what_is_written_wrongly_fails_with_its_line(play: Play, old: str, new: str, message: str) -> None:
    text = HEAD + GOOD
    assert old in text
    with pytest.raises(CaseFailed) as failed:
        play(text.replace(old, new, 1))
    assert message in str(failed.value)
    assert "cases.yml:" in str(failed.value)


def test_two_cases_of_one_name_fail(play: Play) -> None:
    with pytest.raises(CaseFailed, match=r'cases.yml:9:9 .*two cases are called "Puts  ?it back"'):
        play(HEAD + GOOD + GOOD.replace("puts", "Puts"))


def test_steps_go_forward_in_time(play: Play) -> None:
    earlier = "      - {at: mon 09:59, by: dev-1, closes: true}\n    expect"
    with pytest.raises(CaseFailed, match=r"cases.yml:7:10 .*this is before the step above it, at mon 10:00"):
        play(HEAD + GOOD.replace("    expect", earlier))


def test_a_report_comes_first(play: Play) -> None:
    late = "      - {at: mon 10:01, by: dev-1, reports: x}\n    expect"
    with pytest.raises(CaseFailed, match="reports is the first step"):
        play(HEAD + GOOD.replace("    expect", late))


@pytest.mark.parametrize(
    "wrong",
    [
        "[]",
        "[{refuse: tier, back to: support}]",
        "[{refuse: priority, back to: help-desk}]",
        "[{refuse: tier, back to: help-desk, facts: {who: dev-2}}]",
        "[{refuse: tier, back to: help-desk, facts: {colour: red}}]",
        "[{refuse: tier, back to: help-desk, says: somebody else}]",
        "[{refuse: tier, back to: help-desk, remedy: Ask nobody}]",
        "[{refuse: tier, back to: null}]",
        "[{refuse: tier, back to: help-desk}, {refuse: tier, back to: help-desk}]",
        "[{refuse: tier, back to: help-desk}, {flag: TR02}]",
        "[{stands: tier}]",
        "[{waits: mon 10:01}]",
        "[{unknown: true}]",
    ],
)
def test_what_is_not_met_or_not_expected_is_shown_side_by_side(play: Play, wrong: str) -> None:
    text = HEAD + GOOD.replace("\n      - {refuse: tier, back to: help-desk}", f" {wrong}")
    with pytest.raises(CaseFailed) as failed:
        play(text)
    shown = str(failed.value)
    assert "TR02 puts it back: " in shown
    assert "judged mon 10:01:01" in shown
    assert "expected  " in shown
    assert "- refuse: tier" in shown.split("got", 1)[1]


def test_what_may_be_left_out_may_be_expected(play: Play) -> None:
    allowed = GOOD.replace("dev-1", "help-desk-1").replace("      - {refuse: tier, back to: help-desk}", "      - {0}")
    play(HEAD + allowed.replace("{0}", "{allowed: tier}"))
    play(HEAD + allowed.replace("\n      - {0}", " []"))
    with pytest.raises(CaseFailed, match="1 not met, 0 not expected"):
        play(HEAD + allowed.replace("{0}", "{not judged: tier}"))


def test_a_rule_that_never_has_enough_fails_in_the_second_judgement() -> None:
    host = host_with(lambda case, _desk: [Want("priority", "low" if case.priority == "high" else "high")])
    with pytest.raises(CaseFailed, match="a second judgement, after the first one was written, decides again"):
        _run(host, "[{want: priority, value: high}]")


def test_a_rule_that_tells_anew_each_time_fails_in_the_second_judgement() -> None:
    told = iter(range(100))
    host = host_with(lambda _case, _desk: [Tell(("desk-leader",), "Look.", f"{next(told)}")])
    with pytest.raises(CaseFailed, match="decides again"):
        _run(host, "[{tell: [desk-leader]}]")


def test_what_lasts_is_nothing_new_in_the_second_judgement() -> None:
    def judge(case: Case, _desk: Desk) -> Sequence[Decision]:
        wake = Wake(case.created + timedelta(hours=3))
        return [Flag(facts={"why": "red"}), Tell(("desk-leader",), "Look.", "k"), Want("priority", "high"), wake]

    expected = "{flag: AA01, says: red}, {tell: desk-leader, says: Look.}, {want: priority, value: high}"
    _run(host_with(judge), f"[{expected}, {{wake: mon 12:00}}]")


def test_a_rule_that_fails_is_shown_with_its_error() -> None:
    def judge(_case: Case, _desk: Desk) -> Sequence[Decision]:
        raise ZeroDivisionError("division by zero")

    with pytest.raises(CaseFailed, match="rule AA01 failed: ZeroDivisionError") as failed:
        _run(host_with(judge), "[]")
    assert isinstance(failed.value.__cause__, ZeroDivisionError)


def _run(host: Host, expect: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.yml"
        story = "story: [{at: mon 09:00, by: key-user-1, reports: x}]"
        path.write_text(f"rule: AA01\ncases:\n  - it: does it\n    {story}\n    expect: {expect}\n", encoding="utf-8")
        for case in read_cases(path, host):
            run_case(case)


def test_a_desk_may_be_a_path_and_a_case_may_lay_a_mapping_over_it(tmp_path: Path, play: Play) -> None:
    named = Path(__file__).parents[3] / "rules" / "testing" / "desks" / "four-level.yaml"
    (tmp_path / "own.yaml").write_text(named.read_text(encoding="utf-8").replace("dev-1", "coder-1"), encoding="utf-8")
    text = HEAD.replace("cases:", "desk: own.yaml\ncases:") + GOOD.replace("dev-1", "coder-1")
    play(text)
    play(text.replace("    story:", "    desk: {roles: {developers: {people: [coder-2]}}, leader: null}\n    story:"))


def test_every_kind_of_step_can_happen(play: Play) -> None:
    steps = """\
      - {at: mon 09:00, by: key-user-1, reports: x, body: y, labels: [a, b], facets: {instance: berlin-01}}
      - {at: mon 09:01, observed: {help-desk: [help-desk-1]}}
      - {at: mon 09:02, by: help-desk-1, estimate: 1d 30m}
      - {at: mon 09:03, by: help-desk-1, sets: {priority: high, kind: bug, owner: help-desk-1}}
      - {at: mon 09:03, by: help-desk-1, sets: {owner: help-desk-2, kind: null}}
      - {at: mon 09:04, by: help-desk-1, label: c}
      - {at: mon 09:04, by: help-desk-1, unlabel: [a, B]}
      - {at: mon 09:05, by: help-desk-1, assigns: [support-1, help-desk-2]}
      - {at: mon 09:06, by: help-desk-1, unassigns: support-1}
      - {at: mon 09:07, by: help-desk-1, comments: tried, internal: true, edited: +5m}
      - {at: mon 09:08, by: help-desk-1, closes: completed}
      - {at: tue+1 09:08:30, by: unknown, reopens: true}
      - {at: +61s, tierkeeper: runs}
      - {at: "2026-12-09T00:00:00+05:30", by: dev-1, as: app, hands to: development}
"""
    first, last = GOOD.split("      - {at: mon 10:00, by: dev-1, hands to: development}\n")
    play(HEAD + first + steps + last.replace("- {refuse: tier, back to: help-desk}", "- {not judged: tier}"))


def test_importing_the_plugin_imports_nothing_else() -> None:
    code = (
        "import sys; import tierkeeper.rules.testing; "
        "print([name for name in sys.modules if name.startswith('tierkeeper') or name in ('msgspec', 'pytest')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert sorted(told.strip()[1:-1].replace("'", "").split(", ")) == [
        "tierkeeper",
        "tierkeeper.rules",
        "tierkeeper.rules.testing",
    ]


def test_pytest_collects_files_of_cases_and_leaves_other_yaml_alone(tmp_path: Path) -> None:
    folder = tmp_path / "cases" / "tiers"
    folder.mkdir(parents=True)
    (folder / "good.yml").write_text(HEAD + GOOD, encoding="utf-8")
    (folder / "bad.yml").write_text(HEAD + GOOD.replace("back to: help-desk", "back to: support"), encoding="utf-8")
    (folder / "broken.yml").write_text(HEAD + GOOD.replace("story", "tale"), encoding="utf-8")
    (folder / "other.yml").write_text("cases: [1]\n", encoding="utf-8")
    (tmp_path / "elsewhere.yml").write_text(HEAD, encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--continue-on-collection-errors", "-v", "."],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    ).stdout
    assert "cases/tiers/good.yml::TR02 puts it back PASSED" in told
    assert "cases/tiers/bad.yml::TR02 puts it back FAILED" in told
    assert "cases/tiers/bad.yml:8:9  cases[0].expect[0]: TR02 puts it back: 1 not met, 1 not expected" in told
    assert 'cases/tiers/broken.yml:5:5  cases[0].tale: unknown key "tale"' in told
    assert "1 failed, 1 passed, 1 error" in told
    assert "elsewhere" not in told
    assert "Traceback" not in told
