"""Native fields: what a value is called in the model, and how it is written to Jira. Pure.

System fields go by their id (``priority``), custom ones by the name that people see. Values are those that people see
too; an original estimate is its seconds, a time is ISO 8601 in UTC. Where a field holds days, a time is written as its
day, in the zone that it is given in.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from tierkeeper.plugins.days import day_of
from tierkeeper.plugins.errors import NotFound, WriteRefused
from tierkeeper.plugins.markup.adf import to_adf
from tierkeeper.plugins.markup.adf_text import to_markdown

ESTIMATE = "timeoriginalestimate"
VERSIONS = "fixVersions"
"""The releases that an issue is for, one a line."""

SYSTEM = ("status", "priority", "issuetype", "resolution", ESTIMATE, "duedate")
"""The system fields that every issue shows under these names."""

_ALIASES = {"title": "summary", "body": "description"}
_NAMED = frozenset({"priority", "issuetype", "resolution"})
_EFFORT = re.compile(r"(\d+(?:\.\d+)?)\s*([wdhm])")
_MINUTES = {"w": 5 * 8 * 60, "d": 8 * 60, "h": 60, "m": 1}


class Field(msgspec.Struct, frozen=True):
    """A field of the site. `kind` is the type of its values, `items` of those in a list; `text`: it is a document."""

    id: str
    name: str
    kind: str = ""
    custom: bool = False
    text: bool = False
    items: str = ""


class _RawSchema(msgspec.Struct):
    type: str = ""
    custom: str = ""
    items: str = ""


class RawField(msgspec.Struct):
    """A field, as Jira lists it."""

    id: str
    name: str
    custom: bool = False
    schema: _RawSchema | None = None


def to_field(raw: RawField) -> Field:
    """Give the field."""
    schema = raw.schema or _RawSchema()
    text = raw.id in {"description", "environment"} or schema.custom.endswith(":textarea")
    return Field(raw.id, raw.name, schema.type, raw.custom, text, schema.items)


def find_field(name: str, fields: Iterable[Field]) -> Field:
    """The field of that id, or the only custom one of that name. Raises NotFound."""
    known = list(fields)
    wanted = _ALIASES.get(name.casefold(), name)
    by_id = next((one for one in known if one.id.casefold() == wanted.casefold()), None)
    if by_id is not None:
        return by_id
    named = [one for one in known if one.name.casefold() == wanted.casefold()]
    custom = [one for one in named if one.custom] or named
    if len(custom) == 1:
        return custom[0]
    if custom:
        ids = ", ".join(one.id for one in custom)
        raise NotFound(f"Jira has {len(custom)} fields named {name!r}: put one of their ids into desk.yaml: {ids}")
    raise NotFound(f"Jira has no field {name!r}, or does not show it to our account: check the name in desk.yaml")


def shown_value(field: Field, value: Any) -> str | None:
    """A value as people see it; None where there is none."""
    match value:
        case dict():
            shown = _shown_object(field, value)
        case list():
            shown = ", ".join(one for item in value if (one := shown_value(field, item)))
        case bool():
            shown = str(value).lower()
        case int() | float():
            shown = f"{value:.15g}"
        case str():
            shown = in_utc(value) if field.kind == "datetime" else value
        case _:
            shown = ""
    return shown or None


def _shown_object(field: Field, value: dict[str, Any]) -> str:
    if value.get("type") == "doc":
        return to_markdown(value)
    names = ("accountId",) if field.kind == "user" else ("value", "name", "displayName", "key", "id")
    return next((str(value[name]) for name in names if value.get(name)), "")


def in_utc(text: str) -> str:
    """A time as ISO 8601 in UTC; what is none stays."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return text
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def written_value(field: Field, text: str | None) -> dict[str, Any]:
    """The part of an edit's `fields` that gives `field` this value (None: clears it). Raises WriteRefused."""
    if field.id == ESTIMATE:
        return {"timetracking": {"originalEstimate": f"{estimate_minutes(text)}m" if text else None}}
    if text is None:
        return {field.id: [] if field.kind == "array" else None}
    kind = f"list of {field.items}" if field.kind == "array" else field.kind
    writer = _WRITERS.get("text" if field.text else "name" if field.id in _NAMED else kind)
    if writer is None:
        raise WriteRefused(
            f"{field.name!r} holds values of type {field.kind or 'unknown'}, which is not written here: "
            "keep the facet in a label or in a field with one option"
        )
    return {field.id: writer(field, text)}


def estimate_minutes(text: str) -> int:
    """The minutes of an estimate: a plain number is seconds, as Jira's own are. Raises WriteRefused."""
    if text.strip().isdigit():
        return round(int(text) / 60)
    parts = _EFFORT.findall(text)
    if not parts or _EFFORT.sub("", text).strip():
        raise WriteRefused(
            f"{text!r} is no estimate: expected an amount with a unit (w, d, h, m), such as 4h or 1d 30m"
        )
    return round(sum(float(number) * _MINUTES[unit] for number, unit in parts))


def same_value(field: Field, wanted: str | None, shown: str | None) -> bool:
    """Whether Jira shows what was asked for, however it spells it."""
    if not wanted or not shown:
        return not wanted and not shown
    if field.id == ESTIMATE:
        return estimate_minutes(wanted) == estimate_minutes(shown)
    if field.kind == "number":
        return _number(field, wanted) == _number(field, shown)
    if field.kind in _TIMES:
        return _TIMES[field.kind](wanted) == _TIMES[field.kind](shown)
    if field.kind == "array":
        return {name.casefold() for name in _listed(field, wanted)} == {
            name.casefold() for name in _listed(field, shown)
        }
    return " ".join(wanted.split()).casefold() == " ".join(shown.split()).casefold()


_TIMES: dict[str, Callable[[str], str]] = {"datetime": in_utc, "date": day_of}
"""What is the same for the same moment, by the type of a field."""


def _listed(field: Field, text: str) -> list[str]:
    names = text.split("\n" if field.id == VERSIONS else ",")
    return [" ".join(name.split()) for name in names if name.strip()]


def _number(field: Field, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise WriteRefused(f"{field.name!r} takes a number, not {text!r}") from None


def _day(field: Field, text: str) -> str:
    try:
        return day_of(text)
    except ValueError:
        raise WriteRefused(f"{field.name!r} takes a day such as 2026-11-23, not {text!r}") from None


def _moment(field: Field, text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WriteRefused(f"{field.name!r} takes a time such as 2026-11-23T10:00:00Z, not {text!r}") from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


_WRITERS: dict[str, Callable[[Field, str], Any]] = {
    "text": lambda _, text: to_adf(text),
    "name": lambda _, text: {"name": text},
    "list of component": lambda field, text: [{"name": name} for name in _listed(field, text)],
    "list of version": lambda field, text: [{"name": name} for name in _listed(field, text)],
    "option": lambda _, text: {"value": text},
    "user": lambda _, text: {"accountId": text},
    "number": _number,
    "datetime": _moment,
    "string": lambda _, text: text,
    "date": _day,
}
