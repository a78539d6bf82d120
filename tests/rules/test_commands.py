"""Commands in comments: what is one, what is none, and which are carried out."""

import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_stories import EVER, Told, at, bench, desk, rule

from tierkeeper.plugins import Rule
from tierkeeper.plugins.model.case import Command, Reply
from tierkeeper.plugins.model.desk import Mode, Reading, Role, RoleSource, Roster
from tierkeeper.rules.carry import judge_commands
from tierkeeper.rules.commands import MOST_READ, read_commands
from tierkeeper.rules.engine import judge
from tierkeeper.rules.rulings import Judgement

ONE = [("handover", "support")]


def read(body: str) -> list[tuple[str, str]]:
    return list(read_commands(body))


@pytest.mark.parametrize(
    "body",
    [
        "/handover support",
        "  /handover support  ",
        "   /handover support",
        "/handover\tsupport",
        "/handover    support",
        "It is not us.\n/handover support",
        "It is not us.\r\n\r\n/handover support\r\n",
        "/handover support\n---\nKind regards",
        "> It is not us.\n\n/handover support",
        "- tried it\n\n/handover support",
        "```\n/handover development\n```\n/handover support",
        "A lone ` tick\n/handover support",
        "\\`not code\n/handover support\nnot code\\`",
        "`one` and ``two`` on a line\n/handover support",
        "seen <!-- hidden --> and gone\n/handover support",
        "<!-- hidden -->\n/handover support",
        "seen <!-- never closed\n/handover support",
    ],
)
def test_a_command_stands_at_the_start_of_a_line_of_plain_text(body: str) -> None:
    assert read(body) == ONE


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Please /handover support",
        "> /handover support",
        "> quoted\n/handover support",
        "> > /handover support",
        "- /handover support",
        "1. /handover support",
        "- one\n  - two\n\n    /handover support",
        "    /handover support",
        "\t/handover support",
        "```\n/handover support\n```",
        "~~~\n/handover support",
        "```\n/handover support",
        "`/handover support`",
        "`code\n/handover support`",
        "``code ` \n/handover support``",
        "<!--\n/handover support\n-->",
        "<!-- /handover support -->",
        "seen <!--\n/handover support\n--> again",
        "seen <!-- a\n--> /handover support",
        "<div>\n/handover support\n</div>",
        "\\/handover support",
        "*/handover support*",
        "[/handover support](https://example.org)",
        "/Handover support",
        "/ handover support",
        "//handover support",
        "/handover/support",
        "/1handover support",
        "/handover: support",
    ],
)
def test_a_command_is_none_elsewhere(body: str) -> None:
    assert read(body) == []


def test_commands_come_in_their_order_with_what_follows_them() -> None:
    body = "/why\n/estimate 1d 30m\n\n/handover support see `app.log`, **twice**"
    assert read(body) == [("why", ""), ("estimate", "1d 30m"), ("handover", "support see `app.log`, **twice**")]


@pytest.mark.parametrize(
    ("rest", "first", "reason"),
    [("", "", ""), ("support", "support", ""), ("support  cache cleared", "support", "cache cleared")],
)
def test_a_command_has_a_first_word_and_a_reason(rest: str, first: str, reason: str) -> None:
    command = Command("handover", rest, Reply(at=at(), by="", kind="human", body="", comment=""), "")
    assert (command.first, command.reason) == (first, reason)


def test_forty_commands_are_forty_commands() -> None:
    assert read("\n".join(f"/handover tier-{number}" for number in range(40))) == [
        ("handover", f"tier-{number}") for number in range(40)
    ]


def test_what_stands_beyond_the_longest_comment_is_not_read() -> None:
    filler = "x" * (MOST_READ - 20)
    assert read(f"{filler}\n\n/handover a") == [("handover", "a")]
    assert read(f"{filler}xxxxxxxxxxxxxxxxxxx\n\n/handover a") == []


@pytest.mark.parametrize(
    "piece",
    ["word ", "`", "` `` ", "[", "[a](", "*a ", "<!-- ", "> ", "- ", "\\", "/x\n", "![[", "&amp;", "<a ", "_*"],
)
def test_four_times_as_many_characters_of_anything_take_some_four_times_as_long(piece: str) -> None:
    short, long = (_cpu_seconds(piece * (size // len(piece)) + "\n\n/handover support") for size in (15_000, 60_000))
    assert long < 10 * short + 0.5  # sixteen times, if each character were looked at from each other one


def _cpu_seconds(body: str) -> float:
    began = time.process_time()
    list(read_commands(body))
    return time.process_time() - began


@given(st.text(alphabet="/handover support`\n\r<!->*[]()\\ 1.#~\t", max_size=80))
@settings(deadline=None)
def test_reading_never_fails_and_every_command_begins_a_line(body: str) -> None:
    lines = [line.strip() for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    for name, _ in read(body):
        assert any(f"/{name}" in line for line in lines)


# Carried out, or not


def members_only() -> Rule:
    from tierkeeper.rules.bundled.tiers.stranger_hands_on import StrangerHandsOn  # noqa: PLC0415 - used here only

    return StrangerHandsOn()


def carried(issue: Told, minutes: float = 30, *, mode: Mode = "enforce") -> Judgement:
    case = issue.case(minutes)
    court = bench((members_only(), mode))
    result = judge(case, court)
    judge_commands(case, court, EVER, result)
    return result


def test_a_command_is_its_authors_act_at_the_comments_time() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).comment("/handover Support cache cleared")
    (found,) = carried(issue).carried
    change = found.change
    assert (found.facet, found.value, change.by, change.at) == ("tier", "support", "help-desk-1", at(10))
    assert (change.before, change.after, change.event, change.note) == (
        "help-desk",
        "support",
        "comment:c1",
        "cache cleared",
    )


def test_one_comment_is_carried_out_in_a_cycle_and_the_next_one_is_judged_by_what_then_is() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).comment("/handover support")
    issue.by("help-desk-2", 11).comment("/handover development")
    first = carried(issue)
    assert [one.value for one in first.carried] == ["support"]
    issue.verdicts += first.verdicts
    issue.set("tier", "support", issue.hand("tierkeeper", at(30)))
    second = carried(issue, 31)
    assert second.carried == []
    assert [(verdict.event, verdict.outcome) for verdict in second.verdicts] == [("comment:c2", "refused")]


def test_a_refused_command_leaves_way_for_the_next_one() -> None:
    issue = Told(tier="help-desk")
    for minutes, body in ((10, "/handover nowhere"), (11, "/handover"), (12, "/handover support")):
        issue.by("help-desk-1", minutes).comment(body)
    result = carried(issue)
    assert [verdict.outcome for verdict in result.verdicts] == ["refused", "refused", "allowed"]
    assert [one.value for one in result.carried] == ["support"]


def test_a_command_waits_while_a_change_of_tier_is_judged() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).comment("/handover support")
    issue.by("dev-1", 20).set("tier", "development")
    result = carried(issue)
    assert (result.carried, [verdict.event for verdict in result.verdicts]) == ([], ["e2"])
    assert result.more


def test_a_command_is_not_judged_while_people_are_clicking() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 29.5).comment("/handover support")
    issue.by("dev-1", 29.5).set("tier", "development")
    assert carried(issue).carried == []


def test_nothing_is_carried_out_where_rules_only_watch() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).comment("/handover support")
    result = carried(issue, mode="shadow")
    assert (result.carried, result.verdicts) == ([], [])


def test_nothing_from_before_the_first_run_is_carried_out() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).comment("/handover support")
    case = issue.case(30)
    for since, values in ((at(10), ["support"]), (at(11), []), (None, [])):
        result = Judgement()
        judge_commands(case, bench(members_only()), since, result)
        assert [one.value for one in result.carried] == values


def test_a_command_that_was_judged_is_not_judged_again() -> None:
    issue = Told(tier="help-desk")
    issue.by("dev-1", 10).comment("/handover development")
    first = carried(issue)
    assert [verdict.outcome for verdict in first.verdicts] == ["refused"]
    issue.verdicts += first.verdicts
    assert carried(issue, 31).verdicts == []


def test_forty_handovers_in_one_comment_are_refused_in_one_line() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).comment("/handover support\n" * 40)
    verdicts = carried(issue).verdicts
    assert [one.outcome for one in verdicts] == ["refused"] * 40
    (verdict,) = [one for one in verdicts if one.said]
    assert (verdict.outcome, verdict.said) == (
        "refused",
        "One comment holds up to 10 commands; this one has 40, and none was run",
    )


def test_an_unknown_tier_is_shown_cut_and_with_the_nearest_name() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).comment(f"/handover {'s' * 500}")
    issue.by("help-desk-1", 11).comment("/handover Developmnt")
    first, second = carried(issue).verdicts
    assert len(first.said) < 80
    assert second.remedy.endswith('Did you mean "development"?')
    assert all(name in first.remedy for name in desk().tier_names)


def test_a_command_by_whom_nobody_knows_the_membership_waits_and_so_do_those_after_it() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-9", 10).comment("/handover support")
    issue.by("help-desk-1", 11).comment("/handover support")
    unread = msgspec.structs.replace(desk(), roles={**desk().roles, "help-desk": _team()})
    court = msgspec.structs.replace(bench(members_only()), desk=unread)
    result = Judgement()
    judge_commands(issue.case(30), court, EVER, result)
    assert (result.carried, result.verdicts) == ([], [])
    assert "help-desk-9" in result.unknown[0]


def test_a_command_that_nobody_can_ever_judge_is_refused_and_may_be_written_again() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-9", 10).comment("/handover support")
    issue.by("help-desk-1", 11).comment("/handover development")
    team = RoleSource("story", "team", "help-desk")
    seen = Roster((Reading(at(-30), frozenset({"help-desk-9", "help-desk-1"})), Reading(at(20), frozenset())))
    roles = {**desk().roles, "help-desk": Role("help-desk", (), (team,))}
    read = msgspec.structs.replace(desk(), roles=roles, rosters={team: seen})
    court = msgspec.structs.replace(bench(members_only()), desk=read)
    result = Judgement()
    judge_commands(issue.case(30), court, EVER, result)
    assert (result.carried, result.unknown, len(result.given_up)) == ([], [], 2)
    assert [(one.outcome, one.remedy, one.by) for one in result.verdicts] == [
        ("refused", "Write it again.", "help-desk-9"),
        ("refused", "Write it again.", "help-desk-1"),
    ]


def _team() -> Role:
    return Role("help-desk", (), (RoleSource("story", "team", "help-desk"),))


def test_a_rule_that_fails_on_a_command_is_named_and_nothing_is_carried_out() -> None:
    issue = Told(tier="help-desk")
    issue.by("help-desk-1", 10).comment("/handover support")

    def fail_on_commands(case: object, _desk: object) -> list[object]:
        if getattr(case, "pending", None):
            raise ZeroDivisionError
        return []

    result = Judgement()
    judge_commands(issue.case(30), bench(rule("AA01", fail_on_commands)), EVER, result)  # type: ignore[arg-type]  # any list
    assert (result.carried, result.verdicts, len(result.failures)) == ([], [], 1)


def test_a_comment_is_taken_note_of_once_where_its_commands_leave_nothing_to_see() -> None:
    issue = Told(tier="support")
    issue.by("support-lead", 10).comment("/decide keep it is one printer")
    issue.by("support-lead", 11).comment("/handover support\n/decide keep it still is")
    assert carried(issue, 12).noted == ["c1", "c2", "c2"]


def test_what_is_set_answered_or_refused_is_seen_without_a_note() -> None:
    for said in ("/handover development", "/why", "/decide maybe"):
        issue = Told(tier="support")
        issue.by("support-lead", 10).comment(said)
        assert carried(issue, 12).noted == []
