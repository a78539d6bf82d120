"""Spans of time and amounts of work, with their units."""

import re
from datetime import timedelta
from functools import total_ordering
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(bd|bh|d|h|m)")
_MINUTES = {"m": 1, "h": 60, "d": 1440, "bh": 60}
_WORDS = {"m": "minute", "h": "hour", "d": "day", "bh": "business hour", "bd": "business day"}
_AMOUNT = re.compile(r"\s*((?:\d+(?:\.\d+)?\s*[mhd](?![a-z])\s*)+)", re.IGNORECASE)


def _parts(text: str, units: str, example: str) -> list[tuple[float, str]]:
    found = [(float(number), unit) for number, unit in _PART.findall(text)]
    if not found or _PART.sub("", text).strip():
        raise ValueError(f"expected an amount with a unit ({units}), such as {example}; got {text!r}")
    wrong = [unit for _, unit in found if unit not in units.split(", ")]
    if wrong:
        raise ValueError(f"the unit {wrong[0]!r} does not belong here; expected {units}")
    return found


class _Parsed:
    """A value written as text in the policy; pydantic reads it with the class itself."""

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept an instance or its text; write it as text."""
        parse = core_schema.no_info_after_validator_function(cls, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=parse,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), parse]),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class Duration(_Parsed):
    """A span: elapsed time in ``m h d``, business time in ``bh bd``, never both.

    `elapsed` is set for elapsed time; `business_minutes` and `business_days` for business time. `in_days`: it counts
    business days, be it none (``0bd``).
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        parts = _parts(text, "m, h, d, bh, bd", "90m, 4bh or 2bd")
        business = {unit.startswith("b") for _, unit in parts}
        if len(business) > 1:
            raise ValueError(f"elapsed and business units do not mix: {text!r}")
        self.business = business.pop()
        days = [number for number, unit in parts if unit == "bd"]
        if any(number % 1 for number in days):
            raise ValueError(f"business days are counted whole, and {text!r} is not; write bh for a part of a day")
        self.in_days = bool(days)
        self.business_days = int(sum(days))
        minutes = sum(number * _MINUTES[unit] for number, unit in parts if unit != "bd")
        self.business_minutes = minutes if self.business else 0.0
        self.elapsed = timedelta(minutes=0 if self.business else minutes)

    def __str__(self) -> str:
        return self.text

    @property
    def in_words(self) -> str:
        """As a sentence has it: ``2 business days``."""
        parts = _parts(self.text, "m, h, d, bh, bd", "90m, 4bh or 2bd")
        return " ".join(f"{number:g} {_WORDS[unit]}{'s' * (number != 1)}" for number, unit in parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Duration) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[bool, bool, int, float, timedelta]:
        return (self.business, self.in_days, self.business_days, self.business_minutes, self.elapsed)


@total_ordering
class Effort(_Parsed):
    """An amount of one person's work, in ``m h d``; a day is the team's `effort_day` (default 8 h)."""

    def __init__(self, text: str, *, day_minutes: float = 480) -> None:
        super().__init__(text)
        self._split = _parts(text, "m, h, d", "4h or 1d 30m")
        self.day_minutes = day_minutes

    @property
    def minutes(self) -> float:
        """The work in minutes."""
        sizes = {"m": 1.0, "h": 60.0, "d": self.day_minutes}
        return sum(number * sizes[unit] for number, unit in self._split)

    def resolved(self, day_minutes: float) -> Self:
        """The same text with the length of the team's day."""
        return type(self)(self.text, day_minutes=day_minutes)

    @classmethod
    def of_minutes(cls, minutes: float, *, day_minutes: float = 480) -> Self:
        """An amount that a tracker gives as a number, in hours and minutes."""
        hours, rest = divmod(minutes, 60)
        parts = [f"{hours:.0f}h"] if hours else []
        if rest or not hours:
            parts.append(f"{rest:.6f}".rstrip("0").rstrip(".") + "m")
        return cls("".join(parts), day_minutes=day_minutes)

    def __str__(self) -> str:
        """Without spaces lost or gained: ``4 h``, ``1 d``."""
        return " ".join(f"{number:g} {unit}" for number, unit in self._split)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Effort) and self.minutes == other.minutes

    def __lt__(self, other: "Effort") -> bool:
        return self.minutes < other.minutes

    def __hash__(self) -> int:
        return hash(self.minutes)


def split_amount(text: str) -> tuple[str, str]:
    """The amount of work that a line begins with, such as ``1d30m`` (no spaces; empty: none), and what follows it."""
    found = _AMOUNT.match(text)
    if found is None:
        return "", text.strip()
    return "".join(found.group(1).split()).casefold(), text[found.end() :].strip()
