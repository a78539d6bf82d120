"""Checks one HTTP exchange against an OpenAPI document: path, query, body, status, answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema_rs

METHODS = ("get", "post", "put", "patch", "delete")
BASE = "urn:contract"
Json = dict[str, Any]
Everywhere = dict[str, tuple[str | None, str]]
"""Answers that any operation may give: the name of their component, and why the contract does not say so itself."""
Patch = Callable[[Json], None]
BodyCheck = Callable[[str, Any, Any], list[str]]
"""What else must hold of the two bodies of an operation that went well; says what does not."""


def patched(document: Json, patches: tuple[Patch, ...], everywhere: Everywhere) -> Json:
    """Return a contract with its known defects mended and its schemas as JSON Schema."""
    for patch in patches:
        patch(document)
    for operations in document["paths"].values():
        for method in set(METHODS) & set(operations):
            for status, (name, _) in everywhere.items():
                if status != "304" or method == "get":
                    answer = {} if name is None else {"$ref": f"#/components/responses/{name}"}
                    operations[method]["responses"].setdefault(status, answer)
    mended = mend(document)
    assert isinstance(mended, dict)
    return mended


def mend(node: Any) -> Any:
    """Turn OpenAPI 3.0's `nullable` into JSON Schema's null, and make references absolute."""
    if isinstance(node, list):
        return [mend(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: mend(value) for key, value in node.items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = BASE + made["$ref"]
    if made.pop("nullable", None) is not True:
        return made
    if "enum" in made and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]
    if isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        return made
    return {"anyOf": [made, {"type": "null"}]}


class Contract:
    """An OpenAPI document that tells what is wrong with an exchange."""

    def __init__(
        self, platform: str, document: Json, split: Callable[[str], list[str]], bodies: BodyCheck | None = None
    ) -> None:
        self.platform = platform
        self.document = document
        self._split = split
        self._bodies = bodies
        self._registry = jsonschema_rs.Registry([(BASE, document)], draft=jsonschema_rs.Draft202012)
        self._validators: dict[int, Any] = {}
        self._paths: dict[int, list[tuple[list[str], str]]] = {}
        for path in document["paths"]:
            segments = path.strip("/").split("/")
            self._paths.setdefault(len(segments), []).append((segments, path))
        for candidates in self._paths.values():
            candidates.sort(key=lambda one: [segment.startswith("{") for segment in one[0]])

    def check(  # noqa: PLR0917 - an exchange has these six parts
        self,
        method: str,
        url: str,
        request_body: bytes | None,
        status: int,
        response_body: bytes,
        response_headers: Mapping[str, str],
    ) -> list[str]:
        """Return what is wrong with an exchange, if anything is."""
        parts = urlsplit(url)
        found = self.operation(method, parts.path)
        if found is None:
            return [f"{method} {parts.path}: not in the contract"]
        operation, path = found
        problems = [] if status in (400, 422) else self._check_request(operation, path, parts.query, request_body)
        problems += self._check_response(operation, status, response_body, response_headers)
        if self._bodies is not None and status < 300:
            problems += self._bodies(f"{method} {path}", _decoded(request_body), _decoded(response_body))
        return [f"{method} {parts.path} -> {status}: {problem}" for problem in problems]

    def operation(self, method: str, path: str) -> tuple[Json, str] | None:
        """Return the operation that answers a path, and its name in the contract."""
        segments = self._split(path)
        for pattern, name in self._paths.get(len(segments), []):
            pairs = zip(pattern, segments, strict=True)
            if all(word.startswith("{") or word == unquote(given) for word, given in pairs):
                operation = self.document["paths"][name].get(method.lower())
                if operation is not None:
                    return operation, name
        return None

    def _resolve(self, node: Json) -> Json:
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix(f"{BASE}#/").split("/"):
                target = target[step]
            node = target
        return node

    def _errors(self, schema: Json, instance: Any) -> list[str]:
        key = id(schema)
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.Draft202012Validator(
                schema, registry=self._registry, validate_formats=False
            )
        return [
            f"{'/'.join(str(step) for step in error.instance_path) or '(all)'}: {error.message[:300]}"
            for error in self._validators[key].iter_errors(instance)
        ]

    def _check_request(self, operation: Json, path: str, query: str, body: bytes | None) -> list[str]:
        listed = [*self.document["paths"][path].get("parameters", []), *operation.get("parameters", [])]
        known = {one["name"]: one for one in map(self._resolve, listed) if one["in"] == "query"}
        problems = []
        for name, value in parse_qsl(query, keep_blank_values=True):
            if name not in known:
                problems.append(f"query {name}: not in the contract")
                continue
            schema = self._resolve(known[name]["schema"])
            problems += [f"query {name}: {error}" for error in self._errors(schema, _typed(value, schema))]
        return problems + self._check_request_body(operation, body)

    def _check_request_body(self, operation: Json, body: bytes | None) -> list[str]:
        described = self._resolve(operation.get("requestBody", {}))
        if not body:
            return ["request body: missing"] if described.get("required") else []
        if not described:
            return [f"request body: none expected, {body[:80]!r} sent"]
        if "multipart/form-data" in described["content"]:
            return [] if b'name="file"; filename="' in body else ["request body: a form without a file"]
        schema = described["content"]["application/json"]["schema"]
        return [f"request body {error}" for error in self._errors(schema, json.loads(body))]

    def _check_response(self, operation: Json, status: int, body: bytes, headers: Mapping[str, str]) -> list[str]:
        described = operation["responses"].get(str(status))
        if described is None:
            return [f"status: the contract knows {', '.join(operation['responses'])}"]
        content = self._resolve(described).get("content")
        if content is not None and "*/*" in content:
            return []
        if content is None or (status == 204 and not body):  # a 204 has no body, whatever a contract describes
            return [f"answer: no body expected, {body[:80]!r} came"] if body and status < 500 else []
        media = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
        if not media.startswith("application/json"):
            return [f"answer: content type {media!r}"]
        schema = content["application/json"].get("schema", {})
        if not schema and not body:
            return []
        return [f"answer {error}" for error in self._errors(schema, json.loads(body))]


def _decoded(body: bytes | None) -> Any:
    """What a body says; nothing for a form or a file."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _typed(value: str, schema: Json) -> Any:
    """Return a value of a query as the type that its schema wants, if it can be that."""
    wanted = schema.get("type")
    if wanted == "integer" and value.lstrip("-").isdigit():
        return int(value)
    if wanted == "boolean" and value in ("true", "false"):
        return value == "true"
    return [_typed(one, schema.get("items", {})) for one in value.split(",")] if wanted == "array" else value
