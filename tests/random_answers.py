"""A tracker's server that answers whatever its contract allows, by the dice: nothing more than valid may be relied on.

Properties that are not required are left out at times, what may be null is null at times, and texts are odd.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import msgspec
from contract_checker import BASE, Contract, Json

from tierkeeper.plugins.transport.answer import Answer

DEEP = 5
ENOUGH = 25
"""After so many answers all lists are empty: else a walk through random pages would never end."""

ALWAYS = ("id", "key", "name", "created", "updated", "body", "issueId", "fieldId", "fields")
"""What Jira's contract does not require, though nothing can be told apart without it."""

TEXTS = ("", "x", "12", "Größe 表 \u200b\U0001f600", "a:b c/d", "<b>&", "2026-11-23", "-1", "@anna #1")
TIMES = {
    "github": ("2026-11-23T12:00:00Z", "2026-11-23T17:30:00+05:30", "2011-01-26T19:01:12.123Z"),
    "jira": (
        "2026-11-23T12:00:00.000+0000",
        "2026-11-23T17:30:00.000+0530",
        "2026-11-23T17:30:00+05:30",
        "2026-11-23T12:00:00Z",
        "2026-11-23T12:00:00.1+0000",
    ),
}


class RandomServer:
    """A `Send`. `pinned` are parts of answers by the end of their path: without them little would be got to see."""

    def __init__(self, contract: Contract, seed: int, *, base: str, pinned: Mapping[str, Any] | None = None) -> None:
        self._contract = contract
        self._document = contract.document
        self._dice = Random(seed)  # a test's dice
        self._base = base
        self._pinned = pinned or {}
        self.asked = 0

    def __call__(self, method: str, path: str, json: object | None, headers: Mapping[str, str]) -> Answer:  # noqa: ARG002  # a Send's own
        self.asked += 1
        bare = path.partition("?")[0]
        prefix = self._base.partition("://")[2].partition("/")[2]
        found = self._contract.operation(method, f"/{prefix}{bare}" if prefix else bare)
        assert found is not None, f"{method} {path} is not in the contract"
        answers = found[0]["responses"]
        status = self._dice.choice([code for code in answers if code.startswith("2")])
        content = self._resolved(answers[status]).get("content", {}).get("application/json")
        if content is None or status == "204":
            return Answer(int(status), {}, b"", self._base + path)
        value = self.value(content.get("schema", {}))
        for end, part in self._pinned.items():
            if bare.endswith(end):
                value = value | part if isinstance(value, dict) else part
        return Answer(int(status), {}, msgspec.json.encode(value), self._base + path)

    def value(self, schema: Json, depth: int = 0, name: str = "") -> Any:
        """Anything that the schema allows."""
        schema = self._resolved(schema)
        if "fields" in (schema.get("properties") or {}) and "renderedFields" in schema["properties"]:
            schema = {**schema, "properties": {**schema["properties"], "fields": {"x-issue-fields": True}}}
        if "x-issue-fields" in schema:
            return self._issue_fields(depth)
        for many in ("oneOf", "anyOf"):
            if many in schema:
                rest = {key: value for key, value in schema.items() if key != many}
                chosen = self._resolved(self._dice.choice(schema[many]))
                return self.value({**rest, **chosen} if chosen.get("type") != "null" else chosen, depth, name)
        if "allOf" in schema:
            return self.value(self._merged(schema), depth, name)
        if "enum" in schema:
            return self._dice.choice(schema["enum"])
        return self._typed(schema, depth, name)

    def _typed(self, schema: Json, depth: int, name: str) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else None)
        if isinstance(kind, list):
            kind = self._dice.choice(kind)
        makers: dict[str | None, Callable[[], Any]] = {
            "object": lambda: self._object(schema, depth),
            "array": lambda: self._array(schema, depth),
            "integer": lambda: schema.get("minimum", self._dice.choice((0, 1, 7, 4_294_967_296))),
            "number": lambda: self._dice.choice((0, 1.5, 1e12)),
            "boolean": lambda: self._dice.random() < 0.5,
            "string": lambda: self._string(schema, name),
        }
        return makers[kind]() if kind in makers else None

    def _array(self, schema: Json, depth: int) -> list[Any]:
        least = min(schema.get("minItems", 0), 1)
        most = 0 if self.asked > ENOUGH else 1 if depth > DEEP else 3
        number = self._dice.randint(least, max(most, least))
        return [self.value(schema.get("items", {}), depth + 1) for _ in range(number)]

    def _string(self, schema: Json, name: str) -> str:
        if schema.get("format") == "date-time" or name == "created_at":
            return self._dice.choice(TIMES[self._contract.platform])
        if name == "nextPageToken":
            return f"page-{self.asked}"
        if name in {"id", "issueId"}:
            return str(self._dice.randint(1, 99_999))
        return self._dice.choice(TEXTS)

    def _object(self, schema: Json, depth: int) -> Json:
        required = {*schema.get("required", ()), *(ALWAYS if self._contract.platform == "jira" else ())}
        made = {}
        for name, one in (schema.get("properties") or {}).items():
            likely = 0 if depth > DEEP or (self.asked > ENOUGH and name == "nextPageToken") else 0.7
            if name in required or self._dice.random() < likely:
                made[name] = self.value(one, depth + 1, name)
        more = schema.get("additionalProperties")
        if isinstance(more, dict) and more and depth <= DEEP and self._dice.random() < 0.5:
            made["customfield_10001"] = self.value(more, depth + 1)
        return made

    def _issue_fields(self, depth: int) -> Json:
        """The fields of an issue, of which the contract says nothing: each by its own schema, null, or absent."""
        schemas = self._document["components"]["schemas"]
        kinds: dict[str, Json] = {
            "status": schemas["StatusDetails"],
            "priority": schemas["Priority"],
            "issuetype": schemas["IssueTypeDetails"],
            "resolution": schemas["Resolution"],
            "assignee": schemas["UserDetails"],
            "reporter": schemas["UserDetails"],
            "creator": schemas["UserDetails"],
            "comment": schemas["PageOfComments"],
            "security": schemas["SecurityLevel"],
            "fixVersions": {"type": "array", "items": schemas["Version"]},
            "labels": {"type": "array", "items": {"type": "string"}},
            "timeoriginalestimate": {"type": "integer"},
            "duedate": {"type": "string"},
            "description": {},
            "customfield_10001": {"type": "object", "additionalProperties": {"type": "string"}},
        }
        times = {"type": "string", "format": "date-time"}
        made = {"created": self.value(times), "updated": self.value(times), "summary": "It fails"}
        for name, kind in kinds.items():
            if self._dice.random() < 0.7:
                made[name] = None if self._dice.random() < 0.2 else self.value(kind, depth + 1, name)
        return made

    def _merged(self, schema: Json) -> Json:
        whole: Json = {key: value for key, value in schema.items() if key != "allOf"}
        for one in map(self._resolved, schema["allOf"]):
            part = self._merged(one) if "allOf" in one else one
            properties = {**whole.get("properties", {}), **part.get("properties", {})}
            required = [*whole.get("required", []), *part.get("required", [])]
            whole = {**part, **whole, "properties": properties, "required": required}
        return whole

    def _resolved(self, node: Json) -> Json:
        while "$ref" in node:
            target: Any = self._document
            for step in node["$ref"].removeprefix(f"{BASE}#/").removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/")]
            node = target
        return node
