"""Documents by the dice, as Atlassian's own schema allows them: every kind of node, every mark, every attribute."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import pytest
from contracts import DOCUMENTS, contracts_folder

Json = dict[str, Any]

DEEP = 7
COLOUR = "#ff5630"
"""What every pattern of the schema takes: it has them for colours only."""


@cache
def schema() -> Json:
    """The schema; skips the test that needs it when it is not there."""
    path = contracts_folder() / DOCUMENTS
    if not path.exists():
        pytest.skip(f"no {DOCUMENTS} in {path.parent}: put it there, or name its folder in TIERKEEPER_CONTRACTS")
    found: Json = json.loads(path.read_bytes())
    return found


@cache
def _marks() -> frozenset[str]:
    return frozenset(name.removesuffix("_mark") for name in schema()["definitions"] if name.endswith("_mark"))


class RandomDocument:
    """The dice of one document. Each text that people may read is a word of its own, found nowhere else."""

    def __init__(self, seed: int, *, likely: float = 0.5) -> None:
        self._dice = Random(seed)
        self._likely = likely
        self._words = itertools.count()

    def of(self, name: str) -> Json:
        """A node of that definition of the schema."""
        made: Json = self._value(schema()["definitions"][name], 0, "")
        return made

    def _value(self, given: Json, depth: int, name: str) -> Any:
        rule = self._resolved(given)
        if "anyOf" in rule:
            return self._value(self._chosen(rule["anyOf"], depth), depth, name)
        if "enum" in rule:
            return self._dice.choice(rule["enum"])
        makers: dict[str | None, Callable[[], Any]] = {
            "object": lambda: self._object(rule, depth),
            "array": lambda: self._array(rule, depth),
            "string": lambda: self._string(rule, name),
            "number": lambda: self._dice.randint(int(rule.get("minimum", 0)), int(min(rule.get("maximum", 6), 6))),
            "boolean": lambda: self._dice.random() < 0.5,
        }
        return makers.get(rule.get("type"), dict)()

    def _chosen(self, choices: list[Json], depth: int) -> Json:
        """One of them; deep down one that has nothing inside, if there is any."""
        if depth > DEEP:
            flat = [one for one in choices if "content" not in self._resolved(one).get("properties", {})]
            choices = flat or choices[:1]
        return self._dice.choice(choices)

    def _object(self, rule: Json, depth: int) -> Json:
        required = rule.get("required", ())
        return {
            name: self._value(one, depth + (name == "content"), name)
            for name, one in rule.get("properties", {}).items()
            if name in required or (self._dice.random() < self._likely and (depth <= DEEP or name != "content"))
        }

    def _array(self, rule: Json, depth: int) -> list[Any]:
        items = rule.get("items", {})
        least = rule.get("minItems", 0)
        if isinstance(items, list):
            return [self._value(one, depth, "") for one in items][: max(least, self._dice.randint(1, len(items)))]
        number = self._dice.randint(least, max(least, min(rule.get("maxItems", 3), 1 if depth > DEEP else 3)))
        made = [self._value(items, depth, "") for _ in range(number)]
        kinds = {str(one["type"]): one for one in made if isinstance(one, dict) and "type" in one}
        return list(kinds.values()) if kinds.keys() & _marks() else made  # no mark comes twice on one node

    def _string(self, rule: Json, name: str) -> str:
        if "pattern" in rule:
            return COLOUR
        if name in {"url", "href"}:
            return f"https://example.org/{self._word()}"
        if name == "timestamp":
            return "1795392000000"
        return self._word() if name in {"text", "title", "alt"} else "x"

    def _word(self) -> str:
        return f"word{next(self._words)}x"

    def _resolved(self, rule: Json) -> Json:
        while "$ref" in rule:
            rule = schema()["definitions"][rule["$ref"].rpartition("/")[2]]
        if "allOf" not in rule:
            return rule
        parts = [self._resolved(part) for part in rule["allOf"]]
        whole: Json = {}
        for part in parts:
            whole |= part | {
                "properties": {**whole.get("properties", {}), **part.get("properties", {})},
                "required": [*whole.get("required", []), *part.get("required", [])],
            }
        closed = [part["properties"].keys() for part in parts if part.get("additionalProperties") is False]
        known = {name: one for name, one in whole["properties"].items() if all(name in part for part in closed)}
        return {**whole, "properties": known}
