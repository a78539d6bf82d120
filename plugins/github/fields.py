"""Issue fields, which an organisation gives to the issues of all its repositories: what they hold, and what is written.

Values are those that people see; a choice is written as the organisation spells it, a time into a field of days as its
day, in the zone that it is given in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from tierkeeper.plugins.days import day_of
from tierkeeper.plugins.errors import TrackerError, WriteRefused

MILESTONE = "milestone"
TITLE = "title"
NATIVE = (TITLE, MILESTONE)
"""What every issue has besides."""

CHOICE, CHOICES, DATE, NUMBER, TEXT = "single_select", "multi_select", "date", "number", "text"


class RawOption(msgspec.Struct, frozen=True):
    """A choice."""

    name: str


class Field(msgspec.Struct, frozen=True):
    """An issue field, as GitHub lists it."""

    id: int
    name: str
    data_type: str
    options: list[RawOption] | None = None

    @property
    def choices(self) -> list[str]:
        """What can be chosen, as the organisation spells it."""
        return [option.name for option in self.options or ()]

    @property
    def shown_choices(self) -> str:
        """The same, for people."""
        return ", ".join(self.choices) or "none"


class RawValue(msgspec.Struct):
    """What an issue has in a field; of a choice `value` may be a number, and its name stands beside."""

    issue_field_id: int
    value: str | float | None = None
    single_select_option: RawOption | None = None
    multi_select_options: list[RawOption] | None = None


Fields = Mapping[str, Field]
"""The fields that facets are kept in, by the policy's names for them."""

NO_FIELDS: Fields = {}


def lacking(names: Iterable[str], known: Sequence[Field]) -> list[str]:
    """The names that no field has; capitals do not count."""
    there = {field.name.casefold() for field in known}
    return [name for name in names if name.casefold() not in there]


def named(names: Sequence[str], known: Sequence[Field], owner: str) -> dict[str, Field]:
    """The fields of these names. Raises TrackerError, which is no NotFound: it is no issue that is gone."""
    if missing := lacking(names, known):
        there = ", ".join(field.name for field in known) or "none"
        raise TrackerError(
            f"{owner} has no issue field {', '.join(map(repr, missing))} (it has: {there}): make it in the "
            "organisation's settings, or keep the facet in a label"
        )
    by_name = {field.name.casefold(): field for field in known}
    return {name: by_name[name.casefold()] for name in names}


def shown_values(values: Iterable[RawValue] | None, fields: Fields) -> dict[str, str]:
    """What an issue has in these fields, as people see it."""
    by_id = {value.issue_field_id: value for value in values or ()}
    found = {name: _shown(by_id[field.id]) for name, field in fields.items() if field.id in by_id}
    return {name: shown for name, shown in found.items() if shown}


def _shown(raw: RawValue) -> str:
    if raw.single_select_option is not None:
        return raw.single_select_option.name
    if raw.multi_select_options is not None:
        return ", ".join(option.name for option in raw.multi_select_options)
    return f"{raw.value:.15g}" if isinstance(raw.value, int | float) else raw.value or ""


def written_value(field: Field, text: str) -> str | float | list[str]:
    """A value as GitHub takes it. Raises WriteRefused."""
    writer = _WRITERS.get(field.data_type)
    if writer is None:
        raise WriteRefused(f"{field.name!r} is of the type {field.data_type}, which is not written here: use a label")
    return writer(field, text)


def same_value(field: Field, wanted: str, shown: str | None) -> bool:
    """Whether GitHub shows what was asked for, however it spells it."""
    if not shown:
        return False
    if field.data_type == TEXT:
        return wanted.strip() == shown.strip()
    try:
        return bool(written_value(field, wanted) == written_value(field, shown))
    except WriteRefused:
        return False


def _choice(field: Field, text: str) -> str:
    same = [choice for choice in field.choices if choice.casefold() == text.strip().casefold()]
    if not same:
        raise WriteRefused(f"{field.name!r} has no choice {text!r}: it has {field.shown_choices}")
    return same[0]


def _choices(field: Field, text: str) -> list[str]:
    chosen = {_choice(field, one) for one in text.split(",") if one.strip()}
    return [choice for choice in field.choices if choice in chosen]


def _number(field: Field, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise WriteRefused(f"{field.name!r} takes a number, not {text!r}") from None


def _date(field: Field, text: str) -> str:
    try:
        return day_of(text)
    except ValueError:
        raise WriteRefused(f"{field.name!r} takes a day such as 2026-11-24, not {text!r}") from None


_WRITERS: dict[str, Callable[[Field, str], str | float | list[str]]] = {
    CHOICE: _choice,
    CHOICES: _choices,
    DATE: _date,
    NUMBER: _number,
    TEXT: lambda _, text: text,
}
