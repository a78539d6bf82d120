"""The policy's JSON Schema, for editors: with the rules and trackers that are installed."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.errors import PydanticInvalidForJsonSchema

from tierkeeper.plugins.host import Host
from tierkeeper.plugins.rule import Rule
from tierkeeper.rules.policy.facets import KNOWN, NATIVE
from tierkeeper.rules.policy.raw import ALWAYS, RawFacet, RawPolicy, RawQueue, RawRule, RawTracker
from tierkeeper.rules.policy.raw_notifiers import RawNotifier

Schema = dict[str, Any]

_OPTIONS_PART = re.compile(r"\*\*Options\.\*\*\s*(.+?)(?:\n\s*\n|\Z)", re.DOTALL)
_MOMENT = {"format": "date-time"}


def json_schema(host: Host) -> dict[str, object]:
    """A JSON Schema (2020-12) for desk.yaml, with the options of every installed rule and tracker."""
    schema = RawPolicy.model_json_schema()
    defs: Schema = schema["$defs"]
    sections: Schema = schema["properties"]
    sections["trackers"]["additionalProperties"] = _trackers(host, defs)
    sections["notifiers"]["additionalProperties"] = _notifiers(host, defs)
    sections["queues"]["additionalProperties"] = _queues(host)
    sections["rules"] = _rules(host, defs, sections["rules"])
    sections["facets"]["properties"] = {name: _facet(name) for name in KNOWN}
    calendar = sections["calendars"]["additionalProperties"]
    sections["calendars"]["additionalProperties"] = {"anyOf": [calendar, {"const": ALWAYS}]}
    for name in ("people", "facets", "services", "entry_points", "servers", "instances"):
        sections[name]["additionalProperties"] = _or_nothing(sections[name]["additionalProperties"])
    for unused in ("RawTracker", "RawQueue", "RawRule", "RawNotifier"):
        defs.pop(unused, None)
    _allow_nothing(schema)
    title = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "desk.yaml"}
    return {**title, **{key: value for key, value in schema.items() if key != "title"}}


def _facet(name: str) -> Schema:
    kept = f"Always the issue's {NATIVE[name].kind}." if name in NATIVE else RawFacet.__doc__ or ""
    return {"$ref": "#/$defs/RawFacet", "description": kept}


def _trackers(host: Host, defs: Schema) -> Schema:
    kinds = []
    for name, plugin in sorted(host.trackers.items()):
        schema = _options(plugin.options, f"tracker.{name}", defs)
        _describe(schema, f"An option of the tracker plugin {name}.")
        keys = {"plugin": {"const": name, "description": RawTracker.model_fields["plugin"].description}}
        schema["properties"] = keys | schema.get("properties", {})
        schema["required"] = ["plugin", *schema.get("required", [])]
        kinds.append(schema)
    return {"oneOf": kinds} if kinds else {"type": "object"}


def _notifiers(host: Host, defs: Schema) -> Schema:
    kinds = []
    for name, plugin in sorted(host.notifiers.items()):
        schema = _options(plugin.options, f"notifier.{name}", defs)
        _describe(schema, f"An option of the notifier plugin {name}.")
        own = RawNotifier.model_json_schema()["properties"]
        own["plugin"] = {"const": name, "description": own["plugin"]["description"]}
        schema["properties"] = own | schema.get("properties", {})
        schema["required"] = ["plugin", *schema.get("required", [])]
        kinds.append(schema)
    return {"oneOf": kinds} if kinds else {"type": "object"}


def _queues(host: Host) -> Schema:
    schema = RawQueue.model_json_schema(ref_template="#/$defs/{model}")
    schema.pop("$defs", None)
    schema["additionalProperties"] = False
    for name, plugin in sorted(host.trackers.items()):
        where = {"type": "string", "description": f"Where issues live, on a tracker of the plugin {name}."}
        schema["properties"].setdefault(plugin.place, where)
    return schema


def _rules(host: Host, defs: Schema, section: Schema) -> Schema:
    known = {code: _rule(rule, defs) for code, rule in sorted(host.rules.items())}
    return {**section, "properties": known, "additionalProperties": False}


def _rule(rule: type[Rule], defs: Schema) -> Schema:
    schema = _options(rule.Options, f"rule.{rule.code}", defs)
    part = _OPTIONS_PART.search(rule.manual())
    _describe(schema, " ".join(part.group(1).split()) if part else f"An option of {rule.code}.")
    mode = RawRule.model_json_schema()["properties"]["mode"]
    schema["properties"] = {"mode": mode} | schema.get("properties", {})
    return {**schema, "type": ["object", "null"], "description": rule.message()}


def _options(model: type[BaseModel], name: str, defs: Schema) -> Schema:
    """A plugin's options, their own definitions moved to the schema's. What pydantic cannot describe is any mapping."""
    try:
        schema = model.model_json_schema(ref_template=f"#/$defs/{name}.{{model}}")
    except PydanticInvalidForJsonSchema:
        return {"type": "object"}
    defs |= {f"{name}.{inner}": kind for inner, kind in schema.pop("$defs", {}).items()}
    return {key: value for key, value in schema.items() if key != "title"}


def _describe(schema: Schema, words: str) -> None:
    """Give every option a description that does not have its own."""
    for option in schema.get("properties", {}).values():
        option.setdefault("description", words)


def _allow_nothing(schema: Schema) -> None:
    """A key without a value counts as absent, except where it is needed. Titles say nothing that the key does not."""
    for part in _parts(schema):
        if isinstance(part.get("title"), str):
            del part["title"]
        needed = part.get("required", [])
        for name, kind in part.get("properties", {}).items():
            if name not in needed:
                part["properties"][name] = _or_nothing(kind)


def _or_nothing(kind: Schema) -> Schema:
    options: Iterable[Schema] = kind.get("anyOf", [])
    if "null" in kind.get("type", []) or any(option.get("type") == "null" for option in options):
        return kind
    outer: Schema = {key: kind.pop(key) for key in ("description", "default") if key in kind}
    return {"anyOf": [kind, {"type": "null"}], **outer}


def _parts(value: Any) -> Iterator[Schema]:
    """Every mapping in a schema."""
    if isinstance(value, dict):
        yield value
        for inner in list(value.values()):
            yield from _parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner)
