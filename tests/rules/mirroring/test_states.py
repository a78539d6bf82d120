"""The table of states: what a state is called, and what is written for it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tierkeeper.plugins.model.mirror import StateRow, Stood
from tierkeeper.rules.mirroring.states import doubles, meant, word

ROWS = (
    StateRow(Stood(open=True, status="To Do"), Stood(open=True)),
    StateRow(Stood(open=True, status="In Progress"), Stood(open=True), way="forward"),
    StateRow(Stood(open=False), Stood(open=False, reason="completed")),
    StateRow(Stood(open=False, reason="Won't Do"), Stood(open=False, reason="not_planned")),
    StateRow(Stood(open=False), Stood(open=False, reason="duplicate"), way="back"),
)


def test_the_row_that_says_most_counts_and_names_are_spelt_as_each_tracker_does() -> None:
    assert word(ROWS, "source", Stood(open=False, reason="Done", status="Done")) == "closed"
    assert word(ROWS, "source", Stood(open=False, reason="WON'T DO", status="Done")) == "closed as Won't Do"
    assert word(ROWS, "target", Stood(open=False, reason="Not Planned")) == "closed as Won't Do"
    assert word(ROWS, "source", Stood(open=True, status="in progress")) == "open (In Progress)"


def test_a_row_of_one_way_is_not_gone_the_other_way() -> None:
    assert word(ROWS, "target", Stood(open=True)) == "open (To Do)"
    assert meant(ROWS, "target", "open (In Progress)") == Stood(open=True)
    assert word(ROWS, "target", Stood(open=False, reason="duplicate")) == "closed"
    assert meant(ROWS, "target", "closed") == Stood(open=False, reason="completed")


def test_without_a_row_there_is_only_open_and_closed() -> None:
    assert word((), "source", Stood(open=False, reason="Done", status="Done")) == "closed"
    assert meant((), "target", "closed") == Stood(open=False)
    assert meant((), "source", "open") == Stood(open=True)


def test_rows_that_share_a_state_in_one_direction_are_found() -> None:
    assert list(doubles(ROWS)) == []
    again = (*ROWS, StateRow(Stood(open=False, reason="Duplicate"), Stood(open=False, reason="COMPLETED")))
    assert list(doubles(again)) == [(5, 2, "target")]


_STOOD = st.builds(
    Stood, open=st.booleans(), reason=st.sampled_from(["", "Done"]), status=st.sampled_from(["", "A", "B"])
)
_ROWS = st.lists(st.builds(StateRow, _STOOD, _STOOD, st.sampled_from(["both", "forward", "back"])), max_size=5)


@settings(max_examples=150)
@given(_ROWS, st.integers(0, 4))
def test_what_is_written_for_a_row_of_both_ways_is_called_the_same_when_it_is_read_back(
    rows: list[StateRow], which: int
) -> None:
    if list(doubles(rows)) or which >= len(rows) or rows[which].way != "both":
        return
    name = str(rows[which].source)
    there = meant(rows, "target", name)
    assert there == rows[which].target
    assert word(rows, "target", there) == name
