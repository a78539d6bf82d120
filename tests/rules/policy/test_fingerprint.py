"""A fingerprint changes with what is judged, and with nothing else; no text at all breaks the reader."""

import io
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.rules.policy import Policy

Load = Callable[[str], Policy]


def shuffled(value: Any, random: Random, *, keep: bool = False) -> Any:
    """The same data with the keys of its mappings in another order, except under ``rules:``."""
    if isinstance(value, list):
        return [shuffled(item, random) for item in value]
    if not isinstance(value, dict):
        return value
    items = [(key, shuffled(inner, random, keep=key == "rules")) for key, inner in value.items()]
    if not keep:
        random.shuffle(items)
    return dict(items)


def rewritten(text: str, random: Random) -> str:
    """The same policy, written by somebody else."""
    reader = YAML(typ="safe", pure=True)
    writer: Any = YAML(typ="safe", pure=True)
    writer.default_flow_style = random.choice([True, False, None])
    writer.sort_base_mapping_type_on_output = False
    writer.width = random.choice([20, 80, 4000])
    stream = io.StringIO()
    writer.dump(shuffled(reader.load(text), random), stream)
    lines = stream.getvalue().splitlines()
    return "\n".join([f"# {random.random()}", *lines, "", f"# {random.random()}", ""])


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_formatting_comments_and_key_order_do_not_change_the_fingerprint(small: str, load: Load, seed: int) -> None:
    text = rewritten(small, Random(seed))
    assert load(text).fingerprint == load(small).fingerprint


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("time_zone: Europe/Berlin\ntrackers", "time_zone: Europe/Paris\ntrackers"),
        ("desk: Web application", "desk: Shop"),
        ("{border: 2d}", "{border: 3d}"),
        ("{border: 2d}", "{mode: shadow, border: 2d}"),
        ("  TR01:\n  TR07: {border: 2d}", "  TR07: {border: 2d}\n  TR01:"),
        ("needs: [finding]", "needs: [finding, estimate]"),
        ("lead: anna-berg", "lead: ben-holm"),
        ("[urgent, high, low]", "[urgent, high, medium, low]"),
        ("jira: {field: priority}", "jira: {label: 'p:'}"),
        ("rules:", "effort_day: 6h\nrules:"),
        ("rules:", "bots: [release-bot]\nrules:"),
    ],
)
def test_what_is_judged_by_changes_the_fingerprint(small: str, load: Load, before: str, after: str) -> None:
    assert before in small
    assert load(small.replace(before, after)).fingerprint != load(small).fingerprint


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("https://example.atlassian.net", "https://other.example.org"),
        ("rules:", "max_changes: 7\nrules:"),
        ("repository: example/webapp", "repository: example/shop"),
        ("{border: 2d}", "{border: 2 d}"),
    ],
)
def test_what_is_not_judged_by_leaves_the_fingerprint(small: str, load: Load, before: str, after: str) -> None:
    assert before in small
    assert load(small.replace(before, after)).fingerprint == load(small).fingerprint


def read_or_refused(load: Load, text: str) -> None:
    try:
        said = load(text).desk.name
    except PolicyError as error:
        said = str(error)
    assert said


TOKENS = [
    "a",
    "desk",
    "tiers",
    ": ",
    ":",
    "- ",
    "\n",
    "\n  ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "<<: ",
    "!!int ",
    "'",
    '"',
]
TOKENS += [
    "|\n",
    ">",
    "# c\n",
    "?",
    ",",
    "~",
    "9:00",
    "2026-01-01",
    "\t",
    "%",
    "@",
    "---\n",
    "\x00",
    "\ufeff",
    "\ud800",
]


@given(text=st.one_of(st.text(max_size=60), st.lists(st.sampled_from(TOKENS), max_size=30).map("".join)))
@example("<<: 1")
@example("? [a]\n: b")
@example("a: &a {<<: *a}")
@example("%YAML 1.1\n---\na: 9:00\n")
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_policy_or_a_policy_error(load: Load, text: str) -> None:
    read_or_refused(load, text)


@given(
    edit=st.tuples(st.integers(0, 1200), st.integers(0, 40)),
    new=st.lists(st.sampled_from(TOKENS), max_size=3).map("".join),
)
@settings(max_examples=150, deadline=None)
def test_a_policy_with_anything_done_to_it_is_a_policy_or_a_policy_error(
    small: str, load: Load, edit: tuple[int, int], new: str
) -> None:
    at, length = edit
    read_or_refused(load, small[:at] + new + small[at + length :])


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), st.dates())
KEYS = ["desk", "tiers", "rules", "facets", "people", "roles", "queues", "trackers", "handovers", "instances", "bots"]
KEYS += [
    "TR07",
    "border",
    "github",
    "jira",
    "name",
    "role",
    "values",
    "label",
    "plugin",
    "tracker",
    "to",
    "from",
    "opt_out",
]
names = st.sampled_from(KEYS)
trees = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4))


@given(tree=st.dictionaries(names, trees, max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_mapping_is_a_policy_or_a_policy_error(load: Load, tree: dict[str, Any]) -> None:
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(tree, stream)
    read_or_refused(load, stream.getvalue())
