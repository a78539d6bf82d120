"""The generated pages are current, and the policy's page names every key there is."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from house import ROOT, files

from tierkeeper.plugins.host import load_plugins
from tierkeeper.rules.policy.schema import json_schema

LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def keys(part: Any) -> Iterator[str]:
    """Every key that a schema knows, wherever it stands."""
    if isinstance(part, dict):
        yield from part.get("properties", {})
        for inner in part.values():
            yield from keys(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from keys(inner)


def test_the_generated_pages_are_current() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_every_key_of_the_policy_is_on_its_page() -> None:
    page = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    known = set(re.findall(r"[\w]+", " ".join(re.findall(r"^\| `([^`]+)`", page, flags=re.MULTILINE))))
    assert set(keys(json_schema(load_plugins()))) - known == set()


def test_every_row_of_the_policys_page_says_something() -> None:
    page = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows if len(row[-1].split()) < 2] == []


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [path for path in files() if path.suffix == ".md"]
    found = [(page, link) for page in pages for link in LINK.findall(page.read_text(encoding="utf-8"))]
    assert [(page.name, link) for page, link in found if not (page.parent / link).exists()] == []
