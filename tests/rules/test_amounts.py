"""Amounts of work: what a command writes reads back the same, and what people recorded adds up."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_stories import Told, at, desk

from tierkeeper.plugins import Case, Command, Effort, Reply
from tierkeeper.plugins.model.case import read_effort
from tierkeeper.plugins.model.desk import Desk, Facet, FacetMap
from tierkeeper.plugins.model.duration import split_amount
from tierkeeper.plugins.model.handed import estimate_for
from tierkeeper.plugins.model.work import estimates_of, work_of
from tierkeeper.rules.bundled.commands.estimate import SetEstimate

AMOUNTS = st.builds(
    lambda days, hours, minutes: f"{days}d {hours}h {minutes}m",
    st.integers(0, 99),
    st.integers(0, 30),
    st.integers(1, 500),
)


def asked(text: str, case: Case, where: Desk) -> str:
    reply = Reply(at=at(5), by="support-1", kind="human", body=f"/estimate {text}", comment="c1")
    value = SetEstimate().read(Command("estimate", text, reply, "comment:c1"), case, where).value
    assert value is not None
    return value


def with_field() -> Desk:
    """The desk, with its estimate in a field."""
    known = desk()
    facet = Facet("estimate", (), {"story": FacetMap("field", "timeoriginalestimate")})
    return msgspec.structs.replace(known, facets={**known.facets, "estimate": facet})


@given(text=AMOUNTS, rest=st.sampled_from(["", " for the export", " 2x", "; more"]))
@settings(deadline=None)
def test_an_estimate_reads_back_the_same_from_a_label_and_from_a_field(text: str, rest: str) -> None:
    case, meant = Told().case(10), Effort(text)
    for where in (desk(), with_field()):
        written = asked(text + rest, case, where)
        assert read_effort(written, case.effort_day) == meant
        assert " " not in written


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_line_is_split_into_an_amount_that_can_be_read_and_the_rest(text: str) -> None:
    amount, rest = split_amount(text)
    assert len(amount) + len(rest) <= len(text)
    if amount:
        assert Effort(amount).minutes >= 0


@pytest.mark.parametrize(
    ("line", "amount", "rest"),
    [
        ("4h", "4h", ""),
        ("1d 30m", "1d30m", ""),
        ("1D30M.", "1d30m", "."),
        ("2h 3 mails", "2h", "3 mails"),
        ("2 hours", "", "2 hours"),
        ("4bh", "", "4bh"),
        ("1,5d", "", "1,5d"),
        ("-4h", "", "-4h"),
        ("4", "", "4"),
        ("banana", "", "banana"),
        ("", "", ""),
    ],
)
def test_an_amount_begins_the_line_and_every_number_of_it_has_its_unit(line: str, amount: str, rest: str) -> None:
    assert split_amount(line) == (amount, rest)


def test_a_number_of_minutes_is_told_in_hours_and_minutes() -> None:
    shown = [str(Effort.of_minutes(minutes)) for minutes in (0, 0.5, 59, 60, 90, 1440, 10_000_000)]
    assert shown == ["0 m", "0.5 m", "59 m", "1 h", "1 h 30 m", "24 h", "166666 h 40 m"]


def test_each_person_has_one_estimate_and_takes_it_back_by_taking_it_away() -> None:
    told = Told(tier="support")
    told.by("support-1", 1).set("estimate", "4h")
    told.by("dev-1", 2).set("estimate", "2d")
    told.by("support-1", 3).set("estimate", "6h")
    assert [(work.by, str(work.effort)) for work in estimates_of(told.case(9), at(9))] == [
        ("dev-1", "2 d"),
        ("support-1", "6 h"),
    ]
    assert [work.by for work in estimates_of(told.case(9), at(2))] == ["support-1", "dev-1"]
    told.by("support-1", 4).set("estimate", None)
    assert [work.by for work in estimates_of(told.case(9), at(9))] == ["dev-1"]


def test_one_estimate_counts_whoever_gave_it_and_nobodys_is_none() -> None:
    told = Told(tier="support")
    assert estimate_for("development", told.case(1), desk(), at(1)) is None
    told.by("support-1", 2).set("estimate", "4h")
    assert estimate_for("development", told.case(9), desk(), at(9)) == Effort("4h")


def test_work_is_what_was_recorded_and_by_whom_and_less_is_none() -> None:
    told = Told(tier="support")
    told.by("support-1", 1).comment("/spent 30m read the log\n")
    told.by("mover", 2, "bot").comment("/spent 8h")
    told.by("dev-1", 3).comment("/spent banana")
    told.by("dev-1", 4).comment("/spent 1h 15m")
    case = told.case(9)
    assert [(work.by, str(work.effort)) for work in work_of(case)] == [("support-1", "30 m"), ("dev-1", "1 h 15 m")]
    assert str(case.spent_until(at(9))) == "1 h 45 m"
    assert str(case.spent_until(at(1))) == "30 m"
