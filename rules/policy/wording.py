"""What pydantic finds, in our own words."""

import re
from collections.abc import Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from tierkeeper.rules.policy.nodes import YamlDate
from tierkeeper.rules.policy.problems import Findings, looks_secret, nearest, unknown_key
from tierkeeper.rules.policy.yaml_text import Path

_KINDS = {
    "string": "text",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen_set": "a list",
    "dict": "a mapping",
    "model": "a mapping",
    "model_attributes": "a mapping",
    "bool": "true or false",
    "int": "a whole number",
    "int_from_float": "a whole number",
    "float": "a number",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "or more"),
    "less_than_equal": ("le", "or less"),
}


def report(findings: Findings, at: Path, error: ValidationError, model: type[BaseModel]) -> None:
    """Report each error of a model that was read from the mapping at `at`."""
    found: dict[Path, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        found.setdefault(_path(findings, at, detail), []).append(detail)
    for path, details in found.items():
        spoken = [detail for detail in details if detail["type"] != "is_instance_of"] or details
        kind = next((detail["ctx"]["class"] for detail in details if detail["type"] == "is_instance_of"), "")
        _say(findings, path, spoken[0], (kind, model, path[len(at) :]))


def _path(findings: Findings, at: Path, detail: ErrorDetails) -> Path:
    """The place that an error means: pydantic's own marks in it are left out."""
    path, matched = at, False
    for part in detail["loc"]:
        inside = findings.document.value(path)
        matched = part in inside if isinstance(inside, dict) else isinstance(inside, list) and isinstance(part, int)
        if matched:
            path = (*path, part)
    return (*path, detail["loc"][-1]) if detail["type"] == "missing" and not matched else path


def _say(findings: Findings, path: Path, detail: ErrorDetails, about: tuple[str, type[BaseModel], Path]) -> None:
    kind, model, inner = about
    if detail["type"] == "extra_forbidden":
        stray_key(findings, path, keys_at(model, inner[:-1]))
    elif detail["type"] == "missing":
        field = _field(model, inner)
        described_as = (field.description or "").rstrip(".") if field is not None else ""
        expected = f"expected: {described_as[0].lower()}{described_as[1:]}" if described_as else ""
        findings.add(path, "this key is needed, and is not there", expected)
    else:
        on_key = detail["loc"][-1:] == ("[key]",)
        findings.add(path, *_sentence(detail, kind, findings.document.token(path)), on_key=on_key)


def stray_key(findings: Findings, path: Path, keys: tuple[str, ...]) -> None:
    """Report a key that does not belong here. One that looks like a secret is not shown."""
    word = str(path[-1])
    if looks_secret(word):
        findings.hide(path)
    else:
        unknown_key(findings, path, ("key", "keys"), keys)


def _sentence(detail: ErrorDetails, kind: str, token: str) -> tuple[str, str]:
    """The message and the hint for an error of a value."""
    name, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if name == "policy":
        return str(context["message"]), str(context["hint"])
    if name in {"value_error", "assertion_error"}:
        return str(context["error"]), ""
    if name in _BOUNDS:
        key, words = _BOUNDS[name]
        return f"expected {context[key]} {words}, got {value}", ""
    if name in {"literal_error", "enum"}:
        return _choice(str(context["expected"]), value)
    wanted = _KINDS.get(name.removesuffix("_type").removesuffix("_parsing"), "")
    if wanted == "text" and kind in {"Duration", "Effort"}:
        return f"expected an amount with its unit, got {described(value)}", f"such as {token}h" if token else ""
    message = f"expected {wanted}, got {described(value)}" if wanted else _borrowed(detail["msg"], value)
    return message, _remedy(wanted, value, token)


def _choice(expected: str, value: object) -> tuple[str, str]:
    choices = re.findall(r"'([^']*)'", expected)
    near = nearest(str(value), choices)
    offered = " or ".join(part for part in (", ".join(choices[:-1]), *choices[-1:]) if part)
    return f"expected {offered}, got {described(value)}", f'did you mean "{near}"?' if near else ""


def _remedy(wanted: str, value: object, token: str) -> str:
    if isinstance(value, dict | list) or value is None:
        return ""
    return {"text": f'quote it: "{token}"', "a list": f"write [{token}]"}.get(wanted, "")


def _borrowed(message: str, value: object) -> str:
    """A message of pydantic's own, or of a plugin's validator, that we have no better words for."""
    said = message.removeprefix("Value error, ").replace("Input should be", "expected")
    return f"{said[:1].lower()}{said[1:]}, got {described(value)}"


def described(value: object) -> str:
    """A value for people, by its kind."""
    if isinstance(value, YamlDate):
        return f"the date {value}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if value is None:
        return "nothing"
    kinds: Mapping[type, str] = {dict: "a mapping", list: "a list"}
    return kinds.get(type(value), f"the number {value}")


def keys_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The keys that a model takes in the mapping at `path`."""
    there = _kind_at(model, path)
    fields = there.model_fields if isinstance(there, type) and issubclass(there, BaseModel) else {}
    return tuple(field.alias or name for name, field in fields.items())


def _field(model: type[BaseModel], path: Path) -> FieldInfo | None:
    there = _kind_at(model, path[:-1])
    if not (isinstance(there, type) and issubclass(there, BaseModel)):
        return None
    return next((field for name, field in there.model_fields.items() if path[-1] in {name, field.alias}), None)


def _kind_at(kind: Any, path: Path) -> Any:
    """The type that a model has for what stands at `path`."""
    for part in path:
        there = _container(kind)
        if isinstance(there, type) and issubclass(there, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in there.model_fields.items()}
            extra = there.__annotations__.get("__pydantic_extra__", dict[str, Any])
            kind = fields.get(str(part), get_args(extra)[-1])
        else:
            kind = get_args(there)[-1] if get_args(there) else Any
    return _container(kind)


def _container(kind: Any) -> Any:
    """The model, mapping or list among what an annotation allows."""
    if (isinstance(kind, type) and issubclass(kind, BaseModel)) or get_origin(kind) in {dict, list, tuple}:
        return kind
    return next((found for part in get_args(kind) if (found := _container(part)) is not None), None)
