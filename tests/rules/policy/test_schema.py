"""The JSON Schema that editors use."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tierkeeper.plugins.host import Host, load_plugins
from tierkeeper.rules.policy import json_schema
from tierkeeper.rules.policy.nodes import read_document

EXAMPLE = Path(__file__).parents[3] / "examples" / "four-level-desk" / "desk.yaml"


@pytest.fixture(scope="module")
def schema(host: Host) -> dict[str, Any]:
    return json_schema(host)


def findings(schema: dict[str, Any], text: str) -> list[str]:
    data = json.loads(json.dumps(read_document(text, "desk.yaml")[0].data))
    return [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(data)]


def properties(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that the schema knows, with what it says of it."""
    if isinstance(part, dict):
        for name, kind in part.get("properties", {}).items():
            yield f"{path}.{name}", kind
        for key, inner in part.items():
            yield from properties(inner, f"{path}/{key}")
    elif isinstance(part, list):
        for inner in part:
            yield from properties(inner, path)


def test_the_schema_is_one(schema: dict[str, Any]) -> None:
    jsonschema_rs.meta.validate(schema)


def test_the_small_policy_fits_the_schema(schema: dict[str, Any], small: str) -> None:
    assert findings(schema, small) == []


def test_the_example_fits_the_schema_of_what_is_installed() -> None:
    assert findings(json_schema(load_plugins()), EXAMPLE.read_text("utf-8")) == []


def test_every_key_is_described(schema: dict[str, Any]) -> None:
    found = dict(properties(schema))
    assert len(found) > 50
    assert [path for path, kind in found.items() if not kind.get("description")] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{border: 2d}", "{boarder: 2d}"),
        ("{border: 2d}", "{most: 10}"),
        ("  TR01:", "  TR99:"),
        ("{plugin: github}", "{plugin: gitlab}"),
        ("{plugin: github}", "{plugin: github, token: x}"),
        ("desk: Web application", "dusk: Web application"),
        ("time_zone: Europe/Berlin\ntrackers", "mode: on\ntrackers"),
        ("role: {by: instance}", "role: {by: server}"),
        ("repository: example/webapp", "repo: example/webapp"),
    ],
)
def test_the_schema_refuses_what_the_policy_refuses(
    schema: dict[str, Any], small: str, before: str, after: str
) -> None:
    assert before in small
    assert findings(schema, small.replace(before, after, 1))


def test_an_option_is_described_by_its_rules_manual(schema: dict[str, Any]) -> None:
    described = {path.rpartition("/")[2]: kind["description"] for path, kind in properties(schema)}
    assert described["TR07.border"] == "`border`: the largest effort that stays."
    assert described["TR07.mode"].startswith("The rule's own mode.")
