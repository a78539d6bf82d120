"""Checks HTTP exchanges against the platforms' own machine-readable contracts.

The contracts are data beside the checkout (`../shared/contracts`), or in the folder that TIERKEEPER_CONTRACTS
names; a test that needs one calls `github_contract()` or `jira_contract()`, which skip and say what is missing.
Requests and answers are both checked: path, query, body, status. What a contract itself has wrong is patched once,
in its PATCHES and EVERYWHERE, each with its reason; there is no other allow-list.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import contract_github
import contract_jira
import pytest
import requests
from contract_checker import Contract, Json, patched
from requests.adapters import HTTPAdapter

__all__ = [
    "Contract",
    "checked_exchanges",
    "github_contract",
    "github_document",
    "have_github_contract",
    "have_jira_contract",
    "jira_contract",
    "jira_document",
]

ROOT = Path(__file__).resolve().parent.parent
GITHUB = "github-issues.openapi.json"
JIRA = "jira-cloud-v3-issues.openapi.json"
DOCUMENTS = "adf-full.schema.json"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
JIRA_PATHS = ("/rest/", contract_jira.GATEWAY)
UNCHECKED = ("/_sandbox/", "/_edge/", "/user-attachments/", "/stored-files/", "/login")


def contracts_folder() -> Path:
    """Where the contracts should be."""
    named = os.environ.get("TIERKEEPER_CONTRACTS")
    return Path(named) if named else ROOT.parent / "shared" / "contracts"


def _read(name: str) -> Json:
    """A contract as it was published; skips the test that needs it when it is not there."""
    path = contracts_folder() / name
    if not path.exists():
        pytest.skip(f"no {name} in {path.parent}: put it there, or name its folder in TIERKEEPER_CONTRACTS")
    document: Json = json.loads(path.read_bytes())
    return document


def github_document() -> Json:
    """GitHub's contract as it was published; skips the test that needs it when it is not there."""
    return _read(GITHUB)


def jira_document() -> Json:
    """Jira's contract as it was published; skips the test that needs it when it is not there."""
    return _read(JIRA)


def have_github_contract() -> bool:
    """Whether GitHub's contract can be checked against, without skipping."""
    return (contracts_folder() / GITHUB).exists()


def have_jira_contract() -> bool:
    """Whether Jira's contract, and the schema of its documents, can be checked against, without skipping."""
    return all((contracts_folder() / name).exists() for name in (JIRA, DOCUMENTS))


@cache
def github_contract() -> Contract:
    """GitHub's contract, patched and ready; read once a process."""
    document = patched(github_document(), contract_github.PATCHES, contract_github.EVERYWHERE)
    return Contract("github", document, contract_github.segments_of)


@cache
def jira_contract() -> Contract:
    """Jira's contract and the schema of its documents, patched and ready; read once a process."""
    document = patched(jira_document(), contract_jira.PATCHES, contract_jira.EVERYWHERE)
    return Contract("jira", document, contract_jira.segments_of, contract_jira.document_checks(_read(DOCUMENTS)))


def _judge(url: str, contracts: tuple[Contract, ...]) -> Contract | None:
    """Return the contract that an exchange must keep: its platform's, if that is among those to be checked."""
    parts = urlsplit(url)
    if parts.hostname not in LOOPBACK or parts.path.startswith(UNCHECKED):
        return None
    platform = "jira" if parts.path.startswith(JIRA_PATHS) else "github"
    if contracts:
        return next((one for one in contracts if one.platform == platform), None)
    return jira_contract() if platform == "jira" else github_contract()


def _body_of(request: requests.PreparedRequest) -> bytes | None:
    """What was sent; a form is read once more, piece by piece."""
    body: Any = request.body
    if isinstance(body, str):
        return body.encode()
    return body if body is None or isinstance(body, bytes) else b"".join(body)


@contextmanager
def checked_exchanges(*contracts: Contract) -> Iterator[list[str]]:
    """Check every exchange that `requests` makes with a loopback server; AssertionError at the end if one is wrong.

    At the end and not at once, so that no client can swallow it. Yields the list of problems as it grows. Without
    contracts each exchange is checked by its own platform's.
    """
    problems: list[str] = []
    original = HTTPAdapter.send

    def send(self: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        response = original(self, request, *args, **options)
        url = request.url or ""
        judge = _judge(url, contracts)
        if judge is not None:
            body = _body_of(request)
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
