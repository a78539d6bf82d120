"""Shows what was expected and what came, side by side."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from textwrap import wrap

from tierkeeper.rules.testing.times import Clock

WIDTH = 56
"""Columns of each side."""


def side_by_side(expected: Sequence[Mapping[str, object]], got: Sequence[Mapping[str, object]], clock: Clock) -> str:
    """Two columns: what was expected on the left, what came on the right."""
    left, right = _column(expected, clock), _column(got, clock)
    rows = [("expected", "got"), ("-" * WIDTH, "-" * WIDTH), *zip_longest(left, right, fillvalue="")]
    return "\n".join(f"    {one:<{WIDTH}}  {other}".rstrip() for one, other in rows)


def _column(items: Sequence[Mapping[str, object]], clock: Clock) -> list[str]:
    lines: list[str] = []
    for item in items:
        lines += _item(item, clock)
    return lines or ["[]  nothing at all"]


def _item(item: Mapping[str, object], clock: Clock) -> list[str]:
    lines: list[str] = []
    for key, value in item.items():
        if value in ("", {}):
            continue
        start = "- " if not lines else "  "
        text = f"{start}{key}: {_text(value, clock)}"
        lines += wrap(text, WIDTH, subsequent_indent="    ", break_on_hyphens=False) or [text]
    return lines


def _text(value: object, clock: Clock) -> str:
    if isinstance(value, datetime):
        return clock.show(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_text(inner, clock)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(item, clock) for item in value) + "]"
    return "none" if value is None else "true" if value is True else str(value)
