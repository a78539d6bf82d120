"""`docs/policy.md`: every key of desk.yaml, read off its JSON Schema."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Schema = Mapping[str, Any]

HEAD = """\
# The policy: desk.yaml

Every key, its type, what it is when it is left out, and what it means. `<name>` is a name of your choice, `[]` an entry
of a list. Each key that may be left out may also stand without a value. `tierkeeper check` reads a policy and says what
is wrong with it, with file and line; `tierkeeper check --schema` prints a JSON Schema for your editor.
"""
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "mapping",
    "array": "list",
}
PLACES = {"people.<name>": "<tracker>", "roles.<name>": "<tracker>", "roles.<name>.<tracker>": "<kind>"}
PLACES |= {"facets.<name>": "<tracker>", "calendars.<name>.hours": "<days>", "calendars.<name>.dates": "<date>"}
SAID = {
    "people.<name>.<tracker>": "The person's account on that tracker.",
    "calendars.<name>.hours.<days>": "The spans of some days (`mon`, `mon-fri`, `mon,wed`), or `closed`.",
    "calendars.<name>.dates.<date>": "The spans of a date (`2026-12-24`; `12-24`: of every year), or `closed`.",
    "roles.<name>.<tracker>": "Where that tracker keeps the role's members.",
    "roles.<name>.<tracker>.<kind>": "The name of a group, project role or team, under a kind that the tracker knows.",
}
KNOWN_FACET = "A facet with a meaning of its own; it takes the keys of `facets.<name>`."


class Row(NamedTuple):
    """One key: its path, type, default, and what it means."""

    key: str
    type: str
    default: str
    means: str


def policy_page(schema: Schema) -> str:
    """The page for a schema."""
    definitions: Schema = schema["$defs"]
    settings, sections = [], []
    for name, kind in schema["properties"].items():
        rows = list(_rows(name, kind, definitions, needed=name in schema["required"]))
        if len(rows) == 1 or name == "opt_out":
            settings += rows
        else:
            sections.append(f"## `{name}`\n\n{rows[0].means}\n\n{_section(name, kind, rows[1:], definitions)}")
    return "\n".join([HEAD, f"## At the top\n\n{_table(settings)}", *sections])


def option_text(option: str, text: str) -> str:
    """What a rule's manual says of one option, cut out of the part that speaks of them all."""
    found = re.search(rf"`{option}`: (.*?)(?=[;.] `\w+`: |$)", text)
    return found.group(1).rstrip(".") if found else text


def _section(name: str, kind: Schema, rows: list[Row], definitions: Schema) -> str:
    """A section's table; one for each plugin where the plugin decides on the keys."""
    below = _inner(kind, definitions).get("additionalProperties")
    if not isinstance(below, dict) or "oneOf" not in below:
        return _table(rows)
    parts = []
    for one in below["oneOf"]:
        head, *keys = _rows(f"{name}.<name>", one, definitions)
        parts.append(f"### `plugin: {one['properties']['plugin']['const']}`\n\n{head.means}\n\n{_table(keys)}")
    return "\n".join(parts)


def _rows(key: str, kind: Schema, definitions: Schema, *, needed: bool = False) -> Iterator[Row]:
    """One row for the key, and those for the keys below it."""
    inner = _inner(kind, definitions)
    yield Row(key, _type(inner, definitions), "needed" if needed else _default(kind), _means(key, kind, inner))
    if inner.get("type") == "array" and "properties" in _inner(inner["items"], definitions):
        yield from _below(f"{key}[]", _inner(inner["items"], definitions), definitions)
    elif not key.startswith("facets.") or key.endswith(">"):
        yield from _below(key, inner, definitions)


def _means(key: str, kind: Schema, inner: Schema) -> str:
    said = " ".join((kind.get("description") or inner.get("description") or SAID.get(key, "")).split())
    if key.startswith("rules.") and key.count(".") > 1:
        said = option_text(key.split(".")[2], said) if said else "One entry."
    elif key.startswith("facets.") and ".<" not in key and said == inner.get("description"):
        said = KNOWN_FACET
    said = said.replace("``", "`")
    return f"{said[:1].upper()}{said[1:]}".rstrip(".") + "." if said else ""


def _below(key: str, inner: Schema, definitions: Schema) -> Iterator[Row]:
    for name, kind in inner.get("properties", {}).items():
        yield from _rows(f"{key}.{name}", kind, definitions, needed=name in inner.get("required", ()))
    named = inner.get("additionalProperties")
    if isinstance(named, dict):
        for kind in named.get("oneOf", [named]):
            rows = list(_rows(f"{key}.{PLACES.get(key, '<name>')}", kind, definitions))
            if rows[0].means or rows[1:]:  # what a mapping of plain texts holds is said by its own row
                yield from rows
    for kind in inner.get("oneOf", ()):
        yield from _below(key, _inner(kind, definitions), definitions)


def _inner(kind: Schema, definitions: Schema) -> Schema:
    """A kind without the `or nothing` around it and with its definition looked up."""
    options = [one for one in kind.get("anyOf", ()) if one.get("type") != "null"]
    if options:
        return _inner(options[0], definitions)
    return definitions[kind["$ref"].removeprefix("#/$defs/")] if "$ref" in kind else kind


def _type(inner: Schema, definitions: Schema) -> str:
    values = inner.get("enum") or ([inner["const"]] if "const" in inner else [])
    if values:
        return " or ".join(f"`{value}`" for value in values)
    if "oneOf" in inner:
        return " or ".join(dict.fromkeys(_type(_inner(one, definitions), definitions) for one in inner["oneOf"]))
    if inner.get("format") == "date-time":
        return "date, time and offset"
    kind = inner.get("type", "mapping")
    name = str(next(one for one in kind if one != "null") if isinstance(kind, list) else kind)
    if kind == "array":
        below = _type(_inner(inner["items"], definitions), definitions)
        return f"list of {below}s" if below == "mapping" else f"list of {below}"
    return TYPES.get(name, name) + _limits(inner)


def _limits(inner: Schema) -> str:
    least = inner.get("minimum", inner.get("exclusiveMinimum"))
    most = inner.get("maximum")
    over = "over" if "exclusiveMinimum" in inner else "from"
    return (f", {over} {least}" if least is not None else "") + (f", up to {most}" if most is not None else "")


def _default(kind: Schema) -> str:
    value = kind.get("default")
    if value in (None, "", [], {}) or isinstance(value, dict):
        return ""
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value)}`"


def _table(rows: list[Row]) -> str:
    lines = ["| key | type | left out | what it means |", "|---|---|---|---|"]
    lines += [f"| `{row.key}` | {row.type} | {row.default} | {row.means.replace('|', chr(92) + '|')} |" for row in rows]
    return "\n".join(lines) + "\n"
