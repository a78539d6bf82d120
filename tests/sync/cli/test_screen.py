"""How rows are laid out: nothing is ever cut."""

import pytest

from tierkeeper.sync.cli.screen import laid_out

ROWS = [
    ("tier", "development → support", "TR07 enforce", "4 h of work was handed to development; up to 1 d stays"),
    ("comment", "status comment edited", "", "put back, remedy, table"),
]


def test_columns_line_up_and_a_pipe_gets_one_line_a_row() -> None:
    assert list(laid_out(ROWS, indent=2, width=0)) == [
        "  tier     development → support  TR07 enforce  4 h of work was handed to development; up to 1 d stays",
        "  comment  status comment edited                put back, remedy, table",
    ]


@pytest.mark.parametrize("width", [24, 40, 60, 80, 100])
def test_a_long_reason_wraps_and_loses_no_word(width: int) -> None:
    lines = list(laid_out(ROWS, indent=2, width=width))
    assert " ".join(" ".join(lines).split()) == " ".join(" ".join(cell for row in ROWS for cell in row).split())


def test_a_wide_cell_keeps_its_distance_from_the_next() -> None:
    wide = "+ " + ", ".join(f"key-user-{number}" for number in range(9))
    (line,) = laid_out([("owner", wide, "TR01 enforce", "reported past them")], indent=0, width=0)
    assert f"{wide}  TR01 enforce" in line


def test_control_characters_and_line_ends_never_reach_the_screen() -> None:
    (line,) = laid_out([("a\x1b[2J", "b\nc\u202e")], indent=0, width=0)
    assert line == "a[2J  b c"
