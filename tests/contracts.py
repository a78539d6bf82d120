"""Checks HTTP exchanges against the platform's own machine-readable contract.

The contracts are data beside the checkout (`../shared/contracts`), or in the folder that TIERKEEPER_CONTRACTS
names; a test that needs one calls `github_contract()`, which skips and says what is missing. Requests and answers
are both checked: path, query, body, status. What the contract itself has wrong is patched once, in PATCHES and
EVERYWHERE, each with its reason; there is no other allow-list.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema_rs
import pytest
import requests
from requests.adapters import HTTPAdapter

ROOT = Path(__file__).resolve().parent.parent
GITHUB = "github-issues.openapi.json"
METHODS = ("get", "post", "put", "patch", "delete")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
BASE = "urn:contract"
Json = dict[str, Any]


def contracts_folder() -> Path:
    """Where the contracts should be."""
    named = os.environ.get("TIERKEEPER_CONTRACTS")
    return Path(named) if named else ROOT.parent / "shared" / "contracts"


def github_document() -> Json:
    """GitHub's contract as it was published; skips the test that needs it when it is not there."""
    path = contracts_folder() / GITHUB
    if not path.exists():
        pytest.skip(f"no {GITHUB} in {path.parent}: put it there, or name its folder in TIERKEEPER_CONTRACTS")
    document: Json = json.loads(path.read_bytes())
    return document


def have_github_contract() -> bool:
    """Whether GitHub's contract can be checked against, without skipping."""
    return (contracts_folder() / GITHUB).exists()


@cache
def _github_contract() -> Contract:
    return Contract(patched(github_document()))


def github_contract() -> Contract:
    """GitHub's contract, patched and ready; read once a process."""
    return _github_contract()


# -- what the contract has wrong ------------------------------------------------------------------------------------


def _bare_label_list(document: Json) -> None:
    """POST and PUT of an issue's labels also take a bare list: PyGithub sends it, and GitHub takes it."""
    operations = document["paths"]["/repos/{owner}/{repo}/issues/{issue_number}/labels"]
    for method in ("post", "put"):
        schema = operations[method]["requestBody"]["content"]["application/json"]["schema"]
        # anyOf, not oneOf: PUT's two object forms both fit an empty object
        schema["anyOf"] = [*schema.pop("oneOf"), {"type": "array", "items": {"type": "string"}}]


def _empty_label_list(document: Json) -> None:
    """An empty list of labels is how PUT takes all off; the contract wants at least one."""
    operations = document["paths"]["/repos/{owner}/{repo}/issues/{issue_number}/labels"]
    for form in operations["put"]["requestBody"]["content"]["application/json"]["schema"]["anyOf"]:
        form.get("properties", {}).get("labels", {}).pop("minItems", None)


def _deleted_actors(document: Json) -> None:
    """The people of an event are null once their account is deleted; the contract has it in one of its schemas only."""
    for name, schema in document["components"]["schemas"].items():
        if name.endswith("-issue-event"):
            for person in {"actor", "assignee", "assigner"} & set(schema.get("properties", {})):
                schema["properties"][person] = {"$ref": "#/components/schemas/nullable-simple-user"}


def _rate_is_gone(document: Json) -> None:
    """API version 2026-03-10 took `rate` out of /rate_limit; the contract is the older version's."""
    document["components"]["schemas"]["rate-limit-overview"]["required"].remove("rate")


def _refusals_have_bodies(document: Json) -> None:
    """Some 404s are described in words only; on GitHub they have the body of every other 404."""
    for operations in document["paths"].values():
        for method in set(METHODS) & set(operations):
            answer = operations[method]["responses"].get("404", {})
            if not {"content", "$ref"} & set(answer):
                answer["$ref"] = "#/components/responses/not_found"


PATCHES: tuple[Callable[[Json], None], ...] = (
    _bare_label_list,
    _empty_label_list,
    _deleted_actors,
    _rate_is_gone,
    _refusals_have_bodies,
)

EVERYWHERE: dict[str, tuple[str | None, str]] = {
    "301": ("moved_permanently", "any path below a renamed repository or a transferred issue redirects reads"),
    "304": (None, "any GET may be answered so to If-None-Match; the contract says it of some"),
    "307": ("temporary_redirect", "any path below a renamed repository redirects writes"),
    "400": ("bad_request", "an unknown X-GitHub-Api-Version or a body that is no JSON, on any path"),
    "401": ("requires_authentication", "a bad or missing token, on any path"),
    "403": ("forbidden", "rate limits and missing permissions, on any path"),
    "404": ("not_found", "what one may not see is not there, on any path"),
    "410": ("gone", "a deleted issue, on any path below it"),
    "422": ("validation_failed", "pages too deep and values refused, on paths whose contract forgot it"),
    "429": ("forbidden", "rate limits: `403 or 429` in the documentation, never in the contract"),
    "500": (None, "no contract promises that a server does not fail"),
    "502": (None, "likewise"),
    "503": (None, "likewise"),
}
"""Answers that any operation may give, each with the reason why the contract does not say so itself."""


def patched(document: Json) -> Json:
    """Return the contract with its known defects mended and its schemas as JSON Schema."""
    for patch in PATCHES:
        patch(document)
    for operations in document["paths"].values():
        for method in METHODS:
            for status, (name, _) in EVERYWHERE.items():
                if method in operations and (status != "304" or method == "get"):
                    answer = {} if name is None else {"$ref": f"#/components/responses/{name}"}
                    operations[method]["responses"].setdefault(status, answer)
    mended = _mend(document)
    assert isinstance(mended, dict)
    return mended


def _mend(node: Any) -> Any:
    """Turn OpenAPI 3.0's `nullable` into JSON Schema's null, and make references absolute."""
    if isinstance(node, list):
        return [_mend(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _mend(value) for key, value in node.items()}
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


# -- the checker ----------------------------------------------------------------------------------------------------


class Contract:
    """An OpenAPI document that tells what is wrong with an exchange."""

    def __init__(self, document: Json) -> None:
        self._document = document
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
        return [f"{method} {parts.path} -> {status}: {problem}" for problem in problems]

    def operation(self, method: str, path: str) -> tuple[Json, str] | None:
        """Return the operation that answers a path, and its name in the contract."""
        segments = _by_name(path.removeprefix("/api/v3").strip("/").split("/"))
        for pattern, name in self._paths.get(len(segments), []):
            pairs = zip(pattern, segments, strict=True)
            if all(word.startswith("{") or word == unquote(given) for word, given in pairs):
                operation = self._document["paths"][name].get(method.lower())
                if operation is not None:
                    return operation, name
        return None

    def _resolve(self, node: Json) -> Json:
        while "$ref" in node:
            target: Any = self._document
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
        listed = [*self._document["paths"][path].get("parameters", []), *operation.get("parameters", [])]
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
        schema = described["content"]["application/json"]["schema"]
        return [f"request body {error}" for error in self._errors(schema, json.loads(body))]

    def _check_response(self, operation: Json, status: int, body: bytes, headers: Mapping[str, str]) -> list[str]:
        described = operation["responses"].get(str(status))
        if described is None:
            return [f"status: the contract knows {', '.join(operation['responses'])}"]
        content = self._resolve(described).get("content")
        if content is None:
            return [f"answer: no body expected, {body[:80]!r} came"] if body and status < 500 else []
        media = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
        if not media.startswith("application/json"):
            return [f"answer: content type {media!r}"]
        return [f"answer {error}" for error in self._errors(content["application/json"]["schema"], json.loads(body))]


def _by_name(segments: list[str]) -> list[str]:
    """Return the path that the contract has for one by id: it lacks those, though links use them."""
    if segments[0] == "repositories" and len(segments) > 1:
        return ["repos", "owner", "repo", *segments[2:]]
    if segments[0] == "organizations" and segments[2:3] == ["team"]:
        return ["teams", *segments[3:]]
    if segments[0] == "organizations" and len(segments) > 1:
        return ["orgs", *segments[1:]]
    return segments


def _typed(value: str, schema: Json) -> Any:
    """Return a value of a query as the type that its schema wants, if it can be that."""
    wanted = schema.get("type")
    if wanted == "integer" and value.lstrip("-").isdigit():
        return int(value)
    if wanted == "boolean" and value in ("true", "false"):
        return value == "true"
    return value.split(",") if wanted == "array" else value


# -- watching a client ----------------------------------------------------------------------------------------------


def _is_checked(url: str) -> bool:
    """Whether an exchange is GitHub's: on loopback, not the sandbox's own control, and not Jira's REST."""
    parts = urlsplit(url)
    return parts.hostname in LOOPBACK and not parts.path.startswith(("/_sandbox/", "/rest/"))


@contextmanager
def checked_exchanges(contract: Contract | None = None) -> Iterator[list[str]]:
    """Check every exchange that `requests` makes with a loopback server; AssertionError at the end if one is wrong.

    At the end and not at once, so that no client can swallow it. Yields the list of problems as it grows.
    """
    judge = contract or github_contract()
    problems: list[str] = []
    original = HTTPAdapter.send

    def send(self: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        response = original(self, request, *args, **options)
        url = request.url or ""
        if _is_checked(url):
            body = request.body.encode() if isinstance(request.body, str) else request.body
            problems.extend(
                judge.check(
                    request.method or "GET", url, body, response.status_code, response.content, response.headers
                )
            )
        return response

    HTTPAdapter.send = send  # type: ignore[method-assign]  # put back below
    try:
        yield problems
    finally:
        HTTPAdapter.send = original  # type: ignore[method-assign]  # as it was
    assert not problems, "exchanges that break the contract:\n" + "\n".join(problems)
